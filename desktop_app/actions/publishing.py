"""Parameter packs: the city publishes one to its counties, a county makes it its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.actions.desk import identity_of
from desktop_app.actions.exporting import Exported
from desktop_app.actions.packing import Outgoing, incoming, send
from desktop_app.actions.permits import PERMITS
from desktop_app.base.errors import ActionRefused, PackageError
from desktop_app.schema.load import load_pack, pack_digest
from desktop_app.storage.audit import note
from desktop_app.storage.packages import find_package, log_package, offices
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import Sealed
from desktop_app.sync.identity import PublicKeys
from desktop_app.sync.lines import AnyLine, FormsFile, encoded
from desktop_app.sync.payload import read_payload


@dataclass(frozen=True, slots=True)
class PackCheck:
    """A pack without faults beside the one in force; ledgers and fields by their labels."""

    version: int
    current: int
    is_same: bool
    new_ledgers: tuple[str, ...]
    new_fields: tuple[str, ...]


def check_forms(vault: Vault, files: Mapping[str, str]) -> PackCheck:
    """
    What a pack would bring; nothing is written.

    Raises:
        FormsInvalid: With every fault.
    """
    pack, current = load_pack(files), vault.pack
    there = current.ledgers
    fields = [
        f"{ledger.label} · {field.label}"
        for key, ledger in pack.ledgers.items()
        for name, field in ledger.fields.items()
        if key in there and name not in there[key].fields
    ]
    return PackCheck(
        version=pack.version,
        current=current.version,
        is_same=pack_digest(files) == current.digest,
        new_ledgers=tuple(ledger.label for key, ledger in pack.ledgers.items() if key not in there),
        new_fields=tuple(fields),
    )


def publish_forms(vault: Vault, files: Mapping[str, str], folder: Path) -> list[Exported]:
    """
    Makes a pack the city's own and writes it for every paired county.

    Args:
        files: The pack as texts; the one in force may be written once more.

    Raises:
        ActionRefused: city_only, forms.not_newer. FormsInvalid: With every fault. PackageError: The stick.
    """
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")
    if pack_digest(files) != vault.pack.digest:
        version = load_pack(files).version
        if version <= vault.pack.version:
            raise ActionRefused("forms.not_newer", version=version, current=vault.pack.version)
        vault.adopt(files, "package", PERMITS["publish"])
        with vault.write(PERMITS["publish"]) as connection:
            note(vault, connection, "forms", version=str(vault.pack.version))
    identity = identity_of(vault)
    with vault.read() as connection:
        counties = [one for one in offices(connection) if one.role == "county" and one.is_paired]
    written = []
    for one in counties:
        lines = encoded(FormsFile(path, text) for path, text in vault.pack.files.items())
        readers = (PublicKeys(one.recipient, one.verify_key), identity.public)
        with vault.write(PERMITS["publish"]) as connection:
            path = send(vault, connection, identity, Outgoing("parameters", one.code, lines, readers), folder)
        written.append(Exported(path, "parameters", one.code, 0))
    return written


def take_forms(vault: Vault, path: Path, sealed: Sealed, digest: str) -> None:
    """
    Adopts the pack of a verified package; one that is not newer changes nothing.

    Raises:
        PackageError: tampered, payload. FormsInvalid: The pack has faults; the old one stays.
    """
    files: dict[str, str] = {}

    def take(line: AnyLine, _body: bytes) -> None:
        if not isinstance(line, FormsFile):
            raise PackageError("package.payload", name=path.name, line=0, detail="不该出现的内容")
        files[line.path] = line.text

    read_payload(path, sealed, identity_of(vault), take)
    vault.adopt(files, "package", PERMITS["receive"])
    with vault.write(PERMITS["receive"]) as connection:
        if find_package(connection, sealed.header.package) is None:
            log_package(connection, incoming(vault, sealed.header, digest))
            note(vault, connection, "forms", version=str(vault.pack.version), file=path.name)
