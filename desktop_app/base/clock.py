"""Time as the program sees it: one source, so that tests and the sample year can set it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8))
"""China keeps one zone without summer time; the PC's own setting is not trusted for dates on letters."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_AT = 253_402_214_400_000
"""The last instant that can be shown in any zone, UTC milliseconds: the 31st of December 9999."""


class Clock(Protocol):
    """What the program asks of a clock."""

    def now(self) -> datetime:
        """The present instant, UTC and aware."""
        ...


class SystemClock:
    """The PC's clock."""

    def now(self) -> datetime:
        """The present instant, UTC and aware."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it is put and moves on by `tick` at each reading."""

    at: datetime
    tick: timedelta = timedelta(milliseconds=1)

    def now(self) -> datetime:
        """The instant it stands at, UTC and aware."""
        self.at += self.tick
        return self.at


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """A clock that runs like another one, put on or back by a span."""

    real: Clock
    by: timedelta

    def now(self) -> datetime:
        """The shifted instant, UTC and aware."""
        return self.real.now() + self.by


def millis(instant: datetime) -> int:
    """Milliseconds since 1970 UTC, the form in which instants are stored."""
    return round(instant.timestamp() * 1000)


def instant(at: int) -> datetime:
    """The instant, UTC, of stored milliseconds; reckoned, since Windows knows no time stamp after the year 3000."""
    return _EPOCH + timedelta(milliseconds=at)


def today(clock: Clock) -> date:
    """The calendar day in China."""
    return clock.now().astimezone(CHINA).date()


def local_text(at: int) -> str:
    """A stored instant as a clerk reads it: `2025-03-05 14:07`, Chinese time."""
    return instant(at).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
