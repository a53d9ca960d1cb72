"""
Periods.

P01 labels and their first and last days
P02 what is no label is no period
P03 the labelled periods within a span, and those that hold its last day
P04 the part of a window that lies in a period
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.period import Period, parse_period, span, window_span, year_period
from desktop_app.schema.model import Window

SEASON = Window("season", "要约季", "03-01", "05-31", {"2026": ("02-01", "04-30")})
NOT_A_PERIOD = ["", "25", "2025-", "2025-Q0", "2025-Q5", "2025-q1", "2025-13", "2025-00", "2025-3", "2025-03-05"]
HALF_A_PERIOD = ["x2025", "2025 ", "2025\n", "2025-03\n", "0000", "0000-Q1", "２０２５"]


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-Q1", "2025-01-01", "2025-03-31"),
        ("2025-Q2", "2025-04-01", "2025-06-30"),
        ("2025-Q3", "2025-07-01", "2025-09-30"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
    ],
)
def test_p01_label(label: str, start: str, end: str) -> None:
    assert parse_period(label) == Period(label, start, end)


def test_p01_year_and_span() -> None:
    assert year_period(2025) == parse_period("2025")
    assert span("2025-03-05", "2026-01-02") == Period("2025-03-05..2026-01-02", "2025-03-05", "2026-01-02")
    assert span("2025-03-05", "2026-01-02").year == 2026


@pytest.mark.parametrize("label", NOT_A_PERIOD + HALF_A_PERIOD)
def test_p02_no_label(label: str) -> None:
    assert parse_period(label) is None


@given(st.text("0123456789-Qq\n ", max_size=9))
def test_p02_any_text_is_a_period_or_none(text: str) -> None:
    found = parse_period(text)
    assert found is None or (found.label == text and date.fromisoformat(found.start) <= date.fromisoformat(found.end))


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        (parse_period("2025-02"), {"2025-02"}),
        (parse_period("2025-Q1"), {"2025-Q1", "2025-01", "2025-02", "2025-03"}),
        (span("2025-02-15", "2025-05-31"), {"2025-03", "2025-04", "2025-05"}),
        (span("2024-12-01", "2025-03-31"), {"2024-12", "2025-Q1", "2025-01", "2025-02", "2025-03"}),
        (span("2025-02-02", "2025-02-28"), set()),
    ],
)
def test_p03_within(period: Period, labels: set[str]) -> None:
    assert set(period.labels_within()) == labels


def test_p03_a_year_has_seventeen() -> None:
    assert len(year_period(2025).labels_within()) == 1 + 4 + 12


def test_p03_at_end() -> None:
    assert set(span("2024-06-01", "2025-05-10").labels_at_end()) == {"2025", "2025-Q2", "2025-05"}
    assert set(year_period(2025).labels_at_end()) == {"2025", "2025-Q4", "2025-12"}


@pytest.mark.parametrize(
    ("period", "part"),
    [
        (year_period(2025), ("2025-03-01", "2025-05-31")),
        (year_period(2026), ("2026-02-01", "2026-04-30")),
        (parse_period("2025-Q1"), ("2025-03-01", "2025-03-31")),
        (parse_period("2025-04"), ("2025-04-01", "2025-04-30")),
        (span("2024-07-01", "2025-04-15"), ("2025-03-01", "2025-04-15")),
    ],
)
def test_p04_window(period: Period, part: tuple[str, str]) -> None:
    assert window_span(SEASON, period) == part


@pytest.mark.parametrize("label", ["2025-01", "2025-Q3"])
def test_p04_window_outside_is_empty(label: str) -> None:
    period = parse_period(label)
    assert period
    start, end = window_span(SEASON, period)
    assert start > end
