"""
Streams: the chained, numbered runs of revisions, one for each author's vault and owning office.

A city's corrections for one county are a stream of their own, so that each county can check the whole
chain of what it is sent without seeing the others'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from desktop_app.domain.revision import chain, chain_start
from desktop_app.storage import tables

_SQL = "INSERT INTO revision (rev, id, record, body, digest, package) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(slots=True)
class Stream:
    """Where one stream stands; `id` is this vault's number for it."""

    id: int
    office: str
    instance: str
    scope: str
    seq: int
    digest: bytes
    acked: int

    def rev(self, seq: int) -> int:
        """The place of a revision in the table."""
        return self.id << tables.SEQ_BITS | seq


def find_stream(connection: Connection, office: str, instance: str, scope: str) -> Stream:
    """The stream of an author's vault and owning office; begun when there is none."""
    s = tables.stream.c
    query = select(tables.stream).where(s.office == office, s.instance == instance, s.scope == scope)
    row = connection.execute(query).first()
    if row is None:
        connection.execute(
            insert(tables.stream),
            {
                "office": office,
                "instance": instance,
                "scope": scope,
                "digest": chain_start(office, instance, scope),
            },
        )
        row = connection.execute(query).one()
    return _stream(row)


def streams(connection: Connection) -> list[Stream]:
    """All streams, oldest first."""
    return [_stream(row) for row in connection.execute(select(tables.stream).order_by(tables.stream.c.id))]


def _stream(row: Row[tuple[int, str, str, str, int, bytes, int]]) -> Stream:
    return Stream(row.id, row.office, row.instance, row.scope, row.seq, row.digest, row.acked)


@dataclass(frozen=True, slots=True)
class Line:
    """A revision to append: its ids and its encoded line."""

    id: str
    record: str
    body: bytes


def append(connection: Connection, stream: Stream, lines: Sequence[Line], package: int | None = None) -> None:
    """Adds revisions to a stream and moves its end; `stream` is brought up to date."""
    rows = []
    seq, digest = stream.seq, stream.digest
    for line in lines:
        seq += 1
        digest = chain(digest, line.body)
        rows.append((stream.rev(seq), line.id, line.record, line.body, digest, package))
    if not rows:
        return
    connection.exec_driver_sql(_SQL, rows)
    stream.seq, stream.digest = seq, digest
    s = tables.stream
    connection.execute(update(s).where(s.c.id == stream.id).values(seq=seq, digest=digest))


def acknowledge(connection: Connection, stream: Stream, seq: int) -> None:
    """Notes that the other side has the stream up to `seq`; an older acknowledgement changes nothing."""
    if seq > stream.acked:
        s = tables.stream
        connection.execute(update(s).where(s.c.id == stream.id).values(acked=min(seq, stream.seq)))
        stream.acked = min(seq, stream.seq)


def digest_at(connection: Connection, stream: Stream, seq: int) -> bytes | None:
    """The chain digest after revision `seq`, the start of the chain for 0, None when it is not here."""
    if seq == 0:
        return chain_start(stream.office, stream.instance, stream.scope)
    query = select(tables.revision.c.digest).where(tables.revision.c.rev == stream.rev(seq))
    return connection.execute(query).scalar()


def bodies(connection: Connection, stream: Stream, after: int) -> Iterator[bytes]:
    """The encoded revisions after `after`, in order; read as they are asked for."""
    r = tables.revision.c
    query = (
        select(r.body)
        .where(r.rev > stream.rev(after), r.rev <= stream.rev(stream.seq))
        .order_by(r.rev)
        .execution_options(yield_per=2000)
    )
    yield from connection.execute(query).scalars()
