"""The ways in which one field gets its values over all rows of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Protocol

IsWorkday = Callable[[date], bool]


class Column(Protocol):
    """A rule whose values are made for all rows at once, so that totals and counts come out exactly."""

    def values(self, rng: Random, places: Sequence[str], is_workday: IsWorkday) -> list[object]:
        """One value for each row; `places` holds the office of each, the rows of one office together."""
        ...


@dataclass(frozen=True, slots=True)
class Always:
    """The same value in every row."""

    value: object

    def values(self, _rng: Random, places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column."""
        return [self.value] * len(places)


@dataclass(frozen=True, slots=True)
class Mix:
    """Each value in exactly so many rows, shuffled."""

    parts: tuple[tuple[object, int], ...]

    def values(self, rng: Random, _places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column; as many values as the parts add up to."""
        found = [value for value, n in self.parts for _ in range(n)]
        rng.shuffle(found)
        return found


@dataclass(frozen=True, slots=True)
class Draw:
    """One of the values for each row; a value named twice comes up twice as often."""

    options: tuple[object, ...]

    def values(self, rng: Random, places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column."""
        return [rng.choice(self.options) for _ in places]


@dataclass(frozen=True, slots=True)
class Cycle:
    """The values in turn, from the first row of the batch on."""

    options: tuple[object, ...]

    def values(self, _rng: Random, places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column."""
        return [self.options[i % len(self.options)] for i in range(len(places))]


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both within."""

    low: int
    high: int

    def values(self, rng: Random, places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column."""
        return [rng.randint(self.low, self.high) for _ in places]


@dataclass(frozen=True, slots=True)
class Spread:
    """
    A total split unevenly over the rows, each share from `low` to `high`.

    Attributes:
        grains: Round figures to prefer, largest first; the first one that the total allows is used.
    """

    total: int
    low: int
    high: int
    grains: tuple[int, ...] = ()

    def values(self, rng: Random, places: Sequence[str], _is_workday: IsWorkday) -> list[object]:
        """See Column; adds up to the total exactly."""
        n = len(places)
        grain = next((one for one in self.grains if self.total % one == 0 and 4 * n * one <= self.total), 1)
        shares = _split(rng, self.total // grain, n, -(-self.low // grain), self.high // grain)
        return [share * grain for share in shares]

    def fits(self, n: int) -> bool:
        """Whether the total can be split over so many rows."""
        return n * self.low <= self.total <= n * self.high


def _split(rng: Random, total: int, n: int, low: int, high: int) -> list[int]:
    weights = [rng.uniform(0.25, 1.75) ** 2 for _ in range(n)]
    shares = [low] * n
    while (rest := total - sum(shares)) > 0:
        room = [i for i in range(n) if shares[i] < high]
        whole = sum(weights[i] for i in room)
        for i in room:
            shares[i] += min(int(rest * weights[i] / whole), high - shares[i])
        if total - sum(shares) == rest:  # less than one for each: the heaviest take one more
            for i in sorted(room, key=lambda i: -weights[i])[:rest]:
                shares[i] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Dates:
    """Working days from `first` to `last`, in order within each office, as ledgers are kept."""

    first: date
    last: date

    def values(self, rng: Random, places: Sequence[str], is_workday: IsWorkday) -> list[object]:
        """See Column."""
        days = possible_days(self.first, self.last, is_workday)
        found: list[object] = []
        for office in dict.fromkeys(places):
            found += sorted(rng.choices(days, k=places.count(office)))
        return found


def possible_days(first: date, last: date, is_workday: IsWorkday) -> list[str]:
    """The ISO working days of a span; all its days where it has none, or is a single day that was meant."""
    days = [first + timedelta(i) for i in range((last - first).days + 1)]
    worked = [day for day in days if is_workday(day)] if first != last else []
    return [day.isoformat() for day in worked or days]
