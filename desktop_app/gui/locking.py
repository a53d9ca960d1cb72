"""When the vault locks by itself: nobody has typed for a while, the screen is locked, the PC goes to sleep."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

MINUTES = (5, 10, 15, 30, 60)
DEFAULT_MINUTES = 10
_LOOK_EVERY_MS = 5000
_SIGNS = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.InputMethod,
)

_WTSSESSION_CHANGE, _SESSION_LOCK = 0x02B1, 0x7
_POWERBROADCAST, _SUSPEND = 0x0218, 0x4
_THIS_SESSION = 0


class IdleWatch(QObject):
    """
    Signal `idle()` when no key and no pointer was used for `minutes`, again at each look until somebody comes back.

    It listens to the windows that have had the focus, dialogs among them: what the system sends to a window comes by
    once, while inside the window each event goes through many widgets.

    Args:
        owner: The watch ends with it.
        now: Seconds of a clock that only goes forward.
    """

    idle = Signal()
    last: float
    """When somebody was there last, by the clock of `now`."""

    def __init__(self, app: QApplication, owner: QObject, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(owner)
        self.minutes = DEFAULT_MINUTES
        self._now = now
        self.last = now()
        app.focusWindowChanged.connect(self._listen_to)
        self._listen_to(app.focusWindow())
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def _listen_to(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time changes nothing, and it goes with the window

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """Sees what the system sends to the window and stops none of it."""
        if event.type() in _SIGNS:
            self.last = self._now()
        return False

    def touch(self) -> None:
        """Somebody is there, as after a log-in."""
        self.last = self._now()

    def rested(self) -> float:
        """For how many seconds nobody has been there."""
        return self._now() - self.last

    def expire(self) -> None:
        """Nobody is there, as when the screen was locked: `idle` now, and again until somebody comes back."""
        self.last = self._now() - self.minutes * 60
        self.look()

    def look(self) -> None:
        """Called by the timer; a PC that slept has been idle too."""
        if self.rested() >= self.minutes * 60:
            self.idle.emit()


def asks_to_lock(message: int, what: int) -> bool:
    """Whether a message of Windows, with its first parameter, says that the screen is locked or the PC sleeps."""
    return (message, what) in ((_WTSSESSION_CHANGE, _SESSION_LOCK), (_POWERBROADCAST, _SUSPEND))


class SessionWatch(QObject):
    """
    Signal `away()` when the system says that the screen is locked or the PC goes to sleep.

    Windows tells the window by messages, Linux tells on D-Bus; `hears` is False where neither can be listened to.
    """

    away = Signal()

    def __init__(self, window_id: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hears = self._listen_to_windows(window_id) if sys.platform == "win32" else self._listen_to_dbus()

    def _listen_to_windows(self, window_id: int) -> bool:
        messages = _WindowsMessages(self.away.emit)
        app = QApplication.instance()
        assert app is not None
        app.installNativeEventFilter(messages)
        # Kept until then and taken out here: what Python throws away by itself may end in any thread, and in another
        # than this Qt does not find it in its list, asks it for the next message, and the program is gone.
        self.destroyed.connect(lambda: app.removeNativeEventFilter(messages))
        libraries: Any = ctypes
        return bool(libraries.WinDLL("wtsapi32").WTSRegisterSessionNotification(window_id, _THIS_SESSION))

    def _listen_to_dbus(self) -> bool:
        try:
            from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 not part of every build of Qt
        except ImportError:
            return False
        told: Any = SLOT("told(bool)")
        sleep, saver = "org.freedesktop.login1", "org.freedesktop.ScreenSaver"
        heard = [
            bus.isConnected() and bus.connect(service, path, interface, name, self, told)
            for bus, service, path, interface, name in (
                (QDBusConnection.systemBus(), sleep, "/org/freedesktop/login1", f"{sleep}.Manager", "PrepareForSleep"),
                (QDBusConnection.sessionBus(), saver, "/org/freedesktop/ScreenSaver", saver, "ActiveChanged"),
            )
        ]
        return any(heard)

    @Slot(bool)
    def told(self, is_beginning: bool) -> None:
        """Sleep or the screen lock begins, or ends."""
        if is_beginning:
            self.away.emit()


class _WindowsMessages(QAbstractNativeEventFilter):
    """Reads the messages of Windows to our window."""

    def __init__(self, away: Callable[[], None]) -> None:
        super().__init__()
        self._away = away

    def nativeEventFilter(  # noqa: N802 Qt's name
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        """Sees every message and stops none."""
        if bytes(kind.data() if isinstance(kind, QByteArray) else kind) == b"windows_generic_MSG":
            found = _Message.from_address(int(message))
            if asks_to_lock(found.message, found.what):
                self._away()
        return False, 0


class _Message(ctypes.Structure):
    """The beginning of the MSG of Windows."""

    _fields_ = (("window", ctypes.c_void_p), ("message", ctypes.c_uint), ("what", ctypes.c_size_t))
