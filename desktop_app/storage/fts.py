"""
The full-text index, as SQLite has it: FTS5 without content, terms of two characters.

A text `张三丰` lies in it as the terms `张三 三丰 丰`; what is looked up is a phrase of terms that overlap, so
that a hit is exact and two characters suffice. The one character at the end keeps texts of a record apart
and lets a single character be found as the beginning of a term. All of it is encrypted with the vault.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, column, func, literal_column, select, table

from desktop_app.domain.searching import stand_in

_NAME = "search_index"
_INDEX = table(_NAME, column("rowid"))
Place = tuple[str, str, int]
"""Ledger, record, number."""
NUMBER: ColumnElement[int] = _INDEX.c.rowid
_EXISTS = "SELECT 1 FROM sqlite_master WHERE name = ?"
_CREATE = f"CREATE VIRTUAL TABLE {_NAME} USING fts5(terms, content = '', columnsize = 0, tokenize = 'ascii')"
_ADD = f"INSERT INTO {_NAME} (rowid, terms) VALUES (?, ?)"  # noqa: S608 our own name


def exists(connection: Connection) -> bool:
    """Whether the vault has an index; one made by an older program has none."""
    return connection.exec_driver_sql(_EXISTS, (_NAME,)).first() is not None


def create(connection: Connection) -> None:
    """Makes the empty index."""
    connection.exec_driver_sql(_CREATE)


def number_all(connection: Connection, table: Table, after: int) -> int:
    """Gives every row of a ledger a number above `after`; returns the last one that may have been given."""
    connection.exec_driver_sql(f'UPDATE "{table.name}" SET search_doc = rowid + ?', (after,))  # noqa: S608 a checked name
    last = connection.exec_driver_sql(f'SELECT max(search_doc) FROM "{table.name}"').scalar()  # noqa: S608
    return int(last or after)


def add(connection: Connection, documents: Iterable[tuple[int, str, Sequence[str]]]) -> None:
    """Number, ledger and texts of documents, none of which is there; fastest in the order of the numbers."""
    rows = [(number, " ".join((_ledger(key), *map(_terms, texts)))) for number, key, texts in documents]
    if rows:
        connection.exec_driver_sql(_ADD, rows)


def _terms(text: str) -> str:
    return " ".join(text[at : at + 2] for at in range(len(text)))


def _ledger(key: str) -> str:
    """The term that all documents of a ledger have; no text has it, since texts have no signs."""
    return "§" + key.replace("_", "")


def matching(words: Sequence[str], ledgers: Iterable[str] = ()) -> Select[int]:
    """Numbers of the documents of these ledgers, or of all, in which each of the words stands."""
    phrases = [_phrase(word) for word in words]
    if keys := [f'"{_ledger(key)}"' for key in ledgers]:
        phrases.append(f"({' OR '.join(keys)})")
    return select(NUMBER).where(literal_column(_NAME).op("MATCH")(" AND ".join(phrases))).select_from(_INDEX)


def _phrase(word: str) -> str:
    """A word in the index's own language; words have no quotes in them."""
    if len(word) == 1:
        return f'"{word}" *'
    return '"' + " ".join(word[at : at + 2] for at in range(len(word) - 1)) + '"'


def register(driver: Any) -> None:
    """Gives a connection of the driver what `stands_in` asks of it."""
    driver.create_function("stands_in", -1, lambda words, *cells: stand_in(words.split(), cells), deterministic=True)


def stands_in(words: Sequence[str], cells: Iterable[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Whether each of the words stands in one of the cells, looked at one by one: for rows not yet in the index."""
    return func.stands_in(" ".join(words), *cells)


def numbered(connection: Connection, tables: Iterable[tuple[str, Table]], numbers: Sequence[int]) -> list[Place]:
    """Where the rows with these numbers stand that are not deleted; the plus keeps SQLite from the wrong index."""
    rows = "SELECT '{}', id, search_doc FROM \"{}\" WHERE +deleted = 0 AND search_doc IN (SELECT value FROM given)"
    union = " UNION ALL ".join(rows.format(key, one.name) for key, one in tables)
    statement = f"WITH given AS MATERIALIZED (SELECT value FROM json_each(?)) {union}"  # noqa: S608 checked names
    found = connection.exec_driver_sql(statement, (f"[{','.join(map(str, numbers))}]",))
    return [tuple(row) for row in found]


def looked_at(
    connection: Connection, tables: Iterable[tuple[str, Table, Sequence[str]]], above: int, words: Sequence[str]
) -> list[Place]:
    """Where rows with a number above this one stand that are not deleted and in whose columns each word stands."""
    pieces = [
        f"SELECT '{key}', id, search_doc FROM \"{one.name}\" WHERE +deleted = 0 AND search_doc > ?1"  # noqa: S608
        f" AND stands_in(?2, {', '.join(columns)})"
        for key, one, columns in tables
    ]
    found = connection.exec_driver_sql(" UNION ALL ".join(pieces), (above, " ".join(words)))
    return [tuple(row) for row in found]
