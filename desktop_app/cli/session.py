"""What the commands share: the vault they work on, the passphrase, and how results are printed."""

from __future__ import annotations

import getpass
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desktop_app.actions.desk import open_desk
from desktop_app.base.errors import KnownError, Problem, VaultError
from desktop_app.storage.vault import Vault

PASSPHRASE_VARIABLE = "UNION_DESK_PASSPHRASE"  # noqa: S105 a name, not a passphrase

NEW_PASSPHRASE_VARIABLE = "UNION_DESK_NEW_PASSPHRASE"  # noqa: S105 a name, not a passphrase

Json = Annotated[bool, typer.Option("--json", help="标准输出只写 JSON")]


@dataclass(frozen=True, slots=True)
class Session:
    """The options before the command."""

    vault: Path | None
    passphrase_file: Path | None
    user: str = ""

    def folder(self) -> Path:
        """
        Raises:
            KnownError: cli.no_vault.
        """
        if self.vault is None:
            raise KnownError("cli.no_vault")
        return self.vault

    def passphrase(self) -> str:
        """
        From the file, the variable, or a prompt at a terminal; never an argument, which others can see.

        Raises:
            VaultError: no_passphrase. KnownError: cli.file.
        """
        if self.passphrase_file is not None:
            return read_text(self.passphrase_file).rstrip("\r\n")
        given = os.environ.get(PASSPHRASE_VARIABLE)
        if given is None and sys.stdin.isatty():
            given = getpass.getpass("口令：")
        if not given:
            raise VaultError("vault.no_passphrase")
        return given

    def new_passphrase(self, file: Path | None) -> str:
        """
        A new one, from the file, the variable, or typed twice at a terminal.

        Raises:
            VaultError: no_new_passphrase, not_the_same. KnownError: cli.file.
        """
        if file is not None:
            return read_text(file).rstrip("\r\n")
        given = os.environ.get(NEW_PASSPHRASE_VARIABLE)
        if given is None and sys.stdin.isatty():
            given = getpass.getpass("新口令：")
            if given != getpass.getpass("再输一遍新口令："):
                raise VaultError("vault.not_the_same")
        if not given:
            raise VaultError("vault.no_new_passphrase")
        return given

    def typed(self, question: str) -> str:
        """A secret that is typed at a terminal, or the first line of standard input."""
        return getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().strip()

    @contextmanager
    def open(self, secret: str = "") -> Iterator[Vault]:
        """The vault, closed at the end; `secret` when it was asked for already."""
        vault = open_desk(self.folder(), secret or self.passphrase(), user=self.user)
        try:
            yield vault
        finally:
            vault.close()


def session(context: typer.Context) -> Session:
    """The session that the main command made."""
    found = context.find_object(Session)
    assert found is not None
    return found


def read_text(path: Path) -> str:
    """
    Raises:
        KnownError: cli.file.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError("cli.file", path=path, detail=error) from error


def print_json(result: object) -> None:
    """One JSON value on standard output; dates, paths and dataclasses as msgspec writes them."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(result, enc_hook=str), indent=2).decode() + "\n")


def print_lines(lines: Iterator[str] | list[str]) -> None:
    """Lines for people on standard output."""
    for line in lines:
        sys.stdout.write(line + "\n")


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines with columns under each other; a Chinese character is two columns wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def say(message: str) -> None:
    """A message beside the result, on standard error."""
    sys.stderr.write(message + "\n")


def progress(what: str) -> Callable[[int, int], None]:
    """How far a long piece of work has got, on one line of the terminal's standard error; else nothing is said."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None
    last = ""

    def tell(done: int, n_all: int) -> None:
        nonlocal last
        words = f"\r{what} {100 * done // max(1, n_all)} %" + "\n" * (done >= n_all)
        if words != last:
            sys.stderr.write(words)
            sys.stderr.flush()
            last = words

    return tell


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem as JSON."""
    return {
        "code": problem.code,
        "message": problem.message,
        "place": problem.place,
        "key": problem.key,
        "level": problem.level,
    }
