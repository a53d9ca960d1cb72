"""Pairing: the city's enrolment file, the county's registration, and the code both compare by telephone."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.actions.changes import Changes
from desktop_app.actions.desk import NewDesk, check_code, identity_of, make_desk, open_desk
from desktop_app.actions.packing import Outgoing, incoming, send
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.recovery import put_into_escrow
from desktop_app.base.clock import millis
from desktop_app.base.errors import ActionRefused, PackageError, VaultError
from desktop_app.storage.audit import note
from desktop_app.storage.engine import Connection
from desktop_app.storage.packages import Office, find_office, last_from, log_package, n_packages, put_office, retire_key
from desktop_app.storage.streams import forget_acknowledged, streams
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import KIND_LABELS, Header, Sealed, read_header
from desktop_app.sync.identity import PublicKeys, is_recipient, short_code
from desktop_app.sync.lines import AnyLine, Enrolment, FormsFile, Registration, encode_line, encoded
from desktop_app.sync.package import check_package
from desktop_app.sync.payload import read_payload


@dataclass(frozen=True, slots=True)
class Paired:
    """
    Attributes:
        office: The county. short_code: What both screens show.
        file: The registration file, on the county's side.
        recovery_code: Of the county's new vault, to be printed now.
    """

    office: str
    short_code: str
    file: Path | None = None
    recovery_code: str = ""


def add_office(vault: Vault, *, code: str, name: str, out: Path) -> Path:
    """
    Enters a county in the city's list and writes its enrolment file, the parameter pack in it.

    Raises:
        ActionRefused: city_only, bad_code, office.exists.
        PackageError: The file cannot be written; nothing is entered then.
    """
    _check_city(vault)
    check_code(code)
    with vault.write(PERMITS["counties"]) as connection:
        if there := find_office(connection, code):
            raise ActionRefused("office.exists", code=code, name=there.name)
        return _enrol(vault, connection, Office(code, name, "county"), out)


def enrol_again(vault: Vault, *, code: str, out: Path) -> Path:
    """
    Writes a new enrolment file for a county whose PC was replaced; its keys of before sign no more once it
    has registered again, and its next receipt brings its whole history back.

    Raises:
        ActionRefused: city_only, office.unknown. PackageError: The file cannot be written.
    """
    _check_city(vault)
    with vault.write(PERMITS["counties"]) as connection:
        office = find_office(connection, code)
        if office is None or office.role != "county":
            raise ActionRefused("office.unknown", code=code)
        return _enrol(vault, connection, office, out)


def revoke_office(vault: Vault, *, code: str) -> Changes:
    """
    Stops a county's key at once, as of a PC that was stolen; its work so far stays, and it is enrolled again.

    Raises:
        ActionRefused: city_only, office.unknown, office.is_city, office.not_paired.
    """
    _check_city(vault)
    with vault.write(PERMITS["counties"]) as connection:
        office = find_office(connection, code)
        if office is None:
            raise ActionRefused("office.unknown", code=code)
        if office.role != "county":
            raise ActionRefused("office.is_city", name=office.name)
        if not office.is_paired:
            raise ActionRefused("office.not_paired", name=office.name)
        retire_key(connection, office, millis(vault.clock.now()))
        forget_acknowledged(connection, office.code)
        put_office(connection, replace(office, token="", recipient="", verify_key=""))
        note(vault, connection, "revoked", office=office.code)
    return Changes(settings=True)


def _check_city(vault: Vault) -> None:
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")


def _enrol(vault: Vault, connection: Connection, office: Office, out: Path) -> Path:
    identity = identity_of(vault)
    keys, token = identity.public, secrets.token_hex(16)
    last = last_from(connection, office.code)
    line = Enrolment(
        office=office.code,
        name=office.name,
        city_name=vault.owner.name,
        recipient=keys.recipient,
        verify_key=keys.verify_key,
        token=token,
        number=last.number if last else 0,
    )
    forms = (FormsFile(path, text) for path, text in vault.pack.files.items())
    put_office(connection, replace(office, token=token))
    note(vault, connection, "enrolled", office=office.code)
    outgoing = Outgoing("enrolment", office.code, encoded([line, *forms]), readers=())
    return send(vault, connection, identity, outgoing, out)


def init_county(desk: NewDesk, *, enrolment: Path, out: Path, escrow: bool = False) -> tuple[Vault, Paired]:
    """
    Makes a county's vault from its enrolment file and writes the registration file for the city.

    Args:
        escrow: Whether the city is to hold a code for this vault from the beginning.

    Raises:
        PackageError: The enrolment file is refused, or the registration cannot be written; there is no
            vault then.
        VaultError: exists, short_passphrase, disk_full, io.
        FormsInvalid: The pack in the enrolment has faults.
    """
    found = _read_enrolment(enrolment)
    _clear_unfinished(desk, found.office.code)
    vault, recovery_code = make_desk(desk, found.office, found.files, origin="package", others=[found.city])
    try:
        if escrow:
            put_into_escrow(vault)
        path, code = _register(vault, found, out)
    except BaseException:
        vault.close()
        shutil.rmtree(desk.folder, ignore_errors=True)  # nothing has been entered in it
        raise
    return vault, Paired(found.office.code, code, path, recovery_code)


def _clear_unfinished(desk: NewDesk, office: str) -> None:
    """
    Removes a vault that was made and never registered, since its making was cut off.

    It is ours by the passphrase, and nothing was entered in it or sent from it; its recovery code was not
    shown to anyone. Any other vault stands, and is refused later.
    """
    try:
        vault = open_desk(desk.folder, desk.passphrase, clock=desk.clock)
    except VaultError:
        return
    try:
        with vault.read() as connection:
            is_unfinished = vault.owner.office == office and not streams(connection) and not n_packages(connection)
    finally:
        vault.close()
    if is_unfinished:
        shutil.rmtree(desk.folder)


@dataclass(frozen=True, slots=True)
class _Enrolled:
    """What an enrolment file says."""

    city: Office
    office: Office
    files: dict[str, str]
    header: Header
    digest: str


def _read_enrolment(path: Path) -> _Enrolled:
    sealed = read_header(path)
    header = sealed.header
    if header.kind != "enrolment":
        raise PackageError("package.wrong_kind", name=path.name, kind=KIND_LABELS[header.kind])
    digest = check_package(path, sealed, header.signer, header.sender)
    found: list[Enrolment] = []
    files: dict[str, str] = {}

    def take(line: AnyLine, _body: bytes) -> None:
        if isinstance(line, Enrolment):
            found.append(line)
        elif isinstance(line, FormsFile):
            files[line.path] = line.text

    read_payload(path, sealed, None, take)
    if len(found) != 1 or found[0].verify_key != header.signer or found[0].office != header.recipient:
        raise PackageError("package.mismatch", name=path.name, what="单位或钥匙")
    one = found[0]
    if not is_recipient(one.recipient):
        raise PackageError("package.mismatch", name=path.name, what="钥匙")
    city = Office(header.sender, one.city_name, "city", one.token, one.recipient, one.verify_key, number=one.number)
    return _Enrolled(city, Office(one.office, one.name, "county"), files, header, digest)


def _register(vault: Vault, found: _Enrolled, out: Path) -> tuple[Path, str]:
    identity, city = identity_of(vault), found.city
    keys, theirs = identity.public, PublicKeys(city.recipient, city.verify_key)
    line = encode_line(Registration(city.token, keys.recipient, keys.verify_key))
    with vault.write(PERMITS["counties"]) as connection:
        log_package(connection, incoming(vault, found.header, found.digest))
        outgoing = Outgoing("registration", city.code, [line], readers=(theirs, keys))
        path = send(vault, connection, identity, outgoing, out)
    return path, short_code(theirs, keys, city.token)


def accept_registration(vault: Vault, path: Path, sealed: Sealed) -> Paired:
    """
    Takes a county's keys from its registration file; from then on its packages are read.

    The token is spent with it: no other registration can follow.

    Raises:
        PackageError: unknown_sender, token, mismatch, tampered.
    """
    header, identity = sealed.header, identity_of(vault)
    found: list[Registration] = []

    def take(line: AnyLine, _body: bytes) -> None:
        if isinstance(line, Registration):
            found.append(line)

    with vault.write(PERMITS["counties"]) as connection:
        office = find_office(connection, header.sender)
        if office is None or office.role != "county":
            raise PackageError("package.unknown_sender", name=path.name, sender=header.sender)
        digest = check_package(path, sealed, header.signer, office.name)
        read_payload(path, sealed, identity, take)
        if len(found) != 1 or found[0].verify_key != header.signer or not is_recipient(found[0].recipient):
            raise PackageError("package.mismatch", name=path.name, what="钥匙")
        one = found[0]
        if not office.token or not secrets.compare_digest(one.token.encode(), office.token.encode()):
            raise PackageError("package.token", name=path.name)
        log_package(connection, incoming(vault, header, digest))
        if office.is_paired:
            retire_key(connection, office, millis(vault.clock.now()))
            forget_acknowledged(connection, office.code)
        put_office(connection, replace(office, token="", recipient=one.recipient, verify_key=one.verify_key))
    keys = PublicKeys(one.recipient, one.verify_key)
    return Paired(office.code, short_code(identity.public, keys, one.token))
