"""
Streams: the chained, numbered runs of revisions, one for each author's vault and owning office.

A city's corrections for one county are a stream of their own, so that each county can check the whole
chain of what it is sent without seeing the others'. When a vault was copied and both copies were worked
in, two chains share their beginning; the second to arrive is kept as a fork, so that nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from desktop_app.domain.revision import chain, chain_start
from desktop_app.storage import tables

_AT_ONCE = 2000  # revisions of a package read together: about a megabyte
_SQL = "INSERT INTO revision (rev, id, record, body, digest, package) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(slots=True)
class Stream:
    """
    Where one stream stands.

    Attributes:
        id: This vault's number for it.
        fork: Empty, or for the chain of a copied vault the id of the first revision that is its own.
        base: Sequence at which a fork left its stream; 0 for the stream itself.
        seq, digest: Of the last revision here.
        sent, acked: Last one put into a package; last one the other side says it has.
    """

    id: int
    office: str
    instance: str
    scope: str
    fork: str
    base: int
    seq: int
    digest: bytes
    sent: int
    acked: int

    def rev(self, seq: int) -> int:
        """The place of a revision in the table."""
        return self.id << tables.SEQ_BITS | seq


def find_stream(connection: Connection, office: str, instance: str, scope: str) -> Stream:
    """The stream of an author's vault and owning office; begun when there is none."""
    found = same_source(connection, office, instance, scope)
    if found:
        return found[0]
    return _begin(connection, Stream(0, office, instance, scope, "", 0, 0, chain_start(office, instance, scope), 0, 0))


def same_source(connection: Connection, office: str, instance: str, scope: str) -> list[Stream]:
    """The stream and its forks, the stream itself first; empty when it has not begun."""
    s = tables.stream.c
    query = select(tables.stream).where(s.office == office, s.instance == instance, s.scope == scope)
    return [_stream(row) for row in connection.execute(query.order_by(s.fork != "", s.id))]


def find_fork(connection: Connection, stream: Stream, first: int, revision: str) -> Stream:
    """The fork that leaves `stream` at sequence `first` with this revision; begun when there is none."""
    for one in same_source(connection, stream.office, stream.instance, stream.scope):
        if one.fork == revision:
            return one
    digest = digest_at(connection, stream, first - 1)
    assert digest is not None, "a fork leaves its stream at a revision that is here"
    at = first - 1
    return _begin(connection, replace(stream, fork=revision, base=at, seq=at, digest=digest, sent=at, acked=at))


def _begin(connection: Connection, new: Stream) -> Stream:
    values: dict[str, Any] = {name: getattr(new, name) for name in Stream.__slots__ if name != "id"}
    result = connection.execute(insert(tables.stream), values)
    assert result.inserted_primary_key is not None
    return Stream(id=int(result.inserted_primary_key[0]), **values)


def streams(connection: Connection) -> list[Stream]:
    """All streams, oldest first."""
    return [_stream(row) for row in connection.execute(select(tables.stream).order_by(tables.stream.c.id))]


def in_scope(connection: Connection, scope: str) -> list[Stream]:
    """Those about the records of one office, oldest first."""
    s = tables.stream.c
    return [_stream(row) for row in connection.execute(select(tables.stream).where(s.scope == scope).order_by(s.id))]


def _stream(row: Row[Any]) -> Stream:
    return Stream(
        row.id, row.office, row.instance, row.scope, row.fork, row.base, row.seq, row.digest, row.sent, row.acked
    )


class Line(msgspec.Struct, frozen=True, gc=False):
    """A revision to append: its ids and its encoded line."""

    id: str
    record: str
    body: bytes


def append(connection: Connection, stream: Stream, lines: Sequence[Line], package: int | None = None) -> None:
    """Adds revisions to a stream and moves its end; `stream` is brought up to date."""
    rows = []
    seq, digest = stream.seq, stream.digest
    for rev, line in enumerate(lines, stream.rev(seq + 1)):
        digest = chain(digest, line.body)
        rows.append((rev, line.id, line.record, line.body, digest, package))
    if not rows:
        return
    seq += len(rows)
    connection.exec_driver_sql(_SQL, rows)
    stream.seq, stream.digest = seq, digest
    s = tables.stream
    connection.execute(update(s).where(s.c.id == stream.id).values(seq=seq, digest=digest))


FORGOTTEN_AFTER = 3
"""A copy of a vault that was silent while so many packages came from another copy is taken to be gone."""


def acknowledge(connection: Connection, scope: str, copy: str, reached: Mapping[int, int]) -> None:
    """
    Notes how far a vault of the other side says it has the streams of a scope.

    It may say less than before, when it was restored from a backup: then the rest is sent once more. When
    two copies of one vault are both at work, that is acknowledged which both have.

    Args:
        copy: The fork in which that vault writes; empty for one that was not copied.
        reached: Stream number → sequence; of a stream that is not named it has nothing but the beginning.
    """
    t = tables.reached
    connection.execute(delete(t).where(t.c.scope == scope, t.c.copy == copy))
    if reached:
        rows = [{"scope": scope, "copy": copy, "stream": one, "seq": seq, "age": 0} for one, seq in reached.items()]
        connection.execute(insert(t), rows)
    connection.execute(update(t).where(t.c.scope == scope, t.c.copy != copy).values(age=t.c.age + 1))
    connection.execute(delete(t).where(t.c.scope == scope, t.c.age >= FORGOTTEN_AFTER))
    others: dict[str, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(select(t).where(t.c.scope == scope, t.c.copy != copy)):
        others[row.copy][row.stream] = row.seq
    for one in in_scope(connection, scope):
        least = min(there.get(one.id, one.base) for there in (reached, *others.values()))
        _set_acked(connection, one, max(least, one.base))


def _set_acked(connection: Connection, stream: Stream, seq: int) -> None:
    if stream.acked != seq:
        s = tables.stream
        connection.execute(update(s).where(s.c.id == stream.id).values(acked=seq))


def forget_acknowledged(connection: Connection, scope: str) -> None:
    """The other side starts anew and has nothing: everything about its records is sent once more."""
    connection.execute(delete(tables.reached).where(tables.reached.c.scope == scope))
    s = tables.stream
    connection.execute(update(s).where(s.c.scope == scope).values(acked=s.c.base))


def mark_sent(connection: Connection, stream: Stream) -> None:
    """Notes that everything up to the end of the stream has gone into a package."""
    s = tables.stream
    connection.execute(update(s).where(s.c.id == stream.id).values(sent=stream.seq))
    stream.sent = stream.seq


def put_seal(connection: Connection, stream: Stream, seq: int, signature: str) -> None:
    """Keeps the author's word that his stream was as it is here up to `seq`."""
    row = {"stream": stream.id, "seq": seq, "signature": signature}
    connection.execute(insert(tables.seal).prefix_with("OR REPLACE"), row)


def last_seal(connection: Connection, stream: Stream) -> tuple[int, str] | None:
    """Sequence and signature of the newest seal of a stream, None when there is none."""
    t = tables.seal
    query = select(t.c.seq, t.c.signature).where(t.c.stream == stream.id).order_by(t.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.seq, row.signature) if row else None


def cut(connection: Connection, stream: Stream, seq: int) -> None:
    """Ends a stream after `seq`; what was known of its end goes too. A fork of which nothing is left goes whole."""
    r, s, known, seals = tables.revision, tables.stream, tables.reached, tables.seal
    is_gone = bool(stream.fork) and seq == stream.base
    digest = None if is_gone else digest_at(connection, stream, seq)
    connection.execute(delete(r).where(r.c.rev.between(stream.rev(seq + 1), stream.rev((1 << tables.SEQ_BITS) - 1))))
    connection.execute(delete(seals).where(seals.c.stream == stream.id, seals.c.seq > seq))
    if is_gone:
        connection.execute(delete(s).where(s.c.id == stream.id))
        connection.execute(delete(known).where(known.c.stream == stream.id))
        return
    values = {"seq": seq, "digest": digest, "acked": min(stream.acked, seq), "sent": min(stream.sent, seq)}
    connection.execute(update(s).where(s.c.id == stream.id).values(values))
    connection.execute(update(known).where(known.c.stream == stream.id, known.c.seq > seq).values(seq=seq))


def digest_at(connection: Connection, stream: Stream, seq: int) -> bytes | None:
    """The chain digest after revision `seq`, the start of the chain for 0, None when it is not in this stream."""
    if seq == 0:
        return chain_start(stream.office, stream.instance, stream.scope)
    r = tables.revision.c
    if stream.fork and seq == stream.base:  # it left the stream, or another fork: the one that its first follows
        first = connection.execute(select(r.body, r.digest).where(r.rev == stream.rev(seq + 1))).one()
        others = [
            one for one in same_source(connection, stream.office, stream.instance, stream.scope) if one.base < seq
        ]
        found = (digest_at(connection, one, seq) for one in others)
        return next((digest for digest in found if digest and chain(digest, first.body) == first.digest), None)
    return connection.execute(select(r.digest).where(r.rev == stream.rev(seq))).scalar()


def links_between(connection: Connection, stream: Stream, first: int, last: int) -> list[tuple[str, bytes]]:
    """Id and chain digest of the revisions from `first` to `last`, in order."""
    r = tables.revision.c
    query = select(r.id, r.digest).where(r.rev >= stream.rev(first), r.rev <= stream.rev(last)).order_by(r.rev)
    return [(row.id, row.digest) for row in connection.execute(query)]


def bodies(connection: Connection, stream: Stream, after: int) -> Iterator[bytes]:
    """
    The encoded revisions after `after`, in order, many at a time joined by line breaks.

    The next are read and deciphered in a thread of their own while those before are packed; until the last
    has come nobody else may use the connection.
    """
    r = tables.revision.c
    query = (
        select(r.body)
        .where(r.rev > stream.rev(after), r.rev <= stream.rev(stream.seq))
        .order_by(r.rev)
        .execution_options(yield_per=_AT_ONCE)
    )
    blocks = map(b"\n".join, connection.execute(query).scalars().partitions())
    with ThreadPoolExecutor(1, "read-ahead") as thread:
        coming = thread.submit(next, blocks, None)
        while block := coming.result():
            coming = thread.submit(next, blocks, None)
            yield block
