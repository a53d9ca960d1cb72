"""A vault: a folder with one encrypted database and its key slots."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from desktop_app.base.clock import Clock
from desktop_app.base.errors import ActionRefused, VaultError
from desktop_app.base.ids import IdSource
from desktop_app.domain.limits import WorkCalendar
from desktop_app.domain.roles import ALLOWED, LABELS, WHAT, Permission, Role
from desktop_app.schema.load import pack_digest
from desktop_app.schema.model import Pack
from desktop_app.storage import search, slots, tables
from desktop_app.storage.engine import errors_of, only_added_to, open_engine, read_version, write_version
from desktop_app.storage.forms import adopt_forms, stored_forms
from desktop_app.storage.holding import Hold
from desktop_app.storage.packages import Office, put_office
from desktop_app.storage.rows import LedgerRows
from desktop_app.storage.slots import Cost, SlotFile
from desktop_app.storage.users import User, put_user, role_of

DATABASE, SLOTS = "vault.db", "vault.keys"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose vault this is; `instance` is new for each vault made or restored."""

    office: str
    name: str
    role: str
    instance: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened a vault with which key; `by_code` with the recovery code, which may do everything."""

    user: str
    key: bytes
    by_code: bool = False


class Vault:
    """
    An open vault.

    Attributes:
        role: What the user may do.
        actor: The user whose slot opened it; the author of what is written.
        pack: The parameter pack in force.
        rows: The tables of the ledgers, by ledger key.
        hold: The right to work on it, given back when it is closed.

    Thread: connections are pooled; a connection stays in one thread.
    """

    def __init__(self, folder: Path, engine: Engine, opened: Opened, clock: Clock) -> None:
        self.folder = folder
        self.actor = opened.user
        self._key = opened.key
        self.clock = clock
        self.ids = IdSource(clock)
        self.hold: Hold | None = None
        self._engine = engine
        self._writer = engine.execution_options(rw=True)
        with self.read() as connection:
            self.role: Role = "administrator" if opened.by_code else role_of(connection, opened.user)
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

    def require(self, permission: Permission) -> None:
        """
        Raises:
            ActionRefused: role.not_allowed: the user's role does not have it.
        """
        if permission not in ALLOWED[self.role]:
            raise ActionRefused("role.not_allowed", user=self.actor, role=LABELS[self.role], what=WHAT[permission])

    @contextmanager
    def write(self, permission: Permission = "enter") -> Iterator[Connection]:
        """
        A transaction: committed whole at the end, or undone by any exception.

        Args:
            permission: What the user needs for it; every write of every face comes through here.

        Raises:
            ActionRefused: role.not_allowed.
        """
        self.require(permission)
        with errors_of(self.folder / DATABASE), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """A connection that commits each statement by itself, for what SQLite refuses inside a transaction."""
        with errors_of(self.folder / DATABASE), self._engine.connect() as connection:
            plain = connection.execution_options(plain=True)
            yield plain
            plain.rollback()

    def adopt(self, files: Mapping[str, str], origin: str, permission: Permission = "") -> None:
        """
        Makes a newer parameter pack the one in force; tables gain columns, nothing is dropped.

        Args:
            permission: What the user needs for it; nothing for the program's own pack.

        Raises:
            ActionRefused: role.not_allowed. FormsInvalid: The pack has faults; the old one stays in force.
        """
        if pack_digest(files) == self.pack.digest:
            return  # the usual case, and no reason to wait for another writer
        with self.write(permission) as connection:
            pack = adopt_forms(connection, files, origin)
            if pack is not None:
                search.prepare(connection, pack)
        if pack is not None:
            self._use(pack)

    def ready_search(self) -> None:
        """Makes the search index of a vault that has none, as after an older program."""
        with self.read() as connection:
            is_ready = search.is_ready(connection, self.pack)
        if not is_ready:
            with self.write("") as connection:
                search.prepare(connection, self.pack)

    def meta(self, connection: Connection, key: str) -> str:
        """A setting of the vault, empty when not set."""
        found = connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar()
        return str(found or "")

    def set_meta(self, connection: Connection, key: str, value: str) -> None:
        """Writes a setting of the vault."""
        connection.execute(insert(tables.meta).prefix_with("OR REPLACE"), {"key": key, "value": value})

    def put_slot(self, user: str, passphrase: str, cost: Cost | None = None) -> None:
        """
        Gives a user a passphrase in place of the one before; the data is not touched.

        Raises:
            VaultError: short_passphrase, slots_damaged, io.
        """
        check_passphrase(passphrase)
        path = self.folder / SLOTS
        file = slots.read_slots(path)
        made = slots.make_slot(
            self._key, passphrase, kind="passphrase", user=user, vault=file.vault, cost=cost or slots.calibrated_cost()
        )
        others = [one for one in file.slots if one.kind != "passphrase" or one.user != user]
        slots.write_slots(path, SlotFile(file.format, file.vault, [made, *others]))

    def drop_slot(self, user: str) -> None:
        """Takes a user's passphrase away."""
        path = self.folder / SLOTS
        file = slots.read_slots(path)
        left = [one for one in file.slots if one.kind != "passphrase" or one.user != user]
        slots.write_slots(path, SlotFile(file.format, file.vault, left))

    def upgrade(self) -> None:
        """Adds the tables that an older minor format lacks; whoever had a passphrase did everything until now."""
        names = [one.user for one in slots.read_slots(self.folder / SLOTS).slots if one.kind == "passphrase"]
        with self.write("") as connection:
            create_fixed(connection)
            for name in names:
                put_user(connection, User(name, "administrator", is_active=True))
            write_version(connection, tables.FORMAT)

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
    return Vault(folder, open_engine(folder / DATABASE, data_key), Opened(user, data_key), clock), code


def check_passphrase(passphrase: str) -> None:
    """
    Raises:
        VaultError: short_passphrase.
    """
    if len(passphrase) < slots.MIN_PASSPHRASE_CHARS:
        raise VaultError("vault.short_passphrase", n=slots.MIN_PASSPHRASE_CHARS)


def create_fixed(connection: Connection) -> None:
    """The tables that are not of a ledger, those that are missing."""
    tables.fixed.create_all(connection, checkfirst=True)
    only_added_to(connection, tables.audit.name)


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


def open_vault(
    folder: Path,
    secret: str,
    files: Mapping[str, str],
    clock: Clock,
    *,
    user: str = "",
    before_upgrade: Callable[[Vault], object] = lambda _vault: None,
) -> Vault:
    """
    Opens a vault with a passphrase or the recovery code.

    Args:
        files: The pack that came with the program; adopted when it is newer than the vault's own.
        user: Whose passphrase it is; empty: anybody's, which takes a second for each user.
        before_upgrade: Called when the format of the vault is older, with the vault as it was.

    Raises:
        VaultError: not_found, wrong_passphrase, slots_damaged, slots_weak, damaged, too_new, locked, io,
            user_disabled.
        FormsInvalid: The program's own pack has faults.
    """
    path = folder / DATABASE
    if not path.exists():
        raise VaultError("vault.not_found", path=folder)
    key, slot = slots.open_slot(slots.read_slots(folder / SLOTS), secret, folder / SLOTS, user=user)
    engine = open_engine(path, key)
    try:
        with errors_of(path), engine.begin() as connection:
            found = read_version(connection)
        if found // 1000 > tables.FORMAT_MAJOR:
            known = f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}"
            raise VaultError("vault.too_new", path=path, found=f"{found // 1000}.{found % 1000}", known=known)
        vault = Vault(folder, engine, Opened(slot.user, key, by_code=slot.kind == "recovery"), clock)
        if found < tables.FORMAT:
            before_upgrade(vault)
            vault.upgrade()
        vault.ready_search()
        vault.adopt(files, "program")
    except BaseException:
        engine.dispose()
        raise
    return vault


def _meta(connection: Connection, *keys: str) -> dict[str, str]:
    query = select(tables.meta.c.key, tables.meta.c.value).where(tables.meta.c.key.in_(keys))
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {key: found[key] for key in keys}
