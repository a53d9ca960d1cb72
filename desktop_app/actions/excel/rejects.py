"""The rows of a sheet that were not written, in a workbook that can be mended and taken in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from desktop_app.actions.excel.lines import Line
from desktop_app.actions.excel.sheets import Sheet
from desktop_app.exchange.cells import Cell
from desktop_app.exchange.headings import ORIGINAL_ROW, REASON
from desktop_app.exchange.writing import OutColumn, Value, write_book


def write_rejects(path: Path, sheet: Sheet, lines: Sequence[Line]) -> Path:
    """
    Writes the rows as they stand in the sheet, the reason in front.

    The line above the headings tells the year and the unit of money, so that they are known the next time too.

    Raises:
        SheetError: excel.write.
    """
    columns = [
        OutColumn(REASON, "wide"),
        OutColumn(ORIGINAL_ROW, "number"),
        *(OutColumn(one.heading, "wide") for one in sheet.columns),
    ]
    context = [f"{sheet.year}年"] if sheet.year else []
    context += [f"金额单位：{sheet.unit}"] if sheet.unit else []
    above = f"没有导入的行（{'，'.join([sheet.ledger.label, *context])}）。改好后可以直接再次导入本表。"
    write_book(path, name=sheet.ledger.label, columns=columns, rows=_rows(sheet, lines), above=above)
    return path


def _rows(sheet: Sheet, lines: Sequence[Line]) -> Iterator[list[Value]]:
    for line in lines:
        said = "；".join(one.message for one in (*line.wrong, *line.doubts))
        cells: list[Cell] = [line.cells[one.index] if one.index < len(line.cells) else None for one in sheet.columns]
        yield [said, line.number, *cells]
