"""
Payload stream of a package: JSON lines, zstd, age; written and read without ever being whole in memory.

An enrolment goes to an office that has no key yet: its payload is not encrypted and holds public keys
and a token only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
import pyrage
import pyrage.x25519
import zstandard

from desktop_app.base.errors import PackageError
from desktop_app.sync.header import Header, Sealed
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.lines import AnyLine, decode_line, preamble

LEVEL = 3
_READ_BYTES = 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024 * 1024
_MAX_WINDOW_BYTES = 128 * 1024 * 1024
_FREE_BYTES, _MOST_PER_BYTE = 256 * 1024 * 1024, 200
"""A payload may unpack to this much, plus this many times its packed size: far above any real one."""


class _Failing:
    """Keeps the first exception of our own code under pyrage, which hides or drops it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def guard(self, call: Callable[[], Any]) -> Any:
        if self.error is not None:
            raise self.error  # pyrage writes once more after an error
        try:
            return call()
        except BaseException as error:
            self.error = error
            raise


class _Source(_Failing):
    """Encoded lines as a readable stream."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        super().__init__()
        self._lines = iter(lines)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        return bytes(self.guard(lambda: self._read(size)))

    def _read(self, size: int) -> bytes:
        pieces, length = [self._rest], len(self._rest)
        while size < 0 or length < size:
            line = next(self._lines, None)
            if line is None:
                break
            pieces += (line, b"\n")
            length += len(line) + 1
        whole = b"".join(pieces)
        taken, self._rest = (whole, b"") if size < 0 else (whole[:size], whole[size:])
        return taken


class _Hashing(_Failing):
    """A writable stream that counts and digests what passes."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self.n_bytes = 0
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.guard(lambda: self._out.write(data))
        self.n_bytes += len(data)
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        self.guard(self._out.flush)


def write_payload(out: BinaryIO, lines: Iterable[bytes], readers: Iterable[PublicKeys]) -> tuple[int, str]:
    """
    Writes the payload of encoded lines.

    Args:
        readers: Who can open it; nobody: the payload is packed and not encrypted.

    Returns:
        Size in bytes and SHA-256.

    Raises:
        OSError: `out` cannot be written. Whatever `lines` raises comes through as it is.
    """
    source, target = _Source(lines), _Hashing(out)
    packed = zstandard.ZstdCompressor(level=LEVEL).stream_reader(cast(BinaryIO, source), read_size=_READ_BYTES)
    recipients = [pyrage.x25519.Recipient.from_str(one.recipient) for one in readers]
    try:
        if recipients:
            pyrage.encrypt_io(packed, target, recipients)
        else:
            while piece := packed.read(_READ_BYTES):
                target.write(piece)
    except Exception as error:
        raise (source.error or target.error or error) from None
    if failed := source.error or target.error:
        raise failed
    return target.n_bytes, target.sha256.hexdigest()


def verify_payload(path: Path, sealed: Sealed) -> str:
    """
    Returns:
        SHA-256 of the whole file.

    Raises:
        PackageError: tampered: the payload is not the one that was signed; read.
    """
    file, payload = hashlib.sha256(), hashlib.sha256()
    try:
        with path.open("rb") as stream:
            file.update(stream.read(sealed.payload_offset))
            while piece := stream.read(_READ_BYTES):
                file.update(piece)
                payload.update(piece)
    except OSError as error:
        raise PackageError("package.read", path=path, detail=error.strerror or error) from error
    if payload.hexdigest() != sealed.header.payload_sha256:
        raise PackageError("package.tampered", name=path.name, detail="内容与签名不符")
    return file.hexdigest()


def read_payload(path: Path, sealed: Sealed, identity: Identity | None, take: Callable[[AnyLine, bytes], None]) -> None:
    """
    Hands every line after the preamble to `take`, decoded and as it came, in order.

    Lines are handed on before the last byte is read: work inside a transaction, and drop it when this
    raises. The payload is digested once more on the way, against a file that changes under us.

    Args:
        identity: The recipient's keys; None for a payload that is not encrypted.

    Raises:
        PackageError: tampered, mismatch, payload, too_large, read. What `take` raises comes through.
    """
    sink = _Lines(path.name, sealed.header, take)
    unpacked = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).stream_writer(cast(BinaryIO, sink))
    try:
        with path.open("rb") as stream:
            stream.seek(sealed.payload_offset, os.SEEK_SET)
            source = _Digesting(stream, path)
            if identity is None:
                while piece := source.read(_READ_BYTES):
                    unpacked.write(piece)
            else:
                pyrage.decrypt_io(source, unpacked, [pyrage.x25519.Identity.from_str(identity.age)])
            sink.finish()
    except PackageError:
        raise
    except (OSError, pyrage.DecryptError, zstandard.ZstdError) as error:
        if known := sink.error or source.error:
            raise known from None
        raise PackageError("package.tampered", name=path.name, detail="无法解密或解压") from error
    if known := sink.error or source.error:
        raise known
    if source.sha256.hexdigest() != sealed.header.payload_sha256:
        raise PackageError("package.tampered", name=path.name, detail="读取时内容改变")


class _Digesting(_Failing):
    """A readable stream that digests what passes; a stick that is gone is not a package that was changed."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        super().__init__()
        self._stream = stream
        self._path = path
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = bytes(self.guard(lambda: self._read(size)))
        self.sha256.update(piece)
        return piece

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:
            raise PackageError("package.read", path=self._path, detail=error.strerror or error) from error


class _Lines(_Failing):
    """Cuts the unpacked stream into lines, checks the preamble, hands the rest on."""

    def __init__(self, name: str, header: Header, take: Callable[[AnyLine, bytes], None]) -> None:
        super().__init__()
        self._name = name
        self._expected = preamble(header)
        self._limit = _FREE_BYTES + _MOST_PER_BYTE * header.payload_bytes
        self._take = take
        self._rest: list[bytes] = []  # of a line whose end has not come; joined once
        self._rest_bytes = 0
        self._n_bytes = 0
        self._n_lines = 0

    def write(self, data: bytes) -> int:
        self.guard(lambda: self._write(bytes(data)))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back but the unfinished line."""

    def _write(self, data: bytes) -> None:
        self._n_bytes += len(data)
        if self._n_bytes > self._limit or self._rest_bytes + len(data) > _MAX_LINE_BYTES:
            raise PackageError("package.too_large", name=self._name, limit=f"{self._limit} 字节")
        first, *more = data.split(b"\n")
        self._rest.append(first)
        self._rest_bytes += len(first)
        for piece in more:
            self._line(b"".join(self._rest))
            self._rest, self._rest_bytes = [piece], len(piece)

    def _line(self, body: bytes) -> None:
        self._n_lines += 1
        try:
            line = decode_line(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise PackageError("package.payload", name=self._name, line=self._n_lines, detail=error) from None
        if self._n_lines == 1:
            if line != self._expected:
                raise PackageError("package.mismatch", name=self._name, what="发送单位或包号")
        else:
            self._take(line, body)

    def finish(self) -> None:
        """
        Raises:
            PackageError: payload: it does not end with a line break, or there was no line at all.
        """
        if self.error is None and (self._rest_bytes or not self._n_lines):
            raise PackageError("package.payload", name=self._name, line=self._n_lines + 1, detail="末行不完整")
