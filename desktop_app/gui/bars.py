"""
A small chart of twelve months, painted here: a charting library would cost the first window more than all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.gui.naming import named
from desktop_app.gui.theme import Theme


class Bars(QWidget):
    """One bar a month; months to come are left empty. The value of a bar is said when the pointer rests on it."""

    def __init__(self, theme: Theme, object_name: str, label: str) -> None:
        super().__init__()
        named(self, object_name, label)
        self._theme = theme
        self._label = label
        self._values: Sequence[float | None] = ()
        self._unit = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, values: Sequence[float | None], unit: str) -> None:
        """Draws these months."""
        self._values, self._unit = values, unit
        told = "，".join(f"{at + 1}月{value:g}" for at, value in enumerate(values) if value)
        self.setAccessibleName(f"{self._label}：{told or '各月为零'}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Two lines of text high."""
        return QSize(120, 2 * self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        """A base line, and on it the bars, the highest as high as there is room."""
        del event
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(colours.line))
        most = max((value or 0 for value in self._values), default=0)
        for at, value in enumerate(self._values):
            if value and most:
                height = max(2.0, (self.height() - 2) * value / most)
                place = self._place(at)
                painter.fillRect(
                    QRectF(place.x(), self.height() - 1 - height, place.width(), height), QColor(colours.accent)
                )

    def _place(self, at: int) -> QRectF:
        step = self.width() / max(1, len(self._values))
        return QRectF(at * step + step * 0.15, 0, step * 0.7, self.height())

    def event(self, event: QEvent) -> bool:
        """The month and value under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._values:
            at = int(QPointF(event.pos()).x() * len(self._values) / max(1, self.width()))
            value = self._values[min(max(at, 0), len(self._values) - 1)]
            words = "还没有到" if value is None else f"{value:g} {self._unit}"
            QToolTip.showText(event.globalPos(), f"{at + 1} 月：{words}", self)
            return True
        return super().event(event)
