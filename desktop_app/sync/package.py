"""Making and opening a whole package: header, signature and payload together."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

import msgspec

from desktop_app.base.errors import PackageError
from desktop_app.sync.header import Header, Sealed, is_signed, seal
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.lines import encode_line, preamble
from desktop_app.sync.payload import verify_payload, write_payload
from desktop_app.sync.stick import pieces_of, write_to_stick

_WORK = "package-"


def write_package(
    folder: Path,
    draft: Header,
    lines: Iterable[bytes],
    *,
    identity: Identity,
    readers: Iterable[PublicKeys],
    workplace: Path,
) -> tuple[Path, str]:
    """
    Writes a package file into a folder.

    The payload is made first in `workplace` on the PC, encrypted already, so that the stick is written
    once, in one run, with its size known.

    Args:
        workplace: Written to by one export at a time.
        draft: The header; size and digest of the payload are filled in here.

    Returns:
        The file and its SHA-256.

    Raises:
        PackageError: As `write_to_stick`, for the workplace too.
    """
    try:
        for left in workplace.glob(f"{_WORK}*"):  # of an export that was killed; encrypted, but useless
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=workplace) as work:
            payload = Path(work) / "payload"
            with payload.open("wb") as out:
                n_bytes, digest = write_payload(out, chain([encode_line(preamble(draft))], lines), readers)
            header = msgspec.structs.replace(draft, payload_bytes=n_bytes, payload_sha256=digest)
            start = seal(header, identity)
            target = folder / header.file_name
            with closing(_all(start, payload)) as pieces:  # Windows cannot remove a payload that is still open
                return target, write_to_stick(target, pieces, len(start) + n_bytes)
    except OSError as error:
        raise PackageError("package.write", path=workplace, detail=error.strerror or error) from error


def _all(start: bytes, payload: Path) -> Generator[bytes, None, None]:
    yield start
    yield from pieces_of(payload)


def check_package(path: Path, sealed: Sealed, verify_key: str, sender: str) -> str:
    """
    Vouches for every byte of a package: the header is signed by this key, and the payload is the one signed.

    Args:
        verify_key: The key that speaks for the sender. sender: Its name, for the refusal.

    Returns:
        SHA-256 of the file.

    Raises:
        PackageError: wrong_signer, tampered, read.
    """
    if not is_signed(sealed, verify_key):
        raise PackageError("package.wrong_signer", name=path.name, sender=sender)
    return verify_payload(path, sealed)
