"""
W01 the log-in opens a vault, refuses a wrong passphrase in words, and locking goes back to it
W02 every ledger's list and form is drawn, filled, saved and read again
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
from desktop_app.gui.desk import Address
from desktop_app.gui.editors.choice import ChoiceBox
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


def test_w06_looks_are_the_windows__ok(entered: Window, qapp: QApplication) -> None:
    """
    On the application the style sheet costs more than all else in which a record opens.

    The list of what fits a choice, which belongs to no window, has it all the same.
    """
    assert not qapp.styleSheet()
    assert entered.frame is not None
    page = entered.frame.open(Address.parse("new/petition"))
    box = page.findChild(ChoiceBox)
    assert box is not None
    completer = box.completer()
    assert completer is not None
    for percent in (150, 100):
        entered.theme.apply("light", percent)
        box.lineEdit().textEdited.emit("来")  # not typed: the list would grab a keyboard that tests do not have
        assert completer.popup().styleSheet() == entered.styleSheet() != ""


def test_w06_themes_have_every_mark__ok(tmp_path: Path) -> None:
    del tmp_path
    styles = {mark.style for ledger in PACK.ledgers.values() for mark in ledger.list.marks}
    for colours in COLOURS.values():
        assert styles <= set(colours.marks)
