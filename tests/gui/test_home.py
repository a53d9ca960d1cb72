"""
H01 the first page lists what is due, oldest first, opens it, and says when there is nothing
H03 a user's colours and text size take effect at once and are there at the next log-in
H02 a fault of our own is shown with a report that holds nothing a person has typed
"""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.actions.changes import Changes
from desktop_app.actions.drafts import keep_draft
from desktop_app.actions.home import todays_work
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.settings import write_setting
from desktop_app.base.clock import today
from desktop_app.base.crashes import report_text
from desktop_app.gui.behind_page import BehindPage
from desktop_app.gui.bug_report import BugReport
from desktop_app.gui.home_page import HomePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.settings_page import SettingsPage, apply_looks
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_window import PACK, add_employers, frame_of, opened, sample


def home(window: Window) -> HomePage:
    page = opened(window, "home")
    assert isinstance(page, HomePage)
    return page


def test_h01_nothing_due_says_what_to_do__ok(entered: Window) -> None:
    page = home(entered)
    assert "没有到期" in page.empty.text()
    frame_of(entered).close_current()
    assert frame_of(entered).current() is page  # the first page stays


def test_h01_due_oldest_first_and_opens__ok(entered: Window, vault: Vault) -> None:
    days = ("2025-06-01", "2024-03-05", "2025-03-05")
    rows = [Given({**petition().values, "registered_on": day}) for day in days]
    ids = add_records(vault, "petition", rows).record_ids
    found = todays_work(vault)
    assert [one.record_id for one in found.due] == [ids[1], ids[2], ids[0]]
    assert all(one.n_days < 0 for one in found.due)
    page = home(entered)
    page.refresh()
    assert page.table.rowCount() == 3
    item = page.table.item(0, 3)
    assert item is not None
    page.table.itemActivated.emit(item)
    opened_page = frame_of(entered).current()
    assert isinstance(opened_page, RecordPage)
    assert opened_page.record_id == ids[1]


def test_h01_groups_of_what_waits__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    now = today(vault.clock)
    contracts = PACK.ledgers["contract"].entered
    plain = {one.key: sample(one, "") for one in contracts if one.required and not one.ledger}
    employers = list(add_employers(vault, "甲公司"))
    for days in (30, 90):
        until = (now + timedelta(days=days)).isoformat()
        given = {**plain, "name": f"还有{days}天", "expires_on": until, "explanation": "测试", "employers": employers}
        add_records(vault, "contract", [Given(given)])
    keep_draft(vault, "1" * 32, ledger="petition", title="新增信访", content={"fields": {"summary": "讨薪"}})
    page = home(entered)
    assert page.tiles["expiring"].text().endswith("1")
    qtbot.mouseClick(page.tiles["expiring"], Qt.MouseButton.LeftButton)
    assert page.table.rowCount() == 1
    assert "还有30天" in cell(page, 0, 3)
    qtbot.mouseClick(page.tiles["drafts"], Qt.MouseButton.LeftButton)
    assert cell(page, 0, 3) == "新增信访"
    qtbot.mouseClick(page.tiles["waiting"], Qt.MouseButton.LeftButton)
    assert page.empty.isVisible()


def test_h01_key_figures_open_their_records__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    now = today(vault.clock).isoformat()
    add_records(vault, "petition", [Given({**petition().values, "registered_on": now})])
    page = home(entered)
    page.heard(Changes(frozenset({"petition"})), None)
    page.show_now()
    qtbot.waitUntil(lambda: page.findChild(QPushButton, "home.figure.petition_total") is not None, timeout=20_000)
    number = page.findChild(QPushButton, "home.figure.petition_total")
    assert isinstance(number, QPushButton)
    qtbot.waitUntil(lambda: page.findChild(QPushButton, "home.figure.petition_total").text() == "1 件", timeout=20_000)
    number = page.findChild(QPushButton, "home.figure.petition_total")
    assert isinstance(number, QPushButton)
    qtbot.mouseClick(number, Qt.MouseButton.LeftButton)
    assert isinstance(frame_of(entered).current(), BehindPage)


def cell(page: HomePage, row: int, column: int) -> str:
    item = page.table.item(row, column)
    assert item is not None
    return item.text()


def test_h02_bug_report_quotes_nobody__ok(entered: Window, qtbot: QtBot) -> None:
    secret = "张三丰的身份证号"
    try:
        raise ValueError(secret)
    except ValueError as error:
        kind, trace = type(error), error.__traceback__
    text = report_text(kind, trace)
    assert "ValueError" in text
    assert "test_home.py" in text
    assert secret not in text
    dialog = BugReport(entered).dialog(kind, trace)
    qtbot.addWidget(dialog)
    shown = dialog.findChild(QPlainTextEdit, "bug.report")
    assert isinstance(shown, QPlainTextEdit)
    assert secret not in shown.toPlainText()


def test_h03_looks_are_kept_for_the_user__ok(entered: Window, vault: Vault) -> None:
    page = opened(entered, "settings")
    assert isinstance(page, SettingsPage)
    try:
        page.theme.setCurrentIndex(page.theme.findData("dark"))
        page.text_size.setCurrentIndex(page.text_size.findData(150))
        assert (entered.theme.name, entered.theme.percent) == ("dark", 150)
        entered.theme.apply("light", 100)
        apply_looks(vault, entered.theme)
        assert (entered.theme.name, entered.theme.percent) == ("dark", 150)
        write_setting(vault, "looks", {"theme": "pink", "percent": 17})
        apply_looks(vault, entered.theme)
        assert (entered.theme.name, entered.theme.percent) == ("light", 100)
    finally:
        entered.theme.apply("light", 100)  # one application serves all tests


def test_h03_text_size_reaches_lists_and_menus__ok(entered: Window, qapp: QApplication) -> None:
    qapp.setStyleSheet("")  # as at the start: on Windows the first style sheet brings the system's fonts back
    try:
        entered.theme.apply("light", 150)
        classes = ("QAbstractItemView", "QMenu", "QTipLabel", "QMessageBox")
        # It takes text, whatever its stub says.
        sizes = {QApplication.font(name).pointSizeF() for name in classes}  # type: ignore[call-overload]
        assert sizes == {qapp.font().pointSizeF()}
    finally:
        entered.theme.apply("light", 100)


def test_h03_text_size_reaches_what_is_open__ok(entered: Window) -> None:
    frame = frame_of(entered)
    try:
        entered.theme.apply("light", 200)
        shown = (frame.lock, frame.navigation, frame.tabs.tabBar(), frame.pages()[0])
        assert {one.font().pointSizeF() for one in shown} == {21}
    finally:
        entered.theme.apply("light", 100)


@pytest.mark.parametrize("address", ["list/mediation", "new/letter", "excel/petition", "backup"])
def test_h03_largest_text_stays_on_a_small_screen__ok(entered: Window, qtbot: QtBot, address: str) -> None:
    try:
        entered.theme.apply("light", 200)
        entered.resize(1366, 720)
        opened(entered, address)
        qtbot.wait(50)  # what is laid out makes the window larger by a later event
        assert (entered.width(), entered.height()) == (1366, 720)
    finally:
        entered.theme.apply("light", 100)


def test_h03_largest_text_at_the_first_start__ok(window: Window, qtbot: QtBot) -> None:
    window.resize(1366, 720)
    try:
        for show in (lambda: None, window.set_up, window.arrive):  # the log-in first
            show()
            window.theme.apply("light", 200)
            qtbot.wait(50)
            assert window.height() == 720
    finally:
        window.theme.apply("light", 100)
