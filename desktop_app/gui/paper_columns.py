"""How the columns of a list share the width of a sheet, or of several side by side: numbers only, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What one column asks for, in any unit.

    Attributes:
        least: Below this words would be torn apart.
        natural: No cell needs a second line.
    """

    least: float
    natural: float


@dataclass(frozen=True, slots=True)
class Band:
    """The columns on one sheet, by their places in the list, and how wide each is."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]


def fits_one_sheet(wishes: Sequence[Wish], room: float) -> bool:
    """Whether all columns find room beside each other, their cells wrapped."""
    return sum(one.least for one in wishes) <= room


def share_out(wishes: Sequence[Wish], room: float, n_keys: int) -> list[Band]:
    """
    The columns on as few sheets side by side as they need, the first `n_keys` of them on each.

    Sheets are filled evenly: one with a single column at the end helps nobody.
    """
    keys, others = range(n_keys), range(n_keys, len(wishes))
    taken = sum(wishes[at].least for at in keys)
    n_sheets = 1
    while True:
        most = (room - taken) if n_sheets == 1 else _even(wishes, others, n_sheets, room - taken)
        groups = _fill(wishes, others, most)
        if len(groups) <= max(n_sheets, 1):
            break
        n_sheets = len(groups)
    return [_band(wishes, (*keys, *group), room) for group in groups]


def _even(wishes: Sequence[Wish], others: range, n_sheets: int, room: float) -> float:
    """The least width at which the columns stay on so many sheets."""
    low, high = sum(wishes[at].least for at in others) / n_sheets, room
    for _ in range(20):
        middle = (low + high) / 2
        if len(_fill(wishes, others, middle)) <= n_sheets:
            high = middle
        else:
            low = middle
    return high


def _fill(wishes: Sequence[Wish], others: range, most: float) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    used = 0.0
    for at in others:
        if groups[-1] and used + wishes[at].least > most:
            groups.append([])
            used = 0.0
        groups[-1].append(at)
        used += wishes[at].least
    return groups


def _band(wishes: Sequence[Wish], columns: tuple[int, ...], room: float) -> Band:
    """Each column gets its least; what is left goes to those that need more, as much as they lack."""
    least = [wishes[at].least for at in columns]
    lacking = [max(0.0, wishes[at].natural - wishes[at].least) for at in columns]
    spare = room - sum(least)
    if spare < 0:  # a single column wider than the sheet
        return Band(columns, tuple(one * room / sum(least) for one in least))
    if sum(lacking) > spare:
        level = _level(lacking, spare)
        return Band(columns, tuple(one + min(level, more) for one, more in zip(least, lacking, strict=True)))
    natural = [one + more for one, more in zip(least, lacking, strict=True)]
    return Band(columns, tuple(one * room / sum(natural) for one in natural))


def _level(lacking: Sequence[float], spare: float) -> float:
    """How much more each column may get at most, so that short columns are satisfied before long ones."""
    steps = [0.0, *sorted(lacking)]
    for n_done, (before, after) in enumerate(pairwise(steps)):
        n_left = len(lacking) - n_done
        if (after - before) * n_left >= spare:
            return before + spare / n_left
        spare -= (after - before) * n_left
    return steps[-1]
