"""
The grid on which official papers are set: the type area of GB/T 9704—2012 (5.2), rows, title, page numbers.

Measures are in millimetres from the upper left corner of A4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desktop_app.base.fonts import Role
from desktop_app.typeset.breaking import SetLine
from desktop_app.typeset.paper import MM, Faces, Paper, Style, Words
from desktop_app.typeset.title import title_lines

LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
"""Type area (版心)."""

RIGHT, BOTTOM = LEFT + WIDTH, TOP + HEIGHT
N_CHARS, N_ROWS = 28, 22
SIZE = 16.0
"""三号."""

CELL = WIDTH * MM / N_CHARS
PITCH = (HEIGHT - SIZE / MM) / (N_ROWS - 1)
"""From row to row, mm: the first row begins and the last one ends with the type area."""

BODY = Style("body", SIZE, CELL)
TITLE, SMALL = Style("title", 22), Style("body", 14)
NUMBER = Style("song", 14)
TITLE_PITCH = 12.0
GAP = SIZE * 7 / 8 / MM
"""Seven eighths of a 三号 character: between a red line and the text beside it."""

PAGE_NUMBER = BOTTOM + 7.0
_LEVELS: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r"[一二三四五六七八九十]+、"), "heading"),
    (re.compile(r"（[一二三四五六七八九十]+）"), "kai"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text on the grid."""

    words: Words
    line: SetLine
    stays_with_next: bool = False


Flow = list[Row | None]
"""Rows of the grid; None is an empty one."""


class Grid:
    """
    Puts rows, a title and page numbers on a paper.

    Attributes:
        first_numbered: The page from which on numbers stand.
    """

    first_numbered = 1

    def __init__(self, faces: Faces, paper: Paper) -> None:
        self.faces = faces
        self.paper = paper

    def set(self, words: Words, **how: float) -> Flow:
        """A text in rows; `how` as in `Faces.lines`."""
        return [Row(words, line) for line in self.faces.lines(words, WIDTH, **how)]

    def set_paragraphs(self, paragraphs: Sequence[str]) -> Flow:
        """The paragraphs of a text, headings in the heading's font and never alone at the end of a page."""
        flow: Flow = []
        for n, (text, heading) in enumerate(zip(paragraphs, headings(paragraphs), strict=True), 1):
            key = (n, text, heading)
            if key not in self.paper.kept:  # the letters of a batch share most of theirs
                self.paper.kept[key] = self._paragraph(levelled(text, heading, f"正文第 {n} 段"))
            flow += self.paper.kept[key]
        return flow

    def _paragraph(self, words: Words) -> Flow:
        rows = self.set(words, first_indent=2 * CELL)
        if words.styles and words.styles[-1] != BODY:
            rows[-1] = Row(words, rows[-1].line, stays_with_next=True) if rows[-1] else None
        return rows

    def rows(self, rows: Flow, start: int) -> None:
        """Draws rows from a row of the grid downwards."""
        for n, row in enumerate(rows, start):
            if row is not None:
                self.paper.line(LEFT, TOP + n * PITCH, row.words, row.line)

    def title(self, title: str, y: float) -> int:
        """Draws the title from y downwards; the row at which the text begins, one row below."""
        for line in title_lines(title, int(WIDTH * MM // TITLE.size)):
            self.paper.text(LEFT + WIDTH / 2, y, line, TITLE, place="标题", align=0.5, fit=WIDTH)
            y += TITLE_PITCH
        bottom = y - TITLE_PITCH + TITLE.size / MM
        return -int(-(bottom + GAP + SIZE / MM - TOP) // PITCH)  # one row stays empty

    def number(self, number: int) -> None:
        """The page's number, outward at the foot; none before the first numbered page."""
        if number < self.first_numbered:
            return
        words = f"— {number} —"
        width = self.faces["song"].width(words, NUMBER.size, "页码") / MM
        inward = NUMBER.size / MM
        x = RIGHT - inward - width if number % 2 else LEFT + inward
        dash = 0.5 * NUMBER.size / MM  # the dash stands half a character under the upper edge
        self.paper.text(x, PAGE_NUMBER - dash, words, NUMBER, place="页码")


def day_words(iso: str) -> str:
    """`2025年3月5日`; room to write it when there is none."""
    if not iso:
        return "　　年　月　日"
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def headings(paragraphs: Sequence[str]) -> list[tuple[int, Role]]:
    """
    For each paragraph what `heading_end` says of it.

    A heading that the text runs on from is set as one only where every paragraph of its level has a heading:
    a list of which some items are bold looks like a mistake.
    """
    found = [heading_end(text) for text in paragraphs]
    for pattern, _ in _LEVELS:
        level = [n for n, text in enumerate(paragraphs) if pattern.match(text)]
        if any(found[n][0] == 0 for n in level):
            for n in level:
                if found[n][0] < len(paragraphs[n]):
                    found[n] = (0, "body")
    return found


def heading_end(text: str) -> tuple[int, Role]:
    """
    How many characters of a paragraph are its heading, and in which font: up to the first full stop.

    A paragraph that is one whole sentence is text, however it is numbered: a heading by itself has no full stop.
    """
    for pattern, role in _LEVELS:
        if pattern.match(text):
            end = text.find("。") + 1 or len(text)
            if end <= N_CHARS and (end < len(text) or not text.endswith("。")):
                return end, role
    return 0, "body"


def levelled(text: str, heading: tuple[int, Role], place: str) -> Words:
    """A paragraph with so many of its characters in the heading's font."""
    end, role = heading
    return Words(text, (Style(role, SIZE, CELL),) * end + (BODY,) * (len(text) - end), place)


def paginate(flow: Flow, n_closing: int, first_row: int) -> list[Flow]:
    """
    The rows of each page.

    The closing rows go on the last page together, never alone: text goes over with them.

    Args:
        first_row: At which the text of the first page begins.
    """
    pages: list[Flow] = [[]]
    room = N_ROWS - first_row
    for at, row in enumerate(flow):
        is_last_row = len(pages[-1]) + 1 == room
        if len(pages[-1]) == room or (row and row.stays_with_next and is_last_row and at + 1 < len(flow)):
            pages.append([])
            room = N_ROWS
        if row is not None or pages[-1]:  # no page begins with an empty row
            pages[-1].append(row)
    if len(pages[-1]) + n_closing > room:
        n_over = min(2, len(pages[-1]) - 1) if len(pages[-1]) > 1 else 1
        while n_over < len(pages[-1]) and pages[-1][-n_over] is None:
            n_over += 1
        carried = pages[-1][-n_over:]
        pages[-1] = pages[-1][:-n_over]
        while pages[-1] and pages[-1][-1] is None:
            pages[-1].pop()
        pages.append(carried)
    return [page for n, page in enumerate(pages) if page or n == 0]
