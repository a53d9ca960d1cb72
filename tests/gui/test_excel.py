"""
Workbooks in the window, by real clicks.

L01 from the list: file, columns, preview, write, the rows that were left out, undo
L02 what is wrong with a file is said, and nothing is written
L03 what the list shows goes out; private values only when asked for
L04 rows of an accepted period ask for a reason, and are written once it is given
L05 the workbooks of a ledger lead to those of the ledgers within it, and back
L06 what the program writes itself is not taken from a workbook
"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.excel.exporting import EXPORTED
from desktop_app.actions.excel.importing import import_workbook
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.reading import show_records
from desktop_app.exchange.opening import open_book
from desktop_app.gui.excel_import import COLUMNS, FILE, PREVIEW, REPORT, ImportWizard
from desktop_app.gui.excel_page import ExcelPage
from desktop_app.gui.window import Window
from desktop_app.schema.model import PARENT
from desktop_app.storage.audit import read_audit
from desktop_app.storage.records import Writing, history
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault
from tests.excel.books import PETITION, Book, Rows, petition
from tests.gui.test_exchange import county, stick  # noqa: F401 fixtures
from tests.gui.test_window import answer, frame_of, list_page, opened


def click(qtbot: QtBot, one: QWidget) -> None:
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)


def tick(qtbot: QtBot, one: QWidget) -> None:
    """At the left, where the box and its words are."""
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(12, one.height() // 2))


def press(qtbot: QtBot, page: QWidget, name: str) -> None:
    found = page.findChild(QAbstractButton, name)
    assert found is not None
    click(qtbot, found)


def excel_page(window: Window) -> ExcelPage:
    page = frame_of(window).current()
    assert isinstance(page, ExcelPage)
    return page


def arrive(qtbot: QtBot, wizard: ImportWizard, step: int) -> None:
    qtbot.waitUntil(lambda: wizard.stack.currentIndex() == step, timeout=20_000)


def test_l01_whole_way__ok(
    entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = ["序号", "登记时间", *PETITION[1:4], "人次", "事项类别", "问题归口", "摘要"]
    rows = [[n, *petition(n)] for n in (1, 2, 3, 4)]
    rows[1][1], rows[2][2], rows[3][5] = "3月9日", "来访接待", "很多"
    path = Book([["信访台账"], heads, *rows, ["合计", None, None, None, None, 4]]).save(tmp_path / "信访.xlsx")
    page = list_page(entered, "petition")
    press(qtbot, page, "list.petition.import")
    wizard = excel_page(entered).importing
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))
    assert not wizard.next.isEnabled()
    press(qtbot, wizard, "excel.pick")
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, COLUMNS)
    assert "事项主题" in wizard.missing.text()
    box = wizard.findChild(QComboBox, "excel.column.H")
    assert box is not None
    box.setCurrentIndex(box.findData("topic"))
    box.activated.emit(box.currentIndex())
    assert not wizard.missing.isVisible()
    click(qtbot, wizard.year)
    wizard.year.setText("2025")
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, PREVIEW)
    assert wizard.rows.rowCount() == 4
    assert wizard.next.text() == "写入 2 条"
    assert show_records(vault, "petition") == []
    tick(qtbot, wizard.doubtful)
    assert wizard.next.text() == "写入 3 条"
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, REPORT)
    assert len(show_records(vault, "petition")) == 3
    assert "新增 3 条" in wizard.result.text()
    assert wizard.rejects.path == tmp_path / "信访-没有导入.xlsx"
    assert wizard.rejects.path.exists()
    assert wizard.open_rejects.isVisible()
    assert page.is_stale  # the list draws itself anew when it is next in front

    answer(qtbot, "confirm.yes")
    click(qtbot, wizard.undo)
    qtbot.waitUntil(lambda: "已撤销" in wizard.result.text(), timeout=20_000)
    assert show_records(vault, "petition") == []
    assert not wizard.undo.isVisible()


def test_l02_bad_files__told(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    page = opened(entered, "excel/petition")
    assert isinstance(page, ExcelPage)
    wizard = page.importing
    text = tmp_path / "a.xlsx"
    text.write_text("登记日期,来件人\n", encoding="utf-8")
    wizard.choose(text)
    click(qtbot, wizard.next)
    qtbot.waitUntil(lambda: "CSV" in wizard.state.text(), timeout=20_000)
    assert wizard.stack.currentIndex() == FILE
    twice = Book([[*PETITION, "电话"], [*petition(), "13900139000"]]).save(tmp_path / "b.xlsx")
    wizard.choose(twice)
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, COLUMNS)
    box = wizard.findChild(QComboBox, "excel.column.I")
    assert box is not None
    assert box.currentData() == ""  # neither of the two is taken before a person has decided
    box.setCurrentIndex(box.findData("phone"))
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, PREVIEW)
    Book([PETITION, petition(5)]).save(twice)
    click(qtbot, wizard.next)
    qtbot.waitUntil(lambda: "重新预览" in wizard.state.text(), timeout=20_000)
    assert show_records(vault, "petition") == []


def test_l03_list_goes_out__ok(
    entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [petition(1), petition(2, 来源渠道="来信"), petition(3)]
    path = Book([PETITION, *rows]).save(tmp_path / "in.xlsx")
    import_workbook(vault, "petition", path, SheetOptions())
    page = list_page(entered, "petition")
    page.filters.filters["channel"].choose("letter")
    page.refresh()
    press(qtbot, page, "list.petition.export")
    box = excel_page(entered).exporting
    assert "1 条" in box.listed.text()
    assert "3 条" in box.all.text()
    out = tmp_path / "out"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(out), ""))
    press(qtbot, box, "excel.export")
    qtbot.waitUntil(lambda: "已导出 1 条" in box.result.text(), timeout=20_000)
    with vault.read() as connection:
        assert read_audit(connection, what=[EXPORTED]) == []
    tick(qtbot, box.all)
    tick(qtbot, box.private)
    press(qtbot, box, "excel.export")
    qtbot.waitUntil(lambda: "已导出 3 条" in box.result.text(), timeout=20_000)
    with open_book(tmp_path / "out.xlsx") as book:
        assert "职工1" in [cell for row in book.rows("信访事项") for cell in row.cells]
    with vault.read() as connection:
        assert len(read_audit(connection, what=[EXPORTED])) == 1
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "t.xlsx"), ""))
    press(qtbot, box, "excel.template")
    assert (tmp_path / "t.xlsx").exists()


# --- L04 ------------------------------------------------------------------------------------------


def test_l04_reason__asked(window: Window, county: Vault, tmp_path: Path, qtbot: QtBot) -> None:  # noqa: F811
    with county.write() as connection:
        accepted = {"period": "2025", "state": "accepted", "filler": "甲", "leader": "乙"}
        days = {"declared_on": "2026-01-05", "due_by": "2026-01-31"}
        Writing(county, connection).add(PERIOD_REPORT, [{**accepted, **days}])
    window.enter(county)
    page = opened(window, "excel/petition")
    assert isinstance(page, ExcelPage)
    wizard = page.importing
    wizard.choose(Book([PETITION, petition(1), petition(2, 登记日期=date(2026, 3, 2))]).save(tmp_path / "in.xlsx"))
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, COLUMNS)
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, PREVIEW)
    assert wizard.next.text() == "写入 1 条"
    click(qtbot, wizard.note)
    wizard.note.setText("补录漏登的来访")
    click(qtbot, wizard.judge)
    qtbot.waitUntil(lambda: wizard.next.text() == "写入 2 条", timeout=20_000)
    click(qtbot, wizard.next)
    arrive(qtbot, wizard, REPORT)
    found = show_records(county, "petition")
    assert len(found) == 2
    with county.read() as connection:
        notes = {one.revision.note for each in found for one in history(connection, each.record.id)}
    assert notes == {"补录漏登的来访"}
    wizard.choose(tmp_path / "in.xlsx")
    assert wizard.note.text() == ""  # a reason is given for one file


# --- L05, L06 -------------------------------------------------------------------------------------


def test_l05_lines_of_a_record__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    with vault.write() as connection:
        values = {"name": "监督员培训班", "kind": "supervisor", "form": "online", "starts_on": "2025-03-01"}
        training = Writing(vault, connection).add("training", [values])[0]
    page = opened(entered, "excel/training")
    press(qtbot, page, "excel.other.trainee")
    page = excel_page(entered)
    assert page.ledger.key == "trainee"
    rows: Rows = [["所属记录", "姓名", "证号", "完成日期"], ["监督员培训班", "张三", "A1", date(2025, 3, 2)]]
    wizard = page.importing
    wizard.choose(Book(rows).save(tmp_path / "in.xlsx"))
    for step in (COLUMNS, PREVIEW, REPORT):
        click(qtbot, wizard.next)
        arrive(qtbot, wizard, step)
    (line,) = show_records(vault, "trainee")
    assert line.record.values[PARENT] == training
    press(qtbot, wizard, "excel.list")
    assert list_page(entered, "training").ledger.key == "training"
    press(qtbot, opened(entered, "excel/trainee"), "excel.other.training")
    assert excel_page(entered).ledger.key == "training"


def test_l06_written_by_the_program__refused(entered: Window, tmp_path: Path, qtbot: QtBot) -> None:
    page = list_page(entered, "period_report")
    into = page.findChild(QAbstractButton, "list.period_report.import")
    assert into is not None
    assert not into.isEnabled()
    assert "不能从表格导入" in into.toolTip()
    page = opened(entered, "excel/period_report")
    assert isinstance(page, ExcelPage)
    page.importing.choose(Book([["期段"], ["2025"]]).save(tmp_path / "in.xlsx"))
    click(qtbot, page.importing.next)
    qtbot.waitUntil(lambda: "不能从表格导入" in page.importing.state.text(), timeout=20_000)
