"""Local writing and reading of records: every write is a revision in the same transaction as its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from desktop_app.base.clock import millis, today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.naming import package_name
from desktop_app.domain.revision import Revision, decode_revision, encode_revision
from desktop_app.schema.model import Ledger
from desktop_app.storage import tables
from desktop_app.storage.local import keep_local
from desktop_app.storage.recompute import recompute
from desktop_app.storage.rows import CHUNK, Change, LedgerRows, NewRow, StoredRecord, chunks
from desktop_app.storage.seals import Seals
from desktop_app.storage.streams import Line, Stream, append, find_stream
from desktop_app.storage.vault import Vault

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a record's history; `package` is the file that brought it, empty for this office's own."""

    revision: Revision
    office: str
    package: str


class Writing:
    """
    The writing of one transaction: revisions of this vault's actor.

    Args:
        note: The reason a person gave for all of it.

    Thread: that of the connection.
    """

    def __init__(self, vault: Vault, connection: Connection, *, note: str = "") -> None:
        self._vault = vault
        self._connection = connection
        self._note = note
        self._streams: dict[str, Stream] = {}
        self._seals = Seals(vault.owner, vault.rows, connection)

    def add(self, ledger: str, rows: Iterable[Mapping[str, object]], *, owner: str = "") -> list[str]:
        """
        New records in order, of this office or of the `owner` named; serial numbers are given here.

        Raises:
            ActionRefused: record.sealed.
        """
        ids: list[str] = []
        batch: list[Mapping[str, object]] = []
        owner = owner or self._vault.owner.office
        for values in rows:
            batch.append(values)
            if len(batch) == _BATCH:
                ids += self._add_batch(ledger, batch, owner)
                batch = []
        return ids + self._add_batch(ledger, batch, owner)

    def _add_batch(self, ledger: str, batch: Sequence[Mapping[str, object]], owner: str) -> list[str]:
        rows = self._vault.rows[ledger]
        lines, new_rows = [], []
        ids = self._vault.ids.some(2 * len(batch))  # of a record and of its revision, in turn
        for values, record, revision in zip(self._numbered(rows.ledger, batch), ids[::2], ids[1::2], strict=True):
            sealed = self._seals.checked(rows.ledger, [values], self._note)
            shared, own = _parted(rows, values)
            if own:
                keep_local(self._connection, record, own)
            one = self._revision(record, ledger, shared, sealed=sealed, revision=revision)
            lines.append(Line(one.id, record, encode_revision(one)))
            new_rows.append(NewRow(record, owner, one.id, one.pack, values))
        append(self._connection, self._stream(owner), lines)
        rows.put(self._connection, new_rows)
        return [row.id for row in new_rows]

    def change(self, record: StoredRecord, fields: Mapping[str, object], *, step: str = "") -> None:
        """
        One change of one record, built on all its heads; no revision for fields that stay in the office.

        Raises:
            ActionRefused: record.sealed.
        """
        rows = self._vault.rows[record.ledger]
        shared, own = _parted(rows, fields)
        if own:
            keep_local(self._connection, record.id, own)
            rows.change(
                self._connection, [Change(record.id, " ".join(record.heads), record.pack, own, record.n_conflicts)]
            )
        if shared or not own:
            self._change(rows, record, shared, step)

    def _change(self, rows: LedgerRows, record: StoredRecord, fields: Mapping[str, object], step: str) -> None:
        sealed = self._seals.checked(rows.ledger, [record.values, {**record.values, **fields}], self._note)
        one = self._revision(record.id, record.ledger, fields, parents=record.heads, step=step, sealed=sealed)
        append(self._connection, self._stream(record.office), [Line(one.id, record.id, encode_revision(one))])
        if record.n_conflicts or len(record.heads) > 1:
            recompute(self._connection, rows, [record.id])
        else:
            rows.change(self._connection, [Change(record.id, one.id, one.pack, fields)])

    def change_all(self, ledger: str, changes: Iterable[tuple[StoredRecord, Mapping[str, object]]]) -> None:
        """
        One change of each of many records, set-wise; records with open conflicts one by one.

        Raises:
            ActionRefused: record.sealed.
        """
        rows = self._vault.rows[ledger]
        lines: dict[str, list[Line]] = {}
        linear: list[Change] = []
        for record, fields in changes:
            if record.n_conflicts or len(record.heads) > 1:
                self.change(record, fields)
                continue
            sealed = self._seals.checked(rows.ledger, [record.values, {**record.values, **fields}], self._note)
            one = self._revision(record.id, ledger, fields, parents=record.heads, sealed=sealed)
            lines.setdefault(record.office, []).append(Line(one.id, record.id, encode_revision(one)))
            linear.append(Change(record.id, one.id, one.pack, fields))
        for owner, found in lines.items():
            append(self._connection, self._stream(owner), found)
        rows.change(self._connection, linear)

    def next_rev(self, scope: str) -> int:
        """The place that the next revision of a record of this owner will take."""
        stream = self._stream(scope)
        return stream.rev(stream.seq + 1)

    def _revision(
        self,
        record: str,
        ledger: str,
        fields: Mapping[str, object],
        *,
        parents: tuple[str, ...] = (),
        step: str = "",
        sealed: str = "",
        revision: str = "",
    ) -> Revision:
        vault = self._vault
        return Revision(
            id=revision or vault.ids.new(),
            record=record,
            ledger=ledger,
            fields=dict(fields),
            actor=vault.actor,
            at=millis(vault.clock.now()),
            pack=vault.pack.version,
            parents=parents,
            step=step,
            note=self._note,
            sealed=sealed,
        )

    def _stream(self, scope: str) -> Stream:
        if scope not in self._streams:
            owner = self._vault.owner
            self._streams[scope] = find_stream(self._connection, owner.office, owner.instance, scope)
        return self._streams[scope]

    def _numbered(self, ledger: Ledger, batch: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
        """The rows with a serial number where the form has one and none was given."""
        field = next((f for f in ledger.fields.values() if f.type.name == "serial"), None)
        if field is None:
            return list(batch)
        this_year = str(today(self._vault.clock).year)
        numbered: list[Mapping[str, object]] = []
        next_n: dict[str, int] = {}
        for values in batch:
            if values.get(field.key) is not None:
                numbered.append(values)
                continue
            year = str(values.get(ledger.list.period) or this_year)[:4]
            next_n[year] = next_n.get(year) or self._counter(ledger.key, year)
            numbered.append({**values, field.key: field.pattern.format(year=year, n=next_n[year])})
            next_n[year] += 1
        for year, n in next_n.items():
            self._connection.exec_driver_sql(
                "INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n",
                (f"{ledger.key}/{year}", n),
            )
        return numbered

    def _counter(self, ledger: str, year: str) -> int:
        query = select(tables.counter.c.n).where(tables.counter.c.name == f"{ledger}/{year}")
        return int(self._connection.execute(query).scalar() or 1)


def _parted(rows: LedgerRows, values: Mapping[str, object]) -> tuple[Mapping[str, object], dict[str, object]]:
    """The values that travel, and those that stay in the office."""
    if rows.staying.isdisjoint(values):
        return values, {}
    own = {key: value for key, value in values.items() if key in rows.staying}
    return {key: value for key, value in values.items() if key not in own}, own


def find_record(vault: Vault, connection: Connection, record: str) -> StoredRecord:
    """
    The record with this id, or the one whose id begins with it.

    Raises:
        ActionRefused: not_found, ambiguous_id.
    """
    r = tables.revision.c
    query = select(r.record).where(r.record >= record, r.record < record + "g").distinct().limit(2)
    found = connection.execute(query).scalars().all() if record else []
    if len(found) > 1:
        raise ActionRefused("record.ambiguous_id", id=record, n="多")
    ledger = ledger_of(connection, found[0]) if found else ""
    stored = vault.rows[ledger].load(connection, [found[0]]).get(found[0]) if ledger in vault.rows else None
    if stored is None:
        raise ActionRefused("record.not_found", id=record)
    return stored


def ledger_of(connection: Connection, record: str) -> str:
    """The ledger of a record, empty when there is no such record."""
    query = select(tables.revision.c.body).where(tables.revision.c.record == record).limit(1)
    body = connection.execute(query).scalar()
    return decode_revision(body).ledger if body else ""


def missing_ids(vault: Vault, connection: Connection, ledger: str, ids: Iterable[str]) -> set[str]:
    """Those of the ids that are no record of the ledger, or a deleted one."""
    table = vault.rows[ledger].table
    wanted = list(dict.fromkeys(ids))
    there: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        query = select(table.c.id).where(table.c.id.in_(wanted[start : start + CHUNK]), table.c.deleted == 0)
        there.update(connection.execute(query).scalars())
    return set(wanted) - there


def history(connection: Connection, record: str) -> list[Entry]:
    """Every revision of a record; parents before children, then by id."""
    r, s, p = tables.revision.c, tables.stream.c, tables.package.c
    query = (
        select(r.body, s.office, p.kind, p.sender, p.recipient, p.number)
        .join_from(tables.revision, tables.stream, s.id == r.rev.op(">>")(tables.SEQ_BITS))
        .outerjoin(tables.package, p.id == r.package)
        .where(r.record == record)
    )
    rows = connection.execute(query).all()
    entries = [Entry(decode_revision(row.body), row.office, _package_name(row)) for row in rows]
    return _parents_first(entries)


def brought_by(connection: Connection, records: Sequence[str]) -> dict[str, str]:
    """Record → the package that brought its first revision; those of this office's own are left out."""
    r, p = tables.revision.c, tables.package.c
    first: dict[str, tuple[str, str]] = {}
    for ids in chunks(records):
        query = (
            select(r.record, r.id, p.kind, p.sender, p.recipient, p.number)
            .outerjoin_from(tables.revision, tables.package, p.id == r.package)
            .where(r.record.in_(ids))
        )
        for row in connection.execute(query):
            found = (row.id, _package_name(row))
            first[row.record] = min(first.get(row.record, found), found)
    return {record: package for record, (_, package) in first.items() if package}


def _package_name(row: Any) -> str:
    return package_name(row.kind, row.sender, row.recipient, row.number) if row.kind else ""


def _parents_first(entries: list[Entry]) -> list[Entry]:
    here = {one.revision.id for one in entries}
    done: set[str] = set()
    waiting = sorted(entries, key=lambda one: one.revision.id)
    ordered: list[Entry] = []
    while waiting:
        ready = [e for e in waiting if all(p in done or p not in here for p in e.revision.parents)] or waiting
        ordered += ready
        done.update(e.revision.id for e in ready)
        waiting = [e for e in waiting if e.revision.id not in done]
    return ordered
