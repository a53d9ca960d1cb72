"""
An official letter as a page: the letter format (信函格式) of GB/T 9704—2012, section 10.1.

Measures are in millimetres from the upper left corner of A4; where the standard leaves a choice, the
comment says which practice is followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desktop_app.base.fonts import Role
from desktop_app.documents.title import title_lines
from desktop_app.typeset.breaking import SetLine
from desktop_app.typeset.paper import MM, RED, WIDTH_MM, Colour, Faces, Paper, Style, Words, plain

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
TITLE, MARK, SMALL = Style("title", 22), Style("title", 36), Style("body", 14)
NUMBER = Style("song", 14)
TITLE_PITCH = 12.0
ROWS_BEFORE_TITLE = 2
GAP = SIZE * 7 / 8 / MM
"""Seven eighths of a 三号 character: between a red line and the text beside it."""

MARK_TOP, MARK_GAP = 30.0, 4.0
RULE_LEFT, RULE_RIGHT, LOWER_RULE = 20.0, 190.0, 277.0
THICK, THIN, BETWEEN = 2.25, 0.75, 1.5
"""Points; the standard gives none, this is what printers use."""

SEAL_ROWS = 2
"""Empty rows above the issuer: the seal's upper edge then stands less than a row below the text."""

PAGE_NUMBER = BOTTOM + 7.0
_LEVELS: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r"[一二三四五六七八九十]+、"), "heading"),
    (re.compile(r"（[一二三四五六七八九十]+）"), "kai"),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """
    The words of a letter.

    Attributes:
        head: The issuer as it stands in red at the top. issuer: As it signs.
        paragraphs: Levels 一、 and （一） are known by how they begin.
        signed_on: ISO day; empty leaves room to write it.
        note: Who to ask, printed in brackets under the date.
    """

    head: str
    doc_no: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    issuer: str
    signed_on: str = ""
    enclosures: tuple[str, ...] = ()
    note: str = ""
    copied_to: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """
    How it is printed.

    Attributes:
        is_draft: 草稿 stands across the page.
        is_preprinted: The paper has the red head already: only its room is left.
        shift: Right and down, mm.
    """

    is_draft: bool = False
    is_preprinted: bool = False
    shift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text on the grid."""

    words: Words
    line: SetLine
    stays_with_next: bool = False


Flow = list[Row | None]
"""Rows of the grid; None is an empty one."""


def draw_letters(letters: Sequence[Letter], setting: Setting, faces: Faces) -> bytes:
    """
    Letters as one PDF, each beginning on a page of its own; the same words on the same computer give the same bytes.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    first = letters[0]
    paper = Paper(faces, title=first.title, author=first.issuer, shift=setting.shift)
    for one in letters:
        Typesetter(one, setting, faces, paper).draw()
    return paper.finish()


def day_words(iso: str) -> str:
    """`2025年3月5日`; room to write it when there is none."""
    if not iso:
        return "　　年　月　日"
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


class Typesetter:
    """
    Sets one document into a paper; the letter format's head, which another format replaces.

    Attributes:
        first_numbered: The page from which on numbers stand.
    """

    first_numbered = 2

    def __init__(self, letter: Letter, setting: Setting, faces: Faces, paper: Paper) -> None:
        self.letter = letter
        self.setting = setting
        self.faces = faces
        self.paper = paper

    def draw(self) -> None:
        """All pages."""
        flow = self._flow()
        block = self._closing()
        copied = self.imprint()
        head_rows = self._begin_page(1)
        pages = paginate(flow, len(block) + (len(copied) + 1 if copied else 0), head_rows)
        for number, rows in enumerate(pages, 1):
            start = head_rows if number == 1 else 0
            if number > 1:
                self._begin_page(number)
            self._rows(rows, start)
            if number == len(pages):
                self._rows(block, start + len(rows))
                self._rows(copied, N_ROWS - len(copied))
                self.finish(len(copied))

    def _rows(self, rows: Flow, start: int) -> None:
        for n, row in enumerate(rows, start):
            if row is not None:
                self.paper.line(LEFT, TOP + n * PITCH, row.words, row.line)

    def _set(self, words: Words, **how: float) -> Flow:
        lines = self.faces.lines(words, WIDTH, **how)
        return [Row(words, line) for line in lines]

    # The first page's head, and every page's number

    def _begin_page(self, number: int) -> int:
        """Begins a page; on the first one, returns the row at which the text begins."""
        self.paper.page()
        if self.setting.is_draft:
            self.paper.mark("草稿", "草稿")
        if number >= self.first_numbered:
            self._number(number)
        return self.head() if number == 1 else 0

    def _number(self, number: int) -> None:
        words = f"— {number} —"
        width = self.faces["song"].width(words, NUMBER.size, "页码") / MM
        inward = NUMBER.size / MM
        x = RIGHT - inward - width if number % 2 else LEFT + inward
        dash = 0.5 * NUMBER.size / MM  # the dash stands half a character under the upper edge
        self.paper.text(x, PAGE_NUMBER - dash, words, NUMBER, place="页码")

    def head(self) -> int:
        """Draws issuer, lines, number and title; the row at which the text begins."""
        letter, middle = self.letter, WIDTH_MM / 2
        upper = MARK_TOP + MARK.size / MM + MARK_GAP
        if not self.setting.is_preprinted:
            self.paper.text(middle, MARK_TOP, letter.head, MARK, place="发文机关标志", align=0.5, fit=WIDTH, colour=RED)
            lower = self._double_rule(upper, thick_first=True)
            self._double_rule(LOWER_RULE - (THICK + BETWEEN + THIN) / MM, thick_first=False)
        else:
            lower = upper + (THICK + BETWEEN + THIN) / MM
        y = lower + GAP
        self.paper.text(RIGHT, y, letter.doc_no, BODY, place="发文字号", align=1)
        return self.title(y + (ROWS_BEFORE_TITLE + 1) * PITCH)

    def title(self, y: float) -> int:
        """Draws the title from y downwards; the row at which the text begins, one row below."""
        for line in title_lines(self.letter.title, int(WIDTH * MM // TITLE.size)):
            self.paper.text(LEFT + WIDTH / 2, y, line, TITLE, place="标题", align=0.5, fit=WIDTH)
            y += TITLE_PITCH
        bottom = y - TITLE_PITCH + TITLE.size / MM
        return -int(-(bottom + GAP + SIZE / MM - TOP) // PITCH)  # one row stays empty

    def _double_rule(self, y: float, *, thick_first: bool, colour: Colour = RED) -> float:
        """Two lines from y downwards; their lower edge."""
        for points in (THICK, THIN) if thick_first else (THIN, THICK):
            middle = y + points / MM / 2
            self.paper.rule(RULE_LEFT, middle, RULE_RIGHT, middle, points=points, colour=colour)
            y += (points + BETWEEN) / MM
        return y - BETWEEN / MM

    # The text

    def _flow(self) -> Flow:
        letter = self.letter
        flow = self._set(plain(f"{letter.addressee}：", BODY, "主送"))
        for n, text in enumerate(letter.paragraphs, 1):
            words = _levelled(text, f"正文第 {n} 段")
            rows = self._set(words, first_indent=2 * CELL)
            if words.styles and words.styles[-1] != BODY:  # a heading alone does not end a page
                rows[-1] = Row(words, rows[-1].line, stays_with_next=True) if rows[-1] else None
            flow += rows
        if letter.enclosures:
            flow += [None, *self._enclosures()]
        return flow

    def _enclosures(self) -> Flow:
        found: Flow = []
        several = len(self.letter.enclosures) > 1
        for n, name in enumerate(self.letter.enclosures, 1):
            number = f"{n}." if several else ""
            words = plain(("附件：" if n == 1 else "") + number + name, BODY, "附件说明")
            hanging = 5 * CELL + self.faces["body"].width(number, SIZE, "附件说明")
            found += self._set(words, first_indent=2 * CELL if n == 1 else 5 * CELL, hanging=hanging)
        return found

    def _closing(self) -> Flow:
        """Issuer and date with room for the seal, and the note."""
        letter = self.letter
        day = plain(day_words(letter.signed_on), BODY, "成文日期")
        issuer = plain(letter.issuer, BODY, "署名")
        wide, narrow = self._width(issuer), self._width(day)
        measure = WIDTH * MM
        middle = min(measure - 4 * CELL - narrow / 2, measure - wide / 2)
        rows: Flow = [None] * SEAL_ROWS
        for words, width in ((issuer, wide), (day, narrow)):
            left = max(0.0, middle - width / 2)
            rows.append(Row(words, self.faces.lines(words, WIDTH + 1, first_indent=left)[0]))
        if letter.note:
            rows += self._set(plain(f"（{letter.note}）", BODY, "附注"), first_indent=2 * CELL)
        return rows

    def finish(self, n_imprint: int) -> None:
        """What stands around the imprint on the last page, of so many rows; nothing in a letter."""

    def imprint(self) -> Flow:
        """Who gets a copy: the last rows of the last page."""
        if not self.letter.copied_to:
            return []
        words = plain(f"抄送：{self.letter.copied_to.rstrip('。')}。", SMALL, "抄送")
        lines = self.faces.lines(words, WIDTH - SMALL.size / MM, first_indent=SMALL.size, hanging=4 * SMALL.size)
        return [Row(words, line) for line in lines]

    def _width(self, words: Words) -> float:
        return sum(self.faces.advance(char, BODY, words.place) for char in words.text)


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


def _levelled(text: str, place: str) -> Words:
    end, role = heading_end(text)
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
