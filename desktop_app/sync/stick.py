"""Writing a file to a stick so that it is there whole or not at all (storage-and-sync.md section 5)."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from desktop_app.base.errors import PackageError

_PIECE_BYTES = 1024 * 1024
_SPARE_BYTES = 1024 * 1024


def write_to_stick(target: Path, pieces: Iterator[bytes], n_bytes: int) -> str:
    """
    Writes a new file under a temporary name, flushes it to the device, reads it back, and gives it its name.

    Args:
        n_bytes: Size of all pieces, for the free-space check before the first byte.

    Returns:
        SHA-256 of the file, as read back.

    Raises:
        PackageError: exists, no_space, write, read_back. No file of either name is left then, as far as
            the device still answers.
    """
    if target.exists():
        raise PackageError("package.exists", path=target)
    part = target.with_name(target.name + ".part")
    try:
        free = shutil.disk_usage(target.parent).free
        if free < n_bytes + _SPARE_BYTES:
            raise PackageError("package.no_space", path=target.parent, wanted=n_bytes, found=free)
        written = _write(part, pieces)
        if _read_back(part) != written:
            raise PackageError("package.read_back", path=target)
        part.replace(target)
        _name_durably(target)
    except OSError as error:
        raise PackageError("package.write", path=target, detail=error.strerror or error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return written


def _write(part: Path, pieces: Iterator[bytes]) -> str:
    whole = hashlib.sha256()
    with part.open("wb") as out:
        for piece in pieces:
            out.write(piece)
            whole.update(piece)
        out.flush()
        os.fsync(out.fileno())
    return whole.hexdigest()


def _read_back(part: Path) -> str:
    whole = hashlib.sha256()
    with part.open("rb") as back:
        if hasattr(os, "posix_fadvise"):  # else the answer comes from memory and not from the device
            os.posix_fadvise(back.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := back.read(_PIECE_BYTES):
            whole.update(piece)
    return whole.hexdigest()


def _name_durably(target: Path) -> None:
    try:
        _flush_folder(target)
    except OSError:
        with suppress(OSError):
            target.unlink()
        raise


def _flush_folder(target: Path) -> None:
    """Makes the new name itself durable; Windows cannot open a folder, there the file is flushed again."""
    if os.name == "nt":
        with target.open("r+b") as again:
            os.fsync(again.fileno())
        return
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece
