"""
The pages of a database file read one by one, without the database: what SQLCipher 4 wrote, page by page.

SQLite stops at the first page that is broken; whoever wants the rest back has to read the pages himself. Each
page carries its own HMAC, so that one that can be read here is what was written, to the bit. Layouts:
sqlite.org/fileformat2.html (b-tree pages, records, the write-ahead log), zetetic.net/sqlcipher/design.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE_BYTES = 4096
_SALT_BYTES, _IV_BYTES, _HMAC_BYTES = 16, 16, 64
USABLE_BYTES = PAGE_BYTES - _IV_BYTES - _HMAC_BYTES
_MAC_SALT_MASK, _MAC_ROUNDS = 0x3A, 2
_MAGIC = b"SQLite format 3\0"
_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_PROBED = 64
"""When not one of so many pages has a good HMAC, it is the salt that is wrong and not each of them."""


class PageFile:
    """
    An encrypted database and the log beside it; a context manager.

    Args:
        path: Of the database; its log lies beside it.
        key: The raw key, 32 bytes.

    Attributes:
        n_pages: How many pages there should be.
        n_asked: How often a page was asked for, which tells how far a reader of the whole file has come.
        unreadable: Numbers of the pages that were asked for and could not be read.
        is_unchecked: The salt at the start of the file is lost, and with it every HMAC. The pages still open, since
            the key needs no salt, but nobody vouches for them: who reads them has to look at what they say.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        self._file = path.open("rb")
        log = path.with_name(path.name + "-wal")
        self._log = log.open("rb") if log.exists() else None
        salt = self._file.read(_SALT_BYTES)
        self._mac_key = _mac_key(key, salt)
        self._newer = dict(self._logged())
        in_file = path.stat().st_size // PAGE_BYTES
        self.n_pages = max(in_file, *self._newer, 0) if self._newer else in_file
        self.n_asked = 0
        self.unreadable: set[int] = set()
        self.is_unchecked = False
        first = range(1, min(self.n_pages, _PROBED) + 1)
        self.is_unchecked = all(self._plain(n, raw) is None for n in first for raw in self._copies(n))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        if self._log is not None:
            self._log.close()

    def read(self, number: int) -> bytes | None:
        """The plain bytes of a page, without what the cipher keeps at its end; None when it cannot be read."""
        self.n_asked += 1
        for raw in self._copies(number):
            page = self._plain(number, raw)
            if page is not None:
                return page
        self.unreadable.add(number)
        return None

    def _copies(self, number: int) -> Iterator[bytes]:
        """The page as it was written last, and as it was before that."""
        if self._log is not None and number in self._newer:
            self._log.seek(self._newer[number])
            yield self._log.read(PAGE_BYTES)
        self._file.seek((number - 1) * PAGE_BYTES)
        yield self._file.read(PAGE_BYTES)

    def _plain(self, number: int, raw: bytes) -> bytes | None:
        if len(raw) < PAGE_BYTES:
            return None
        if not any(raw):
            return bytes(USABLE_BYTES)  # a page that was taken and never written
        start = _SALT_BYTES if number == 1 else 0
        body, mac = raw[start : PAGE_BYTES - _HMAC_BYTES], raw[PAGE_BYTES - _HMAC_BYTES :]
        there = hmac.digest(self._mac_key, body + struct.pack("<I", number), "sha512")
        if not self.is_unchecked and not hmac.compare_digest(there, mac):
            return None
        content, iv = body[:-_IV_BYTES], body[-_IV_BYTES:]
        opened = Cipher(AES(self._key), CBC(iv)).decryptor()
        plain = opened.update(content) + opened.finalize()
        return _MAGIC + plain if number == 1 else plain

    def _logged(self) -> Iterator[tuple[int, int]]:
        """Page → where in the log its newest content lies; only what was committed counts."""
        if self._log is None:
            return
        header = self._log.read(_LOG_HEADER_BYTES)
        if len(header) < _LOG_HEADER_BYTES:
            return
        marks, pending, at = header[16:24], list[tuple[int, int]](), _LOG_HEADER_BYTES
        while True:
            frame = self._log.read(_FRAME_HEADER_BYTES)
            if len(frame) < _FRAME_HEADER_BYTES or frame[8:16] != marks:
                return  # what is left is of an earlier round
            number, n_after_commit = struct.unpack(">II", frame[:8])
            pending.append((number, at + _FRAME_HEADER_BYTES))
            at += _FRAME_HEADER_BYTES + PAGE_BYTES
            self._log.seek(at)
            if n_after_commit:
                yield from pending
                pending.clear()


def _mac_key(key: bytes, salt: bytes) -> bytes:
    masked = bytes(one ^ _MAC_SALT_MASK for one in salt)
    return hashlib.pbkdf2_hmac("sha512", key, masked, _MAC_ROUNDS, len(key))
