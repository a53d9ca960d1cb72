"""How far each record has got: not sent, sent, or received by the other side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, case, func, select

from desktop_app.storage import tables
from desktop_app.storage.rows import chunks
from desktop_app.storage.seals import RETURN_NOTE
from desktop_app.storage.vault import Vault

UNSENT, SENT, RECEIVED, RETURNED = "unsent", "sent", "received", "returned"


def sending_of(connection: Connection, records: Iterable[str]) -> dict[str, str]:
    """Record → how far its newest revision of each of our streams has got; the least of them counts."""
    r, s = tables.revision.c, tables.stream.c
    seq = r.rev.op("&")((1 << tables.SEQ_BITS) - 1)
    reached = case((seq > s.sent, 0), (seq > s.acked, 1), else_=2)
    found: dict[str, str] = {}
    for ids in chunks(list(records)):
        query = (
            select(r.record, func.min(reached))
            .join_from(tables.revision, tables.stream, s.id == r.rev.op(">>")(tables.SEQ_BITS))
            .where(r.record.in_(ids), r.package.is_(None))
            .group_by(r.record)
        )
        found.update({record: (UNSENT, SENT, RECEIVED)[least] for record, least in connection.execute(query)})
    return found


def open_returns(vault: Vault, connection: Connection, office: str = "") -> list[str]:
    """Ids of the records that were sent back and not changed since, of one office or of all."""
    if RETURN_NOTE not in vault.rows:
        return []
    c = vault.rows[RETURN_NOTE].table.c
    query = select(c.record).where(c.state == "open", c.deleted == 0)
    return list(connection.execute(query.where(c.office == office) if office else query).scalars())


def count_by_sending(vault: Vault, connection: Connection) -> dict[str, int]:
    """Records of this office that are not deleted, by how far they have got."""
    counts: Counter[str] = Counter({UNSENT: 0, SENT: 0, RECEIVED: 0})
    for rows in vault.rows.values():
        c = rows.table.c
        query = select(c.id).where(c.office == vault.owner.office, c.deleted == 0)
        ids = list(connection.execute(query).scalars())
        there = sending_of(connection, ids)
        counts.update(there.get(one, RECEIVED) for one in ids)  # brought back by the city after a change of PC
    return dict(counts)
