"""
Typing in a form, and getting about with the keyboard alone.

W03 problems stand beside their fields; Enter moves on; dates, codes and choices are typed in short forms
W05 with the keyboard alone: keys go to the page that came to the front, Enter presses the button that has the focus
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCompleter,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from desktop_app.actions.reading import show_record
from desktop_app.actions.records import Given, add_records
from desktop_app.gui.editors.choice import ChoiceEditor
from desktop_app.gui.editors.day import complete_date
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_window import (
    PACK,
    add_employers,
    every_line,
    form_page,
    frame_of,
    line_of,
    list_page,
    sample,
)

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


def typing_a_choice(page: RecordPage, text: str) -> tuple[QLineEdit, QCompleter]:
    """The line of a choice with a text in it, and what offers its options."""
    line = line_of(page, "channel")
    line.setFocus()
    line.setText(text)
    editor = page.form.boxes["channel"].editor
    assert isinstance(editor, ChoiceEditor)
    completer = editor.box.completer()
    assert completer is not None
    return line, completer


def test_w03_enter_takes_what_fits_and_goes_on__ok(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    _, completer = typing_a_choice(page, "来访")
    completer.activated.emit("来访")  # as its list does; a popup cannot take keys on the tests' screen
    qtbot.waitUntil(lambda: entered.focusWidget() is line_of(page, "petitioner"), timeout=5_000)


def test_w03_enter_on_an_open_list_goes_on_once__ok(entered: Window, qtbot: QtBot) -> None:
    page = form_page(entered, "new/petition")
    line, completer = typing_a_choice(page, "来")
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
