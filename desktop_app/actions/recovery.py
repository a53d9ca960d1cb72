"""Ways back into a vault whose passphrases are lost: the printed code, and the code that the city holds."""

from __future__ import annotations

import base64
from pathlib import Path

from desktop_app.actions.desk import identity_of
from desktop_app.actions.files import write_file
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import millis, today
from desktop_app.base.errors import ActionRefused, KnownError, PackageError, VaultError
from desktop_app.documents.recovery_page import RecoveryPage, draw_recovery_page
from desktop_app.storage.audit import note
from desktop_app.storage.packages import Office, offices
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import ESCROW, RECOVERY, open_slot, read_slots
from desktop_app.storage.vault import Vault
from desktop_app.sync.escrow import FORMAT, SUFFIX, Escrow, open_escrow, seal_escrow
from desktop_app.sync.identity import PublicKeys
from desktop_app.typeset.paper import Faces


def new_recovery_code(vault: Vault) -> str:
    """
    A new code, which is kept nowhere; the one on paper opens nothing from now on.

    Raises:
        ActionRefused: role.not_allowed. VaultError: io.
    """
    with vault.write(PERMITS["recovery"]) as connection:
        note(vault, connection, "recovery_code")
        return vault.put_code(RECOVERY)


def check_recovery_code(vault: Vault, typed: str) -> None:
    """
    Proves that a code was copied rightly.

    Raises:
        ActionRefused: recovery.not_a_code. VaultError: code_typo, wrong_passphrase.
    """
    unlocked = open_slot(vault.slots(), typed, vault.folder / SLOTS)
    if unlocked.slot.kind != RECOVERY:
        raise ActionRefused("recovery.not_a_code")


def print_recovery_code(vault: Vault, code: str, path: Path) -> None:
    """
    Writes the page that is printed and locked away.

    Raises:
        ActionRefused: record.file_exists. KnownError: cli.file, font.missing.
    """
    page = RecoveryPage(vault.owner.name, code, today(vault.clock).isoformat())
    write_file(path, draw_recovery_page(page, Faces()))


def has_escrow(vault: Vault) -> bool:
    """Whether the city holds a code for this vault."""
    return vault.slots().escrow != ""


def put_into_escrow(vault: Vault) -> None:
    """
    Makes a code that only the city can read; one that was there before opens nothing from now on.

    Raises:
        ActionRefused: role.not_allowed, office.county_only, office.not_paired. VaultError: io.
    """
    if vault.owner.role != "county":
        raise ActionRefused("office.county_only")
    with vault.write(PERMITS["recovery"]) as connection:
        city = next((one for one in offices(connection) if one.role == "city"), None)
        if city is None:
            raise ActionRefused("office.not_paired", name="市级单位")
        note(vault, connection, "escrow_on", office=city.name)
        vault.put_code(ESCROW, lambda code: _sealed(vault, city, code))


def _sealed(vault: Vault, city: Office, code: str) -> str:
    owner = vault.owner
    escrow = Escrow(FORMAT, owner.office, owner.name, vault.slots().vault, millis(vault.clock.now()), code)
    return base64.b64encode(seal_escrow(escrow, PublicKeys(city.recipient, city.verify_key))).decode()


def end_escrow(vault: Vault) -> None:
    """
    The city's code opens nothing from now on.

    Raises:
        ActionRefused: role.not_allowed. VaultError: io.
    """
    with vault.write(PERMITS["recovery"]) as connection:
        note(vault, connection, "escrow_off")
        vault.drop_slot(ESCROW)


def has_escrow_file(folder: Path) -> bool:
    """As `has_escrow`, of a vault that is not open."""
    try:
        return read_slots(folder / SLOTS).escrow != ""
    except VaultError:
        return False


def write_escrow(folder: Path, to: Path) -> Path:
    """
    Writes the file that the city opens; no passphrase is needed, since that is what was lost.

    Args:
        to: A folder, such as a stick.

    Raises:
        ActionRefused: escrow.none, record.file_exists. VaultError: not_found, slots_damaged. KnownError: cli.file.
    """
    file = read_slots(folder / SLOTS)
    if not file.escrow:
        raise ActionRefused("escrow.none")
    path = to / f"{file.vault[:8]}{SUFFIX}"
    write_file(path, base64.b64decode(file.escrow))
    return path


def read_escrow(vault: Vault, path: Path) -> Escrow:
    """
    In the city: the code for a county's vault; after the county has set a new passphrase with it, it is spent.

    Raises:
        ActionRefused: role.not_allowed, office.city_only. PackageError: escrow.unreadable, escrow.too_new.
        KnownError: cli.file.
    """
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")
    vault.require(PERMITS["recovery"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KnownError("cli.file", path=path, detail=error.strerror or error) from error
    found = open_escrow(content, identity_of(vault), path.name)
    with vault.read() as connection:
        known = {one.code for one in offices(connection) if one.role == "county"}
    if found.office not in known:
        raise PackageError("package.unknown_sender", name=path.name, sender=found.office)
    with vault.write(PERMITS["recovery"]) as connection:
        note(vault, connection, "escrow_opened", office=found.name, file=path.name)
    return found
