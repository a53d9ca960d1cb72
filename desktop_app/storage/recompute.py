"""Records made again from all of their revisions: after a divergence, or when a form learns a field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, select

from desktop_app.domain.history import Authored, RecordState, resolve
from desktop_app.domain.revision import decode_revision
from desktop_app.schema.model import DELETED
from desktop_app.storage import tables
from desktop_app.storage.local import local_values
from desktop_app.storage.rows import Change, LedgerRows, NewRow, chunks, marks

_BATCH = 5000
_CONFLICT = "INSERT INTO conflict (record, field, ledger, choices) VALUES (?, ?, ?, ?)"
_HELD = "INSERT INTO held (record, ledger, why) VALUES (?, ?, 'revision')"
_encode = msgspec.json.Encoder().encode


class Came(NamedTuple):
    """
    What came for a record whose row is here, without an open conflict or waiting revisions.

    Attributes:
        head: Joined heads before that.
        revisions: New ones, all of them.
        keys: The fields they set; no other can have changed.
    """

    head: str
    revisions: Sequence[Authored]
    keys: Collection[str]


def recompute(
    connection: Connection, rows: LedgerRows, records: Iterable[str], came: Mapping[str, Came] | None = None
) -> dict[str, tuple[int, bool]]:
    """
    Replaces the rows, open conflicts and held marks of records by what their revisions say.

    Args:
        came: What is known of some of them, so that not all has to be read.

    Returns:
        Record → how many conflicts are open in it now, and whether revisions of it wait.
    """
    every = sorted(records)
    found: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(every), _BATCH):
        found |= _recompute(connection, rows, every[start : start + _BATCH], came or {})
    return found


def _recompute(
    connection: Connection, rows: LedgerRows, records: Sequence[str], came: Mapping[str, Came]
) -> dict[str, tuple[int, bool]]:
    ledger, found = rows.ledger.key, dict[str, tuple[int, bool]]()
    whole, changes, held, conflicts = [], [], [], []
    for ids in chunks(records):
        if marked := [one for one in ids if one not in came]:
            for table in (tables.held, tables.conflict):
                connection.execute(delete(table).where(table.c.record.in_(marked)))
        staying = local_values(connection, ids, rows.staying) if rows.staying else {}
        for record, (state, owner, pack) in _states(connection, ids, came).items():
            own, heads, n = staying.get(record, {}), " ".join(state.heads), len(state.conflicts)
            if state.held:
                held.append((record, ledger))
            conflicts += [(record, one.field, ledger, _encode(one.values).decode()) for one in state.conflicts]
            found[record] = n, bool(state.held)
            if record in came and not state.held:
                changes.append(Change(record, heads, pack, _part(state, came[record].keys) | own, n))
            elif state.heads:
                whole.append(NewRow(record, owner, heads, pack, {**state.values, **own}, n))
    rows.put(connection, whole)
    rows.change(connection, changes)
    for statement, cells in ((_HELD, held), (_CONFLICT, conflicts)):
        if cells:
            connection.exec_driver_sql(statement, cells)
    return found


def _states(
    connection: Connection, ids: Sequence[str], came: Mapping[str, Came]
) -> dict[str, tuple[RecordState, str, int]]:
    """
    Record → its state, owner and newest pack.

    Of a record that someone else changed once, meanwhile, what they changed is read and nothing before it.
    """
    found: dict[str, tuple[RecordState, str, int]] = {}
    heads = {record: came[record].head for record in ids if record in came}
    tips = revisions_of(connection, list(heads), list(heads.values())) if heads else {}
    for record, (authored, owner) in tips.items():
        parents = authored[0].revision.parents
        if len(parents) == 1:
            branches = [*authored, *came[record].revisions]
            state = resolve(branches, owner, came[record].keys, base=parents[0])
            if not state.held:
                found[record] = state, owner, _pack(branches)
    for record, (authored, owner) in revisions_of(connection, [one for one in ids if one not in found]).items():
        state = resolve(authored, owner, came[record].keys if record in came else None)
        if state.held and record in came:
            state = resolve(authored, owner)
        found[record] = state, owner, _pack(authored)
    return found


def _pack(authored: Sequence[Authored]) -> int:
    return max(one.revision.pack for one in authored)


def _part(state: RecordState, keys: Iterable[str]) -> dict[str, object]:
    """The values of these fields, and whether the record is deleted: an edit beside a deletion shows it."""
    part = {key: state.values[key] for key in keys}
    if DELETED in state.values:
        part[DELETED] = state.values[DELETED]
    return part


def revisions_of(
    connection: Connection, records: Sequence[str], only: Sequence[str] = ()
) -> dict[str, tuple[list[Authored], str]]:
    """
    Record → its revisions with their authors, in no order, and the owning office; at most a chunk of records.

    Args:
        only: Revisions that are wanted; all when there are none.
    """
    found: dict[str, list[Authored]] = defaultdict(list)
    owners: dict[str, str] = {}
    query = f"SELECT rev, record, body FROM revision WHERE record IN {marks(len(records))}"  # noqa: S608
    if only:
        query += f" AND id IN {marks(len(only))}"
    rows = connection.exec_driver_sql(query, (*records, *only)).all()
    if not rows:
        return {}
    s, numbers = tables.stream.c, {rev >> tables.SEQ_BITS for rev, _, _ in rows}
    authors = connection.execute(select(s.id, s.office, s.scope).where(s.id.in_(numbers)))
    streams = {row.id: (row.office, row.scope) for row in authors}
    for rev, record, body in rows:
        office, owners[record] = streams[rev >> tables.SEQ_BITS]
        found[record].append(Authored(decode_revision(body), office))
    return {record: (authored, owners[record]) for record, authored in found.items()}


def record_revisions(connection: Connection, record: str) -> tuple[list[Authored], str]:
    """All revisions of a record with their authors, in no order, and the owning office."""
    return revisions_of(connection, [record]).get(record, ([], ""))
