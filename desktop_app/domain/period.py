"""Periods: a year, a quarter, a month, or any span of days, and how a record's own period compares."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from desktop_app.schema.model import Window

_LABEL = re.compile(r"([12][0-9]{3})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends within it, as ISO text; `label` is `2025`, `2025-Q1`, `2025-03` or the span."""

    label: str
    start: str
    end: str

    @property
    def year(self) -> int:
        """The year of the last day."""
        return int(self.end[:4])

    def labels_within(self) -> tuple[str, ...]:
        """Labels of the years, quarters and months that lie wholly within this period."""
        return tuple(one.label for one in self._parts() if one.start >= self.start and one.end <= self.end)

    def labels_at_end(self) -> tuple[str, ...]:
        """Labels of the month, quarter and year that hold the last day."""
        return tuple(one.label for one in self._parts() if one.start <= self.end <= one.end)

    def _parts(self) -> list[Period]:
        """Every labelled period of the years this one touches."""
        parts = []
        for year in range(int(self.start[:4]), self.year + 1):
            labels = [
                f"{year}",
                *(f"{year}-Q{q}" for q in range(1, 5)),
                *(f"{year}-{m:02}" for m in range(1, 13)),
            ]
            parts += [one for label in labels if (one := parse_period(label))]
        return parts


def parse_period(label: str) -> Period | None:
    """The period of a label, None when it is none."""
    found = _LABEL.fullmatch(label)
    if not found:
        return None
    year = int(found[1])
    first, last = 1, 12
    if found[2]:
        first, last = int(found[2]) * 3 - 2, int(found[2]) * 3
    elif found[3]:
        first = last = int(found[3])
    end = date(year, last, monthrange(year, last)[1])
    return Period(label, date(year, first, 1).isoformat(), end.isoformat())


def year_period(year: int) -> Period:
    """A calendar year."""
    return Period(str(year), f"{year}-01-01", f"{year}-12-31")


def span(start: str, end: str) -> Period:
    """Any span of ISO days."""
    return Period(f"{start}..{end}", start, end)


def window_span(window: Window, period: Period) -> tuple[str, str]:
    """The part of a window that lies in the period, as ISO days; an empty span has its start after its end."""
    year = str(period.year)
    start, end = window.years.get(year, (window.start, window.end))
    return max(f"{year}-{start}", period.start), min(f"{year}-{end}", period.end)
