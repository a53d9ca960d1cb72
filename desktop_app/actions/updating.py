"""
A newer program from a stick: looked at, laid down beside the old one, tried, and only then put in its place.

The folder of an installed program holds for each version the libraries in `app-1.2.3` and beside them its doors:
the two programs and a file with the version. Those of the version before are called `previous-…` and still run;
going back is a change of names. Every step before the last leaves what is installed as it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop_app import __version__
from desktop_app.actions.backups import back_up
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.program_place import DOOR, Place, as_numbers, is_version
from desktop_app.base.errors import ActionRefused, KnownError, PackageError
from desktop_app.base.frozen import keep_own_modules
from desktop_app.base.release import RELEASE_KEYS, system_name
from desktop_app.storage.vault import Vault
from desktop_app.sync.stick import write_to_stick
from desktop_app.sync.update_file import SUFFIX, UpdateHeader, read_update, unpack_update

BEFORE_UPGRADE = "before-upgrade"
NEW, PREVIOUS, OLDER = "new-", "previous-", "older-"
_TEST_SECONDS = 1800
_PIECE_BYTES = 1024 * 1024
_SPARE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Installed:
    """What an update came to: the version now in place, the one kept, and the backup made before."""

    version: str
    previous: str
    backup: Path | None = None


def look_at_update(path: Path, keys: Collection[str] = RELEASE_KEYS) -> UpdateHeader:
    """
    What an update file is, its signature checked.

    Raises:
        PackageError: update.not_an_update, update.tampered, update.unknown_key, package.truncated, package.read.
        ActionRefused: update.other_system, update.not_newer.
    """
    header = read_update(path, keys)
    if header.system != system_name():
        raise ActionRefused("update.other_system", name=path.name, found=header.system, wanted=system_name())
    if not is_version(header.version) or as_numbers(header.version) <= as_numbers(__version__):
        raise ActionRefused("update.not_newer", name=path.name, found=header.version, current=__version__)
    return header


def updates_in(folder: Path) -> list[Path]:
    """The update files in a folder, such as a stick's."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def newer_updates(folder: Path, keys: Collection[str] = RELEASE_KEYS) -> list[Path]:
    """Those in a folder that this program would take, oldest version first."""
    found = []
    for path in updates_in(folder):
        with suppress(KnownError):
            found.append((as_numbers(look_at_update(path, keys).version), path))
    return [path for _, path in sorted(found)]


def hand_out(path: Path, folder: Path, keys: Collection[str] = RELEASE_KEYS) -> Path:
    """
    Copies an update to a stick, for whatever system it is; a county finds it beside its receipt.

    Raises:
        PackageError: As `look_at_update`; exists, no_space, write, read_back.
    """
    header = read_update(path, keys)
    target = folder / header.file_name
    with path.open("rb") as stream:
        write_to_stick(target, iter(lambda: stream.read(_PIECE_BYTES), b""), path.stat().st_size)
    return target


def install_update(
    path: Path,
    place: Place,
    *,
    vault: Vault | None,
    with_backup: bool = True,
    keys: Collection[str] = RELEASE_KEYS,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Installed:
    """
    Backs up, lays the new version down beside the old, lets it try itself, and puts it in place.

    The program that runs goes on as it is; the new one is there at the next start.

    Args:
        vault: That of the user who asks, and may; None where none is open.
        with_backup: Whether that vault is backed up first.
        tell: Bytes unpacked so far, bytes in all.

    Raises:
        PackageError, ActionRefused: As `look_at_update`; role.not_allowed; update.restart, update.self_test,
            update.busy, update.no_space, update.write: what is installed is as it was.
        VaultError: The backup was not made.
    """
    if vault is not None:
        vault.require(PERMITS["update"])
    header = look_at_update(path, keys)
    _require_restarted(place)
    backup = back_up(vault, BEFORE_UPGRADE).folder if vault is not None and with_backup else None
    new = place.folder / f"app-{header.version}"
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        _check_space(place.folder, header.unpacked_bytes)
        laid = place.folder / "incoming"
        _remove_new(place, new, laid)
        shutil.rmtree(laid, ignore_errors=True)
        try:
            unpack_update(path, header, laid, tell)
            _lay_down(place, laid, new)
            _try_new(place)
            previous = _put_in_place(place)
        except BaseException:
            _remove_new(place, new, laid)
            raise
        finally:
            shutil.rmtree(laid, ignore_errors=True)
    except OSError as error:
        raise ActionRefused("update.write", path=place.folder, detail=error.strerror or error) from error
    _remove_older(place)
    _tell_system(header.version)
    return Installed(header.version, previous or place.below, backup)


def go_back(place: Place, *, vault: Vault | None) -> Installed:
    """
    Puts the version before in place again; the newer one stays as `previous-…`.

    Args:
        vault: That of the user who asks, and may; None where none is open, or this version cannot open it.

    Raises:
        ActionRefused: role.not_allowed; update.nothing_before, update.busy.
    """
    if vault is not None:
        vault.require(PERMITS["update"])
    before, now = place.version(PREVIOUS), place.version()
    if not before and not (now and place.below):
        raise ActionRefused("update.nothing_before")
    aside, changes = "aside-", []
    if now:
        changes += [(name, f"{aside}{name}") for name in place.doors]
    if before:
        changes += [(f"{PREVIOUS}{name}", name) for name in place.doors]
    if now:
        changes += [(f"{aside}{name}", f"{PREVIOUS}{name}") for name in place.doors]
    _rename(place.folder, changes)
    _tell_system(before or place.below)
    return Installed(before or place.below, now or place.below)


def _require_restarted(place: Place) -> None:
    """
    Not two updates on top of each other: the version kept would be one that nobody has worked with.

    Raises:
        ActionRefused: update.restart.
    """
    waiting = place.version()
    if is_version(waiting) and as_numbers(waiting) > as_numbers(__version__):
        raise ActionRefused("update.restart", version=waiting)


def _check_space(folder: Path, n_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < n_bytes + _SPARE_BYTES:
        raise ActionRefused("update.no_space", path=folder, wanted=n_bytes + _SPARE_BYTES, found=free)


def _lay_down(place: Place, laid: Path, new: Path) -> None:
    missing = [name for name in (*place.doors, new.name) if not (laid / name).exists()]
    if missing:
        raise PackageError("update.tampered", name=laid.name, detail=f"缺少 {'、'.join(missing)}")
    if new.exists():  # of the version that was gone back from: it may be what is amiss
        new.rename(_kept(laid, new))
    (laid / new.name).rename(new)
    for name in place.doors:
        (laid / name).replace(place.folder / f"{NEW}{name}")


def _try_new(place: Place) -> None:
    """
    Raises:
        ActionRefused: update.self_test.
    """
    report = place.folder / "self-test.txt"
    report.unlink(missing_ok=True)
    program = place.folder / f"{NEW}{DOOR}{place.suffix}"  # the other would show its failure in a box, and wait
    try:
        command = [str(program), "--self-test", "--report", str(report), "-platform", "offscreen"]
        done = subprocess.run(
            command, env=_clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=_TEST_SECONDS,
            check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        is_good, told = done.returncode == 0, f"退出码 {done.returncode}"
    except (OSError, subprocess.TimeoutExpired) as error:
        is_good, told = False, str(error)
    if not is_good:
        lines = report.read_text(encoding="utf-8").splitlines() if report.is_file() else []
        failed = "；".join(line for line in lines if "失败" in line)
        raise ActionRefused("update.self_test", detail=failed or told)
    report.unlink(missing_ok=True)


def _clean_environment() -> dict[str, str]:
    """Without what our own loader has set, which would send the new program to our libraries."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("_PYI")}
    kept["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    before = kept.pop("LD_LIBRARY_PATH_ORIG", None)
    if "LD_LIBRARY_PATH" in kept and getattr(sys, "frozen", False):
        del kept["LD_LIBRARY_PATH"]
    return kept | ({"LD_LIBRARY_PATH": before} if before else {})


def _put_in_place(place: Place) -> str:
    """
    Changes the names; the version that is kept, empty when this is the first in its place.

    Raises:
        ActionRefused: update.busy.
    """
    before = place.version()
    has_all = all((place.folder / name).exists() for name in place.doors)
    kept = [name for name in place.doors if (place.folder / f"{PREVIOUS}{name}").exists()]
    _remove_doors(place, OLDER)
    changes = [(f"{PREVIOUS}{name}", f"{OLDER}{name}") for name in kept]
    changes += [(name, f"{PREVIOUS}{name}") for name in place.doors] if has_all else []
    _rename(place.folder, [*changes, *((f"{NEW}{name}", name) for name in place.doors)])
    _remove_doors(place, OLDER)
    return before if has_all else ""


def _remove_doors(place: Place, prefix: str) -> None:
    for name in place.doors:
        with suppress(OSError):  # on Windows: it runs still, and is removed next time
            (place.folder / f"{prefix}{name}").unlink(missing_ok=True)


def _rename(folder: Path, changes: list[tuple[str, str]]) -> None:
    """
    All of them or, as far as the disk lets us, none. A program that runs can be renamed, on Windows too, and goes on.

    Raises:
        ActionRefused: update.busy.
    """
    done: list[tuple[str, str]] = []
    keep_own_modules()
    try:
        for source, target in changes:
            (folder / source).rename(folder / target)
            done.append((source, target))
    except OSError as error:
        for source, target in reversed(done):
            (folder / target).rename(folder / source)
        raise ActionRefused("update.busy", detail=error.strerror or error) from error


def _kept(laid: Path, new: Path) -> Path:
    return laid / f"{PREVIOUS}{new.name}"


def _remove_new(place: Place, new: Path, laid: Path) -> None:
    """What was laid down, also by a try that was cut off."""
    _remove_doors(place, NEW)
    has_kept = _kept(laid, new).exists()
    if has_kept or new.name.removeprefix("app-") not in {place.version(), place.version(PREVIOUS)}:
        shutil.rmtree(new, ignore_errors=True)
    if has_kept:
        _kept(laid, new).rename(new)


def _remove_older(place: Place) -> None:
    """Libraries of versions that are neither in place nor kept; what is in use stays until the next update."""
    kept = {f"app-{place.version()}", f"app-{place.version(PREVIOUS)}", f"app-{__version__}"}
    for folder in _libraries(place.folder):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _libraries(folder: Path) -> Iterator[Path]:
    return (one for one in folder.glob("app-*") if is_version(one.name.removeprefix("app-")))


def _tell_system(version: str) -> None:
    """The version in Windows's list of programs, where the installer has written it."""
    if sys.platform != "win32":
        return
    import winreg  # noqa: PLC0415 there on Windows only

    key = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\union-desk"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_SET_VALUE) as entry:
            winreg.SetValueEx(entry, "DisplayVersion", 0, winreg.REG_SZ, version)
    except OSError:
        return  # unpacked by hand, not installed
