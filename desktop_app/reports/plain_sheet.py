"""A report of paragraphs on as many pages as it needs: a title, a line of who and when, and parts with a heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.typeset.paper import Faces, Paper, Style, plain

LEFT, RIGHT, TOP, BOTTOM = 25.0, 185.0, 25.0, 275.0
TITLE, HEAD, TEXT, SMALL = Style("title", 20), Style("heading", 12), Style("body", 12), Style("body", 10.5)
PITCH, INDENT = 6.6, 8.0


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, and lines under it."""

    head: str
    lines: tuple[str, ...] = ()


def draw_parts(title: str, above: str, parts: Sequence[Part], *, author: str) -> bytes:
    """
    The report as PDF, its fonts embedded.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    faces = Faces()
    paper = Paper(faces, title=title, author=author)
    page = _Pages(faces, paper)
    page.begin()
    paper.text((LEFT + RIGHT) / 2, TOP, title, TITLE, place="标题", align=0.5, fit=RIGHT - LEFT)
    page.y = TOP + 13
    page.write(above, SMALL)
    page.y += 3
    for part in parts:
        page.write(part.head, HEAD)
        for line in part.lines:
            page.write(line, TEXT, INDENT)
        page.y += 2
    return paper.finish()


class _Pages:
    """Writes downwards; `y` is where the next line stands."""

    def __init__(self, faces: Faces, paper: Paper) -> None:
        self._faces = faces
        self._paper = paper
        self._n = 0
        self.y = TOP

    def begin(self) -> None:
        """A new page, with its number."""
        self._paper.page()
        self._n += 1
        self._paper.text((LEFT + RIGHT) / 2, BOTTOM + 6, f"第 {self._n} 页", SMALL, place="页码", align=0.5)
        self.y = TOP

    def write(self, text: str, style: Style, indent: float = 0.0) -> None:
        """A paragraph."""
        words = plain(text.replace("\n", "　"), style, text[:10])
        for line in self._faces.lines(words, RIGHT - LEFT - indent, justify=False):
            if self.y + PITCH > BOTTOM:
                self.begin()
            self._paper.line(LEFT + indent, self.y, words, line)
            self.y += PITCH
