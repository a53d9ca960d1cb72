"""The two kinds of failure: the world's (shown as one sentence) and ours (reported as a bug)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from desktop_app.base.codes import sentence

Level = Literal["error", "explain", "hint"]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One thing wrong with what was given: a stable code, a Chinese sentence, and where it sits.

    Attributes:
        place: What the reader looks for first: `第 3 行`, `ledgers/petition.toml 第 12 行`; empty when obvious.
        key: Field key or TOML key path, for a program to jump to.
    """

    code: str
    message: str
    place: str = ""
    key: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


def problem(code: str, /, *, place: str = "", key: str = "", level: Level = "error", **context: object) -> Problem:
    """The problem of this code, its sentence filled from `context`."""
    return Problem(code, sentence(code, **context), place, key, level)


class AppError(Exception):
    """
    A coded failure; `str()` is one Chinese sentence that says where, what and what to do.

    Raises:
        KeyError: The code has no sentence in `base.codes`.
    """

    def __init__(self, code: str, /, **context: object) -> None:
        self.code = code
        self.context = context
        super().__init__(sentence(code, **context))


class KnownError(AppError):
    """The world's fault: shown to the user, logged at INFO, the program lives on."""


class VaultError(KnownError):
    """The vault cannot be opened, read or written."""


class PackageError(KnownError):
    """A package is refused; the vault is as it was."""


class SheetError(KnownError):
    """A workbook, a sheet or a column cannot be used as it is; nothing was written."""


class ActionRefused(KnownError):
    """What was asked for is not allowed in this state, role or office."""


class BugError(AppError):
    """Our own fault; shown with a report that can be copied, never swallowed."""


class Problems(KnownError):
    """Every problem of one input, gathered before anything is written."""

    def __init__(self, code: str, /, found: Sequence[Problem], **context: object) -> None:
        super().__init__(code, n=len(found), **context)
        self.found = tuple(found)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.found)])


class RecordInvalid(Problems):
    """A record or a batch of records breaks a rule of level `error`."""


class FormsInvalid(Problems):
    """The parameter pack has faults; all of them are listed."""
