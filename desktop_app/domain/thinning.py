"""Which of many backups are kept: 12 days, 10 weeks and 9 months, the newest of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

DAYS, WEEKS, MONTHS = 12, 10, 9


def kept(times: Iterable[datetime]) -> set[datetime]:
    """
    The times to keep: all of the newest day, and the newest of each of the last days, weeks and months that have one.

    Days without a backup do not count, so that a holiday rotates nothing away.
    """
    newest_first = sorted(times, reverse=True)
    found = {one for one in newest_first if one.date() == newest_first[0].date()}
    parts: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda at: at.date()),
        (WEEKS, lambda at: at.isocalendar()[:2]),
        (MONTHS, lambda at: (at.year, at.month)),
    )
    for n_kept, part_of in parts:
        newest: dict[object, datetime] = {}
        for at in newest_first:
            newest.setdefault(part_of(at), at)
        found.update(list(newest.values())[:n_kept])
    return found
