"""Texts of a sheet that name records: by number, identity, name or title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from desktop_app.base.errors import Problem, problem
from desktop_app.base.ids import is_id
from desktop_app.schema.model import Field, Ledger
from desktop_app.storage.engine import Connection
from desktop_app.storage.matching import find_by_key
from desktop_app.storage.reading import Reading
from desktop_app.storage.vault import Vault

_MOST_TITLES = 20_000
_BETWEEN = re.compile(r"[、,，;；\n]")
_PLACES = re.compile(r"\{(\w+)\}")


class References:
    """
    Finds records of one ledger by text; many texts at once.

    Thread: that of the connection.
    """

    def __init__(self, vault: Vault, connection: Connection, reading: Reading, ledger: Ledger) -> None:
        self._vault = vault
        self._connection = connection
        self._reading = reading
        self._ledger = ledger
        self._found: dict[str, list[str]] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Looks for all of these texts."""
        wanted = {one for one in texts if one not in self._found}
        found: dict[str, list[str]] = defaultdict(list)
        for key in _names(self._ledger):
            rows = self._vault.rows[self._ledger.key]
            keys = {(text,) for text in wanted}
            for (text,), known in find_by_key(self._connection, rows, [key], keys).items():
                found[str(text)] += [one.id for one in known]
        for text in wanted:
            if is_id(text):
                found[text].append(text)
        if left := {text for text in wanted if text not in found}:
            for text, ids in self._titled(left).items():
                found[text] += ids
        self._found.update({text: list(dict.fromkeys(found.get(text, ()))) for text in wanted})

    def _titled(self, texts: set[str]) -> dict[str, list[str]]:
        """Those that are whole titles; looked for in a ledger that is not too large to go through."""
        rows = self._vault.rows[self._ledger.key]
        ids = rows.some_ids(self._connection, _MOST_TITLES + 1)
        found: dict[str, list[str]] = defaultdict(list)
        if len(ids) <= _MOST_TITLES:
            for record_id, title in self._reading.titles(rows.load(self._connection, ids).values()).items():
                if title in texts:
                    found[title].append(record_id)
        return found

    def find(self, text: str) -> list[str]:
        """Ids of the records with this name; `learn` came first."""
        return self._found.get(text, [])


def _names(ledger: Ledger) -> list[str]:
    """Fields whose value alone names a record: its number, its identity, the name in its title."""
    keys = [key for one in ledger.keys if len(one) == 1 for key in one]
    in_title = [
        key for key in _PLACES.findall(ledger.title) if ledger.fields[key].type.name in ("text", "serial", "doc_no")
    ]
    names = [key for key in (*keys, ledger.identity, *in_title[:2]) if key and not ledger.fields[key].private]
    return [key for key in dict.fromkeys(names) if ledger.fields[key].type.column == "text"]


def parts_of(text: str, field: Field) -> list[str]:
    """The texts in a cell: of a field for several records each of its parts, and the whole."""
    if field.type.name != "references":
        return [text]
    return list(dict.fromkeys([text, *(part.strip() for part in _BETWEEN.split(text) if part.strip())]))


def resolve(text: str, field: Field, references: References, other: str) -> tuple[object, Problem | None]:
    """
    The id or ids that a cell means, or what is wrong with it.

    Args:
        other: Label of the ledger referred to.
    """
    whole = references.find(text)
    if len(whole) == 1:
        return ([whole[0]] if field.type.name == "references" else whole[0]), None
    if field.type.name != "references":
        return None, _unclear(text, field, whole, other)
    found = []
    for part in parts_of(text, field)[1:]:
        ids = references.find(part)
        if len(ids) != 1:
            return None, _unclear(part, field, ids, other)
        found.append(ids[0])
    return (list(dict.fromkeys(found)), None) if found else (None, _unclear(text, field, whole, other))


def _unclear(text: str, field: Field, ids: list[str], other: str) -> Problem:
    code = "excel.reference_many" if ids else "excel.reference_unknown"
    return problem(code, key=field.key, label=field.label, value=text, ledger=other, n=len(ids))
