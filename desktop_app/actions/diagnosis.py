"""A file for those who maintain the program: versions, sizes and counts, and nothing that anybody has typed."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from desktop_app import __version__
from desktop_app.base.clock import local_text, millis
from desktop_app.base.errors import KnownError
from desktop_app.base.fonts import OFFICIAL, find_fonts
from desktop_app.storage import tables
from desktop_app.storage.backup import list_backups
from desktop_app.storage.census import census
from desktop_app.storage.vault import DATABASE, Vault

_MODULES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "cryptography", "pyrage", "reportlab", "zstandard")


def diagnosis(vault: Vault) -> str:
    """Lines of `name: value`; no names of people or employers, no paths, no text of records."""
    lines = [
        f"union-desk: {__version__}",
        f"python: {platform.python_version()}",
        f"system: {platform.platform()}",
        f"made: {local_text(millis(vault.clock.now()))}",
        f"format: {tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}",
        f"office: {vault.owner.office} {vault.owner.role}",
        f"pack: {vault.pack.version} {vault.pack.digest[:12]}",
        f"holidays: {' '.join(map(str, known_years(vault)))}",
        f"bytes: {(vault.folder / DATABASE).stat().st_size}",
        f"backups: {len(list_backups(vault.folder))}",
    ]
    lines += [f"font {role}: {name}" for role, name in fonts_used().items()]
    with vault.read() as connection:
        lines += [f"{name}: {n}" for name, n in census(vault, connection).items()]
    lines += [f"module {name}: {_version(name)}" for name in _MODULES]
    return "\n".join(lines) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a built program may leave it out
        return "?"


def write_diagnosis(vault: Vault, path: Path) -> Path:
    """
    Writes the diagnosis.

    Raises:
        KnownError: vault.io: the file cannot be written.
    """
    try:
        path.write_text(diagnosis(vault), encoding="utf-8", newline="\n")
    except OSError as error:
        raise KnownError("vault.io", path=path, detail=error.strerror or error) from error
    return path


def fonts_used() -> dict[str, str]:
    """Role → name of the font that letters are set in on this PC, `—` where there is none."""
    return {role: (found[0].name if (found := find_fonts(role)) else "—") for role in OFFICIAL}


def known_years(vault: Vault) -> list[int]:
    """Years near this one for which a table of holidays is there."""
    now = vault.clock.now().year
    return [year for year in range(now - 2, now + 3) if vault.calendar.is_known_year(year)]
