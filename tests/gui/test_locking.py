"""
K01 without a key for the set minutes, at the lock of the screen, at sleep the vault locks; not while work is under way
K02 who unlocks is back on the same page, with the cursor and the unsaved text where they were; another user is not
K03 after locking nothing private is left: no text in a line, no clipboard, no line in the program's settings
K04 the minutes are a setting of the user
K05 a closed window's watch is asked for no more messages of Windows
"""

import gc
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.actions.desk import open_desk
from desktop_app.actions.users import add_user
from desktop_app.gui import locking
from desktop_app.gui.locking import DEFAULT_MINUTES, IdleWatch, SessionWatch, asks_to_lock
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.settings_page import SettingsPage, lock_minutes
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_window import form_page, frame_of, line_of, opened

SECRET = "zhang-san-19800101"


class Clock:
    """Seconds that stand still."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(entered: Window, qapp: QApplication, qtbot: QtBot) -> Clock:
    """Idleness by a clock of the test's."""
    found = Clock()
    entered.idle_watch.minutes = 10**6
    watch = IdleWatch(qapp, entered, found)
    watch.idle.connect(entered.lock_by_itself)
    entered.activateWindow()
    qtbot.waitUntil(lambda: qapp.focusWindow() is entered.windowHandle(), timeout=5_000)
    entered.idle_watch = watch
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=20_000)  # the backup's own test
    return found


# K01


def test_k01_idle__ok(entered: Window, clock: Clock, qtbot: QtBot) -> None:
    page = form_page(entered, "new/employer")
    clock.seconds += DEFAULT_MINUTES * 60 - 1
    entered.idle_watch.look()
    assert entered.frame is not None
    line_of(page, "name").setFocus()
    for act in (
        lambda: QTest.keyClick(
            entered.windowHandle(), Qt.Key.Key_A
        ),  # as the system sends it: to the window, not the widget
        lambda: QTest.mouseMove(entered.windowHandle(), QPoint(40, 50)),
        lambda: QTest.mouseClick(
            entered.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0), QPoint(9, 9)
        ),
    ):
        act()
        qtbot.waitUntil(lambda: entered.idle_watch.last == clock.seconds, timeout=5_000)
        clock.seconds += DEFAULT_MINUTES * 60 - 1
        entered.idle_watch.look()
        assert entered.frame is not None
    assert line_of(page, "name").text() == "a"
    clock.seconds += 1
    entered.idle_watch.look()
    assert entered.frame is None
    assert entered.login.isVisible()


def test_k01_a_dialog_counts__ok(entered: Window, clock: Clock, qapp: QApplication, qtbot: QtBot) -> None:
    dialog = QDialog(entered)
    line = QLineEdit(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: qapp.focusWindow() is dialog.windowHandle(), timeout=5_000)
    clock.seconds += DEFAULT_MINUTES * 60 - 1
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_X)
    qtbot.waitUntil(lambda: line.text() == "x", timeout=5_000)
    clock.seconds += 1
    entered.idle_watch.look()
    assert entered.frame is not None
    dialog.close()


def test_k01_widgets_are_not_listened_to(entered: Window, clock: Clock, qtbot: QtBot) -> None:
    seen: list[QObject] = []
    watch, clock.seconds = entered.idle_watch, clock.seconds + 1
    watched = watch.eventFilter

    def watching(one: QObject, event: QEvent) -> bool:
        seen.append(one)
        return watched(one, event)

    watch.eventFilter = watching  # type: ignore[method-assign,assignment]
    form_page(entered, "new/employer")
    QTest.keyClick(entered.windowHandle(), Qt.Key.Key_A)
    qtbot.waitUntil(lambda: bool(seen), timeout=5_000)
    assert all(isinstance(one, QWindow) for one in seen)


def test_k01_not_while_work_is_under_way__ok(entered: Window, clock: Clock, qtbot: QtBot) -> None:
    go = threading.Event()
    entered.runner.start("正在导入", lambda _: go.wait(20))
    clock.seconds += 10**6
    entered.idle_watch.look()
    assert entered.frame is not None
    go.set()
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=10_000)
    entered.idle_watch.look()
    assert entered.frame is None


def test_k01_told_by_the_system__ok(entered: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=20_000)
    entered.session_watch.told(False)
    assert entered.frame is not None, "waking up locks nothing"
    go = threading.Event()
    entered.runner.start("正在导入", lambda _: go.wait(20))
    entered.session_watch.told(True)
    assert entered.frame is not None
    go.set()
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=10_000)
    entered.idle_watch.look()
    assert entered.frame is None, "what was told is not forgotten"


@pytest.mark.parametrize(
    ("message", "what", "locks"),
    [(0x02B1, 0x7, True), (0x02B1, 0x8, False), (0x0218, 0x4, True), (0x0218, 0x12, False), (0x0100, 0x7, False)],
)
def test_k01_messages_of_windows(message: int, what: int, locks: bool) -> None:
    assert asks_to_lock(message, what) is locks


def test_k01_refused_by_a_page_its_work_goes_on__ok(
    entered: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, done = threading.Event(), list[bool]()
    page = form_page(entered, "new/employer")
    monkeypatch.setattr(page, "may_leave", lambda: False)
    frame_of(entered).desk.run("慢慢算", lambda _: gate.wait(20), done.append, can_stop=True)
    assert not entered.lock()
    gate.set()
    qtbot.waitUntil(lambda: done == [True], timeout=5_000)


# K02


def unlock(window: Window, qtbot: QtBot, folder: Path, secret: str = PASSPHRASE) -> None:
    window.login.show_vaults(folder)
    qtbot.keyClicks(window.login.passphrase, secret)
    with qtbot.waitSignal(window.login.opened, timeout=20_000):
        qtbot.keyClick(window.login.passphrase, Qt.Key.Key_Return)


def test_k02_same_page_and_cursor__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    folder = vault.folder
    opened(entered, "list/petition")
    page = form_page(entered, "new/employer")
    opened(entered, "conflicts")
    entered.activateWindow()
    frame_of(entered).tabs.setCurrentWidget(page)
    line = line_of(page, "name")
    line.setFocus()
    qtbot.keyClicks(line, "abcdef")
    line.setCursorPosition(3)
    qtbot.waitUntil(lambda: not entered.runner.is_busy, timeout=10_000)
    entered.lock_by_itself()
    unlock(entered, qtbot, folder)
    frame = frame_of(entered)
    assert [str(one.address) for one in frame.pages()] == ["home", "list/petition", "new/employer", "conflicts"]
    again = frame.current()
    assert isinstance(again, RecordPage)
    assert again is not page
    line = line_of(again, "name")
    assert (line.text(), line.cursorPosition(), entered.focusWidget()) == ("abcdef", 3, line)


def test_k02_another_user_begins_at_home__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    folder = vault.folder
    add_user(vault, "王小红", "entry", "other-passphrase")
    opened(entered, "list/petition")
    entered.lock()
    entered.login.show_vaults(folder)
    assert entered.login.user.isVisible()
    entered.login.user.setCurrentText("王小红")
    qtbot.keyClicks(entered.login.passphrase, "other-passphrase")
    with qtbot.waitSignal(entered.login.opened, timeout=20_000):
        qtbot.keyClick(entered.login.passphrase, Qt.Key.Key_Return)
    assert [str(one.address) for one in frame_of(entered).pages()] == ["home"]
    assert frame_of(entered).user.text() == "王小红"
    entered.lock()
    entered.login.show_vaults(folder)
    assert entered.login.user.currentText() == "王小红", "who was last stands first"


# K03


def test_k03_nothing_is_left__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    page = form_page(entered, "new/employer")
    line = line_of(page, "name")
    qtbot.keyClicks(line, SECRET)
    line.selectAll()
    line.copy()
    assert QGuiApplication.clipboard().text() == SECRET
    entered.lock()
    assert QGuiApplication.clipboard().text() == ""
    qtbot.waitUntil(lambda: SECRET not in "".join(line.text() for line in lines_of(entered)), timeout=5_000)
    kept = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert any(one.name == "window.json" for one in kept) or kept
    assert not any(SECRET.encode() in one.read_bytes() for one in kept)


def lines_of(window: Window) -> list[QLineEdit]:
    found: list[QLineEdit] = list(window.findChildren(QLineEdit))
    return found


# K04


def test_k04_minutes_are_kept__ok(entered: Window, vault: Vault) -> None:
    page = opened(entered, "settings")
    assert isinstance(page, SettingsPage)
    page.minutes.setCurrentIndex(page.minutes.findData(30))
    assert (lock_minutes(vault), entered.idle_watch.minutes) == (30, 30)
    folder = vault.folder
    entered.lock()
    again = open_desk(folder, PASSPHRASE)
    assert lock_minutes(again) == 30
    again.close()


def test_k05_asked_no_more_once_closed__ok(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    """Qt asks whoever is in its list, there or not; what is collected in another thread does not leave it by itself."""
    asked: list[object] = []

    class App:
        def installNativeEventFilter(self, one: object) -> None:  # noqa: N802 Qt's name
            asked.append(one)

        def removeNativeEventFilter(self, one: object) -> None:  # noqa: N802 Qt's name
            asked.remove(one)

    class Library:
        def WTSRegisterSessionNotification(self, _window: int, _which: int) -> int:  # noqa: N802 Windows' name
            return 1

    monkeypatch.setattr("desktop_app.gui.locking.sys.platform", "win32")
    monkeypatch.setattr("desktop_app.gui.locking.ctypes.WinDLL", lambda _: Library(), raising=False)
    app = App()
    monkeypatch.setattr(locking, "QApplication", SimpleNamespace(instance=lambda: app))
    watch = SessionWatch(1)
    monkeypatch.undo()
    gc.collect()
    assert len(asked) == 1
    assert watch.hears
    watch.deleteLater()
    qapp.sendPostedEvents(watch, QEvent.Type.DeferredDelete.value)
    assert asked == []
