"""
M01 F1 opens the page of the manual that speaks of where one is, also before a vault is open
M02 every kind of page has its page of the manual
M03 words are found in the page, the contents change the page, links lead on
M04 practice opens sample data under a watermark and leaves nothing behind
"""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from desktop_app.base.paths import help_dir
from desktop_app.gui.help_page import ORDER, HelpPage, HelpView, contents
from desktop_app.gui.page import Page
from desktop_app.gui.pages import PAGES
from desktop_app.gui.watermark import Watermark
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import county, stick  # noqa: F401 fixtures
from tests.gui.test_window import frame_of, opened

# M01


@pytest.mark.parametrize(
    ("address", "page"),
    [
        *(("home", "start"), ("list/petition", "daily"), ("list/letter", "letters"), ("new/letter", "letters")),
        *(("excel/petition", "excel"), ("returns", "city"), ("offices", "city"), ("params", "city")),
        *(("journal", "city"), ("users", "vault"), ("passphrase", "vault"), ("audit", "vault"), ("person", "vault")),
    ],
)
def test_m01_f1_opens_the_page_of_where_one_is__ok(entered: Window, qtbot: QtBot, address: str, page: str) -> None:
    opened(entered, address)
    qtbot.keyClick(frame_of(entered), Qt.Key.Key_F1)
    found = frame_of(entered).current()
    assert isinstance(found, HelpPage)
    assert found.view.page_name() == page
    assert len(found.view.browser.toPlainText()) > 200


def test_m01_f1_at_the_log_in__ok(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window.login, Qt.Key.Key_F1)
    dialog = window.findChild(QDialog, "help.dialog")
    assert isinstance(dialog, QDialog)
    assert dialog.isVisible()
    dialog.close()


@pytest.mark.parametrize("address", ["returns", "journal", "receive", "conflicts", "send"])
def test_m01_a_county_has_its_own_pages__ok(window: Window, county: Vault, address: str) -> None:  # noqa: F811
    window.enter(county)
    page = opened(window, address)
    assert isinstance(page, Page)
    assert page.manual_page() == "exchange"
    assert page.title in (help_dir() / "exchange.md").read_text(encoding="utf-8")


# M02


def test_m02_every_kind_of_page_has_its_page__ok(entered: Window) -> None:
    for kind in PAGES:
        key = {"list": "petition", "new": "petition", "excel": "petition", "behind": "petition_total/2025/"}.get(
            kind, ""
        )
        if kind != "record":  # drawn like a new one
            page = opened(entered, f"{kind}/{key}" if key else kind)
            assert isinstance(page, Page)
            assert page.manual_page() in ORDER, kind
    assert set(contents()) == {one.stem for one in help_dir().glob("*.md")}


# M03


def test_m03_words_contents_and_links__ok(qtbot: QtBot) -> None:
    view = HelpView()
    qtbot.addWidget(view)
    view.show_page("start")
    view.text.setText("练习")
    qtbot.keyClick(view.text, Qt.Key.Key_Return)
    first = view.browser.textCursor().position()
    assert view.browser.textCursor().selectedText() == "练习"
    for _ in range(30):
        qtbot.keyClick(view.text, Qt.Key.Key_Return)
    assert view.browser.textCursor().selectedText() == "练习"  # from the top again
    assert first > 0
    view.text.setText("没有这样的字")
    qtbot.keyClick(view.text, Qt.Key.Key_Return)
    assert "没有" in view.result.text()
    view.browser.anchorClicked.emit(QUrl("letters.md"))
    assert view.page_name() == "letters"


# M04


def test_m04_practice_under_a_watermark__ok(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.login.practise[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.frame is not None, timeout=120_000)
    frame = frame_of(window)
    assert "练习" in window.windowTitle()
    mark = frame.findChild(Watermark)
    assert isinstance(mark, Watermark)
    assert mark.isVisible()
    assert mark.size() == frame.size()
    assert frame.childAt(QPoint(300, 300)) is not mark  # clicks go through
    assert window.desk is not None
    folder: Path = window.desk.folder
    opened(window, "new/employer").put({"name": "练习公司"})
    assert window.lock()
    assert not folder.exists()
    assert window.login.vaults.count() == 0  # practice is not remembered
