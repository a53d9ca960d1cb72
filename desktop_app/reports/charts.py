"""Charts on paper: the annex of a text, several to a page, and the same page by itself."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.base.fonts import Role
from desktop_app.domain.charts import ChartData, Words, lay_out
from desktop_app.typeset.grid import BODY, HEIGHT, LEFT, PITCH, SIZE, TITLE, TOP, WIDTH, Grid
from desktop_app.typeset.paper import BLACK, MM, Colour, Faces, Paper, Style

N_COLUMNS, N_ROWS = 2, 3
GAP = 8.0
"""Between charts, mm."""

POINTS = 9.0
PALETTE: tuple[Colour, ...] = ((0.70, 0.15, 0.12), (0.20, 0.36, 0.58), (0.85, 0.62, 0.20), (0.35, 0.52, 0.35))
"""Told apart in grey as well: dark, middle, light."""

_FAINT: Colour = (0.35, 0.35, 0.35)
_LINE: Colour = (0.85, 0.85, 0.85)
_ROLES: dict[str, Role] = {"title": "heading", "plain": "body", "faint": "body"}


class ChartAnnex:
    """
    Pages of charts.

    Args:
        number: What stands over the first of them, such as `附件`; empty for pages by themselves.
    """

    def __init__(self, charts: Sequence[ChartData], title: str, faces: Faces, number: str = "附件") -> None:
        self._charts = charts
        self._title = title
        self._faces = faces
        self._number = number

    def __call__(self, paper: Paper, first_page: int) -> None:
        """
        Draws them all.

        Raises:
            KnownError: font.missing_glyph.
        """
        grid, per_page = Grid(self._faces, paper), N_COLUMNS * N_ROWS
        for n in range(0, len(self._charts), per_page):
            paper.page()
            grid.number(first_page + n // per_page)
            top = self._head(paper) if n == 0 else TOP
            height = (TOP + HEIGHT - top - (N_ROWS - 1) * GAP) / N_ROWS
            width = (WIDTH - (N_COLUMNS - 1) * GAP) / N_COLUMNS
            for at, chart in enumerate(self._charts[n : n + per_page]):
                x = LEFT + (at % N_COLUMNS) * (width + GAP)
                y = top + (at // N_COLUMNS) * (height + GAP)
                draw_chart(paper, self._faces, chart, (x, y, width, height))

    def _head(self, paper: Paper) -> float:
        """`附件` in the first row, the title in the third (7.3.7); where the charts begin."""
        if self._number:
            paper.text(LEFT, TOP, self._number, Style("heading", SIZE), place="附件")
        y = TOP + (2 * PITCH if self._number else 0)
        paper.text(LEFT + WIDTH / 2, y, self._title, TITLE, place="图表标题", align=0.5, fit=WIDTH)
        return y + TITLE.size / MM + BODY.size / MM


def draw_chart(paper: Paper, faces: Faces, chart: ChartData, place: tuple[float, float, float, float]) -> None:
    """
    One chart in a rectangle of x, y, width and height in millimetres.

    Raises:
        KnownError: font.missing_glyph.
    """
    left, top, width, height = place

    def measure(text: str, scale: float) -> float:
        return faces["body"].width(text, POINTS * scale, chart.title) / MM

    drawing = lay_out(chart, width, height, POINTS / MM, measure)
    for rule in drawing.rules:
        colour = _FAINT if rule.is_axis else _LINE
        paper.rule(left + rule.x, top + rule.y, left + rule.to_x, top + rule.to_y, points=0.5, colour=colour)
    for box in drawing.boxes:
        colour = PALETTE[box.colour % len(PALETTE)]
        paper.box(left + box.x, top + box.y, box.width, box.height, colour)
    for words in drawing.words:
        _say(paper, words, left, top, chart.title)


def _say(paper: Paper, words: Words, left: float, top: float, place: str) -> None:
    style = Style(_ROLES[words.role], POINTS * words.scale)
    colour = _FAINT if words.role == "faint" else BLACK
    paper.text(left + words.x, top + words.y, words.text, style, place=place, align=words.align, colour=colour)


def draw_chart_page(charts: Sequence[ChartData], title: str, author: str, faces: Faces) -> bytes:
    """
    The charts by themselves as PDF.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title=title, author=author)
    ChartAnnex(charts, title, faces, number="")(paper, 1)
    return paper.finish()
