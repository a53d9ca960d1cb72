"""
An update of the program as a file that a stick carries.

    magic 8 | length of header u32 big-endian | header JSON | Ed25519 signature 64 | payload

The payload is a tar of the program's folder, packed with zstd. The signature covers the header and, through the
digest in it, the payload; it must be a release key's. Nothing of a payload is used before its digest was seen.
"""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop_app.base.errors import PackageError
from desktop_app.sync.identity import is_signed_by

FORMAT = 1
"""2026-11: the first. It changes only if an older program could not read what is needed to say so."""
MAGIC = b"GHUPD\r\n\x1a"
SUFFIX = ".ghupdate"
SIGNATURE_BYTES = 64
_MAX_HEADER_BYTES = 64 * 1024
_PIECE_BYTES = 1024 * 1024
_WINDOW_LOG = 27
_DOMAIN = b"union-desk/update/1\0"
_LENGTH = struct.Struct(">I")


class UpdateHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Attributes:
        system: What it runs on, as `base.release.system_name` says it.
        notes: What is new, one sentence each, for people.
        made_at: UTC milliseconds, shown only.
        signer: The release key, hexadecimal.
        unpacked_bytes: Of all files in the payload together.
    """

    format: int
    version: str
    system: str
    notes: tuple[str, ...]
    made_at: int
    signer: str
    payload_bytes: int
    payload_sha256: str
    unpacked_bytes: int

    @property
    def file_name(self) -> str:
        """`union-desk-0.2.0-windows-x64.ghupdate`."""
        return f"union-desk-{self.version}-{self.system}{SUFFIX}"


def read_update(path: Path, keys: Collection[str]) -> UpdateHeader:
    """
    The header of an update that one of these keys has signed, and whose file is as long as it says.

    Raises:
        PackageError: update.not_an_update, update.tampered, update.unknown_key, package.truncated, package.read.
    """
    try:
        with path.open("rb") as stream:
            header, offset = _parse(stream, path.name, keys)
        found = path.stat().st_size
    except OSError as error:
        raise PackageError("package.read", path=path, detail=error.strerror or error) from error
    if found < offset + header.payload_bytes:
        raise PackageError("package.truncated", name=path.name, wanted=offset + header.payload_bytes, found=found)
    if found > offset + header.payload_bytes:
        raise PackageError("update.tampered", name=path.name, detail="末尾有多余内容")
    return header


def _parse(stream: BinaryIO, name: str, keys: Collection[str]) -> tuple[UpdateHeader, int]:
    start = stream.read(len(MAGIC) + _LENGTH.size)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + _LENGTH.size:
        raise PackageError("update.not_an_update", name=name)
    length = _LENGTH.unpack(start[len(MAGIC) :])[0]
    if not 0 < length <= _MAX_HEADER_BYTES:
        raise PackageError("update.tampered", name=name, detail="文件头长度不对")
    encoded, signature = stream.read(length), stream.read(SIGNATURE_BYTES)
    try:
        header = msgspec.json.decode(encoded, type=UpdateHeader)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise PackageError("update.tampered", name=name, detail="文件头不合格式") from None
    if not is_signed_by(header.signer, signature, _DOMAIN + encoded):
        raise PackageError("update.tampered", name=name, detail="签名不符")
    if header.signer not in keys:
        raise PackageError("update.unknown_key", name=name)
    return header, len(start) + length + SIGNATURE_BYTES


def unpack_update(
    path: Path, header: UpdateHeader, folder: Path, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> None:
    """
    Unpacks the payload into a folder that is the caller's to remove when this fails.

    Args:
        header: As `read_update` gave it; the file may have been replaced since, which the digest shows.
        tell: Bytes read, bytes in all.

    Raises:
        PackageError: update.tampered, package.read. OSError: The folder cannot be written.
    """
    with path.open("rb") as stream:
        stream.seek(-header.payload_bytes, io.SEEK_END)
        source = _Counted(stream, header.payload_bytes, tell)
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << _WINDOW_LOG)
        try:
            with unpacker.stream_reader(cast(BinaryIO, source)) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
                left = header.unpacked_bytes
                for member in tar:
                    left -= member.size
                    if left < 0 or not (member.isreg() or member.isdir() or member.issym()):
                        raise PackageError("update.tampered", name=path.name, detail=member.name)
                    tar.extract(member, folder, filter="data")
        except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
            raise PackageError("update.tampered", name=path.name, detail="内容不合格式") from error
        source.finish()
    if source.sha256.hexdigest() != header.payload_sha256:
        raise PackageError("update.tampered", name=path.name, detail="校验值不符")


class _Counted:
    """The payload as it is read, digested on the way."""

    def __init__(self, stream: BinaryIO, n_bytes: int, tell: Callable[[int, int], None]) -> None:
        self._stream, self._tell, self._all, self._done = stream, tell, n_bytes, 0
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(_PIECE_BYTES if size < 0 else size)
        self.sha256.update(piece)
        self._done += len(piece)
        self._tell(self._done, self._all)
        return piece

    def finish(self) -> None:
        while self.read():
            pass


def write_update(
    folder: Path,
    target_folder: Path,
    *,
    version: str,
    system: str,
    notes: Iterable[str],
    made_at: int,
    secret: str,
    level: int = 19,
) -> Path:
    """
    Packs and signs a built program; what the maintainers' tool calls.

    Args:
        secret: The release key's secret half, 64 hexadecimal digits.
        level: Of packing; the highest takes minutes.

    Raises:
        OSError: A file cannot be read or written.
    """
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    part = target_folder / f"{version}-{system}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, window_log=_WINDOW_LOG, enable_ldm=True, write_checksum=True
    )
    with part.open("wb") as out, zstandard.ZstdCompressor(compression_params=parameters).stream_writer(out) as packed:
        n_unpacked = _pack(folder, packed)
    header = UpdateHeader(
        FORMAT,
        version,
        system,
        tuple(notes),
        made_at,
        key.public_key().public_bytes_raw().hex(),
        part.stat().st_size,
        _digest(part),
        n_unpacked,
    )
    encoded = msgspec.json.encode(header)
    target = target_folder / header.file_name
    with target.open("wb") as out, part.open("rb") as payload:
        out.write(MAGIC + _LENGTH.pack(len(encoded)) + encoded + key.sign(_DOMAIN + encoded))
        while piece := payload.read(_PIECE_BYTES):
            out.write(piece)
    part.unlink()
    return target


def _pack(folder: Path, out: BinaryIO) -> int:
    """Everything below the folder in one order and without owners or times, so that it comes out the same again."""
    n_bytes = 0
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            member = tar.gettarinfo(path, path.relative_to(folder).as_posix())
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime = 0
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            n_bytes += member.size
            if member.isreg():
                with path.open("rb") as content:
                    tar.addfile(member, content)
            else:
                tar.addfile(member)
    return n_bytes


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
