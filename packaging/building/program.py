"""The program itself: one folder, built by PyInstaller, tried by its own test before anybody gets it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from building.running import ROOT, DevError, lines_of, program_version, run_or_stop

NAME = "union-desk"
PRODUCT = "工会法律保障工作台"
DOORS = (NAME, f"{NAME}-window")
PARTS = ("密库", "文书", "数据包", "备份", "界面")
_SEED = "1"


@dataclass(frozen=True, slots=True)
class Maker:
    """
    What builds, and where to.

    Attributes:
        python: The command that runs the Python with the locked packages; a few words in the rig.
        drawing: The interpreter that draws the icon, which needs this system's Qt.
        dist, work: Results and scratch.
        suffix: Of programs: `.exe` or nothing.
    """

    python: tuple[str, ...]
    drawing: Path
    dist: Path
    work: Path
    suffix: str = ""

    @property
    def folder(self) -> Path:
        """The built program."""
        return self.dist / NAME


def expected_lines() -> list[str]:
    """What the program says when all of it works, and not a line more."""
    return [f"{NAME} {program_version()}", *(f"{part}：通过" for part in PARTS), "自检通过"]


def build_program(maker: Maker) -> None:
    """
    Builds and tries the program.

    Raises:
        DevError: A step failed, or the built program said something else than it should.
    """
    _prepare(maker)
    shutil.rmtree(maker.folder, ignore_errors=True)
    places = ["--distpath", str(maker.dist), "--workpath", str(maker.work / "pyinstaller")]
    spec = str(ROOT / "packaging" / "app.spec")
    command = [*maker.python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR", *places, spec]
    code, lines = lines_of(command, **build_environment(maker))
    if code:
        raise DevError("\n".join(["Building failed:", *lines]))
    shutil.copy(ROOT / "LICENSE", maker.folder / "LICENSE.txt")
    shutil.copy(maker.work / "prepared" / "THIRD-PARTY.txt", maker.folder)
    (maker.folder / "version").write_text(program_version() + "\n", encoding="utf-8", newline="\n")


def build_environment(maker: Maker) -> dict[str, str]:
    """What makes two builds of one commit alike."""
    return {
        "UNION_DESK_PREPARED": str(maker.work / "prepared"),
        "PYTHONHASHSEED": _SEED,
        "SOURCE_DATE_EPOCH": str(commit_time()),
    }


def commit_time() -> int:
    """When the commit that is built was made; 0 outside a repository."""
    answer = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607 the developer's own git
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return int(answer.stdout.strip() or 0)


def _prepare(maker: Maker) -> None:
    prepared = maker.work / "prepared"
    prepared.mkdir(parents=True, exist_ok=True)
    scripts = ROOT / "packaging" / "building"
    run_or_stop([maker.drawing, scripts / "icons.py", prepared], "Drawing the icon", LC_ALL="C.UTF-8")
    code, lines = lines_of([*maker.python, str(scripts / "notices.py"), str(prepared / "THIRD-PARTY.txt")])
    if code:
        raise DevError("\n".join(["Writing the notices failed:", *lines]))
    for door in DOORS:
        (prepared / f"{door}.version").write_text(version_resource(door, maker.suffix), encoding="utf-8", newline="\n")


def version_resource(door: str, suffix: str) -> str:
    """What Windows shows of a program in its properties, as PyInstaller reads it."""
    version = program_version()
    numbers = tuple(int(one) for one in [*version.split("."), "0"])
    words = {
        "CompanyName": PRODUCT,
        "FileDescription": PRODUCT if door != NAME else f"{PRODUCT}（命令行）",
        "FileVersion": version,
        "InternalName": door,
        "LegalCopyright": "Apache-2.0",
        "OriginalFilename": door + suffix,
        "ProductName": PRODUCT,
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,"
        f" fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('080404b0', [{table}])]),"
        f" VarFileInfo([VarStruct('Translation', [0x0804, 1200])])])\n"
    )


def try_program(command: Sequence[str | Path], arguments: Sequence[str] = ("-platform", "offscreen")) -> None:
    """
    Starts a built program with `--self-test`.

    Raises:
        DevError: It said anything but what is expected, or ended with another exit code than 0.
    """
    code, lines = lines_of([*command, "--self-test", *arguments])
    wanted = expected_lines()
    if code or lines != wanted:
        told = "\n".join(f"    {line}" for line in lines)
        raise DevError(f"The built program failed its test (exit code {code}). It said:\n{told}")


def write_hashes(folder: Path, target: Path) -> None:
    """A line `sha256  path` for every file below a folder, in the form that `sha256sum --check` reads."""
    lines = [f"{digest(path)}  {path.relative_to(folder.parent).as_posix()}" for path in files_of(folder)]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def files_of(folder: Path) -> list[Path]:
    """Every file below a folder, in one order."""
    return sorted(Path(parent) / name for parent, _, names in os.walk(folder) for name in names)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; what a link points to is counted once."""
    return sum(path.lstat().st_size for path in files_of(folder))
