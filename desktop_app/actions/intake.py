"""The lines of one package routed into the vault, and what there is to say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop_app.actions.declaring import SUBMITTED, own_figures
from desktop_app.actions.desk import identity_of
from desktop_app.actions.packing import incoming
from desktop_app.base.errors import PackageError, Problem, problem
from desktop_app.domain.declaration import decode_figures, differing
from desktop_app.domain.naming import numbers_text
from desktop_app.domain.period import parse_period
from desktop_app.domain.revision import Revision
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import STATE, Clause
from desktop_app.storage.attachments import check_arrived, put_part
from desktop_app.storage.before import look_before, remember
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import list_records, owns_fewer
from desktop_app.storage.merge import Merge, MergeCounts, Received
from desktop_app.storage.packages import Office, last_from, log_package, missing_numbers, note_answer, put_office
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.streams import Stream, acknowledge, digest_at, in_scope, put_seal, same_source
from desktop_app.storage.vault import Vault
from desktop_app.storage.watch import Watch
from desktop_app.sync.header import Header, Sealed
from desktop_app.sync.lines import Answer, AnyLine, AttachmentPart, Known, Seal, StreamStart, is_sealed_by
from desktop_app.sync.payload import read_payload

MANY_DELETIONS = 10
"""So many records deleted by one package are worth a look, or a fifth of a ledger."""
STEP = 500
"""So many revisions between two reports of progress."""
SHARE = 5
"""A column set in more than one record of so many is worth a look."""


@dataclass(frozen=True, slots=True)
class Review:
    """
    What one package came to.

    Attributes:
        log_id: Its line in the package log.
        ledgers: Ledger key → outcome → number.
        notes: Alarms (level `explain`) and remarks (level `hint`).
    """

    log_id: int
    n_revisions: int
    ledgers: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """
    A package that every byte is vouched for.

    Attributes:
        digest: SHA-256 of the file. first_import: When it was merged before, as a clerk reads it.
    """

    path: Path
    sealed: Sealed
    sender: Office
    digest: str
    first_import: str = ""


class Stopped(Exception):
    """The person has stopped an import; its transaction is to be dropped."""


GoesOn = Callable[[int, int], bool]
"""Told of every so many lines, as (done, expected); answers whether to go on."""


def always(_done: int, _expected: int) -> bool:
    """Never stops."""
    return True


def take_in(
    vault: Vault, connection: Connection, package: Verified, watch: Watch | None = None, goes_on: GoesOn = always
) -> Review:
    """
    Merges a verified package inside the caller's transaction.

    Args:
        watch: Sees each record before it is touched.

    Raises:
        PackageError: The payload is refused; the transaction is to be dropped. Stopped.
    """
    header, sender, name = package.sealed.header, package.sender, package.path.name
    notes = _about_header(connection, header)
    scope = sender.code if vault.owner.role == "city" else vault.owner.office
    before = look_before(connection, scope, sender.code)
    log_id = log_package(connection, incoming(vault, header, package.digest))
    remember(connection, log_id, before)
    merge = Merge(vault, connection, log_id, name, watch)
    intake = _Intake(vault, connection, package, scope=scope, merge=merge, goes_on=goes_on)
    read_payload(package.path, package.sealed, identity_of(vault), intake.take)
    counts = intake.finish()
    put_office(connection, replace(sender, pack=header.pack))
    notes += _about_merge(vault, connection, sender, counts)
    if vault.owner.role == "city":
        notes += _about_declarations(vault, connection, sender)
    ledgers = {key: {what: n for what, n in one.items() if n} for key, one in counts.ledgers.items()}
    return Review(log_id, intake.n_revisions, ledgers, tuple(notes))


class _Intake:
    """Routes the lines of one payload; everything happens in the caller's transaction."""

    def __init__(
        self, vault: Vault, connection: Connection, package: Verified, *, scope: str, merge: Merge, goes_on: GoesOn
    ) -> None:
        sender = package.sender
        self._vault = vault
        self._connection = connection
        self._name = package.path.name
        self._sender = sender
        self._instance = package.sealed.header.instance
        self._merge = merge
        self._scope = scope
        self._rev = 0
        self._attachments: set[str] = set()
        self._known: list[Known] = []
        self._seals: list[Seal] = []
        self._goes_on = goes_on
        self._n_expected = max(0, package.sealed.header.last - package.sealed.header.first + 1)
        self.n_revisions = 0

    def take(self, line: AnyLine, body: bytes) -> None:
        """
        Raises:
            PackageError: chain, mismatch, payload. Stopped.
        """
        if isinstance(line, Revision):
            self._merge.take(Received(line, body))
            self.n_revisions += 1
            if self.n_revisions % STEP == 0 and not self._goes_on(self.n_revisions, self._n_expected):
                raise Stopped
        elif isinstance(line, StreamStart):
            self._begin(line)
        elif isinstance(line, Known):
            self._check_between(line.office, line.scope)
            self._known.append(line)
        elif isinstance(line, Seal):
            self._check_between(line.office, line.scope)
            self._seals.append(line)
        elif isinstance(line, Answer) and self._sender.role == "city":
            note_answer(self._connection, self._sender.code, line.number, line.outcome, line.reason)
        elif isinstance(line, AttachmentPart):
            self._attachments.add(line.digest)
            put_part(self._connection, line.digest, line.part, self._rev, line.content)
        else:
            raise PackageError("package.payload", name=self._name, line=0, detail="不该出现的内容")

    def _begin(self, line: StreamStart) -> None:
        self._check_between(line.office, line.scope)
        self._merge.begin_stream(
            office=line.office,
            instance=line.instance,
            scope=line.scope,
            first=line.first,
            previous=line.previous,
        )
        self._rev = self._merge.rev

    def _check_between(self, office: str, scope: str) -> None:
        """Only of records that lie between the two offices, and only by one of the two."""
        if office not in (self._sender.code, self._vault.owner.office) or scope != self._scope:
            raise PackageError("package.mismatch", name=self._name, what="修订所属单位")

    def _acknowledge(self) -> None:
        """
        Notes how far the sender has each stream between the two; one it does not speak of it does not have.

        Of a copied or restored vault the sender may have a fork and not what was done beside it: of such a
        stream it has no more than the part before the first fork.
        """
        families: dict[tuple[str, str, str], list[Known]] = defaultdict(list)
        here = in_scope(self._connection, self._scope)
        for one in here:
            families[one.office, one.instance, one.scope] = []
        for line in self._known:
            families[line.office, line.instance, line.scope].append(line)
        reached = {one.id: one.acked for one in here}
        copy = ""
        for family, known in families.items():
            ours = same_source(self._connection, *family)
            there = {one.id: n for one in ours if (n := self._reached(one, known)) is not None}
            forks = [one for one in ours if one.fork]
            for one in ours:
                if one.id in there or one.fork:
                    reached[one.id] = max(there.get(one.id, 0), one.base)
                elif not known or any(fork.id in there for fork in forks):
                    reached[one.id] = min((fork.base for fork in forks), default=0) if known else 0
            if known and family[:2] == (self._sender.code, self._instance):
                own = known[0]  # a vault's own chain is its oldest of the family
                copy = next((one.fork for one in ours if self._reached(one, [own]) is not None), "")
        acknowledge(self._connection, self._scope, copy, reached)

    def _reached(self, stream: Stream, known: list[Known]) -> int | None:
        """The sequence up to which the sender has this stream, None when none of its digests is on it."""
        reached = [one.seq for one in known if _hex(digest_at(self._connection, stream, one.seq)) == one.digest]
        return max(reached, default=None)

    def _keep_seals(self, counts: MergeCounts) -> None:
        """
        Keeps the seals that fit, to send them on with their streams.

        A city takes nothing in its own name that its own key has not sealed. A county takes its own history
        back from the city unsealed: its new PC has another key.

        Raises:
            PackageError: forged.
        """
        own_key = identity_of(self._vault).public.verify_key
        reached: dict[int, int] = {}
        for seal in self._seals:
            for one in same_source(self._connection, seal.office, seal.instance, seal.scope):
                if _hex(digest_at(self._connection, one, seal.seq)) != seal.digest:
                    continue
                if is_sealed_by(seal, own_key):
                    reached[one.id] = max(seal.seq, reached.get(one.id, 0))
                put_seal(self._connection, one, seal.seq, seal.signature)
        is_forged = any(reached.get(one, 0) < seq for one, seq in counts.own.items())
        if is_forged and self._vault.owner.role == "city":
            raise PackageError("package.forged", name=self._name, sender=self._sender.name)

    def finish(self) -> MergeCounts:
        """What the merge came to, once all lines are in."""
        counts = self._merge.finish()
        self._keep_seals(counts)
        self._acknowledge()
        for digest in self._attachments:
            check_arrived(self._connection, digest, self._name)
        return counts


def _hex(digest: bytes | None) -> str:
    return digest.hex() if digest is not None else ""


def _about_header(connection: Connection, header: Header) -> list[Problem]:
    """Gaps, numbers that went back, and another vault under the same office."""
    notes = []
    missing = missing_numbers(connection, header.sender, header.recipient, header.number)
    missing = [n for n in missing if n != header.number]  # a package that comes late is not missing any more
    if missing:
        notes.append(problem("package.gap", level="hint", numbers=numbers_text(missing)))
    last = last_from(connection, header.sender)
    if last is not None and header.number <= last.number:
        notes.append(problem("package.went_back", level="explain", number=header.number, last=last.number))
    if last is not None and last.instance and header.instance != last.instance:
        notes.append(problem("package.other_instance", level="explain", sender=header.sender))
    return notes


def _about_merge(vault: Vault, connection: Connection, sender: Office, counts: MergeCounts) -> list[Problem]:
    notes = [problem("package.copied_vault", level="explain", sender=sender.name)] if counts.forks else []
    for record, period in sorted(counts.sealed.items()):
        notes.append(problem("package.after_acceptance", level="explain", key=record, period=period, record=record[:8]))
    for key, count in counts.ledgers.items():
        if key not in vault.rows:
            notes.append(problem("package.unknown_ledger", level="hint", key=key, ledger=key, n=count["held"]))
            continue
        label, deleted = vault.pack.ledgers[key].label, count["deleted"]
        few = deleted * (SHARE - 1)
        if deleted >= MANY_DELETIONS or (deleted > 1 and owns_fewer(vault, connection, key, sender.code, few)):
            notes.append(problem("package.many_deletions", level="explain", key=key, ledger=label, n=deleted))
    asked: dict[tuple[str, int], bool] = {}  # columns are mostly set together, and the answer takes a while
    for (key, name), n in sorted(counts.fields.items()):
        ledger = vault.pack.ledgers[key]
        if name not in ledger.fields or name == STATE or n < SHARE:
            continue
        if (key, n) not in asked:
            asked[key, n] = owns_fewer(vault, connection, key, sender.code, n * SHARE)
        if asked[key, n]:
            label = ledger.fields[name].label
            notes.append(
                problem("package.column_changed", level="explain", key=key, ledger=ledger.label, field=label, n=n)
            )
    return notes


def _about_declarations(vault: Vault, connection: Connection, sender: Office) -> list[Problem]:
    """Where the figures a county declared are not those of its records here."""
    if PERIOD_REPORT not in vault.rows:
        return []
    where = [Clause(STATE, "in", (SUBMITTED,))]
    notes = []
    for report in list_records(vault, connection, PERIOD_REPORT, where=where, frame=Frame(today="")):
        period = parse_period(str(report.values["period"]))
        if report.office != sender.code or period is None:
            continue
        declared = decode_figures(str(report.values.get("figures", "")))
        found = own_figures(vault, connection, period, sender.code)
        for key, (theirs, ours) in differing(declared, found).items():
            label = vault.pack.indicators[key].label
            context = {"period": period.label, "label": label, "declared": theirs[0], "found": ours[0]}
            notes.append(problem("package.figures_differ", level="explain", key=key, **context))
    return notes
