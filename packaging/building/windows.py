"""
The program for Windows, built in wine, and its installer.

The rig is a script beside the checkout, no part of the project: it makes a Windows Python in wine and adds what wine
lacks. It proves that the program imports, links, starts and installs, and says nothing of real fonts, printers,
input methods or scanners; `packaging/manual-pass.md` is for those.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from building.program import (
    NAME,
    Maker,
    build_program,
    digest,
    files_of,
    size_of,
    try_program,
    write_hashes,
)
from building.running import ROOT, DevError, lines_of, program_version, run_or_stop
from building.tools import ensure_tools
from building.windows_proof import WindowsProof

RIG_VARIABLE = "UNION_DESK_RIG"
RIG = ROOT.parent / "shared" / "windows-rig"
TOOLS = {
    "wine": "wine",
    "wineserver": "wine",
    "x86_64-w64-mingw32-gcc-win32": "gcc-mingw-w64-x86-64-win32",
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "makensis": "nsis",
    "validlocale": "locales",
}
PREFIX = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "union-desk" / "windows" / "prefix"
"""Not in the tree: wine links its drive Z to the root of the disk, and whatever walks the tree would walk all of it."""
LOCALE = "zh_CN.UTF-8"
SHIMS = ("bcryptprimitives.dll", "icuuc.dll", "windows.ui.dll")
PYTHON = "C:/Python311/python.exe"
_MARK = b"Wine builtin"
_FOREIGN = ("== 'darwin'", "== 'aarch64'")
"""Markers in the lock of what is not for a Windows PC."""


def rig_script() -> Path:
    """
    Raises:
        DevError: The rig is not there.
    """
    folder = Path(os.environ.get(RIG_VARIABLE) or RIG)
    script = folder / "setup-wine.sh"
    if not script.is_file():
        raise DevError(
            f"no rig at {folder}: a Windows build off Windows needs its setup-wine.sh. It is kept beside the checkout,"
            f" not in it; set {RIG_VARIABLE} to its folder, or run `dev.py build` on Windows."
        )
    return script


def windows_lock(text: str) -> str:
    """The lock as pip on another system must read it to install for Windows: markers are decided here, not by pip."""
    kept, is_kept = [], True
    for line in text.splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            is_kept = not any(marker in line for marker in _FOREIGN)
        if is_kept:
            kept.append(re.sub(r"^([A-Za-z0-9].*) ; [^\\]+", r"\1 ", line))
    return "\n".join(kept) + "\n"


def ensure_rig() -> None:
    """
    Makes the Windows Python with the locked packages, unless it is there for this lock and script.

    Raises:
        DevError: The rig or a program it needs is not there, or it could not be made.
    """
    script = rig_script()
    ensure_tools(TOOLS)
    _ensure_locale()
    lock = ROOT / "packaging" / "requirements.lock"
    wanted = hashlib.sha256(lock.read_bytes() + script.read_bytes()).hexdigest()
    stamp = PREFIX.parent / "stamp"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("Making the Windows Python in wine")
    shutil.rmtree(PREFIX, ignore_errors=True)
    PREFIX.parent.mkdir(parents=True, exist_ok=True)
    own = PREFIX.parent / "windows.lock"
    own.write_text(windows_lock(lock.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    run_or_stop(["bash", script, PREFIX, "--no-deps", "--require-hashes", "-r", own], "Making the rig")
    stamp.write_text(wanted, encoding="utf-8")


def _ensure_locale() -> None:
    """Where the system does not know the locale, wine takes names of files for ASCII and can write no Chinese one."""
    _, known = lines_of(["locale", "-a"])
    if LOCALE.replace("UTF-8", "utf8") not in known:
        run_or_stop(["localedef", "-i", "zh_CN", "-f", "UTF-8", LOCALE], "Making the Chinese locale")


def wine_environment() -> dict[str, str]:
    """Silent, in our prefix, with a Chinese code page as on a clerk's PC."""
    quiet = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    return {"WINEPREFIX": str(PREFIX), "LC_ALL": LOCALE, "XDG_RUNTIME_DIR": str(PREFIX.parent), **quiet}


def wine(*words: str | Path) -> list[str]:
    """The command that runs a Windows program; only within `windows_screen`."""
    return ["wine", *map(str, words)]


@contextmanager
def windows_screen() -> Iterator[None]:
    """One screen for everything that runs in wine: a screen that ends sooner than wine leaves a line in the output."""
    before = dict(os.environ)
    os.environ.update(wine_environment())
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as answer:
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        yield
    finally:
        subprocess.run(["wineserver", "-k", "-w"], check=False)  # noqa: S607 the rig's own, in our prefix
        screen.terminate()
        screen.wait()
        os.environ.clear()
        os.environ.update(before)


def build_windows(drawing: Path, dist: Path, work: Path, *, before: Path | None = None) -> None:
    """
    Builds and tries the program and its installer.

    Args:
        before: The installer of the version before, to try the upgrade from.

    Raises:
        DevError: Also when a file of the build is wine's and not Windows's.
    """
    ensure_rig()
    with windows_screen():
        installer = _build(drawing, dist, work)
        for line in WindowsProof(wine, PREFIX / "drive_c").run(installer, before):
            print(f"    {line}")


def _build(drawing: Path, dist: Path, work: Path) -> Path:
    maker = Maker(tuple(wine(PYTHON)), drawing, dist, work, ".exe")
    build_program(maker)
    check_origin(maker.folder)
    try_program(wine(maker.folder / f"{NAME}.exe"))
    installer = make_installer(maker.folder, work / "prepared" / f"{NAME}.ico", dist)
    write_hashes(maker.folder, installer.with_suffix(".files.sha256"))
    sums = installer.with_suffix(".sha256")
    sums.write_text(f"{digest(installer)}  {installer.name}\n", encoding="utf-8", newline="\n")
    program, packed = size_of(maker.folder) / 1e6, installer.stat().st_size / 1e6
    print(f"Built {installer.relative_to(ROOT)}: {packed:.0f} MB, installed {program:.0f} MB, self-test passed")
    return installer


def check_origin(folder: Path) -> None:
    """
    Raises:
        DevError: A file is a part of wine or of the rig, which must never reach a clerk.
    """
    bad = [path for path in files_of(folder) if path.name.lower() in SHIMS or _MARK in path.read_bytes()]
    if bad:
        raise DevError(f"not Windows's own: {', '.join(str(path.relative_to(folder)) for path in bad)}")


def make_installer(program: Path, icon: Path, dist: Path) -> Path:
    """The installer of a built program."""
    target = dist / f"{NAME}-{program_version()}-windows-x64.exe"
    words = {
        "VERSION": program_version(),
        "SOURCE": program,
        "ICON": icon,
        "TARGET": target,
        "KILOBYTES": size_of(program) // 1024,
    }
    script = ROOT / "packaging" / "installer.nsi"
    command: Sequence[str] = ["makensis", "-V2", "-INPUTCHARSET", "UTF8", *(f"-D{k}={v}" for k, v in words.items())]
    code, lines = lines_of([*command, str(script)])
    if code or any("warning" in line for line in lines):
        raise DevError("\n".join(["makensis failed:", *lines]))
    return target
