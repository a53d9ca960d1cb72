"""
Records found by a few typed characters; `domain.searching` says in which fields and what counts as found.

Exact at any moment: what the index has not taken in yet is looked at row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, false, insert, or_, select

from desktop_app.domain.searching import runs, search_keys, words
from desktop_app.schema.model import Pack
from desktop_app.storage import fts
from desktop_app.storage.forms import add_columns
from desktop_app.storage.rows import LedgerRows, StoredRecord
from desktop_app.storage.search_marks import INDEXED, marks, set_indexed, set_marks
from desktop_app.storage.tables import ledger_tables, meta, search_mark

_FIELDS = "search_fields"

Rows = Mapping[str, LedgerRows]


def is_ready(connection: Connection, pack: Pack) -> bool:
    """Whether the vault has an index that was made for the fields of this pack."""
    return fts.exists(connection) and _fields(connection) == _wanted(pack)


def prepare(connection: Connection, pack: Pack) -> None:
    """Makes the index where there is none; what it holds of ledgers whose search fields are others now is dropped."""
    before, wanted, built = _fields(connection), _wanted(pack), ledger_tables(pack).ledgers
    if not fts.exists(connection):
        fts.create(connection)
        search_mark.create(connection, checkfirst=True)
        for table in built.values():
            add_columns(connection, table)
        before = {}
    given, indexed = marks(connection)
    for key, table in built.items():
        if before.get(key) != wanted[key]:
            given = fts.number_all(connection, table, given)
    set_marks(connection, given=given, indexed=indexed)
    row = {"key": _FIELDS, "value": msgspec.json.encode(wanted).decode()}
    connection.execute(insert(meta).prefix_with("OR REPLACE"), row)


def _fields(connection: Connection) -> dict[str, list[str]]:
    text = connection.execute(select(meta.c.value).where(meta.c.key == _FIELDS)).scalar()
    return msgspec.json.decode(text, type=dict[str, list[str]]) if text else {}


def _wanted(pack: Pack) -> dict[str, list[str]]:
    return {key: list(search_keys(ledger)) for key, ledger in pack.ledgers.items()}


def behind(connection: Connection) -> int:
    """How many rows, at most, the index has not taken in."""
    given, indexed = marks(connection)
    return given - indexed


def catch_up(connection: Connection, rows: Rows, most: int) -> int:
    """
    Takes rows into the index.

    Returns:
        How many numbers are still to be looked at.
    """
    given, indexed = marks(connection)
    until = min(given, indexed + most)
    documents = []
    for key, one in rows.items():
        c = one.table.c
        query = select(c.search_doc, *(c[name] for name in one.search_keys))
        found = connection.execute(query.where(c.search_doc > indexed, c.search_doc <= until))
        documents += [(row[0], key, runs(row[1:])) for row in found]
    fts.add(connection, sorted(documents))
    set_indexed(connection, until)
    return given - until


def condition(rows: LedgerRows, text: str) -> ColumnElement[bool]:
    """That a row of the ledger is found by the text."""
    wanted = words(text)
    if not wanted or not rows.search_keys:
        return false()
    number = rows.table.c.search_doc
    return or_(number.in_(fts.matching(wanted, [rows.ledger.key])), _fresh(rows, wanted))


def _fresh(rows: LedgerRows, wanted: Sequence[str]) -> ColumnElement[bool]:
    c = rows.table.c
    return and_(c.search_doc > INDEXED, fts.stands_in(wanted, (c[key] for key in rows.search_keys)))


def find(
    connection: Connection, rows: Rows, text: str, *, ledgers: Iterable[str] = (), limit: int
) -> list[StoredRecord]:
    """Records that are not deleted in which each of the words stands, those entered or changed last first."""
    wanted = words(text)
    within = {key: rows[key] for key in ledgers or rows if rows[key].search_keys}
    if not wanted or not within:
        return []
    found = _find_fresh(connection, within, wanted, limit)
    numbers = fts.matching(wanted, within if len(within) < len(rows) else ()).order_by(fts.NUMBER.desc())
    below: int | None = None
    while len(found) < limit:
        query = numbers if below is None else numbers.where(below > fts.NUMBER)
        batch = list(connection.execute(query.limit(2 * limit)).scalars())
        found += _by_number(connection, within, {key: one.table.c.search_doc.in_(batch) for key, one in within.items()})
        if len(batch) < 2 * limit:
            break
        below = batch[-1]
    return found[:limit]


def _find_fresh(connection: Connection, within: Rows, wanted: Sequence[str], limit: int) -> list[StoredRecord]:
    given, indexed = marks(connection)
    if given == indexed:
        return []
    return _by_number(connection, within, {key: _fresh(one, wanted) for key, one in within.items()}, limit)


def _by_number(
    connection: Connection, within: Rows, where: Mapping[str, ColumnElement[bool]], limit: int | None = None
) -> list[StoredRecord]:
    """The records that hold, the highest number first."""
    found: list[tuple[int, StoredRecord]] = []
    for key, one in within.items():
        c = one.table.c
        query: Select[Any] = select(one.table).where(where[key], c.deleted == 0).order_by(c.search_doc.desc())
        found += [(row.search_doc, one.record(row)) for row in connection.execute(query.limit(limit))]
    return [record for _, record in sorted(found, key=lambda pair: -pair[0])]
