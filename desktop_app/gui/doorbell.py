"""
A file that is opened from outside while another window of this user is there: its path goes to that window.

The window whose vault is open is asked first, then the one that stands at the log-in, at the front door.

A named pipe on Windows, a socket in the user's own folder on Linux; not Qt's, whose library would bring a network
along. Nothing but paths goes through it, and all that follows is that the page for them opens there.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from PySide6.QtCore import QObject, Signal

_ANSWER_SECONDS = 5
_MOST_BYTES = 65536
_HEARD, _CLOSING = b"heard", b""
_ANY_PROCESS = 0xFFFFFFFF
_LOST = (OSError, EOFError)


class Doorbell(QObject):
    """
    Signal `rang(list[Path])` with the files that another process was asked to open.

    Whoever holds the vault hangs it up, so a socket found there is what a crashed program left; at the front door
    another window may be first. Where none can be made `is_up` is False, and the other process shows a window.

    Args:
        place: The vault, or `front_door()`.
    """

    rang = Signal(object)

    def __init__(self, place: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._listener: Listener | None = None
        self._thread = threading.Thread(target=self._answer, daemon=True)
        if not ring([place], []):
            with suppress(OSError):
                address = _address(place)
                if sys.platform != "win32":
                    Path(address).unlink(missing_ok=True)
                self._listener = Listener(address)
                self._thread.start()
        self.is_up = self._listener is not None
        if not self.is_up:
            _leave_no_folder()  # as where its path is too long for a socket

    def close(self) -> None:
        """Takes it down, and waits until nobody stands at the door."""
        if self._listener is not None:
            with suppress(*_LOST), Client(_address(self._place)) as own:
                own.send_bytes(_CLOSING)
            self._thread.join(_ANSWER_SECONDS)
            _leave_no_folder()
        self.deleteLater()

    def _answer(self) -> None:
        assert self._listener is not None
        with self._listener:
            while True:
                with suppress(*_LOST), self._listener.accept() as visitor:
                    given = visitor.recv_bytes(_MOST_BYTES) if visitor.poll(_ANSWER_SECONDS) else b"[]"
                    if given == _CLOSING:
                        return
                    if paths := _paths(given):
                        self.rang.emit(paths)
                    visitor.send_bytes(_HEARD)


def front_door() -> Path:
    """Where a window waits that has no vault open: one of all of this user's."""
    return user_config_path("union-desk", appauthor=False)


def ring(places: Iterable[Path], files: Sequence[Path]) -> bool:
    """Hands files to the first window of this user that waits at one of the places; False when none does."""
    given = json.dumps([str(one.resolve()) for one in files]).encode("ascii")
    for place in places:
        with suppress(*_LOST), Client(_address(place)) as door:
            _let_it_come_to_front()
            door.send_bytes(given)
            if _is_heard(door):
                return True
    return False


def _is_heard(door: Connection) -> bool:
    return door.poll(_ANSWER_SECONDS) and door.recv_bytes(_MOST_BYTES) == _HEARD


def _address(place: Path) -> str:
    """Another user's program, even on the same vault, has another one."""
    words = f"{user_config_path('union-desk', appauthor=False)}\n{place.resolve()}"
    name = f"union-desk-{hashlib.sha256(words.encode()).hexdigest()[:24]}"
    if sys.platform == "win32":
        return rf"\\.\pipe\{name}"
    return str(_own_folder() / name)


def _own_folder() -> Path:
    """A folder for sockets that is this user's alone; their paths must be short."""
    if given := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(given)
    made = Path(tempfile.gettempdir()) / f"union-desk-{os.getuid()}"
    made.mkdir(mode=0o700, exist_ok=True)
    if made.stat().st_uid != os.getuid():
        raise PermissionError(made)
    return made


def _leave_no_folder() -> None:
    """Where the system gives no folder for sockets, ours goes with the last of them."""
    if sys.platform != "win32" and not os.environ.get("XDG_RUNTIME_DIR"):
        with suppress(OSError):
            _own_folder().rmdir()


def _paths(given: bytes) -> list[Path]:
    try:
        found = json.loads(given)
    except ValueError:
        return []
    texts = found if isinstance(found, list) else []
    return [Path(one) for one in texts if isinstance(one, str)]


def _let_it_come_to_front() -> None:
    """Windows lets only the program that the person has just started put a window in front, or whom it names."""
    if sys.platform == "win32":
        libraries: Any = ctypes
        libraries.WinDLL("user32").AllowSetForegroundWindow(_ANY_PROCESS)
