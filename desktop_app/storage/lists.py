"""Lists of records: filtered, ordered, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, func, select

from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause
from desktop_app.storage.clauses import Compiler
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault


def list_records(
    vault: Vault,
    connection: Connection,
    ledger: str,
    *,
    where: Iterable[Clause] = (),
    frame: Frame,
    limit: int | None = None,
    with_deleted: bool = False,
) -> list[StoredRecord]:
    """Records in the order of the form's list, then by id."""
    rows = vault.rows[ledger]
    table = rows.table
    query = select(table).where(_compiler(vault, ledger, frame).where(where))
    if not with_deleted:
        query = query.where(table.c.deleted == 0)
    for key in rows.ledger.list.order:
        by = table.c[key.lstrip("-")]
        query = query.order_by(by.desc() if key.startswith("-") else by.asc())
    query = query.order_by(table.c.id).limit(limit)
    return [rows.record(row) for row in connection.execute(query)]


def children(vault: Vault, connection: Connection, parent: StoredRecord) -> Mapping[str, Sequence[StoredRecord]]:
    """The rows of each child table of a record, in order of entry."""
    found = {}
    for child in vault.pack.children(parent.ledger):
        rows = vault.rows[child.key]
        query = select(rows.table).where(rows.table.c.parent == parent.id, rows.table.c.deleted == 0)
        found[child.key] = [rows.record(row) for row in connection.execute(query.order_by(rows.table.c.id))]
    return found


def due_records(
    vault: Vault, connection: Connection, ledger: str, *, until: str, office: str, limit: int
) -> list[StoredRecord]:
    """
    Records whose limit runs out by an ISO day, the oldest limit first.

    Args:
        office: Only this owner's; all when empty.
    """
    rows = vault.rows[ledger]
    c = rows.table.c
    # `+ 0`: else the index of what is not deleted is walked, which is nearly everything, and sorted for a few.
    query = select(c.id).where(c.due_on <= until, c.deleted + 0 == 0)
    if office:
        query = query.where(c.office == office)
    ids = connection.execute(query.order_by(c.due_on, c.id).limit(limit)).scalars().all()
    found = rows.load(connection, ids)
    return [found[one] for one in ids]


def newest_of(vault: Vault, connection: Connection, ledger: str, office: str) -> StoredRecord | None:
    """The record of an office that was entered last; ids grow with time."""
    rows = vault.rows[ledger]
    query = select(rows.table).where(rows.table.c.office == office, rows.table.c.deleted == 0)
    found = connection.execute(query.order_by(rows.table.c.id.desc()).limit(1)).first()
    return rows.record(found) if found is not None else None


def owns_fewer(vault: Vault, connection: Connection, ledger: str, office: str, n: int) -> bool:
    """Whether an office has fewer than `n` records of a ledger that are not deleted; looks at no more than it must."""
    c = vault.rows[ledger].table.c
    # `+ 0`: the rows as they lie, not by the index of what is not deleted, which is nearly all of them.
    found = select(c.id).where(c.office == office, c.deleted + 0 == 0).limit(n).subquery()
    return connection.execute(select(func.count()).select_from(found)).scalar_one() < n


def _compiler(vault: Vault, ledger: str, frame: Frame) -> Compiler:
    rows = vault.rows[ledger]
    return Compiler(rows.ledger, rows.table, {key: one.table for key, one in vault.rows.items()}, frame)
