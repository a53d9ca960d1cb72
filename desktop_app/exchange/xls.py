"""Reads an .xls of the years before 2007, as the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd

from desktop_app.base.errors import SheetError
from desktop_app.exchange.cells import Broken, Cell, Merge, Row, SheetName
from desktop_app.exchange.xlsx import day_of


class XlsBook:
    """
    An open workbook.

    Raises:
        SheetError: password, damaged.
    """

    has_macros = False

    def __init__(self, path: Path) -> None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # xlrd speaks to the standard output
            try:
                self._book = xlrd.open_workbook(str(path), logfile=nowhere, formatting_info=True)
            except xlrd.XLRDError as error:
                code = "excel.password" if "encrypted" in str(error).lower() else "excel.damaged"
                raise SheetError(code, name=path.name, detail=error) from error
            except Exception as error:  # a damaged file may break its reader anywhere
                raise SheetError("excel.damaged", name=path.name, detail=repr(error)) from error
        self.sheets = tuple(SheetName(one.name, one.visibility != 0) for one in self._book.sheets())

    def close(self) -> None:
        """Lets the file go."""
        self._book.release_resources()

    def merges(self, sheet: str) -> list[Merge]:
        """The merged cells of a sheet."""
        found = self._book.sheet_by_name(sheet).merged_cells
        return [Merge(top + 1, bottom, left, right - 1) for top, bottom, left, right in found]

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows with something in them, in order."""
        there = self._book.sheet_by_name(sheet)
        for at in range(there.nrows):
            cells = [self._value(one) for one in there.row(at)]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                yield Row(at + 1, cells)

    def _value(self, cell: Any) -> Cell:
        value = cell.value
        if cell.ctype == xlrd.XL_CELL_TEXT:
            return value or None
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            return int(value) if value.is_integer() and abs(value) < 1e15 else float(value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return day_of(value + 1462 if self._book.datemode else value)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return Broken("excel.error_cell", xlrd.error_text_from_code.get(value, "#ERROR"))
        return None
