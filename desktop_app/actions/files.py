"""Files that a person asks for, outside the vault."""

from __future__ import annotations

import re
from pathlib import Path

from desktop_app.base.errors import ActionRefused, KnownError

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def safe_name(text: str) -> str:
    """A text as part of a file's name on any system."""
    return _UNSAFE.sub("-", text)[:60].strip(" .")


def replace_file(path: Path, content: bytes) -> Path:
    """
    Writes a file in place of one that the person has agreed to replace.

    Raises:
        KnownError: cli.file.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise KnownError("cli.file", path=path, detail=error.strerror or error) from error
    return path


def write_file(path: Path, content: bytes) -> None:
    """
    Writes a file that is not there yet.

    Raises:
        ActionRefused: record.file_exists. KnownError: cli.file.
    """
    try:
        with path.open("xb") as out:
            out.write(content)
    except FileExistsError as error:
        raise ActionRefused("record.file_exists", path=path) from error
    except OSError as error:
        raise KnownError("cli.file", path=path, detail=error.strerror or error) from error
