"""
An official letter as a page: the letter format (信函格式) of GB/T 9704—2012, section 10.1.

Measures are in millimetres from the upper left corner of A4; where the standard leaves a choice, the
comment says which practice is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.typeset.grid import (
    BODY,
    CELL,
    GAP,
    N_ROWS,
    PITCH,
    RIGHT,
    SIZE,
    SMALL,
    WIDTH,
    Flow,
    Grid,
    Row,
    day_words,
    paginate,
)
from desktop_app.typeset.paper import MM, RED, WIDTH_MM, Colour, Faces, Paper, Style, Words, plain

MARK = Style("title", 36)
ROWS_BEFORE_TITLE = 2
MARK_TOP, MARK_GAP = 30.0, 4.0
RULE_LEFT, RULE_RIGHT, LOWER_RULE = 20.0, 190.0, 277.0
THICK, THIN, BETWEEN = 2.25, 0.75, 1.5
"""Points; the standard gives none, this is what printers use."""

SEAL_ROWS = 2
"""Empty rows above the issuer: the seal's upper edge then stands less than a row below the text."""


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


class Typesetter(Grid):
    """Sets one document into a paper; the letter format's head, which another format replaces."""

    first_numbered = 2

    def __init__(self, letter: Letter, setting: Setting, faces: Faces, paper: Paper) -> None:
        super().__init__(faces, paper)
        self.letter = letter
        self.setting = setting

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
            self.rows(rows, start)
            if number == len(pages):
                self.rows(block, start + len(rows))
                self.rows(copied, N_ROWS - len(copied))
                self.finish(len(copied))

    # The first page's head, and every page's number

    def _begin_page(self, number: int) -> int:
        """Begins a page; on the first one, returns the row at which the text begins."""
        self.paper.page()
        if self.setting.is_draft:
            self.paper.mark("草稿", "草稿")
        self.number(number)
        return self.head() if number == 1 else 0

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
        return self.title(letter.title, y + (ROWS_BEFORE_TITLE + 1) * PITCH)

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
        flow = self.set(plain(f"{letter.addressee}：", BODY, "主送"))
        flow += self.set_paragraphs(letter.paragraphs)
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
            found += self.set(words, first_indent=2 * CELL if n == 1 else 5 * CELL, hanging=hanging)
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
            rows += self.set(plain(f"（{letter.note}）", BODY, "附注"), first_indent=2 * CELL)
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
