"""Writes workbooks row by row: records, instructions, and the codes that the drop-downs offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from desktop_app.base.errors import SheetError
from desktop_app.exchange.cells import Cell, column_letters
from desktop_app.exchange.plain_rows import DATE
from desktop_app.exchange.streaming import StreamedBook

Shape = Literal["text", "name", "wide", "date", "money", "number"]
GUIDE, CODES = "填写说明", "代码"
LAST_ROW = 1_048_576
_FORMATS: Mapping[Shape, str] = {
    "text": "@",
    "name": "@",
    "wide": "General",
    "date": DATE,
    "money": "#,##0.00",
    "number": "0",
}
_WIDTHS: Mapping[Shape, int] = {"text": 16, "name": 30, "wide": 30, "date": 12, "money": 14, "number": 10}
_FILL = PatternFill("solid", start_color="DCE6F1")
_BOLD = Font(bold=True)


@dataclass(frozen=True, slots=True)
class OutColumn:
    """
    A column to be written.

    Attributes:
        shape: How its cells are kept: `text` and the broader `name` stay text whatever is typed into them.
        is_printed: Whether it goes on paper; those that do not stand last.
        options: What the drop-down offers; another text is warned of and let through where `is_open`.
    """

    heading: str
    shape: Shape = "text"
    options: tuple[str, ...] = ()
    is_open: bool = False
    is_required: bool = False
    is_printed: bool = True

    @property
    def width(self) -> int:
        """In digits: heading and choices are to be seen whole, texts as far as there is room."""
        widest = max((2 * len(one) + 2 for one in self.options), default=0)
        return max(_WIDTHS[self.shape], 2 * len(self.heading) + 4, min(widest, _WIDTHS["wide"]))


@dataclass(frozen=True, slots=True)
class Extra:
    """A further sheet of plain lines, the first of them its heading."""

    name: str
    lines: Sequence[Sequence[str]]
    widths: Sequence[int] = (20, 44, 60)


Value = str | int | date | Decimal | Cell


def write_book(
    path: Path,
    *,
    name: str,
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Value]],
    above: str = "",
    extras: Sequence[Extra] = (),
) -> int:
    """
    Writes a workbook; it appears under its name when it is whole.

    Args:
        name: Of the first sheet.
        above: A line above the headings.

    Returns:
        How many rows it has below the headings.

    Raises:
        SheetError: excel.write.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out:  # before anything else: a folder that is not there costs no work
            book = StreamedBook(out)
            try:
                n = _write_records(book, name, columns, rows, above)
                for extra in extras:
                    _write_extra(book, extra)
                _write_options(book, columns)
                book.save()
            except BaseException:
                book.discard()
                raise
        part.replace(path)
    except OSError as error:
        raise SheetError("excel.write", path=path, detail=error.strerror or error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return n


def _write_records(
    book: StreamedBook, name: str, columns: Sequence[OutColumn], rows: Iterable[Sequence[Value]], above: str
) -> int:
    top = 2 if above else 1
    with book.sheet(name) as sheet:
        sheet.freeze_panes = f"A{top + 1}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
        sheet.page_setup.pageOrder = "overThenDown"  # a line's pages follow each other, each with number and headings
        sheet.print_title_rows, sheet.print_title_cols = f"{top}:{top}", "A:A"
        for at, column in enumerate(columns):
            letters = column_letters(at)
            style = sheet.column_dimensions[letters]
            style.width = column.width
            style.number_format = _FORMATS[column.shape]
            if column.options:
                sheet.data_validations.append(_validation(column, letters, top + 1, _options_at(columns, at)))
        if above:
            sheet.append([above])
        sheet.append([_head(sheet, one) for one in columns])
        n: int = sheet.append_plain(rows, [_FORMATS[one.shape] for one in columns])
        if n:
            sheet.auto_filter.ref = f"A{top}:{column_letters(len(columns) - 1)}{top + n}"
            n_printed = sum(one.is_printed for one in columns)
            sheet.print_area = f"A1:{column_letters(n_printed - 1)}{top + n}"
    return n


def _head(sheet: Any, column: OutColumn) -> Any:
    cell = WriteOnlyCell(sheet, f"{column.heading}*" if column.is_required else column.heading)
    cell.font = _BOLD
    cell.fill = _FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _options_at(columns: Sequence[OutColumn], at: int) -> int:
    """Which column of the sheet of codes holds the options of a column."""
    lists = list(dict.fromkeys(one.options for one in columns if one.options))
    return lists.index(columns[at].options)


def _validation(column: OutColumn, letters: str, first: int, list_at: int) -> DataValidation:
    place = column_letters(list_at)
    source = f"{quote_sheetname(CODES)}!${place}$2:${place}${len(column.options) + 1}"
    found = DataValidation(type="list", formula1=source, allow_blank=True)
    found.errorStyle = "warning" if column.is_open else "stop"
    found.errorTitle, found.error = column.heading, "请从下拉列表中选择。"
    found.add(f"{letters}{first}:{letters}{LAST_ROW}")
    return found


def _write_options(book: StreamedBook, columns: Sequence[OutColumn]) -> None:
    lists: dict[tuple[str, ...], list[str]] = {}
    for one in columns:
        if one.options:
            lists.setdefault(one.options, []).append(one.heading)
    if not lists:
        return
    with book.sheet(CODES) as sheet:
        for at in range(len(lists)):
            sheet.column_dimensions[column_letters(at)].width = 22
        sheet.append([_head(sheet, OutColumn("、".join(headings))) for headings in lists.values()])
        for at in range(max(map(len, lists))):
            sheet.append([one[at] if at < len(one) else None for one in lists])


def _write_extra(book: StreamedBook, extra: Extra) -> None:
    with book.sheet(extra.name) as sheet:
        for at, width in enumerate(extra.widths):
            sheet.column_dimensions[column_letters(at)].width = width
        for n, line in enumerate(extra.lines):
            cells = []
            for text in line:
                cell = WriteOnlyCell(sheet, text)
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if n == 0:
                    cell.font = _BOLD
                cells.append(cell)
            sheet.append(cells)
