"""
L01 a letter by clicks: kind and theme, template, preview that follows the typing, review, signature, reprint
L02 what cannot be printed is said, and nothing is lost
L03 a limit is made longer with a reason; the letterhead is set for the office
L04 the history of a letter is read beside its preview, long values too
"""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QTreeWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.letterhead import read_letterhead
from desktop_app.actions.letters import draft_letter
from desktop_app.actions.printing import print_letter
from desktop_app.actions.reading import show_history
from desktop_app.actions.records import edit_record
from desktop_app.actions.steps import take_step
from desktop_app.gui import record_page
from desktop_app.gui.letter_panel import LetterPanel
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.settings_page import SettingsPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_window import frame_of

BASE = {"kind": "tip", "theme": "wage_arrears", "addressee": "某某建筑公司", "n_people": 3, "amount_fen": 5_000_000}


def open_record(window: Window, address: str) -> tuple[RecordPage, LetterPanel]:
    assert window.desk is not None
    window.desk.open(address)
    page = frame_of(window).pages()[-1]
    assert isinstance(page, RecordPage)
    assert page.letter is not None
    return page, page.letter


@pytest.fixture
def letter(vault: Vault) -> str:
    return draft_letter(vault, BASE).record_ids[0]


def test_l01_from_template_to_signature(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page, panel = open_record(entered, "new/letter")
    page.put({"kind": "tip", "theme": "wage_arrears", "addressee": "某某建筑公司", "is_public": False})
    qtbot.waitUntil(lambda: panel.template.count() > 0)
    panel.apply_template()
    assert "及时足额支付" in str(page.form.raw()["subject"])
    page.put({"facts": "接到反映，请核实。"})
    qtbot.waitUntil(lambda: "第 1 页" in panel.place.text())
    assert "替代字体" in panel.fonts.text() or "仿宋" in panel.fonts.text()
    qtbot.mouseClick(page.head.save, Qt.MouseButton.LeftButton)
    assert page.record_id, entered.frame and entered.frame.strip.text.text()
    assert page.steps is not None
    page.tabs.setCurrentWidget(page.steps)
    for step, fields in (("review", {}), ("sign", {"signer": "王五", "signer_post": "副主席"})):
        assert page.steps is not None
        boxes = page.steps.boxes(step)
        for box in boxes:
            if box.field.key in fields and box.editor is not None:
                box.editor.set_value(fields[box.field.key])
        page.steps.take(page.ledger.workflow.steps[step], boxes)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "每次打印都相同" in panel.fonts.text())
    assert "市工监提〔" in page.title
    first = print_letter(vault, page.record_id, is_counted=False).content
    assert first == print_letter(vault, page.record_id, is_counted=False).content


def test_l01_pages_zoom_and_tidy(entered: Window, letter: str, qtbot: QtBot) -> None:
    page, panel = open_record(entered, f"record/{letter}")
    page.put({"facts": "工会,法律监督" * 120})
    qtbot.waitUntil(lambda: "共 3 页" in panel.place.text() or "共 4 页" in panel.place.text())
    width = panel.sheet.pixmap().width()
    panel.zoom.setCurrentIndex(panel.zoom.count() - 1)
    assert panel.sheet.pixmap().width() > width
    qtbot.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
    assert panel.place.text().startswith("第 2 页")
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.place.text().startswith("第 1 页")
    assert panel.tidy.isVisibleTo(panel)
    qtbot.mouseClick(panel.tidy, Qt.MouseButton.LeftButton)
    assert "工会，法律监督" in str(page.form.raw()["facts"])
    assert not panel.tidy.isVisibleTo(panel)
    page.save()


def test_l01_pdf_and_docx(
    entered: Window, letter: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, panel = open_record(entered, f"record/{letter}")
    qtbot.waitUntil(lambda: "第 1 页" in panel.place.text())
    target = tmp_path / "文书.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    next(one for one in panel.children() if one.objectName() == "letter.save").click()  # type: ignore[attr-defined]
    assert target.read_bytes().startswith(b"%PDF")
    target = tmp_path / "文书.docx"
    next(one for one in panel.menu.actions() if "DOCX" in one.text()).trigger()
    assert target.read_bytes().startswith(b"PK")
    page.put({"facts": "改了"})
    panel.print_now()
    assert "先保存" in entered.frame.strip.text.text() or "打印机" in entered.frame.strip.text.text()  # type: ignore[union-attr]
    page.save()


def test_l01_paper_gets_every_page(entered: Window, vault: Vault, letter: str, qtbot: QtBot, tmp_path: Path) -> None:
    _, panel = open_record(entered, f"record/{letter}")
    qtbot.waitUntil(lambda: "第 1 页" in panel.place.text())
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    panel.paint(print_letter(vault, letter), printer)
    assert (tmp_path / "out.pdf").stat().st_size > 1000


def test_l02_no_printer(entered: Window, letter: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    _, panel = open_record(entered, f"record/{letter}")
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    qtbot.mouseClick(panel.print, Qt.MouseButton.LeftButton)
    assert entered.frame is not None
    assert "没有安装打印机" in entered.frame.strip.text.text()


def test_l02_character_that_no_font_has(entered: Window, letter: str, qtbot: QtBot) -> None:
    page, panel = open_record(entered, f"record/{letter}")
    page.put({"addressee": "某\ue000公司"})
    qtbot.waitUntil(lambda: "都没有" in panel.sheet.text())
    assert "主送" in panel.sheet.text()
    page.put({"addressee": "某公司"})
    qtbot.waitUntil(lambda: "第 1 页" in panel.place.text())
    page.save()


def test_l03_reason_for_a_longer_limit(
    entered: Window, vault: Vault, letter: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_step(vault, letter, "review", {})
    take_step(vault, letter, "sign", {"signer": "王五", "signer_post": "副主席"})
    page, _ = open_record(entered, f"record/{letter}")
    page.put({"reply_days": 30})
    monkeypatch.setattr(record_page, "ask_reason", lambda *_: "")
    assert not page.save()
    asked: list[str] = []

    def answer(_: object, words: str) -> str:
        asked.append(words)
        return "对方申请延期"

    monkeypatch.setattr(record_page, "ask_reason", answer)
    qtbot.mouseClick(page.head.save, Qt.MouseButton.LeftButton)
    assert "回复期限" in asked[0]
    assert show_history(vault, letter)[-1].note == "对方申请延期"


def test_l03_letterhead(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    assert entered.desk is not None
    entered.desk.open("settings")
    page = frame_of(entered).pages()[-1]
    assert isinstance(page, SettingsPage)
    page.letterhead.texts["contact"].setText("张三")
    page.letterhead.series["tip"].setText("银工监提")
    page.letterhead.shifts["shift_down"].setValue(-1.5)
    qtbot.mouseClick(page.letterhead.save, Qt.MouseButton.LeftButton)
    found = read_letterhead(vault)
    assert (found.contact, found.series["tip"], found.shift_down) == ("张三", "银工监提", -15)


# L04


@pytest.mark.parametrize("percent", [100, 150])
def test_l04_history_needs_no_sideways_scrolling__ok(entered: Window, vault: Vault, letter: str, percent: int) -> None:
    edit_record(vault, letter, {"facts": "接到反映，请核实。" * 20}, note="县里核实以后补充")
    entered.resize(1366, 720)
    try:
        entered.theme.apply("light", percent)
        page, _ = open_record(entered, f"record/{letter}")
        page.tabs.setCurrentIndex(page.tabs.count() - 1)
        QCoreApplication.processEvents()
        tree = page.findChild(QTreeWidget, "record.history.tree")
        assert isinstance(tree, QTreeWidget)
        assert tree.horizontalScrollBar().maximum() == 0
        newest = tree.topLevelItem(0)
        assert newest is not None
        assert "县里核实以后补充" in newest.text(0)
        assert vault.actor in newest.text(0)
        (facts,) = [newest.child(at) for at in range(newest.childCount()) if newest.child(at).text(0) == "缘由和事实"]
        assert tree.visualItemRect(facts).height() > 3 * tree.fontMetrics().lineSpacing()  # read without a tool tip
    finally:
        entered.theme.apply("light", 100)
