"""
One user action in a process of its own, in which something breaks at a chosen place.

Where there is `fork` the child is a copy of the running test, which costs a few milliseconds; elsewhere, and in
the test that shows that both ways agree, it is a Python of its own: `python -m tests.faults.child job.json`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from desktop_app.actions.desk import open_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.pairing import init_county
from desktop_app.base.errors import KnownError
from desktop_app.storage.backup import make_backup
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import open_vault
from tests.helpers.desks import FILES, PASSPHRASE, add_dispute, make_city, new_desk, set_clock

ROOT = Path(__file__).parents[2]
HAS_FORK = hasattr(os, "fork")
KILLED = "killed"
_VM_STEPS = 2_000
"""Instructions of SQLite's machine between two places inside a statement."""


@dataclass(frozen=True)
class Job:
    """
    What the child does, and what breaks.

    Attributes:
        action: export, import, city or county (both make a vault), enter, back_up, passphrase, upgrade.
        vault: Its folder. other: The stick, the file that comes in, or a passphrase.
        kill_at: The n-th instrumented operation ends the process; 0 for none.
        kill_bytes: The first write beyond this offset of any file ends the process, torn; -1 for never.
        full_bytes: The first write beyond this offset of any file fails; -1 for never.
        device: Whose writes fail, `errno` name and after how many bytes: `stick ENOSPC 1000`.
    """

    action: str
    vault: str
    other: str
    kill_at: int = 0
    kill_bytes: int = -1
    full_bytes: int = -1
    device: str = ""


@dataclass(frozen=True)
class Outcome:
    """
    Attributes:
        code: Empty, the code of the refusal, or `killed`. message: Its sentence.
        places: Every instrumented operation that was reached.
    """

    code: str
    message: str = ""
    places: tuple[str, ...] = ()


def run(job: Job, *, forked: bool = HAS_FORK) -> Outcome:
    """The job done in a child; anything but an end, a refusal and a kill fails."""
    answer = Path(job.vault).with_name("answer.json")
    answer.unlink(missing_ok=True)
    is_killed = _fork(job, answer) if forked else _start(job, answer)
    if is_killed:
        return Outcome(KILLED)
    found = json.loads(answer.read_text(encoding="utf-8"))
    assert not found["bug"], found["bug"]
    return Outcome(found["code"], found["message"], tuple(found["places"]))


def _fork(job: Job, answer: Path) -> bool:
    child = os.fork()
    if not child:
        try:
            _work(job, answer)
        finally:
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0 or status in _deaths(), status
    return status != 0


def _start(job: Job, answer: Path) -> bool:
    order = answer.with_name("job.json")
    order.write_text(json.dumps(asdict(job)), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", "-m", "tests.faults.child", str(order), str(answer)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    order.unlink()
    assert done.returncode == 0 or done.returncode in _deaths(), done.stderr
    return done.returncode != 0


def _deaths() -> set[int]:
    if sys.platform == "win32":
        return {int(signal.SIGTERM)}
    return {-signal.SIGKILL, -signal.SIGXFSZ}


def die() -> NoReturn:
    """The end without a word: no handler, no `finally`, no flush."""
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    raise AssertionError("not reached")


def _work(job: Job, answer: Path) -> None:
    found: dict[str, Any] = {"code": "", "message": "", "bug": "", "places": []}
    try:
        act = _ACTIONS[job.action](job)
        next(act)  # whatever comes before the action: opening the vault
        places = _Places(job.kill_at)
        found["places"] = places.names
        with places.watched(), _broken(job):
            next(act, None)
    except KnownError as error:
        found |= {"code": error.code, "message": str(error)}
    except BaseException:
        found["bug"] = traceback.format_exc()
    _unlimited()
    answer.write_text(json.dumps(found), encoding="utf-8")


# --- the actions ----------------------------------------------------------------------------------


def _export(job: Job) -> Iterator[None]:
    vault = open_vault(Path(job.vault), PASSPHRASE, FILES, set_clock())
    yield
    try:
        export(vault, Path(job.other))
    finally:
        vault.close()


def _import(job: Job) -> Iterator[None]:
    vault = open_vault(Path(job.vault), PASSPHRASE, FILES, set_clock())
    yield
    try:
        import_packages(vault, [Path(job.other)])
    finally:
        vault.close()


def _make_city(job: Job) -> Iterator[None]:
    yield
    make_city(Path(job.vault), set_clock()).close()


def _make_county(job: Job) -> Iterator[None]:
    yield
    desk = new_desk(Path(job.vault), set_clock())
    vault, _ = init_county(desk, enrolment=Path(job.other), out=Path(job.other).parent)
    vault.close()


def _enter(job: Job) -> Iterator[None]:
    vault = open_vault(Path(job.vault), PASSPHRASE, FILES, set_clock())
    yield
    try:
        add_dispute(vault, facts="事" * 18_000)
    finally:
        vault.close()


def _back_up(job: Job) -> Iterator[None]:
    vault = open_vault(Path(job.vault), PASSPHRASE, FILES, set_clock())
    yield
    try:
        make_backup(vault, "on-demand")
    finally:
        vault.close()


def _set_passphrase(job: Job) -> Iterator[None]:
    vault = open_vault(Path(job.vault), PASSPHRASE, FILES, set_clock())
    yield
    try:
        vault.put_slot(vault.actor, "another-passphrase", LIGHT)
    finally:
        vault.close()


def _upgrade(job: Job) -> Iterator[None]:
    yield
    open_desk(Path(job.vault), job.other).close()


_ACTIONS: dict[str, Callable[[Job], Iterator[None]]] = {
    "export": _export,
    "import": _import,
    "city": _make_city,
    "county": _make_county,
    "enter": _enter,
    "back_up": _back_up,
    "passphrase": _set_passphrase,
    "upgrade": _upgrade,
}


# --- counting -------------------------------------------------------------------------------------


class _Places:
    """Counts the operations that leave a trace on a disk, and ends the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.names: list[str] = []
        self._kill_at = kill_at

    def reach(self, name: str, last_words: Callable[[], object] = lambda: None) -> None:
        self.names.append(name)
        if len(self.names) == self._kill_at:
            last_words()
            die()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Instruments this process; the child ends with it, so that nothing but `finally` clauses needs undoing."""
        for owner, name in (
            (os, "fsync"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "rmdir"),
            (Path, "unlink"),
            (shutil, "rmtree"),
            (shutil, "copyfile"),
        ):
            self._around(owner, name)
        whole = Path.open
        open_as: Any = lambda path, mode="r", **more: (  # noqa: E731
            self._writer(path, whole(path, mode, **more)) if mode == "wb" else whole(path, mode, **more)
        )
        Path.open = open_as  # type: ignore[method-assign]
        event.listen(Engine, "before_cursor_execute", lambda *a: self.reach(f"before {a[2][:30]}"))
        event.listen(Engine, "after_cursor_execute", lambda *a: self.reach(f"after {a[2][:30]}"))
        event.listen(Engine, "commit", lambda _: self.reach("before commit"))
        event.listen(Pool, "checkin", lambda *_: self.reach("after transaction"))
        event.listen(Pool, "checkout", lambda connection, *_: self._inside(connection))
        yield

    def _inside(self, connection: Any) -> None:
        def tick() -> int:
            self.reach("inside a statement")
            return 0

        connection.set_progress_handler(tick, _VM_STEPS)

    def _around(self, owner: Any, name: str) -> None:
        whole = getattr(owner, name)

        def both(*args: Any, **more: Any) -> Any:
            self.reach(f"before {name}")
            found = whole(*args, **more)
            self.reach(f"after {name}")
            return found

        setattr(owner, name, both)

    def _writer(self, path: Path, stream: Any) -> Any:
        self.reach(f"opened {path.suffix}")
        return _Stream(stream, lambda out, data: self._torn(out, data, path.suffix))

    def _torn(self, out: Any, data: bytes, what: str) -> int:
        def half() -> None:
            out.write(data[: len(data) // 2])
            out.flush()

        self.reach(f"write {what}", half)
        return int(out.write(data))


class _Stream:
    """A stream whose `write` is ours."""

    def __init__(self, stream: Any, write: Callable[[Any, bytes], int]) -> None:
        self._stream = stream
        self._write = write

    def write(self, data: bytes) -> int:
        return self._write(self._stream, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


# --- breaking -------------------------------------------------------------------------------------


@contextmanager
def _broken(job: Job) -> Iterator[None]:
    if job.kill_bytes >= 0:
        _limit(job.kill_bytes, is_deadly=True)
    if job.full_bytes >= 0:
        _limit(job.full_bytes, is_deadly=False)
    if job.device:
        whose, name, n_bytes = job.device.split()
        _failing_device(".part" if whose == "stick" else "", getattr(errno, name), int(n_bytes))
    yield


def _limit(n_bytes: int, *, is_deadly: bool) -> None:
    """No file may grow beyond `n_bytes`; the write that would is torn there and kills, or fails with EFBIG."""
    if sys.platform == "win32":
        raise AssertionError("asked for on Linux only")
    import resource  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if is_deadly else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))


def _unlimited() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _failing_device(suffix: str, number: int, n_bytes: int) -> None:
    """Files opened with this suffix take `n_bytes` together, the rest of the last piece is lost."""
    whole = Path.open
    left = n_bytes

    def write(out: Any, data: bytes) -> int:
        nonlocal left
        if left < len(data):
            out.write(data[: max(left, 0)])
            left = 0
            raise OSError(number, os.strerror(number))
        left -= len(data)
        return int(out.write(data))

    open_as: Any = lambda path, mode="r", **more: (  # noqa: E731
        _Stream(whole(path, mode, **more), write)
        if mode == "wb" and path.suffix == suffix
        else whole(path, mode, **more)
    )
    Path.open = open_as  # type: ignore[method-assign]


if __name__ == "__main__":
    _work(Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), Path(sys.argv[2]))
