"""Backups: a copy of the whole vault that was opened and checked before it is called one."""

from __future__ import annotations

import filecmp
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from desktop_app.base.clock import CHINA
from desktop_app.base.errors import VaultError
from desktop_app.domain.thinning import kept
from desktop_app.storage import tables
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE, Vault

FOLDER, ASIDE = "backups", "aside"
_PART = ".part"
STAMP = "%Y%m%dT%H%M%S"
_ASIDE_NAME = re.compile(r"\d{8}T\d{6}")
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}-[a-z-]+")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its folder, when it was made in Chinese time, and why."""

    folder: Path
    at: datetime
    reason: str
    n_bytes: int


def list_backups(vault_folder: Path) -> list[Backup]:
    """The backups of a vault, newest first; no key is needed."""
    found = []
    for one in _folders(vault_folder / FOLDER):
        at, _, reason = one.name.split("-", 2)
        try:
            n_bytes = (one / DATABASE).stat().st_size
        except OSError:
            continue  # taken away by hand
        found.append(Backup(one, datetime.strptime(at, STAMP).replace(tzinfo=CHINA), reason, n_bytes))
    return found


def _folders(folder: Path) -> list[Path]:
    """Whole backups, newest first."""
    if not folder.is_dir():
        return []
    return sorted((one for one in folder.iterdir() if _NAME.fullmatch(one.name)), reverse=True)


def make_backup(vault: Vault, reason: str) -> Path:
    """
    Copies database and key slots into a new folder of the vault, and checks the copy.

    Args:
        reason: Part of the folder's name, such as `before-import`.

    Returns:
        The backup's folder; it opens with the passphrases of this moment.

    Raises:
        VaultError: disk_full, io, or backup_bad when the copy does not hold what the vault holds.
    """
    at = vault.clock.now().astimezone(CHINA).strftime(STAMP)
    folder = vault.folder / FOLDER / f"{at}-{vault.ids.new()[-6:]}-{reason}"
    part = folder.with_name(folder.name + _PART)  # so that one that is killed half-way is not called a backup
    try:
        part.mkdir(parents=True)
        with vault.outside_transactions() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(part / DATABASE),))
            _check(connection, part / DATABASE)
        shutil.copyfile(vault.folder / SLOTS, part / SLOTS)
        part.replace(folder)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError):
            raise VaultError("vault.io", path=folder, detail=error.strerror or error) from error
        raise
    _thin(vault.folder)
    return folder


def _check(connection: Connection, copy: Path) -> None:
    """Pages, cipher and counts of the copy, read through the vault's own key."""
    connection.exec_driver_sql("ATTACH DATABASE ? AS copy", (str(copy),))
    try:
        pages = connection.exec_driver_sql("PRAGMA copy.quick_check(1)").scalars().all()
        broken = connection.exec_driver_sql("PRAGMA copy.cipher_integrity_check").scalars().all()
        here = connection.execute(select(func.count()).select_from(tables.revision)).scalar_one()
        there = connection.exec_driver_sql("SELECT count(*) FROM copy.revision").scalar_one()
    finally:
        connection.exec_driver_sql("DETACH DATABASE copy")
    if pages != ["ok"] or broken or here != there:
        raise VaultError("vault.backup_bad", path=copy)


def copy_backup(backup: Path, place: Path) -> Path:
    """
    Copies a backup to a second place, such as a stick, and reads the copy back.

    Raises:
        VaultError: io, or backup_bad when what was read back differs.
    """
    target = place / backup.name
    part = target.with_name(target.name + _PART)
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for name in (DATABASE, SLOTS):
            shutil.copyfile(backup / name, part / name)
            if not filecmp.cmp(backup / name, part / name, shallow=False):
                raise VaultError("vault.backup_bad", path=part)
        part.replace(target)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError):
            raise VaultError("vault.io", path=target, detail=error.strerror or error) from error
        raise
    return target


def _thin(vault_folder: Path) -> None:
    """
    Drops what need not be kept, and what was left half-made on an earlier day: one of today may be at work.

    Backups from before a restore are counted apart from those after it: whoever put back the wrong one must find
    the right one again, however much he worked since.
    """
    backups = list_backups(vault_folder)
    restores = sorted(_restored_at(vault_folder))
    stays: set[datetime] = set()
    for n in range(len(restores) + 1):
        since, until = restores[n - 1] if n else None, restores[n] if n < len(restores) else None
        some = [one.at for one in backups if (since is None or one.at > since) and (until is None or one.at <= until)]
        stays |= kept(some) if some else set()
    day = backups[0].folder.name[:8]
    folder = vault_folder / FOLDER
    halves = [one for one in folder.iterdir() if one.name.endswith(_PART) and one.name[:8] < day]
    for old in [*(one.folder for one in backups if one.at not in stays), *halves]:
        shutil.rmtree(old, ignore_errors=True)


def _restored_at(vault_folder: Path) -> list[datetime]:
    """When backups were put back, by the vaults that were set aside for them."""
    aside = vault_folder / ASIDE
    names = [one.name for one in aside.iterdir() if _ASIDE_NAME.fullmatch(one.name)] if aside.is_dir() else []
    return [datetime.strptime(name, STAMP).replace(tzinfo=CHINA) for name in names]
