"""Records made again from all of their revisions: after a divergence, or when a form learns a field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

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


def recompute(
    connection: Connection,
    rows: LedgerRows,
    records: Iterable[str],
    touched: Mapping[str, Collection[str]] | None = None,
) -> dict[str, tuple[int, bool]]:
    """
    Replaces the rows, open conflicts and held marks of records by what their revisions say.

    Args:
        touched: Record → the fields its new revisions set, for those whose row is there, that had no open
            conflict, and none of whose revisions waited: no other field of it can have changed.

    Returns:
        Record → how many conflicts are open in it now, and whether revisions of it wait.
    """
    every = sorted(records)
    found: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(every), _BATCH):
        found |= _recompute(connection, rows, every[start : start + _BATCH], touched or {})
    return found


def _recompute(
    connection: Connection, rows: LedgerRows, records: Sequence[str], known: Mapping[str, Collection[str]]
) -> dict[str, tuple[int, bool]]:
    ledger, found = rows.ledger.key, dict[str, tuple[int, bool]]()
    whole, changes, held, conflicts = [], [], [], []
    for ids in chunks(records):
        if marked := [one for one in ids if one not in known]:
            for table in (tables.held, tables.conflict):
                connection.execute(delete(table).where(table.c.record.in_(marked)))
        staying = local_values(connection, ids, rows.staying) if rows.staying else {}
        for record, (authored, owner) in revisions_of(connection, ids).items():
            state, own = resolve(authored, owner, known.get(record)), staying.get(record, {})
            if state.held and record in known:
                state = resolve(authored, owner)
            if state.held:
                held.append((record, ledger))
            conflicts += [(record, one.field, ledger, _encode(one.values).decode()) for one in state.conflicts]
            pack, heads, n = max(one.revision.pack for one in authored), " ".join(state.heads), len(state.conflicts)
            found[record] = n, bool(state.held)
            if record in known and not state.held:
                changes.append(Change(record, heads, pack, _part(state, known[record]) | own, n))
            elif state.heads:
                whole.append(NewRow(record, owner, heads, pack, {**state.values, **own}, n))
    rows.put(connection, whole)
    rows.change(connection, changes)
    for statement, cells in ((_HELD, held), (_CONFLICT, conflicts)):
        if cells:
            connection.exec_driver_sql(statement, cells)
    return found


def _part(state: RecordState, keys: Iterable[str]) -> dict[str, object]:
    """The values of these fields, and whether the record is deleted: an edit beside a deletion shows it."""
    part = {key: state.values[key] for key in keys}
    if DELETED in state.values:
        part[DELETED] = state.values[DELETED]
    return part


def revisions_of(connection: Connection, records: Sequence[str]) -> dict[str, tuple[list[Authored], str]]:
    """Record → all its revisions with their authors, in no order, and the owning office; at most a chunk of records."""
    s = tables.stream.c
    streams = {row.id: (row.office, row.scope) for row in connection.execute(select(s.id, s.office, s.scope))}
    found: dict[str, list[Authored]] = defaultdict(list)
    owners: dict[str, str] = {}
    query = f"SELECT rev, record, body FROM revision WHERE record IN {marks(len(records))}"  # noqa: S608
    for rev, record, body in connection.exec_driver_sql(query, tuple(records)).all():
        office, owners[record] = streams[rev >> tables.SEQ_BITS]
        found[record].append(Authored(decode_revision(body), office))
    return {record: (authored, owners[record]) for record, authored in found.items()}


def record_revisions(connection: Connection, record: str) -> tuple[list[Authored], str]:
    """All revisions of a record with their authors, in no order, and the owning office."""
    return revisions_of(connection, [record]).get(record, ([], ""))
