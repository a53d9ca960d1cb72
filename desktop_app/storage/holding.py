"""One program at a time on a vault: the system's own lock, which ends with the program, and who holds it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from desktop_app.base.clock import Clock, local_text, millis
from desktop_app.base.errors import VaultError

LOCK, HOLDER = "vault.lock", "vault.holder"


class _Holder(msgspec.Struct, frozen=True):
    program: str
    computer: str
    process: int
    since: int


class Hold:
    """
    The right to work on a vault; given back by `release`, or by the system when the program ends.

    Raises:
        VaultError: held: another program has it, with its name, computer and process.
    """

    def __init__(self, folder: Path, program: str, clock: Clock) -> None:
        self._lock = FileLock(folder / LOCK, thread_local=False)
        self._note = folder / HOLDER
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise _held(folder) from None
        except OSError as error:
            raise VaultError("vault.io", path=folder / LOCK, detail=error.strerror or error) from error
        holder = _Holder(program, socket.gethostname(), os.getpid(), millis(clock.now()))
        try:
            self._note.write_bytes(msgspec.json.encode(holder))
        except OSError:
            self._note.unlink(missing_ok=True)  # the lock is what counts; the note only names who has it

    def release(self) -> None:
        """Lets others in; a second call does nothing."""
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()


def _held(folder: Path) -> VaultError:
    try:
        found = msgspec.json.decode((folder / HOLDER).read_bytes(), type=_Holder)
    except (OSError, msgspec.MsgspecError):
        return VaultError("vault.held", path=folder, holder="另一个程序", since="不详")
    holder = f"{found.computer} 上的{found.program}（进程 {found.process}）"
    return VaultError("vault.held", path=folder, holder=holder, since=local_text(found.since))
