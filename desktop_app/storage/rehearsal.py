"""A backup restored into memory and read through, so that one that cannot be is known before it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from desktop_app.base.errors import VaultError
from desktop_app.storage import slots
from desktop_app.storage.engine import Connection
from desktop_app.storage.integrity import check_contents
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE, Vault

MOST_BYTES_IN_MEMORY = 256 * 1024 * 1024
"""A larger backup is read where it lies: a PC with 4 GB has other things to hold."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came out of the backup."""

    n_revisions: int
    n_records: int
    n_attachments: int


def rehearse(vault: Vault, backup: Path) -> Rehearsed:
    """
    Restores a backup of this vault into memory and checks pages, chains, attachments and rows there.

    Nothing is written, and no passphrase is asked: the key is the one the vault is open with. Whether the slots
    beside the backup open is not tried, only that they can be read and are this vault's.

    Raises:
        VaultError: backup_damaged.
    """
    try:
        if slots.read_slots(backup / SLOTS).vault != vault.slots().vault:
            raise VaultError("vault.backup_damaged", path=backup)
        with vault.outside_transactions() as connection, _restored(connection, backup / DATABASE) as schema:
            pages = connection.exec_driver_sql(f"PRAGMA {schema}.integrity_check(1)").scalars().all()
            there = connection.execution_options(schema_translate_map={None: schema})
            found = check_contents(vault, there)
    except (VaultError, DBAPIError) as error:
        raise VaultError("vault.backup_damaged", path=backup) from error
    if pages != ["ok"] or found.damage:
        raise VaultError("vault.backup_damaged", path=backup)
    return Rehearsed(found.n_revisions, found.n_records, found.n_attachments)


@contextmanager
def _restored(connection: Connection, database: Path) -> Iterator[str]:
    """The name under which the restored database can be read."""
    connection.exec_driver_sql("ATTACH DATABASE ? AS backup", (str(database),))
    try:
        broken = connection.exec_driver_sql("PRAGMA backup.cipher_integrity_check").scalars().all()
        if broken:
            raise VaultError("vault.backup_damaged", path=database)
        if database.stat().st_size > MOST_BYTES_IN_MEMORY:
            yield "backup"
            return
        connection.exec_driver_sql("ATTACH DATABASE ':memory:' AS restored KEY ''")
        try:
            connection.exec_driver_sql("SELECT sqlcipher_export('restored', 'backup')").all()
            yield "restored"
        finally:
            connection.exec_driver_sql("DETACH DATABASE restored")
    finally:
        connection.exec_driver_sql("DETACH DATABASE backup")
