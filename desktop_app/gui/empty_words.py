"""What an empty list says of itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel

from desktop_app.gui.naming import named

_EDGE_PIXELS = 16


class EmptyWords(QLabel):
    """A sentence in the middle of a list while it has no rows: what will stand there, or what to do first."""

    def __init__(self, view: QAbstractItemView, words: str) -> None:
        super().__init__(words, view.viewport())
        named(self, f"{view.objectName()}.empty")
        self._view = view
        self.setProperty("kind", "faint")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(_EDGE_PIXELS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.viewport().installEventFilter(self)
        model = view.model()
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._look)
        self._look()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """It fills the list."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.viewport().rect())
        return False

    def _look(self, *_: object) -> None:
        self.setVisible(self._view.model().rowCount() == 0)
