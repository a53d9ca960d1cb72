"""A form on one page or more: a title, rows of labelled cells with borders, and lines below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.typeset.breaking import SetLine
from desktop_app.typeset.paper import MM, Faces, Paper, Style, Words, plain

LEFT, RIGHT, TOP, BOTTOM = 25.0, 185.0, 25.0, 272.0
TITLE = Style("title", 22)
TEXT, LABEL, SMALL = Style("body", 12), Style("heading", 12), Style("body", 10.5)
PITCH, PAD = 6.6, 2.0
SMALLEST = 8.0
"""Points: a text that does not fit its cell is set smaller, down to this."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `share` of the row's width, in twelfths."""

    text: str
    share: int
    is_label: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class FormRow:
    """Cells beside each other, at least so many millimetres high."""

    cells: tuple[Cell, ...]
    height: float = 10.0


@dataclass(frozen=True, slots=True)
class Form:
    """
    A form to be printed.

    Attributes:
        above: Left and right above the table, such as office and number.
        below: Lines under it.
        is_cut_off: A line to cut along stands above the title.
    """

    title: str
    rows: tuple[FormRow, ...]
    above: tuple[str, str] = ("", "")
    below: tuple[str, ...] = ()
    is_cut_off: bool = False


def labelled(*pairs: tuple[str, str], height: float = 10.0, label: int = 2) -> FormRow:
    """Labels with their values beside them; the row's width is shared evenly."""
    each = 12 // len(pairs)
    cells = [
        cell
        for name, text in pairs
        for cell in (Cell(name, label, is_label=True, centred=True), Cell(text, each - label))
    ]
    return FormRow(tuple(cells), height)


def draw_forms(forms: Sequence[Form], faces: Faces, *, author: str) -> bytes:
    """
    Forms as one PDF, each on a page of its own; a form longer than a page goes on on the next.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title=forms[0].title, author=author)
    for one in forms:
        _Drawing(one, faces, paper).draw()
    return paper.finish()


class _Drawing:
    def __init__(self, form: Form, faces: Faces, paper: Paper) -> None:
        self._form = form
        self._faces = faces
        self._paper = paper

    def draw(self) -> None:
        form, middle = self._form, (LEFT + RIGHT) / 2
        self._paper.page()
        y = TOP
        if form.is_cut_off:
            self._paper.dashes(LEFT - 10, y - 8, RIGHT + 10)
        self._paper.text(middle, y, form.title, TITLE, place="标题", align=0.5, fit=RIGHT - LEFT)
        y += 16
        if any(form.above):
            self._paper.text(LEFT, y, form.above[0], SMALL, place="单位", fit=90)
            self._paper.text(RIGHT, y, form.above[1], SMALL, place="字号", align=1, fit=65)
            y += 7
        for row in form.rows:
            y = self._row(row, y)
        y += 4
        for line in form.below:
            words = plain(line, SMALL, "说明")
            for each in self._faces.lines(words, RIGHT - LEFT, justify=False):
                self._paper.line(LEFT, y, words, each)
                y += 5.5

    def _row(self, row: FormRow, y: float) -> float:
        """Draws a row at y, on a new page when it does not fit; its lower edge."""
        widths = [(RIGHT - LEFT) * cell.share / sum(one.share for one in row.cells) for cell in row.cells]
        set_cells = [self._set(cell, width) for cell, width in zip(row.cells, widths, strict=True)]
        height = max(row.height, *(len(lines) * _pitch(style) + 2 * PAD for _, style, lines in set_cells))
        height = min(height, BOTTOM - TOP)
        if y + height > BOTTOM:
            self._paper.page()
            y = TOP
        x = LEFT
        for cell, width, (words, style, lines) in zip(row.cells, widths, set_cells, strict=True):
            self._box(x, y, width, height)
            n_fit = int((height - 2 * PAD + 0.01) // _pitch(style))
            used = min(len(lines), n_fit) * _pitch(style)
            top = y + ((height - used) / 2 if cell.centred or len(lines) == 1 else PAD)
            for line in lines[:n_fit]:
                shift = (width - line.width / MM) / 2 if cell.centred else PAD
                self._paper.line(x + shift, top + (_pitch(style) - style.size / MM) / 2, words, line)
                top += _pitch(style)
            x += width
        return y + height

    def _box(self, x: float, y: float, width: float, height: float) -> None:
        for one in ((x, y, x + width, y), (x, y + height, x + width, y + height)):
            self._paper.rule(*one, points=0.6)
        for at in (x, x + width):
            self._paper.rule(at, y, at, y + height, points=0.6)

    def _set(self, cell: Cell, width: float) -> tuple[Words, Style, list[SetLine]]:
        """The cell's lines; a text that would fill more than a page is set smaller."""
        style = LABEL if cell.is_label else TEXT
        while True:
            words = plain(cell.text.replace("\n", "　"), style, cell.text[:10] or "表格")
            lines = self._faces.lines(words, width - 2 * PAD, justify=False)
            if len(lines) * _pitch(style) <= BOTTOM - TOP - 2 * PAD or style.size <= SMALLEST:
                return words, style, lines
            style = replace(style, size=style.size - 1)


def _pitch(style: Style) -> float:
    return PITCH * style.size / TEXT.size
