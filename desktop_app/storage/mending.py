"""The second half of a salvage: streams cut at their gaps, records made again, torn attachments left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, delete, func, insert, select, update

from desktop_app.base.clock import millis
from desktop_app.domain.derive import DUE_ON
from desktop_app.domain.history import resolve
from desktop_app.domain.revision import Revision, chain, chain_start, decode_revision, encode_revision
from desktop_app.schema.model import DELETED
from desktop_app.storage import tables
from desktop_app.storage.attachments import is_whole
from desktop_app.storage.carving import Cell
from desktop_app.storage.local import keep_local
from desktop_app.storage.recompute import recompute, record_revisions
from desktop_app.storage.remains import Remains
from desktop_app.storage.rows import CHUNK, LedgerRows, StoredRecord, chunks
from desktop_app.storage.streams import Line, Stream, append, cut, digest_at, find_stream, streams
from desktop_app.storage.vault import Vault

NOTE = "修复密库时按记录的现状补写"
_BATCH = 2000
_MASK = (1 << tables.SEQ_BITS) - 1


@dataclass(frozen=True, slots=True)
class Gap:
    """Revisions of one author that are lost: from `first` to `last` of a stream."""

    office: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the new vault holds."""

    n_revisions: int
    n_records: int
    n_attachments: int
    n_waiting: int


class Mending:
    """
    One salvage, in one transaction of the new vault.

    Args:
        damaged: What the rows of records are read from, where they tell more than the revisions.
        tell: Called now and then; may raise to stop.
    """

    def __init__(self, vault: Vault, connection: Connection, damaged: Remains, tell: Callable[[], None]) -> None:
        self._vault = vault
        self._connection = connection
        self._damaged = damaged
        self._tell = tell

    # Streams

    def mend_streams(self) -> tuple[Gap, ...]:
        """Each stream ends before its first gap; what lies behind goes on in a stream of this vault."""
        lost: list[Gap] = []
        found = sorted(streams(self._connection), key=lambda one: (bool(one.fork), one.base, one.id))
        for one in found:
            self._tell()
            end, gaps, behind = self._look_through(one)
            lost += gaps
            self._move(behind, one.scope)
            cut(self._connection, one, end)
        self._adopt_strays({one.id for one in found})
        return tuple(lost)

    def _look_through(self, stream: Stream) -> tuple[int, list[Gap], list[int]]:
        """Where the chain ends, what is missing up to the end of the stream, and what lies behind the first gap."""
        r = tables.revision.c
        query = select(r.rev, r.body, r.digest).where(r.rev.between(stream.rev(1), stream.rev(_MASK))).order_by(r.rev)
        digest, end, expected = self._digest_before(stream), stream.base, stream.base + 1
        gaps: list[Gap] = []
        behind: list[int] = []
        for rev, body, there in self._connection.execute(query.execution_options(yield_per=_BATCH)):
            seq = rev & _MASK
            if seq % _BATCH == 0:
                self._tell()
            if seq > expected:
                gaps.append(Gap(stream.office, expected, seq - 1))
            expected = seq + 1
            if not behind and seq == end + 1 and digest is not None and chain(digest, body) == there:
                digest, end = there, seq
            else:
                behind.append(rev)
        if expected <= stream.seq:
            gaps.append(Gap(stream.office, expected, stream.seq))
        return end, gaps, behind

    def _digest_before(self, stream: Stream) -> bytes | None:
        """The digest that the first revision of a stream is chained to; None when a fork has lost its beginning."""
        if not stream.fork:
            return chain_start(stream.office, stream.instance, stream.scope)
        r = tables.revision.c
        query = select(func.count()).where(r.rev == stream.rev(stream.base + 1))
        is_there = bool(self._connection.execute(query).scalar_one())
        return digest_at(self._connection, stream, stream.base) if is_there else None

    def _adopt_strays(self, known: set[int]) -> None:
        """Revisions of streams of which nothing is known any more: their owner stands in the row of their record."""
        r = tables.revision.c
        ours = {one.id for one in streams(self._connection)}
        query = select(r.rev, r.record).where(r.rev.op(">>")(tables.SEQ_BITS).not_in(sorted(known | ours)))
        strays = self._connection.execute(query.order_by(r.rev)).all()
        if not strays:
            return
        records = {row.record for row in strays}
        owners = {
            str(cells["id"]): str(cells["office"]) for _, cells in self._damaged.ledgers() if cells["id"] in records
        }
        by_owner: dict[str, list[int]] = defaultdict(list)
        for row in strays:
            by_owner[owners.get(row.record, self._vault.owner.office)].append(row.rev)
        for owner, revs in by_owner.items():
            self._move(revs, owner)

    def _move(self, revs: Sequence[int], scope: str) -> None:
        """Takes revisions out of their places and appends them to our stream of this scope."""
        r, u = tables.revision, tables.attachment_use
        owner = self._vault.owner
        for at in range(0, len(revs), CHUNK):
            batch = revs[at : at + CHUNK]
            query = select(r.c.rev, r.c.id, r.c.record, r.c.body).where(r.c.rev.in_(batch)).order_by(r.c.rev)
            rows = self._connection.execute(query).all()
            self._connection.execute(delete(r).where(r.c.rev.in_(batch)))
            stream = find_stream(self._connection, owner.office, owner.instance, scope)
            places = [stream.rev(stream.seq + 1 + n) for n in range(len(rows))]
            append(self._connection, stream, [Line(row.id, row.record, row.body) for row in rows])
            for row, place in zip(rows, places, strict=True):
                self._connection.execute(update(u).where(u.c.rev == row.rev).values(rev=place))

    # Records

    def make_records(self) -> None:
        """The row of each record, and its conflicts, from the revisions that are here."""
        r = tables.revision.c
        query = select(r.record, func.min(r.body)).group_by(r.record)
        by_ledger: dict[str, list[str]] = defaultdict(list)
        for record, body in self._connection.execute(query):
            by_ledger[decode_revision(body).ledger].append(record)
        held: list[dict[str, str]] = []
        for ledger, records in by_ledger.items():
            if ledger not in self._vault.rows:
                held += [{"record": record, "ledger": ledger, "why": "ledger"} for record in records]
                continue
            for some in chunks(records):
                recompute(self._connection, self._vault.rows[ledger], some)
                self._tell()
        if held:
            self._connection.execute(insert(tables.held), held)

    def write_anew(self) -> int:
        """
        A revision for each record whose row in the damaged file tells more than its revisions do.

        Returns:
            How many there were.
        """
        n_written = 0
        rows_there = self._damaged.ledgers()
        while batch := list(islice(rows_there, _BATCH)):
            by_ledger: dict[str, dict[str, dict[str, Cell]]] = defaultdict(dict)
            for ledger, cells in batch:
                if isinstance(cells.get("id"), str) and ledger in self._vault.rows:
                    by_ledger[ledger][str(cells["id"])] = cells
            for ledger, some in by_ledger.items():
                rows = self._vault.rows[ledger]
                here = rows.load(self._connection, list(some))
                for record, cells in some.items():
                    n_written += self._write_anew(rows, here.get(record), cells)
            self._tell()
        return n_written

    def _write_anew(self, rows: LedgerRows, here: StoredRecord | None, cells: Mapping[str, Cell]) -> bool:
        heads = str(cells.get("head")).split()
        if here is not None and set(heads) <= set(here.heads):
            return False
        if not self._tells_more(str(cells["id"]), heads):
            return False
        try:
            there = rows.record_of(cells)
        except (KeyError, msgspec.MsgspecError):
            return False
        derived = {DUE_ON, *(field.key for field in rows.ledger.derived)}
        before = {**here.values, DELETED: here.is_deleted} if here else {DELETED: False}
        after = {**there.values, DELETED: there.is_deleted}
        fields = {
            key: after.get(key)
            for key in sorted(before.keys() | after.keys())
            if key not in derived and before.get(key) != after.get(key)
        }
        own = {key: fields.pop(key) for key in rows.staying & fields.keys()}
        keep_local(self._connection, there.id, own)
        if rows.malformed(fields):
            return False
        self._write(rows, there, here.heads if here else (), fields)
        return True

    def _tells_more(self, record: str, heads: Sequence[str]) -> bool:
        """Whether the row was made by a revision that is not here, or waits for one that is not."""
        authored, owner = record_revisions(self._connection, record)
        known = {one.revision.id for one in authored}
        return not set(heads) <= known - set(resolve(authored, owner).held)

    def _write(
        self, rows: LedgerRows, there: StoredRecord, parents: tuple[str, ...], fields: Mapping[str, object]
    ) -> None:
        vault = self._vault
        one = Revision(
            id=vault.ids.new(),
            record=there.id,
            ledger=rows.ledger.key,
            fields=dict(fields),
            actor=vault.actor,
            at=millis(vault.clock.now()),
            pack=there.pack,
            parents=parents,
            note=NOTE,
        )
        stream = find_stream(self._connection, vault.owner.office, vault.owner.instance, there.office)
        append(self._connection, stream, [Line(one.id, one.record, encode_revision(one))])
        recompute(self._connection, rows, [one.record])

    # Attachments

    def drop_torn_attachments(self) -> tuple[str, ...]:
        """Leaves out what is not whole; the names of all attachments of records that are not here now."""
        a = tables.attachment
        digests = self._connection.execute(select(a.c.digest).distinct()).scalars().all()
        torn = []
        for one in digests:
            self._tell()
            if not is_whole(self._connection, one):
                torn.append(one)
        for some in chunks(torn):
            self._connection.execute(delete(a).where(a.c.digest.in_(some)))
        here = set(digests) - set(torn)
        return tuple(sorted({name for digest, name in self._attached() if digest not in here}))

    def _attached(self) -> Iterator[tuple[str, str]]:
        """Digest and name of the attachments of all records."""
        for rows in self._vault.rows.values():
            keys = [field.key for field in rows.ledger.fields.values() if field.type.name == "attachments"]
            if not keys:
                continue
            c = rows.table.c
            for row in self._connection.execute(select(*[c[key] for key in keys]).where(c.deleted == 0)):
                for cell in row:
                    for one in msgspec.json.decode(cell) if cell else ():
                        yield one["digest"], one["name"]

    def counts(self) -> Counts:
        """What the new vault holds now."""

        def n_of(table: FromClause, what: ColumnElement[int] | None = None, *where: ColumnElement[bool]) -> int:
            query = select(func.count() if what is None else what).select_from(table).where(*where)
            return int(self._connection.execute(query).scalar_one())

        return Counts(
            n_revisions=n_of(tables.revision),
            n_records=sum(n_of(rows.table) for rows in self._vault.rows.values()),
            n_attachments=n_of(tables.attachment, func.count(tables.attachment.c.digest.distinct())),
            n_waiting=n_of(tables.held, None, tables.held.c.why == "revision"),
        )
