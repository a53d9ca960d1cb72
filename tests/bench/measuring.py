"""Runs of two or more sides in turn, a warm-up before them, medians, and the table of what came out."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median

WARM_UPS = 1
_SCALE = {"s": 1.0, "ms": 1000.0, "MB": 1.0}


class Watch:
    """Seconds that the measured part of one run took, by the clock and of the processor."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cpu = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is inside counts; what was thrown away before is not collected at its cost."""
        gc.collect()
        start, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu


Side = Callable[[Watch], None]
"""One run: prepares, lets the watch run over what counts, clears away."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one side took in each run; `cpu` is empty for what is not a time."""

    values: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def interleaved(sides: Mapping[str, Side], runs: int) -> dict[str, Taken]:
    """What every run of every side took; the sides take turns, and each is warmed up first."""
    taken = {name: Taken() for name in sides}
    for turn in range(WARM_UPS + runs):
        for name, side in sides.items():
            watch = Watch()
            side(watch)
            if turn >= WARM_UPS:
                taken[name].values.append(watch.seconds)
                taken[name].cpu.append(watch.cpu)
    return taken


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of the table.

    Attributes:
        family, name: Which module and what in it; told apart by these.
        ours, yardstick: Medians, in seconds (or MB).
        target: The ratio promised; None where there is only something to be told.
        n_rows: Rows that each side handles in that time; 0 where rows per second say nothing.
        spread: Least and most of all runs: of ours, then of the yardstick.
        cpu_ratio: The same ratio by processor time, to judge a run on a busy machine by; None for no time.
    """

    family: str
    name: str
    what: str
    against: str
    ours: float
    yardstick: float
    target: float | None
    unit: str
    n_rows: int
    runs: int
    spread: tuple[float, float, float, float]
    cpu_ratio: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours by the yardstick."""
        return self.ours / self.yardstick if self.yardstick else float("inf")

    @property
    def holds(self) -> bool | None:
        """Whether the ratio is within the target; None without one."""
        return None if self.target is None else self.ratio <= self.target

    def as_json(self) -> dict[str, object]:
        """Every number, unrounded, for a machine."""
        speed = {"ours_per_s": self.n_rows / self.ours, "yardstick_per_s": self.n_rows / self.yardstick}
        more = {"ratio": self.ratio, "holds": self.holds, **(speed if self.n_rows else {})}
        return {**asdict(self), **more}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a line: its name, the two sides in words, the target and how to show it."""

    name: str
    what: str
    against: str
    target: float | None = None
    unit: str = "s"
    n_rows: int = 0
    per: int = 1
    note: str = ""


def compared(family: str, words: Words, ours: Taken, yardstick: Taken) -> Line:
    """The line of two sides; `per` is how many equal pieces a run had."""
    left, right = ([one / words.per for one in side.values] for side in (ours, yardstick))
    return Line(
        family=family,
        name=words.name,
        what=words.what,
        against=words.against,
        ours=median(left),
        yardstick=median(right),
        target=words.target,
        unit=words.unit,
        n_rows=words.n_rows,
        runs=len(left),
        spread=(min(left), max(left), min(right), max(right)),
        cpu_ratio=median(ours.cpu) / median(yardstick.cpu) if ours.cpu and median(yardstick.cpu) else None,
        note=words.note,
    )


def table(lines: Sequence[Line]) -> str:
    """The lines for a person: what, ours, yardstick, ratio, target, holds; then the remarks."""
    head = ["what", "ours", "yardstick", "ratio", "target", "holds?", "by cpu"]
    cells = [head, *(_cells(one) for one in lines)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    rows = [
        "  ".join(_padded(cell, width, i) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    ]
    rows.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{one.family}.{one.name}: {one.note}" for one in lines if one.note]
    return "\n".join([one.rstrip() for one in rows] + (["", *notes] if notes else []))


def _padded(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in {0, 5} else cell.rjust(width)


def _cells(one: Line) -> list[str]:
    target = "" if one.target is None else f"{one.target:g}"
    holds = {True: "yes", False: "NO", None: "-"}[one.holds]
    what = f"{one.what} / {one.against}"
    cpu = "" if one.cpu_ratio is None else f"{one.cpu_ratio:.2f}"
    return [what, _shown(one, one.ours), _shown(one, one.yardstick), f"{one.ratio:.2f}", target, holds, cpu]


def _shown(one: Line, value: float) -> str:
    amount = f"{value * _SCALE[one.unit]:.3g} {one.unit}"
    return f"{amount} ({one.n_rows / value:,.0f}/s)" if one.n_rows and value else amount
