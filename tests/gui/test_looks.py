"""
V01 at the usual size of text a small screen shows a list with its last column, and the tabs of a letter
V02 what is longer than its place is seen whole: rows of a child table, articles of law, the title of a page
V03 sentences say what is so: how many were found, what can still be done
"""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QListWidget, QScrollArea, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.letters import draft_letter
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.steps import take_step
from desktop_app.gui.give_back_page import GiveBackPage
from desktop_app.gui.search_page import SearchPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_letters import BASE
from tests.gui.test_window import PACK, add_employers, form_page, list_page, opened, sample

_PADDING = 4
"""Of an item, left and right: it holds no words."""
LONG_NAME = "白银靖远县新世纪污水处理工程技术服务有限责任公司"


@pytest.fixture
def small(entered: Window) -> Window:
    entered.resize(1366, 720)
    return entered


def add_mediation(vault: Vault) -> None:
    (employer,) = add_employers(vault, LONG_NAME)
    values = {"applied_on": "2025-03-05", "dispute_type": "new_form", "amount_fen": 9_350_000, "employer": employer}
    add_records(vault, "mediation", [Given(values)])


def words_of(widget: QWidget) -> list[str]:
    labels: Iterable[QLabel] = widget.findChildren(QLabel)
    return [one.text() for one in labels if one.isVisibleTo(widget)]


def settle() -> None:
    for _ in range(3):  # what is laid out is laid out again by a later event
        QCoreApplication.processEvents()


# V01


def test_v01_list_with_its_last_column__ok(small: Window, vault: Vault) -> None:
    add_mediation(vault)
    page = list_page(small, "mediation")
    settle()
    assert page.table.horizontalScrollBar().maximum() == 0
    narrow = page.table.columnWidth(3)
    small.resize(1920, 720)
    settle()
    assert page.table.columnWidth(3) > narrow


def test_v01_width_set_by_hand_stays__ok(small: Window, vault: Vault) -> None:
    add_mediation(vault)
    page = list_page(small, "mediation")
    settle()
    page.table.setColumnWidth(3, 60)
    small.resize(1920, 720)
    settle()
    assert page.table.columnWidth(3) == 60


def test_v01_all_tabs_of_a_letter__ok(small: Window, vault: Vault) -> None:
    (letter,) = draft_letter(vault, BASE).record_ids
    page = form_page(small, f"record/{letter}")
    settle()
    bar = page.tabs.tabBar()
    assert bar.tabRect(page.tabs.count() - 1).right() < page.tabs.width()


# V02


def test_v02_rows_of_a_child_table__ok(small: Window, vault: Vault) -> None:
    given = {one.key: sample(one, "") for one in PACK.ledgers["training"].entered if one.required and not one.ledger}
    (parent,) = add_records(vault, "training", [Given(given)]).record_ids
    row = {"name": "李四", "certificate_no": "靖工监证第0001号", "trained_on": "2026-01-05", "parent": parent}
    add_records(vault, "trainee", [Given(row)])
    page = form_page(small, f"record/{parent}")
    child = page.children_tables["trainee"]
    page.tabs.setCurrentWidget(child)
    settle()
    for at in range(child.table.columnCount()):
        assert child.table.columnWidth(at) >= child.table.sizeHintForColumn(at)
        assert child.table.columnWidth(at) >= child.table.horizontalHeader().sectionSizeHint(at)


def test_v02_articles_of_law__ok(small: Window, vault: Vault) -> None:
    (letter,) = draft_letter(vault, BASE).record_ids
    page = form_page(small, f"record/{letter}")
    page.tabs.go_to("laws")
    settle()
    editor = page.form.boxes["laws"].editor
    assert editor is not None
    shown = editor.main
    assert isinstance(shown, QListWidget)
    line = shown.fontMetrics().lineSpacing()
    for item in (shown.item(at) for at in range(shown.count())):
        place = shown.visualItemRect(item)
        assert place.width() <= shown.viewport().width() + _PADDING
        n_lines = shown.fontMetrics().horizontalAdvance(item.text()) / place.width()
        assert place.height() >= int(n_lines) * line, item.text()


def test_v02_title_of_what_is_given_back__ok(small: Window, vault: Vault) -> None:
    values = {**petition().values, "summary": "反映用人单位拖欠工资" * 6}
    (record,) = add_records(vault, "petition", [Given(values)]).record_ids
    page = opened(small, f"giveback/{record}")
    assert isinstance(page, GiveBackPage)
    settle()
    assert page.minimumSizeHint().width() < 700


@pytest.mark.parametrize("address", ["backup", "report", "receive", "settings"])
def test_v02_wrapped_sentences_at_the_largest_text__ok(small: Window, qtbot: QtBot, address: str) -> None:
    try:
        small.theme.apply("light", 200)
        page = opened(small, address)
        qtbot.waitUntil(lambda: not small.runner.is_busy, timeout=20_000)
        every: Iterable[QTabWidget] = page.findChildren(QTabWidget)
        for tabs in every:
            tabs.setCurrentIndex(2)  # 文稿
        qtbot.wait(50)
        labels: Iterable[QLabel] = page.findChildren(QLabel)
        wrapped = [one for one in labels if one.wordWrap() and one.isVisible() and one.text()]
        assert wrapped
        for one in wrapped:
            assert one.height() >= one.heightForWidth(one.width()), one.text()
    finally:
        small.theme.apply("light", 100)


def test_v02_scrolled_for_the_page_in_front_alone__ok(small: Window, vault: Vault, qtbot: QtBot) -> None:
    add_mediation(vault)
    try:
        small.theme.apply("light", 200)
        list_page(small, "mediation")
        qtbot.wait(50)
        room = small.findChild(QScrollArea, "frame.room")
        assert isinstance(room, QScrollArea)
        assert room.horizontalScrollBar().maximum() > 0  # what does not fit can be reached
        opened(small, "passphrase")
        qtbot.wait(50)
        assert room.horizontalScrollBar().maximum() == 0
    finally:
        small.theme.apply("light", 100)


# V03


def test_v03_more_found_than_shown__ok(small: Window, vault: Vault) -> None:
    add_employers(vault, *(f"宏远{n}公司" for n in range(60)))
    page = opened(small, "search")
    assert isinstance(page, SearchPage)
    page.text.setText("宏远")
    page.search_now()
    assert "只列出最近修改的 50 条" in page.count.text()
    page.text.setText("宏远7公司")
    page.search_now()
    assert "找到 1 条" in page.count.text()


def test_v03_nothing_more_to_do__ok(small: Window, vault: Vault) -> None:
    (record,) = add_records(vault, "petition", [petition()]).record_ids
    page = form_page(small, f"record/{record}")
    assert page.steps is not None
    page.steps.refresh()
    assert any("才能办理" in text for text in words_of(page.steps))
    take_step(vault, record, "refuse", {})
    page.refresh()
    page.steps.refresh()
    assert any("已经办完" in text for text in words_of(page.steps))
    assert not any("才能办理" in text for text in words_of(page.steps))
