"""
W01 a package opened from outside is on the receiving page once somebody has logged in, or at once
W02 an update file is looked at; what is refused says why and cannot be installed
W03 the version stands in the settings, from where the update page opens; the way back is said to be there or not
"""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app import __main__, __version__
from desktop_app.actions import updating
from desktop_app.base.release import system_name
from desktop_app.gui import receive_page, start, update_page
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.update_page import UpdatePage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from desktop_app.sync.update_file import write_update
from tests.gui.test_window import frame_of

SECRET = "07" * 32
KEYS = (Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)).public_key().public_bytes_raw().hex(),)
NEXT = "9.0.0"


def make_update(folder: Path, version: str = NEXT, system: str = "") -> Path:
    program = folder / "program"
    program.mkdir(exist_ok=True)
    (program / "version").write_text(version, encoding="utf-8")
    words = {"version": version, "system": system or system_name()}
    return write_update(program, folder, **words, notes=["信访表可以打印"], made_at=0, secret=SECRET, level=3)


def page_of(window: Window) -> UpdatePage:
    page = frame_of(window).current()
    assert isinstance(page, UpdatePage)
    return page


def test_w01_opened_before_the_log_in(window: Window, vault: Vault, tmp_path: Path) -> None:
    package = tmp_path / "620402-000001-submission.GHPKG"
    window.open_files([package])
    assert package.name in window.login.hint.text()
    window.enter(vault)
    page = frame_of(window).current()
    assert isinstance(page, ReceivePage)
    assert page.paths() == [package]
    other = tmp_path / "620403-000001-submission.ghpkg"
    window.open_files([other])
    assert page.paths() == [package, other]


@pytest.mark.parametrize(
    ("words", "files", "vault"),
    [
        ((), [], None),
        (("接收 一.ghpkg",), [Path("接收 一.ghpkg")], None),
        (("--vault", "靖远"), [], Path("靖远")),
        (("--vault", "靖远", "一.ghpkg"), [Path("一.ghpkg")], Path("靖远")),
    ],
)
def test_w01_from_the_command_line(
    words: tuple[str, ...], files: list[Path], vault: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[Path], Path | None]] = []
    monkeypatch.setattr(start, "run", lambda *given: seen.append(given))
    monkeypatch.setattr("sys.argv", ["union-desk", *words])
    with pytest.raises(SystemExit):
        __main__.main()
    assert seen == [(files, vault)]


def test_w02_look(entered: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = updating.look_at_update
    monkeypatch.setattr(update_page, "look_at_update", lambda path: real(path, KEYS))
    entered.open_files([make_update(tmp_path)])
    page = page_of(entered)
    assert NEXT in page.state.text()
    assert "信访表可以打印" in page.news.text()
    assert page.go.isEnabled()
    page.show_file(make_update(tmp_path, "0.0.1"))
    assert "不需要更新" in page.state.text()
    assert not page.go.isEnabled()
    assert not page.news.text()


def test_w02_the_one_for_this_system(
    entered: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    looked, newer = updating.look_at_update, updating.newer_updates
    monkeypatch.setattr(update_page, "look_at_update", lambda path: looked(path, KEYS))
    monkeypatch.setattr(update_page, "newer_updates", lambda folder: newer(folder, KEYS))
    update = make_update(tmp_path)
    make_update(tmp_path, system="zz-other")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    assert entered.desk is not None
    entered.desk.open("update")
    page = page_of(entered)
    qtbot.mouseClick(page.findChild(QPushButton, "update.stick"), Qt.MouseButton.LeftButton)
    assert update.name in page.state.text()
    assert page.go.isEnabled()
    update.unlink()
    qtbot.mouseClick(page.findChild(QPushButton, "update.stick"), Qt.MouseButton.LeftButton)
    assert "zz-other" in page.state.text()
    assert not page.go.isEnabled()


def test_w01_found_on_the_stick(entered: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    update = make_update(tmp_path)
    real = updating.newer_updates
    monkeypatch.setattr(receive_page, "newer_updates", lambda folder: real(folder, KEYS))
    assert entered.desk is not None
    entered.desk.open("receive")
    page = frame_of(entered).current()
    assert isinstance(page, ReceivePage)
    assert not page.update_found.isVisible()
    page.add([tmp_path])
    qtbot.mouseClick(page.update_found, Qt.MouseButton.LeftButton)
    assert page_of(entered).address.options["file"] == update


def test_w02_unknown_signer(entered: Window, tmp_path: Path) -> None:
    entered.open_files([make_update(tmp_path)])
    assert "认可的发布者" in page_of(entered).state.text()
    assert not page_of(entered).go.isEnabled()


def test_w03_settings_and_back(entered: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert entered.desk is not None
    entered.desk.open("settings")
    page = frame_of(entered).current()
    assert page is not None
    label = page.findChild(QLabel, "settings.version")
    assert isinstance(label, QLabel)
    assert label.text() == __version__
    qtbot.mouseClick(page.findChild(QPushButton, "settings.update"), Qt.MouseButton.LeftButton)
    monkeypatch.setattr(update_page, "confirm", lambda *_, **__: True)
    qtbot.mouseClick(page_of(entered).back, Qt.MouseButton.LeftButton)
    assert "源码" in page_of(entered).state.text()
