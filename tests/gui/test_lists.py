"""
L01 a list is printed as it is filtered, private values masked
L02 a step is taken for several records at once, and what was not taken says why
L03 records much like the one being typed are named, and nothing is hindered
L07 opening a long list reads its first rows and no more
L05 totals are summed beside the window; until they come “…” stands for them, and those of a list gone by are dropped
L06 the boxes of the filters show the name of their field at every size of text
L04 what runs here is shown, and the file for those who maintain the program holds nothing typed
"""

import threading
import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktop_app.actions.listing import ListRow, RecordList
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.similar import similar
from desktop_app.gui.list_actions import note_of, steps_menu, take_step_for_chosen
from desktop_app.gui.list_print import print_list
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.settings_page import SettingsPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_window import add_employers, answer, form_page, frame_of, list_page, opened

_LINE_MARGINS = 4
"""What Qt keeps free left and right of the text of a line."""
SECRET = "欧阳锋"


# L01


def test_l01_printed_masked_as_filtered__ok(entered: Window, vault: Vault, tmp_path: Path) -> None:
    rows = [Given({**petition().values, "petitioner": SECRET, "summary": f"第{n}件"}) for n in range(3)]
    add_records(vault, "petition", rows)
    page = list_page(entered, "petition")
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "list.pdf"))
    print_list(RecordList(vault, "petition", text="第2件"), page.title, note_of(page), printer)
    text = pdf_text(tmp_path / "list.pdf")
    assert "第2件" in text
    assert "第1件" not in text
    assert SECRET not in text
    assert "***" in text
    assert "白银市总工会" in text


def pdf_text(path: Path) -> str:
    import pypdfium2  # noqa: PLC0415 used here alone

    document = pypdfium2.PdfDocument(path)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        return unicodedata.normalize("NFKC", text)  # some fonts name a character by its radical
    finally:
        document.close()


def test_l01_without_a_printer_says_so__error(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_employers(vault, "甲公司")
    page = list_page(entered, "employer")
    qtbot.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert "打印机" in frame_of(entered).strip.text.text()


# L02


def test_l02_step_for_several_tells_what_was_not_taken__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    ids = add_records(vault, "petition", [petition() for _ in range(3)]).record_ids
    page = list_page(entered, "petition")
    offered = [action.data() for action in steps_menu(page).actions()]
    assert "accept" in offered
    page.table.selectAll()
    answer(qtbot, "confirm.yes")
    take_step_for_chosen(page, "refuse")
    runner = frame_of(entered).desk.runner
    qtbot.waitUntil(lambda: not runner.is_busy, timeout=20_000)
    states = [show_record(vault, one).record.values["state"] for one in ids]
    told = frame_of(entered).strip.text.text()
    assert states == ["refused"] * 3 or "没有办理的" in told
    answer(qtbot, "confirm.yes")
    page.table.selectAll()
    take_step_for_chosen(page, "reply")  # none of them is in a state for it
    qtbot.waitUntil(lambda: "没有办理的" in frame_of(entered).strip.text.text(), timeout=20_000)


def test_l02_letters_are_signed_one_by_one__ok(entered: Window) -> None:
    offered = [action.data() for action in steps_menu(list_page(entered, "letter")).actions()]
    assert "sign" not in offered
    assert "deliver" in offered


# L03


@pytest.mark.parametrize(
    ("typed", "is_alike"),
    [
        ({"name": "白银区金沟口建筑有限公司"}, True),
        ({"name": "金沟口建筑公司"}, True),
        ({"name": "金沟口物业管理有限公司"}, False),
        ({"name": "全新", "uscc": "916204000000000000"}, True),
    ],
)
def test_l03_employers_alike__ok(vault: Vault, typed: dict[str, object], is_alike: bool) -> None:
    ids = add_employers(vault, "金沟口建筑有限责任公司", "靖远县水泥厂")
    found = [one.record_id for one in similar(vault, "employer", typed)]
    assert found == ([ids[0]] if is_alike else [])
    assert similar(vault, "employer", typed, but=ids[0]) == []
    vault.close()


def test_l03_petitioner_is_named_masked_and_opens__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    record = add_records(vault, "petition", [Given({**petition().values, "petitioner": SECRET})]).record_ids[0]
    page = form_page(entered, "new/petition")
    assert not page.alike.isVisible()
    page.put({"petitioner": SECRET})
    qtbot.waitUntil(page.alike.isVisible, timeout=5_000)
    link = page.findChild(QAbstractButton, "record.similar.0")
    assert link is not None
    assert SECRET not in link.text()
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    found = frame_of(entered).current()
    assert isinstance(found, RecordPage)
    assert found.record_id == record
    page.put(dict(petition().values))
    assert page.save()  # a warning, no hindrance


# L07


def test_l07_only_the_first_rows_are_read__ok(entered: Window, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    add_employers(vault, *(f"第{n}公司" for n in range(400)))
    read = list[int]()

    def watched(records: RecordList, start: int, count: int, n_rows: int) -> list[ListRow]:
        read.append(start)
        return usual(records, start, count, n_rows)

    usual = RecordList.rows
    monkeypatch.setattr(RecordList, "rows", watched)
    list_page(entered, "employer")
    entered.grab()
    assert read == [0]


# L05


def test_l05_totals_come_later_and_stale_ones_are_dropped__ok(
    entered: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Given({**petition().values, "summary": f"第{n}件", "n_people": n}) for n in (3, 40)]
    add_records(vault, "petition", rows)
    gates, begun, threads = [threading.Event(), threading.Event()], list[RecordList](), set[int]()

    def slowly(records: RecordList) -> dict[str, str]:
        begun.append(records)
        threads.add(threading.get_ident())
        gates[len(begun) - 1].wait(20)
        return usual(records)

    usual = RecordList.totals
    monkeypatch.setattr(RecordList, "totals", slowly)
    page = list_page(entered, "petition")
    qtbot.waitUntil(lambda: len(begun) == 1, timeout=20_000)
    assert page.totals.text() == "合计　人次 …"
    page.filters.text.setText("第3件")
    page.refresh()
    gates[0].set()
    qtbot.waitUntil(lambda: len(begun) == 2, timeout=20_000)
    qtbot.wait(50)  # the answer for the whole list is delivered
    assert page.totals.text() == "合计　人次 …"
    gates[1].set()
    qtbot.waitUntil(lambda: "…" not in page.totals.text(), timeout=20_000)
    assert page.totals.text() == "合计　人次 3人次"
    assert threading.get_ident() not in threads
    page.filters.text.setText("没有这样的")
    page.refresh()
    assert not page.totals.isVisible()


# L06


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("ledger", ["letter", "risk", "contract"])
def test_l06_filters_show_their_names__ok(entered: Window, ledger: str, percent: int) -> None:
    entered.resize(1366, 768)
    entered.theme.apply("light", percent)
    page = list_page(entered, ledger)
    entered.grab()  # lays out
    boxes = page.filters.filters.values()
    assert boxes
    for box in boxes:
        line = box.lineEdit()
        assert line is not None
        inner = line.width() - _LINE_MARGINS
        assert inner >= line.fontMetrics().horizontalAdvance(line.placeholderText()), line.placeholderText()
    assert entered.width() == 1366
    entered.theme.apply("light", 100)


# L04


def test_l04_diagnosis_holds_nothing_typed__ok(entered: Window, vault: Vault, tmp_path: Path) -> None:
    add_employers(vault, "保密公司")
    page = opened(entered, "settings")
    assert isinstance(page, SettingsPage)
    page.about.save(tmp_path / "diagnosis.txt")
    text = (tmp_path / "diagnosis.txt").read_text(encoding="utf-8")
    assert "ledger_employer: 1" in text
    assert "保密" not in text
    assert str(vault.folder) not in text
    assert vault.actor not in text
    page.about.save(tmp_path / "no" / "folder.txt")
    assert "失败" in frame_of(entered).strip.text.text()
