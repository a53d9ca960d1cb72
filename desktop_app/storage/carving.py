"""
Rows read out of the pages of a damaged database: along its trees where they hold, page by page where they do not.

A broken page of a tree hides everything below it from the database. Here its leaves are found all the same, and
each row is known by its shape: how many cells of which kind (`shape_of`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, Table

from desktop_app.storage.pages import USABLE_BYTES, PageFile

Cell = None | int | float | str | bytes
Row = tuple[Cell, ...]

_LEAF, _INNER = 13, 5
_FIRST_PAGE_HEADER_BYTES = 100
_MOST_LOCAL = USABLE_BYTES - 35
_LEAST_LOCAL = (USABLE_BYTES - 12) * 32 // 255 - 23
_OVERFLOW_BYTES = USABLE_BYTES - 4
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class Listed:
    """A table of the catalogue: its name, first page, and the statement that made it."""

    name: str
    root: int
    sql: str


class Carver:
    """
    Reads rows from a file of pages.

    Attributes:
        n_broken_rows: Rows that were seen and of which a part could not be read.
    """

    def __init__(self, pages: PageFile) -> None:
        self._pages = pages
        self._walked: set[int] = set()
        self.n_broken_rows = 0

    def catalogue(self) -> list[Listed]:
        """The tables that the file names; none when the catalogue itself cannot be read."""
        found = []
        for _, row in self.rows(1):
            match row:
                case ("table", str(name), _, int(root), str(sql), *_):
                    found.append(Listed(name, root, sql))
        return found

    def rows(self, root: int) -> Iterator[tuple[int, Row]]:
        """Key and cells of the rows of one table, as far as its tree can be walked."""
        waiting, seen = [root], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or not 0 < number <= self._pages.n_pages:
                continue
            seen.add(number)
            page = self._pages.read(number)
            if page is None:
                continue
            start = _header_at(number)
            if page[start] == _LEAF:
                self._walked.add(number)
                yield from self._leaf(page, start)
            elif page[start] == _INNER:
                waiting += _children(page, start)

    def orphans(self) -> Iterator[tuple[int, Row]]:
        """Rows on leaves that no tree led to, old ones of pages given up long ago among them."""
        for number in range(1, self._pages.n_pages + 1):
            if number in self._walked:
                continue
            page = self._pages.read(number)
            start = _header_at(number)
            if page is not None and page[start] == _LEAF:
                yield from self._leaf(page, start)

    def _leaf(self, page: bytes, start: int) -> Iterator[tuple[int, Row]]:
        n_cells = _short(page, start + 3)
        if start + 8 + 2 * n_cells > len(page):
            return
        for n in range(n_cells):
            try:
                n_bytes, at = _varint(page, _short(page, start + 8 + 2 * n))
                key, at = _varint(page, at)
                payload = self._payload(page, at, n_bytes)
                row = _record(payload) if payload is not None else None
            except (IndexError, UnicodeDecodeError, struct.error):
                row = None
            if row is None:
                self.n_broken_rows += 1
            else:
                yield key if key < 1 << 63 else key - (1 << 64), row

    def _payload(self, page: bytes, at: int, n_bytes: int) -> bytes | None:
        """The bytes of a row, with what spilled to further pages; None when one of those cannot be read."""
        n_local = n_bytes
        if n_bytes > _MOST_LOCAL:
            n_local = _LEAST_LOCAL + (n_bytes - _LEAST_LOCAL) % _OVERFLOW_BYTES
            n_local = n_local if n_local <= _MOST_LOCAL else _LEAST_LOCAL
        if at + n_local > len(page) or n_bytes > self._pages.n_pages * USABLE_BYTES:
            return None
        if n_local == n_bytes:
            return page[at : at + n_bytes]
        parts, n_left = [page[at : at + n_local]], n_bytes - n_local
        (following,) = struct.unpack_from(">I", page, at + n_local)
        while n_left > 0:
            more = self._pages.read(following) if 0 < following <= self._pages.n_pages else None
            if more is None:
                return None
            (following,) = struct.unpack_from(">I", more)
            parts.append(more[4 : 4 + min(n_left, _OVERFLOW_BYTES)])
            n_left -= len(parts[-1])
        return b"".join(parts)


def shape_of(table: Table) -> Callable[[Row], bool]:
    """Tells whether a row could be one of this table."""
    kinds: list[tuple[type, ...]] = []
    for column in table.columns:
        is_bytes, is_integer = isinstance(column.type, LargeBinary), isinstance(column.type, Integer)
        kind: type = bytes if is_bytes else int if is_integer else str
        is_row_key = kind is int and column.primary_key and len(table.primary_key.columns) == 1
        kinds.append((type(None),) if is_row_key else (kind, type(None)) if column.nullable else (kind,))

    def fits(row: Row) -> bool:
        return len(row) == len(kinds) and all(isinstance(cell, kind) for cell, kind in zip(row, kinds, strict=True))

    return fits


def _header_at(number: int) -> int:
    return _FIRST_PAGE_HEADER_BYTES if number == 1 else 0


def _short(page: bytes, at: int) -> int:
    return page[at] << 8 | page[at + 1]


def _children(page: bytes, start: int) -> list[int]:
    """The pages below, last first: the next one is taken off the end."""
    n_cells = _short(page, start + 3)
    if start + 12 + 2 * n_cells > len(page):
        return []
    places = [*(_short(page, start + 12 + 2 * n) for n in range(n_cells)), start + 8]
    return [struct.unpack_from(">I", page, at)[0] for at in reversed(places) if at + 4 <= len(page)]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next thing begins."""
    found = 0
    for n in range(8):
        byte = data[at + n]
        found = found << 7 | byte & 0x7F
        if byte < 0x80:
            return found, at + n + 1
    return found << 8 | data[at + 8], at + 9


def _record(payload: bytes) -> Row | None:
    """The cells of a row; None when the bytes are none."""
    n_header, at = _varint(payload, 0)
    kinds = []
    while at < n_header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != n_header:
        return None
    cells: list[Cell] = []
    for kind in kinds:
        cell, at = _cell(payload, kind, at)
        cells.append(cell)
    return tuple(cells) if at == len(payload) else None


def _cell(payload: bytes, kind: int, at: int) -> tuple[Cell, int]:
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    if kind in (8, 9):
        return kind - 8, at
    if kind >= 12:
        end = at + (kind - 12) // 2
        return (payload[at:end].decode() if kind % 2 else payload[at:end]), end
    return None, at


def fitted(key: int, row: Row, table: Table) -> Row:
    """A row with the key of the row in the column that is one with it, and defaults for columns added later."""
    cells = [*row, *(_default(column) for column in list(table.columns)[len(row) :])]
    keys = list(table.primary_key.columns)
    if len(keys) == 1 and isinstance(keys[0].type, Integer):
        cells[list(table.columns).index(keys[0])] = key
    return tuple(cells[: len(table.columns)])


def _default(column: Column[Any]) -> Cell:
    found: Cell = getattr(column.default, "arg", None)
    return found
