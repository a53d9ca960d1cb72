"""
K01 a backup by click, its contents, and putting it back: the log-in waits, the change since is gone
K02 closing makes a backup when something is new
K03 the full check; a damaged vault is said to be so; a second place that is gone
K06 a damaged vault is repaired from the log-in, which can be stopped
"""

import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from desktop_app.actions.backups import backups_of, notices, prepare_move, set_second_place
from desktop_app.actions.letters import draft_letter
from desktop_app.actions.reading import show_records
from desktop_app.gui import backup_page
from desktop_app.gui.backup_page import BackupPage
from desktop_app.gui.window import Window
from desktop_app.storage import salvage
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_window import frame_of

LETTER = {"kind": "tip", "theme": "other", "addressee": "某公司"}


def page_of(window: Window) -> BackupPage:
    assert window.desk is not None
    window.desk.open("backup")
    page = frame_of(window).pages()[-1]
    assert isinstance(page, BackupPage)
    return page


def test_k01_back_up_and_put_back(entered: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_letter(vault, LETTER)
    page = page_of(entered)
    qtbot.mouseClick(page.now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.table.rowCount() == 1, timeout=30_000)
    assert "已备份并核对" in page.result.text()
    draft_letter(vault, LETTER)
    qtbot.mouseClick(page.look, Qt.MouseButton.LeftButton)
    page.table.setCurrentCell(0, 0)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (PASSPHRASE, True))
    asked: list[str] = []

    def answer(_: object, question: str, **more: str) -> bool:
        asked.append(question + more["detail"])
        return True

    monkeypatch.setattr(backup_page, "confirm", answer)
    folder = vault.folder
    qtbot.mouseClick(page.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已恢复" in entered.login.hint.text(), timeout=20_000)
    assert "1 条记录" in asked[0]
    assert entered.frame is None
    entered.login.passphrase.setText(PASSPHRASE)
    qtbot.mouseClick(entered.login.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: entered.frame is not None, timeout=20_000)
    assert entered.desk is not None
    assert len(show_records(entered.desk.vault, "letter")) == 1
    assert len(list((folder / "aside").iterdir())) == 1


def test_k01_wrong_passphrase(entered: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(entered)
    page.back_up(None)
    qtbot.waitUntil(lambda: page.table.rowCount() == 1, timeout=30_000)
    page.table.setCurrentCell(0, 0)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("wrong-passphrase", True))
    qtbot.mouseClick(page.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "口令不对" in frame_of(entered).strip.text.text(), timeout=30_000)


def test_k02_closing_makes_a_backup(entered: Window, vault: Vault) -> None:
    draft_letter(vault, LETTER)
    assert entered.lock()
    assert [one.reason for one in backups_of(vault.folder)] == ["on-close"]


def test_k03_check_and_second_place(
    entered: Window, vault: Vault, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_letter(vault, LETTER)
    page = page_of(entered)
    qtbot.mouseClick(page.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "全部完好" in page.result.text(), timeout=30_000)
    with vault.write() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_letter")
    qtbot.mouseClick(page.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "记录与修订不符" in page.result.text(), timeout=30_000)
    place = tmp_path / "stick"
    place.mkdir()
    set_second_place(vault, place)
    page.refresh()
    assert str(place) in page.place.text()
    place.rmdir()
    page.back_up(None)
    qtbot.waitUntil(lambda: "失败" in page.result.text(), timeout=30_000)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    other = next(one for one in page.children() if one.objectName() == "backup.copy")
    other.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "另存一份" in page.result.text(), timeout=30_000)


def test_k04_restore_from_the_log_in(window: Window, vault: Vault, qtbot: QtBot, tmp_path: Path) -> None:
    """As on a new PC: the old one writes a stick, the new one has an empty folder."""
    window.enter(vault)
    draft_letter(vault, LETTER)
    stick, target = tmp_path / "stick", tmp_path / "new"
    stick.mkdir()
    folder = prepare_move(vault, stick)
    assert window.desk is not None
    window.desk.open("home")
    home = frame_of(window).pages()[0]
    home.refresh()
    assert "搬到另一台电脑" in home.notices.text()  # type: ignore[attr-defined]
    window.lock()
    qtbot.mouseClick(window.login.restore, Qt.MouseButton.LeftButton)
    page = window.arrive_page
    qtbot.mouseClick(page.see, Qt.MouseButton.LeftButton)
    assert "请选择" in page.words.text()
    page.backup.setText(str(folder))
    page.folder.setText(str(target))
    page.secret.setText("wrong-passphrase")
    qtbot.mouseClick(page.see, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "口令不对" in page.words.text(), timeout=20_000)
    page.secret.setText(PASSPHRASE)
    qtbot.mouseClick(page.see, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.go.isVisible, timeout=20_000)
    assert "1 条记录" in page.words.text()
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已恢复" in window.login.hint.text(), timeout=20_000)
    assert window.login.vaults.currentData() == target
    window.login.passphrase.setText(PASSPHRASE)
    qtbot.mouseClick(window.login.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.frame is not None, timeout=20_000)
    assert len(show_records(window.desk.vault, "letter")) == 1
    assert notices(window.desk.vault) == []


def test_k05_move_and_test_by_click(
    entered: Window, vault: Vault, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(entered)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.mouseClick(page.move_away, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "可以拔出" in page.result.text(), timeout=20_000)
    assert "已于" in page.moved.text()
    qtbot.mouseClick(page.stay, Qt.MouseButton.LeftButton)
    assert "已于" not in page.moved.text()
    qtbot.mouseClick(page.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "备份完好" in page.result.text(), timeout=20_000)
    assert "备份完好" in page.tested.text()
    backup = backups_of(vault.folder)[0].folder / "vault.db"
    backup.write_bytes(backup.read_bytes()[:-5000] + bytes(5000))
    qtbot.mouseClick(page.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已损坏" in page.result.text(), timeout=20_000)
    assert "没有通过" in page.tested.text()
    assert any("自检没有通过" in one for one in notices(vault))


def wait_for_a_stop(*given: Any) -> None:
    """As slow as a large vault."""
    while True:
        given[-1]()
        time.sleep(0.01)


def test_k06_damaged_vault_is_repaired_from_the_log_in(
    window: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.enter(vault)
    draft_letter(vault, LETTER)
    window.lock()
    assert not window.login.repair.isVisible()
    database = vault.folder / "vault.db"
    whole = bytearray(database.read_bytes())
    for at in range(len(whole) // 2, len(whole), 40_960):
        whole[at] ^= 1
    database.write_bytes(whole)
    window.login.show_vaults(vault.folder)
    window.login.passphrase.setText(PASSPHRASE)
    qtbot.mouseClick(window.login.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.login.repair.isVisible, timeout=20_000)
    assert "已损坏" in window.login.hint.text()
    beside = set(vault.folder.parent.iterdir())
    with monkeypatch.context() as held:
        held.setattr(salvage, "fill", wait_for_a_stop)
        qtbot.mouseClick(window.login.repair, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.login.bar.maximum() > 0, timeout=20_000)
        qtbot.mouseClick(window.login.stop, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "已停止" in window.login.hint.text(), timeout=20_000)
    assert not window.login.stop.isVisible()
    assert set(vault.folder.parent.iterdir()) == beside
    qtbot.mouseClick(window.login.repair, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "救回" in window.login.hint.text(), timeout=60_000)
    assert window.login.vaults.currentData() != vault.folder
    window.login.passphrase.setText(PASSPHRASE)
    qtbot.mouseClick(window.login.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.frame is not None, timeout=20_000)
    assert window.desk is not None
    assert len(show_records(window.desk.vault, "letter")) == 1
