"""Backups a person asks for, and putting one back; what was lost with a PC starts here again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import Clock, SystemClock, local_text, millis
from desktop_app.base.errors import VaultError
from desktop_app.storage.audit import cut_line, note
from desktop_app.storage.backup import Backup, copy_backup, list_backups, make_backup
from desktop_app.storage.engine import Connection
from desktop_app.storage.holding import Hold
from desktop_app.storage.integrity import Checked, check_integrity
from desktop_app.storage.place import refuse_foreign_drive
from desktop_app.storage.rehearsal import Rehearsed, rehearse
from desktop_app.storage.restore import Contents, look_into, restore
from desktop_app.storage.streams import streams
from desktop_app.storage.vault import Vault

ON_CLOSE, ON_DEMAND, BEFORE_MOVE = "on-close", "on-demand", "before-move"
REASONS = {
    ON_CLOSE: "关闭时",
    ON_DEMAND: "手动",
    "before-import": "接收前",
    "before-undo": "撤销前",
    "before-upgrade": "升级前",
    BEFORE_MOVE: "换电脑",
}
PLACE, BACKED_UP = "backup/place", "backup/revisions"
TESTED, TEST_FAULT, MOVED_AT = "backup/tested_at", "backup/test_fault", "moved_at"
TEST_EVERY_DAYS = 30
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written: the backup, its copy in the second place, and why that could not be made."""

    folder: Path
    copy: Path | None = None
    trouble: str = ""


def back_up(vault: Vault, reason: str = ON_DEMAND, *, to: Path | None = None) -> BackedUp:
    """
    Makes a checked backup, and copies it to a second place when one is named or set.

    Raises:
        VaultError: disk_full, io, backup_bad. A second place that fails, such as a stick that is not there,
            is told and does not undo the backup.
    """
    made = make_backup(vault, reason)
    with vault.write("") as connection:
        vault.set_meta(connection, BACKED_UP, str(_n_revisions(connection)))
        set_place = vault.meta(connection, PLACE)
    place = to or (Path(set_place) if set_place else None)
    if place is None:
        return BackedUp(made)
    try:
        return BackedUp(made, copy_backup(made, place))
    except VaultError as error:
        if to is not None:
            raise
        return BackedUp(made, trouble=str(error))


def back_up_on_close(vault: Vault) -> BackedUp | None:
    """A backup when something was written since the last one; None when there is nothing new."""
    with vault.read() as connection:
        if vault.meta(connection, BACKED_UP) == str(_n_revisions(connection)):
            return None
    return back_up(vault, ON_CLOSE)


def _n_revisions(connection: Connection) -> int:
    return sum(one.seq - one.base for one in streams(connection))


def set_second_place(vault: Vault, place: Path | None) -> None:
    """
    Where each backup is copied to from now on; None for nowhere.

    Raises:
        VaultError: io: it is no folder.
    """
    if place is not None and not place.is_dir():
        raise VaultError("vault.io", path=place, detail="不是文件夹")
    with vault.write(PERMITS["backup_place"]) as connection:
        vault.set_meta(connection, PLACE, str(place or ""))
        note(vault, connection, "backup_place", place=str(place or ""))


def second_place(vault: Vault) -> str:
    """Where backups are copied to, empty for nowhere."""
    with vault.read() as connection:
        return vault.meta(connection, PLACE)


def find_backup(folder: Path, name: str) -> Path:
    """
    A backup by the path of its folder, or by its name among those of the vault in `folder`.

    Raises:
        VaultError: no_backup.
    """
    if Path(name).is_dir():
        return Path(name)
    found = next((one.folder for one in list_backups(folder) if one.folder.name == name), None)
    if found is None:
        raise VaultError("vault.no_backup", name=name)
    return found


def backups_of(folder: Path) -> list[Backup]:
    """The backups of a vault, newest first."""
    return list_backups(folder)


def look_into_backup(backup: Path, secret: str, workplace: Path) -> Contents:
    """
    What a backup holds, fully checked; nothing is changed.

    Raises:
        VaultError: not_found, wrong_passphrase, slots_damaged, slots_weak, damaged, backup_damaged, io.
    """
    workplace.mkdir(parents=True, exist_ok=True)
    return look_into(backup, secret, workplace)


def restore_backup(folder: Path, backup: Path, secret: str, *, clock: Clock | None = None) -> Contents:
    """
    Puts a backup in the place of the vault, or makes a vault of it in an empty folder, as on a new PC.

    Raises:
        VaultError: as `look_into_backup`; held, other_vault, bad_place, user_disabled. ActionRefused: role.not_allowed.
    """
    refuse_foreign_drive(folder)
    folder.mkdir(parents=True, exist_ok=True)
    used = clock or SystemClock()
    hold = Hold(folder, "恢复备份", used)
    try:
        return restore(folder, backup, secret, used, PERMITS["restore"])
    finally:
        hold.release()


def verify(vault: Vault, tell: Callable[[int, int], None] = lambda _done, _all: None) -> Checked:
    """Reads the whole vault once: pages, chains, attachments, rows."""
    return check_integrity(vault, tell)


@dataclass(frozen=True, slots=True)
class Tested:
    """
    The last test of the newest backup.

    Attributes:
        at: Milliseconds, 0 for never.
        fault: Why it could not be restored, empty when it could. is_due: It is a month ago, and there is a backup.
    """

    at: int
    fault: str
    is_due: bool


def self_test(vault: Vault) -> Rehearsed | None:
    """
    Restores the newest backup into memory and reads it through, so that a bad one is known before it is needed.

    Returns:
        What it holds; None when there is no backup.

    Raises:
        VaultError: backup_damaged; that is kept and shown until a later test goes well.
    """
    newest = next(iter(list_backups(vault.folder)), None)
    try:
        found = rehearse(vault, newest.folder) if newest else None
    except VaultError as error:
        _keep_test(vault, str(error))
        raise
    _keep_test(vault, "")
    return found


def _keep_test(vault: Vault, fault: str) -> None:
    with vault.write("") as connection:
        vault.set_meta(connection, TESTED, str(millis(vault.clock.now())))
        vault.set_meta(connection, TEST_FAULT, fault)


def last_test(vault: Vault) -> Tested:
    """How the last test of a backup went, and whether the next is due."""
    with vault.read() as connection:
        at, fault = int(vault.meta(connection, TESTED) or 0), vault.meta(connection, TEST_FAULT)
    is_old = millis(vault.clock.now()) - at > TEST_EVERY_DAYS * _DAY_MS
    return Tested(at, fault, is_old and bool(list_backups(vault.folder)))


def prepare_move(vault: Vault, to: Path) -> Path:
    """
    Writes everything a new PC needs to a stick, and notes that this vault has moved away.

    Returns:
        The folder on the stick, which `restore_backup` puts into a folder of the new PC.

    Raises:
        VaultError: disk_full, io, backup_bad. ActionRefused: role.not_allowed.
    """
    vault.require(PERMITS["move"])
    made = back_up(vault, BEFORE_MOVE, to=to)
    assert made.copy is not None, "a place that fails is refused"
    with vault.write(PERMITS["move"]) as connection:
        vault.set_meta(connection, MOVED_AT, str(millis(vault.clock.now())))
        note(vault, connection, "moved", place=str(made.copy))
    return made.copy


def moved_at(vault: Vault) -> int:
    """When this vault was moved to another PC, milliseconds; 0 when it was not."""
    with vault.read() as connection:
        return int(vault.meta(connection, MOVED_AT) or 0)


def notices(vault: Vault) -> list[str]:
    """What whoever works in this vault must know of it before anything else; usually nothing."""
    found = []
    if at := moved_at(vault):
        found.append(f"本密库已于 {local_text(at)} 搬到另一台电脑，请不要在这里录入；没有搬成的，请在“备份”页取消。")
    if fault := last_test(vault).fault:
        found.append(f"备份自检没有通过：{fault}请在“备份”页立即备份一次，再自检。")
    with vault.read() as connection:
        if line := cut_line(connection):
            found.append(
                f"审计从第 {line} 行起被删去了：有人用别的程序改动过密库。"
                "请管理员在“备份”页全面核对密库，用改动以前的备份对照，查明后在“审计”页说明。"
            )
    return found


def stay_here(vault: Vault) -> None:
    """Takes back that the vault has moved: the new PC was never used."""
    with vault.write(PERMITS["move"]) as connection:
        vault.set_meta(connection, MOVED_AT, "")
