"""A page of A4 measured in millimetres from its upper left corner, drawn into a PDF."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.base.fonts import Role
from desktop_app.typeset.breaking import SetLine, break_lines
from desktop_app.typeset.faces import Fonts

MM = 72 / 25.4
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
ASCENT = 0.88
"""Upper edge of a character above its baseline, in ems: Chinese characters fill their square."""

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
RED: Colour = (1.0, 0.0, 0.0)
GREY: Colour = (0.82, 0.82, 0.82)

_NEAR = 0.002
"""Points that no eye sees."""


@dataclass(frozen=True, slots=True)
class Style:
    """A font role and a size in points; `cell` is the advance of a full-width character, 0 for the size itself."""

    role: Role
    size: float
    cell: float = 0.0

    @property
    def spacing(self) -> float:
        """Added after each full-width character, points."""
        return self.cell - self.size if self.cell else 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A text with a style for each character; `place` names it in a refusal."""

    text: str
    styles: Sequence[Style]
    place: str


def plain(text: str, style: Style, place: str) -> Words:
    """A text in one style."""
    return Words(text, (style,) * len(text), place)


class Faces:
    """The fonts of every role, each found when first asked for."""

    def __init__(self) -> None:
        self._roles: dict[Role, Fonts] = {}

    def __getitem__(self, role: Role) -> Fonts:
        if role not in self._roles:
            self._roles[role] = Fonts(role)
        return self._roles[role]

    def advance(self, char: str, style: Style, place: str) -> float:
        """
        Width of one character in points, with its style's spacing if it is full-width.

        Raises:
            KnownError: font.missing_glyph.
        """
        width = self[style.role].width(char, style.size, place)
        return width + style.spacing if width > 0.9 * style.size else width

    def lines(self, words: Words, width: float, **how: Any) -> list[SetLine]:
        """
        Breaks a text into lines of `width` millimetres; `how` as in `break_lines`, lengths in points.

        Raises:
            KnownError: font.missing_glyph.
        """
        text, styles, place = words.text, words.styles, words.place
        return break_lines(text, lambda at: self.advance(text[at], styles[at], place), width * MM, **how)

    def used(self) -> dict[Role, tuple[str, bool]]:
        """Role → name of the font in use, and whether it is the one the standard has in mind."""
        return {role: (fonts.name, fonts.is_official) for role, fonts in self._roles.items()}


class _Drawn:
    """The operators of a text object, in the shape `drawText` asks for; the library's own can be taken only once."""

    __slots__ = ("_code",)

    def __init__(self, drawn: Any) -> None:
        self._code: str = drawn.getCode()

    def getCode(self) -> str:  # noqa: N802 the library's name
        return self._code


class Paper:
    """
    The pages of one PDF.

    Attributes:
        kept: Paragraphs already set, by what they were set from, for as long as this PDF is drawn.

    Args:
        shift: Everything is moved right and down by so many millimetres, for paper with a printed head.
    """

    def __init__(
        self,
        faces: Faces,
        *,
        title: str,
        author: str,
        shift: tuple[float, float] = (0.0, 0.0),
        is_landscape: bool = False,
    ) -> None:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 only who prints waits for the library

        self._out = io.BytesIO()
        self._faces = faces
        self._shift = shift
        self._height = WIDTH_MM if is_landscape else HEIGHT_MM
        size = (((HEIGHT_MM if is_landscape else WIDTH_MM) * MM), self._height * MM)
        self._canvas: Any = Canvas(self._out, pagesize=size, invariant=1, initialFontName=faces["body"].first)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._is_open = False
        self.kept: dict[Hashable, list[Any]] = {}
        self._lines: dict[tuple[float, float, int], tuple[SetLine, _Drawn]] = {}
        """What was drawn for a line at a place. Holds the line too: its identity is the key."""
        self._texts: dict[Hashable, tuple[float, _Drawn]] = {}

    def page(self) -> None:
        """Begins a page."""
        if self._is_open:
            self._canvas.showPage()
        self._is_open = True
        self._canvas.translate(self._shift[0] * MM, -self._shift[1] * MM)

    def finish(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._out.getvalue()

    # Drawing; lengths in millimetres, sizes in points

    def rule(self, x: float, y: float, to_x: float, to_y: float, *, points: float, colour: Colour = BLACK) -> None:
        """A line whose middle runs from one place to the other."""
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(points)
        self._canvas.line(x * MM, self._y(y), to_x * MM, self._y(to_y))

    def dashes(self, x: float, y: float, to_x: float) -> None:
        """A line to cut along."""
        self._canvas.setDash(4, 3)
        self.rule(x, y, to_x, y, points=0.5)
        self._canvas.setDash()

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self._canvas.setFillColorRGB(*colour)
        self._canvas.rect(x * MM, self._y(y + height), width * MM, height * MM, stroke=0, fill=1)

    def circle(self, x: float, y: float, diameter: float, colour: Colour) -> None:
        """A circle around a place."""
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(0.4)
        self._canvas.circle(x * MM, self._y(y), diameter / 2 * MM)

    def text(
        self,
        x: float,
        top: float,
        words: str,
        style: Style,
        *,
        place: str,
        align: float = 0.0,
        fit: float = 0.0,
        colour: Colour = BLACK,
    ) -> float:
        """
        One line of text; a longer one is narrowed to `fit` millimetres.

        Args:
            top: Upper edge of the characters.
            align: 0 begins at x, 1 ends there.

        Returns:
            Its width in millimetres.

        Raises:
            KnownError: font.missing_glyph.
        """
        same = (x, top, words, style, place, align, fit, colour)
        if same in self._texts:
            width, known = self._texts[same]
            self._canvas.drawText(known)
            return width
        width = sum(self._faces.advance(char, style, place) for char in words) - (style.spacing if words else 0.0)
        scale = min(1.0, fit * MM / width) if fit and width else 1.0
        drawn = self._canvas.beginText(x * MM - align * width * scale, self._y(top) - ASCENT * style.size)
        drawn.setFillColorRGB(*colour)
        drawn.setHorizScale(100 * scale)
        drawn.setCharSpace(style.spacing)
        for key, piece in self._faces[style.role].runs(words, place):
            drawn.setFont(key, style.size)
            drawn.textOut(piece)
        self._texts[same] = width * scale / MM, _Drawn(drawn)
        self._canvas.drawText(self._texts[same][1])
        return width * scale / MM

    def line(self, x: float, top: float, words: Words, line: SetLine) -> None:
        """A line set by `Faces.lines`; the same line at the same place again costs next to nothing."""
        if not line.clusters:
            return
        key = (x, top, id(line))
        if key not in self._lines:
            self._lines[key] = (line, self._drawn_line(x, top, words, line))
        self._canvas.drawText(self._lines[key][1])

    def _drawn_line(self, x: float, top: float, words: Words, line: SetLine) -> _Drawn:
        drawn = self._canvas.beginText()
        drawn.setFillColorRGB(*BLACK)
        drawn.setHorizScale(100)
        baseline = self._y(top) - ASCENT * max(words.styles[one.start].size for one in line.clusters)
        for at, spacing, start, end in self._runs(words, line):
            style = words.styles[start]
            drawn.setTextOrigin(x * MM + at, baseline)
            drawn.setCharSpace(spacing)
            for key, piece in self._faces[style.role].runs(words.text[start:end], words.place):
                drawn.setFont(key, style.size)
                drawn.textOut(piece)
        return _Drawn(drawn)

    def _runs(self, words: Words, line: SetLine) -> Iterator[tuple[float, float, int, int]]:
        """Characters at one distance from each other, as (place, spacing, start, end): few operators, small files."""
        clusters, styles = line.clusters, words.styles
        x, spacing, start, end, reached = 0.0, 0.0, 0, 0, 0.0
        for n, one in enumerate(clusters):
            style, is_single = styles[one.start], one.end - one.start == 1
            fonts = self._faces[style.role]
            natural = fonts.width(words.text[one.start : one.end], style.size, words.place)
            step = clusters[n + 1].x - one.x if n + 1 < len(clusters) else natural + spacing
            own = round(step - natural, 3) if is_single else 0.0
            follows = end == one.start and end > start and abs(one.x - reached) < _NEAR
            reached = one.x + natural + own
            if follows and is_single and own == spacing and styles[start] == style:
                end = one.end
                continue
            if end > start:
                yield x, spacing, start, end
            x, spacing, start, end = one.x, own, one.start, one.end
        yield x, spacing, start, end

    def mark(self, words: str, place: str) -> None:
        """Grey letters across the page, under what is drawn after."""
        self._canvas.saveState()
        self._canvas.translate(WIDTH_MM / 2 * MM, HEIGHT_MM / 2 * MM)
        self._canvas.rotate(45)
        self._canvas.setFillColorRGB(*GREY)
        fonts = self._faces["heading"]
        width = fonts.width(words, 140, place)
        drawn = self._canvas.beginText(-width / 2, -50)
        for key, piece in fonts.runs(words, place):
            drawn.setFont(key, 140)
            drawn.textOut(piece)
        self._canvas.drawText(drawn)
        self._canvas.restoreState()

    def _y(self, y: float) -> float:
        return (self._height - y) * MM
