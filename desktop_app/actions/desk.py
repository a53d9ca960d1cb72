"""Opening a desk, and making one: the city's first, then each county's from its enrolment file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import Clock, SystemClock
from desktop_app.base.errors import ActionRefused, FormsInvalid, VaultError
from desktop_app.base.ids import IdSource
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import load_pack, read_files
from desktop_app.storage import slots
from desktop_app.storage.audit import note
from desktop_app.storage.backup import make_backup
from desktop_app.storage.door import FAILED, Door
from desktop_app.storage.holding import Hold
from desktop_app.storage.integrity import quick_check
from desktop_app.storage.making import create_vault
from desktop_app.storage.packages import Office
from desktop_app.storage.place import refuse_foreign_drive
from desktop_app.storage.slot_users import users_of
from desktop_app.storage.slots import Cost
from desktop_app.storage.tables import ledger_tables
from desktop_app.storage.vault import CODE_ACTORS, Owner, Vault, open_vault
from desktop_app.sync.identity import Identity, new_identity

_CODE = re.compile(r"[0-9]{6}")
AGE, SIGN = "identity_age", "identity_sign"
DEFAULT_USER = "经办人"
BEFORE_UPGRADE = "before-upgrade"
WEAK_SECONDS = 0.5
PROGRAM = "工会法律保障工作台"


@dataclass(frozen=True, slots=True)
class NewDesk:
    """
    What a vault is made with.

    Attributes:
        user: Who holds the passphrase; the actor of what is written.
        clock, cost: The PC's, and measured on it, when None.
    """

    folder: Path
    passphrase: str
    user: str = DEFAULT_USER
    clock: Clock | None = None
    cost: Cost | None = None


def read_forms() -> None:
    """
    Reads the program's forms beforehand and makes the tables they describe, on any thread.

    The vault that is opened next most likely has them.
    """
    with suppress(FormsInvalid):  # told when it is opened
        ledger_tables(load_pack(read_files(forms_dir())))


def open_desk(folder: Path, secret: str, *, user: str = "", clock: Clock | None = None) -> Vault:
    """
    Opens a vault, for the user whose passphrase it is; one of an older format is backed up first.

    Args:
        user: Whose passphrase it is; empty: anybody's, which takes longer.

    Raises:
        VaultError: held: another program works on it; too_soon after wrong passphrases; else as `open_vault`.
        ActionRefused: user.unknown. FormsInvalid: As `open_vault`.
    """
    used = clock or SystemClock()
    if not folder.is_dir():
        raise VaultError("vault.not_found", path=folder)
    if user and user not in users_of(folder):
        raise ActionRefused("user.unknown", name=user)
    hold = Hold(folder, PROGRAM, used)
    try:
        vault = _let_in(folder, secret, user, used)
    except BaseException:
        hold.release()
        raise
    vault.hold = hold
    return vault


def _let_in(folder: Path, secret: str, user: str, clock: Clock) -> Vault:
    door = Door(folder, clock)
    door.refuse_early(user)
    copy = partial(make_backup, reason=BEFORE_UPGRADE)
    try:
        vault = open_vault(folder, secret, read_files(forms_dir()), clock, user=user, before_upgrade=copy)
    except VaultError as error:
        if error.code in ("vault.wrong_passphrase", "vault.code_typo"):
            door.add(FAILED, user)
        raise
    try:
        quick_check(vault)
        with vault.write("") as connection:
            for one in door.events():
                if not one.is_noted:
                    note(vault, connection, one.what, at=one.at, actor=one.user or "（未选用户）")
            note(vault, connection, "login", how=CODE_ACTORS.get(vault.unlocked.slot.kind, ""))
        door.entered(user)
        _strengthen(vault, secret)
    except BaseException:
        vault.close()
        raise
    return vault


def _strengthen(vault: Vault, secret: str) -> None:
    """Wraps the key harder for a passphrase that took this PC less than half the time it should."""
    unlocked = vault.unlocked
    if vault.is_by_code or unlocked.seconds > WEAK_SECONDS:
        return
    cost = slots.calibrated_cost()
    if slots.is_stronger(cost, unlocked.slot):
        with suppress(VaultError):  # a folder that cannot be written is no reason to stay out
            vault.put_slot(unlocked.slot.user, secret, cost)


def identity_of(vault: Vault) -> Identity:
    """The office's own keys."""
    with vault.read() as connection:
        return Identity(vault.meta(connection, AGE), vault.meta(connection, SIGN))


def write_age_identity(vault: Vault, path: Path) -> str:
    """
    Writes the key that opens packages sent to this office, as the program `age` reads it.

    Returns:
        The public key it belongs to.

    Raises:
        ActionRefused: record.file_exists, role.not_allowed. OSError: The file cannot be written.
    """
    identity = identity_of(vault)
    recipient = identity.public.recipient
    with vault.write(PERMITS["recovery"]) as connection:
        note(vault, connection, "key_exported", file=path.name)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(f"# {vault.owner.name} {vault.owner.office}\n# public key: {recipient}\n{identity.age}\n")
    except FileExistsError as error:
        raise ActionRefused("record.file_exists", path=path) from error
    return recipient


def init_city(desk: NewDesk, *, office: str, name: str) -> tuple[Vault, str]:
    """
    Makes the city's vault with the pack that came with the program.

    Returns:
        The open vault and its recovery code, to be printed now: it is kept nowhere.

    Raises:
        ActionRefused: bad_code. VaultError: bad_place, exists, short_passphrase, disk_full, io.
    """
    check_code(office)
    return make_desk(desk, Office(office, name, "city"), read_files(forms_dir()))


def make_desk(
    desk: NewDesk,
    office: Office,
    files: Mapping[str, str],
    *,
    origin: str = "program",
    others: Sequence[Office] = (),
) -> tuple[Vault, str]:
    """
    Makes a vault for an office, with fresh keys.

    Args:
        origin: Where the parameter pack comes from: `program` or `package`.
        others: Offices it knows from the first.

    Raises:
        VaultError: bad_place, exists, short_passphrase, disk_full, io.
    """
    refuse_foreign_drive(desk.folder)
    clock = desk.clock or SystemClock()
    keys = new_identity()
    public = keys.public
    own = Office(office.code, office.name, office.role, "", public.recipient, public.verify_key)
    vault, code = create_vault(
        desk.folder,
        owner=Owner(office.code, office.name, office.role, IdSource(clock).new()),
        user=desk.user,
        passphrase=desk.passphrase,
        files=files,
        origin=origin,
        settings={AGE: keys.age, SIGN: keys.sign},
        offices=[own, *others],
        clock=clock,
        cost=desk.cost,
    )
    vault.hold = Hold(desk.folder, PROGRAM, clock)
    return vault, code


def check_code(office: str) -> None:
    """
    Raises:
        ActionRefused: bad_code: an office's code is its six-digit division code.
    """
    if not _CODE.fullmatch(office):
        raise ActionRefused("office.bad_code", code=office)
