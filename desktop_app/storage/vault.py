"""A vault: a folder with one encrypted database and its key slots."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from desktop_app.base.clock import Clock
from desktop_app.base.errors import VaultError
from desktop_app.base.ids import IdSource
from desktop_app.domain.limits import WorkCalendar
from desktop_app.schema.load import pack_digest
from desktop_app.schema.model import Pack
from desktop_app.storage import slots, tables
from desktop_app.storage.engine import errors_of, open_engine, read_version, write_version
from desktop_app.storage.forms import adopt_forms, stored_forms
from desktop_app.storage.holding import Hold
from desktop_app.storage.packages import Office, put_office
from desktop_app.storage.rows import LedgerRows
from desktop_app.storage.slots import Cost, SlotFile

DATABASE, SLOTS = "vault.db", "vault.keys"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose vault this is; `instance` is new for each vault made or restored."""

    office: str
    name: str
    role: str
    instance: str


class Vault:
    """
    An open vault.

    Attributes:
        actor: The user whose slot opened it; the author of what is written.
        pack: The parameter pack in force.
        rows: The tables of the ledgers, by ledger key.
        hold: The right to work on it, given back when it is closed.

    Thread: connections are pooled; a connection stays in one thread.
    """

    def __init__(self, folder: Path, engine: Engine, actor: str, clock: Clock) -> None:
        self.folder = folder
        self.actor = actor
        self.clock = clock
        self.ids = IdSource(clock)
        self.hold: Hold | None = None
        self._engine = engine
        self._writer = engine.execution_options(rw=True)
        with self.read() as connection:
            self.owner = Owner(**_meta(connection, "office", "name", "role", "instance"))
            pack = stored_forms(connection)
        self._use(pack)

    def _use(self, pack: Pack) -> None:
        self.pack = pack
        self.calendar = WorkCalendar(pack.holidays)
        built = tables.ledger_tables(pack)
        self.rows: Mapping[str, LedgerRows] = {
            key: LedgerRows(ledger, built.ledgers[key], self.calendar) for key, ledger in pack.ledgers.items()
        }

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the vault."""
        with errors_of(self.folder / DATABASE), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed whole at the end, or undone by any exception."""
        with errors_of(self.folder / DATABASE), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """A connection that commits each statement by itself, for what SQLite refuses inside a transaction."""
        with errors_of(self.folder / DATABASE), self._engine.connect() as connection:
            plain = connection.execution_options(plain=True)
            yield plain
            plain.rollback()

    def adopt(self, files: Mapping[str, str], origin: str) -> None:
        """
        Makes a newer parameter pack the one in force; tables gain columns, nothing is dropped.

        Raises:
            FormsInvalid: The pack has faults; the old one stays in force.
        """
        if pack_digest(files) == self.pack.digest:
            return  # the usual case, and no reason to wait for another writer
        with self.write() as connection:
            pack = adopt_forms(connection, files, origin)
        if pack is not None:
            self._use(pack)

    def meta(self, connection: Connection, key: str) -> str:
        """A setting of the vault, empty when not set."""
        found = connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar()
        return str(found or "")

    def set_meta(self, connection: Connection, key: str, value: str) -> None:
        """Writes a setting of the vault."""
        connection.execute(insert(tables.meta).prefix_with("OR REPLACE"), {"key": key, "value": value})

    def close(self) -> None:
        """Closes all connections; the write-ahead log is folded into the database, and others may open it."""
        self._engine.dispose()
        if self.hold is not None:
            self.hold.release()


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
    if len(passphrase) < slots.MIN_PASSPHRASE_CHARS:
        raise VaultError("vault.short_passphrase", n=slots.MIN_PASSPHRASE_CHARS)
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        data_key, code = os.urandom(slots.KEY_BYTES), slots.new_recovery_code()
        file = _slot_file((owner.instance, user, passphrase), data_key, code, cost or slots.calibrated_cost())
        slots.write_slots(part / SLOTS, file)
        _fill(part, data_key, (files, origin), _facts(owner, settings), offices)
        if folder.exists():
            folder.rmdir()
        part.replace(folder)
    except OSError as error:
        raise VaultError("vault.io", path=folder, detail=error.strerror or error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Vault(folder, open_engine(folder / DATABASE, data_key), user, clock), code


def _slot_file(desk: tuple[str, str, str], data_key: bytes, code: str, cost: Cost) -> SlotFile:
    vault, user, passphrase = desk
    by_user = slots.make_slot(data_key, passphrase, kind="passphrase", user=user, vault=vault, cost=cost)
    plain = slots.plain_code(code)
    by_code = slots.make_slot(data_key, plain, kind="recovery", user=user, vault=vault, cost=slots.LIGHT)
    return SlotFile(slots.SLOTS_FORMAT, vault, [by_user, by_code])


def _facts(owner: Owner, settings: Mapping[str, str]) -> dict[str, str]:
    return {"office": owner.office, "name": owner.name, "role": owner.role, "instance": owner.instance, **settings}


def _fill(
    part: Path,
    data_key: bytes,
    pack: tuple[Mapping[str, str], str],
    facts: Mapping[str, str],
    offices: Sequence[Office],
) -> None:
    """Everything of a new vault in one transaction."""
    engine = open_engine(part / DATABASE, data_key)
    try:
        with errors_of(part / DATABASE), engine.execution_options(rw=True).begin() as connection:
            tables.fixed.create_all(connection)
            connection.execute(insert(tables.meta), [{"key": key, "value": value} for key, value in facts.items()])
            adopt_forms(connection, *pack)
            for office in offices:
                put_office(connection, office)
            write_version(connection, tables.FORMAT)
    finally:
        engine.dispose()


def open_vault(folder: Path, secret: str, files: Mapping[str, str], clock: Clock) -> Vault:
    """
    Opens a vault with a passphrase or the recovery code.

    Args:
        files: The pack that came with the program; adopted when it is newer than the vault's own.

    Raises:
        VaultError: not_found, wrong_passphrase, slots_damaged, slots_weak, damaged, too_new, locked, io.
        FormsInvalid: The program's own pack has faults.
    """
    path = folder / DATABASE
    if not path.exists():
        raise VaultError("vault.not_found", path=folder)
    key, slot = slots.open_slot(slots.read_slots(folder / SLOTS), secret, folder / SLOTS)
    engine = open_engine(path, key)
    try:
        with errors_of(path), engine.begin() as connection:
            found = read_version(connection)
        if found // 1000 > tables.FORMAT_MAJOR:
            known = f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}"
            raise VaultError("vault.too_new", path=path, found=f"{found // 1000}.{found % 1000}", known=known)
        vault = Vault(folder, engine, slot.user, clock)
        vault.adopt(files, "program")
    except BaseException:
        engine.dispose()
        raise
    return vault


def _meta(connection: Connection, *keys: str) -> dict[str, str]:
    query = select(tables.meta.c.key, tables.meta.c.value).where(tables.meta.c.key.in_(keys))
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {key: found[key] for key in keys}
