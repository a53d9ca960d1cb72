"""Records that are much like one being typed, so that nobody is entered twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from desktop_app.actions.lookup import Candidate
from desktop_app.domain.searching import normalized
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.search import find
from desktop_app.storage.vault import Vault

ALIKE: Mapping[str, tuple[str, ...]] = {"employer": ("name", "uscc"), "petition": ("petitioner", "phone")}
"""Ledger → the fields by which one entry is taken for another; the first is a name and need not be quite the same."""
_COMMON = re.compile(r"有限责任公司|股份有限公司|有限公司|集团|公司|甘肃省?|白银市?|[省市县区]")
"""What so many names have that it says nothing."""
_ANYBODY = ("匿名", "无名", "不详")
_LOWEST_RATIO = 0.8
_LOOKED_AT = 50
_MOST = 3


def similar(vault: Vault, ledger: str, raw: Mapping[str, object], *, but: str = "") -> list[Candidate]:
    """
    Up to three records of the ledger like what is typed, those changed last first.

    Args:
        raw: What stands in the form. but: The record being changed itself.
    """
    keys = ALIKE.get(ledger, ())
    if ledger not in vault.rows or not set(keys) <= set(vault.rows[ledger].ledger.fields):
        return []
    found: dict[str, StoredRecord] = {}
    with vault.read() as connection:
        for at, key in enumerate(keys):
            text = str(raw.get(key) or "").strip()
            core = _core(text) if at == 0 else text
            if len(core) < 2 or text in _ANYBODY:
                continue
            near = find(connection, vault.rows, core, ledgers=[ledger], limit=_LOOKED_AT)
            is_like = _is_like_name if at == 0 else _is_same
            found.update({one.id: one for one in near if is_like(text, str(one.values.get(key) or ""))})
        found.pop(but, None)
        records = list(found.values())[:_MOST]
        titles = Reading(vault, connection).titles(records)
    return [Candidate(one.id, titles[one.id]) for one in records]


def _core(name: str) -> str:
    """The part of a name that tells it from others; the whole name when nothing else is left."""
    core = _COMMON.sub("", name)
    return core if len(core) > 1 else name


def _is_like_name(one: str, other: str) -> bool:
    left, right = normalized(_core(one)), normalized(_core(other))
    return left == right or SequenceMatcher(None, left, right).ratio() >= _LOWEST_RATIO


def _is_same(one: str, other: str) -> bool:
    return normalized(one) == normalized(other)
