"""Makes workbooks: rows of cells, merged cells, formats, as programs and people leave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

PETITION = ["登记日期", "来源渠道", "来件人", "电话", "人次", "事项类别", "事项主题", "摘要"]
"""Headings that are ours."""


def petition(n: int = 1, **changed: Any) -> list[Any]:
    """One row below `PETITION`, the fields changed by their headings."""
    row = {
        "登记日期": date(2025, 3, n % 28 + 1),
        "来源渠道": "来访",
        "来件人": f"职工{n}",
        "电话": f"1380000{n:04}",
        "人次": 1,
        "事项类别": "申诉求决",
        "事项主题": "工资",
        "摘要": f"欠薪第{n}件",
    }
    return [{**row, **changed}[heading] for heading in PETITION]


@dataclass
class Book:
    """
    A workbook to be made.

    Attributes:
        formats: Place of a cell → number format.
        more: Further sheets by name.
    """

    rows: Rows
    name: str = "台账"
    merges: Iterable[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Rows] = field(default_factory=dict)

    def save(self, path: Path) -> Path:
        """Writes it as .xlsx."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = self.name
        for row in self.rows:
            sheet.append(list(row))
        for place in self.merges:
            sheet.merge_cells(place)
        for place, number_format in self.formats.items():
            sheet[place].number_format = number_format
        for name, rows in self.more.items():
            other = book.create_sheet(name)
            for row in rows:
                other.append(list(row))
        book.save(path)
        return path

    def save_old(self, path: Path) -> Path:
        """Writes it as .xls."""
        book = xlwt.Workbook(encoding="utf-8")
        for name, rows in {self.name: self.rows, **self.more}.items():
            sheet = book.add_sheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write(at, column, cell, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
                    elif cell is not None:
                        sheet.write(at, column, cell)
        book.save(str(path))
        return path
