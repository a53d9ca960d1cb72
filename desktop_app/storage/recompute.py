"""One record made again from all of its revisions: after a divergence, or when a form learns a field."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert, select

from desktop_app.domain.history import Authored, RecordState, resolve
from desktop_app.domain.revision import decode_revision
from desktop_app.storage import tables
from desktop_app.storage.rows import LedgerRows, NewRow


def recompute(connection: Connection, rows: LedgerRows, record: str) -> RecordState:
    """Replaces the row, the open conflicts and the held mark of a record by what its revisions say."""
    authored, owner = record_revisions(connection, record)
    state = resolve(authored, owner)
    connection.execute(delete(tables.held).where(tables.held.c.record == record))
    connection.execute(delete(tables.conflict).where(tables.conflict.c.record == record))
    if state.held:
        connection.execute(insert(tables.held), {"record": record, "ledger": rows.ledger.key, "why": "revision"})
    if state.conflicts:
        connection.execute(
            insert(tables.conflict),
            [
                {
                    "record": record,
                    "field": one.field,
                    "ledger": rows.ledger.key,
                    "choices": msgspec.json.encode(one.values).decode(),
                }
                for one in state.conflicts
            ],
        )
    if state.heads:
        pack = max(one.revision.pack for one in authored)
        heads = " ".join(state.heads)
        rows.put(connection, [NewRow(record, owner, heads, pack, state.values, len(state.conflicts))])
    return state


def record_revisions(connection: Connection, record: str) -> tuple[list[Authored], str]:
    """All revisions of a record with their authors, in no order, and the owning office."""
    r, s = tables.revision.c, tables.stream.c
    query = (
        select(r.body, s.office, s.scope)
        .join_from(tables.revision, tables.stream, s.id == r.rev.op(">>")(tables.SEQ_BITS))
        .where(r.record == record)
    )
    found = connection.execute(query).all()
    owner = found[0].scope if found else ""
    return [Authored(decode_revision(row.body), row.office) for row in found], owner
