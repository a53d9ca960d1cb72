"""
K01 Ctrl+K from anywhere, typing and Enter open a record: by name, initials, 信用代码 and 文号, with the keyboard alone
K02 private values stay masked, and nothing found says what to try
"""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.search_page import SearchPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_window import add_employers, frame_of, opened


def searching(window: Window, qtbot: QtBot) -> SearchPage:
    page = frame_of(window).current()
    assert page is not None
    qtbot.keyClick(page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    found = frame_of(window).current()
    assert isinstance(found, SearchPage)
    return found


# K01


@pytest.mark.parametrize("typed", ["bygs", "9162040000", "BYGS"])
def test_k01_keys_alone_open_a_record__ok(entered: Window, vault: Vault, qtbot: QtBot, typed: str) -> None:
    ids = add_employers(vault, "白银公司", "靖远厂")
    page = searching(entered, qtbot)
    assert page.text.hasFocus()
    qtbot.keyClicks(page.text, typed)
    qtbot.waitUntil(lambda: page.table.rowCount() > 0, timeout=5_000)
    titles = [page.table.item(row, 1).text() for row in range(page.table.rowCount())]  # type: ignore[union-attr]
    wanted = next(row for row, title in enumerate(titles) if title.startswith("白银公司"))
    for _ in range(wanted):
        qtbot.keyClick(page.text, Qt.Key.Key_Down)
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    record = frame_of(entered).current()
    assert isinstance(record, RecordPage)
    assert record.record_id == ids[0]


def test_k01_chinese_text_and_what_was_just_changed__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    ids = add_employers(vault, "白银公司")
    page = searching(entered, qtbot)
    page.text.setText("平川")
    page.search_now()
    assert page.table.rowCount() == 0
    edit_record(vault, ids[0], {"name": "平川公司"})
    page.refresh()
    assert page.table.rowCount() == 1
    opened(entered, "home")
    again = searching(entered, qtbot)
    assert again is page
    assert page.text.selectedText() == "平川"  # to be typed over


def test_k01_enter_before_the_pause_is_over_searches__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    ids = add_employers(vault, "白银公司")
    page = searching(entered, qtbot)
    qtbot.keyClicks(page.text, "bygs")
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    record = frame_of(entered).current()
    assert isinstance(record, RecordPage)
    assert record.record_id == ids[0]


# K02


def test_k02_private_values_stay_masked__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_records(vault, "petition", [Given({**petition().values, "petitioner": "欧阳锋"})])
    page = searching(entered, qtbot)
    page.text.setText("欧阳锋")
    page.search_now()
    shown = [
        page.table.item(row, column).text()  # type: ignore[union-attr]
        for row in range(page.table.rowCount())
        for column in range(page.table.columnCount())
    ]
    assert "欧阳锋" not in "".join(shown)


def test_k02_nothing_found_says_what_to_try__ok(entered: Window, qtbot: QtBot) -> None:
    page = searching(entered, qtbot)
    assert "拼音" in page.empty.text()
    page.text.setText("没有这样的")
    page.search_now()
    assert "没有找到" in page.empty.text()
    qtbot.keyClick(page.text, Qt.Key.Key_Escape)
    assert page.text.text() == ""
