"""
Merging received revisions, set-wise where history is linear and record by record where it is not.

Linear is a revision whose parents are the record's heads; a thousand of them are one INSERT and a few
UPDATEs (`linear`). Everything else goes through `recompute`, so that the outcome is that of `domain.history`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, insert, select

from desktop_app.base.errors import PackageError
from desktop_app.domain.history import Authored
from desktop_app.domain.revision import Revision, chain
from desktop_app.schema.model import DELETED
from desktop_app.storage import tables
from desktop_app.storage.linear import SortedOut, follow
from desktop_app.storage.recompute import Came, recompute, revisions_of
from desktop_app.storage.rows import Change, LedgerRows, NewRow, chunks
from desktop_app.storage.streams import (
    Line,
    Stream,
    append,
    digest_at,
    find_fork,
    find_stream,
    links_between,
    same_source,
)
from desktop_app.storage.vault import Vault
from desktop_app.storage.vetting import Taken, check_numbers
from desktop_app.storage.watch import Watch

BATCH = 5000


class Received(msgspec.Struct, frozen=True, gc=False):
    """A revision as it came: decoded, and the very bytes that are chained."""

    revision: Revision
    body: bytes


@dataclass
class MergeCounts:
    """
    Attributes:
        ledgers: Ledger key → records new, changed, merged, deleted; revisions the same as here; conflicts; held.
        fields: Ledger and field → existing records in which the field was set.
        forks: Chains of a copied vault that were met.
        own: Streams in this office's own name that were added to, with the last sequence: its vault was restored,
            or they are forged.
        sealed: Record → accepted period that a change to it touches.
    """

    ledgers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    forks: set[str] = field(default_factory=set)
    own: dict[int, int] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """One outcome over all ledgers."""
        return sum(one[what] for one in self.ledgers.values())


class Merge:
    """
    One package being merged into a transaction.

    Args:
        package: Row of the package in table `package`.
        name: Of the file, for refusals.
        watch: Sees each record before it is touched.
    """

    def __init__(
        self, vault: Vault, connection: Connection, package: int, name: str, watch: Watch | None = None
    ) -> None:
        self._vault = vault
        self._connection = connection
        self._package = package
        self._name = name
        self._watch = watch
        self._pending: list[Received] = []
        self._stream: Stream | None = None
        self._next = 1
        self._digest = b""  # of the sender's chain before the next
        self._diverged: dict[str, _Standing] = {}
        self._standings: dict[_Standing, _Standing] = {}  # each once: a package may bring a million
        self._taken: dict[str, Taken] = {}
        self._is_linear = True  # until a batch was not
        self.counts = MergeCounts()

    def begin_stream(self, *, office: str, instance: str, scope: str, first: int, previous: str) -> None:
        """
        The revisions that follow are of this stream or of a fork of it, from sequence `first`.

        Args:
            previous: Digest of the chain before `first`, hexadecimal.

        Raises:
            PackageError: chain: `previous` is not a digest before `first` that is known here.
        """
        self.flush()
        find_stream(self._connection, office, instance, scope)
        for one in same_source(self._connection, office, instance, scope):
            found = digest_at(self._connection, one, first - 1)
            if found is not None and found.hex() == previous:
                self._stream, self._next, self._digest = one, first, found
                return
        raise PackageError("package.chain", name=self._name, office=office, seq=first)

    @property
    def rev(self) -> int:
        """Where the stream stands; attachments that come with it are kept under this place."""
        return self._begun().rev(self._next)

    def _begun(self) -> Stream:
        if self._stream is None:
            raise PackageError("package.payload", name=self._name, line=2, detail="修订之前没有说明所属的流")
        return self._stream

    def take(self, received: Received) -> None:
        """One more revision of the stream; one that is here already is counted as the same."""
        self._pending.append(received)
        if len(self._pending) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Applies what is pending."""
        pending, self._pending = self._pending, []
        while pending:
            stream = self._begun()
            n_same = self._same(stream, pending)
            for one in pending[:n_same]:
                self.counts.ledgers[one.revision.ledger]["same"] += 1
            self._next += n_same
            pending = pending[n_same:]
            if pending and self._next <= stream.seq:
                self._stream = find_fork(self._connection, stream, self._next, pending[0].revision.id)
                if self._stream.base != self._next - 1:
                    raise self._broken(self._next)
                self.counts.forks.add(self._stream.fork)
            elif pending:
                self._add(stream, pending)
                self._next += len(pending)
                self._digest = stream.digest
                pending = []

    def _same(self, stream: Stream, pending: Sequence[Received]) -> int:
        """
        How many of the pending revisions, from the first on, the stream has already.

        Raises:
            PackageError: chain: one of them has other words here.
        """
        last = min(stream.seq, self._next + len(pending) - 1)
        here = links_between(self._connection, stream, self._next, last)
        for n, (id_, digest) in enumerate(here):
            if pending[n].revision.id != id_:
                return n
            self._digest = chain(self._digest, pending[n].body)
            if self._digest != digest:
                raise self._broken(self._next + n)
        return len(here)

    def _broken(self, seq: int) -> PackageError:
        return PackageError("package.chain", name=self._name, office=self._begun().office, seq=seq)

    def _add(self, stream: Stream, pending: Sequence[Received]) -> None:
        """Checks a run of new revisions, adds them to their stream, and applies them ledger by ledger."""
        check_numbers([one.revision for one in pending], self._name)
        received = [(one.revision, one.body) for one in pending]
        taken = self._taken_in(stream.scope)
        taken.check(received, self._name)
        by_ledger: dict[str, list[Revision]] = defaultdict(list)
        for one in pending:
            by_ledger[one.revision.ledger].append(one.revision)
        by_record = {one.revision.record: one.revision.ledger for one in pending}
        if any(by_record[one.revision.record] != one.revision.ledger for one in pending):
            raise PackageError("package.mismatch", name=self._name, what="记录所属台账")
        rest = {ledger: self._follow(ledger, revisions, stream.scope) for ledger, revisions in by_ledger.items()}
        heads = {ledger: self._checked_heads(ledger, some, stream.scope) for ledger, some in rest.items()}
        lines = [Line(one.revision.id, one.revision.record, one.body) for one in pending]
        append(self._connection, stream, lines, self._package)
        taken.add(stream, received)
        if stream.office == self._vault.owner.office:
            self.counts.own[stream.id] = stream.seq
        for ledger, revisions in rest.items():
            if ledger not in self._vault.rows:
                self._hold(ledger, revisions)
            elif revisions:
                self._apply(self._vault.rows[ledger], revisions, stream, heads[ledger])

    def _taken_in(self, scope: str) -> Taken:
        if scope not in self._taken:
            self._taken[scope] = Taken(self._connection, scope)
        return self._taken[scope]

    def _follow(self, ledger: str, revisions: Sequence[Revision], scope: str) -> Sequence[Revision]:
        """
        Changes the records whose history goes on linearly; as long as most of a package does.

        Returns:
            The revisions of the other records.

        Raises:
            PackageError: payload: a value is malformed.
        """
        rows = self._vault.rows.get(ledger)
        if rows is None:
            return revisions
        for one in revisions:
            if bad := rows.malformed(one.fields):
                detail = f"记录 {one.record[:8]} 的字段 {bad}"
                raise PackageError("package.payload", name=self._name, line="—", detail=detail)
        records = {one.record for one in revisions}
        if self._watch:
            self._watch.see(self._connection, rows, records)
        count = self.counts.ledgers[ledger]
        count["deleted"] += sum(1 for one in revisions if one.fields.get(DELETED))
        self.counts.sealed.update({one.record: one.sealed for one in revisions if one.sealed})
        if not self._is_linear:
            return revisions
        followed, n_in_vain = follow(self._connection, rows, revisions, scope, self._held(records))
        count["changed"] += len(followed)
        self._count_fields(ledger, Counter(tuple(entry.fields) for entry in followed.values()))
        self._is_linear = n_in_vain <= len(followed)
        return [one for one in revisions if one.record not in followed] if len(followed) < len(records) else ()

    def _count_fields(self, ledger: str, sets: Counter[tuple[str, ...]]) -> None:
        for keys, n in sets.items():
            self.counts.fields.update({(ledger, key): n for key in keys})

    def _checked_heads(self, ledger: str, revisions: Sequence[Revision], scope: str) -> Heads:
        """
        The heads of the records that are here.

        Raises:
            PackageError: mismatch: a record of another office or ledger.
        """
        records = list({one.record for one in revisions})
        rows = self._vault.rows.get(ledger)
        heads = rows.heads(self._connection, records) if rows else {}
        if any(owner != scope for _, owner, _ in heads.values()):
            raise PackageError("package.mismatch", name=self._name, what="记录所属单位")
        self._check_strangers([one for one in records if one not in heads], ledger, scope)
        return heads

    def _check_strangers(self, records: Sequence[str], ledger: str, scope: str) -> None:
        """A record that is not in its ledger's table may still have revisions: of this ledger and office only."""
        for record_ids in chunks(records):
            for authored, owner in revisions_of(self._connection, record_ids).values():
                if owner != scope or any(one.revision.ledger != ledger for one in authored):
                    raise PackageError("package.mismatch", name=self._name, what="记录所属单位或台账")

    def _apply(self, rows: LedgerRows, revisions: Sequence[Revision], stream: Stream, heads: Heads) -> None:
        """The records that are new, that diverged, or whose heads had to be asked for."""
        sorted_out = SortedOut({r: "" if n else head for r, (head, _, n) in heads.items()}, revisions)
        count = self.counts.ledgers[rows.ledger.key]
        waiting = self._held({one.record for one in revisions})
        diverged = sorted_out.diverged.keys() | waiting
        rows.put(
            self._connection,
            [
                NewRow(r, stream.scope, head, pack, v)
                for r, (head, pack, v) in sorted_out.new.items()
                if r not in diverged
            ],
        )
        changed = {r: c for r, c in sorted_out.changed.items() if r not in diverged}
        rows.change(self._connection, [Change(r, head, pack, v) for r, (head, pack, v) in changed.items()])
        count["new"] += len(sorted_out.new)
        count["changed"] += len(changed)
        came: dict[str, Came] = {}
        for record, some in sorted_out.diverged.items():
            if record in heads:
                keys: Collection[str] = some[0].fields if len(some) == 1 else _every_key(some)
                came[record] = Came(heads[record][0], [Authored(one, stream.office) for one in some], keys)
        sets = Counter(tuple(c.fields) for record, c in sorted_out.changed.items() if record not in came)
        sets.update(tuple(one.keys) for one in came.values())
        self._count_fields(rows.ledger.key, sets)
        known = {record: one for record, one in came.items() if record not in waiting and not heads[record][2]}
        for record, (n_open, waits) in recompute(self._connection, rows, diverged, known).items():
            standing = rows.ledger.key, n_open, waits
            self._diverged[record] = self._standings.setdefault(standing, standing)

    def finish(self) -> MergeCounts:
        """Applies what is left and counts how the records that diverged stand now."""
        self.flush()
        for (ledger, n_open, waits), n in Counter(self._diverged.values()).items():
            found = {"merged": n, "conflict": n * n_open, "held": n * waits}
            self.counts.ledgers[ledger].update({what: number for what, number in found.items() if number})
        return self.counts

    def _held(self, records: Collection[str]) -> set[str]:
        """Those of the records of which later revisions arrived first and wait."""
        record = tables.held.c.record
        if self._connection.execute(select(record).limit(1)).first() is None:
            return set()
        found = (self._connection.execute(select(record).where(record.in_(ids))) for ids in chunks(list(records)))
        return {one for result in found for one in result.scalars()}

    def _hold(self, ledger: str, revisions: Sequence[Revision]) -> None:
        """Revisions of a ledger that this pack does not know: kept, and shown when it does."""
        rows = [{"record": record, "ledger": ledger, "why": "ledger"} for record in {one.record for one in revisions}]
        self._connection.execute(insert(tables.held).prefix_with("OR REPLACE"), rows)
        self.counts.ledgers[ledger]["held"] += len(rows)


def _every_key(revisions: Sequence[Revision]) -> Collection[str]:
    return dict.fromkeys(key for one in revisions for key in one.fields)


Heads = dict[str, tuple[str, str, int]]
"""Record → joined heads, owner, open conflicts."""
_Standing = tuple[str, int, bool]
"""Of a record that diverged: its ledger, open conflicts, whether revisions wait."""
