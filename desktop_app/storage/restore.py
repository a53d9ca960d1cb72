"""
Putting a backup back: looked into first, checked, and the present vault kept aside.

The order of the writes is such that a PC that stops at any moment leaves the old vault or the new one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, func, insert, inspect, select, update

from desktop_app.base.clock import CHINA, Clock, millis
from desktop_app.base.errors import VaultError
from desktop_app.base.ids import IdSource
from desktop_app.domain.roles import Permission
from desktop_app.storage import slots, tables
from desktop_app.storage.audit import append_line
from desktop_app.storage.backup import ASIDE, STAMP
from desktop_app.storage.carrying import carry_over
from desktop_app.storage.engine import Connection, errors_of, open_engine
from desktop_app.storage.slot_users import PASSPHRASE, SLOTS
from desktop_app.storage.slots import Unlocked
from desktop_app.storage.users import role_of
from desktop_app.storage.vault import DATABASE, check_allowed, name_of

_PART = "restore.part"
_SIDE_FILES = ("-wal", "-shm")
RESTORED_AT = "restored_at"
_UNREADABLE = "原密库读不出，备份之后的审计和用户变动没有接上，请核对用户和角色。"
_APART = "原密库的审计与备份的接不上，备份之后的审计留在 aside 文件夹中的密库里。"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What a backup holds.

    Attributes:
        records: Ledger key → records that are not deleted.
        last_change: Milliseconds of the newest revision, 0 for none.
        lost: What of the vault whose place it took did not come along, a sentence; empty for nothing.
    """

    office: str
    name: str
    vault: str
    records: dict[str, int]
    n_revisions: int
    last_change: int
    lost: str = ""


def look_into(backup: Path, secret: str, workplace: Path) -> Contents:
    """
    What a backup holds, once all its pages have been checked; the backup itself is not touched.

    Args:
        secret: Of the vault in `workplace` as it is now, when the backup is one of it; else of the backup.
        workplace: A folder on the PC's own disk for a copy, which stays encrypted and is removed.

    Raises:
        VaultError: not_found, wrong_passphrase, slots_damaged, slots_weak, damaged, backup_bad, io.
    """
    vault, unlocked = _unlock(workplace, backup, secret)
    with _copied(backup, unlocked.key, workplace / "look.part") as engine, engine.begin() as connection:
        return _contents(connection, vault)


def _unlock(folder: Path, backup: Path, secret: str) -> tuple[str, Unlocked]:
    """The id of a backup's vault, and its key: a vault has one key for life, and passphrases of now count."""
    file, present = slots.read_slots(backup / SLOTS), _present_slots(folder)
    if present is not None and present.vault == file.vault:
        return file.vault, slots.open_slot(present, secret, folder / SLOTS)
    return file.vault, slots.open_slot(file, secret, backup / SLOTS)


@contextmanager
def _copied(backup: Path, key: bytes, part: Path) -> Iterator[Engine]:
    """A checked copy of a backup; removed at the end unless it was moved away."""
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        shutil.copyfile(backup / DATABASE, part / DATABASE)
        engine = open_engine(part / DATABASE, key)
        try:
            with errors_of(backup / DATABASE):
                with engine.begin() as connection:
                    pages = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
                    broken = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
                if pages != ["ok"] or broken:
                    raise VaultError("vault.backup_damaged", path=backup)
                yield engine
        finally:
            engine.dispose()
    except OSError as error:
        raise VaultError("vault.io", path=backup, detail=error.strerror or error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _contents(connection: Connection, vault: str) -> Contents:
    m, r = tables.meta.c, tables.revision
    query = select(m.key, m.value).where(m.key.in_(("office", "name")))
    facts = {row.key: row.value for row in connection.execute(query)}
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'ledger_*'")
    records = {
        name.removeprefix("ledger_"): connection.exec_driver_sql(
            f'SELECT count(*) FROM "{name}" WHERE deleted = 0'  # noqa: S608 a table's own name
        ).scalar_one()
        for name in sorted(names.scalars())
    }
    n = connection.execute(select(func.count()).select_from(r)).scalar_one()
    newest = connection.execute(select(func.max(r.c.id))).scalar()
    return Contents(facts["office"], facts["name"], vault, records, n, int(newest[:12], 16) if newest else 0)


def restore(folder: Path, backup: Path, secret: str, clock: Clock, permission: Permission) -> Contents:
    """
    Puts a backup in the place of the vault in `folder`, or makes a vault there.

    The vault that is there goes into the folder `aside` with the time. Its passphrases, users and audit stay those
    of now: who was taken off since does not come back. The restored vault has a new instance, so that the city
    knows of it.

    Args:
        permission: What the user needs in the vault that is there; whoever may open a backup may put it where
            there is none, or one that cannot be read.

    Raises:
        VaultError: as `look_into`; other_vault: what is there is another office's or another vault; user_disabled.
        ActionRefused: role.not_allowed.
    """
    now = clock.now()
    present = _present_slots(folder)
    vault, who = _unlock(folder, backup, secret)
    if present is not None and present.vault != vault:
        raise VaultError("vault.other_vault", path=folder)
    with _copied(backup, who.key, folder / _PART) as engine:
        with engine.execution_options(rw=True).begin() as connection:
            found = _contents(connection, vault)
            m = tables.meta
            connection.execute(update(m).where(m.c.key == "instance").values(value=IdSource(clock).new()))
            restored = {"key": RESTORED_AT, "value": str(millis(now))}
            connection.execute(insert(m).prefix_with("OR REPLACE"), restored)
            lost = _carry(folder, who, connection, permission)
            if inspect(connection).has_table(tables.audit.name):
                detail = {"backup": backup.name, "why": lost}
                append_line(connection, millis(now), name_of(who.slot), "restored", detail)
        engine.dispose()  # the last connection plays its log into the database
        _set_aside(folder, now.astimezone(CHINA).strftime(STAMP))
        (folder / _PART / DATABASE).replace(folder / DATABASE)
        if present is None:
            shutil.copyfile(backup / SLOTS, folder / SLOTS)
    return replace(found, lost=lost)


def _carry(folder: Path, who: Unlocked, restored: Connection, permission: Permission) -> str:
    """
    Asks the vault that is there whether it may be replaced, and takes over its users and audit.

    Returns:
        What of it could not be taken over.
    """
    path = folder / DATABASE
    if not path.exists():
        return ""
    engine = open_engine(path, who.key)
    try:
        with errors_of(path), engine.begin() as present, restored.begin_nested():
            if who.slot.kind == PASSPHRASE:
                check_allowed(who.slot.user, role_of(present, who.slot.user), permission)
            return "" if carry_over(present, restored) else _APART
    except VaultError as error:
        if error.code == "vault.user_disabled":
            raise
        return _UNREADABLE
    finally:
        engine.dispose()


def _present_slots(folder: Path) -> slots.SlotFile | None:
    """The slots of the vault that is there; None when there is none, or they cannot be read."""
    try:
        return slots.read_slots(folder / SLOTS)
    except VaultError:
        return None


def _set_aside(folder: Path, at: str) -> None:
    """Copies what is there; its log file goes at last, since it must not be played into another database."""
    if not (folder / DATABASE).exists():
        return
    aside = folder / ASIDE / at
    aside.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE, SLOTS, *(DATABASE + one for one in _SIDE_FILES)):
        if (folder / name).exists():
            shutil.copyfile(folder / name, aside / name)
    for one in _SIDE_FILES:
        (folder / (DATABASE + one)).unlink(missing_ok=True)
