"""Making a vault: the folder appears only when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import insert

from desktop_app.base.clock import Clock
from desktop_app.base.errors import VaultError
from desktop_app.domain.recovery_code import plain_code
from desktop_app.storage import search, slots, tables
from desktop_app.storage.engine import errors_of, open_engine, write_version
from desktop_app.storage.forms import adopt_forms
from desktop_app.storage.packages import Office, put_office
from desktop_app.storage.slot_users import PASSPHRASE, SLOTS
from desktop_app.storage.slots import RECOVERY, Cost, SlotFile, Unlocked, slot_file
from desktop_app.storage.users import User, put_user
from desktop_app.storage.vault import DATABASE, Owner, Vault, check_passphrase, create_fixed


def create_vault(
    folder: Path,
    *,
    owner: Owner,
    user: str,
    passphrase: str,
    files: Mapping[str, str],
    origin: str,
    settings: Mapping[str, str],
    offices: Sequence[Office],
    clock: Clock,
    cost: Cost | None = None,
) -> tuple[Vault, str]:
    """
    Makes a vault and opens it; the folder appears only when it is whole.

    Args:
        files, origin: The parameter pack, and whether the program or a package brought it.
        settings: More entries of `meta`, such as the office's own keys.
        offices: What the vault knows from the first: its own office, and a county's city.
        cost: Of the passphrase slot; measured on this PC when None.

    Returns:
        The vault, and the recovery code, which is nowhere else.

    Raises:
        VaultError: exists, short_passphrase, disk_full, io.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise VaultError("vault.exists", path=folder)
    check_passphrase(passphrase)
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        data_key, code = os.urandom(slots.KEY_BYTES), slots.new_recovery_code()
        file = _slot_file((owner.instance, user, passphrase), data_key, code, cost or slots.calibrated_cost())
        slots.write_slots(part / SLOTS, file)
        _fill(part, data_key, (files, origin), _facts(owner, settings), offices=offices, user=user)
        if folder.exists():
            folder.rmdir()
        part.replace(folder)
    except OSError as error:
        raise VaultError("vault.io", path=folder, detail=error.strerror or error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    unlocked = Unlocked(data_key, file.slots[0], seconds=0.0)
    return Vault(folder, open_engine(folder / DATABASE, data_key), unlocked, clock), code


def _slot_file(desk: tuple[str, str, str], data_key: bytes, code: str, cost: Cost) -> SlotFile:
    vault, user, passphrase = desk
    by_user = slots.make_slot(data_key, passphrase, kind=PASSPHRASE, user=user, vault=vault, cost=cost)
    by_code = slots.make_slot(data_key, plain_code(code), kind=RECOVERY, user=user, vault=vault, cost=slots.LIGHT)
    return slot_file(vault, [by_user, by_code])


def _facts(owner: Owner, settings: Mapping[str, str]) -> dict[str, str]:
    return {"office": owner.office, "name": owner.name, "role": owner.role, "instance": owner.instance, **settings}


def _fill(
    part: Path,
    data_key: bytes,
    pack: tuple[Mapping[str, str], str],
    facts: Mapping[str, str],
    *,
    offices: Sequence[Office],
    user: str,
) -> None:
    """Everything of a new vault in one transaction."""
    engine = open_engine(part / DATABASE, data_key)
    try:
        with errors_of(part / DATABASE), engine.execution_options(rw=True).begin() as connection:
            create_fixed(connection)
            connection.execute(insert(tables.meta), [{"key": key, "value": value} for key, value in facts.items()])
            if made := adopt_forms(connection, *pack):
                search.prepare(connection, made)
            put_user(connection, User(user, "administrator", is_active=True))
            for office in offices:
                put_office(connection, office)
            write_version(connection, tables.FORMAT)
    finally:
        engine.dispose()
