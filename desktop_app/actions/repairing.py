"""Repair: everything that can be read of a damaged vault in a new one beside it, and what is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from desktop_app.base.clock import CHINA, Clock, SystemClock
from desktop_app.base.errors import VaultError
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import read_files
from desktop_app.storage.audit import note
from desktop_app.storage.holding import Hold
from desktop_app.storage.integrity import Checked, check_integrity
from desktop_app.storage.place import refuse_foreign_drive
from desktop_app.storage.salvage import Salvaged, salvage
from desktop_app.storage.vault import open_vault

_BETWEEN = "-修复-"
"""Stands between the name of the damaged vault and the time in the name of the new one."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was saved and lost, and the full check of the new vault."""

    salvaged: Salvaged
    checked: Checked


def repair_vault(
    folder: Path,
    secret: str,
    into: Path | None = None,
    *,
    clock: Clock | None = None,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Repaired:
    """
    Saves what can be read of a damaged vault; the damaged one stays as it is.

    Args:
        into: Where the new vault goes; beside the damaged one, named after it and the time, when None.
        tell: Called now and then with how many pages were read, of how many, then with how many revisions were
            checked; may raise to stop, and nothing is left.

    Raises:
        VaultError: held, bad_place, and as `storage.salvage.salvage`.
    """
    used = clock or SystemClock()
    at = used.now().astimezone(CHINA).strftime("%Y%m%dT%H%M%S")
    target = into or folder.with_name(f"{folder.name}{_BETWEEN}{at}")
    refuse_foreign_drive(target)
    if not folder.is_dir():
        raise VaultError("vault.not_found", path=folder)
    files = read_files(forms_dir())
    hold = Hold(folder, "修复密库", used)
    try:
        for left in folder.parent.glob(f"{escape(folder.name)}{_BETWEEN}*.part"):
            shutil.rmtree(left, ignore_errors=True)  # of a repair that was cut off by a power cut
        found = salvage(folder, secret, target, files=files, clock=used, tell=tell)
    finally:
        hold.release()
    vault, watch = open_vault(target, secret, files, used), _Told(tell)
    try:
        with vault.write("") as connection:
            lost = str(sum(one.last - one.first + 1 for one in found.lost))
            note(vault, connection, "repaired", source=str(folder), unreadable=str(found.n_unreadable), lost=lost)
        return Repaired(found, check_integrity(vault, watch))
    finally:
        vault.close()
        if watch.has_stopped:
            shutil.rmtree(target)


class _Told:
    """Hands on how far it is, and knows whether it was stopped there: anything else that fails keeps what was saved."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self.has_stopped = False

    def __call__(self, done: int, n_all: int) -> None:
        try:
            self._tell(done, n_all)
        except BaseException:
            self.has_stopped = True
            raise


def told_repair(found: Repaired) -> list[str]:
    """The outcome for people: what is saved first, then what is lost."""
    one = found.salvaged
    lines = [
        f"修复出的密库：{one.folder}",
        f"救回 {one.n_records} 条记录、{one.n_revisions} 次修改、{one.n_attachments} 个附件。",
        f"原密库 {one.n_pages} 页中有 {one.n_unreadable} 页读不出；原密库没有改动。",
    ]
    if one.n_from_backup:
        lines.append(f"其中 {one.n_from_backup} 次修改取自备份 {one.backup.name if one.backup else ''}。")
    if one.n_written_anew:
        lines.append(f"{one.n_written_anew} 条记录只读出了现状，经过不全，已按现状补写。")
    lines += [f"丢失：{gap.office} 的第 {gap.first} 至 {gap.last} 次修改。" for gap in one.lost]
    if one.n_waiting:
        lines.append(f"{one.n_waiting} 条记录缺少前面的修改，暂不能显示，等对方重新发来后自动补上。")
    lines += [f"附件不全：{name}" for name in one.lost_files]
    if not one.is_end_known:
        lines.append("各流的末尾读不出来，最近的修改可能还有丢失，请与对方核对。")
    elif not (one.lost or one.n_waiting or one.lost_files):
        lines.append("没有丢失任何修改和附件。")
    if found.checked.damage:
        lines.append(f"新密库核对发现 {len(found.checked.damage)} 处不符，请联系技术人员。")
    return lines
