"""
Last days of limits, by calendar days or working days.

Civil Code articles 201 and 203: the day on which a span begins does not count; a last day that is a
statutory day of rest moves to the next working day. Working days follow the State Council's yearly
notice: first the pack's own calendar, then the chinesecalendar library, and for a year that neither
knows, weekends only (`is_known_year` tells, so that the screen can say so).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from desktop_app.schema.model import AddDays, DayKind

_ONE = timedelta(days=1)
_MOST_DAYS = 36_525
"""A hundred years: more is a slip of the hand, and counting it day by day would stop the PC."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """
    Which days are worked.

    Attributes:
        declared: ISO day → is rest, from the pack; stands over the library.
    """

    declared: Mapping[str, bool]

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        rest = self.declared.get(day.isoformat())
        if rest is not None:
            return not rest
        return _is_workday(day)

    def is_known_year(self, year: int) -> bool:
        """Whether the days of rest of this year are known; else weekends stand in for them."""
        if any(day.startswith(f"{year}-") for day in self.declared):
            return True
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:  # the library's word for a year without a notice
            return False
        return True

    def last_day(self, start: date, days: int, kind: DayKind) -> date:
        """The last day of a span of `days` that begins on `start`."""
        day = start
        if kind == "calendar":
            day += timedelta(days)
        else:
            for _ in range(days):
                day = self._next_workday(day)
        return day if self.is_workday(day) else self._next_workday(day)

    def _next_workday(self, day: date) -> date:
        day += _ONE
        while not self.is_workday(day):
            day += _ONE
        return day


@cache
def _is_workday(day: date) -> bool:
    """By the library, which searches its whole table at each call; by weekday for a year it has no notice for."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the library's word for a year without a notice
        return day.weekday() < 5


def due_on(rule: AddDays, values: Mapping[str, object], calendar: WorkCalendar) -> str | None:
    """The ISO last day of a limit for a record; None while its start or its number of days is not known."""
    start = values.get(rule.start)
    days = values.get(rule.days) if isinstance(rule.days, str) else rule.days
    extra = values.get(rule.plus) if rule.plus else 0
    kind = rule.kind if rule.kind in ("calendar", "working") else values.get(rule.kind)
    if not isinstance(start, str) or not isinstance(days, int):
        return None
    total = days + (extra if isinstance(extra, int) else 0)
    if abs(total) > _MOST_DAYS:
        return None
    return calendar.last_day(
        date.fromisoformat(start), total, "working" if kind == "working" else "calendar"
    ).isoformat()
