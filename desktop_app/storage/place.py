"""On what kind of drive a folder lies; a vault that is worked in stays on the PC's own disk."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Literal

from desktop_app.base.errors import VaultError

DriveKind = Literal["own", "removable", "network"]
_WINDOWS: dict[int, DriveKind] = {2: "removable", 4: "network"}  # DRIVE_REMOVABLE, DRIVE_REMOTE of GetDriveTypeW
_NETWORK_SYSTEMS = frozenset({"cifs", "smb3", "smbfs", "nfs", "nfs4", "ncpfs", "davfs", "fuse.sshfs", "fuse.davfs2"})
_MOUNTS, _BLOCKS = Path("/proc/self/mounts"), Path("/sys/class/block")
_WORDS: dict[DriveKind, str] = {"removable": "U盘或移动硬盘", "network": "网络盘"}


def refuse_foreign_drive(folder: Path) -> None:
    """
    Raises:
        VaultError: bad_place: a stick may be pulled out and lost, and on a network drive SQLite's locks do not hold.
    """
    kind = drive_kind(folder)
    if kind != "own":
        raise VaultError("vault.bad_place", path=folder, kind=_WORDS[kind])


def drive_kind(folder: Path) -> DriveKind:
    """The kind of drive; what the system cannot tell counts as the PC's own."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 resolve() would follow a drive letter to its share
    if os.name == "nt":
        if whole.drive.startswith("\\\\"):
            return "network"
        return _WINDOWS.get(ctypes.windll.kernel32.GetDriveTypeW(whole.drive + "\\"), "own")  # type: ignore[attr-defined,unused-ignore]
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "own"
    return _of_mount(whole, [line.split(" ") for line in lines])


def _of_mount(folder: Path, mounts: list[list[str]]) -> DriveKind:
    """By the mount whose point is the longest beginning of the folder; the last one over a point counts."""
    best: list[str] = []
    for mount in mounts:
        point = Path(mount[1].replace("\\040", " "))
        is_above = folder == point or point in folder.parents
        if is_above and (not best or len(point.parts) >= len(Path(best[1].replace("\\040", " ")).parts)):
            best = mount
    if not best:
        return "own"
    if best[2] in _NETWORK_SYSTEMS:
        return "network"
    block = _BLOCKS / Path(best[0]).name
    for one in (block, block.resolve().parent):  # a partition says it through its disk
        try:
            if (one / "removable").read_text(encoding="ascii").strip() == "1":
                return "removable"
        except OSError:
            continue
    return "own"
