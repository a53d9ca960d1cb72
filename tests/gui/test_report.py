"""
年度数据 in the window: one period in four tabs.

P01 any two days are a period, and the table follows
P02 a column of a chart opens its records, by click and by keys
P03 a passage is changed, kept and put back; the text follows
P04 a report is frozen, and what moved afterwards is listed and opens its records
P05 table, charts, form and text are saved
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.actions.records import Given, add_records
from desktop_app.gui.behind_page import BehindPage
from desktop_app.gui.report_page import ReportPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_window import frame_of, opened


def entered_petition(vault: Vault, day: str) -> str:
    given = Given({**petition().values, "registered_on": day})
    return add_records(vault, "petition", [given]).record_ids[0]


@pytest.fixture
def page(entered: Window, vault: Vault, qtbot: QtBot) -> ReportPage:
    entered_petition(vault, "2025-03-05")
    found = opened(entered, "report")
    assert isinstance(found, ReportPage)
    found.bar.choose("2025")
    waited(entered, qtbot)
    return found


def waited(window: Window, qtbot: QtBot) -> None:
    runner = frame_of(window).desk.runner
    qtbot.waitUntil(lambda: not runner.is_busy, timeout=60_000)


def cell(page: ReportPage, label: str, column: int) -> str:
    items = [page.table.item(row, 0) for row in range(page.table.rowCount())]
    row = next(n for n, one in enumerate(items) if one is not None and one.text() == label)
    found = page.table.item(row, column)
    assert found is not None
    return found.text()


def test_p01_range__ok(page: ReportPage, entered: Window, qtbot: QtBot) -> None:
    assert cell(page, "信访件数", 2) == "1"
    page.bar.part.setCurrentIndex(page.bar.part.findData("any"))
    page.bar.start.setDate(QDate(2025, 3, 6))
    page.bar.end.setDate(QDate(2025, 12, 31))
    waited(entered, qtbot)
    assert cell(page, "信访件数", 2) == "—"
    page.bar.start.setDate(QDate(2025, 3, 5))
    waited(entered, qtbot)
    assert cell(page, "信访件数", 2) == "1"


def test_p02_chart_opens_records__ok(page: ReportPage, entered: Window, qtbot: QtBot) -> None:
    page.tabs.setCurrentWidget(page.charts)
    view = page.charts.views["petitions"]
    (box,) = view.boxes()
    place = QPoint(int(box.x + box.width / 2) + 8, int(box.y + box.height / 2) + 8)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    behind = frame_of(entered).current()
    assert isinstance(behind, BehindPage)
    qtbot.waitUntil(lambda: behind.table.rowCount() == 1, timeout=60_000)
    assert "信访" in view.accessibleDescription()
    opened(entered, "report")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert frame_of(entered).current() is behind


def test_p03_passage__ok(page: ReportPage, entered: Window, qtbot: QtBot) -> None:
    tab = page.text_tab
    page.tabs.setCurrentWidget(tab)
    tab.passage.setCurrentIndex(tab.passage.findData("petitions_more"))
    tab.words.setPlainText("另有信访{petition_total}件。")
    qtbot.mouseClick(tab.keep, Qt.MouseButton.LeftButton)
    waited(entered, qtbot)
    assert "另有信访1件。" in tab.text.toPlainText()
    assert tab.passage.currentData() == "petitions_more"
    qtbot.mouseClick(tab.reset, Qt.MouseButton.LeftButton)
    waited(entered, qtbot)
    assert "另有信访" not in tab.text.toPlainText()
    page.bar.choose("2025-Q1")
    waited(entered, qtbot)
    assert tab.which.currentData() == "quarterly"
    assert tab.text.toPlainText().startswith("2025年第一季度")


def test_p04_frozen__ok(page: ReportPage, entered: Window, vault: Vault, qtbot: QtBot) -> None:
    tab = page.differences
    page.tabs.setCurrentWidget(tab)
    qtbot.mouseClick(tab.freeze, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.run.count() == 1, timeout=60_000)
    waited(entered, qtbot)
    assert "数据没有变动" in tab.told.text()
    n_before = tab.table.rowCount()
    entered_petition(vault, "2025-04-05")
    page.refresh()
    waited(entered, qtbot)
    assert "数据有变动" in tab.told.text()
    assert tab.table.rowCount() > n_before
    last = tab.table.item(tab.table.rowCount() - 1, 1)
    assert last is not None
    tab.table.itemActivated.emit(last)
    assert isinstance(frame_of(entered).current(), BehindPage)


def test_p05_saved__ok(
    page: ReportPage, entered: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: Path) -> Callable[..., tuple[str, str]]:
        return lambda *_: (str(path), "")

    page.save.menu().aboutToShow.emit()
    actions = page.save.menu().actions()
    endings = ["xlsx", "pdf", "docx", "pdf", "xlsx"]
    assert len(actions) == len(endings)
    chosen = [(actions[n], endings[n]) for n in (0, 3)]  # the others are tried without the window
    for n, (action, ending) in enumerate(chosen):
        path = tmp_path / f"{n}.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer(path))
        action.trigger()
        qtbot.waitUntil(path.exists, timeout=60_000)
        waited(entered, qtbot)
    path = tmp_path / "text.docx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer(path))
    docx = page.text_tab.findChild(type(page.text_tab.keep), "report.text.docx")
    assert docx is not None
    qtbot.mouseClick(docx, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(path.exists, timeout=60_000)
    waited(entered, qtbot)
