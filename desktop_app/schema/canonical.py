"""Whether a value that another vault sent lies in the one form in which values are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from desktop_app.schema.model import DELETED, PARENT, STATE, Ledger
from desktop_app.schema.types import is_attachment

MAX_NUMBER = 10**15
_PERIOD = re.compile(r"[12][0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Check = Callable[[object], bool]


def is_text(value: object) -> bool:
    """The check of every text and of what is kept as one."""
    return type(value) is str


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_NUMBER


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _is_pair(value: object) -> bool:
    return type(value) is list and len(value) == 2 and all(_is_number(one) for one in value)


def _are_attachments(value: object) -> bool:
    return type(value) is list and all(is_attachment(one) for one in value)


def _is_texts(value: object) -> bool:
    return type(value) is list and all(type(one) is str for one in value)


def _is_day(value: object) -> bool:
    if type(value) is not str or _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_period(value: object) -> bool:
    return type(value) is str and _PERIOD.fullmatch(value) is not None


_BY_COLUMN: dict[str, Check] = {"text": is_text, "integer": _is_number, "flag": _is_flag, "json": _is_texts}
_BY_TYPE: dict[str, Check] = {
    "date": _is_day,
    "period": _is_period,
    "pair": _is_pair,
    "attachments": _are_attachments,
}


def canonical_checks(ledger: Ledger) -> dict[str, Check]:
    """
    Field key → test of a value that is not None; meant for millions of values, so no rule of the form is asked.

    A choice that this pack does not know is well-formed: the sender's pack may be newer.
    """
    checks = {key: _BY_TYPE.get(f.type.name, _BY_COLUMN[f.type.column]) for key, f in ledger.fields.items()}
    return {**checks, STATE: is_text, PARENT: is_text, DELETED: _is_flag}
