"""
Which backups are kept (domain/thinning.py).

H01 the newest of each of the last 12 days, 10 weeks and 9 months; all of the newest day
H02 nothing is rotated away while nothing new is made; more is never dropped by adding one
"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.thinning import kept

START = datetime(2025, 1, 1, 17, tzinfo=UTC)


def test_h01_two_years_of_days() -> None:
    times = [START + timedelta(days=n) for n in range(730)]
    found = sorted(kept(times), reverse=True)
    assert found[:12] == times[:-13:-1]
    assert len(found) <= 12 + 10 + 9
    assert len({(one.year, one.month) for one in found}) == 9
    assert found[-1] == datetime(2026, 4, 30, 17, tzinfo=UTC)


def test_h01_many_in_one_day() -> None:
    old = [START + timedelta(minutes=n) for n in range(30)]
    new = [START + timedelta(days=1, minutes=n) for n in range(30)]
    assert kept(old) == set(old)
    assert kept([*old, *new]) == {*new, old[-1]}


def test_h01_holiday_rotates_nothing_away() -> None:
    times = [START + timedelta(days=n) for n in range(12)]
    assert set(times) <= kept([*times, START + timedelta(days=300)]) | {times[0]}


@given(st.lists(st.integers(0, 400 * 24), min_size=1, max_size=80))
def test_h02_newest_stays_and_twice_is_once(hours: list[int]) -> None:
    times = {START + timedelta(hours=n) for n in hours}
    found = kept(times)
    assert max(times) in found
    assert found <= times
    assert kept(found) == found
