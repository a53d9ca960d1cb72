"""`dev.py build`: what is built, in which order, and what lies in dist/ at the end."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from building import deb, windows
from building.program import NAME, Maker, build_program, files_of, size_of, try_program, write_hashes
from building.running import ROOT, program_version

DIST, WORK = ROOT / "dist", ROOT / "build"


def build(rest: Sequence[str], *, prepare: Callable[[], None], python: Path) -> int:
    """
    Builds what the arguments ask for.

    Args:
        prepare: Brings the environment up to date. python: Its interpreter.
    """
    options = _parser().parse_args(rest)
    prepare()
    if options.windows:
        windows.build_windows(python, DIST / "windows", WORK / "windows", before=options.before)
        return 0
    maker = Maker((str(python),), python, DIST, WORK / system_name(), ".exe" if sys.platform == "win32" else "")
    build_program(maker)
    try_program([maker.folder / (NAME + maker.suffix)])
    hashes = DIST / f"{NAME}-{program_version()}-{system_name()}.sha256"
    write_hashes(maker.folder, hashes)
    print(f"Built {maker.folder.relative_to(ROOT)}: {size_of(maker.folder) / 1e6:.0f} MB, self-test passed")
    if options.twice:
        return _again(maker)
    if options.deb:
        made = deb.make_deb(maker.folder, maker.work, DIST)
        print(f"Made {made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.0f} MB")
    return 0


def system_name() -> str:
    """As in the names of update files: `linux-x64`."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return f"{'windows' if sys.platform == 'win32' else sys.platform}-{machine}"


def _again(maker: Maker) -> int:
    """Builds a second time and names every file that came out otherwise."""
    first = maker.work / "first"
    shutil.rmtree(first, ignore_errors=True)
    maker.folder.rename(first)
    build_program(maker)
    different = differences(first, maker.folder)
    for one in different:
        print(f"    differs: {one}")
    print(f"Two builds of one commit: {len(files_of(first))} files, {len(different)} differ")
    shutil.rmtree(first)
    return 1 if different else 0


def differences(first: Path, second: Path) -> list[str]:
    """Places in two folders where not the same bytes lie."""
    names = {path.relative_to(folder).as_posix() for folder in (first, second) for path in files_of(folder)}
    return sorted(name for name in names if _content(first / name) != _content(second / name))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py build", description="Builds the program and tries it.")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--windows", action="store_true", help="for Windows, inside the rig, with its installer")
    parser.add_argument("--before", type=Path, help="with --windows: the installer of the version before")
    kinds.add_argument("--deb", action="store_true", help="also a package for Debian, UOS and Kylin")
    kinds.add_argument("--twice", action="store_true", help="build a second time and name what differs")
    return parser
