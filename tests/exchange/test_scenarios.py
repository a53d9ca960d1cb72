"""
Two offices at work on one record: nothing is lost, and both end with the same record.

X01 the same field set on both sides: both keep the same open conflict, and show the owning office's value
X02 different fields, and the same value, need nobody
X03 an edit beside a deletion is a listed conflict, and the record stays visible
X05 a decision travels, and what crosses it is not hidden by it
"""

import pytest

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.records import delete_record, restore_record
from desktop_app.storage.records import history
from tests.exchange.world import (
    CITY,
    A,
    World,
    both_edit,
    conflicts,
    content,
    edit,
    record,
    same_content,
    value,
)

SIDES = pytest.mark.parametrize("first", [A, CITY])
"""Which side writes first; the clock must not decide anything."""


def values_ever(world: World, name: str, record_id: str, key: str) -> set[object]:
    """Every value of a field that stands in the history of a record."""
    with world[name].read() as connection:
        return {one.revision.fields[key] for one in history(connection, record_id) if key in one.revision.fields}


def decide(world: World, name: str, record_id: str, key: str, office: str) -> None:
    """The conflict is decided for the value of an office."""
    found = next(one for one in list_conflicts(world[name]) if (one.record, one.field) == (record_id, key))
    chosen = next(c for c in found.choices if c.office == {A: "白银区总工会", CITY: "白银市总工会"}[office])
    decide_conflict(world[name], record_id, key, chosen.revision)


# --- X01 ------------------------------------------------------------------------------------------


@SIDES
def test_x01_same_field__ok(world: World, first: str) -> None:
    shared = world.shared()
    both_edit(world, first, shared, summary=("县", "市"))
    world.meet(A)
    wanted = {(shared, "summary"): [(A, "县"), (CITY, "市")]}
    assert conflicts(world.city) == conflicts(world[A]) == wanted
    assert value(world.city, shared, "summary") == value(world[A], shared, "summary") == "县"
    assert values_ever(world, A, shared, "summary") == {"欠薪三个月", "县", "市"}
    same_content(world)


def test_x01_third_change_before_they_meet__ok(world: World) -> None:
    """Only the last value of each side stands against the other; the ones before are history."""
    shared = world.shared()
    for n in (1, 2, 3):
        edit(world, A, shared, summary=f"县{n}")
        edit(world, CITY, shared, summary=f"市{n}")
    world.meet(A)
    assert conflicts(world.city) == {(shared, "summary"): [(A, "县3"), (CITY, "市3")]}
    assert len(values_ever(world, CITY, shared, "summary")) == 7
    same_content(world)


def test_x01_record_of_the_city_itself__ok(world: World) -> None:
    """The county never sees it, and it is not the county's to change."""
    own = world.add(CITY, "employer", name="市属企业")
    world.meet(A)
    assert own not in content(world[A])
    assert content(world.city, CITY)[own][1] == CITY


@pytest.mark.parametrize("order", [(A, "copy"), ("copy", A)])
def test_x01_three_sides__ok(world: World, order: tuple[str, str]) -> None:
    """Two PCs of the county and the city: three values, one conflict, the same for all."""
    shared = world.shared()
    world.copy(A, "copy")
    for name, text in ((A, "一号机"), ("copy", "二号机"), (CITY, "市")):
        edit(world, name, shared, summary=text)
    for name in order:
        world.take(CITY, world.package(name, CITY))
    assert {found for _, found in conflicts(world.city)[shared, "summary"]} == {"一号机", "二号机", "市"}
    for _ in range(2):
        for name in order:
            world.take(name, world.package(CITY, name))
            world.take(CITY, world.package(name, CITY))
    assert content(world[A]) == content(world["copy"]) == content(world.city, A)
    decide(world, CITY, shared, "summary", CITY)
    assert conflicts(world.city) == {}


# --- X02 ------------------------------------------------------------------------------------------


@SIDES
def test_x02_different_fields__ok(world: World, first: str) -> None:
    shared = world.shared()
    for name in (first, CITY if first == A else A):
        edit(world, name, shared, **({"n_people": 7} if name == A else {"topic": "wages"}))
    done = world.up(A)
    assert done.ledgers["dispute"]["merged"] == 1
    world.meet(A)
    assert conflicts(world.city) == conflicts(world[A]) == {}
    assert [value(world[A], shared, key) for key in ("n_people", "topic", "summary")] == [7, "wages", "欠薪三个月"]
    same_content(world)


@SIDES
def test_x02_same_value__ok(world: World, first: str) -> None:
    shared = world.shared()
    both_edit(world, first, shared, summary=("同样", "同样"))
    world.meet(A)
    assert conflicts(world.city) == conflicts(world[A]) == {}
    assert value(world.city, shared, "summary") == "同样"
    same_content(world)


def test_x02_next_edit_joins_the_heads__ok(world: World) -> None:
    shared = world.shared()
    edit(world, A, shared, n_people=7)
    edit(world, CITY, shared, topic="wages")
    world.meet(A)
    assert len(record(world.city, shared).heads) == 2
    edit(world, A, shared, summary="合并之后")
    world.meet(A)
    assert len(record(world.city, shared).heads) == 1
    same_content(world)


def test_x02_emptied_on_one_side__ok(world: World) -> None:
    """Making a field empty is a change like any other: against a value it is a conflict."""
    shared = world.shared(n_people=3)
    both_edit(world, A, shared, n_people=(None, 5))
    world.meet(A)
    assert conflicts(world[A]) == {(shared, "n_people"): [(A, None), (CITY, 5)]}
    assert value(world.city, shared, "n_people") is None
    same_content(world)


# --- X03 ------------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize("deletes", [A, CITY])
def test_x03_edit_beside_deletion__ok(world: World, first: str, deletes: str) -> None:
    shared = world.shared()
    for name in (first, CITY if first == A else A):
        if name == deletes:
            delete_record(world[name], shared)
        else:
            edit(world, name, shared, summary="还要用")
    world.meet(A)
    edits = CITY if deletes == A else A
    assert conflicts(world.city) == conflicts(world[A]) == {(shared, "deleted"): [(edits, False), (deletes, True)]}
    for name in (A, CITY):
        stored = record(world[name], shared)
        assert (stored.is_deleted, stored.values["summary"]) == (False, "还要用")
    same_content(world)


@pytest.mark.parametrize("stays", [True, False])
def test_x03_decided__ok(world: World, stays: bool) -> None:
    shared = world.shared()
    delete_record(world[A], shared)
    edit(world, CITY, shared, summary="还要用")
    world.meet(A)
    decide(world, CITY, shared, "deleted", CITY if stays else A)
    world.meet(A)
    assert conflicts(world.city) == conflicts(world[A]) == {}
    assert record(world[A], shared).is_deleted == (not stays)
    same_content(world)


def test_x03_both_delete__ok(world: World) -> None:
    shared = world.shared()
    for name in (A, CITY):
        delete_record(world[name], shared)
    world.meet(A)
    assert conflicts(world.city) == {}
    assert record(world.city, shared).is_deleted
    same_content(world)


def test_x03_deleted_and_restored__ok(world: World) -> None:
    """A restored record is edited by the other side, which never saw it gone."""
    shared = world.shared()
    delete_record(world[A], shared)
    restore_record(world[A], shared)
    edit(world, CITY, shared, summary="照常")
    world.meet(A)
    assert conflicts(world.city) == {}
    assert (record(world[A], shared).is_deleted, value(world[A], shared, "summary")) == (False, "照常")
    same_content(world)


def test_x03_restored_against_deleted_again__ok(world: World) -> None:
    """Both saw it gone; one side took it back, the other deleted what it had edited: one conflict, no more."""
    shared = world.shared()
    delete_record(world[A], shared)
    world.meet(A)
    restore_record(world[A], shared)
    edit(world, A, shared, summary="县里恢复后改")
    restore_record(world.city, shared)
    edit(world, CITY, shared, n_people=4)
    delete_record(world.city, shared)
    world.meet(A)
    assert [key for key in conflicts(world.city) if key[1] == "deleted"] == [(shared, "deleted")]
    assert not record(world.city, shared).is_deleted
    same_content(world)


def test_x03_county_deletes_beside_edit_and_restore__ok(world: World) -> None:
    """The owner's deletion stands against a restore and against an edit: one conflict, and the record shows."""
    shared = world.shared()
    delete_record(world[A], shared)
    edit(world, CITY, shared, n_people=4)
    delete_record(world.city, shared)
    restore_record(world.city, shared)
    world.meet(A)
    assert list(conflicts(world.city)) == [(shared, "deleted")]
    same_content(world)


def test_x03_parent_deleted_beside_new_row__ok(world: World) -> None:
    """A row added to a record that the other side deleted is not lost: both still have it."""
    shared = world.shared()
    row = world.add(CITY, "progress", parent=shared, note="已电话联系")
    delete_record(world[A], shared)
    world.meet(A)
    assert value(world.city, row, "note") == "已电话联系"
    assert record(world[A], shared).is_deleted


# --- X05 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [A, CITY])
@pytest.mark.parametrize("for_", [A, CITY])
def test_x05_decision_travels__ok(world: World, who: str, for_: str) -> None:
    shared = world.shared()
    both_edit(world, A, shared, summary=("县", "市"))
    world.meet(A)
    decide(world, who, shared, "summary", for_)
    world.meet(A)
    assert conflicts(world.city) == conflicts(world[A]) == {}
    assert value(world.city, shared, "summary") == {A: "县", CITY: "市"}[for_]
    same_content(world)


def test_x05_both_decide_alike__ok(world: World) -> None:
    shared = world.shared()
    both_edit(world, A, shared, summary=("县", "市"))
    world.meet(A)
    for name in (A, CITY):
        decide(world, name, shared, "summary", CITY)
    world.meet(A)
    assert conflicts(world.city) == conflicts(world[A]) == {}
    assert value(world[A], shared, "summary") == "市"
    same_content(world)


def test_x05_both_decide_otherwise__ok(world: World) -> None:
    """Two decisions against each other are a conflict again, until one person decides."""
    shared = world.shared()
    both_edit(world, A, shared, summary=("县", "市"))
    world.meet(A)
    decide(world, A, shared, "summary", CITY)
    decide(world, CITY, shared, "summary", A)
    world.meet(A)
    assert conflicts(world.city) == {(shared, "summary"): [(A, "市"), (CITY, "县")]}
    same_content(world)


@SIDES
def test_x05_decision_crosses_an_edit__ok(world: World, first: str) -> None:
    """The edit was made in sight of the conflict too, and the decision does not know it: both are shown."""
    shared = world.shared()
    both_edit(world, A, shared, summary=("县", "市"))
    world.meet(A)
    if first == A:
        edit(world, A, shared, summary="县里又改")
    decide(world, CITY, shared, "summary", CITY)
    if first != A:
        edit(world, A, shared, summary="县里又改")
    world.meet(A)
    assert conflicts(world[A]) == {(shared, "summary"): [(A, "县里又改"), (CITY, "市")]}
    same_content(world)


def test_x05_decision_of_one_field_leaves_the_other__ok(world: World) -> None:
    shared = world.shared()
    both_edit(world, A, shared, summary=("县", "市"), n_people=(1, 2))
    world.meet(A)
    decide(world, CITY, shared, "summary", CITY)
    world.meet(A)
    assert conflicts(world[A]) == {(shared, "n_people"): [(A, 1), (CITY, 2)]}
    same_content(world)
