"""
openpyxl's write-only workbook, with its rows going straight into the file.

By itself openpyxl collects a sheet in the system's folder for temporary files: a power cut would leave names and
identity numbers there for anyone to read.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from desktop_app.exchange.cells import Cell
from desktop_app.exchange.plain_rows import DATE, MOMENT, RowXml

_LEVEL = 4
"""Of compression: the file grows by some hundredths over zlib's usual 6, and takes half the time."""

_ROWS_AT_ONCE = 200


class StreamedBook:
    """
    A workbook being written: its sheets one after the other, each whole before the next.

    Args:
        out: Where it goes; whole after `save`. A book that is not to be saved is given up with `discard`.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._archive = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._book = Workbook(write_only=True)

    @contextmanager
    def sheet(self, name: str) -> Iterator[Any]:
        """A write-only worksheet; widths and panes are set before its first row."""
        place = f"xl/worksheets/sheet{len(self._book.worksheets) + 1}.xml"
        with self._archive.open(place, "w", force_zip64=True) as part:
            made = _Sheet(self._book, name, part)
            self._book._add_sheet(made)
            yield made
            made.close()

    def save(self) -> None:
        """Writes what belongs to all sheets, and ends the file."""
        _Rest(self._book, self._archive).save()

    def discard(self) -> None:
        """Lets go of a book that was not saved; what is in the file by then is no workbook."""
        for sheet in self._book.worksheets:
            with suppress(Exception):
                sheet.close()
        with suppress(Exception):
            self._archive.close()


class _Sheet(WriteOnlyWorksheet):  # type: ignore[misc]  # openpyxl has no types
    """A sheet whose rows are compressed as they come."""

    _writer: Any = None

    def __init__(self, book: Workbook, name: str, part: IO[bytes]) -> None:
        super().__init__(book, name)
        self._part = part

    def append_plain(self, rows: Iterable[Sequence[Cell | Decimal]], formats: Sequence[str]) -> int:
        """
        Writes rows of values below the headings, the last of the sheet.

        Args:
            formats: The number format of each column; empty for none.

        Returns:
            How many rows.
        """
        xml = RowXml(formats, {one: self._style_of(one) for one in {*formats, DATE, MOMENT} if one})
        first, n = self._n_rows + 1, 0
        written: list[str] = []
        for n, row in enumerate(rows, 1):
            written.append(xml.row(first + n - 1, row))
            if len(written) == _ROWS_AT_ONCE:
                self._append_xml(written)
        self._append_xml(written)
        return n

    def _style_of(self, number_format: str) -> int:
        cell = WriteOnlyCell(self)
        cell.number_format = number_format
        if number_format in {DATE, MOMENT}:
            cell.alignment = Alignment(horizontal="center")  # else it would touch the text in the next column
        return int(cell.style_id)

    def _append_xml(self, rows: list[str]) -> None:
        self._rows.send("".join(rows))
        rows.clear()

    def _write_rows(self) -> Generator[None, Any, None]:
        """openpyxl's own, which also takes rows that are XML already."""
        xf = self._writer.xf.send(True)
        with xf.element("sheetData"):
            self._n_rows = 0
            with suppress(GeneratorExit):
                while True:
                    row = yield
                    if isinstance(row, str):
                        xf.flush()
                        self._part.write(row.encode())
                        continue
                    self._n_rows += 1
                    self._writer.write_row(xf, self._values_to_row(row, self._n_rows), self._n_rows)
        self._writer.xf.send(None)

    def _get_writer(self) -> None:
        if self._writer is None:
            self._writer = WorksheetWriter(self, self._part)
            self._writer.write_top()


class _Rest(ExcelWriter):  # type: ignore[misc]  # openpyxl has no types
    """What a workbook has beside its sheets, which are in the archive already."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._rels = ws._writer._rels
        self.manifest.append(ws)
