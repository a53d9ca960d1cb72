"""
Rows of plain values as the XML of a sheet.

A cell object for every value, as openpyxl makes them, takes most of the time of an export. What only a cell object
can do (fonts, formulas, links) rows of records do not need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils.datetime import to_excel

from desktop_app.exchange.cells import Broken, Cell, column_letters

DATE, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd h:mm:ss"
MOST_CHARS = 32_767
"""In one cell, as Excel has it."""

_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


class RowXml:
    """
    Writes rows with the same columns.

    Args:
        formats: The number format of each column; empty for none.
        styles: Number format → its number in the workbook, for `formats`, `DATE` and `MOMENT`.
    """

    def __init__(self, formats: Sequence[str], styles: dict[str, int]) -> None:
        self._columns = [(column_letters(at), _style(styles.get(one, 0))) for at, one in enumerate(formats)]
        self._are_dates = [one == DATE for one in formats]
        self._date, self._moment = _style(styles[DATE]), _style(styles[MOMENT])
        self._days: dict[date, str] = {}

    def row(self, number: int, values: Sequence[Cell | Decimal]) -> str:
        """The row of a number, from 1; an empty value leaves its cell out."""
        cells = "".join(self._cells(number, values))
        return f'<row r="{number}">{cells}</row>'

    def _cells(self, number: int, values: Sequence[Cell | Decimal]) -> Iterator[str]:
        for at, ((letters, style), value) in enumerate(zip(self._columns, values, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                yield f'<c r="{letters}{number}"{style} t="inlineStr"><is>{_text(value)}</is></c>'
            elif isinstance(value, Broken):
                yield f'<c r="{letters}{number}"{style} t="inlineStr"><is>{_text(str(value))}</is></c>'
            elif isinstance(value, bool):
                yield f'<c r="{letters}{number}"{style} t="b"><v>{value:d}</v></c>'
            elif isinstance(value, date):
                yield f'<c r="{letters}{number}"{self._dated(at, value)}><v>{self._day(value)}</v></c>'
            else:
                yield f'<c r="{letters}{number}"{style}><v>{value}</v></c>'

    def _dated(self, at: int, value: date) -> str:
        if isinstance(value, datetime):
            return self._moment
        return self._columns[at][1] if self._are_dates[at] else self._date

    def _day(self, value: date) -> str:
        if value not in self._days:
            self._days[value] = str(to_excel(value))
        return self._days[value]


def _style(number: int) -> str:
    return f' s="{number}"' if number else ""


def _text(value: str) -> str:
    """A text is text, whatever it begins with; characters that XML does not know are left out."""
    value = value[:MOST_CHARS]
    keeps = ' xml:space="preserve"' if value != value.strip() else ""
    if _SPECIAL.search(value):
        value = _SPECIAL.sub(lambda found: _WRITTEN.get(found[0], ""), value)
    return f"<t{keeps}>{value}</t>"
