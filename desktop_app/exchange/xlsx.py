"""
Reads an .xlsx or .xlsm, row by row, in bounded memory.

Our own reader and not openpyxl's, because ledgers come from many programs: it passes over styles it does
not need (a colour that openpyxl refuses is no reason to refuse a ledger), knows the Chinese date formats
27 to 58, tells a formula that was never calculated from an empty cell, and passes over a million empty
rows in seconds. It agrees with openpyxl cell by cell where both can read (tests/unit/exchange).
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.escape import unescape

from desktop_app.base.errors import SheetError
from desktop_app.exchange import xml
from desktop_app.exchange.cells import Broken, Cell, Merge, Row, SheetName, column_index

MOST_TEXT_BYTES = 1 << 29
"""Shared texts are held in memory; a workbook with more than half a gigabyte of them is no ledger."""
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_EMPTY_CELLS = re.compile(rb'<c r="[A-Z]+[0-9]+"[^<>]*/>')
_EMPTY_ROWS = re.compile(rb'<row r="[0-9]+"[^<>]*(?:/>|>\s*</row>)')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_DIGITS = "0123456789"
_BROKEN = (BadZipFile, zlib.error, xml.Malformed, KeyError, IndexError, ValueError, EOFError)
_STRANGE = (NotImplementedError, RuntimeError)
"""The words of `zipfile` for a part that says it is packed in an unknown way, or encrypted: it was changed."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """
    What a damaged workbook, or a stick that is gone, makes a reader raise, as sentences.

    Raises:
        SheetError: damaged, unreadable.
    """
    try:
        yield
    except (*_BROKEN, *_STRANGE) as error:
        raise SheetError("excel.damaged", name=path.name, detail=error) from error
    except OSError as error:
        raise SheetError("excel.unreadable", path=path, detail=error.strerror or error) from error


class XlsxBook:
    """
    An open workbook.

    Attributes:
        has_macros: It holds macros, which are never run.

    Raises:
        SheetError: damaged, unreadable, not_a_workbook, too_large.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with reading(path):
            self._zip = ZipFile(path)
        try:
            with reading(path):
                self._names = set(self._zip.namelist())
                self._read_outline()
        except SheetError:
            self._zip.close()
            raise

    def close(self) -> None:
        """Lets the file go."""
        self._zip.close()

    def _read_outline(self) -> None:
        kinds = [one.get("ContentType", "") for _, one in self._elements("[Content_Types].xml")]
        self.has_macros = any("macroEnabled" in one for one in kinds) or any("vbaProject" in n for n in self._names)
        main = next((path for kind, path in self._related("").values() if kind == "officeDocument"), "")
        if not main.endswith(".xml") or not any("spreadsheetml" in one or "ms-excel" in one for one in kinds):
            raise SheetError("excel.not_a_workbook", name=self._path.name)
        related = self._related(main)
        self._parts: dict[str, str] = {}
        self._start = datetime(1899, 12, 30)  # noqa: DTZ001 a sheet knows no time zone
        sheets = []
        for name, one in self._elements(main):
            if name == "sheet":
                kind, path = related.get(_attribute(one, "id"), ("", ""))
                if kind == "worksheet" and path in self._names:
                    self._parts[one["name"]] = path
                    sheets.append(SheetName(one["name"], one.get("state", "visible") != "visible"))
            elif name == "workbookPr" and one.get("date1904") in ("1", "true"):
                self._start = datetime(1904, 1, 1)  # noqa: DTZ001
        self.sheets = tuple(sheets)
        by_kind = {kind: path for kind, path in related.values() if path in self._names}
        self._dates = self._date_styles(by_kind["styles"]) if "styles" in by_kind else frozenset()
        self._texts_part = by_kind.get("sharedStrings", "")
        self._texts: list[str] | None = None

    def _elements(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        with self._zip.open(part) as stream:
            yield from xml.elements(stream)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → kind and path of what a part refers to; empty for the file itself."""
        folder, name = posixpath.split(part)
        inside = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if inside not in self._names:
            return {}
        found = {}
        for kind, one in self._elements(inside):
            if kind == "Relationship":
                target = one["Target"]
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[one["Id"]] = (one["Type"].rpartition("/")[2], posixpath.normpath(path))
        return found

    def _date_styles(self, part: str) -> frozenset[str]:
        """The numbers of cell styles that show a day or a time."""
        own: dict[str, str] = {}
        found: set[str] = set()
        is_inside, n = False, 0
        for name, one in self._elements(part):
            if name == "numFmt" and "formatCode" in one:
                own[one["numFmtId"]] = one["formatCode"]
            elif name in ("cellXfs", "cellStyles", "dxfs"):
                is_inside = name == "cellXfs"
            elif name == "xf" and is_inside:
                number = one.get("numFmtId", "0")
                if is_date_format(own[number]) if number in own else int(number) in _DATES:
                    found.add(str(n))
                n += 1
        return frozenset(found)

    def _shared(self) -> list[str]:
        if self._texts is None:
            self._texts = []
            if self._texts_part:
                if self._zip.getinfo(self._texts_part).file_size > MOST_TEXT_BYTES:
                    raise SheetError("excel.too_large", name=self._path.name)
                with reading(self._path), self._zip.open(self._texts_part) as stream:
                    self._texts = [_unescaped(one) for one in xml.texts(stream, "si")]
        return self._texts

    def merges(self, sheet: str) -> list[Merge]:
        """
        The merged cells of a sheet; they stand at its end.

        Raises:
            SheetError: damaged, unreadable.
        """
        found = []
        with reading(self._path), self._zip.open(self._parts[sheet]) as stream:
            tail = b""
            while chunk := stream.read(xml.CHUNK):
                piece = tail + chunk
                cut = piece.rfind(b"<") if piece.rfind(b"<") >= 0 else len(piece)
                for one in _MERGE.finditer(piece, 0, cut):
                    left, top, right, bottom = (part.decode() for part in one.groups())
                    found.append(Merge(int(top), int(bottom), column_index(left), column_index(right)))
                tail = piece[cut:]
        return found

    def rows(self, sheet: str) -> Iterator[Row]:
        """
        The rows with something in them, in order.

        Raises:
            SheetError: damaged, unreadable, too_large.
        """
        maker = _RowMaker(self._shared(), self._dates, self._start)
        parser = xml.new_parser()
        parser.StartElementHandler = maker.start
        parser.EndElementHandler = maker.end
        parser.CharacterDataHandler = maker.text
        with reading(self._path), self._zip.open(self._parts[sheet]) as stream:
            for chunk in _without_empty_cells(stream):
                xml.feed(parser, chunk)
                yield from maker.taken()
            xml.feed(parser, b"", is_last=True)
            yield from maker.taken()


def _attribute(attributes: dict[str, str], name: str) -> str:
    """The value of an attribute whatever its prefix."""
    return next((value for key, value in attributes.items() if xml.local(key) == name and ":" in key), "")


def _unescaped(text: str) -> str:
    return unescape(text) if "_x" in text else text


def _without_empty_cells(stream: IO[bytes]) -> Iterator[bytes]:
    """The part in pieces that end at a tag, without the cells and rows that have a style and no value."""
    tail = b""
    while chunk := stream.read(xml.CHUNK):
        piece = tail + chunk
        cut = piece.rfind(b">") + 1
        piece, tail = piece[:cut], piece[cut:]
        if b"<![CDATA[" not in piece:
            piece = _EMPTY_ROWS.sub(b"", _EMPTY_CELLS.sub(b"", piece))
        yield piece
    yield tail


class _RowMaker:
    """Makes rows of XML events."""

    def __init__(self, texts: list[str], dates: frozenset[str], start: datetime) -> None:
        self._texts = texts
        self._dates = dates
        self._start = start
        self._rows: list[Row] = []
        self._cells: list[Cell] = []
        self._number = 0
        self._prefix: str | None = None
        self._at = -1
        self._kind = self._style = self._data = ""
        self._takes = self._is_hint = self._has_formula = self._has_value = False
        self._columns: dict[str, int] = {}

    def taken(self) -> list[Row]:
        """The rows that are complete, once."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._prefix is None:
            self._prefix = name[: -len(xml.local(name))]
        if self._prefix:
            name = name.removeprefix(self._prefix)
        if name == "c":
            letters = attributes.get("r", "").rstrip(_DIGITS)
            at = self._columns.get(letters)
            if at is None:
                at = self._columns[letters] = column_index(letters)
            self._at = at if at >= 0 else self._at + 1
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._data = ""
            self._has_formula = self._has_value = False
        elif name in ("v", "t"):
            self._takes = not self._is_hint
            self._has_value = True
        elif name == "row":
            self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
            self._cells = []
            self._at = -1
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._is_hint = True

    def text(self, data: str) -> None:
        """Some text."""
        if self._takes:
            self._data += data

    def end(self, name: str) -> None:
        """An element ends."""
        if self._prefix:
            name = name.removeprefix(self._prefix)
        if name in ("v", "t"):
            self._takes = False
        elif name == "c":
            value = self._value()
            if value is not None:
                if len(self._cells) < self._at:
                    self._cells.extend([None] * (self._at - len(self._cells)))
                self._cells.append(value)
        elif name == "row":
            if self._cells:
                self._rows.append(Row(self._number, self._cells))
        elif name == "rPh":
            self._is_hint = False

    def _value(self) -> Cell:
        data, kind = self._data, self._kind
        if kind == "s":
            return (self._texts[int(data)] or None) if data else None
        if self._has_formula and not (data or self._has_value):
            return Broken("excel.no_result")
        if not data:
            return Broken("excel.no_result") if self._has_formula and kind == "n" else None
        if kind == "n":
            return self._day(float(data)) if self._style in self._dates else _number(data)
        return _other(kind, data)

    def _day(self, serial: float) -> Cell:
        return day_of(serial, self._start)


def _other(kind: str, data: str) -> Cell:
    """A cell that is no number and no shared text."""
    if kind == "b":
        return data == "1"
    if kind == "e":
        return Broken("excel.error_cell", data)
    if kind == "d":
        with suppress(ValueError):
            return date.fromisoformat(data[:10])
    return _unescaped(data)


def _number(data: str) -> int | float:
    number = float(data)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def day_of(serial: float, start: datetime = datetime(1899, 12, 30)) -> Cell:  # noqa: DTZ001
    """The day, or the time of the day as text, that a serial number stands for; the number itself when it is none."""
    if 0 < serial < 1:
        minutes = round(serial * 1440)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if start.year == 1899 and serial < 61:
        serial += 1  # the 29 February 1900 that never was
    try:
        moment = start + timedelta(days=serial)
    except OverflowError:
        return serial
    return moment.date()
