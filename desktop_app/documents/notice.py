"""A notice of the office: the document format (文件格式) of GB/T 9704—2012, section 7, for the city's own papers."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.documents.letter import MARK, Letter, Setting, Typesetter
from desktop_app.typeset.grid import BODY, LEFT, N_ROWS, PITCH, RIGHT, SIZE, SMALL, TOP, WIDTH, Flow, Row
from desktop_app.typeset.paper import MM, RED, Faces, Paper, plain

MARK_DOWN = 35.0
"""From the upper edge of the type area to that of the issuer, mm (7.2.4)."""

RULE_DOWN = 4.0
RULE = 1.0
"""The red line below the number: as wide as the type area; the standard gives no thickness, in points."""

OUTER, INNER = 0.35, 0.25
"""Lines of the imprint, mm (7.4.1)."""


def draw_notice(notice: Letter, setting: Setting, faces: Faces, *, printed_on: str) -> bytes:
    """
    A notice as PDF.

    Args:
        printed_on: As printed in the imprint: `2025年3月5日`.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title=notice.title, author=notice.issuer, shift=setting.shift)
    _Typesetter(replace(notice, head=f"{notice.head}文件"), setting, faces, paper, printed_on).draw()
    return paper.finish()


class _Typesetter(Typesetter):
    first_numbered = 1

    def __init__(self, notice: Letter, setting: Setting, faces: Faces, paper: Paper, printed_on: str) -> None:
        super().__init__(notice, setting, faces, paper)
        self._printed_on = printed_on

    def head(self) -> int:
        middle, y = LEFT + WIDTH / 2, TOP + MARK_DOWN
        style = replace(MARK, size=48)
        if not self.setting.is_preprinted:
            words = self.letter.head
            self.paper.text(middle, y, words, style, place="发文机关标志", align=0.5, fit=WIDTH, colour=RED)
        y += style.size / MM + 2 * PITCH  # two rows below the issuer
        self.paper.text(middle, y, self.letter.doc_no, BODY, place="发文字号", align=0.5)
        y += SIZE / MM + RULE_DOWN
        if not self.setting.is_preprinted:
            self.paper.rule(LEFT, y, RIGHT, y, points=RULE, colour=RED)
        return self.title(self.letter.title, y + 2 * PITCH)

    def imprint(self) -> Flow:
        """Copies, then who printed it and when, between lines (7.4.3)."""
        printed = plain(self.letter.issuer, SMALL, "印发机关")
        line = self.faces.lines(printed, WIDTH, first_indent=SMALL.size)[0]
        return [*super().imprint(), Row(printed, line)]

    def finish(self, n_imprint: int) -> None:
        """The lines of the imprint, and the day at its right end."""
        first = TOP + (N_ROWS - n_imprint) * PITCH
        above = (PITCH - SMALL.size / MM) / 2
        for n in range(n_imprint + 1):
            thick = OUTER if n in (0, n_imprint) else INNER
            if n in (0, n_imprint - 1, n_imprint):
                y = first + n * PITCH - above
                self.paper.rule(LEFT, y, RIGHT, y, points=thick * MM)
        words = f"{self._printed_on}印发"
        x, y = RIGHT - SMALL.size / MM, first + (n_imprint - 1) * PITCH
        self.paper.text(x, y, words, SMALL, place="印发日期", align=1)
