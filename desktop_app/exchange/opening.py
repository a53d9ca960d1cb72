"""Opens a file for what it is, not for what it is called, and says what to do with one that is no workbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from zipfile import ZipFile

from desktop_app.base.errors import SheetError
from desktop_app.exchange.cells import Merge, Row, SheetName
from desktop_app.exchange.xls import XlsBook
from desktop_app.exchange.xlsx import XlsxBook, reading

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


class Book(Protocol):
    """A workbook of either kind."""

    sheets: tuple[SheetName, ...]
    has_macros: bool

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows with something in them, in order."""

    def merges(self, sheet: str) -> list[Merge]:
        """The merged cells of a sheet."""

    def close(self) -> None:
        """Lets the file go."""


@contextmanager
def open_book(path: Path) -> Iterator[Book]:
    """
    The workbook in a file.

    Raises:
        SheetError: unreadable, empty, password, is_text, is_web_page, is_other, not_a_workbook, damaged, too_large.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise SheetError("excel.unreadable", path=path, detail=error.strerror or error) from error
    book = _book(path, head)
    try:
        yield book
    finally:
        book.close()


def _book(path: Path, head: bytes) -> Book:
    if not head:
        raise SheetError("excel.empty_file", name=path.name)
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(_OLE):
        content = path.read_bytes()
        if _ENCRYPTED in content:
            raise SheetError("excel.password", name=path.name)
        if not any(one in content for one in _OLD_BOOKS):
            raise SheetError("excel.not_a_workbook", name=path.name)
        return XlsBook(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise SheetError("excel.is_web_page", name=path.name)
    if _is_text(head):
        raise SheetError("excel.is_text", name=path.name)
    raise SheetError("excel.not_a_workbook", name=path.name)


def _zipped(path: Path) -> Book:
    with reading(path), ZipFile(path) as inside:
        names = set(inside.namelist())
    if "mimetype" in names or "xl/workbook.bin" in names or "word/document.xml" in names:
        raise SheetError("excel.is_other", name=path.name)
    if "[Content_Types].xml" not in names:
        raise SheetError("excel.not_a_workbook", name=path.name)
    return XlsxBook(path)


def _is_text(head: bytes) -> bool:
    """Whether these are the first bytes of a text in whatever encoding: no byte in it is a control character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
