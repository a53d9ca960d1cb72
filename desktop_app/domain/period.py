"""Periods: a year, a quarter, a month, or any span of days, and how a record's own period compares."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from desktop_app.schema.model import Window

SPAN = ".."
_QUARTERS = "一二三四"
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


def parse_range(text: str) -> Period | None:
    """The period of a label, or of two ISO days with `..` between them; None when it is neither, or ends too early."""
    start, dots, end = text.partition(SPAN)
    if not dots:
        return parse_period(text)
    try:
        days = [date.fromisoformat(one) for one in (start, end)]
    except ValueError:
        return None
    return span(*(one.isoformat() for one in days)) if days[0] <= days[1] else None


def period_kind(period: Period) -> Literal["year", "quarter", "month", "span"]:
    """What kind of label it has."""
    if SPAN in period.label:
        return "span"
    if len(period.label) == len("2025"):
        return "year"
    return "quarter" if "Q" in period.label else "month"


def year_before(period: Period) -> Period:
    """The same period of the year before."""
    if SPAN not in period.label:
        year = int(period.label[:4]) - 1
        found = parse_period(f"{year:04}{period.label[4:]}")
        assert found is not None
        return found
    return span(_back(period.start), _back(period.end))


def _back(iso: str) -> str:
    """A year earlier; the 29th of February has the 28th before it."""
    year, month, day = int(iso[:4]) - 1, int(iso[5:7]), int(iso[8:])
    return date(year, month, min(day, monthrange(year, month)[1])).isoformat()


def period_words(label: str) -> str:
    """`2025年度`, `2025年第一季度`, `2025年3月`, `2025年1月1日至6月30日`."""
    start, dots, end = label.partition(SPAN)
    if dots:
        words = [f"{int(one[5:7])}月{int(one[8:])}日" for one in (start, end)]
        return f"{start[:4]}年{words[0]}至{'' if start[:4] == end[:4] else f'{end[:4]}年'}{words[1]}"
    year, _, rest = label.partition("-")
    if not rest:
        return f"{year}年度"
    return f"{year}年第{_QUARTERS[int(rest[1]) - 1]}季度" if rest[0] == "Q" else f"{year}年{int(rest)}月"


def year_period(year: int) -> Period:
    """A calendar year."""
    return Period(str(year), f"{year}-01-01", f"{year}-12-31")


def span(start: str, end: str) -> Period:
    """Any span of ISO days."""
    return Period(f"{start}{SPAN}{end}", start, end)


def window_span(window: Window, period: Period) -> tuple[str, str]:
    """The part of a window that lies in the period, as ISO days; an empty span has its start after its end."""
    year = str(period.year)
    start, end = window.years.get(year, (window.start, window.end))
    return max(f"{year}-{start}", period.start), min(f"{year}-{end}", period.end)
