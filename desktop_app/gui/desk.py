"""What every page shares: the open vault, running actions on it, and where to go next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop_app.actions.changes import Changes
from desktop_app.base.errors import KnownError
from desktop_app.gui.messages import Messages
from desktop_app.gui.tasks import Cancelled, Task, TaskRunner
from desktop_app.gui.theme import Theme

if TYPE_CHECKING:  # the log-in, which shares parts with the pages, does not wait for the database
    from desktop_app.actions.permits import Deed
    from desktop_app.storage.vault import Vault

Result = TypeVar("Result")


@dataclass(frozen=True)
class Address:
    """
    Where in the window something is: `list/petition`, `record/<id>`, `new/petition`, `home`.

    Attributes:
        kind: The part before the first slash; a row of `gui.pages.PAGES`.
        key: The rest.
        options: Starting values for a page that is opened, such as filters; not part of what tells pages apart.
    """

    kind: str
    key: str = ""
    options: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}" if self.key else self.kind

    @classmethod
    def parse(cls, text: str, **options: object) -> Address:
        """The address written as text."""
        kind, _, key = text.partition("/")
        return cls(kind, key, options)


class Desk(QObject):
    """
    The open vault and its pages' common ground.

    Signals: `changed(Changes, initiator)` after every write; `forms_changed(page)` when other forms are in force,
    which this page brought; `wanted(Address)` when a page is asked for;
    `locked()` when the vault is to be closed and the log-in shown; `restore_wanted(Path, str)` when a backup is
    to be put back with this passphrase; `repair_wanted(str)` when the damaged vault is to be saved with it;
    `minutes_changed(int)` after how long without a key the vault locks.

    Thread: the window's; `vault` may be read on the runner's thread too.
    """

    changed = Signal(object, object)
    forms_changed = Signal(QObject)
    wanted = Signal(object)
    locked = Signal()
    restore_wanted = Signal(object, str)
    repair_wanted = Signal(str)
    minutes_changed = Signal(int)

    def __init__(self, vault: Vault, runner: TaskRunner, messages: Messages, theme: Theme) -> None:
        super().__init__()
        self.vault = vault
        self.runner = runner
        self.messages = messages
        self.theme = theme

    @property
    def folder(self) -> Path:
        """Where the vault lies."""
        return self.vault.folder

    @property
    def is_city(self) -> bool:
        """Whether this is the city's desk."""
        return self.vault.owner.role == "city"

    def why_not(self, deed: Deed) -> str:
        """Why the user's role does not allow a deed, as a sentence; empty when it does."""
        from desktop_app.actions.permits import why_not  # noqa: PLC0415 the log-in does not wait for the database

        return why_not(self.vault, deed)

    def open(self, address: str, **options: object) -> None:
        """Asks the frame for a page."""
        self.wanted.emit(Address.parse(address, **options))

    def act(
        self,
        action: Callable[[], Result],
        *,
        by: QObject | None = None,
        failed: Callable[[KnownError], None] | None = None,
    ) -> Result | None:
        """
        Runs an action that takes less than a blink, here and now.

        Args:
            by: The page that asked; it has drawn itself already and need not do so again.
            failed: Gets what was refused; without it the sentence goes to the strip.

        Returns:
            What the action returns; None when it was refused.
        """
        try:
            result = action()
        except KnownError as error:
            (failed or self._say_error)(error)
            return None
        self._tell(result, by)
        return result

    def run(
        self,
        title: str,
        work: Callable[[Task], Result],
        done: Callable[[Result], None],
        *,
        by: QObject | None = None,
        failed: Callable[[KnownError], None] | None = None,
        can_stop: bool = False,
    ) -> Task:
        """
        Runs an action that may take longer beside the window; `done` gets its result.

        Args:
            done, failed: Get the result, or what was refused; without `failed` the sentence goes to the strip.
                Methods of a page that is closed meanwhile are not called. Work that was stopped says so.
            can_stop: The work calls `task.report` between its steps.
        """

        def arrived(result: Result) -> None:
            self._tell(result, by)
            if _is_there(done):
                done(result)

        def fell(error: BaseException) -> None:
            if isinstance(error, KnownError):
                (failed if failed and _is_there(failed) else self._say_error)(error)
            elif isinstance(error, Cancelled):
                self.messages.say(f"“{title}”已停止，没有改动任何数据。", "hint")
            else:
                raise error

        return self.runner.start(title, work, arrived, fell, can_stop=can_stop)

    def _tell(self, result: object, by: QObject | None) -> None:
        changes = result if isinstance(result, Changes) else getattr(result, "changes", None)
        if isinstance(changes, Changes):
            self.changed.emit(changes, by)

    def _say_error(self, error: KnownError) -> None:
        self.messages.say(str(error), "error")


def _is_there(slot: Callable[..., object]) -> bool:
    """Whether the page whose method this is has not been closed."""
    owner = getattr(slot, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
