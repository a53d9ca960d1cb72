"""
A list on paper: its columns as they stand on the screen, marks left out, private values as masked as there.

Columns that find no room on one sheet wrap their cells, then are set smaller, and only then go on on a second sheet,
which is to lie right of the first: the same rows, numbered and with the first column again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtPrintSupport import QPrinter

from desktop_app.actions.listing import RecordList
from desktop_app.gui.paper_columns import Band, Wish, fits_one_sheet, share_out

MOST_ROWS = 2_000
"""About sixty sheets; more is a slip of the finger, and Excel serves it better."""
SIZES = (9.0, 8.5, 8.0)
"""Points; smaller is not read by everybody."""
_NUMBER = "序号"
_N_KEYS = 2
_RIGHT = ("count", "money")
_MARGIN_MM = 12
_SHORT_CHARS, _LONG_CHARS, _HEAD_CHARS = 5, 8, 4
"""So narrow a column of Chinese may get: with short texts, with long ones, its head."""
_MOST_CHARS = 40
_MOST_LINES = 16
_WORD = re.compile(r"[!-~]+")


def print_list(
    records: RecordList, heading: str, note: str, printer: QPrinter, order: Sequence[int] | None = None
) -> bool:
    """
    Sends the first `MOST_ROWS` rows of a list to a printer, A4 across, the head on every page.

    Args:
        note: Stands under the heading: which period and conditions, how many records, the day.
        order: Places of the columns as they stand on the screen; as in the list when not given.

    Returns:
        False when the printer does not take it.
    """
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    printer.setPageMargins(QMarginsF(*[_MARGIN_MM] * 4), QPageLayout.Unit.Millimeter)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    _Sheets(_Table(records, order), heading, note, printer, painter).draw()
    return painter.end()


class _Table:
    """The texts to be printed: a number and the first column of the list before all others."""

    def __init__(self, records: RecordList, order: Sequence[int] | None) -> None:
        n_rows = records.count()
        places = list(range(len(records.columns)) if order is None else order)
        fields = [records.ledger.fields[records.columns[at]] for at in places]
        rows = records.rows(0, min(n_rows, MOST_ROWS), n_rows)
        self.heads = [_NUMBER, *(field.label for field in fields)]
        self.is_right = [True, *(field.type.name in _RIGHT for field in fields)]
        self.rows = [[str(n), *(" ".join(row.cells[at].split()) for at in places)] for n, row in enumerate(rows, 1)]
        self.totals = "　".join(f"{label} {text}" for label, text in records.totals().items())


class _Type:
    """One size of type on the printer."""

    def __init__(self, points: float, printer: QPrinter) -> None:
        self.printer = printer
        self.font = QFont()
        self.font.setPointSizeF(points)
        self.bold = QFont(self.font)
        self.bold.setBold(True)
        self.metrics = QFontMetricsF(self.font, self.printer)
        self.bold_metrics = QFontMetricsF(self.bold, self.printer)
        self.char = self.metrics.horizontalAdvance("字")
        self.pad = self.char * 0.35
        self.line = max(self.metrics.lineSpacing(), self.metrics.boundingRect("字国Ag").height() * 1.1)

    def wish(self, head: str, cells: Sequence[str]) -> Wish:
        """What a column asks for with these cells."""
        distinct = {*cells}
        width = max((self.metrics.horizontalAdvance(one) for one in distinct), default=0.0)
        words = {word for one in distinct for word in _WORD.findall(one)}
        word = min(
            max((self.metrics.horizontalAdvance(one) for one in words), default=0.0), self.char * _MOST_CHARS / 2
        )
        head_width = self.bold_metrics.horizontalAdvance(head)
        chars = _LONG_CHARS if width > 2 * _LONG_CHARS * self.char else _SHORT_CHARS
        least = max(word, min(width, chars * self.char), min(head_width, _HEAD_CHARS * self.char * 1.05))
        natural = max(least, head_width, min(width, _MOST_CHARS * self.char))
        return Wish(least + 2 * self.pad + 1, natural + 2 * self.pad + 1)

    def layout(self, text: str, width: float, *, is_bold: bool = False) -> QTextLayout:
        """A cell's text in lines, within a column of this width."""
        made = QTextLayout(text, self.bold if is_bold else self.font, self.printer)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        made.setTextOption(option)
        made.beginLayout()
        while made.lineCount() <= _MOST_LINES and (line := made.createLine()).isValid():
            line.setLineWidth(width - 2 * self.pad)
            line.setPosition(QPointF(0, (made.lineCount() - 1) * self.line))
        made.endLayout()
        return made


class _Sheets:
    """Rows never break over two pages; sheets that lie side by side hold the same rows at the same height."""

    def __init__(self, table: _Table, heading: str, note: str, printer: QPrinter, painter: QPainter) -> None:
        self._table, self._heading, self._note = table, heading, note
        self._printer, self._painter = printer, painter
        area = printer.pageRect(QPrinter.Unit.DevicePixel)
        self._width, self._height = area.width(), area.height()
        for points in SIZES:
            self._type = _Type(points, printer)
            wishes = [self._type.wish(head, [row[at] for row in table.rows]) for at, head in enumerate(table.heads)]
            if fits_one_sheet(wishes, self._width):
                break
        self._bands = share_out(wishes, self._width, min(_N_KEYS, len(wishes)))
        self._footer = self._type.line * 1.5
        self._head_height = self._row_height(table.heads, is_bold=True)

    def draw(self) -> None:
        """All pages; those of the same rows follow each other."""
        pages = self._pages()
        n_pages, at = len(pages) * len(self._bands), 0
        for start, stop, top in pages:
            for place, band in enumerate(self._bands):
                if at:
                    self._printer.newPage()
                at += 1
                self._draw_page(band, start, stop, top)
                across = f"　横向第 {place + 1} 张，共 {len(self._bands)} 张" if len(self._bands) > 1 else ""
                self._say(self._height - self._type.line, f"第 {at} 页，共 {n_pages} 页{across}", is_middle=True)

    def _pages(self) -> list[tuple[int, int, float]]:
        """First row, row after the last, and where the table begins, of each page; the totals have room at the end."""
        line, rows = self._type.line, self._table.rows
        top = line * 3.6
        pages, start, y = [], 0, top + self._head_height
        for at, row in enumerate(rows):
            height = self._row_height(row)
            rest = line * 2 if at == len(rows) - 1 and self._table.totals else 0.0
            if at > start and y + height + rest > self._height - self._footer:
                pages.append((start, at, top))
                start, top = at, 0.0
                y = top + self._head_height
            y += height
        return [*pages, (start, len(rows), top)]

    def _draw_page(self, band: Band, start: int, stop: int, y: float) -> None:
        line = self._type.line
        if start == 0:
            title = QFont(self._type.bold)
            title.setPointSizeF(14)
            self._painter.setFont(title)
            self._painter.drawText(QRectF(0, 0, self._width, line * 2), Qt.AlignmentFlag.AlignLeft, self._heading)
            self._say(line * 2.1, self._note)
        y = self._draw_row(band, self._table.heads, y, self._head_height, is_bold=True)
        for row in self._table.rows[start:stop]:
            y = self._draw_row(band, row, y, self._row_height(row))
        if stop == len(self._table.rows) and self._table.totals and band is self._bands[0]:
            self._say(y + line * 0.5, f"合计　{self._table.totals}")

    def _row_height(self, row: Sequence[str], *, is_bold: bool = False) -> float:
        """As high as its highest cell on any of the sheets."""
        n_lines = max(
            self._n_lines(row[at], width, is_bold=is_bold)
            for band in self._bands
            for at, width in zip(band.columns, band.widths, strict=True)
        )
        return min(n_lines, _MOST_LINES) * self._type.line + self._type.pad

    def _n_lines(self, text: str, width: float, *, is_bold: bool) -> int:
        if self._is_one_line(text, width, is_bold=is_bold):
            return 1
        return self._type.layout(text, width, is_bold=is_bold).lineCount()

    def _is_one_line(self, text: str, width: float, *, is_bold: bool) -> bool:
        metrics = self._type.bold_metrics if is_bold else self._type.metrics
        return metrics.horizontalAdvance(text) <= width - 2 * self._type.pad

    def _draw_row(self, band: Band, row: Sequence[str], y: float, height: float, *, is_bold: bool = False) -> float:
        """Draws a row with its borders; its lower edge."""
        painter, kind = self._painter, self._type
        x = 0.0
        painter.setFont(kind.bold if is_bold else kind.font)
        for at, width in zip(band.columns, band.widths, strict=True):
            text = row[at]
            painter.setPen(QPen(Qt.GlobalColor.gray, kind.char / 20))
            if is_bold:
                painter.fillRect(QRectF(x, y, width, height), Qt.GlobalColor.lightGray)
            painter.drawRect(QRectF(x, y, width, height))
            painter.setPen(Qt.GlobalColor.black)
            inner = QRectF(x + kind.pad, y + kind.pad / 2, width - 2 * kind.pad, height - kind.pad)
            if self._is_one_line(text, width, is_bold=is_bold):
                side = Qt.AlignmentFlag.AlignRight if self._table.is_right[at] else Qt.AlignmentFlag.AlignLeft
                painter.drawText(inner, side | Qt.AlignmentFlag.AlignTop, text)
            else:
                self._draw_lines(text, inner, width, is_bold=is_bold)
            x += width
        return y + height

    def _draw_lines(self, text: str, inner: QRectF, width: float, *, is_bold: bool) -> None:
        layout = self._type.layout(text, width, is_bold=is_bold)
        for n in range(min(layout.lineCount(), _MOST_LINES)):
            layout.lineAt(n).draw(self._painter, inner.topLeft())
        if layout.lineCount() > _MOST_LINES:
            self._painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, "……")

    def _say(self, y: float, text: str, *, is_middle: bool = False) -> None:
        self._painter.setFont(self._type.font)
        self._painter.setPen(Qt.GlobalColor.black)
        side = Qt.AlignmentFlag.AlignHCenter if is_middle else Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(QRectF(0, y, self._width, self._type.line * 1.2), side, text)
