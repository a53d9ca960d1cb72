"""
Payload stream of a package: JSON lines, zstd, age; written and read without ever being whole in memory.

The first line repeats from inside the encryption who sends what to whom, so that a stranger cannot put
his own header before a stolen payload. An enrolment goes to an office that has no key yet: its payload
is not encrypted and holds public keys and a token only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import msgspec
import pyrage
import pyrage.x25519
import zstandard

from desktop_app.base.errors import PackageError
from desktop_app.domain.revision import Revision
from desktop_app.sync.header import Header, Sealed
from desktop_app.sync.identity import Identity, PublicKeys

LEVEL = 3
_READ_BYTES = 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024 * 1024
_MAX_WINDOW_BYTES = 128 * 1024 * 1024
_FREE_BYTES, _MOST_PER_BYTE = 256 * 1024 * 1024, 200
"""A payload may unpack to this much, plus this many times its packed size: far above any real one."""


class Preamble(msgspec.Struct, tag="preamble", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """The first line: the header's words, said again inside."""

    kind: str
    package: str
    sender: str
    recipient: str
    instance: str
    number: int
    first: int
    last: int


class Known(msgspec.Struct, tag="known", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """
    How far the sender has a stream, its own among them: all that need not be sent to it again.

    `digest` is that of the chain after `seq`; it tells the streams of a copied vault apart. These lines
    come last, since they speak of what the package itself brings too.
    """

    office: str
    instance: str
    scope: str
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**40)]
    digest: str


class StreamStart(msgspec.Struct, tag="stream", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """The revisions that follow, from sequence `first`; `previous` is the chain digest before them."""

    office: str
    instance: str
    scope: str
    first: Annotated[int, msgspec.Meta(ge=1, lt=2**40)]
    previous: str


class AttachmentPart(msgspec.Struct, tag="attachment", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """One piece of an attachment, numbered from 0; `digest` is SHA-256 of the whole."""

    digest: str
    part: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    content: bytes


class Enrolment(msgspec.Struct, tag="enrolment", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """
    City to a new county: who the city is, and the token that the registration has to bring back.

    `number` is the last package the city had from this office: a replaced PC counts on from there.
    """

    office: str
    name: str
    city_name: str
    recipient: str
    verify_key: str
    token: str
    number: int


class Registration(msgspec.Struct, tag="registration", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """County to city: its keys, and the token that proves it had the enrolment file."""

    token: str
    recipient: str
    verify_key: str


class FormsFile(msgspec.Struct, tag="form", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """One file of a parameter pack."""

    path: str
    text: str


AnyLine = Preamble | Known | StreamStart | AttachmentPart | Enrolment | Registration | FormsFile | Revision
_decode = msgspec.json.Decoder(AnyLine).decode
encode_line = msgspec.json.Encoder().encode


def preamble(header: Header) -> Preamble:
    """The line that must come first under this header."""
    h = header
    return Preamble(h.kind, h.package, h.sender, h.recipient, h.instance, h.number, h.first, h.last)


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
            line = _decode(body)
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


def encoded(lines: Iterable[AnyLine]) -> Iterator[bytes]:
    """Lines as they are written."""
    return (encode_line(one) for one in lines)
