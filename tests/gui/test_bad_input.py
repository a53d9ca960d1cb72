"""
B01 a file too large, a stick that is pulled out, a second program, a vault that vanishes, a clock set back:
    each is told in a sentence, and nothing is lost
B02 the wheel scrolls a page and changes no choice and no number that it passes over
(Ten thousand characters, 䶮 and the year 0025 are in test_window, unsaved text in test_drafts.)
"""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.attaching import attach_file
from desktop_app.actions.clock import look_at_clock
from desktop_app.actions.desk import open_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import add_records
from desktop_app.base.clock import ShiftedClock, SystemClock
from desktop_app.base.errors import KnownError, PackageError, VaultError
from desktop_app.gui.editors.attachments import AttachmentsEditor
from desktop_app.gui.window import Window
from desktop_app.storage.vault import DATABASE, Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_exchange import county, petition, stick  # noqa: F401 fixtures
from tests.gui.test_window import add_employers, answer, form_page, frame_of, line_of, opened


def test_b01_file_of_300_mb__error(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    record = add_records(vault, "petition", [petition()]).record_ids[0]
    large = tmp_path / "录像.mp4"
    with large.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(KnownError) as caught:
        attach_file(vault, record, large, field="files")
    assert caught.value.code == "record.attachment_too_large"
    page = form_page(entered, f"record/{record}")
    editor = page.form.boxes["files"].editor
    assert isinstance(editor, AttachmentsEditor)
    editor.add([large])
    qtbot.waitUntil(lambda: "录像.mp4" in frame_of(entered).strip.text.text(), timeout=10_000)
    assert show_record(vault, record).record.values.get("files") is None


def test_b01_stick_pulled_out_during_export__error(
    county: Vault,  # noqa: F811 the fixture
    stick: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_records(county, "petition", [petition()])
    real = os.fsync

    def pulled(number: int) -> None:
        shutil.rmtree(stick, ignore_errors=True)  # Windows keeps what is open
        real(number)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", pulled)
    with pytest.raises(PackageError) as caught:
        export(county, stick)
    assert caught.value.code == "package.write"
    monkeypatch.undo()
    stick.mkdir(exist_ok=True)
    assert export(county, stick)[0].file.exists()  # the next stick has it all
    county.close()


def test_b01_second_program_on_the_vault__error(window: Window, vault: Vault, qtbot: QtBot) -> None:
    window.login.show_vaults(vault.folder)
    qtbot.keyClicks(window.login.passphrase, PASSPHRASE)
    qtbot.keyClick(window.login.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "正由" in window.login.hint.text(), timeout=10_000)
    assert window.frame is None
    vault.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody remove a file that is open")
def test_b01_vault_deleted_under_the_program__error(
    entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot
) -> None:
    record = add_employers(vault, "甲公司")[0]
    page = form_page(entered, f"record/{record}")
    page.put({"name": "甲公司（改）"})
    aside = tmp_path / "aside.db"
    (vault.folder / DATABASE).rename(aside)
    assert not page.save()
    assert "不见了" in frame_of(entered).strip.text.text()
    assert not (vault.folder / DATABASE).exists()  # and no empty one was made in its place
    assert line_of(page, "name").text() == "甲公司（改）"
    answer(qtbot, "confirm.no")  # the draft cannot be kept either, so the page asks before it goes
    frame_of(entered).close_current()
    assert frame_of(entered).current() is page
    aside.rename(vault.folder / DATABASE)
    assert page.save()
    assert show_record(vault, record).record.values["name"] == "甲公司（改）"


def test_b01_clock_set_back_a_year__error(window: Window, vault: Vault) -> None:
    record = add_employers(vault, "甲公司")[0]
    assert look_at_clock(vault) == ""
    vault.close()
    back = ShiftedClock(SystemClock(), timedelta(days=-365))
    again = open_desk(vault.folder, PASSPHRASE, clock=back)
    window.enter(again)
    assert "时钟" in frame_of(window).strip.text.text()
    page = form_page(window, f"record/{record}")
    page.put({"name": "乙公司"})
    assert page.save()
    shown = show_record(again, record)
    assert shown.record.values["name"] == "乙公司"  # what follows counts, whatever the clock says
    with pytest.raises(VaultError):
        open_desk(vault.folder, PASSPHRASE)


def turn_wheel(widget: QWidget) -> None:
    here = QPointF(widget.rect().center())
    event = QWheelEvent(
        here, widget.mapToGlobal(here), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_b02_wheel_over_settings__ok(entered: Window) -> None:
    page = opened(entered, "settings")
    theme, shift = page.findChild(QComboBox, "settings.theme"), page.findChild(QDoubleSpinBox, "letterhead.shift_right")
    assert isinstance(theme, QComboBox)
    assert isinstance(shift, QDoubleSpinBox)
    before = theme.currentIndex(), shift.value()
    for box in (theme, shift):
        box.setFocus()
        turn_wheel(box)
    assert (theme.currentIndex(), shift.value()) == before
