"""
Values that follow from others.

V01 a last day, a flag that holds, a difference that is never below zero
V02 `due_on` is the earliest limit of the steps that are open; none in a final state
V03 nothing depends on today; a stale derived value among the given ones is not believed
V04 `derive_sources` names every field that a derived value or a limit depends on
"""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.derive import DUE_ON, derive_sources, derived_values, open_steps
from desktop_app.domain.limits import WorkCalendar
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import STATE
from tests.unit.schema.small_pack import GOOD, edited

CALENDAR = WorkCalendar({})
CASE = load_pack(GOOD).ledgers["case"]
VISIT = load_pack(GOOD).ledgers["visit"]
MORE_STEPS = """\
[workflow.step.inform]
label = "告知"
from = ["open"]
to = "open"
within = { from = "ended_on", add_days = "n_days", plus = "n_done", days = "day_kind", source = "约定" }
[workflow.step.reopen]
label = "重办"
from = ["done"]
to = "open"
[[checks]]"""
TWO_STEPS = load_pack(edited(("ledgers/case.toml", "[[checks]]", MORE_STEPS))).ledgers["case"]


def derived(values: Mapping[str, object]) -> dict[str, object]:
    return derived_values(CASE, values, CALENDAR)


def test_v01_all_of_an_empty_record() -> None:
    assert derived({}) == {"n_left": None, "is_many": False, "due_by": None, "free_by": None, DUE_ON: None}


@pytest.mark.parametrize(
    ("values", "key", "wanted"),
    [
        ({"came_on": "2025-09-20"}, "due_by", "2025-10-09"),
        ({"came_on": "2025-09-22", "n_days": 15, "day_kind": "working"}, "free_by", "2025-10-17"),
        ({"came_on": "2025-09-22"}, "free_by", None),
        ({"n_people": 9}, "is_many", False),
        ({"n_people": 10}, "is_many", True),
        ({"n_people": 9, "n_done": 4}, "n_left", 5),
        ({"n_people": 9}, "n_left", 9),
        ({"n_people": 4, "n_done": 9}, "n_left", 0),
        ({"n_done": 9}, "n_left", None),
        ({"n_people": 0, "n_done": None}, "n_left", 0),
    ],
)
def test_v01_value(values: Mapping[str, object], key: str, wanted: object) -> None:
    assert derived(values)[key] == wanted


def test_v01_several_are_taken_off() -> None:
    ledger = load_pack(edited(("ledgers/case.toml", 'minus = ["n_done"]', 'minus = ["n_done", "n_days"]'))).ledgers[
        "case"
    ]
    assert derived_values(ledger, {"n_people": 9, "n_done": 2, "n_days": 3}, CALENDAR)["n_left"] == 4


def test_v01_derived_from_a_derived() -> None:
    late = (
        'is_late = { type = "flag", label = "逾期", derive = { where = [{ field = "ended_on", after = "due_by" }] } }\n'
    )
    files = edited(
        ("ledgers/case.toml", "[sections]", late + "[sections]"),
        ("ledgers/case.toml", '"free_by"]', '"free_by", "is_late"]'),
    )
    ledger = load_pack(files).ledgers["case"]
    for ended, is_late in (("2025-10-09", False), ("2025-10-10", True)):
        assert derived_values(ledger, {"came_on": "2025-09-20", "ended_on": ended}, CALENDAR)["is_late"] is is_late
    assert {"came_on", "ended_on", "due_by"} <= derive_sources(ledger)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({STATE: "open", "came_on": "2025-03-05"}, "2025-03-12"),
        ({STATE: "open"}, None),
        ({STATE: "done", "came_on": "2025-03-05"}, None),
        ({"came_on": "2025-03-05"}, None),
    ],
    ids=["open", "no_start_yet", "final_state", "no_state"],
)
def test_v02_limit_of_the_state(values: Mapping[str, object], wanted: str | None) -> None:
    assert derived(values)[DUE_ON] == wanted


@pytest.mark.parametrize(
    ("n_days", "extra", "wanted"),
    [(1, None, "2025-03-06"), (1, 2, "2025-03-10"), (20, 0, "2025-03-12"), (None, 1, "2025-03-12")],
)
def test_v02_earliest_of_two(n_days: int | None, extra: int | None, wanted: str) -> None:
    values = {STATE: "open", "came_on": "2025-03-05", "ended_on": "2025-03-05", "n_days": n_days, "n_done": extra}
    assert derived_values(TWO_STEPS, values, CALENDAR)[DUE_ON] == wanted


def test_v02_open_steps() -> None:
    assert [step.key for step in open_steps(TWO_STEPS, {STATE: "open"})] == ["finish", "inform"]
    assert [step.key for step in open_steps(TWO_STEPS, {STATE: "done"})] == ["reopen"]
    assert open_steps(TWO_STEPS, {}) == []
    assert open_steps(VISIT, {STATE: "open"}) == []


def test_v02_ledger_without_steps() -> None:
    assert derived_values(VISIT, {"went_on": "2025-03-05"}, CALENDAR) == {DUE_ON: None}
    assert derive_sources(VISIT) == frozenset()


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "came_on": st.dates().map(lambda day: f"2025-{day.month:02}-{min(day.day, 28):02}"),
    "n_people": st.integers(0, 20),
    "n_done": st.integers(0, 20),
    "n_days": st.integers(0, 40),
    "day_kind": st.sampled_from(["calendar", "working"]),
    STATE: st.sampled_from(["open", "done"]),
    "summary": st.just("无关"),
}
RECORDS = st.fixed_dictionaries({}, optional={key: st.none() | one for key, one in VALUES.items()})


@given(RECORDS)
def test_v03_stale_values_are_not_believed(values: dict[str, object]) -> None:
    stale = {"n_left": 99, "is_many": True, "due_by": "1999-01-01", "free_by": "1999-01-01", DUE_ON: "1999-01-01"}
    assert derived(values | stale) == derived(values)


def test_v04_sources() -> None:
    wanted = {STATE, "came_on", "n_people", "n_done", "n_days", "day_kind"}
    assert derive_sources(CASE) & {STATE, *CASE.fields} == wanted
    assert "ended_on" in derive_sources(TWO_STEPS)


@given(RECORDS, RECORDS)
def test_v04_a_change_elsewhere_changes_nothing(values: dict[str, object], other: dict[str, object]) -> None:
    sources = derive_sources(CASE)
    changed = values | {key: one for key, one in other.items() if key not in sources}
    assert derived(changed) == derived(values)
