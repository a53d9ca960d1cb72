"""How much a vault holds: rows of each table that has any."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from desktop_app.storage import tables
from desktop_app.storage.vault import Vault

_FIXED = (tables.revision, tables.stream, tables.package, tables.conflict, tables.held, tables.attachment, tables.draft)


def census(vault: Vault, connection: Connection) -> dict[str, int]:
    """Table → rows: the fixed tables, then the ledgers that have records, deleted ones among them."""
    found = {one.name: _count(connection, one) for one in _FIXED}
    found |= {rows.table.name: n for rows in vault.rows.values() if (n := _count(connection, rows.table))}
    return found


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
