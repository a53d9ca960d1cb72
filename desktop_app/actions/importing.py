"""Taking in packages of any kind: verify, merge, report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.actions.desk import identity_of
from desktop_app.actions.packing import incoming
from desktop_app.actions.pairing import accept_registration
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError, PackageError
from desktop_app.domain.revision import Revision
from desktop_app.storage.attachments import check_attachment, put_part
from desktop_app.storage.engine import Connection
from desktop_app.storage.merge import Merge, MergeCounts, Received
from desktop_app.storage.packages import Office, find_office, find_package, log_package, set_report
from desktop_app.storage.streams import acknowledge, digest_at, same_source
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import KIND_LABELS, SUFFIX, Header, Sealed, read_header
from desktop_app.sync.package import check_package
from desktop_app.sync.payload import AnyLine, AttachmentPart, Known, StreamStart, read_payload


@dataclass(frozen=True, slots=True)
class Imported:
    """
    One package that was taken in.

    Attributes:
        outcome: `imported`, `registered`, or `repeated` for a package that was here before.
        first_import: When a repeated package first came, as a clerk reads it.
        ledgers: Ledger key → outcome → number.
    """

    file: str
    kind: str
    sender: str
    number: int
    outcome: str
    n_revisions: int = 0
    ledgers: dict[str, dict[str, int]] = field(default_factory=dict)
    first_import: str = ""
    short_code: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file that was not taken in, with its refusal."""

    file: str
    code: str
    message: str


def import_packages(vault: Vault, paths: Iterable[Path]) -> tuple[list[Imported], list[Skipped]]:
    """
    Takes in files and folders; of a folder every package in it, by sender and number.

    One file named alone that is refused raises; among several the refused are listed.

    Raises:
        PackageError: The one file is refused, or a folder holds no package.
    """
    files, is_single = _files(list(paths))
    done: list[Imported] = []
    skipped: list[Skipped] = []
    for path in files:
        try:
            done.append(import_package(vault, path))
        except KnownError as error:
            if is_single:
                raise
            skipped.append(Skipped(path.name, error.code, str(error)))
    return done, skipped


def _files(paths: list[Path]) -> tuple[list[Path], bool]:
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [one for one in path.iterdir() if one.is_file()]
        packages = sorted(one for one in inside if one.name.endswith(SUFFIX))
        if not packages:
            raise PackageError("package.none_found", path=path, n=len(inside))
        found += packages
    return found, len(paths) == 1 and not paths[0].is_dir()


def import_package(vault: Vault, path: Path) -> Imported:
    """
    Takes in one package.

    Raises:
        PackageError: It is refused; the vault is as it was.
    """
    sealed = read_header(path)
    header = sealed.header
    if header.recipient != vault.owner.office:
        raise PackageError("package.not_for_us", name=path.name, recipient=header.recipient, office=vault.owner.office)
    if header.kind not in _TAKEN_BY[vault.owner.role]:
        raise PackageError("package.wrong_kind", name=path.name, kind=KIND_LABELS[header.kind])
    with vault.read() as connection:
        sender = find_office(connection, header.sender)
        before = find_package(connection, header.package)
    if sender is None or sender.code == vault.owner.office:
        raise PackageError("package.unknown_sender", name=path.name, sender=header.sender)
    if header.kind == "registration" and before is None:
        paired = accept_registration(vault, path, sealed)
        return _imported(path, header, "registered", short_code=paired.short_code)
    if not sender.is_paired:
        raise PackageError("package.unknown_sender", name=path.name, sender=header.sender)
    digest = check_package(path, sealed, sender.verify_key, sender.name)
    if before is not None:
        return _imported(path, header, "repeated", first_import=local_text(before.at))
    return _merge(vault, path, sealed, sender, digest)


_TAKEN_BY = {"city": ("submission", "registration"), "county": ("receipt",)}


def _imported(path: Path, header: Header, outcome: str, **more: Any) -> Imported:
    return Imported(path.name, header.kind, header.sender, header.number, outcome, **more)


def _merge(vault: Vault, path: Path, sealed: Sealed, sender: Office, digest: str) -> Imported:
    with vault.write() as connection:
        log_id = log_package(connection, incoming(vault, sealed.header, digest))
        intake = _Intake(vault, connection, path.name, sender, Merge(vault, connection, log_id, path.name))
        read_payload(path, sealed, identity_of(vault), intake.take)
        counts = intake.finish()
        ledgers = {key: dict(one) for key, one in counts.ledgers.items()}
        report = _imported(path, sealed.header, "imported", n_revisions=intake.n_revisions, ledgers=ledgers)
        set_report(connection, log_id, msgspec.json.encode(report).decode())
    return report


class _Intake:
    """Routes the lines of one payload; everything happens in the caller's transaction."""

    def __init__(self, vault: Vault, connection: Connection, name: str, sender: Office, merge: Merge) -> None:
        self._vault = vault
        self._connection = connection
        self._name = name
        self._sender = sender
        self._merge = merge
        self._scope = sender.code if vault.owner.role == "city" else vault.owner.office
        self._rev = 0
        self._attachments: set[str] = set()
        self.n_revisions = 0

    def take(self, line: AnyLine, body: bytes) -> None:
        """
        Raises:
            PackageError: chain, mismatch, payload.
        """
        if isinstance(line, Revision):
            self._merge.take(Received(line, body))
            self.n_revisions += 1
        elif isinstance(line, StreamStart):
            self._begin(line)
        elif isinstance(line, Known):
            self._merge.flush()
            self._acknowledge(line)
        elif isinstance(line, AttachmentPart):
            self._attachments.add(line.digest)
            put_part(self._connection, line.digest, line.part, self._rev, line.content)
        else:
            raise PackageError("package.payload", name=self._name, line=0, detail="不该出现的内容")

    def _begin(self, line: StreamStart) -> None:
        """Only of records that lie between the two offices, and only by one of the two."""
        if line.office not in (self._sender.code, self._vault.owner.office) or line.scope != self._scope:
            raise PackageError("package.mismatch", name=self._name, what="修订所属单位")
        self._merge.begin_stream(
            office=line.office,
            instance=line.instance,
            scope=line.scope,
            first=line.first,
            previous=bytes.fromhex(line.previous),
        )
        self._rev = self._merge.rev

    def _acknowledge(self, line: Known) -> None:
        for one in same_source(self._connection, line.office, line.instance, line.scope):
            found = digest_at(self._connection, one, line.seq)
            if found is not None and found.hex() == line.digest:
                acknowledge(self._connection, one, line.seq)
                return

    def finish(self) -> MergeCounts:
        """What the merge came to, once all lines are in."""
        self._merge.flush()
        for digest in self._attachments:
            check_attachment(self._connection, digest, self._name)
        return self._merge.counts
