"""What an import changes beside revisions, kept so that taking it back leaves nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, update

from desktop_app.storage import tables
from desktop_app.storage.packages import find_office

_KEY = "undo/"
_N_KEPT = 20
"""So many imports can be taken back one after the other and leave no trace; earlier ones lose revisions only."""


class Before(msgspec.Struct, frozen=True):
    """
    What this vault knew of the other side before an import.

    Attributes:
        streams: Number → sent, acknowledged. seals: Stream and sequence.
        reached: Rows of table `reached`. pack: Which parameter pack the other side wrote under.
        answers: Package row → what the other side had said of it.
    """

    streams: dict[int, tuple[int, int]]
    seals: list[tuple[int, int]]
    reached: list[tuple[Any, ...]]
    pack: int
    answers: dict[int, str]


def look_before(connection: Connection, scope: str, other: str) -> Before:
    """To be called before an import; `scope` owns the records that lie between this office and `other`."""
    s, seals, t, p = tables.stream.c, tables.seal.c, tables.reached, tables.package.c
    streams = {row.id: (row.sent, row.acked) for row in connection.execute(_streams(scope))}
    of_scope = select(s.id).where(s.scope == scope)
    sealed = connection.execute(select(seals.stream, seals.seq).where(seals.stream.in_(of_scope)))
    reached = connection.execute(select(t).where(t.c.scope == scope))
    answered = select(p.id, p.report).where(p.direction == "out", p.recipient == other, p.report != "{}")
    office = find_office(connection, other)
    return Before(
        streams,
        [tuple(row) for row in sealed],
        [tuple(row) for row in reached],
        office.pack if office else 0,
        {row.id: row.report for row in connection.execute(answered)},
    )


def _streams(scope: str) -> Any:
    s = tables.stream.c
    return select(s.id, s.fork, s.base, s.seq, s.sent, s.acked).where(s.scope == scope)


def remember(connection: Connection, package: int, before: Before) -> None:
    """Keeps it until the import is taken back or has become one of many."""
    m = tables.meta
    row = {"key": f"{_KEY}{package}", "value": msgspec.json.encode(before).decode()}
    connection.execute(insert(m).prefix_with("OR REPLACE"), row)
    keys = connection.execute(select(m.c.key).where(m.c.key.startswith(_KEY))).scalars()
    old = sorted(keys, key=lambda key: int(key.removeprefix(_KEY)))[:-_N_KEPT]
    connection.execute(delete(m).where(m.c.key.in_(old)))


def put_back(connection: Connection, package: int, scope: str, other: str) -> None:
    """Makes what is known of the other side what it was; the revisions of the import are gone already."""
    m, p, o = tables.meta, tables.package, tables.office
    text = connection.execute(select(m.c.value).where(m.c.key == f"{_KEY}{package}")).scalar()
    if text is None:
        return
    before = msgspec.json.decode(text, type=Before)
    _put_back_streams(connection, scope, before)
    t = tables.reached
    connection.execute(delete(t).where(t.c.scope == scope))
    _insert(connection, t, before.reached)
    connection.execute(update(o).where(o.c.code == other).values(pack=before.pack))
    connection.execute(update(p).where(p.c.direction == "out", p.c.recipient == other).values(report="{}"))
    for id_, report in before.answers.items():
        connection.execute(update(p).where(p.c.id == id_).values(report=report))
    connection.execute(delete(m).where(m.c.key == f"{_KEY}{package}"))


def _put_back_streams(connection: Connection, scope: str, before: Before) -> None:
    """Streams that began with the import go, unless this office has written in them since."""
    s, seals = tables.stream, tables.seal
    known = set(before.seals)
    for row in connection.execute(_streams(scope)).all():
        if row.id not in before.streams:
            if row.seq == row.base:
                connection.execute(delete(s).where(s.c.id == row.id))
            continue
        sent, acked = (min(one, row.seq) for one in before.streams[row.id])
        connection.execute(update(s).where(s.c.id == row.id).values(sent=sent, acked=acked))
        for seq in connection.execute(select(seals.c.seq).where(seals.c.stream == row.id)).scalars().all():
            if (row.id, seq) not in known:
                connection.execute(delete(seals).where(seals.c.stream == row.id, seals.c.seq == seq))


def _insert(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    values = [dict(zip(names, row, strict=True)) for row in rows]
    if values:
        connection.execute(insert(table), values)
