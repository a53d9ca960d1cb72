"""Taking in packages of any kind: verify, preview, merge, report, and taking the last one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.actions.answering import note_refused
from desktop_app.actions.changes import Changes
from desktop_app.actions.intake import GoesOn, Review, Stopped, Verified, always, take_in
from desktop_app.actions.pairing import accept_registration
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.publishing import take_forms
from desktop_app.base.clock import local_text
from desktop_app.base.codes import sentence
from desktop_app.base.errors import ActionRefused, KnownError, PackageError, Problem
from desktop_app.storage.audit import note
from desktop_app.storage.backup import make_backup
from desktop_app.storage.packages import Logged, find_office, find_package, retired_keys, set_report
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record
from desktop_app.storage.undo import LastImport, last_import, undo_import
from desktop_app.storage.vault import Vault
from desktop_app.storage.watch import Difference, Watch
from desktop_app.sync.header import KIND_LABELS, SUFFIX, Header, Sealed, read_header
from desktop_app.sync.package import check_package

BEFORE_IMPORT = "before-import"
STOPPED = "package.stopped"
_TAKEN_BY = {"city": ("submission", "registration"), "county": ("receipt", "parameters")}


@dataclass(frozen=True, slots=True)
class Imported:
    """
    One package that was taken in, or looked at.

    Attributes:
        outcome: `imported`, `registered`, `adopted` (a parameter pack), `repeated` for one that was here
            before, `previewed`.
        first_import: When a repeated package first came, as a clerk reads it.
        ledgers: Ledger key → outcome → number.
        notes: Alarms (level `explain`) and remarks (level `hint`).
    """

    file: str
    kind: str
    sender: str
    number: int
    outcome: str
    n_revisions: int = 0
    ledgers: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    first_import: str = ""
    short_code: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file that was not taken in, with its refusal."""

    file: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; `differences` holds each record with its fields, `titles` their names by id."""

    imported: Imported
    differences: tuple[Difference, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)


def import_packages(
    vault: Vault, paths: Iterable[Path], goes_on: GoesOn = always
) -> tuple[list[Imported], list[Skipped]]:
    """
    Takes in files and folders; of a folder every package in it, by sender and number.

    One file named alone that is refused raises; among several the refused are listed. A checked backup is
    made before the first package.

    Args:
        goes_on: When it says no, the package under way is dropped and the rest is skipped; what was taken in stays.

    Raises:
        PackageError: The one file is refused, or a folder holds no package. VaultError: The backup.
    """
    files, is_single = _files(list(paths))
    done: list[Imported] = []
    skipped: list[Skipped] = []
    vault.require(PERMITS["receive"])
    make_backup(vault, BEFORE_IMPORT)
    is_stopped = False
    for at, path in enumerate(files):
        try:
            if is_stopped or not goes_on(at, len(files)):
                raise Stopped
            done.append(import_package(vault, path, goes_on))
        except Stopped:
            is_stopped = True
            skipped.append(Skipped(path.name, STOPPED, sentence(STOPPED, name=path.name)))
        except KnownError as error:
            note_refused(vault, path, error)
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
        packages, n_others = packages_in(path)
        if not packages:
            raise PackageError("package.none_found", path=path, n=n_others)
        found += packages
    return found, len(paths) == 1 and not paths[0].is_dir()


def packages_in(folder: Path) -> tuple[list[Path], int]:
    """
    The packages of a folder by sender and number, as their names say, and how many other files lie there.

    Raises:
        PackageError: package.read: the stick was pulled out.
    """
    try:
        inside = [one for one in folder.iterdir() if one.is_file()]
    except OSError as error:
        raise PackageError("package.read", path=folder, detail=error.strerror or error) from error
    packages = sorted(one for one in inside if one.suffix.casefold() == SUFFIX)
    return packages, len(inside) - len(packages)


def import_package(vault: Vault, path: Path, goes_on: GoesOn = always) -> Imported:
    """
    Takes in one package.

    Raises:
        PackageError: It is refused; the vault is as it was. Stopped: `goes_on` said no; likewise.
    """
    sealed = _for_us(vault, path)
    header = sealed.header
    if header.kind == "registration" and not _is_known(vault, header):
        code = accept_registration(vault, path, sealed).short_code
        report = _imported(path, header, "registered", short_code=code)
        with vault.write(PERMITS["receive"]) as connection:
            if logged := find_package(connection, header.package):
                set_report(connection, logged.id, msgspec.json.encode(report).decode())
        return report
    verified = _verify(vault, path, sealed)
    if verified.first_import:
        return _imported(path, header, "repeated", first_import=verified.first_import)
    if header.kind == "parameters":
        take_forms(vault, path, sealed, verified.digest)
        return _imported(path, header, "adopted")
    with vault.write(PERMITS["receive"]) as connection:
        if before := find_package(connection, header.package):  # another window was faster
            return _imported(path, header, "repeated", first_import=local_text(before.at))
        review = take_in(vault, connection, verified, goes_on=goes_on)
        report = _reviewed(path, header, "imported", review)
        set_report(connection, review.log_id, msgspec.json.encode(report).decode())
        note(vault, connection, "import", file=path.name)
    return report


class _NotMeant(Exception):
    """Ends the transaction of a preview, which is the import itself, dropped."""


def preview_package(vault: Vault, path: Path) -> Preview:
    """
    What `import_package` would do, with every record it would touch; nothing is written.

    Raises:
        PackageError: It would be refused. ActionRefused: role.not_allowed.
    """
    vault.require(PERMITS["receive"])
    sealed = _for_us(vault, path)
    header = sealed.header
    if header.kind not in ("submission", "receipt"):
        raise PackageError("package.wrong_kind", name=path.name, kind=KIND_LABELS[header.kind])
    verified = _verify(vault, path, sealed)
    if verified.first_import:
        return Preview(_imported(path, header, "repeated", first_import=verified.first_import))
    found: list[Preview] = []
    try:
        with vault.write(PERMITS["receive"]) as connection:
            watch = Watch()
            review = take_in(vault, connection, verified, watch)
            differences = watch.differences(connection, vault.rows)
            titles = Reading(vault, connection).titles([one.record for one in differences])
            found.append(Preview(_reviewed(path, header, "previewed", review), tuple(differences), dict(titles)))
            raise _NotMeant
    except _NotMeant:
        return found[0]


def _for_us(vault: Vault, path: Path) -> Sealed:
    sealed = read_header(path)
    header, office = sealed.header, vault.owner.office
    if header.recipient != office:
        raise PackageError("package.not_for_us", name=path.name, recipient=header.recipient, office=office)
    if header.kind not in _TAKEN_BY[vault.owner.role]:
        raise PackageError("package.wrong_kind", name=path.name, kind=KIND_LABELS[header.kind])
    return sealed


def _is_known(vault: Vault, header: Header) -> bool:
    with vault.read() as connection:
        return find_package(connection, header.package) is not None


def _verify(vault: Vault, path: Path, sealed: Sealed) -> Verified:
    header = sealed.header
    with vault.read() as connection:
        sender = find_office(connection, header.sender)
        before = find_package(connection, header.package)
        is_retired = header.signer in retired_keys(connection)
    if sender is not None and is_retired and before is None:
        raise PackageError("package.retired_signer", name=path.name, sender=sender.name)
    if sender is None or sender.code == vault.owner.office or not sender.is_paired:
        raise PackageError("package.unknown_sender", name=path.name, sender=header.sender)
    key = header.signer if is_retired else sender.verify_key
    digest = check_package(path, sealed, key, sender.name)
    return Verified(path, sealed, sender, digest, local_text(before.at) if before else "")


def _imported(path: Path, header: Header, outcome: str, **more: Any) -> Imported:
    return Imported(path.name, header.kind, header.sender, header.number, outcome, **more)


def _reviewed(path: Path, header: Header, outcome: str, review: Review) -> Imported:
    return _imported(path, header, outcome, n_revisions=review.n_revisions, ledgers=review.ledgers, notes=review.notes)


def undo_last_import(vault: Vault) -> tuple[str, Changes]:
    """
    Takes the newest import back, after a backup.

    Returns:
        The package's name, and what changed.

    Raises:
        ActionRefused: undo.nothing, undo.answered, undo.changed. VaultError: The backup.
    """
    vault.require(PERMITS["receive"])
    with vault.read() as connection:
        _undoable(vault, last_import(connection))
    make_backup(vault, "before-undo")
    with vault.write(PERMITS["receive"]) as connection:
        found = _undoable(vault, last_import(connection))
        undo_import(vault, connection, found)
        note(vault, connection, "undo", file=found.name)
    return found.name, Changes(frozenset(vault.rows))


def _undoable(vault: Vault, found: LastImport | None) -> Logged:
    if found is None:
        raise ActionRefused("undo.nothing")
    name = found.entry.name
    if found.obstacle == "answered":
        raise ActionRefused("undo.answered", name=name)
    if found.obstacle == "changed":
        with vault.read() as connection:
            title = Reading(vault, connection).title(find_record(vault, connection, found.record))
        raise ActionRefused("undo.changed", name=name, title=title)
    return found.entry
