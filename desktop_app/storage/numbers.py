"""Running numbers of official letters, taken in the transaction that signs."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from desktop_app.storage.rows import LedgerRows


def taken_numbers(connection: Connection, rows: LedgerRows, field: str, office: str, start: str) -> list[str]:
    """
    Every number of an office that begins so, those of deleted and void records among them.

    They are read from the records and not from a counter: after a restore the numbers that come back with
    the records count again.
    """
    c = rows.table.c
    query = select(c[field]).where(c.office == office, c[field] >= start, c[field] < start + "\U0010ffff")
    return [str(one) for one in connection.execute(query).scalars()]


def is_taken(
    connection: Connection, rows: LedgerRows, *, field: str, office: str, value: object, but: str = ""
) -> bool:
    """Whether another record of the office has this value; a deleted one counts too."""
    c = rows.table.c
    query = select(func.count()).where(c.office == office, c[field] == value, c.id != but)
    return bool(connection.execute(query).scalar_one())
