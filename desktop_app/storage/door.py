"""
What happens at the door of a closed vault: wrong passphrases, and passphrases that their owners changed.

It is kept beside the slots, since nobody has the key yet or the database is not touched, and goes into the audit
at the next log-in. After a few wrong passphrases of one user the next is taken only after a pause, which doubles
and ends at `LONGEST` seconds: it slows a guesser down and keeps no colleague out for long.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import msgspec

from desktop_app.base.clock import Clock, millis
from desktop_app.base.errors import VaultError

DOOR = "vault.door"
FREE, FIRST, LONGEST = 3, 5, 300
"""Wrong passphrases without a pause; the first pause and the longest, in seconds."""
_MOST = 500
FAILED, CHANGED = "login_failed", "passphrase_changed"


class Event(msgspec.Struct, frozen=True):
    """One thing that happened; `is_noted` once the audit has it."""

    what: str
    user: str
    at: int
    is_noted: bool = False


class Door:
    """The events of one vault's folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / DOOR
        self._clock = clock

    def events(self) -> list[Event]:
        """What is written there; a file that was taken away or spoilt says nothing."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Event])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return []

    def wait(self, user: str) -> int:
        """Seconds until this user's next passphrase is taken; 0 for now."""
        now = millis(self._clock.now())
        failed = [one.at for one in self.events() if one.what == FAILED and one.user == user and one.at <= now]
        if len(failed) < FREE:
            return 0
        pause = min(LONGEST, FIRST << (len(failed) - FREE))
        return max(0, math.ceil((max(failed) + pause * 1000 - now) / 1000))

    def refuse_early(self, user: str) -> None:
        """
        Raises:
            VaultError: too_soon.
        """
        if seconds := self.wait(user):
            raise VaultError("vault.too_soon", seconds=seconds)

    def add(self, what: str, user: str) -> None:
        """Writes an event down; the oldest give way that the audit has."""
        found = [*self.events(), Event(what, user, millis(self._clock.now()))]
        if len(found) > _MOST:
            found = [one for one in found if not one.is_noted][-_MOST:]
        self._write(found)

    def entered(self, user: str) -> None:
        """The right secret: the user's wrong ones are forgiven, and all that happened is in the audit."""
        kept = [one for one in self.events() if one.what == FAILED and one.user != user]
        self._write([msgspec.structs.replace(one, is_noted=True) for one in kept])

    def forgive(self, user: str) -> None:
        """An administrator gave the user a new passphrase."""
        self._write([one for one in self.events() if one.user != user or not one.is_noted])

    def _write(self, found: list[Event]) -> None:
        if found == self.events():
            return
        part = self._path.with_name(DOOR + ".part")
        try:
            with part.open("wb") as out:
                out.write(msgspec.json.encode(found))
                out.flush()
                os.fsync(out.fileno())
            part.replace(self._path)
        except OSError as error:
            raise VaultError("vault.io", path=self._path, detail=error.strerror or error) from error
