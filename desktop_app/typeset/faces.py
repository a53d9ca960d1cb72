"""Fonts as the PDF library sees them: loaded once, each character in the first font that has it."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from desktop_app.base.errors import KnownError
from desktop_app.base.fonts import OFFICIAL, FontFile, Role, find_fonts, font_folders, no_fonts


@dataclass(frozen=True, slots=True)
class _Face:
    """A font the library has read: the name it knows it by, and the characters it draws."""

    key: str
    glyphs: Mapping[int, int]


_DAMAGED = (struct.error, ValueError, LookupError, ArithmeticError)
"""What ReportLab 5.1 lets through, beside its own error, when a font's tables make no sense."""


@cache
def _face(font: FontFile) -> _Face | None:
    """Read once per process; None for a file that is no font the library can embed."""
    from reportlab.pdfbase.pdfmetrics import registerFont  # noqa: PLC0415 only who prints waits for the library
    from reportlab.pdfbase.ttfonts import TTFError, TTFont  # noqa: PLC0415 as above

    key = f"{font.path}#{font.index}"
    try:
        loaded = TTFont(key, str(font.path), subfontIndex=font.index)
    except (TTFError, OSError, *_DAMAGED):
        return None
    registerFont(loaded)
    return _Face(key, loaded.face.charToGlyph)


class Fonts:
    """
    The fonts of a role, each character in the first one that has it.

    Raises:
        KnownError: font.missing.
    """

    def __init__(self, role: Role) -> None:
        self._files = find_fonts(role)
        first = next((one for one in self._files if _face(one)), None)
        face = _face(first) if first else None
        if first is None or face is None:
            raise no_fonts(font_folders())
        self.first = face.key
        self.name = first.name
        self.is_official = first.path.name.lower() == OFFICIAL[role]
        self._keys: dict[str, str] = {}
        self._widths: dict[str, float] = {}

    def key(self, char: str, place: str) -> str:
        """
        The library's name of the font that draws this character.

        Args:
            place: Where the character stands, for the refusal.

        Raises:
            KnownError: font.missing_glyph; the library itself would leave a blank.
        """
        return self._keys.get(char) or self._find(char, place)

    def runs(self, text: str, place: str) -> Iterator[tuple[str, str]]:
        """
        The text in pieces of one font each.

        Raises:
            KnownError: font.missing_glyph.
        """
        for key, group in groupby(text, lambda char: self.key(char, place)):
            yield key, "".join(group)

    def width(self, text: str, size: float, place: str) -> float:
        """
        Width in points.

        Raises:
            KnownError: font.missing_glyph.
        """
        known = self._widths.get(text)
        return (self._measured(text, place) if known is None else known) * size

    def _measured(self, text: str, place: str) -> float:
        from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415 as above

        found = self._widths[text] = sum(float(stringWidth(piece, key, 1)) for key, piece in self.runs(text, place))
        return found

    def _find(self, char: str, place: str) -> str:
        if unicodedata.category(char) not in ("Cc", "Cf"):  # what cannot be seen cannot be signed
            for font in self._files:
                face = _face(font)
                if face and face.glyphs.get(ord(char)):
                    self._keys[char] = face.key
                    return face.key
        raise _missing(char, place, self._files)


def _missing(char: str, place: str, files: Sequence[FontFile]) -> KnownError:
    shown = char if char.isprintable() else "?"
    names = "、".join(font.name for font in files)
    return KnownError("font.missing_glyph", place=place, char=shown, code=f"U+{ord(char):04X}", fonts=names)
