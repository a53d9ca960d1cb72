"""Backups: a copy of the whole vault that was opened and checked before it is called one."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, func, select

from desktop_app.base.clock import CHINA
from desktop_app.base.errors import VaultError
from desktop_app.storage import tables
from desktop_app.storage.vault import DATABASE, SLOTS, Vault

FOLDER = "backups"
_PART = ".part"
KEPT = 12
"""Copies of one reason that are kept."""


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
    at = vault.clock.now().astimezone(CHINA).strftime("%Y%m%dT%H%M%S")
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
    _thin(vault.folder / FOLDER, reason)
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


def _thin(folder: Path, reason: str) -> None:
    """Drops the oldest of one reason, and what was left half-made on an earlier day: one of today may be at work."""
    same = sorted(one for one in folder.iterdir() if one.name.endswith(f"-{reason}"))
    day = same[-1].name[:8]
    halves = [one for one in folder.iterdir() if one.name.endswith(_PART) and one.name[:8] < day]
    for old in [*same[:-KEPT], *halves]:
        shutil.rmtree(old, ignore_errors=True)
