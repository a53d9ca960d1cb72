"""
Last days of limits (domain.md 3.1; Civil Code 201, 203).

D01 the test vectors of domain.md 3.1
D02 the days of rest and of work that the State Council declared for 2025 and 2026
D03 the pack's own calendar stands over the library's
D04 across New Year, with and without holiday data; an unknown year counts weekends and says so
D05 the day on which a span begins does not count; the last day is always one that is worked
D06 `due_on` takes days and kind from the rule or the record, and is silent while either is missing
"""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.paths import forms_dir
from desktop_app.domain.limits import WorkCalendar, due_on
from desktop_app.schema.load import load_pack, read_files
from desktop_app.schema.model import AddDays, DayKind

LIBRARY = WorkCalendar({})
SHIPPED = WorkCalendar(load_pack(read_files(forms_dir())).holidays)
DAY = timedelta(days=1)


def days(spans: str) -> list[str]:
    """`2025: 1/1 1/28-2/4` as ISO days."""
    year, _, rest = spans.partition(":")
    found = []
    for part in rest.split():
        first, _, last = part.partition("-")
        start, end = (date(int(year), *map(int, one.split("/"))) for one in (first, last or first))
        found += [(start + n * DAY).isoformat() for n in range((end - start).days + 1)]
    return found


REST = {
    2025: days("2025: 1/1 1/28-2/4 4/4-4/6 5/1-5/5 5/31-6/2 10/1-10/8"),
    2026: days("2026: 1/1-1/3 2/15-2/23 4/4-4/6 5/1-5/5 6/19-6/21 9/25-9/27 10/1-10/7"),
}
WORK = {2025: days("2025: 1/26 2/8 4/27 9/28 10/11"), 2026: days("2026: 1/4 2/14 2/28 5/9 9/20 10/10")}


def last(start: str, n: int, kind: DayKind, calendar: WorkCalendar = LIBRARY) -> str:
    return calendar.last_day(date.fromisoformat(start), n, kind).isoformat()


@pytest.mark.parametrize("calendar", [LIBRARY, SHIPPED], ids=["library", "shipped"])
def test_d01_vectors(calendar: WorkCalendar) -> None:
    assert last("2025-09-22", 15, "working", calendar) == "2025-10-17"
    assert last("2025-09-20", 15, "calendar", calendar) == "2025-10-09"


@pytest.mark.parametrize(("year", "calendar"), [(2025, LIBRARY), (2025, SHIPPED), (2026, SHIPPED)])
def test_d02_every_day_of_the_year(year: int, calendar: WorkCalendar) -> None:
    day, wrong = date(year, 1, 1), []
    while day.year == year:
        iso = day.isoformat()
        worked = iso in WORK[year] or (day.weekday() < 5 and iso not in REST[year])
        if calendar.is_workday(day) != worked:
            wrong.append(iso)
        day += DAY
    assert not wrong


@pytest.mark.parametrize("year", [2025, 2026])
def test_d02_year_is_known(year: int) -> None:
    assert SHIPPED.is_known_year(year)


def test_d03_declared_rest_moves_the_last_day() -> None:
    assert last("2025-09-20", 15, "calendar", WorkCalendar({"2025-10-09": True})) == "2025-10-10"


def test_d03_declared_work_holds_the_last_day() -> None:
    assert last("2025-09-20", 15, "calendar", WorkCalendar({"2025-10-05": False})) == "2025-10-05"


def test_d03_declared_rest_takes_no_working_day() -> None:
    assert last("2025-09-22", 15, "working", WorkCalendar({"2025-10-17": True})) == "2025-10-20"


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ({}, "2099-01-01"),  # a Thursday nobody has declared
        ({"2099-01-01": True}, "2099-01-02"),
        ({"2099-01-01": True, "2099-01-02": True, "2099-01-03": False}, "2099-01-03"),
    ],
    ids=["no_data", "rest", "rest_and_a_worked_saturday"],
)
def test_d04_across_new_year_of_an_unknown_year(declared: Mapping[str, bool], wanted: str) -> None:
    calendar = WorkCalendar(declared)
    assert last("2098-12-30", 2, "working", calendar) == wanted
    assert last("2098-12-30", 2, "calendar", calendar) == wanted
    assert calendar.is_known_year(2099) == bool(declared)
    assert not calendar.is_known_year(2098)


def test_d04_across_new_year_of_a_known_year() -> None:
    # 26, 29, 30, 31 December; 4 January is a worked Sunday
    assert last("2025-12-25", 5, "working", SHIPPED) == "2026-01-04"
    assert last("2025-12-25", 10, "working", SHIPPED) == "2026-01-09"
    assert last("2025-12-25", 8, "calendar", SHIPPED) == "2026-01-04"


def test_d04_unknown_year_has_weekends() -> None:
    assert [LIBRARY.is_workday(date(2099, 1, day)) for day in (2, 3, 4, 5)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("start", "n", "kind", "wanted"),
    [
        ("2025-03-05", 1, "calendar", "2025-03-06"),
        ("2025-03-05", 1, "working", "2025-03-06"),
        ("2025-03-07", 1, "working", "2025-03-10"),
        ("2025-03-07", 1, "calendar", "2025-03-10"),
        ("2025-03-05", 0, "calendar", "2025-03-05"),
        ("2025-03-08", 0, "working", "2025-03-10"),
        ("2024-02-28", 1, "calendar", "2024-02-29"),
        ("2026-03-31", -62, "calendar", "2026-01-28"),
        ("2025-12-08", -62, "calendar", "2025-10-09"),
    ],
)
def test_d05_start_does_not_count(start: str, n: int, kind: DayKind, wanted: str) -> None:
    assert last(start, n, kind, SHIPPED) == wanted


@given(st.dates(date(2019, 1, 1), date(2030, 12, 31)), st.integers(0, 90))
def test_d05_calendar_days(start: date, n: int) -> None:
    end = SHIPPED.last_day(start, n, "calendar")
    assert SHIPPED.is_workday(end)
    assert end >= start + n * DAY
    skipped = ((start + n * DAY) + k * DAY for k in range((end - start).days - n))
    assert not any(SHIPPED.is_workday(day) for day in skipped)


@given(st.dates(date(2019, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_d05_working_days(start: date, n: int) -> None:
    end = SHIPPED.last_day(start, n, "working")
    worked = [start + k * DAY for k in range(1, (end - start).days + 1) if SHIPPED.is_workday(start + k * DAY)]
    assert len(worked) == n
    assert worked[-1] == end


@pytest.mark.parametrize(
    ("rule", "values", "wanted"),
    [
        (AddDays("on", 15, "", "calendar"), {"on": "2025-09-20"}, "2025-10-09"),
        (AddDays("on", 15, "", "working"), {"on": "2025-09-22"}, "2025-10-17"),
        (AddDays("on", 15, "", "calendar"), {}, None),
        (AddDays("on", 15, "", "calendar"), {"on": None}, None),
        (AddDays("on", "n", "", "calendar"), {"on": "2025-03-05", "n": 5}, "2025-03-10"),
        (AddDays("on", "n", "", "calendar"), {"on": "2025-03-05"}, None),
        (AddDays("on", 60, "more", "calendar"), {"on": "2025-03-05"}, "2025-05-06"),
        (AddDays("on", 60, "more", "calendar"), {"on": "2025-03-05", "more": None}, "2025-05-06"),
        (AddDays("on", 60, "more", "calendar"), {"on": "2025-03-05", "more": 30}, "2025-06-03"),
        (AddDays("on", 5, "", "kind"), {"on": "2025-03-05", "kind": "working"}, "2025-03-12"),
        (AddDays("on", 5, "", "kind"), {"on": "2025-03-05", "kind": "calendar"}, "2025-03-10"),
        (AddDays("on", 5, "", "kind"), {"on": "2025-03-05"}, "2025-03-10"),
    ],
)
def test_d06_rule(rule: AddDays, values: Mapping[str, object], wanted: str | None) -> None:
    assert due_on(rule, values, LIBRARY) == wanted


@pytest.mark.parametrize("n", [4_000_000, 10**12])
def test_d06_more_days_than_there_are(n: int) -> None:
    """A count may be as large as 10**12; a slip of the finger must not stop the record from being saved."""
    assert due_on(AddDays("on", "n", "", "calendar"), {"on": "2025-03-05", "n": n}, LIBRARY) is None
