"""One chart in the window, laid out like on paper; a column opens its records by click or by Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.domain.charts import Bar, Box, ChartData, Drawing, Words, lay_out
from desktop_app.gui.naming import named
from desktop_app.gui.theme import Theme

_MARGIN = 8.0
_SERIES = {
    "light": ("#b3261e", "#345c94", "#d99e33", "#598559"),
    "dark": ("#f2857e", "#82aee6", "#e6bd6e", "#93c293"),
    "contrast": ("#ffffff", "#ffff00", "#00ffff", "#ff00ff"),
}
"""The colours of paper, lighter on a dark ground."""


class ChartView(QWidget):
    """Signal `opened(Opens)` when the records of a column are asked for."""

    opened = Signal(object)

    def __init__(self, theme: Theme, object_name: str, chart: ChartData) -> None:
        super().__init__()
        named(self, object_name, chart.title)
        self._theme = theme
        self.chart = chart
        self._at = -1
        self._boxes: list[Box] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        told = [
            f"{one.label} {category} {bar.text}"
            for one in chart.series
            for category, bar in zip(chart.categories, one.bars, strict=True)
        ]
        self.setAccessibleDescription("；".join(told))

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Room for twelve months, or a line for each name that columns lie beside."""
        line = self.fontMetrics().height()
        n_lines = max(12, len(self.chart.categories) + 4) if self.chart.is_lying else 12
        return QSize(22 * line, n_lines * line)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Below this the words would run into each other."""
        return QSize(16 * self.fontMetrics().height(), self.sizeHint().height())

    def boxes(self) -> list[Box]:
        """The columns as they stand now, in the widget's own measure."""
        self._lay_out()
        return self._boxes

    def _font(self, scale: float, *, is_bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setBold(is_bold)
        return font

    def _lay_out(self) -> Drawing:
        size = QFontMetricsF(self.font()).height() * 0.82

        def measure(text: str, scale: float) -> float:
            return QFontMetricsF(self._font(scale)).horizontalAdvance(text)

        drawing = lay_out(self.chart, self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN, size, measure)
        self._boxes = [one for one in drawing.boxes if one.bar is not None]
        return drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        """Lines, columns, words."""
        del event
        drawing, colours = self._lay_out(), self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.translate(_MARGIN, _MARGIN)
        for rule in drawing.rules:
            painter.setPen(QPen(QColor(colours.faint if rule.is_axis else colours.line), 1))
            painter.drawLine(QPointF(rule.x, rule.y), QPointF(rule.to_x, rule.to_y))
        series = _SERIES[self._theme.name]
        for box in drawing.boxes:
            painter.fillRect(_rect(box), QColor(series[box.colour % len(series)]))
        if self.hasFocus() and 0 <= self._at < len(self._boxes):
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(_rect(self._boxes[self._at]))
        for words in drawing.words:
            self._say(painter, words)

    def _say(self, painter: QPainter, words: Words) -> None:
        colours = self._theme.colours
        font = self._font(words.scale, is_bold=words.role == "title")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(colours.faint if words.role == "faint" else colours.text))
        x = words.x - words.align * metrics.horizontalAdvance(words.text)
        painter.drawText(QPointF(x, words.y + metrics.ascent() * 0.92), words.text)

    # Choosing a column

    def _bar_at(self, place: QPointF) -> int:
        point = place - QPointF(_MARGIN, _MARGIN)
        return next((n for n, box in enumerate(self._boxes) if _rect(box).contains(point)), -1)

    def bar_of(self, n: int) -> Bar:
        """The n-th column that has a length."""
        at = self._boxes[n].bar
        assert at is not None
        return self.chart.series[at[0]].bars[at[1]]

    def _open(self, n: int) -> None:
        if 0 <= n < len(self._boxes) and (opens := self.bar_of(n).opens) is not None:
            self.opened.emit(opens)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        """A click opens the records."""
        self._open(self._bar_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Arrows go from column to column, Enter opens."""
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if event.key() in moves and self._boxes:
            self._at = max(0, min(len(self._boxes) - 1, self._at + moves[Qt.Key(event.key())]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The figure under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            n = self._bar_at(QPointF(event.pos()))
            at = self._boxes[n].bar if n >= 0 else None
            if at is not None:
                label, category = self.chart.series[at[0]].label, self.chart.categories[at[1]]
                QToolTip.showText(event.globalPos(), f"{category} {label}：{self.bar_of(n).text}", self)
                return True
        return super().event(event)


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
