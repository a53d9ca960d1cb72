"""
A period on its way: declared, compared, accepted or sent back, and changed after acceptance.

P01 the board knows who is missing, late, submitted, returned, accepted, and what gaps there are
P02 the city counts again what the county declared, and names the difference
P03 what lies in an accepted period is changed with a reason only, and the city is told
"""

from datetime import UTC, datetime

import pytest

from desktop_app.actions.declaring import declare_period, find_report
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.status import BoardRow, board, own_status
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import ActionRefused
from tests.exchange.world import CITY, COUNTIES, A, B, World, codes, conflicts, content, value


def declare(world: World, county: str, *, is_nil: bool = False) -> str:
    return declare_period(world[county], "2025", filler="李四", leader="王五", is_nil=is_nil).check_code


def report_of(world: World, name: str, county: str) -> str:
    with world[name].read() as connection:
        found = find_report(world[name], connection, "2025", county)
    assert found
    return found.id


def decide(world: World, county: str, step: str, **fields: object) -> None:
    take_step(world.city, report_of(world, CITY, county), step, fields)


def row(world: World, county: str) -> BoardRow:
    return next(one for one in board(world.city, ["2025"]) if one.office == county)


# --- P01 ------------------------------------------------------------------------------------------


def test_p01_missing_then_late__ok(world: World) -> None:
    assert [(one.office, one.state, one.is_late, one.due_by) for one in board(world.city, ["2025"])] == [
        (county, "missing", False, "2026-01-15") for county in COUNTIES
    ]
    world.clock.at = datetime(2026, 1, 20, 1, tzinfo=UTC)
    assert (row(world, A).is_late, row(world, A).n_days_overdue) == (True, 5)
    world.add(A)
    declare(world, A)
    world.up(A)
    assert (row(world, A).state, row(world, A).is_late, row(world, A).n_days_overdue) == ("submitted", True, 0)


def test_p01_submitted_and_accepted__ok(world: World) -> None:
    world.add(A)
    code = declare(world, A)
    done = world.up(A)
    assert codes(done) == set()
    assert (row(world, A).state, row(world, A).is_late, row(world, A).check_code) == ("submitted", False, code)
    decide(world, A, "accept")
    world.down(A)
    assert row(world, A).state == "accepted"
    assert own_status(world[A]).periods == {"2025": "accepted"}
    assert content(world.city, A) == content(world[A])


def test_p01_returned_and_submitted_again__ok(world: World) -> None:
    shared = world.add(A)
    first = declare(world, A)
    world.up(A)
    decide(world, A, "return", opinion="补齐人数", reply_by="2026-01-12")
    world.down(A)
    assert (row(world, A).state, own_status(world[A]).periods) == ("returned", {"2025": "returned"})
    world.clock.at = datetime(2026, 1, 14, 1, tzinfo=UTC)
    assert (row(world, A).is_late, row(world, A).n_days_overdue) == (True, 2)
    edit_record(world[A], shared, {"n_people": 4})
    second = declare(world, A)
    assert second != first
    done = world.up(A)
    assert "package.figures_differ" not in codes(done)
    assert (row(world, A).state, row(world, A).check_code) == ("submitted", second)


def test_p01_refused__ok(world: World) -> None:
    world.add(A)
    declare(world, A)
    world.up(A)
    decide(world, A, "refuse", opinion="不是本单位的材料")
    world.down(A)
    assert own_status(world[A]).periods == {"2025": "refused"}


def test_p01_nil__ok(world: World) -> None:
    declare(world, A, is_nil=True)
    assert codes(world.up(A)) == set()
    assert row(world, A).state == "submitted"
    assert value(world.city, report_of(world, CITY, A), "is_nil") is True


def test_p01_acceptance_crosses_a_new_declaration__ok(world: World) -> None:
    """The city accepts what it has while the county declares anew: a conflict, and no figure is lost."""
    shared = world.add(A)
    declare(world, A)
    world.up(A)
    decide(world, A, "accept")
    edit_record(world[A], shared, {"n_people": 9})
    declare(world, A)
    world.meet(A)
    report = report_of(world, CITY, A)
    assert content(world.city, A) == content(world[A])
    state = value(world[A], report, "state")
    assert (report, "state") in conflicts(world.city) or state == "accepted"


# --- P02 ------------------------------------------------------------------------------------------


def test_p02_city_has_other_figures__ok(world: World) -> None:
    """A correction that the county did not know of when it declared: both figures are said."""
    shared = world.shared(n_people=3)
    edit_record(world.city, shared, {"n_people": 5})
    declare(world, A)
    done = world.up(A)
    assert codes(done) == {"package.figures_differ"}
    note = done.notes[0]
    assert (note.key, note.level) == ("people", "explain")
    assert "涉及人数" in note.message
    assert "2025" in note.message
    assert "3" in note.message
    assert "5" in note.message


def test_p02_deleted_at_the_city__ok(world: World) -> None:
    shared = world.shared()
    world.add(A, summary="另一件")
    delete_record(world.city, shared)
    declare(world, A)
    done = world.up(A)
    assert {one.key for one in done.notes if one.code == "package.figures_differ"} == {"disputes"}


def test_p02_only_the_sender__ok(world: World) -> None:
    """The figures of one county are not asked for when another one sends."""
    shared = world.shared(n_people=3)
    edit_record(world.city, shared, {"n_people": 5})
    declare(world, A)
    world.up(A)
    world.add(B)
    assert "package.figures_differ" not in codes(world.up(B))


# --- P03 ------------------------------------------------------------------------------------------


def accepted(world: World) -> str:
    """A record in a period that the city has accepted, and the county knows it."""
    shared = world.add(A)
    declare(world, A)
    world.up(A)
    decide(world, A, "accept")
    world.down(A)
    return shared


def test_p03_reason_is_asked_for__error(world: World) -> None:
    shared = accepted(world)
    before = content(world[A])
    for change in (
        lambda: edit_record(world[A], shared, {"n_people": 4}),
        lambda: edit_record(world[A], shared, {"heard_on": "2026-01-02"}),
        lambda: delete_record(world[A], shared),
        lambda: world.add(A, summary="补录"),
    ):
        with pytest.raises(ActionRefused) as caught:
            change()
        assert caught.value.code == "record.sealed"
        assert "2025" in str(caught.value)
    assert content(world[A]) == before


def test_p03_line_of_a_sealed_record_asks_for_a_reason__error(world: World) -> None:
    """A line without a date of its own lies in the period of its record."""
    shared = world.add(A)
    line = world.add(A, "progress", parent=shared, note="一")
    later = world.add(A, heard_on="2026-01-03")
    declare(world, A)
    world.up(A)
    decide(world, A, "accept")
    world.down(A)
    before = content(world[A])
    for change in (
        lambda: edit_record(world[A], line, {"note": "二"}),
        lambda: delete_record(world[A], line),
        lambda: world.add(A, "progress", parent=shared, note="补"),
    ):
        with pytest.raises(ActionRefused) as caught:
            change()
        assert caught.value.code == "record.sealed"
    assert content(world[A]) == before
    world.add(A, "progress", parent=later, note="新年")
    edit_record(world[A], line, {"note": "二"}, note="写错")
    assert codes(world.up(A)) == {"package.after_acceptance"}


def test_p03_city_is_told__ok(world: World) -> None:
    shared = accepted(world)
    edit_record(world[A], shared, {"n_people": 4}, note="漏记一人")
    done = world.up(A)
    assert codes(done) == {"package.after_acceptance"}
    assert (done.notes[0].key, done.notes[0].level) == (shared, "explain")
    assert "2025" in done.notes[0].message
    assert value(world.city, shared, "n_people") == 4


def test_p03_changed_before_the_acceptance_came__ok(world: World) -> None:
    """The county did not know yet: the change is taken in like any other."""
    shared = world.add(A)
    declare(world, A)
    world.up(A)
    decide(world, A, "accept")
    edit_record(world[A], shared, {"n_people": 4})
    world.meet(A)
    assert value(world.city, shared, "n_people") == 4
    assert content(world.city, A) == content(world[A])


def test_p03_another_year_is_free__ok(world: World) -> None:
    accepted(world)
    world.add(A, heard_on="2026-01-02")


def test_p03_city_corrects_without_a_reason__ok(world: World) -> None:
    shared = accepted(world)
    edit_record(world.city, shared, {"n_people": 4})
    world.meet(A)
    assert value(world[A], shared, "n_people") == 4
