"""
What the city decides: many conflicts by one rule, and a declared period.

J01 a rule decides the conflicts it fits, as revisions that travel; the others stay for a person
J02 a period is looked at with the figures of both sides and the explanations, then accepted, returned or refused
J03 a change to a line of a returned record answers the return like a change to the record itself
"""

import pytest

from desktop_app.actions.conflicts import decide_conflicts
from desktop_app.actions.declaring import declare_period
from desktop_app.actions.periods import decide_period, declared_period
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.returns import ReturnGiven, add_return, list_returns
from desktop_app.base.errors import ActionRefused, RecordInvalid
from tests.exchange.world import CITY, A, World, code_of, conflicts, content, dump, value


def both_edit(world: World, record: str, city: str, county: str) -> None:
    edit_record(world.city, record, {"summary": city})
    edit_record(world[A], record, {"summary": county})


# --- J01 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "wanted"), [("owner", "县"), ("city", "市"), ("shown", "县")])
def test_j01_all_by_one_rule__ok(world: World, rule: str, wanted: str) -> None:
    records = [world.shared(summary=f"第{n}件") for n in range(3)]
    for one in records:
        both_edit(world, one, "市", "县")
    world.up(A)
    assert len(conflicts(world.city)) == 3
    done = decide_conflicts(world.city, rule)
    assert (done.n_decided, done.n_left) == (3, 0)
    assert set(done.changes.record_ids) == set(records)
    assert conflicts(world.city) == {}
    world.down(A)
    world.meet(A)
    assert {value(world[A], one, "summary") for one in records} == {wanted}
    assert content(world[A]) == content(world.city, A)


def test_j01_fields_of_one_record_in_one_revision__ok(world: World) -> None:
    record = world.shared()
    edit_record(world.city, record, {"summary": "市", "n_people": 1})
    edit_record(world[A], record, {"summary": "县", "n_people": 2})
    world.up(A)
    assert decide_conflicts(world.city, "city").n_decided == 2
    assert (value(world.city, record, "summary"), value(world.city, record, "n_people")) == ("市", 1)
    assert conflicts(world.city) == {}


def test_j01_edit_against_deletion__ok(world: World) -> None:
    record = world.shared()
    delete_record(world[A], record)
    edit_record(world.city, record, {"summary": "市"})
    world.up(A)
    assert decide_conflicts(world.city, "owner").n_decided == 1
    assert conflicts(world.city) == {}
    assert content(world.city)[record][3] is True  # deleted


def test_j01_another_ledger__ok(world: World) -> None:
    record = world.shared()
    both_edit(world, record, "市", "县")
    world.up(A)
    done = decide_conflicts(world.city, "owner", ledger="employer")
    assert (done.n_decided, done.n_left) == (0, 0)
    assert len(conflicts(world.city)) == 1


def test_j01_rule_that_does_not_decide__ok(world: World) -> None:
    """Two PCs of the county differ, the city said nothing: no value of the city's, two of the county's."""
    record = world.shared()
    world.copy(A, "copy")
    edit_record(world[A], record, {"summary": "甲"})
    edit_record(world["copy"], record, {"summary": "乙"})
    world.up(A)
    world.take(CITY, world.package("copy", CITY))
    before = dump(world.city)
    for rule in ("owner", "city"):
        assert decide_conflicts(world.city, rule).n_left == 1
    assert dump(world.city) == before


def test_j01_unknown_rule__error(world: World) -> None:
    assert code_of(lambda: decide_conflicts(world.city, "newest")) == "conflict.unknown_rule"


# --- J02 ------------------------------------------------------------------------------------------


def declared(world: World) -> str:
    record = world.add(A, explanation="因疫情推迟")
    declare_period(world[A], "2025", filler="甲", leader="乙")
    world.up(A)
    return record


def test_j02_both_sides_have_the_same_code__ok(world: World) -> None:
    record = declared(world)
    found = declared_period(world.city, A, "2025")
    assert found.check_code == found.code_here != ""
    assert found.different == ()
    assert [(one.record, one.text) for one in found.explained] == [(record, "因疫情推迟")]
    assert (found.filler, found.leader, found.n_records, found.state) == ("甲", "乙", 1, "submitted")


def test_j02_figures_differ__ok(world: World) -> None:
    record = declared(world)
    delete_record(world.city, record)
    found = declared_period(world.city, A, "2025")
    assert found.check_code != found.code_here
    assert all(one.declared != one.found for one in found.different)
    assert found.different


def test_j02_decided__ok(world: World) -> None:
    declared(world)
    decide_period(world.city, A, "2025", "return", {"opinion": "缺一份记录", "reply_by": "2026-02-10"})
    found = declared_period(world.city, A, "2025")
    assert (found.state, found.opinion, found.reply_by) == ("returned", "缺一份记录", "2026-02-10")


def test_j02_return_without_a_day__error(world: World) -> None:
    declared(world)
    with pytest.raises(RecordInvalid):
        decide_period(world.city, A, "2025", "return", {"opinion": "缺一份记录"})
    assert declared_period(world.city, A, "2025").state == "submitted"


def test_j02_cannot__error(world: World) -> None:
    assert code_of(lambda: declared_period(world.city, A, "2025")) == "period.not_declared"
    assert code_of(lambda: decide_period(world.city, A, "2025", "resubmit")) == "period.unknown_step"
    declared(world)
    with pytest.raises(ActionRefused) as caught:
        decide_period(world[A], A, "2025", "accept")
    assert caught.value.code == "record.step_not_yours"


# --- J03 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["added", "changed", "deleted"])
def test_j03_line_answers_for_its_record__ok(world: World, how: str) -> None:
    record = world.add(A)
    line = world.add(A, "progress", parent=record, note="一")
    other = world.add(A, summary="二")
    world.meet(A)
    for one in (record, other):
        add_return(world.city, ReturnGiven(one, "请补充进展"))
    world.down(A)
    if how == "added":
        world.add(A, "progress", parent=record, note="二")
    elif how == "changed":
        edit_record(world[A], line, {"note": "改"})
    else:
        delete_record(world[A], line)
    world.up(A)
    states = {one.values["record"]: one.values["state"] for one in list_returns(world.city)}
    assert states == {record: "resubmitted", other: "open"}
