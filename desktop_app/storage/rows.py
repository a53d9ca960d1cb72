"""
Rows of one ledger's table: the present state of its records, in bulk.

Values come and go in canonical form; how each lies in its column is decided here and only here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, delete, select

from desktop_app.domain.derive import DUE_ON, derive_sources, derived_values
from desktop_app.domain.limits import WorkCalendar
from desktop_app.domain.searching import search_keys
from desktop_app.schema.canonical import canonical_checks, is_text
from desktop_app.schema.model import DELETED, PARENT, STATE, Ledger
from desktop_app.storage.search_marks import take_numbers

MOVED = "moved"
"""Key in the `info` of a connection: in this transaction a record came, went, was deleted or restored."""
CHUNK = 500
"""Ids in one query; SQLite takes 32,766 parameters, but plans and memory stay small this way."""

_to_json = msgspec.json.Encoder().encode
_from_json = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """
    One record as it stands.

    Attributes:
        office: The owner.
        heads: Revisions the next change builds on.
        values: Canonical values that are set; `state`, `parent`, derived fields and `due_on` among them.
    """

    id: str
    ledger: str
    office: str
    heads: tuple[str, ...]
    n_conflicts: int
    is_deleted: bool
    pack: int
    values: Mapping[str, object]


class NewRow(msgspec.Struct, frozen=True, gc=False):
    """What a row is made of; `heads` joined by a space."""

    id: str
    office: str
    heads: str
    pack: int
    values: Mapping[str, object]
    n_conflicts: int = 0


class Change(msgspec.Struct, frozen=True, gc=False):
    """Fields to write, the new head or heads, and how many conflicts are open after it."""

    id: str
    head: str
    pack: int
    fields: Mapping[str, object]
    n_conflicts: int = 0


class LedgerRows:
    """
    The table of one ledger; every method works inside the caller's transaction.

    Attributes:
        search_keys: Fields in which its records are found.
        staying: Keys of the fields whose values never leave the office.
    """

    def __init__(self, ledger: Ledger, table: Table, calendar: WorkCalendar) -> None:
        self.ledger = ledger
        self.table = table
        self._calendar = calendar
        self._sources = derive_sources(ledger)
        self._keys = [key for key in ledger.fields if key not in (STATE, PARENT)]
        self._json = {f.key for f in ledger.fields.values() if f.type.column == "json"}
        self._json_at = [at for at, key in enumerate(self._keys) if key in self._json]
        self._flags = {f.key for f in ledger.fields.values() if f.type.column == "flag"}
        self._derived = [*(f.key for f in ledger.derived), DUE_ON]
        self._checks = canonical_checks(ledger)
        self.staying = frozenset(f.key for f in ledger.fields.values() if f.stays)
        self._known = self._checks.keys()
        self._texts = frozenset(key for key, check in self._checks.items() if check is is_text)
        self.search_keys = search_keys(ledger)
        self._searched = frozenset(self.search_keys)
        columns = [
            "id",
            "office",
            "head",
            "pack",
            "conflicts",
            "deleted",
            "unknown",
            "state",
            "parent",
            DUE_ON,
            "search_doc",
            *self._keys,
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self._insert = f'INSERT OR REPLACE INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 keys are checked names

    def malformed(self, fields: Mapping[str, object]) -> str:
        """Key of the first value not in canonical form, empty when all are; unknown fields may hold anything."""
        for key, value in fields.items():
            if type(value) is str and key in self._texts:  # most values of most packages: no call for them
                continue
            check = self._checks.get(key)
            if value is not None and check is not None and not check(value):
                return key
        return ""

    def put(self, connection: Connection, rows: Sequence[NewRow]) -> None:
        """Writes whole rows, new or in place of the old."""
        if rows:
            connection.info[MOVED] = True
            numbers = take_numbers(connection, len(rows))
            connection.exec_driver_sql(self._insert, list(map(self._cells, rows, numbers)))

    def remove(self, connection: Connection, ids: Sequence[str]) -> None:
        """Takes rows out, at most a chunk of them, as if they had never been there."""
        connection.info[MOVED] = True
        connection.execute(delete(self.table).where(self.table.c.id.in_(ids)))

    def _cells(self, row: NewRow, number: int) -> tuple[object, ...]:
        values = row.values
        full = {**values, **derived_values(self.ledger, values, self._calendar)}
        unknown = int(not values.keys() <= self._known)
        return (
            row.id,
            row.office,
            row.heads,
            row.pack,
            row.n_conflicts,
            int(bool(values.get(DELETED))),
            unknown,
            values.get(STATE),
            values.get(PARENT),
            full[DUE_ON],
            number,
            *self._field_cells(full),
        )

    def _field_cells(self, values: Mapping[str, object]) -> list[object]:
        cells = list(map(values.get, self._keys))
        for at in self._json_at:  # few columns of many: the rest need no call each
            if cells[at] is not None:
                cells[at] = _to_json(cells[at]).decode()
        return cells

    def _cell(self, key: str, value: object) -> object:
        return _to_json(value).decode() if value is not None and key in self._json else value

    def change(self, connection: Connection, changes: Iterable[Change]) -> None:
        """Changes rows that are there; those that set the same fields go in one statement."""
        self._change(connection, changes, "id = ?", lambda one: (one.id,))

    def follow(
        self, connection: Connection, changes: Sequence[Change], bases: Mapping[str, str], office: str
    ) -> set[str]:
        """
        Changes those rows that are the office's, stand at `bases` (record → head) and have no open conflict.

        Returns:
            Ids of the others, which are left as they are.
        """
        where = "id = ? AND head = ? AND office = ? AND conflicts = 0"
        n = self._change(connection, changes, where, lambda one: (one.id, bases[one.id], office))
        if n == len(changes):
            return set()
        there = self.heads(connection, [one.id for one in changes])
        return {one.id for one in changes if one.id not in there or there[one.id][0] != one.head}

    def _change(
        self,
        connection: Connection,
        changes: Iterable[Change],
        where: str,
        found_by: Callable[[Change], tuple[str, ...]],
    ) -> int:
        """Returns how many rows there were to change."""
        groups: dict[tuple[str, ...], list[Change]] = defaultdict(list)
        for one in changes:
            groups[tuple(one.fields)].append(one)
        stale: list[str] = []
        n = 0
        for names, group in groups.items():
            n += self._change_alike(connection, names, group, where, list(map(found_by, group)))
            if not self._sources.isdisjoint(names):
                stale += [one.id for one in group]
        self._derive_again(connection, stale)
        return n

    def _change_alike(
        self,
        connection: Connection,
        names: Sequence[str],
        group: Sequence[Change],
        where: str,
        found: Sequence[tuple[str, ...]],
    ) -> int:
        """Changes that set the fields `names`, in this order."""
        if DELETED in names:
            connection.info[MOVED] = True
        known = [name for name in names if name in self._known]
        unknown = int(len(known) < len(names))
        cells: Iterable[Iterable[object]] = (one.fields.values() for one in group)
        if unknown or not self._json.isdisjoint(known):
            cells = ([self._cell(key, one.fields[key]) for key in known] for one in group)
        columns = ["head", "pack", "conflicts", *known]
        if self._searched.isdisjoint(known):
            rows = [
                (one.head, one.pack, one.n_conflicts, *own, *at)
                for one, own, at in zip(group, cells, found, strict=True)
            ]
        else:
            columns.append("search_doc")
            numbered = zip(group, cells, take_numbers(connection, len(group)), found, strict=True)
            rows = [(one.head, one.pack, one.n_conflicts, *own, number, *at) for one, own, number, at in numbered]
        sets = ", ".join(f'"{column}" = ?' for column in columns) + (", unknown = 1" if unknown else "")
        return connection.exec_driver_sql(f'UPDATE "{self.table.name}" SET {sets} WHERE {where}', rows).rowcount  # noqa: S608

    def _derive_again(self, connection: Connection, ids: Sequence[str]) -> None:
        """Derived columns of rows whose sources changed."""
        sets = ", ".join(f'"{key}" = ?' for key in self._derived)
        for record_ids in chunks(ids):
            rows = []
            for record in self.load(connection, record_ids).values():
                found = derived_values(self.ledger, record.values, self._calendar)
                rows.append((*[found[key] for key in self._derived], record.id))
            if rows:
                connection.exec_driver_sql(f'UPDATE "{self.table.name}" SET {sets} WHERE id = ?', rows)  # noqa: S608

    def derive_all(self, connection: Connection) -> None:
        """Derived columns of every row; after the calendar or a derivation has changed."""
        ids = connection.execute(select(self.table.c.id)).scalars().all()
        self._derive_again(connection, ids)

    def heads(self, connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str, int]]:
        """Id → joined heads, owner, open conflicts, for those of the ids that are there."""
        found: dict[str, tuple[str, str, int]] = {}
        query = f'SELECT id, head, office, conflicts FROM "{self.table.name}" WHERE id IN '  # noqa: S608 a checked name
        for record_ids in chunks(ids):
            rows = connection.exec_driver_sql(query + marks(len(record_ids)), tuple(record_ids)).all()
            found.update({id_: (head, office, n) for id_, head, office, n in rows})
        return found

    def load(self, connection: Connection, ids: Sequence[str]) -> dict[str, StoredRecord]:
        """The records with these ids, deleted ones too."""
        found = {}
        query = f'SELECT * FROM "{self.table.name}" WHERE id IN '  # noqa: S608 a checked name
        for record_ids in chunks(ids):  # in plain words: to put those for a wide table together takes milliseconds
            rows = connection.exec_driver_sql(query + marks(len(record_ids)), tuple(record_ids)).mappings()
            found.update({row["id"]: self.record_of(dict(row)) for row in rows})
        return found

    def some_ids(self, connection: Connection, most: int) -> list[str]:
        """Ids of records that are not deleted, at most so many."""
        c = self.table.c
        return list(connection.execute(select(c.id).where(c.deleted == 0).limit(most)).scalars())

    def record(self, row: Row[Any]) -> StoredRecord:
        """A row of the whole table as a record."""
        return self.record_of(dict(row._mapping))

    def record_of(self, cells: Mapping[str, Any]) -> StoredRecord:
        """A record from the cells of its row, by column; columns that are not there are empty."""
        values = {
            key: self._value(key, cells[key])
            for key in (STATE, PARENT, DUE_ON, *self._keys)
            if cells.get(key) is not None
        }
        return StoredRecord(
            id=cells["id"],
            ledger=self.ledger.key,
            office=cells["office"],
            heads=tuple(cells["head"].split()),
            n_conflicts=cells["conflicts"],
            is_deleted=bool(cells["deleted"]),
            pack=cells["pack"],
            values=values,
        )

    def _value(self, key: str, cell: object) -> object:
        if key in self._json:
            return _from_json(str(cell))
        return bool(cell) if key in self._flags else cell


def chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """The ids in runs of at most `CHUNK`."""
    return (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))


def marks(n: int) -> str:
    """So many parameters as a list in a statement: a large import spends a tenth of its time in the words for them."""
    return f"({', '.join('?' * n)})"
