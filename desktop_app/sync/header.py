"""
Header grammar of a package, readable without any key.

    magic 8 | length of header u32 big-endian | header JSON | Ed25519 signature 64 | payload

The header has one spelling: what is decoded must encode to the same bytes. The signature covers the
header, and through the payload's digest in it the payload.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import msgspec

from desktop_app.base.clock import MOST_AT
from desktop_app.base.errors import PackageError
from desktop_app.domain.naming import package_name
from desktop_app.sync.identity import Identity, is_signed_by

FORMAT = 1
"""2026-11: the first. A reader refuses a higher one and names the program to ask for."""
MAGIC = b"GHPKG\r\n\x1a"
SIGNATURE_BYTES = 64
MAX_HEADER_BYTES = 64 * 1024
SUFFIX = ".ghpkg"

Kind = Literal["enrolment", "registration", "submission", "receipt", "parameters"]
KIND_LABELS: dict[str, str] = {
    "enrolment": "入网",
    "registration": "登记",
    "submission": "上报",
    "receipt": "回执",
    "parameters": "参数",
}
_DOMAIN = b"union-desk/package/1\0"
_LENGTH = struct.Struct(">I")

_Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Code = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6}\Z")]
_Seq = Annotated[int, msgspec.Meta(ge=0, lt=2**40)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{64})?\Z")]


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Attributes:
        number: Counts the packages of this sender to this recipient, from 1; its file name has six digits for it.
        previous: SHA-256 of the file before it, empty for the first.
        instance: Of the sender's vault.
        first, last: Sequence range of the sender's own revisions inside; last < first when there are none.
        pack: Parameter pack it was written under. program: Version of the program that wrote it.
        made_at: UTC milliseconds, shown only.
        signer: Ed25519 public key, hexadecimal.
    """

    format: int
    kind: Kind
    package: _Id
    sender: _Code
    recipient: _Code
    instance: _Id
    number: Annotated[int, msgspec.Meta(ge=1, lt=10**6)]
    previous: _Digest
    first: _Seq
    last: _Seq
    pack: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    program: Annotated[str, msgspec.Meta(max_length=40)]
    made_at: Annotated[int, msgspec.Meta(ge=0, le=MOST_AT)]
    signer: str
    payload_bytes: Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
    payload_sha256: _Digest

    @property
    def file_name(self) -> str:
        """`620402-000017-submission.ghpkg`; from the city the recipient stands in it too."""
        return package_name(self.kind, self.sender, self.recipient, self.number) + SUFFIX


class Sealed(msgspec.Struct, frozen=True):
    """A header as it stands in a file, with what the signature needs."""

    header: Header
    encoded: bytes
    signature: bytes

    @property
    def payload_offset(self) -> int:
        """Where the payload begins, in bytes."""
        return len(MAGIC) + _LENGTH.size + len(self.encoded) + SIGNATURE_BYTES

    @property
    def file_bytes(self) -> int:
        """Size of the whole file: the parts add up."""
        return self.payload_offset + self.header.payload_bytes


class _JustFormat(msgspec.Struct):
    format: int
    program: str = "?"


def seal(header: Header, identity: Identity) -> bytes:
    """Everything of the file before the payload."""
    encoded = msgspec.json.encode(header)
    return MAGIC + _LENGTH.pack(len(encoded)) + encoded + identity.signature(_DOMAIN + encoded)


def is_signed(sealed: Sealed, verify_key: str) -> bool:
    """Whether this key signed the header."""
    return is_signed_by(verify_key, sealed.signature, _DOMAIN + sealed.encoded)


def read_header(path: Path) -> Sealed:
    """
    The header of a package file, its grammar and the file's size checked; no key is needed.

    The signature is checked against the signer the header names, so that a damaged header is known as
    such; whether that signer may speak for the sender is for the caller, who knows the offices.

    Raises:
        PackageError: empty, not_a_package, too_new, truncated, tampered, read.
    """
    sealed = peek_header(path)
    try:
        found = path.stat().st_size
    except OSError as error:
        raise PackageError("package.read", path=path, detail=error.strerror or error) from error
    if found < sealed.file_bytes:
        raise PackageError("package.truncated", name=path.name, wanted=sealed.file_bytes, found=found)
    if found > sealed.file_bytes:
        raise PackageError("package.tampered", name=path.name, detail="末尾有多余内容")
    return sealed


def peek_header(path: Path) -> Sealed:
    """
    The header of a file that may be cut short after it; what its signer says of itself, and no more.

    Raises:
        PackageError: empty, not_a_package, too_new, truncated, tampered, read.
    """
    try:
        with path.open("rb") as stream:
            return _parse(stream, path.name)
    except OSError as error:
        raise PackageError("package.read", path=path, detail=error.strerror or error) from error


def _parse(stream: BinaryIO, name: str) -> Sealed:
    start = stream.read(len(MAGIC) + _LENGTH.size)
    if not start:
        raise PackageError("package.empty", name=name)
    if not start.startswith(MAGIC):
        raise PackageError("package.not_a_package", name=name)
    wanted = _LENGTH.unpack(start[len(MAGIC) :])[0] if len(start) == len(MAGIC) + _LENGTH.size else 0
    if wanted > MAX_HEADER_BYTES:
        raise PackageError("package.tampered", name=name, detail="文件头长度不对")
    encoded, signature = stream.read(wanted), stream.read(SIGNATURE_BYTES)
    if not wanted or len(encoded) + len(signature) < wanted + SIGNATURE_BYTES:
        least = len(MAGIC) + _LENGTH.size + wanted + SIGNATURE_BYTES
        found = len(start) + len(encoded) + len(signature)
        raise PackageError("package.truncated", name=name, wanted=f"至少 {least}", found=found)
    return Sealed(_decode(encoded, signature, name), encoded, signature)


def _decode(encoded: bytes, signature: bytes, name: str) -> Header:
    """The signature comes first: only a header that is whole may say that it is newer than we are."""
    try:
        named = msgspec.json.decode(encoded, type=_Signer).signer
        if not is_signed_by(named, signature, _DOMAIN + encoded):
            raise PackageError("package.tampered", name=name, detail="签名不符")
        version = msgspec.json.decode(encoded, type=_JustFormat)
        if version.format > FORMAT:
            raise PackageError(
                "package.too_new", name=name, found=version.format, known=FORMAT, program=version.program
            )
        header = msgspec.json.decode(encoded, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise PackageError("package.tampered", name=name, detail="文件头不合格式") from None
    if msgspec.json.encode(header) != encoded:
        raise PackageError("package.tampered", name=name, detail="文件头写法不规范")
    return header


class _Signer(msgspec.Struct):
    signer: str
