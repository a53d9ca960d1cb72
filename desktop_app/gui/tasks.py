"""Long work beside the window: results, failures and progress come back on the window's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from shiboken6 import isValid


class Cancelled(Exception):
    """The person has stopped the work; a transaction it was in is undone."""


@dataclass(slots=True)
class Task:
    """
    One piece of work under way.

    Attributes:
        title: What the person reads while it runs.
        can_stop: The work reports between its steps, so that it can be stopped there.
    """

    title: str
    can_stop: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _report: Callable[[Task, int, int], None] = field(default=lambda *_: None)

    def cancel(self) -> None:
        """Asks the work to stop at its next report. Thread: any."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def report(self, done: int, total: int) -> None:
        """
        Called by the work between its steps; `total` 0 when it is not known.

        Raises:
            Cancelled: The person has stopped it.
        """
        if self._stop.is_set():
            raise Cancelled
        self._report(self, done, total)


@dataclass(slots=True)
class _Parcel:
    task: Task
    done: Callable[[Any], None] | None = None
    failed: Callable[[BaseException], None] | None = None
    result: Any = None
    error: BaseException | None = None


class TaskRunner(QObject):
    """
    Runs work on one thread of its own, in the order given, so that the vault has one writer.

    Signals: `started(Task)`, `moved(Task, done, total)`, `ended(Task)`; all on the window's thread.
    """

    started = Signal(object)
    moved = Signal(object, object, object)
    ended = Signal(object)
    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._open: list[Task] = []
        self._came.connect(self._deliver)

    @property
    def title(self) -> str:
        """What is under way, empty for nothing."""
        return self._open[0].title if self._open else ""

    @property
    def is_busy(self) -> bool:
        """Whether work is under way or waiting."""
        return bool(self._open)

    def start(
        self,
        title: str,
        work: Callable[[Task], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        *,
        can_stop: bool = False,
    ) -> Task:
        """
        Runs `work(task)` beside the window.

        Args:
            done: Gets the result, on the window's thread.
            failed: Gets what was raised, `Cancelled` among it, on the window's thread.
        """
        task = Task(title, can_stop, _report=self._moved)
        parcel = _Parcel(task, done, failed)
        self._open.append(task)
        self.started.emit(task)
        self._pool.start(_Job(lambda: self._work(parcel, work)))
        return task

    def _work(self, parcel: _Parcel, work: Callable[[Task], Any]) -> None:
        try:
            parcel.result = work(parcel.task)
        except BaseException as error:
            parcel.error = error
        if isValid(self):  # else the window went meanwhile, and nobody waits for it
            self._came.emit(parcel)

    def _moved(self, task: Task, done: int, total: int) -> None:
        if not isValid(self):
            raise Cancelled
        self.moved.emit(task, done, total)

    @Slot(object)
    def _deliver(self, parcel: _Parcel) -> None:
        if parcel.task not in self._open:
            return  # the program is ending
        self._open.remove(parcel.task)
        self.ended.emit(parcel.task)
        if parcel.error is None:
            if parcel.done is not None:
                parcel.done(parcel.result)
        elif parcel.failed is not None:
            parcel.failed(parcel.error)
        else:
            raise parcel.error

    @property
    def can_halt(self) -> bool:
        """Whether everything under way can be stopped."""
        return all(task.can_stop for task in self._open)

    def halt(self) -> bool:
        """Stops what can be stopped and waits for it; False, and nothing is stopped, when something cannot be."""
        if not self.can_halt:
            return False
        self.shutdown()
        return True

    def shutdown(self) -> None:
        """Asks what runs to stop and waits for it; nobody is told any more how it ended."""
        for task in self._open:
            task.cancel()
        self._pool.clear()
        self._pool.waitForDone()
        self._open.clear()


class _Job(QRunnable):
    """Holds a plain callable; a runnable must never own a QObject."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self._call = call

    def run(self) -> None:
        """Called by the pool, on its thread."""
        self._call()
