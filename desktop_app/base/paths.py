"""Where the program's own read-only files lie, from source and in a build."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def program_dir() -> Path:
    """The folder that holds `forms/` and `resources/`."""
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's loader
    return Path(bundle) if bundle else Path(__file__).resolve().parents[2]


def user_program_dir() -> Path:
    """Where updates of a program go that the system's administrator has installed for all; Linux only."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "union-desk" / "program"


def forms_dir() -> Path:
    """The parameter pack that came with the program."""
    return program_dir() / "forms"


def icons_dir() -> Path:
    """The signs that the window shows."""
    return program_dir() / "resources" / "icons"


def help_dir() -> Path:
    """The manual."""
    return program_dir() / "resources" / "help"


def fonts_dir() -> Path:
    """The free fonts that came with the program; not there where none were made."""
    return program_dir() / "resources" / "fonts"


def sample_dir() -> Path:
    """The scenario of the sample year."""
    return program_dir() / "resources" / "sample"
