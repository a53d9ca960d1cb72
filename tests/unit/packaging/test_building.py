"""
What a build is made of (packaging/building).

P01 the version is read from one place and stands in everything that is built
P02 a build whose program says one line more or less than it should has failed
P03 what is left out is not what the program needs
P04 nothing of wine or its shims passes for Windows's
P05 the lock for Windows keeps every pin and hash but those of other systems, and has no markers
P06 hash lists are what sha256sum checks; two builds are compared byte by byte
P07 the notes of an update are the changelog's; the shipped changelog names this version
"""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from building import command, program, release, windows
from building.deb import START
from building.icons import ico
from building.program import Maker, expected_lines, try_program, version_resource, write_hashes
from building.running import ROOT, DevError, program_version
from building.trim import is_wanted

from desktop_app import __version__
from desktop_app.actions.self_test import SelfTest
from desktop_app.base.release import RELEASE_KEYS
from desktop_app.gui import self_test as face


def test_p01_one_version() -> None:
    assert program_version() == __version__
    assert f"'FileVersion', '{__version__}'" in version_resource("union-desk", ".exe")
    assert expected_lines()[0] == f"union-desk {__version__}"


def speaks(folder: Path, lines: list[str], code: int = 0) -> list[str]:
    """A command that says these lines and ends with this code."""
    script = folder / "speaks.py"
    text = "\n".join(lines)
    script.write_text(f"import sys\nprint({text!r})\nsys.exit({code})\n", encoding="utf-8")
    return [sys.executable, str(script)]


def test_p02_exact_lines(tmp_path: Path) -> None:
    good = expected_lines()
    try_program(speaks(tmp_path, good))
    for lines, code in (
        (good[:-1], 0),
        ([*good, "Qt：warning"], 0),
        ([good[0], "文书：失败", *good[2:]], 0),
        (good, 1),
        ([], 0),
    ):
        with pytest.raises(DevError):
            try_program(speaks(tmp_path, lines, code))


def test_p02_parts_are_those_of_the_program() -> None:
    source = Path(face.__file__).read_text(encoding="utf-8")
    assert list(program.PARTS) == [*SelfTest(Path()).parts(), "界面"]
    assert '"界面"' in source


@pytest.mark.parametrize(
    ("place", "is_kept"),
    [
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/plugins/tls/qopensslbackend.dll", False),
        ("PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so", False),
        ("PySide6/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt6Network.dll", False),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6\\\\opengl32sw.dll", False),
        ("PySide6/Qt/lib/libQt6XcbQpa.so.6", True),
        ("PySide6/Qt6Svg.dll", True),
        ("resources/fonts/NotoSerifCJKsc-Bold.ttf", True),
        ("forms/pack.toml", True),
        ("stdnum/oui.dat", False),
        ("libX11.so.6", False),
        ("libcups.so.2", False),
        ("libpython3.11.so.1.0", True),
        ("libQt6Core.so.6", True),
        ("libQt6Network.so.6", False),
        ("pikepdf.libs/libjpeg-e87d2658.so.62.2.0", True),
        ("stdnum/cn/loc.dat", True),
    ],
)
def test_p03_trim(place: str, is_kept: bool) -> None:
    assert is_wanted(place.replace("\\\\", "\\")) == is_kept


def test_p03_nothing_left_out_is_imported() -> None:
    script = """
import importlib, pkgutil, sys
from building.trim import EXCLUDED_MODULES
class Left:
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in EXCLUDED_MODULES):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Left())
import desktop_app
for module in pkgutil.walk_packages(desktop_app.__path__, "desktop_app."):
    importlib.import_module(module.name)
"""
    places = os.pathsep.join([str(ROOT), str(ROOT / "packaging")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": places}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_p04_wine_is_found(tmp_path: Path) -> None:
    (tmp_path / "good.dll").write_bytes(b"MZ Microsoft")
    windows.check_origin(tmp_path)
    for name, content in (("kernel32.dll", b"MZ Wine builtin DLL"), ("icuuc.dll", b"MZ"), ("Windows.UI.dll", b"MZ")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DevError, match=re.escape(name)):
            windows.check_origin(tmp_path)
        (tmp_path / name).unlink()


def test_p04_no_rig_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(windows.RIG_VARIABLE, str(tmp_path))
    with pytest.raises(DevError, match=r"setup-wine\.sh"):
        windows.rig_script()


def test_p05_windows_lock() -> None:
    text = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    own = windows.windows_lock(text)
    assert " ; " not in own
    assert "macholib" not in re.findall(r"^([\w-]+)==", own, flags=re.MULTILINE)
    assert {"colorama", "pefile", "pywin32-ctypes"} <= set(re.findall(r"^([\w-]+)==", own, flags=re.MULTILINE))
    names = re.findall(r"^([\w-]+)==", own, flags=re.MULTILINE)
    assert len(names) == len(set(names))
    entries = re.split(r"^(?=[A-Za-z0-9])", own, flags=re.MULTILINE)[1:]
    assert all("sha256:" in entry for entry in entries)


def test_p06_hashes_and_differences(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        (folder / "中文").mkdir(parents=True)
        (folder / "中文" / "a").write_bytes(b"same")
    assert command.differences(one, two) == []
    (two / "b").write_bytes(b"more")
    (two / "中文" / "a").write_bytes(b"other")
    assert command.differences(one, two) == ["b", "中文/a"]
    write_hashes(one, tmp_path / "list.sha256")
    lines = (tmp_path / "list.sha256").read_text(encoding="utf-8").splitlines()
    assert [line[64:] for line in lines] == ["  one/中文/a"]


def test_p07_notes() -> None:
    changelog = "# x\n\n## 1.10.0\n\n- later\n\n## 1.1.0\n\n- first\n- `second`\ntext\n\n## 1.0.0\n\n- old\n"
    assert release.notes_of("1.1.0", changelog) == ["first", "second"]
    assert release.notes_of("1.0.0", changelog) == ["old"]
    assert release.notes_of("9.0.0", changelog) == []
    assert release.notes_of(__version__, release.CHANGELOG.read_text(encoding="utf-8"))


def test_p07_keys(tmp_path: Path) -> None:
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in RELEASE_KEYS)
    assert RELEASE_KEYS
    public = release.new_key(tmp_path / "keys" / "release.txt")
    assert re.fullmatch(r"[0-9a-f]{64}", public)
    with pytest.raises(FileExistsError):
        release.new_key(tmp_path / "keys" / "release.txt")


def test_icon_is_what_windows_reads() -> None:
    made = ico({256: b"large", 16: b"small"})
    assert made[:6] == struct.pack("<HHH", 0, 1, 2)
    size, _, _, _, _, _, length, offset = struct.unpack_from("<BBBBHHII", made, 6)
    assert (size, made[offset : offset + length]) == (16, b"small")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(("own", "started"), [("", "all"), ("0.9.0", "all"), ("0.10.0", "own"), ("0.9.1", "own")])
def test_start_takes_the_newer(tmp_path: Path, own: str, started: str) -> None:
    here, mine = tmp_path / "all", tmp_path / "data" / "union-desk" / "program"
    for folder, version in ((here, "0.9.0"), (mine, own)):
        if version:
            folder.mkdir(parents=True)
            (folder / "version").write_text(f"{version}\n", encoding="utf-8")
            door = folder / "union-desk-window"
            door.write_text(f'#!/bin/sh\necho {"all" if folder == here else "own"} "$1"\n', encoding="utf-8")
            door.chmod(0o755)
    script = tmp_path / "start"
    script.write_text(re.sub(r"/opt/apps/[\w.]+/files", str(here), START), encoding="utf-8")
    command_line = ["/bin/sh", str(script), "接收 一.ghpkg"]
    environment = {"XDG_DATA_HOME": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command_line, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == f"{started} 接收 一.ghpkg\n"


def test_maker_has_its_folder() -> None:
    assert Maker(("python",), Path("python"), Path("dist"), Path("work")).folder == Path("dist/union-desk")
