"""
What imports of workbooks wrote, and taking the last one back.

As long as nothing was written after it and nothing of it was sent, its revisions simply go: numbers that
were given count anew, and the sheet can be imported again as if for the first time. Later it is taken back
by revisions of its own: what was new is deleted, what was changed gets its former values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from desktop_app.base.clock import millis
from desktop_app.domain.history import resolve
from desktop_app.domain.revision import Revision, decode_revision
from desktop_app.schema.model import DELETED
from desktop_app.storage import tables
from desktop_app.storage.recompute import recompute, revisions_of
from desktop_app.storage.records import Writing
from desktop_app.storage.rows import CHUNK, LedgerRows, StoredRecord, chunks
from desktop_app.storage.streams import Stream, cut, streams
from desktop_app.storage.vault import Vault

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SheetImport:
    """One import of a workbook; `spans` are the first and last revision of each stream it wrote in."""

    id: int
    at: int
    actor: str
    ledger: str
    file: str
    spans: tuple[tuple[int, int], ...]
    counters: dict[str, int]


class Mark:
    """Where the streams and the counters stand before an import writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ends = {one.id: one.seq for one in streams(connection)}
        self._counters = _counters(connection)

    def log(self, vault: Vault, ledger: str, file: str) -> None:
        """Notes what was written since."""
        found = streams(self._connection)
        spans = [
            (one.rev(self._ends.get(one.id, 0) + 1), one.rev(one.seq))
            for one in found
            if one.seq > self._ends.get(one.id, 0)
        ]
        moved = {name: self._counters.get(name, 0) for name, n in _counters(self._connection).items()}
        row = {
            "at": millis(vault.clock.now()),
            "actor": vault.actor,
            "ledger": ledger,
            "file": file,
            "spans": json.dumps(spans),
            "counters": json.dumps({name: n for name, n in moved.items() if name.startswith(f"{ledger}/")}),
        }
        self._connection.execute(insert(tables.sheet_import), row)


def _counters(connection: Connection) -> dict[str, int]:
    c = tables.counter.c
    return {row[0]: row[1] for row in connection.execute(select(c.name, c.n))}


def last_sheet_import(connection: Connection) -> SheetImport | None:
    """The newest import of a workbook that was not taken back."""
    t = tables.sheet_import
    row = connection.execute(select(t).order_by(t.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    spans = tuple((first, last) for first, last in json.loads(row.spans))
    return SheetImport(row.id, row.at, row.actor, row.ledger, row.file, spans, json.loads(row.counters))


def written(connection: Connection, entry: SheetImport) -> Iterator[Revision]:
    """The revisions of an import, in order."""
    r = tables.revision.c
    for first, last in entry.spans:
        query = select(r.body).where(r.rev.between(first, last)).order_by(r.rev)
        yield from (decode_revision(body) for body in connection.execute(query).scalars())


def touched_since(vault: Vault, connection: Connection, entry: SheetImport) -> list[str]:
    """The records of an import that somebody has changed since, or that other records now hang on."""
    rows = vault.rows[entry.ledger]
    wrote = {one.record: one for one in written(connection, entry)}
    heads = rows.heads(connection, list(wrote))
    found = [record for record, one in wrote.items() if heads.get(record, ("",))[0] != one.id]
    new = [record for record, one in wrote.items() if not one.parents]
    for child in vault.pack.children(entry.ledger):
        c = vault.rows[child.key].table.c
        for ids in chunks(new):
            query = select(c.parent).where(c.parent.in_(ids), c.deleted == 0).distinct()
            found += connection.execute(query).scalars()
    return list(dict.fromkeys(found))


def take_back(vault: Vault, connection: Connection, entry: SheetImport, note: str, tell: Tell) -> int:
    """
    Takes an import back; nothing may have touched its records since.

    Returns:
        How many records are other than before.

    Raises:
        ActionRefused: record.sealed.
    """
    rows = vault.rows[entry.ledger]
    wrote = list(written(connection, entry))
    ends = _removable(connection, entry)
    if ends is None:
        _write_back(vault, connection, rows, wrote, note)
    else:
        for stream, seq in ends:
            cut(connection, stream, seq)
        _restore_rows(connection, rows, wrote, tell)
        _restore_counters(connection, entry)
    connection.execute(delete(tables.sheet_import).where(tables.sheet_import.c.id == entry.id))
    return len({one.record for one in wrote})


def _removable(connection: Connection, entry: SheetImport) -> list[tuple[Stream, int]] | None:
    """The streams with the sequence to cut them at; None when something follows or was sent."""
    by_id = {one.id: one for one in streams(connection)}
    found = []
    for first, last in entry.spans:
        stream = by_id[first >> tables.SEQ_BITS]
        seq = first - stream.rev(0)
        if stream.rev(stream.seq) != last or max(stream.sent, stream.acked) >= seq or stream.fork:
            return None
        found.append((stream, seq - 1))
    return found


def _restore_rows(connection: Connection, rows: LedgerRows, wrote: list[Revision], tell: Tell) -> None:
    new = [one.record for one in wrote if not one.parents]
    for ids in chunks(new):
        rows.remove(connection, ids)
    changed = list(dict.fromkeys(one.record for one in wrote if one.parents))
    for done, ids in enumerate(chunks(changed)):
        tell(done * CHUNK, len(changed))
        recompute(connection, rows, ids)


def _restore_counters(connection: Connection, entry: SheetImport) -> None:
    c = tables.counter
    for name, n in entry.counters.items():
        if n:
            connection.execute(update(c).where(c.c.name == name).values(n=n))
        else:
            connection.execute(delete(c).where(c.c.name == name))


def _write_back(vault: Vault, connection: Connection, rows: LedgerRows, wrote: list[Revision], note: str) -> None:
    records = rows.load(connection, list({one.record for one in wrote}))
    changes: list[tuple[StoredRecord, dict[str, object]]] = []
    by_record = {one.record: one for one in wrote}  # an import writes a record once
    for ids in chunks(sorted(records)):
        known = revisions_of(connection, ids)
        for one in (by_record[record] for record in ids):
            if not one.parents:
                changes.append((records[one.record], {DELETED: True}))
                continue
            authored, owner = known[one.record]
            before = resolve([other for other in authored if other.revision.id != one.id], owner).values
            changes.append((records[one.record], {key: before.get(key) for key in one.fields}))
    Writing(vault, connection, note=note).change_all(rows.ledger.key, changes)
