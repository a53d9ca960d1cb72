"""What a cell of a workbook may hold, whichever kind of file it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase


@dataclass(frozen=True, slots=True)
class Broken:
    """
    A cell whose value is not there.

    Attributes:
        code: `excel.no_result`: a formula that was never calculated; `excel.error_cell`: its result is an error.
        shown: What stands in the cell, such as `#REF!`.
    """

    code: str
    shown: str = ""

    def __str__(self) -> str:
        return self.shown or "（公式）"


Cell = str | int | float | bool | date | Broken | None
"""A `datetime` is a date here too; a time of the day alone comes as text."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row with something in it.

    Attributes:
        number: As the program shows it, from 1.
        cells: From column A on; shorter than the sheet is wide when the rest is empty.
    """

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: first and last row from 1, first and last column from 0; the value stands in the first cell."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of a workbook."""

    name: str
    is_hidden: bool = False


def column_letters(index: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def column_index(letters: str) -> int:
    """0 for `A`; -1 when these are no letters of a column."""
    index = 0
    for letter in letters.upper():
        at = ascii_uppercase.find(letter)
        if at < 0:
            return -1
        index = index * 26 + at + 1
    return index - 1


def plain_text(cell: Cell) -> str:
    """A cell as a person reads it in the sheet; empty for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return number_text(cell)
    return str(cell)


def number_text(number: float) -> str:
    """A number without the noise of its last binary digits: 0.3, not 0.30000000000000004."""
    return str(number) if isinstance(number, int) else format(number, ".15g")
