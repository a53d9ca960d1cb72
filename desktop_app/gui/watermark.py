"""The word that stands across everything while somebody practises, so that nobody takes it for real work."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.naming import named

WORD = "练习　数据均为虚构"
_ANGLE = -24
_STRENGTH = 38
"""Of 255: seen at once, and what is under it can still be read."""


class Watermark(QWidget):
    """Lies over a widget, takes no clicks and follows its size."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        named(self, "watermark", WORD)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        over.installEventFilter(self)
        self.resize(over.size())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """Grows with what it lies over."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.resize(watched.size())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        """The word three times, aslant."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 3)
        painter.setFont(font)
        colour = QColor(self.palette().text().color())
        colour.setAlpha(_STRENGTH)
        painter.setPen(colour)
        for part in (1, 3, 5):
            painter.save()
            painter.translate(self.width() * part / 6, self.height() * (6 - part) / 6)
            painter.rotate(_ANGLE)
            width = painter.fontMetrics().horizontalAdvance(WORD)
            painter.drawText(-width // 2, 0, WORD)
            painter.restore()
