"""
F01 a city's and a county's vault are made by clicks, with the city's escrow where it is ticked; the recovery code
    has to be typed back before work begins
F02 what is missing or weak is said in words, and no vault is left behind
"""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from desktop_app.actions import desk as desk_actions
from desktop_app.actions.pairing import add_office
from desktop_app.actions.recovery import has_escrow_file
from desktop_app.gui.remembered import recent_vaults
from desktop_app.gui.secrets import strength
from desktop_app.gui.setup_page import Setup
from desktop_app.gui.window import Window
from desktop_app.storage import slots
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

PASSPHRASE = "county-window-2026"


@pytest.fixture
def setup(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Setup:
    """The first start, filled in for a city; the key is derived cheaply."""
    monkeypatch.setattr(slots, "calibrated_cost", lambda: LIGHT)
    qtbot.mouseClick(window.login.new, Qt.MouseButton.LeftButton)
    page = window.setup_page
    assert page.isVisible()
    page.role.setCurrentIndex(1)
    page.office.setText("620400")
    page.office_name.setText("白银市总工会")
    page.folder.setText(str(tmp_path / "new" / "密库"))
    page.passphrase.setText(PASSPHRASE)
    page.again.setText(PASSPHRASE)
    return page


def made(page: Setup, qtbot: QtBot) -> str:
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.steps.currentIndex() == 1 or not page.problem.isHidden(), timeout=20_000)
    assert page.problem.text() == ""
    return page.code.text()


def test_f01_city__ok(window: Window, setup: Setup, tmp_path: Path, qtbot: QtBot) -> None:
    code = made(setup, qtbot)
    setup.typed.setText("WRONG")
    qtbot.mouseClick(setup.enter, Qt.MouseButton.LeftButton)
    assert setup.wrong.text()
    assert window.frame is None
    qtbot.keyClicks(setup.typed, "\b" * 5 + code.lower().replace("-", " "))
    qtbot.keyClick(setup.typed, Qt.Key.Key_Return)
    assert window.frame is not None
    assert setup.code.text() == ""
    assert recent_vaults() == [tmp_path / "new" / "密库"]
    window.lock()
    desk_actions.open_desk(tmp_path / "new" / "密库", code).close()


def test_f01_county__ok(window: Window, setup: Setup, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    enrolment = add_office(vault, code="620421", name="靖远县总工会", out=tmp_path)
    vault.close()
    setup.role.setCurrentIndex(0)
    setup.enrolment.setText(str(enrolment))
    setup.out.setText(str(tmp_path))
    assert not setup.escrow.isChecked()
    qtbot.mouseClick(setup.escrow, Qt.MouseButton.LeftButton, pos=QPoint(8, setup.escrow.height() // 2))
    code = made(setup, qtbot)
    assert "核对码" in setup.pairing.text()
    setup.typed.setText(code)
    setup.confirm()
    assert "靖远县总工会" in window.windowTitle()
    assert has_escrow_file(tmp_path / "new" / "密库")


def test_f02_nothing_is_made_while_something_is_wrong__error(setup: Setup, tmp_path: Path, qtbot: QtBot) -> None:
    setup.again.setText("other")
    qtbot.mouseClick(setup.go, Qt.MouseButton.LeftButton)
    assert "不一样" in setup.problem.text()
    for line in (setup.passphrase, setup.again):
        line.setText("aaaaaaaaaaaa")
    qtbot.mouseClick(setup.go, Qt.MouseButton.LeftButton)
    assert "太弱" in setup.problem.text()
    setup.user.clear()
    qtbot.mouseClick(setup.go, Qt.MouseButton.LeftButton)
    assert "经办人" in setup.problem.text()
    setup.role.setCurrentIndex(0)
    qtbot.mouseClick(setup.go, Qt.MouseButton.LeftButton)
    assert "入网文件" in setup.problem.text()
    assert not (tmp_path / "new").exists()


def test_f02_refusal_of_the_vault_is_shown__error(setup: Setup, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "new" / "密库"
    folder.mkdir(parents=True)
    (folder / "别的文件.txt").write_text("x", encoding="utf-8")
    qtbot.mouseClick(setup.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not setup.problem.isHidden(), timeout=20_000)
    assert "密库" in setup.problem.text()
    assert setup.go.isEnabled()


@pytest.mark.parametrize(
    ("passphrase", "least", "most"),
    [("", 0, 0), ("12345678", 1, 1), ("aaaaaaaaaaaa", 0, 0), ("baiyin2026", 1, 2), ("三只蓝色大象在黄河边", 1, 3)],
)
def test_f02_strength__ok(passphrase: str, least: int, most: int) -> None:
    assert least <= strength(passphrase) <= most
