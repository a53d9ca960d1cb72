"""Whether a value that another vault sent lies in the one form in which values are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from desktop_app.schema.model import DELETED, PARENT, STATE, Ledger

MAX_NUMBER = 10**15
_PERIOD = re.compile(r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?")
Check = Callable[[object], bool]


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_NUMBER


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _is_list(value: object) -> bool:
    return type(value) is list


def _is_texts(value: object) -> bool:
    return type(value) is list and all(type(one) is str for one in value)


def _is_day(value: object) -> bool:
    if type(value) is not str or len(value) != 10:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_period(value: object) -> bool:
    return type(value) is str and _PERIOD.fullmatch(value) is not None


_BY_COLUMN: dict[str, Check] = {"text": _is_text, "integer": _is_number, "flag": _is_flag, "json": _is_list}
_BY_TYPE: dict[str, Check] = {"date": _is_day, "period": _is_period, "choices": _is_texts, "references": _is_texts}


def canonical_checks(ledger: Ledger) -> dict[str, Check]:
    """
    Field key → test of a value that is not None; meant for millions of values, so no rule of the form is asked.

    A choice that this pack does not know is well-formed: the sender's pack may be newer.
    """
    checks = {key: _BY_TYPE.get(f.type.name, _BY_COLUMN[f.type.column]) for key, f in ledger.fields.items()}
    return {**checks, STATE: _is_text, PARENT: _is_text, DELETED: _is_flag}
