"""Where programs are installed, and which version lies there."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from desktop_app.base.errors import ActionRefused
from desktop_app.base.paths import user_program_dir

FOR_ALL = "UNION_DESK_FOR_ALL"
"""Set by the script that starts the newer of two programs: the folder of the one installed for all users."""
DOOR, VERSION = "union-desk", "version"
_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+){2}")


def is_version(text: str) -> bool:
    """Whether it is written like `1.2.3`."""
    return _NUMBERS.fullmatch(text) is not None


def as_numbers(version: str) -> tuple[int, ...]:
    """A version as it is compared."""
    return tuple(int(one) for one in version.split("."))


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where programs are installed.

    Attributes:
        folder: Of the doors and the libraries; on Linux the user's own, which need not exist yet.
        suffix: Of the programs: `.exe` or nothing.
        below: The version installed for all users, which is started when nothing newer is in a folder of one's own.
    """

    folder: Path
    suffix: str = ""
    below: str = ""

    @property
    def doors(self) -> tuple[str, ...]:
        """What is replaced, in the order in which it is."""
        return (f"{DOOR}{self.suffix}", f"{DOOR}-window{self.suffix}", VERSION)

    def version(self, prefix: str = "") -> str:
        """The version installed under a prefix; empty for none."""
        try:
            return (self.folder / f"{prefix}{VERSION}").read_text(encoding="utf-8").strip()
        except OSError:
            return ""


def installed_place() -> Place:
    """
    The place of the program that runs; the user's own folder where that of all users may not be written.

    Raises:
        ActionRefused: update.not_installed: it runs from its source.
    """
    if not getattr(sys, "frozen", False):
        raise ActionRefused("update.not_installed")
    folder, suffix = Path(sys.executable).parent, ".exe" if sys.platform == "win32" else ""
    own = user_program_dir()
    if folder != own and os.access(folder, os.W_OK):
        return Place(folder, suffix)
    for_all = os.environ.get(FOR_ALL) or ("" if folder == own else folder)
    return Place(own, suffix, Place(Path(for_all)).version() if for_all else "")
