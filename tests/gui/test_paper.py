"""
P01 a wide list on paper: one sheet while its cells can wrap, several side by side where not even small type helps
P02 columns are printed as they stand on the screen
P03 a printer that does not take it is said
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontDatabase
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import Given, add_records
from desktop_app.gui.list_actions import order_of
from desktop_app.gui.list_print import SIZES, print_list
from desktop_app.gui.paper_columns import Wish, fits_one_sheet, share_out
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_exchange import petition
from tests.gui.test_window import list_page

LONG = "反映用人单位拖欠工资，没有签订劳动合同，要求补缴社会保险，并支付解除劳动合同的经济补偿，请求工会协调。"


def pages_of(path: Path) -> list[str]:
    """The text of each page, without spaces and line ends."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def printed(records: RecordList, path: Path, order: list[int] | None = None) -> list[str]:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    assert print_list(records, "信访事项", "靖远县总工会", printer, order)
    return pages_of(path)


def columns_of(vault: Vault, n_columns: int) -> tuple[str, ...]:
    ledger = RecordList(vault, "petition").ledger
    return (*ledger.list.columns, *(key for key in ledger.fields if key not in ledger.list.columns))[:n_columns]


@pytest.fixture
def filled(vault: Vault) -> Vault:
    add_records(vault, "petition", [Given({**petition().values, "summary": f"{n}号{LONG}"}) for n in range(40)])
    return vault


@pytest.fixture(autouse=True)
def _systems_type(qapp: QApplication) -> Iterator[None]:
    """That of windows made before may name its characters in a PDF by others that are drawn the same."""
    before = qapp.font()
    qapp.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    yield
    qapp.setFont(before)


# P01


def test_p01_wraps_on_one_sheet__ok(filled: Vault, tmp_path: Path) -> None:
    records = RecordList(filled, "petition", columns=columns_of(filled, 14))
    pages = printed(records, tmp_path / "list.pdf")
    assert not any("横向" in page for page in pages)
    for key in records.columns:
        assert all(records.ledger.fields[key].label in page for page in pages)
    assert sum(page.count(LONG) for page in pages) == 40  # in several lines, nothing cut off, no row in two parts


def test_p01_every_column_side_by_side__ok(filled: Vault, tmp_path: Path) -> None:
    records = RecordList(filled, "petition", columns=columns_of(filled, 99))
    pages = printed(records, tmp_path / "list.pdf")
    found = re.search(r"横向第1张，共(\d)张", pages[0])
    assert found
    n_sheets = int(found[1])
    first = "".join(pages[:n_sheets])
    assert all(records.ledger.fields[key].label.replace(" ", "") in first for key in records.columns)
    key = records.rows(0, 1, 40)[0].cells[0]
    assert all(key in page for page in pages[:n_sheets])  # the first column again, to know the row by
    assert len(pages) % n_sheets == 0


def test_p01_never_below_eight_points__ok() -> None:
    assert min(SIZES) >= 8


@pytest.mark.parametrize("n_columns", [1, 2, 3, 9, 30])
def test_p01_sheets_are_full_and_hold_each_column_once__ok(n_columns: int) -> None:
    wishes = [Wish(10 + at % 4 * 5, 12 + at % 3 * 60) for at in range(n_columns)]
    n_keys = min(2, n_columns)
    bands = share_out(wishes, 120, n_keys)
    assert (len(bands) == 1) == fits_one_sheet(wishes, 120)
    shown = [at for band in bands for at in band.columns[n_keys:]]
    assert shown == list(range(n_keys, n_columns))
    for band in bands:
        assert band.columns[:n_keys] == tuple(range(n_keys))
        assert sum(band.widths) == pytest.approx(120)
        assert all(width >= wishes[at].least - 1e-6 for at, width in zip(band.columns, band.widths, strict=True))


def test_p01_short_columns_before_long_ones__ok() -> None:
    (band,) = share_out([Wish(10, 20), Wish(10, 500)], 100, 1)
    assert band.widths == pytest.approx((20, 80))


# P02


def test_p02_moved_columns__ok(entered: Window, filled: Vault, tmp_path: Path) -> None:
    page = list_page(entered, "petition")
    QCoreApplication.processEvents()
    page.table.horizontalHeader().moveSection(page.model.columnCount() - 1, 0)
    assert page.model.records is not None
    (first, *_) = printed(page.model.records, tmp_path / "list.pdf", order_of(page))
    assert first.index("状态") < first.index("编号")


# P03


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_p03_nothing_to_print_to__error(filled: Vault, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no" / "list.pdf"))
    assert not print_list(RecordList(filled, "petition"), "信访事项", "", printer)
