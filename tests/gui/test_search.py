"""
K01 Ctrl+K from anywhere, typing and Enter open a record: by name, initials, 信用代码 and 文号, with the keyboard alone
K02 private values stay masked, and nothing found says what to try
K03 after much was written the index is brought up to date while nobody types, so that a search need not
"""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.actions import search as searching_action
from desktop_app.actions.changes import Changes
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.gui.desk import Desk
from desktop_app.gui.indexing import REST_SECONDS, Indexing
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.search_page import SearchPage
from desktop_app.gui.window import Window
from desktop_app.storage.search import behind
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


# K03


def test_k03_rows_are_indexed_while_nobody_types__ok(
    entered: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching_action, "FEW", 5)
    monkeypatch.setattr(searching_action, "BIT", 7)
    rested = [0.0]
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=20_000)
    indexing = Indexing(desk_of(entered), lambda: rested[0], frame_of(entered))
    add_employers(vault, *(f"第{n}公司" for n in range(30)))
    assert n_behind(vault) == 30
    indexing.look()
    assert not entered.runner.is_busy
    assert n_behind(vault) == 30  # somebody types
    rested[0] = REST_SECONDS
    indexing.look()
    qtbot.waitUntil(lambda: n_behind(vault) <= 5, timeout=20_000)
    assert n_behind(vault) == 2  # whole shares of seven
    page = searching(entered, qtbot)
    page.text.setText("第29公司")
    page.search_now()
    assert page.table.rowCount() == 1


def test_k03_a_big_change_wakes_it__ok(
    entered: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching_action, "FEW", 5)
    indexing = entered.findChild(Indexing)
    assert indexing is not None
    monkeypatch.setattr(indexing, "_rested", lambda: REST_SECONDS)
    qtbot.waitUntil(lambda: not indexing.is_waiting and not entered.runner.is_busy, timeout=20_000)
    add_employers(vault, *(f"第{n}公司" for n in range(30)))
    changes = Changes(ledgers=frozenset({"employer"}))
    desk_of(entered).changed.emit(changes, None)
    assert indexing.is_waiting
    indexing.look()
    qtbot.waitUntil(lambda: n_behind(vault) == 0, timeout=20_000)


def n_behind(vault: Vault) -> int:
    with vault.read() as connection:
        return behind(connection)


def desk_of(window: Window) -> Desk:
    assert window.desk is not None
    return window.desk
