"""Pairing: the city's enrolment file, the county's registration, and the code both compare by telephone."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.actions.desk import NewDesk, check_code, identity_of, make_desk
from desktop_app.actions.packing import Outgoing, incoming, send
from desktop_app.base.errors import ActionRefused, PackageError
from desktop_app.storage.packages import Office, find_office, log_package, put_office
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import KIND_LABELS, Sealed, read_header
from desktop_app.sync.identity import PublicKeys, short_code
from desktop_app.sync.package import check_package
from desktop_app.sync.payload import (
    AnyLine,
    Enrolment,
    FormsFile,
    Registration,
    encode_line,
    encoded,
    read_payload,
)


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
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")
    check_code(code)
    identity = identity_of(vault)
    keys, token = identity.public, secrets.token_hex(16)
    line = Enrolment(code, name, vault.owner.name, keys.recipient, keys.verify_key, token)
    forms = (FormsFile(path, text) for path, text in vault.pack.files.items())
    with vault.write() as connection:
        if there := find_office(connection, code):
            raise ActionRefused("office.exists", code=code, name=there.name)
        put_office(connection, Office(code, name, "county", token))
        outgoing = Outgoing("enrolment", code, encoded([line, *forms]), readers=())
        return send(vault, connection, identity, outgoing, out)


def init_county(desk: NewDesk, *, enrolment: Path, out: Path) -> tuple[Vault, Paired]:
    """
    Makes a county's vault from its enrolment file and writes the registration file for the city.

    Raises:
        PackageError: The enrolment file is refused, or the registration cannot be written; there is no
            vault then.
        VaultError: exists, short_passphrase, disk_full, io.
        FormsInvalid: The pack in the enrolment has faults.
    """
    city, office, files = _read_enrolment(enrolment)
    vault, recovery_code = make_desk(desk, office, files)
    try:
        path, code = _register(vault, city, out)
    except BaseException:
        vault.close()
        shutil.rmtree(desk.folder, ignore_errors=True)  # nothing has been entered in it
        raise
    return vault, Paired(office.code, code, path, recovery_code)


def _read_enrolment(path: Path) -> tuple[Office, Office, dict[str, str]]:
    """The city, the county, and the parameter pack of an enrolment file."""
    sealed = read_header(path)
    header = sealed.header
    if header.kind != "enrolment":
        raise PackageError("package.wrong_kind", name=path.name, kind=KIND_LABELS[header.kind])
    check_package(path, sealed, header.signer, header.sender)
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
    city = Office(header.sender, one.city_name, "city", one.token, one.recipient, one.verify_key)
    return city, Office(one.office, one.name, "county"), files


def _register(vault: Vault, city: Office, out: Path) -> tuple[Path, str]:
    identity = identity_of(vault)
    keys, theirs = identity.public, PublicKeys(city.recipient, city.verify_key)
    line = encode_line(Registration(city.token, keys.recipient, keys.verify_key))
    with vault.write() as connection:
        put_office(connection, city)
        outgoing = Outgoing("registration", city.code, [line], readers=(theirs, keys))
        path = send(vault, connection, identity, outgoing, out)
    return path, short_code(theirs, keys, city.token)


def accept_registration(vault: Vault, path: Path, sealed: Sealed) -> Paired:
    """
    Takes a county's keys from its registration file; from then on its packages are read.

    The token is spent with it: no other registration can follow.

    Raises:
        ActionRefused: city_only. PackageError: unknown_sender, token, mismatch, tampered.
    """
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")
    header, identity = sealed.header, identity_of(vault)
    found: list[Registration] = []

    def take(line: AnyLine, _body: bytes) -> None:
        if isinstance(line, Registration):
            found.append(line)

    with vault.write() as connection:
        office = find_office(connection, header.sender)
        if office is None or office.role != "county":
            raise PackageError("package.unknown_sender", name=path.name, sender=header.sender)
        digest = check_package(path, sealed, header.signer, office.name)
        read_payload(path, sealed, identity, take)
        if len(found) != 1 or found[0].verify_key != header.signer:
            raise PackageError("package.mismatch", name=path.name, what="钥匙")
        one = found[0]
        if not office.token or not secrets.compare_digest(one.token, office.token):
            raise PackageError("package.token", name=path.name)
        log_package(connection, incoming(vault, header, digest))
        put_office(connection, replace(office, token="", recipient=one.recipient, verify_key=one.verify_key))
    keys = PublicKeys(one.recipient, one.verify_key)
    return Paired(office.code, short_code(identity.public, keys, one.token))
