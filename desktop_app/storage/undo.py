"""Taking one import back: its revisions, attachments and log line go, and each record it touched is made again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from desktop_app.domain.revision import Revision, decode_revision
from desktop_app.storage import tables
from desktop_app.storage.attachments import forget_after
from desktop_app.storage.before import put_back
from desktop_app.storage.packages import Logged
from desktop_app.storage.recompute import recompute
from desktop_app.storage.rows import chunks
from desktop_app.storage.streams import cut, streams
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class LastImport:
    """
    The newest import, and what stands against undoing it.

    Attributes:
        obstacle: Empty, or `answered` (a receipt told the sender), `changed` (records were changed since).
        record: One record that was changed since.
    """

    entry: Logged
    obstacle: str = ""
    record: str = ""


def last_import(connection: Connection) -> LastImport | None:
    """The newest package of revisions that was merged, None when there is none."""
    p = tables.package
    kinds = ("submission", "receipt")
    query = select(p).where(p.c.direction == "in", p.c.kind.in_(kinds)).order_by(p.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    entry = Logged(*row)
    answered = select(func.count()).where(p.c.id > entry.id, p.c.direction == "out", p.c.recipient == entry.sender)
    if connection.execute(answered).scalar_one():
        return LastImport(entry, "answered")
    if record := _following(connection, entry):
        return LastImport(entry, "changed", record)
    brought = _revisions(connection, entry)
    ids = {one.id for one in brought}
    for record in sorted({one.record for one in brought}):
        r = tables.revision.c
        later = select(r.body).where(r.record == record, func.coalesce(r.package, 0) != entry.id)
        for body in connection.execute(later).scalars():
            if not ids.isdisjoint(decode_revision(body).parents):
                return LastImport(entry, "changed", record)
    return LastImport(entry)


def _following(connection: Connection, entry: Logged) -> str:
    """A record written after the import in a stream that the import went on with, as after a restore; else empty."""
    r = tables.revision.c
    begins = select(func.min(r.rev)).where(r.package == entry.id).group_by(r.rev.op(">>")(tables.SEQ_BITS))
    for first in connection.execute(begins).scalars().all():
        end = ((first >> tables.SEQ_BITS) + 1) << tables.SEQ_BITS
        later = select(r.record).where(r.rev > first, r.rev < end, func.coalesce(r.package, 0) != entry.id)
        if record := connection.execute(later.limit(1)).scalar():
            return str(record)
    return ""


def _revisions(connection: Connection, entry: Logged) -> list[Revision]:
    r = tables.revision.c
    return [decode_revision(body) for body in connection.execute(select(r.body).where(r.package == entry.id)).scalars()]


def undo_import(vault: Vault, connection: Connection, entry: Logged) -> int:
    """
    Removes everything an import brought, also what it told of the other side; nothing may stand against it.

    Returns:
        How many records are other than before.
    """
    brought = _revisions(connection, entry)
    touched = {one.record: one.ledger for one in brought}
    r = tables.revision
    for stream in streams(connection):
        first, last = stream.rev(0), stream.rev((1 << tables.SEQ_BITS) - 1)
        here = select(func.min(r.c.rev)).where(r.c.rev.between(first, last), r.c.package == entry.id)
        begins = connection.execute(here).scalar()
        if begins is None:
            continue
        seq = begins - first - 1
        forget_after(connection, stream, seq)
        cut(connection, stream, seq)
    by_ledger: dict[str, list[str]] = defaultdict(list)
    for record, ledger in touched.items():
        by_ledger[ledger].append(record)
    for ledger, records in by_ledger.items():
        if ledger in vault.rows:
            for ids in chunks(records):
                vault.rows[ledger].remove(connection, ids)
            recompute(connection, vault.rows[ledger], records)
            continue
        for record in records:
            if not connection.execute(select(func.count()).where(r.c.record == record)).scalar_one():
                connection.execute(delete(tables.held).where(tables.held.c.record == record))
    scope = entry.sender if vault.owner.role == "city" else vault.owner.office
    put_back(connection, entry.id, scope, entry.sender)
    connection.execute(delete(tables.package).where(tables.package.c.id == entry.id))
    return len(touched)
