"""Looking for a person's data: every field in which a name, a number or a telephone may stand, deleted records too."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from desktop_app.storage.rows import LedgerRows, StoredRecord

_KINDS = ("text", "long_text", "resident_id", "phone")


def records_with(connection: Connection, rows: LedgerRows, words: str) -> list[StoredRecord]:
    """Records of a ledger in which the words stand; a scan, since a request for it is rare."""
    keys = [one.key for one in rows.ledger.fields.values() if one.type.name in _KINDS]
    if not keys:
        return []
    c = rows.table.c
    query = select(rows.table).where(or_(*(c[key].contains(words, autoescape=True) for key in keys))).order_by(c.id)
    return [rows.record(row) for row in connection.execute(query)]


def expired(connection: Connection, rows: LedgerRows, before: str) -> list[StoredRecord]:
    """Records of a ledger whose own date lies before a day, or whose period does."""
    c = rows.table.c
    on = c[rows.ledger.list.period]
    query = select(rows.table).where(on.is_not(None), on < before, c.deleted == 0).order_by(on, c.id)
    return [rows.record(row) for row in connection.execute(query)]
