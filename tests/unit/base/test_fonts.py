"""
Finding font files (base/fonts.py).

F01 the computer's own 仿宋 is the body and its 黑体 the heading; free fonts come last
F02 names are found in either case, in subfolders, and the first folder wins
F03 without any font the refusal names the folders that were searched
F04 the folders are those of this system and of this user
"""

import os
from pathlib import Path

import pytest

from desktop_app.base.errors import KnownError
from desktop_app.base.fonts import FontFile, Role, find_fonts, font_folders


def _put(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


@pytest.mark.parametrize(("role", "first"), [("body", "simfang.ttf"), ("heading", "simhei.ttf")])
def test_f01_own_fonts_first(tmp_path: Path, role: Role, first: str) -> None:
    _put(tmp_path, "wqy-zenhei.ttc", "simhei.ttf", "simsun.ttc", "simfang.ttf", "arial.ttf", "simsunb.ttf")
    found = [one.path.name for one in find_fonts(role, [tmp_path])]
    assert found[0] == first
    assert found[-1] == "wqy-zenhei.ttc"
    assert len(found) == 5


@pytest.mark.parametrize("role", ["body", "heading"])
def test_f01_a_free_font_will_do(tmp_path: Path, role: Role) -> None:
    _put(tmp_path, "wqy-zenhei.ttc")
    assert find_fonts(role, [tmp_path]) == (FontFile(tmp_path / "wqy-zenhei.ttc", 0, "文泉驿正黑"),)


def test_f02_upper_case_and_subfolder(tmp_path: Path) -> None:
    _put(tmp_path / "truetype" / "win", "SIMFANG.TTF")
    (found,) = find_fonts("body", [tmp_path])
    assert (found.path.name, found.name) == ("SIMFANG.TTF", "仿宋")


def test_f02_first_folder_wins(tmp_path: Path) -> None:
    one, other = _put(tmp_path / "z", "simfang.ttf"), _put(tmp_path / "a", "simfang.ttf")
    assert [font.path.parent for font in find_fonts("body", [one, other])] == [one]


def test_f03_none(tmp_path: Path) -> None:
    _put(tmp_path / "fonts", "arial.ttf")
    folders = [tmp_path / "fonts", tmp_path / "not there"]
    with pytest.raises(KnownError) as caught:
        find_fonts("body", folders)
    assert caught.value.code == "font.missing"
    assert all(str(folder) in str(caught.value) for folder in folders)
    assert "fonts-wqy-zenhei" in str(caught.value)


def test_f04_windows_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINDIR", str(tmp_path / "Windows"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    fonts = _put(tmp_path / "Windows" / "Fonts", "simfang.ttf")
    own = _put(tmp_path / "Local" / "Microsoft" / "Windows" / "Fonts", "simkai.ttf")
    assert font_folders()[:2] == [fonts, own]
    assert [font.path.parent for font in find_fonts("body")][:1] == [fonts]


@pytest.mark.skipif(os.name == "nt", reason="a folder that Windows does not have; its own are tested above")
def test_f04_own_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINDIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("desktop_app.base.fonts.os.name", "posix")
    assert tmp_path / "fonts" in font_folders()
