"""
Rows written as XML (exchange/plain_rows.py, streaming.py): a spreadsheet reads what was given.

W01 every kind of value comes back as it was, whichever column it stands in
W02 texts stay texts: formulas, digits, marks of XML, spaces at the ends, line breaks
W03 what a sheet cannot hold is left out: control characters, and what is beyond 32,767 characters
W04 on paper: choices whole, days apart from the text beside them, no numbers of ours
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.exchange.cells import Broken
from desktop_app.exchange.writing import OutColumn, Shape, Value, write_book

SHAPES: tuple[Shape, ...] = ("text", "wide", "date", "money", "number")
READABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40)


def come_back(folder: Path, *rows: list[Value]) -> list[Any]:
    path = folder / "rows.xlsx"
    columns = [OutColumn(f"列{n}", SHAPES[n % len(SHAPES)]) for n in range(len(rows[0]))]
    assert write_book(path, name="表", columns=columns, rows=rows) == len(rows)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    path.unlink()
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=len(rows[0]))]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (7, 7),
        (0, 0),
        (Decimal("1415900.05"), 1415900.05),
        (0.1, 0.1),
        (True, True),
        (date(2025, 3, 5), datetime(2025, 3, 5)),  # noqa: DTZ001 sheets know no time zones
        (datetime(2025, 3, 5, 14, 30), datetime(2025, 3, 5, 14, 30)),  # noqa: DTZ001 as above
        (Broken("excel.error_cell", "#REF!"), "#REF!"),
        (None, None),
        ("", None),
    ],
)
def test_w01_every_kind_in_every_column(tmp_path: Path, value: Value, found: object) -> None:
    is_number = isinstance(value, int | float | Decimal)
    row = [value if not is_number or shape != "date" else None for shape in SHAPES]  # a number there is a day
    wanted = [found if one is not None else None for one in row]
    words: list[Value] = ["甲"] * len(row)
    assert come_back(tmp_path, row, words, row, words) == [wanted, words, wanted, words]


def test_w01_more_rows_than_are_written_at_once(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[f"第{n}行", n] for n in range(1001)]
    assert come_back(tmp_path, *rows) == rows


@given(text=READABLE.filter(bool))
def test_w02_texts_stay_texts(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert come_back(tmp_path_factory.mktemp("w02"), [text] * 2) == [[text] * 2]


@pytest.mark.parametrize(
    "text", ["=1+1", "00123", "甲<乙&丙>“丁”", "  前后  ", "一\n二", "a\tb", "]]>", "91620402MA71ABC00X"]
)
def test_w02_texts_that_look_otherwise(tmp_path: Path, text: str) -> None:
    assert come_back(tmp_path, [text] * 5) == [[text] * 5]


def test_w03_what_no_sheet_holds(tmp_path: Path) -> None:
    assert come_back(tmp_path, ["甲\x00乙\x1f\ufffe", "丙" * 40_000]) == [["甲乙", "丙" * 32_767]]


def test_w04_what_goes_on_paper(tmp_path: Path) -> None:
    columns = [
        OutColumn("结果", options=("是", "调解或和解后撤回")),
        OutColumn("日期", "date"),
        OutColumn("系统编号", is_printed=False),
    ]
    write_book(tmp_path / "a.xlsx", name="表", columns=columns, rows=[["是", date(2025, 3, 5), "019b"]] * 2)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert sheet.print_area == "'表'!$A$1:$B$3"
    assert [sheet.column_dimensions[one].width for one in "AB"] == [18, 12]
    assert sheet["B2"].alignment.horizontal == "center"
