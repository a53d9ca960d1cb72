"""A vault: a folder with one encrypted database and its key slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from desktop_app.base.clock import Clock
from desktop_app.base.errors import ActionRefused, VaultError
from desktop_app.base.ids import IdSource
from desktop_app.domain.limits import WorkCalendar
from desktop_app.domain.recovery_code import plain_code
from desktop_app.domain.roles import ALLOWED, LABELS, WHAT, Permission, Role
from desktop_app.schema.load import pack_digest
from desktop_app.schema.model import Pack
from desktop_app.storage import search, slots, tables
from desktop_app.storage.engine import errors_of, only_added_to, open_engine, read_version, write_version
from desktop_app.storage.forms import adopt_forms, newer_pack, stored_forms
from desktop_app.storage.holding import Hold
from desktop_app.storage.rows import MOVED, LedgerRows
from desktop_app.storage.slot_users import PASSPHRASE, SLOTS, users_of
from desktop_app.storage.slots import ESCROW, RECOVERY, Cost, Slot, SlotFile, Unlocked
from desktop_app.storage.users import User, put_user, role_of

DATABASE = "vault.db"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose vault this is; `instance` is new for each vault made or restored."""

    office: str
    name: str
    role: str
    instance: str


CODE_ACTORS = {RECOVERY: "恢复码", ESCROW: "市级代管"}
"""Who is the author of what is written while the vault is open by a code, which may be anybody who has it."""


def name_of(slot: Slot) -> str:
    """Whoever comes in by a slot, as the author of what is done."""
    return CODE_ACTORS.get(slot.kind, slot.user)


def check_allowed(user: str, role: Role, permission: Permission) -> None:
    """
    Raises:
        ActionRefused: role.not_allowed: the role does not have the permission.
    """
    if permission not in ALLOWED[role]:
        raise ActionRefused("role.not_allowed", user=user, role=LABELS[role], what=WHAT[permission])


class Vault:
    """
    An open vault.

    Attributes:
        role: What the user may do; a code opens as administrator.
        actor: The user whose slot opened it; the author of what is written.
        unlocked: The slot that opened it.
        pack: The parameter pack in force.
        rows: The tables of the ledgers, by ledger key.
        hold: The right to work on it, given back when it is closed.
        counted: How many records lists have, by whatever tells lists apart; every write begins a new one.
        sizes: The same of lists without conditions; begun anew when a record came or went, which an edit leaves as is.

    Thread: connections are pooled; a connection stays in one thread.
    """

    def __init__(self, folder: Path, engine: Engine, unlocked: Unlocked, clock: Clock) -> None:
        self.folder = folder
        self.unlocked = unlocked
        self.actor = name_of(unlocked.slot)
        self.clock = clock
        self.ids = IdSource(clock)
        self.counted: dict[object, int] = {}
        self.sizes: dict[object, int] = {}
        self.hold: Hold | None = None
        self._file = _identity(folder / DATABASE)
        self._engine = engine
        self._writer = engine.execution_options(rw=True)
        with self.read() as connection:
            self.role: Role = "administrator" if self.is_by_code else role_of(connection, self.actor)
            self.owner = Owner(**_meta(connection, "office", "name", "role", "instance"))
            pack = stored_forms(connection)
        self._use(pack)

    @property
    def is_by_code(self) -> bool:
        """Whether a recovery code opened it, after which a new passphrase is due."""
        return self.unlocked.slot.kind != PASSPHRASE

    def _use(self, pack: Pack) -> None:
        self.pack = pack
        self.calendar = WorkCalendar(pack.holidays)
        self.sizes = {}
        built = tables.ledger_tables(pack)
        self.rows: Mapping[str, LedgerRows] = {
            key: LedgerRows(ledger, built.ledgers[key], self.calendar) for key, ledger in pack.ledgers.items()
        }

    def _check_place(self) -> None:
        """Open files of a deleted database take writes that nobody will ever see again."""
        path = self.folder / DATABASE
        if _identity(path) != self._file:
            raise VaultError("vault.gone", path=self.folder)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """
        A connection that sees one state of the vault.

        Raises:
            VaultError: gone: the file was deleted or moved under the program.
        """
        self._check_place()
        with errors_of(self.folder / DATABASE), self._engine.begin() as connection:
            yield connection

    def require(self, permission: Permission) -> None:
        """
        Raises:
            ActionRefused: role.not_allowed: the user's role does not have it.
        """
        check_allowed(self.actor, self.role, permission)

    def why_not(self, permission: Permission) -> str:
        """Why the user may not do something, as a sentence; empty when the role allows it."""
        try:
            self.require(permission)
        except ActionRefused as error:
            return str(error)
        return ""

    @contextmanager
    def write(self, permission: Permission = "enter") -> Iterator[Connection]:
        """
        A transaction: committed whole at the end, or undone by any exception.

        Args:
            permission: What the user needs for it; every write of every face comes through here.

        Raises:
            ActionRefused: role.not_allowed. VaultError: gone.
        """
        self.require(permission)
        self._check_place()
        with errors_of(self.folder / DATABASE), self._writer.begin() as connection:
            yield connection
            has_moved = connection.info.pop(MOVED, False)
        self.counted = {}
        if has_moved:
            self.sizes = {}

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

    def would_adopt(self, files: Mapping[str, str]) -> bool:
        """Whether the program's own pack is newer than the one in force."""
        if pack_digest(files) == self.pack.digest:
            return False
        with self.read() as connection:
            return newer_pack(connection, files, "program") is not None

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
        self._put_slot(PASSPHRASE, user, passphrase, cost or slots.calibrated_cost())

    def put_code(self, kind: str, seal: Callable[[str], str] | None = None) -> str:
        """
        A new code of a kind; the one before opens nothing from now on.

        Args:
            seal: Of the escrow: makes of the code what is kept beside the slots, written in one step with them.

        Raises:
            VaultError: slots_damaged, io.
        """
        code = slots.new_recovery_code()
        escrow = seal(code) if seal else None
        self._put_slot(kind, self.actor, plain_code(code), slots.LIGHT, escrow)
        return code

    def drop_slot(self, kind: str, user: str = "") -> None:
        """Takes a user's passphrase, or the code of a kind, away."""
        file = self.slots()
        kept = [one for one in file.slots if not _is_for(one, kind, user)]
        self._write_slots(file, kept, "" if kind == ESCROW else file.escrow)

    def slots(self) -> SlotFile:
        """
        Raises:
            VaultError: not_found, slots_damaged, too_new, io.
        """
        return slots.read_slots(self.folder / SLOTS)

    def _put_slot(self, kind: str, user: str, secret: str, cost: Cost, escrow: str | None = None) -> None:
        file = self.slots()
        made = slots.make_slot(self.unlocked.key, secret, kind=kind, user=user, vault=file.vault, cost=cost)
        others = [one for one in file.slots if not _is_for(one, kind, user)]
        self._write_slots(file, [made, *others], file.escrow if escrow is None else escrow)

    def _write_slots(self, file: SlotFile, found: list[Slot], escrow: str) -> None:
        slots.write_slots(self.folder / SLOTS, slots.slot_file(file.vault, found, escrow))

    def upgrade(self) -> None:
        """Adds the tables that an older minor format lacks; whoever had a passphrase did everything until now."""
        names = users_of(self.folder)
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


def _is_for(slot: Slot, kind: str, user: str) -> bool:
    return slot.kind == kind and (kind != PASSPHRASE or slot.user == user)


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
        before_upgrade: Called when the format of the vault or its forms are older, with the vault as it was.

    Raises:
        VaultError: not_found, wrong_passphrase, code_typo, slots_damaged, slots_weak, damaged, too_new, locked, io,
            user_disabled.
        FormsInvalid: The program's own pack has faults.
    """
    path = folder / DATABASE
    if not path.exists():
        raise VaultError("vault.not_found", path=folder)
    unlocked = slots.open_slot(slots.read_slots(folder / SLOTS), secret, folder / SLOTS, user=user)
    engine = open_engine(path, unlocked.key)
    try:
        with errors_of(path), engine.begin() as connection:
            found = read_version(connection)
        if found // 1000 > tables.FORMAT_MAJOR:
            known = f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}"
            raise VaultError("vault.too_new", path=path, found=f"{found // 1000}.{found % 1000}", known=known)
        vault = Vault(folder, engine, unlocked, clock)
        if found < tables.FORMAT or vault.would_adopt(files):
            before_upgrade(vault)
        if found < tables.FORMAT:
            vault.upgrade()
        vault.ready_search()
        vault.adopt(files, "program")
    except BaseException:
        engine.dispose()
        raise
    return vault


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another under the same name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _meta(connection: Connection, *keys: str) -> dict[str, str]:
    query = select(tables.meta.c.key, tables.meta.c.value).where(tables.meta.c.key.in_(keys))
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {key: found[key] for key in keys}
