"""Sheets with a fixed layout written as a workbook: every cell is given with its place."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters
from typing import TYPE_CHECKING, Literal

from desktop_app.exchange.cells import column_index, column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LINE_POINTS = 15.0
_NAME_FORBIDDEN = str.maketrans("", "", r"[]:*?/\\")


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """
    A cell at `row` and `column`, both from 1.

    Attributes:
        digits: After the point, of a number.
        has_box: With lines around it.
    """

    row: int
    column: int
    value: str | int | float
    digits: int = 0
    align: Literal["left", "center", "right"] = "left"
    is_bold: bool = False
    has_box: bool = True


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """
    One sheet.

    Attributes:
        merged: Ranges like `A1:D1`.
        heads: The row of headings, again on every page of paper; nothing is repeated when 0.
        frozen: The cell above and left of which all stays in sight.
    """

    name: str
    cells: Sequence[PlacedCell]
    widths: Sequence[float] = ()
    merged: Sequence[str] = ()
    heads: int = 0
    frozen: str = ""
    is_landscape: bool = True


def cell_place(name: str) -> tuple[int, int]:
    """Row and column, both from 1, of a cell's name: `B12`."""
    row = name.lstrip(ascii_letters)
    return int(row), column_index(name.removesuffix(row)) + 1


def sheets_as_xlsx(sheets: Sequence[PlacedSheet], *, title: str, author: str) -> bytes:
    """The workbook."""
    from openpyxl import Workbook  # noqa: PLC0415 only who asks for a workbook waits for the library

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = title, author
    for one in sheets:
        _write(book.create_sheet(one.name.translate(_NAME_FORBIDDEN)[:31] or "表"), one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, placed: PlacedSheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415 as above

    line = Side(style="thin", color="999999")
    box = Border(left=line, right=line, top=line, bottom=line)
    for one in placed.cells:
        cell = sheet.cell(one.row, one.column)
        cell.value = one.value
        if isinstance(one.value, str):
            cell.data_type = "s"  # a text that begins with = is no formula
        else:
            cell.number_format = f"0.{'0' * one.digits}" if one.digits else "0"
        cell.alignment = Alignment(horizontal=one.align, vertical="center", wrap_text=True)
        cell.font = Font(bold=one.is_bold)
        if one.has_box:
            cell.border = box
    for n, width in enumerate(placed.widths):
        sheet.column_dimensions[column_letters(n)].width = width
    for row, n_lines in _tall_rows(placed).items():
        sheet.row_dimensions[row].height = n_lines * _LINE_POINTS
    for one_range in placed.merged:
        sheet.merge_cells(one_range)
    if placed.frozen:
        sheet.freeze_panes = placed.frozen
    if placed.heads:
        sheet.print_title_rows = f"{placed.heads}:{placed.heads}"
    sheet.page_setup.orientation = "landscape" if placed.is_landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _tall_rows(placed: PlacedSheet) -> dict[int, int]:
    """Rows whose texts need more than one line, and how many: LibreOffice makes no row higher by itself."""
    merged = {cell_place(one.partition(":")[0]) for one in placed.merged}
    found: dict[int, int] = {}
    for one in placed.cells:
        is_alone = (one.row, one.column) not in merged and one.column <= len(placed.widths)
        if is_alone and isinstance(one.value, str):
            room = max(1, int(placed.widths[one.column - 1]) - 1)
            found[one.row] = max(found.get(one.row, 1), -(-_n_columns(one.value) // room))
    return {row: n for row, n in found.items() if n > 1}


def _n_columns(text: str) -> int:
    """Width of a text in digits: a Chinese character is as wide as two."""
    return sum(1 if char.isascii() else 2 for char in text)
