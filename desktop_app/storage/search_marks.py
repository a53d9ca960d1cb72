"""
How far the search index has got.

A row whose searched values change takes the next number of all (`search_doc`), in the same transaction and
at the cost of one integer; the index takes rows in later, in the order of their numbers. Rows above the mark
are searched one by one. No number is given twice, so what the index still says of an older number is moot.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from desktop_app.storage.tables import search_mark

_GIVEN, _INDEXED = "given", "indexed"
_ADD = "INSERT INTO search_mark (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n RETURNING n"
INDEXED = select(search_mark.c.n).where(search_mark.c.name == _INDEXED).scalar_subquery()
"""The last number that the index has, for use inside a statement."""


def take_numbers(connection: Connection, n: int) -> range:
    """The next numbers."""
    last = int(connection.exec_driver_sql(_ADD, (_GIVEN, n)).scalar_one())
    return range(last - n + 1, last + 1)


def marks(connection: Connection) -> tuple[int, int]:
    """The last number given, and the last one that the index has."""
    found = {row.name: row.n for row in connection.execute(select(search_mark))}
    return found.get(_GIVEN, 0), found.get(_INDEXED, 0)


def set_marks(connection: Connection, *, given: int, indexed: int) -> None:
    """Writes both."""
    connection.execute(search_mark.delete())
    connection.execute(search_mark.insert(), [{"name": _GIVEN, "n": given}, {"name": _INDEXED, "n": indexed}])


def set_indexed(connection: Connection, n: int) -> None:
    """The index has everything up to this number."""
    connection.execute(search_mark.update().where(search_mark.c.name == _INDEXED).values(n=n))
