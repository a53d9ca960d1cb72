"""
C01 a figure opens the records behind it, and a changed record moves it
C02 a conflict is shown with both values and decided by a click
C03 the board names counties that have not reported
C04 work that can be stopped is stopped, and nothing else offers it
"""

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktop_app.actions.conflicts import list_conflicts
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.gui.behind_page import BehindPage
from desktop_app.gui.board_page import BoardPage
from desktop_app.gui.conflict_page import ConflictPage
from desktop_app.gui.plain_table import DATA_ROLE
from desktop_app.gui.report_page import ReportPage
from desktop_app.gui.tasks import Cancelled, Task, TaskRunner
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import county, petition, stick  # noqa: F401 fixtures
from tests.gui.test_window import frame_of, opened


def test_c01_figure_opens_its_records__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    given = Given({**petition().values, "registered_on": "2025-03-05"})
    record = add_records(vault, "petition", [given]).record_ids[0]
    page = opened(entered, "report")
    assert isinstance(page, ReportPage)
    page.bar.choose("2025")
    runner = frame_of(entered).desk.runner
    qtbot.waitUntil(lambda: not runner.is_busy, timeout=20_000)
    rows = {page.table.item(at, 0).data(DATA_ROLE).indicator: at for at in range(page.table.rowCount())}  # type: ignore[union-attr]
    key = next(
        one.key
        for one in vault.pack.indicators.values()
        if one.ledger == "petition" and one.measure == "count" and one.key in rows and not one.where
    )
    item = page.table.item(rows[key], 2)
    assert item is not None
    assert item.text() == "1"
    page.open_figure(item)
    behind = frame_of(entered).current()
    assert isinstance(behind, BehindPage)
    qtbot.waitUntil(lambda: behind.table.rowCount() == 1, timeout=20_000)
    cell = behind.table.item(0, 1)
    assert cell is not None
    assert cell.data(DATA_ROLE) == record
    edit_record(vault, record, {"registered_on": "2024-03-05"})
    page.refresh()
    qtbot.waitUntil(lambda: not runner.is_busy, timeout=20_000)
    again = page.table.item(rows[key], 2)
    assert again is not None
    assert again.text() != "1"


def test_c02_conflict_is_decided_by_a_click__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811 the fixture
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    record = add_records(county, "petition", [petition()]).record_ids[0]
    import_package(vault, export(county, stick)[0].file)
    edit_record(vault, record, {"summary": "市里改的"})
    edit_record(county, record, {"summary": "县里改的"})
    import_package(vault, export(county, stick)[0].file)
    county.close()
    page = opened(entered, "conflicts")
    assert isinstance(page, ConflictPage)
    assert "1 处" in page.head.text()
    found = page.findChild(QAbstractButton, "conflicts.0.take1")
    assert found is not None
    wanted = list_conflicts(vault)[0].choices[1].value
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    assert list_conflicts(vault) == []
    with vault.read() as connection:
        assert vault.rows["petition"].load(connection, [record])[record].values["summary"] == wanted


def test_c03_board_names_who_is_missing__ok(
    entered: Window,
    county: Vault,  # noqa: F811
) -> None:
    county.close()
    page = opened(entered, "board")
    assert isinstance(page, BoardPage)
    texts = [page.table.item(0, at).text() for at in range(page.table.columnCount())]  # type: ignore[union-attr]
    assert texts[0] == "靖远县总工会"
    assert "未报" in texts


def test_c04_work_is_stopped__ok(window: Window, qtbot: QtBot) -> None:
    runner: TaskRunner = window.runner
    caught: list[BaseException] = []

    def work(task: Task) -> None:
        for at in range(10_000):
            task.report(at, 10_000)
            time.sleep(0.001)

    task = runner.start("长工作", work, failed=caught.append, can_stop=True)
    with qtbot.waitSignal(runner.ended, timeout=20_000):
        task.cancel()
    assert isinstance(caught[0], Cancelled)
    assert not runner.is_busy
