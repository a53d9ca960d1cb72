"""The indicator table on landscape pages, PDF and DOCX; more offices than a page holds go on in further blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_app.typeset.breaking import SetLine
from desktop_app.typeset.docx import CELL_MARGIN, WordPaper
from desktop_app.typeset.grid import NUMBER
from desktop_app.typeset.paper import HEIGHT_MM, MM, WIDTH_MM, Faces, Paper, Style, Words, plain

LEFT, TOP = 15.0, 18.0
RIGHT, BOTTOM = HEIGHT_MM - LEFT, WIDTH_MM - 16.0
TITLE, TEXT, HEAD, SMALL = Style("title", 18), Style("body", 9), Style("heading", 9), Style("body", 9)
PITCH, PAD = 4.3, CELL_MARGIN
_FIXED = (48.0, 11.0, 30.0, 17.0, 32.0)
"""Widths of label, unit, total, last year and change, mm."""

N_FIRST, N_MORE = 6, 10
"""Offices beside the fixed columns of the first block, and in each further one."""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """
    The table as texts.

    Attributes:
        heads, rows: The five fixed columns (indicator, unit, total, last year, change), then one for each office.
        note: A line under the title.
    """

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def blocks(self) -> Iterator[tuple[tuple[float, ...], list[int]]]:
        """Widths and numbers of the columns that stand beside each other."""
        n_fixed, width = len(_FIXED), RIGHT - LEFT
        n_offices = len(self.heads) - n_fixed
        first = min(N_FIRST, n_offices)
        each = (width - sum(_FIXED)) / max(1, min(N_FIRST, max(first, 3)))
        yield (*_FIXED, *[each] * first), list(range(n_fixed + first))
        for start in range(first, n_offices, N_MORE):
            columns = range(n_fixed + start, n_fixed + min(start + N_MORE, n_offices))
            each = (width - _FIXED[0] - _FIXED[1]) / N_MORE
            yield (_FIXED[0], _FIXED[1], *[each] * len(columns)), [0, 1, *columns]


def draw_table(table: FigureTable, *, author: str, faces: Faces) -> bytes:
    """
    The table as PDF, its heads on every page.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title=table.title, author=author, is_landscape=True)
    _Drawing(table, faces, paper).draw()
    return paper.finish()


Line = tuple[Words, SetLine]


class _Drawing:
    def __init__(self, table: FigureTable, faces: Faces, paper: Paper) -> None:
        self._table = table
        self._faces = faces
        self._paper = paper
        self._n_pages = 0

    def draw(self) -> None:
        for widths, columns in self._table.blocks():
            y = self._page(widths, columns)
            for row in self._table.rows:
                cells = [self._set(row[n], width, TEXT) for n, width in zip(columns, widths, strict=True)]
                aligns = [0.0 if n < 2 else 1.0 for n in range(len(cells))]
                height = max(len(one) for one in cells) * PITCH + 2 * PAD
                if y + height > BOTTOM:
                    y = self._page(widths, columns)
                y = self._row(cells, widths, y, height, aligns)

    def _page(self, widths: Sequence[float], columns: Sequence[int]) -> float:
        """Begins a page; where its rows begin."""
        paper, table = self._paper, self._table
        paper.page()
        self._n_pages += 1
        y = TOP
        if self._n_pages == 1:
            paper.text((LEFT + RIGHT) / 2, y, table.title, TITLE, place="标题", align=0.5, fit=RIGHT - LEFT)
            paper.text(LEFT, y + 9, table.note, SMALL, place="说明", fit=RIGHT - LEFT)
            y += 14.5
        number = f"— {self._n_pages} —"
        paper.text((LEFT + RIGHT) / 2, BOTTOM + 4, number, Style("song", NUMBER.size - 4), place="页码", align=0.5)
        cells = [self._set(table.heads[n], width, HEAD) for n, width in zip(columns, widths, strict=True)]
        height = max(len(one) for one in cells) * PITCH + 2 * PAD
        return self._row(cells, widths, y, height, [0.5] * len(cells))

    def _set(self, text: str, width: float, style: Style) -> list[Line]:
        words = plain(text, style, text[:12] or "表格")
        return [(words, one) for one in self._faces.lines(words, width - 2 * PAD, justify=False)]

    def _row(
        self,
        cells: Sequence[Sequence[Line]],
        widths: Sequence[float],
        y: float,
        height: float,
        aligns: Sequence[float],
    ) -> float:
        """Draws a row, each cell left, right or in the middle by its `align` from 0 to 1. Its lower edge."""
        x = LEFT
        for lines, width, align in zip(cells, widths, aligns, strict=True):
            top = y + (height - len(lines) * PITCH) / 2 + (PITCH - TEXT.size / MM) / 2
            for words, line in lines:
                room = width - 2 * PAD - line.width / MM
                self._paper.line(x + PAD + align * max(0.0, room), top, words, line)
                top += PITCH
            self._paper.rule(x, y, x, y + height, points=0.4)
            x += width
        self._paper.rule(x, y, x, y + height, points=0.4)
        for edge in (y, y + height):
            self._paper.rule(LEFT, edge, x, edge, points=0.4)
        return y + height


def table_as_docx(table: FigureTable, *, author: str) -> bytes:
    """The same table for a word processor."""
    paper = WordPaper(title=table.title, author=author, is_landscape=True)
    paper.line(table.title, "title", 18, align="center", pitch=0)
    paper.line(table.note, "body", 9, pitch=0)
    for widths, columns in table.blocks():
        paper.table(
            [table.heads[n] for n in columns],
            [[_in_two(row[n], width) for n, width in zip(columns, widths, strict=True)] for row in table.rows],
            widths,
            n_words=2,
        )
        paper.line("", size=9, pitch=0)
    return paper.finish()


def _in_two(text: str, width: float) -> str:
    """A figure too wide for its column has its parts below it: a word processor would break within a number."""
    if "（" not in text or text[0] not in "+-0123456789":
        return text
    ems = sum(0.55 if char.isascii() else 1.0 for char in text)
    return text if ems * TEXT.size / MM <= width - 2 * PAD else text.replace("（", "\n（")
