"""
The city's season in the window, by clicks.

G01 the board leads to the declared period, which is accepted, returned or refused
G02 a record is sent back with comments on its fields; the county finds it on its list, the city settles it
G03 conflicts stand field by field and are decided one by one or by a rule
G04 counties are enrolled, enrolled again and stopped; both screens show the same code
G05 a parameter pack is checked, put in force and written for the counties
G06 what came and went is listed with its report
"""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.conflicts import list_conflicts
from desktop_app.actions.declaring import declare_period
from desktop_app.actions.desk import NewDesk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import init_county
from desktop_app.actions.records import add_records, edit_record
from desktop_app.actions.returns import list_returns
from desktop_app.actions.status import board
from desktop_app.base.paths import forms_dir
from desktop_app.gui.board_page import BoardPage
from desktop_app.gui.conflict_page import ConflictPage
from desktop_app.gui.give_back_page import GiveBackPage
from desktop_app.gui.journal_page import JournalPage
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.offices_page import OfficesPage
from desktop_app.gui.params_page import ParamsPage
from desktop_app.gui.period_page import PeriodPage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.returns_page import ReturnsPage
from desktop_app.gui.window import Window
from desktop_app.schema.load import read_files
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_exchange import (  # noqa: F401 fixtures
    asked,
    click,
    county,
    last_year,
    other,
    petition,
    receive_page,
    stick,
)
from tests.gui.test_window import answer, form_page, frame_of, list_page, opened


def carry(sender: Vault, receiver: Vault, folder: Path) -> None:
    out = folder / f"carried-{len(list(folder.iterdir()))}"
    out.mkdir()
    import_package(receiver, next(one.file for one in export(sender, out)))


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not frame_of(window).desk.runner.is_busy, timeout=20_000)


def said(window: Window) -> str:
    return frame_of(window).strip.text.text()


# --- G01 ------------------------------------------------------------------------------------------


def declared(vault: Vault, county: Vault, stick: Path) -> str:  # noqa: F811
    record = asked(county)
    edit_record(county, record, {"explanation": "停电改期"})
    declare_period(county, last_year(), filler="张三", leader="李四")
    carry(county, vault, stick)
    return record


def test_g01_from_the_board_to_acceptance__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    record = declared(vault, county, stick)
    county.close()
    page = opened(entered, "board")
    assert isinstance(page, BoardPage)
    assert "已报 1" in page.counts.text()
    page.table.selectRow(0)
    click(qtbot, page.look)
    shown = frame_of(entered).current()
    assert isinstance(shown, PeriodPage)
    idle(entered, qtbot)
    assert "一致" in shown.code.text()
    assert shown.explained.rowCount() == 1
    assert shown.different.rowCount() == 0
    cell = shown.explained.item(0, 1)
    assert cell is not None
    assert cell.text() == "停电改期"
    click(qtbot, shown.buttons["accept"])
    idle(entered, qtbot)
    assert board(vault, [last_year()])[0].state == "accepted"
    assert "已接收" in shown.head.text()
    assert not shown.buttons["accept"].isEnabled()
    assert shown.buttons["accept"].toolTip()
    shown.explained.itemActivated.emit(shown.explained.item(0, 1))
    behind = frame_of(entered).current()
    assert isinstance(behind, RecordPage)
    assert behind.address.key == record


def test_g01_returned_with_opinion_and_day__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    declared(vault, county, stick)
    page = opened(entered, f"period/620421/{last_year()}")
    assert isinstance(page, PeriodPage)
    idle(entered, qtbot)
    click(qtbot, page.buttons["return"])
    assert board(vault, [last_year()])[0].state == "submitted"  # neither opinion nor day was given
    page.opinion.setText("缺一份会议记录")
    page.reply_by.setText("2031-2-10")
    click(qtbot, page.buttons["return"])
    idle(entered, qtbot)
    row = board(vault, [last_year()])[0]
    assert (row.state, row.due_by) == ("returned", "2031-02-10")
    carry(vault, county, stick)
    county.close()


def test_g01_nothing_declared__ok(entered: Window, county: Vault, qtbot: QtBot) -> None:  # noqa: F811
    county.close()
    page = opened(entered, "board")
    assert isinstance(page, BoardPage)
    page.table.itemActivated.emit(page.table.item(0, 0))
    assert "催报" in said(entered)
    shown = opened(entered, f"period/620421/{last_year()}")
    assert isinstance(shown, PeriodPage)
    idle(entered, qtbot)
    assert "还没有上报" in shown.about.text()
    assert not any(one.isEnabled() for one in shown.buttons.values())
    page.periods.setText("2025、xx")
    page.refresh()
    assert "期段" in said(entered)


# --- G02 ------------------------------------------------------------------------------------------


def test_g02_there_and_back__ok(
    entered: Window,
    other: Window,  # noqa: F811
    vault: Vault,
    county: Vault,  # noqa: F811
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    record = add_records(county, "petition", [petition()]).record_ids[0]
    carry(county, vault, stick)
    page = opened(entered, f"record/{record}")
    assert isinstance(page, RecordPage)
    click(qtbot, page.head.give_back)
    back = frame_of(entered).current()
    assert isinstance(back, GiveBackPage)
    click(qtbot, back.go)
    assert "意见" in said(entered)
    assert list_returns(vault) == []
    at = next(row for row in range(back.table.rowCount()) if back.table.item(row, 0).text() == "摘要")  # type: ignore[union-attr]
    cell = back.table.item(at, 2)
    assert cell is not None
    cell.setText("请写明人数")
    back.whole.setText("请补附件")
    click(qtbot, back.go)
    assert {(one.values.get("field"), one.values["comment"]) for one in list_returns(vault)} == {
        (None, "请补附件"),
        ("summary", "请写明人数"),
    }
    carry(vault, county, stick)
    todo = opened(other, "returns")
    assert isinstance(todo, ReturnsPage)
    assert todo.table.rowCount() == 2
    assert not todo.settle.isVisible()
    todo.table.itemActivated.emit(todo.table.item(0, 0))
    opened_page = frame_of(other).current()
    assert isinstance(opened_page, RecordPage)
    assert opened_page.address.key == record
    assert not opened_page.head.give_back.isVisible()
    edit_record(county, record, {"summary": "三十二人"})
    carry(county, vault, stick)
    waiting = opened(entered, "returns")
    assert isinstance(waiting, ReturnsPage)
    waiting.refresh()
    assert [waiting.table.item(row, 1).text() for row in range(2)] == ["已修改", "已修改"]  # type: ignore[union-attr]
    waiting.table.selectAll()
    click(qtbot, waiting.settle)
    assert list_returns(vault) == []
    assert waiting.table.rowCount() == 0
    waiting.settled.setChecked(True)
    assert waiting.table.rowCount() == 2


# --- G03 ------------------------------------------------------------------------------------------


def test_g03_by_a_rule__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    records = add_records(county, "petition", [petition(), petition()]).record_ids
    carry(county, vault, stick)
    for one in records:
        edit_record(vault, one, {"summary": "市里改的", "n_people": 7})
        edit_record(county, one, {"summary": "县里改的", "n_people": 8})
    carry(county, vault, stick)
    county.close()
    page = opened(entered, "conflicts")
    assert isinstance(page, ConflictPage)
    assert "4 处" in page.head.text()
    found_buttons: Iterable[QAbstractButton] = page.area.findChildren(QAbstractButton)
    buttons = "".join(one.text() for one in found_buttons)
    assert all(one in buttons for one in ("“市里改的”", "“县里改的”", "“7", "“8"))
    page.ledger.setCurrentIndex(page.ledger.findData("petition"))
    page.rule.setCurrentIndex(page.rule.findData("city"))
    page.note.setText("按市级调查")
    answer(qtbot, "confirm.no")
    click(qtbot, page.all)
    assert len(list_conflicts(vault)) == 4
    answer(qtbot, "confirm.yes")
    click(qtbot, page.all)
    assert list_conflicts(vault) == []
    assert "已裁决 4 处" in said(entered)
    assert not page.all.isEnabled()
    with vault.read() as connection:
        found = vault.rows["petition"].load(connection, list(records))
    assert {one.values["summary"] for one in found.values()} == {"市里改的"}


# --- G04 ------------------------------------------------------------------------------------------


def text_of(page: QWidget, row: int, column: int) -> str:
    assert isinstance(page, OfficesPage)
    item = page.table.item(row, column)
    assert item is not None
    return item.text()


def test_g04_enrolled_paired_replaced_stopped__ok(
    entered: Window,
    tmp_path: Path,
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    page = opened(entered, "offices")
    assert isinstance(page, OfficesPage)
    page.code.setText("620422")
    page.name.setText("会宁县总工会")
    click(qtbot, page.add)
    assert "U盘" in said(entered)
    page.folder.setText(str(stick))
    click(qtbot, page.add)
    assert "可以拔出" in page.result.text()
    assert text_of(page, 0, 2) == "等登记文件"
    for n in range(2):  # the second time its PC was replaced
        enrolment = next(stick.glob("*enrolment*.ghpkg"))
        desk = NewDesk(tmp_path / f"county-{n}", PASSPHRASE, cost=LIGHT)
        made, paired = init_county(desk, enrolment=enrolment, out=stick)
        made.close()
        receiving = receive_page(entered)
        assert paired.file is not None
        receiving.add([paired.file])
        click(qtbot, receiving.go)
        qtbot.waitUntil(lambda receiving=receiving: "已处理 1 个" in receiving.state.text(), timeout=20_000)  # type: ignore[misc]
        report = receiving.findChild(QTextBrowser, "receive.report")
        assert report is not None
        assert paired.short_code in report.toPlainText()
        opened(entered, "offices")
        page.refresh()
        assert text_of(page, 0, 2) == "已登记"
        assert text_of(page, 0, 3) == paired.short_code
        for one in stick.iterdir():
            one.unlink()
        page.table.selectRow(0)
        page.folder.setText(str(stick))
        click(qtbot, page.again)
    page.table.selectRow(0)
    answer(qtbot, "confirm.yes")
    click(qtbot, page.revoke)
    assert text_of(page, 0, 2) == "未登记"


def test_g04_no_office_chosen__error(entered: Window, qtbot: QtBot) -> None:
    page = opened(entered, "offices")
    assert isinstance(page, OfficesPage)
    for one in (page.again, page.revoke):
        click(qtbot, one)
        assert "选一个县区" in said(entered)


# --- G05 ------------------------------------------------------------------------------------------


def newer_forms(folder: Path) -> tuple[Path, str]:
    """A copy of the forms with a new label and one field more, its ledger's file, and what that was."""
    for name, text in read_files(forms_dir()).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    ledger = folder / "ledgers" / "honor.toml"
    text = ledger.read_text(encoding="utf-8").replace('label = "荣誉表彰"', 'label = "荣誉表彰（新）"', 1)
    text = text.replace("[field]\n", '[field]\nextra_place = { type = "text", label = "颁奖地点" }\n', 1)
    sections = text.index("[sections]")
    whole = text[:sections] + text[sections:].replace('= ["', '= ["extra_place", "', 1)
    ledger.write_text(whole, encoding="utf-8")
    return ledger, text


def raise_version(folder: Path, before: int) -> None:
    pack = folder / "pack.toml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace(f"version = {before}", f"version = {before + 1}", 1), encoding="utf-8")


def params_page(window: Window, folder: Path, stick: Path) -> ParamsPage:  # noqa: F811
    page = opened(window, "params")
    assert isinstance(page, ParamsPage)
    page.forms.setText(str(folder))
    page.folder.setText(str(stick))
    return page


def test_g05_checked_and_published__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    tmp_path: Path,
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    ledger, in_no_section = newer_forms(tmp_path / "forms")
    whole, before = ledger.read_text(encoding="utf-8"), vault.pack.version
    page = params_page(entered, tmp_path / "forms", stick)
    ledger.write_text(in_no_section, encoding="utf-8")
    click(qtbot, page.check)
    idle(entered, qtbot)
    assert "extra_place" in page.report.toPlainText()
    assert "错误" in said(entered)

    ledger.write_text(whole, encoding="utf-8")
    click(qtbot, page.check)
    idle(entered, qtbot)
    assert "颁奖地点" in page.report.toPlainText()
    assert "version 加大" in page.report.toPlainText()
    click(qtbot, page.go)
    idle(entered, qtbot)
    assert vault.pack.version == before

    raise_version(tmp_path / "forms", before)
    click(qtbot, page.go)
    idle(entered, qtbot)
    assert "可以拔出" in page.result.text()
    assert vault.pack.version == before + 1
    done = import_package(county, next(stick.glob("*parameters*.ghpkg")))
    assert done.outcome == "adopted"
    assert "extra_place" in county.pack.ledgers["honor"].fields
    county.close()


def test_g05_drawn_anew_at_once__ok(
    entered: Window,
    other: Window,  # noqa: F811
    vault: Vault,
    tmp_path: Path,
    stick: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    newer_forms(tmp_path / "forms")
    raise_version(tmp_path / "forms", vault.pack.version)
    for window in (entered, other):
        form_page(window, "new/honor").put({"winner": "模范单位"})
        list_page(window, "honor").filters.text.setText("模范")
    publishing = params_page(entered, tmp_path / "forms", stick)
    click(qtbot, publishing.go)
    idle(entered, qtbot)
    assert "重新显示" in publishing.result.text()
    assert frame_of(entered).current() is publishing
    assert_drawn_anew(entered)
    taking = receive_page(other)
    taking.add([next(stick.glob("*parameters*.ghpkg"))])
    form_page(other, "new/honor")  # she goes on typing while it works
    click(qtbot, taking.go)
    idle(other, qtbot)
    assert "新参数包" in taking.state.text()
    assert_drawn_anew(other)
    assert isinstance(frame_of(other).current(), RecordPage)


def assert_drawn_anew(window: Window) -> None:
    """The navigation has the new label, the form its new field, and what was typed and searched is there."""
    navigation, label = frame_of(window).navigation, "荣誉表彰（新）"
    navigation.point_at("list/honor")
    assert navigation.currentIndex().data() == label
    typing = next(one for one in frame_of(window).pages() if isinstance(one, RecordPage))
    assert "extra_place" in typing.form.boxes
    assert typing.form.raw()["winner"] == "模范单位"
    listed = next(one for one in frame_of(window).pages() if isinstance(one, ListPage))
    assert (listed.ledger.label, listed.filters.text.text()) == (label, "模范")
    tabs = frame_of(window).tabs
    assert tabs.indexOf(typing) < tabs.indexOf(listed)


# --- G06 ------------------------------------------------------------------------------------------


def test_g06_listed_with_its_report__ok(
    entered: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    tmp_path: Path,
    stick: Path,  # noqa: F811
) -> None:
    add_records(county, "petition", [petition()])
    carry(county, vault, stick)
    county.close()
    page = opened(entered, "journal")
    assert isinstance(page, JournalPage)
    assert not page.keep.isEnabled()
    page.table.selectRow(0)
    assert "信访事项：新增 1" in page.report.toPlainText()
    assert page.keep.isEnabled()
    path = tmp_path / "报告.pdf"
    path.write_bytes(b"an older one")
    page.write_report(path)
    assert path.read_bytes().startswith(b"%PDF")
