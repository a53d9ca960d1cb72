"""Takes what was written into the search index while nobody types, so that the first search need not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.actions.search import index_some
from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Desk

REST_SECONDS = 2.0
"""Hands that have rested for so long are likely to rest on."""
_LOOK_MS = 2000
_NEXT_MS = 50


class Indexing(QObject):
    """
    A few rows at a time beside the window, from when something was written until the index is near enough.

    Args:
        rested: For how many seconds nobody has typed.
        frame: It ends with it, and rests while it is hidden.
    """

    def __init__(self, desk: Desk, rested: Callable[[], float], frame: QWidget) -> None:
        super().__init__(frame)
        self._desk = desk
        self._rested = rested
        self._frame = frame
        self._timer = QTimer(self, interval=_LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self.look)
        desk.changed.connect(self._heard)
        self._timer.start()

    @property
    def is_waiting(self) -> bool:
        """Whether it will look again by itself."""
        return self._timer.isActive()

    def _heard(self, _changes: object, _by: object) -> None:
        if not self._timer.isActive():
            self._timer.start(_LOOK_MS)

    def look(self) -> None:
        """Called by the timer: a share when nothing else is going on, or another look later."""
        is_asked = QApplication.activeModalWidget() is not None
        if is_asked or not self._frame.isVisible() or self._desk.runner.is_busy or self._rested() < REST_SECONDS:
            self._timer.start(_LOOK_MS)
            return
        vault = self._desk.vault
        self._desk.run("正在整理查找索引", lambda _: index_some(vault), self._done, failed=self._failed, can_stop=True)

    def _done(self, n_left: int) -> None:
        if n_left:
            self._timer.start(_NEXT_MS)

    def _failed(self, _: KnownError) -> None:
        """A search says it, when there is one; a later change tries again."""
