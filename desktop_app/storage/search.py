"""
Records found by a few typed characters; `domain.searching` says in which fields and what counts as found.

Exact at any moment: what the index has not taken in yet is looked at row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, false, insert, or_, select

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
    places = _fresh_places(connection, within, wanted)
    numbers = fts.matching(wanted, within if len(within) < len(rows) else ()).order_by(fts.NUMBER.desc())
    below: int | None = None
    while len(places) < limit:
        query = numbers if below is None else numbers.where(below > fts.NUMBER)
        batch = list(connection.execute(query.limit(2 * limit)).scalars())
        places += sorted(fts.numbered(connection, _tables(within), batch), key=_newest)
        if len(batch) < 2 * limit:
            break
        below = batch[-1]
    return _loaded(connection, within, places[:limit])


def _fresh_places(connection: Connection, within: Rows, wanted: Sequence[str]) -> list[fts.Place]:
    given, indexed = marks(connection)
    if given == indexed:
        return []
    tables = [(key, one.table, one.search_keys) for key, one in within.items()]
    return sorted(fts.looked_at(connection, tables, indexed, wanted), key=_newest)


def _newest(place: fts.Place) -> int:
    return -place[2]


def _tables(within: Rows) -> list[tuple[str, Table]]:
    return [(key, one.table) for key, one in within.items()]


def _loaded(connection: Connection, within: Rows, places: Sequence[fts.Place]) -> list[StoredRecord]:
    records: dict[str, StoredRecord] = {}
    for key in {place[0] for place in places}:
        records |= within[key].load(connection, [record for ledger, record, _ in places if ledger == key])
    return [records[record] for _, record, _ in places]
