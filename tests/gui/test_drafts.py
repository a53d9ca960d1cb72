"""
D01 what is typed is kept encrypted every few seconds, and is there after the program was killed
D02 closing, locking and ending with unsaved text asks nothing and loses nothing
D03 a draft is offered where it belongs and on the first page; it goes when it is saved or discarded, not before
D04 rows of child tables and fields of steps are kept too
D05 drafts belong to their user and never travel
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.actions.desk import open_desk
from desktop_app.actions.drafts import keep_draft, my_drafts
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_exchange import county, petition, stick  # noqa: F401 fixtures
from tests.gui.test_home import home
from tests.gui.test_window import PACK, add_employers, answer, form_page, frame_of, line_of, sample

SECRET = "尚未保存的隐私文字"


# D01


def test_d01_kept_in_a_few_seconds_by_itself__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page = form_page(entered, "new/employer")
    line = line_of(page, "name")
    line.setFocus()
    qtbot.keyClicks(line, "abc")
    assert my_drafts(vault) == []
    qtbot.waitUntil(lambda: len(my_drafts(vault)) == 1, timeout=10_000)
    assert my_drafts(vault)[0].content["fields"] == {"name": "abc"}


def test_d01_survives_a_kill_and_is_not_readable__ok(vault: Vault, window: Window, qtbot: QtBot) -> None:
    folder = vault.folder
    vault.close()
    script = f"""
import sys
from pathlib import Path
from desktop_app.actions.desk import open_desk
from desktop_app.gui.start import make_app
from desktop_app.gui.theme import Theme
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.window import Window
app = make_app(["union-desk"])
window = Window(Theme(app))
window.enter(open_desk(Path(sys.argv[1]), {PASSPHRASE!r}))
window.desk.open("new/petition")
page = window.frame.current()
page.put({{"petitioner": {SECRET!r}}})
page.drafting.kept.connect(lambda: print("kept", flush=True))
app.exec()
"""
    command = [sys.executable, "-c", script, str(folder)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True, encoding="utf-8") as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "kept"
        child.kill()
    stored = b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())
    assert SECRET.encode() not in stored
    again = open_desk(folder, PASSPHRASE)
    window.enter(again)
    first = home(window)
    qtbot.mouseClick(first.tiles["drafts"], Qt.MouseButton.LeftButton)
    item = first.table.item(0, 3)
    assert item is not None
    assert SECRET not in item.text()  # the text is private until it is opened
    first.table.itemActivated.emit(item)
    page = frame_of(window).current()
    assert isinstance(page, RecordPage)
    assert page.form.raw()["petitioner"] == SECRET


# D02


def test_d02_closing_a_tab_asks_nothing_and_keeps__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page = form_page(entered, "new/employer")
    line = line_of(page, "name")
    line.setFocus()
    qtbot.keyClicks(line, "abc")
    frame_of(entered).close_current()
    assert frame_of(entered).current() is not page
    assert "草稿" in frame_of(entered).strip.text.text()
    again = form_page(entered, "new/employer")
    assert line_of(again, "name").text() == ""
    assert again.drafting.isVisible()
    qtbot.mouseClick(again.drafting.resume_button, Qt.MouseButton.LeftButton)
    assert line_of(again, "name").text() == "abc"
    assert not again.drafting.isVisible()


@pytest.mark.parametrize("way", ["lock", "close"])
def test_d02_locking_and_ending_keep_it__ok(entered: Window, vault: Vault, way: str) -> None:
    page = form_page(entered, "new/employer")
    page.put({"name": "甲公司"})
    assert getattr(entered, way)()
    again = open_desk(vault.folder, PASSPHRASE)
    assert [one.content["fields"] for one in my_drafts(again)] == [{"name": "甲公司"}]
    again.close()


def test_d02_a_draft_that_cannot_be_kept_asks__error(
    entered: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.base.errors import VaultError  # noqa: PLC0415 used here alone

    page = form_page(entered, "new/employer")
    page.put({"name": "甲公司"})

    def full(*_: object, **__: object) -> None:
        raise VaultError("vault.disk_full", path="密库")

    monkeypatch.setattr("desktop_app.gui.drafting.keep_draft", full)
    answer(qtbot, "confirm.no")
    frame_of(entered).close_current()
    assert frame_of(entered).current() is page
    assert line_of(page, "name").text() == "甲公司"
    monkeypatch.undo()


def test_d02_untouched_form_leaves_no_draft__ok(entered: Window, vault: Vault) -> None:
    form_page(entered, "new/petition")  # it has values to start with
    frame_of(entered).close_current()
    page = form_page(entered, "new/employer")
    page.put({"name": "甲"})
    page.drafting.keep()
    page.put({"name": None})
    page.drafting.keep()
    assert my_drafts(vault) == []


# D03


def test_d03_saved_text_is_no_draft_any_more__ok(entered: Window, vault: Vault) -> None:
    page = form_page(entered, "new/petition")
    page.put(dict(petition().values))
    page.drafting.keep()
    assert len(my_drafts(vault)) == 1
    assert page.save()
    assert my_drafts(vault) == []


def test_d03_discarded_only_after_a_question__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page = form_page(entered, "new/employer")
    page.put({"name": "甲公司"})
    frame_of(entered).close_current()
    again = form_page(entered, "new/employer")
    answer(qtbot, "confirm.no")
    again.drafting.discard_button.click()
    assert len(my_drafts(vault)) == 1
    answer(qtbot, "confirm.yes")
    again.drafting.discard_button.click()
    assert my_drafts(vault) == []
    assert not again.drafting.isVisible()
    again.put({"name": "乙公司"})
    answer(qtbot, "confirm.yes")
    again.head.discard.click()
    assert line_of(again, "name").text() == ""
    assert my_drafts(vault) == []


def test_d03_two_drafts_of_one_form_live_side_by_side__ok(entered: Window, vault: Vault) -> None:
    for name in ("甲公司", "乙公司"):
        form_page(entered, "new/employer").put({"name": name})
        frame_of(entered).close_current()
    page = form_page(entered, "new/employer")
    page.put({"name": "丙公司"})
    page.drafting.resume(next(one.id for one in my_drafts(vault) if one.title.endswith("甲公司")))
    assert line_of(page, "name").text() == "甲公司"
    names = {str(one.content["fields"]["name"]) for one in my_drafts(vault)}  # type: ignore[index]
    assert names == {"甲公司", "乙公司", "丙公司"}


def test_d03_a_record_changed_since_is_told__ok(entered: Window, vault: Vault) -> None:
    record = add_employers(vault, "甲公司")[0]
    page = form_page(entered, f"record/{record}")
    page.put({"name": "甲公司（新）"})
    frame_of(entered).close_current()
    edit_record(vault, record, {"name": "乙公司"})
    again = form_page(entered, f"record/{record}")
    assert "又有改动" in again.drafting.words.text()
    again.drafting.resume_button.click()
    assert line_of(again, "name").text() == "甲公司（新）"
    assert again.save()
    assert my_drafts(vault) == []


# D04


def test_d04_child_rows_and_steps_are_kept__ok(entered: Window, vault: Vault) -> None:
    record = add_records(vault, "petition", [petition()]).record_ids[0]
    page = form_page(entered, f"record/{record}")
    assert page.steps is not None
    page.tabs.setCurrentWidget(page.steps)
    step, boxes = next((key, page.steps.boxes(key)) for key in page.shown.steps if page.steps.boxes(key))  # type: ignore[union-attr]
    box = next(one for one in boxes if one.editor is not None)
    box.editor.set_value("2025-06-01" if box.field.type.name == "date" else "尚未办理")  # type: ignore[union-attr]
    box.edited.emit(box.field.key)
    frame_of(entered).close_current()
    assert step in dict(my_drafts(vault)[0].content["steps"])  # type: ignore[call-overload]
    again = form_page(entered, f"record/{record}")
    again.drafting.resume_button.click()
    assert again.steps is not None
    assert again.steps.typed()[step]


def test_d04_a_child_row_not_kept_yet__ok(entered: Window, vault: Vault) -> None:
    given = {one.key: sample(one, "") for one in PACK.ledgers["training"].entered if one.required and not one.ledger}
    parent = add_records(vault, "training", [Given(given)]).record_ids[0]
    page = form_page(entered, f"record/{parent}")
    table = page.children_tables["trainee"]
    page.tabs.setCurrentWidget(table)
    table.add_row()
    table.written(0, 0, "李四")
    frame_of(entered).close_current()
    again = form_page(entered, f"record/{parent}")
    again.drafting.resume_button.click()
    assert again.children_tables["trainee"].unkept()[0]["name"] == "李四"


# D05


def test_d05_drafts_never_travel_and_belong_to_their_user__ok(
    vault: Vault,
    county: Vault,  # noqa: F811 the fixture
    stick: Path,  # noqa: F811
) -> None:
    keep_draft(county, "1" * 32, ledger="petition", title="草稿", content={"fields": {"summary": SECRET}})
    add_records(county, "petition", [petition()])
    import_package(vault, export(county, stick)[0].file)
    assert vault.actor == county.actor
    assert my_drafts(vault) == []
    assert len(my_drafts(county)) == 1
    county.actor = "另一个人"
    assert my_drafts(county) == []
    county.close()
    vault.close()
