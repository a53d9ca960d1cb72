"""
F01 files come by the file dialog, by the stick's folder, by dropping them; on the receive page and as attachments
F02 an attachment is saved as a file again; a report is saved where the dialog says
F03 an import that is stopped half-way by its button has changed nothing, and can be made again
"""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import add_records
from desktop_app.gui import receive_page as receiving
from desktop_app.gui.editors.attachments import AttachmentsEditor
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import click, county, petition, receive_page, stick  # noqa: F401 fixtures
from tests.gui.test_window import form_page, frame_of

_LOOK_MS, _HANGS_MS = 20, 10_000


def type_in_dialog(qtbot: QtBot, path: Path) -> None:
    """Schedules that a path is typed into the file dialog that is about to come."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            QTimer.singleShot(_LOOK_MS, look)
            return
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(line, QLineEdit)
        line.setText(str(path))  # typed, it would be completed by whatever lies beside it
        buttons = dialog.findChild(QDialogButtonBox)
        assert isinstance(buttons, QDialogButtonBox)
        QTimer.singleShot(_HANGS_MS, dialog, dialog.reject)
        role = QDialogButtonBox.ButtonRole.AcceptRole
        click(qtbot, next(one for one in buttons.buttons() if buttons.buttonRole(one) == role))

    QTimer.singleShot(_LOOK_MS, look)


def drop(window: Window, widget: QWidget, *paths: Path) -> None:
    """Files are dragged over a widget and let go, as the system tells the window of it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(one)) for one in paths])
    at = widget.mapTo(window, widget.rect().center())
    asked = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter, move, let_go = QDragEnterEvent(at, *asked), QDragMoveEvent(at, *asked), QDropEvent(QPointF(at), *asked)
    move.setAccepted(True)  # as Qt does once entering was accepted
    for event in (enter, move, let_go):
        QCoreApplication.sendEvent(window.windowHandle(), event)
        assert event.isAccepted()


@pytest.fixture
def package(county: Vault, stick: Path) -> Path:  # noqa: F811
    """A submission with one petition, on the stick."""
    add_records(county, "petition", [petition()])
    path = export(county, stick)[0].file
    county.close()
    return path


# --- F01 ------------------------------------------------------------------------------------------


def test_f01_received_by_dialogs_and_by_dropping__ok(entered: Window, package: Path, qtbot: QtBot) -> None:
    page = receive_page(entered)
    for name, given in (("receive.files", package), ("receive.stick", package.parent)):
        type_in_dialog(qtbot, given)
        pick = page.findChild(QWidget, name)
        assert isinstance(pick, QWidget)
        click(qtbot, pick)
        assert page.paths() == [package], name
        click(qtbot, page.clear)
    drop(entered, page.files.viewport(), package)
    assert page.paths() == [package]
    click(qtbot, page.clear)
    drop(entered, page.report.viewport(), package.parent)
    assert page.paths() == [package], "a folder, dropped on the report, of which every package is listed"
    assert page.go.isEnabled()


def test_f01_attached_by_dialog_and_by_dropping__ok(
    entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot
) -> None:
    record = add_records(vault, "petition", [petition()]).record_ids[0]
    page = form_page(entered, f"record/{record}")
    editor = page.form.boxes["files"].editor
    assert isinstance(editor, AttachmentsEditor)
    page.tabs.go_to("files")
    first, second = tmp_path / "协议书.pdf", tmp_path / "照片 1.jpg"
    for one in (first, second):
        one.write_bytes(one.name.encode())
    type_in_dialog(qtbot, first)
    click(qtbot, button_of(editor, ".add"))
    qtbot.waitUntil(lambda: editor.list.count() == 1, timeout=10_000)
    drop(entered, editor.list.viewport(), second)
    qtbot.waitUntil(lambda: editor.list.count() == 2, timeout=10_000)

    # F02
    out = tmp_path / "out"
    out.mkdir()
    editor.list.setCurrentRow(1)
    type_in_dialog(qtbot, out)
    click(qtbot, button_of(editor, ".save"))
    assert (out / second.name).read_bytes() == second.read_bytes()


def button_of(editor: AttachmentsEditor, ending: str) -> QWidget:
    every: Iterable[QWidget] = editor.findChildren(QWidget)
    return next(one for one in every if one.objectName().endswith(ending))


# --- F02 ------------------------------------------------------------------------------------------


def test_f02_report_is_saved_as__ok(
    entered: Window, package: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    page = receive_page(entered)
    page.add([package])
    click(qtbot, page.go)
    qtbot.waitUntil(lambda: "已处理 1 个" in page.state.text(), timeout=20_000)
    type_in_dialog(qtbot, tmp_path / "报告.pdf")
    click(qtbot, page.keep)
    assert (tmp_path / "报告.pdf").read_bytes().startswith(b"%PDF")


# --- F03 ------------------------------------------------------------------------------------------


def test_f03_stopped_half_way__ok(
    entered: Window, vault: Vault, package: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_under_way, is_clicked = threading.Event(), threading.Event()

    def slowly(vault: Vault, paths: list[Path], goes_on: Callable[[int, int], bool]) -> object:
        def waits(done: int, expected: int) -> bool:
            is_under_way.set()
            is_clicked.wait(20)
            return goes_on(done, expected)

        return import_packages(vault, paths, waits)

    monkeypatch.setattr(receiving, "import_packages", slowly)
    page, stop = receive_page(entered), frame_of(entered).findChild(QToolButton, "frame.stop")
    assert isinstance(stop, QToolButton)
    page.add([package])
    click(qtbot, page.go)
    qtbot.waitUntil(is_under_way.is_set, timeout=20_000)
    qtbot.waitUntil(stop.isVisible, timeout=20_000)
    click(qtbot, stop)
    is_clicked.set()
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=20_000)
    assert "1 个未接收" in page.state.text()
    assert "停止" in page.report.toPlainText()
    assert n_petitions(vault) == 0
    page.add([package])
    click(qtbot, page.go)
    qtbot.waitUntil(lambda: "已处理 1 个" in page.state.text(), timeout=20_000)
    assert n_petitions(vault) == 1


def n_petitions(vault: Vault) -> int:
    return RecordList(vault, "petition").count()
