"""
W01 the log-in opens a vault, refuses a wrong passphrase in words, and locking goes back to it
W02 every ledger's list and form is drawn, filled, saved and read again
W03 problems stand beside their fields; Enter moves on; dates, codes and choices are typed in short forms
W05 with the keyboard alone: keys go to the page that came to the front, Enter presses the button that has the focus
W04 every interactive widget has an object name and an accessible name
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.actions.listing import RecordList
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import Given, add_records, delete_record
from desktop_app.base.paths import forms_dir
from desktop_app.gui.child_table import ChildTable
from desktop_app.gui.editors.choice import ChoiceEditor
from desktop_app.gui.editors.day import complete_date
from desktop_app.gui.frame import Frame
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.page import Page
from desktop_app.gui.pages import last_entries
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.theme import COLOURS
from desktop_app.gui.window import Window
from desktop_app.schema.load import load_pack, read_files
from desktop_app.schema.model import Field
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE

PACK = load_pack(read_files(forms_dir()))
LEDGERS = [one.key for one in PACK.in_order() if not one.child_of]


def frame_of(window: Window) -> Frame:
    assert window.frame is not None
    return window.frame


def opened(window: Window, address: str, **options: object) -> QWidget:
    assert window.desk is not None
    window.desk.open(address, **options)
    page = frame_of(window).current()
    assert page is not None
    return page


def form_page(window: Window, address: str) -> RecordPage:
    page = opened(window, address)
    assert isinstance(page, RecordPage)
    return page


def list_page(window: Window, ledger: str) -> ListPage:
    page = opened(window, f"list/{ledger}")
    assert isinstance(page, ListPage)
    return page


def line_of(page: RecordPage, key: str) -> QLineEdit:
    editor = page.form.boxes[key].editor
    assert editor is not None
    found = editor.main.lineEdit() if isinstance(editor.main, QComboBox) else editor.main
    assert isinstance(found, QLineEdit)
    return found


# W01


def test_w01_right_passphrase_opens__ok(window: Window, vault: Vault, qtbot: QtBot) -> None:
    folder = vault.folder
    vault.close()
    window.login.show_vaults(folder)
    window.hide()
    window.show()
    assert window.focusWidget() is window.login.passphrase
    qtbot.keyClicks(window.login.passphrase, PASSPHRASE)
    with qtbot.waitSignal(window.login.opened, timeout=10_000):
        qtbot.keyClick(window.login.passphrase, Qt.Key.Key_Return)
    assert frame_of(window).isVisible()
    assert "白银市总工会" in window.windowTitle()
    assert window.login.passphrase.text() == ""


def test_w01_wrong_passphrase__error(window: Window, vault: Vault, qtbot: QtBot) -> None:
    folder = vault.folder
    vault.close()
    window.login.show_vaults(folder)
    qtbot.keyClicks(window.login.passphrase, "not this one")
    qtbot.mouseClick(window.login.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "口令" in window.login.hint.text(), timeout=10_000)
    assert window.frame is None
    assert window.login.passphrase.isEnabled()


def test_w01_no_vault_says_what_to_do__ok(window: Window) -> None:
    assert not window.login.go.isEnabled()
    assert "密库" in window.login.hint.text()


def test_w01_caps_lock_is_told__ok(window: Window, vault: Vault, qtbot: QtBot) -> None:
    window.login.show_vaults(vault.folder)
    qtbot.keyClick(window.login.passphrase, "A")  # a capital without Shift
    assert "大写" in window.login.hint.text()
    vault.close()


def test_w01_lock_goes_back__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    qtbot.mouseClick(frame_of(entered).lock, Qt.MouseButton.LeftButton)
    assert entered.frame is None
    assert entered.login.isVisible()
    assert entered.login.passphrase.text() == ""


# W02


@pytest.mark.parametrize("key", LEDGERS)
def test_w02_every_ledger_filled_saved_read__ok(entered: Window, vault: Vault, key: str) -> None:
    ledger = PACK.ledgers[key]
    target = ""
    for field in ledger.entered:
        if field.required and field.ledger:
            other = PACK.ledgers[field.ledger]
            given = {one.key: sample(one, "") for one in other.entered if one.required and not one.ledger}
            target = add_records(vault, other.key, [Given(given)]).record_ids[0]
    page = form_page(entered, f"new/{key}")
    wanted = {one.key: sample(one, target) for one in ledger.entered if one.required and one.key != "parent"}
    wanted["explanation"] = "测试说明" if "explanation" in ledger.fields else None
    page.form.type_in({name: value for name, value in wanted.items() if value is not None and name in page.form.boxes})
    assert page.save(), [str(one) for one in page.problems_now()]
    shown = show_record(vault, page.record_id)
    assert shown.record.ledger == key
    for name, value in wanted.items():
        if value is not None and name in page.form.boxes and ledger.fields[name].type.name != "references":
            assert shown.record.values[name] == value, name
    rows = list_page(entered, key)
    assert shown.record.id in [rows.model.row(at).record_id for at in range(rows.model.rowCount())]
    again = form_page(entered, f"record/{page.record_id}")
    assert again.form.changed() == {}


def add_employers(vault: Vault, *names: str) -> tuple[str, ...]:
    """Employers that differ in their names alone, and in code, by which one is told from another."""
    plain = {one.key: sample(one, "") for one in PACK.ledgers["employer"].entered if one.required and not one.ledger}
    rows = [Given({**plain, "name": name, "uscc": f"91620400{n:010}"}) for n, name in enumerate(names)]
    return add_records(vault, "employer", rows).record_ids


def sample(field: Field, target: str) -> object:
    """A value that the field takes, canonical."""
    first = next(iter(field.choices.labels)) if field.choices else None
    return {
        "text": "测试",
        "long_text": "测试",
        "count": 1,
        "money": 100,
        "pair": [1, 2],
        "date": "2025-03-05",
        "period": "2025",
        "choice": first,
        "choices": [first],
        "region": first,
        "flag": True,
        "uscc": "91620400MA0000000A",
        "phone": "13800000000",
        "reference": target,
        "references": [target],
        "doc_no": "测工监提〔2025〕1号",
    }.get(field.type.name)


def test_w02_list_is_a_sound_model__ok(entered: Window, vault: Vault, qtmodeltester: ModelTester) -> None:
    add_employers(vault, *(f"单位{n}" for n in range(250)))
    page = list_page(entered, "employer")
    qtmodeltester.check(page.model)
    names = [page.model.row(at).cells for at in range(250)]
    assert len(set(names)) == 250  # read from both ends, none twice
    flat = [cell for row in names for cell in row]
    assert {f"单位{n}" for n in range(250)} <= set(flat)


def test_w02_every_model_is_sound__ok(entered: Window, vault: Vault, qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    (record,) = add_employers(vault, "测试公司")
    assert entered.desk is not None
    kinds = set()
    addresses = ["home", "list/employer", "list/letter", f"record/{record}", "new/letter", "excel/petition", "search"]
    for address in [*addresses, *(one for one, _ in last_entries(entered.desk))]:
        page = opened(entered, address)
        qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=20_000)
        views: Iterable[QAbstractItemView] = page.findChildren(QAbstractItemView)
        boxes: Iterable[QComboBox] = page.findChildren(QComboBox)
        for model in [*(one.model() for one in views), *(one.model() for one in boxes)]:
            qtmodeltester.check(model)
        kinds |= {type(one).__name__ for one in (*views, *boxes)}
        if isinstance(page, Page) and page.address.kind != "home":
            frame_of(entered).drop(page)
    qtmodeltester.check(frame_of(entered).navigation.model())
    assert {"QTableView", "PlainTable", "QTreeWidget", "QListWidget", "ChoiceBox", "QComboBox"} <= kinds


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_w02_pages_from_both_ends_agree__ok(vault: Vault, sort: str) -> None:
    add_employers(vault, *(f"单位{n % 40}" for n in range(150)))  # many equal names
    records = RecordList(vault, "employer", sort=sort)
    n_rows = records.count()
    whole = [one.record_id for one in records.rows(0, n_rows, n_rows)]
    pieces = [one.record_id for at in range(0, n_rows, 20) for one in records.rows(at, 20, n_rows)]
    assert pieces == whole
    assert len(set(whole)) == 150
    vault.close()


def test_w02_list_finds_copies_deletes__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_employers(vault, "甲公司", "乙公司", "丙厂")
    page = list_page(entered, "employer")
    page.filters.text.setText("公司")  # what an input method leaves; Qt's test keys are ASCII
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    page.table.selectAll()
    page.copy_chosen()
    copied = QApplication.clipboard().text()
    assert "甲公司" in copied
    assert "\t" in copied.splitlines()[0]
    answer(qtbot, "confirm.yes")
    page.delete_chosen()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert "没有符合条件" in page.empty.text()


def test_w02_chosen_columns_are_remembered__ok(entered: Window, vault: Vault) -> None:
    add_employers(vault, "甲公司")
    list_page(entered, "employer").show_columns(["name"])
    frame_of(entered).close_current()
    assert list_page(entered, "employer").model.columnCount() == 1


def test_w02_deleted_record_can_be_restored__ok(entered: Window, vault: Vault) -> None:
    record = add_employers(vault, "甲公司")[0]
    delete_record(vault, record)
    page = form_page(entered, f"record/{record}")
    assert "已删除" in page.head.reason.text()
    assert not page.head.save.isEnabled()
    page.head.delete.click()
    assert page.head.save.isEnabled()


def test_w02_child_rows_in_place__ok(entered: Window, vault: Vault) -> None:
    parent = next(one for one in LEDGERS if PACK.children(one))
    child = PACK.children(parent)[0]
    given = {one.key: sample(one, "") for one in PACK.ledgers[parent].entered if one.required and not one.ledger}
    record = add_records(vault, parent, [Given(given)]).record_ids[0]
    page = form_page(entered, f"record/{record}")
    table = page.children_tables[child.key]
    assert isinstance(table, ChildTable)
    page.tabs.setCurrentWidget(table)
    table.add_row()
    for column, field in enumerate(table.fields):
        if field.required and (value := sample(field, "")) is not None:
            table.written(0, column, value)
    kept = table.keep_row()
    assert kept or table.problem.text()  # a row that cannot be kept says why and stays
    assert table.table.rowCount() == 1


# W03


def test_w03_missing_fields_are_named_beside_them__error(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page.form.boxes["summary"].problem.isVisibleTo(page)
    assert page.problems.list.count() > 0
    assert page.record_id == ""


def test_w03_short_date_enter_and_choice_by_initials__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    day = line_of(page, "registered_on")
    day.setFocus()
    day.clear()
    qtbot.keyClicks(day, "2025.3.5")
    qtbot.keyClick(day, Qt.Key.Key_Return)
    assert day.text() == "2025-03-05"
    assert not day.hasFocus()
    channel = page.form.boxes["channel"].editor
    assert channel is not None
    label = next(iter(PACK.choices["channel"].labels.values()))
    line_of(page, "channel").setText(label)
    assert channel.value() == next(iter(PACK.choices["channel"].labels))


def test_w03_enter_takes_what_fits_and_goes_on__ok(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    line = line_of(page, "channel")
    line.setFocus()
    line.setText("来访")
    editor = page.form.boxes["channel"].editor
    assert isinstance(editor, ChoiceEditor)
    completer = editor.box.completer()
    assert completer is not None
    completer.activated.emit("来访")  # as its list does; a popup cannot take keys on the tests' screen
    qtbot.waitUntil(lambda: entered.focusWidget() is line_of(page, "petitioner"), timeout=5_000)


def test_w03_enter_on_an_open_list_goes_on_once__ok(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    line = line_of(page, "channel")
    line.setFocus()
    line.setText("来")
    editor = page.form.boxes["channel"].editor
    assert isinstance(editor, ChoiceEditor)
    completer = editor.box.completer()
    assert completer is not None
    line.returnPressed.emit()  # the open list hands the key to the line, and then says what was chosen
    completer.activated.emit("来访")
    qtbot.waitUntil(lambda: entered.focusWidget() is line_of(page, "petitioner"), timeout=5_000)
    qtbot.wait(20)
    assert entered.focusWidget() is line_of(page, "petitioner")


def test_w03_dates_in_short_forms__ok(vault: Vault) -> None:
    from datetime import date  # noqa: PLC0415 used here alone

    today = date(2026, 3, 1)
    assert complete_date("3-5", today) == "2026-3-5"
    assert complete_date("25.3.5", today) == "2025-3-5"
    assert complete_date("今天", today) == "2026-03-01"
    assert complete_date("昨天", today) == "2026-02-28"
    assert complete_date("20250305", today) == "20250305"
    vault.close()


def test_w03_ten_thousand_characters_and_emoji__error(entered: Window) -> None:
    page = form_page(entered, "new/employer")
    page.form.type_in({"name": "字😀䶮" * 4000})
    assert not page.save()
    assert len(line_of(page, "name").text()) > 10_000  # nothing is cut
    plain = {one.key: sample(one, "") for one in PACK.ledgers["employer"].entered if one.required}
    page.form.type_in({**plain, "name": "䶮公司😀"})
    assert page.save()
    assert page.title.startswith("䶮公司😀")


def test_w03_year_0025_is_refused_in_words__error(entered: Window) -> None:
    page = form_page(entered, "new/petition")
    page.form.type_in({"registered_on": "0025-03-05"})
    assert not page.save()
    assert "登记日期" in page.form.boxes["registered_on"].problem.text()


def test_w03_f2_copies_the_last_value__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_employers(vault, "甲公司")
    page = form_page(entered, "new/employer")
    line = line_of(page, "name")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_F2)
    assert line.text() == "甲公司"


def test_w03_private_value_is_covered__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    ledger = PACK.ledgers["petition"]
    given = {one.key: sample(one, "") for one in ledger.entered if one.required and not one.ledger}
    record = add_records(vault, "petition", [Given({**given, "petitioner": "张三丰"})]).record_ids[0]
    page = form_page(entered, f"record/{record}")
    box = page.form.boxes["petitioner"]
    assert box.is_covered
    assert "张三丰" not in [one.text() for one in every_line(page)]
    button = page.findChild(QAbstractButton, "record.petition.petitioner.uncover")
    assert button is not None
    button.click()
    assert box.editor is not None
    assert box.editor.value() == "张三丰"
    assert page.form.changed() == {}


# W05


def test_w05_keys_go_to_the_page_in_front__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_employers(vault, "甲公司", "乙公司")
    frame = frame_of(entered)
    qtbot.keyClick(entered, Qt.Key.Key_F6)
    assert frame.navigation.hasFocus()
    frame.navigation.point_at("list/employer")
    qtbot.keyClick(frame.navigation, Qt.Key.Key_Return)
    listed = frame.current()
    assert isinstance(listed, ListPage)
    assert entered.focusWidget() is listed.table
    qtbot.keyClick(listed.table, Qt.Key.Key_Return)
    record = frame.current()
    assert isinstance(record, RecordPage)
    assert record.isAncestorOf(entered.focusWidget())
    qtbot.keyClick(entered, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert frame.current() is listed
    assert entered.focusWidget() is listed.table


def test_w05_enter_presses_a_button__ok(entered: Window, qtbot: QtBot) -> None:
    page = list_page(entered, "employer")
    assert page.new.hasFocus()  # nothing is there yet
    qtbot.keyClick(page.new, Qt.Key.Key_Return)
    assert isinstance(frame_of(entered).current(), RecordPage)


def test_w05_a_step_is_taken_without_the_mouse__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    given = {one.key: sample(one, "") for one in PACK.ledgers["letter"].entered if one.required and not one.ledger}
    record = add_records(vault, "letter", [Given(given)]).record_ids[0]
    page = form_page(entered, f"record/{record}")
    at = [page.tabs.tabText(n) for n in range(page.tabs.count())].index("办理")
    qtbot.keyClick(entered.focusWidget(), Qt.Key(Qt.Key.Key_1 + at), Qt.KeyboardModifier.AltModifier)
    assert entered.focusWidget().objectName() == "record.step.review"
    qtbot.keyClick(entered.focusWidget(), Qt.Key.Key_Return)
    assert show_record(vault, record).record.values["state"] == "reviewed"
    qtbot.waitUntil(lambda: entered.focusWidget().objectName().startswith("record.step."), timeout=5_000)


def test_w05_from_the_form_to_its_problems_and_back__ok(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    qtbot.keyClick(line_of(page, "petitioner"), Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert page.problems.list.hasFocus()
    page.problems.list.setCurrentRow(0)
    qtbot.keyClick(page.problems.list, Qt.Key.Key_Return)
    assert page.form.focused() is not None


# W04


def test_w04_every_widget_is_named__ok(entered: Window) -> None:
    bad = []
    for key in LEDGERS:
        for address in (f"list/{key}", f"new/{key}"):
            page = opened(entered, address)
            assert isinstance(page, Page)
            bad += [f"{address}: {one}" for one in unnamed(page)]
            frame_of(entered).drop(page)
    assert entered.desk is not None
    for address in ("home", "search", *(one for one, _ in last_entries(entered.desk))):
        bad += [f"{address}: {one}" for one in unnamed(opened(entered, address))]
    bad += unnamed(frame_of(entered)) + unnamed(entered.login) + unnamed(entered.setup_page)
    assert bad == []


def unnamed(root: QWidget) -> list[str]:
    """Interactive widgets of ours without a name; parts that Qt makes inside its own are named after qt_."""
    kinds = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)
    every: Iterable[QWidget] = root.findChildren(QWidget)
    found = [one for one in every if isinstance(one, kinds)]
    own = [one for one in found if not one.objectName().startswith("qt_") and not is_part(one)]
    return [
        f"{type(one).__name__} {one.objectName()!r}" for one in own if not (one.objectName() and one.accessibleName())
    ]


def every_line(root: QWidget) -> Iterable[QLineEdit]:
    return root.findChildren(QLineEdit)


def is_part(widget: QWidget) -> bool:
    """Whether Qt made it inside a widget of its own: header views, corner and tab buttons, popup lists."""
    name = type(widget).__name__
    parent = widget.parentWidget()
    return (
        name in ("QHeaderView", "QTableCornerButton", "CloseButton", "QAbstractButton", "QComboBoxListView")
        or parent is None
        or type(parent).__name__ in ("QTabBar", "QComboBoxPrivateContainer")
        or (isinstance(widget, QAbstractButton) and not widget.text() and isinstance(parent, QLineEdit))
    )


def answer(qtbot: QtBot, name: str) -> None:
    """Schedules a click in the question that is about to come."""

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        found = box.findChild(QAbstractButton, name)
        assert found is not None
        qtbot.mouseClick(found, Qt.MouseButton.LeftButton)

    QTimer.singleShot(100, click)


def test_w06_themes_have_every_mark__ok(tmp_path: Path) -> None:
    del tmp_path
    styles = {mark.style for ledger in PACK.ledgers.values() for mark in ledger.list.marks}
    for colours in COLOURS.values():
        assert styles <= set(colours.marks)
