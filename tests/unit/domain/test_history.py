"""
The state of a record from the set of its revisions: the conflict table of design section 5, and its laws.

H01 revisions after one another: the last value holds
H02 beside one another: disjoint fields merge, equal values say nothing, different ones are a conflict
H03 a provisional value shows meanwhile: the owner's, then that of the larger revision id
H04 an edit beside a deletion is a listed conflict, and the record stays visible
H05 what has come before its parents is held, and released by itself
H06 a decision closes a conflict; one that crosses a new edit opens it again
H07 the state does not depend on order of arrival nor on duplicates
H08 nothing is lost: every value shown or in conflict is one that a revision set, by the written rule
H09 a history made to be long is told in time that grows with its length
H10 asked for some fields, it says of them and of deletion what it says of them among all
H11 what builds on one revision can be told without that one and what precedes it
H12 two revisions beside each other, told the short way, come to what the whole history says
"""

from collections.abc import Callable, Iterable
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.history import Authored, Conflict, RecordState, resolve
from desktop_app.domain.revision import Revision
from desktop_app.schema.model import DELETED

OWNER, CITY = "620402", "620400"


def by(office: str, rid: str, *parents: str, **fields: object) -> Authored:
    return Authored(Revision(rid, "record", "case", dict(fields), "甲", 0, 1, parents), office)


def own(rid: str, *parents: str, **fields: object) -> Authored:
    return by(OWNER, rid, *parents, **fields)


def city(rid: str, *parents: str, **fields: object) -> Authored:
    return by(CITY, rid, *parents, **fields)


def state(*revisions: Authored) -> RecordState:
    return resolve(revisions, OWNER)


ROOT = own("r0", x=0, y=0)


# --- H01 ------------------------------------------------------------------------------------------


def test_h01_created() -> None:
    assert state(ROOT) == RecordState({"x": 0, "y": 0}, ("r0",), (), ())


def test_h01_nothing_yet() -> None:
    assert state() == RecordState({}, (), (), ())


def test_h01_later_value_holds() -> None:
    found = state(ROOT, own("r1", "r0", x=1), city("r2", "r1", x=2))
    assert found == RecordState({"x": 2, "y": 0}, ("r2",), (), ())


def test_h01_emptied_field_stays_empty() -> None:
    assert state(ROOT, own("r1", "r0", x=None)).values == {"x": None, "y": 0}


def test_h01_deleted_and_undone() -> None:
    gone = own("r1", "r0", deleted=True)
    assert state(ROOT, gone).values[DELETED] is True
    back = state(ROOT, gone, own("r2", "r1", deleted=False))
    assert (back.values[DELETED], back.conflicts) == (False, ())


def test_h01_clock_decides_nothing() -> None:
    early = Authored(Revision("r1", "record", "case", {"x": 1}, "甲", 9_999_999, 1, ("r0",)), OWNER)
    late = Authored(Revision("r2", "record", "case", {"x": 2}, "甲", 1, 1, ("r1",)), OWNER)
    assert state(ROOT, early, late).values["x"] == 2


def test_h01_smaller_id_may_follow_a_larger() -> None:
    assert state(ROOT, own("r9", "r0", x=9), city("r1", "r9", x=1)).values["x"] == 1


# --- H02, H03 -------------------------------------------------------------------------------------


def test_h02_disjoint_fields_merge() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("b", "r0", y=2))
    assert found == RecordState({"x": 1, "y": 2}, ("a", "b"), (), ())


def test_h02_same_field_same_value() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("b", "r0", x=1))
    assert (found.values["x"], found.conflicts, found.heads) == (1, (), ("a", "b"))


def test_h02_same_field_different_values() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("b", "r0", x=2))
    assert found.conflicts == (Conflict("x", (("a", 1), ("b", 2))),)
    assert (found.values, found.heads) == ({"x": 1, "y": 0}, ("a", "b"))


def test_h02_emptied_against_changed() -> None:
    found = state(ROOT, own("a", "r0", x=None), city("b", "r0", x=2))
    assert found.conflicts == (Conflict("x", (("a", None), ("b", 2))),)


def test_h02_back_to_the_same_value() -> None:
    found = state(ROOT, own("a", "r0", x=1), own("c", "a", x=2), city("b", "r0", x=2))
    assert (found.values["x"], found.conflicts) == (2, ())


def test_h02_only_the_last_of_each_side_counts() -> None:
    found = state(ROOT, own("a", "r0", x=1), own("c", "a", x=3), city("b", "r0", x=2), city("d", "b", x=4))
    assert found.conflicts == (Conflict("x", (("c", 3), ("d", 4))),)


def test_h02_two_fields_in_conflict_are_listed_by_key() -> None:
    found = state(ROOT, own("a", "r0", y=1, x=1), city("b", "r0", y=2, x=2))
    assert [one.field for one in found.conflicts] == ["x", "y"]


def test_h02_states_are_a_field_like_any_other() -> None:
    found = state(ROOT, own("a", "r0", state="done"), city("b", "r0", state="returned"))
    assert [one.field for one in found.conflicts] == ["state"]
    assert found.values["state"] == "done"


def test_h02_lists_are_compared_whole() -> None:
    found = state(ROOT, own("a", "r0", x=["p", "q"]), city("b", "r0", x=["p"]))
    assert found.conflicts == (Conflict("x", (("a", ["p", "q"]), ("b", ["p"]))),)


def test_h02_two_creations_of_one_record() -> None:
    found = state(ROOT, city("q0", x=5))
    assert found.conflicts == (Conflict("x", (("r0", 0), ("q0", 5))),)


def test_h02_three_ways() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("b", "r0", x=2), by("620421", "c", "r0", x=3))
    assert found.conflicts == (Conflict("x", (("a", 1), ("c", 3), ("b", 2))),)


def test_h02_three_ways_two_agree() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("b", "r0", x=2), by("620421", "c", "r0", x=2))
    assert found.conflicts == (Conflict("x", (("a", 1), ("c", 2))),)


@pytest.mark.parametrize(("mine", "theirs"), [("a", "b"), ("b", "a")])
def test_h03_owner_before_larger_id(mine: str, theirs: str) -> None:
    found = state(ROOT, own(mine, "r0", x=1), city(theirs, "r0", x=2))
    assert found.values["x"] == 1
    assert found.conflicts[0].values[0] == (mine, 1)


def test_h03_larger_id_where_the_owner_did_nothing() -> None:
    found = state(ROOT, city("a", "r0", x=1), by("620421", "b", "r0", x=2))
    assert (found.values["x"], found.conflicts[0].values) == (2, (("b", 2), ("a", 1)))


def test_h03_larger_id_of_the_owners_two_copies() -> None:
    found = state(ROOT, own("a", "r0", x=1), own("b", "r0", x=2))
    assert (found.values["x"], found.conflicts[0].values) == (2, (("b", 2), ("a", 1)))


# --- H04 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("deletes", "edits"), [(own, city), (city, own)], ids=["owner_deletes", "city_deletes"])
@pytest.mark.parametrize(("gone", "edit"), [("a", "b"), ("b", "a")])
def test_h04_edit_beside_deletion(
    deletes: Callable[..., Authored], edits: Callable[..., Authored], gone: str, edit: str
) -> None:
    found = state(ROOT, deletes(gone, "r0", deleted=True), edits(edit, "r0", x=1))
    assert found.values == {"x": 1, "y": 0, DELETED: False}
    assert found.conflicts == (Conflict(DELETED, ((edit, False), (gone, True))),)


def test_h04_deletion_that_knew_the_edit() -> None:
    found = state(ROOT, city("a", "r0", x=1), own("b", "a", deleted=True))
    assert (found.values[DELETED], found.conflicts) == (True, ())


def test_h04_edit_that_knew_the_deletion() -> None:
    found = state(ROOT, own("a", "r0", deleted=True), city("b", "a", x=1))
    assert (found.values[DELETED], found.conflicts) == (True, ())


def test_h04_deletion_on_both_sides() -> None:
    found = state(ROOT, own("a", "r0", deleted=True), city("b", "r0", deleted=True))
    assert (found.values[DELETED], found.conflicts) == (True, ())


def test_h04_deletion_that_was_undone_before_the_edit_came() -> None:
    found = state(ROOT, own("a", "r0", deleted=True), own("b", "a", deleted=False), city("c", "r0", x=1))
    assert (found.values, found.conflicts) == ({"x": 1, "y": 0, DELETED: False}, ())


@pytest.mark.parametrize("keeps", [True, False])
def test_h04_decision_closes_it(keeps: bool) -> None:
    edit, gone = own("a", "r0", x=1), city("b", "r0", deleted=True)
    found = state(ROOT, edit, gone, city("d", "a", "b", deleted=not keeps))
    assert (found.values[DELETED], found.conflicts, found.heads) == (not keeps, (), ("d",))


def test_h04_edit_crossing_the_decision_to_delete_opens_it_again() -> None:
    edit, gone = own("a", "r0", x=1), city("b", "r0", deleted=True)
    found = state(ROOT, edit, gone, city("d", "a", "b", deleted=True), own("e", "a", x=2))
    assert found.values[DELETED] is False
    assert found.conflicts == (Conflict(DELETED, (("e", False), ("d", True))),)


def test_h04_deletion_against_undoing_is_one_conflict() -> None:
    """Deleted, undone by the owner; deleted anew elsewhere beside an edit that knew of neither."""
    found = state(
        ROOT,
        own("a", "r0", deleted=True),
        city("b", "a", deleted=False),
        own("c", "a", deleted=True),
        by("620421", "e", "r0", x=1),
    )
    assert [one.field for one in found.conflicts] == [DELETED]
    assert found.values[DELETED] is False
    assert found.conflicts[0].values[0][1] is False, "the value that shows comes first"


# --- H05 ------------------------------------------------------------------------------------------


def test_h05_late_parent() -> None:
    child = city("b", "a", x=2)
    assert state(ROOT, child) == RecordState({"x": 0, "y": 0}, ("r0",), (), ("b",))
    assert state(ROOT, child, own("a", "r0", x=1)) == RecordState({"x": 2, "y": 0}, ("b",), (), ())


def test_h05_without_its_creation_nothing_shows() -> None:
    assert state(own("a", "r0", x=1), city("b", "a", y=1)) == RecordState({}, (), (), ("a", "b"))


def test_h05_one_of_two_parents_is_missing() -> None:
    a, merge = own("a", "r0", x=1), city("d", "a", "b", x=3)
    assert state(ROOT, a, merge).held == ("d",)
    assert state(ROOT, a, merge).values["x"] == 1
    released = state(ROOT, a, merge, city("b", "r0", x=2))
    assert (released.held, released.values["x"], released.conflicts) == ((), 3, ())


def test_h05_held_revision_makes_no_conflict() -> None:
    found = state(ROOT, own("a", "r0", x=1), city("c", "b", x=2))
    assert (found.conflicts, found.held) == ((), ("c",))


# --- H06 ------------------------------------------------------------------------------------------

A, B = own("a", "r0", x=1), city("b", "r0", x=2)


@pytest.mark.parametrize("value", [1, 2, 7], ids=["the_owners", "the_citys", "a_third"])
def test_h06_decision_closes(value: int) -> None:
    found = state(ROOT, A, B, city("d", "a", "b", x=value))
    assert found == RecordState({"x": value, "y": 0}, ("d",), (), ())


def test_h06_merge_of_another_field_closes_nothing() -> None:
    found = state(ROOT, A, B, city("d", "a", "b", y=5))
    assert found.conflicts == (Conflict("x", (("a", 1), ("b", 2))),)
    assert (found.heads, found.values) == (("d",), {"x": 1, "y": 5})


def test_h06_new_edit_crossing_the_decision() -> None:
    found = state(ROOT, A, B, city("d", "a", "b", x=2), own("e", "a", x=3))
    assert found.conflicts == (Conflict("x", (("e", 3), ("d", 2))),)
    assert found.values["x"] == 3


def test_h06_new_edit_of_another_field_crossing_the_decision() -> None:
    found = state(ROOT, A, B, city("d", "a", "b", x=2), own("e", "a", y=3))
    assert (found.values, found.conflicts) == ({"x": 2, "y": 3}, ())


def test_h06_two_decisions_that_differ() -> None:
    found = state(ROOT, A, B, city("d", "a", "b", x=2), own("e", "a", "b", x=1))
    assert found.conflicts == (Conflict("x", (("e", 1), ("d", 2))),)


def test_h06_two_decisions_that_agree() -> None:
    found = state(ROOT, A, B, city("d", "a", "b", x=2), own("e", "a", "b", x=2))
    assert (found.values["x"], found.conflicts) == (2, ())


def test_h06_decision_over_one_side_only_closes_nothing() -> None:
    found = state(ROOT, A, B, city("d", "b", x=7))
    assert found.conflicts == (Conflict("x", (("a", 1), ("d", 7))),)


# --- H07, H08 -------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Authored]:
    """Revisions of one record by three offices, some of whose parents may never come; ids in any order."""
    ids = draw(st.permutations([f"r{n}" for n in range(draw(st.integers(1, 8)))]))
    made: list[Authored] = []
    for n, rid in enumerate(ids):
        parents = draw(st.sets(st.sampled_from(ids[:n]), max_size=2)) if n else set()
        if draw(st.integers(0, 9)) == 0:
            parents |= {"lost"}
        values = st.fixed_dictionaries(
            {}, optional={"x": st.integers(0, 2), "y": st.integers(0, 1), DELETED: st.booleans()}
        )
        made.append(by(draw(st.sampled_from([OWNER, CITY, "620421"])), rid, *sorted(parents), **draw(values)))
    return made


@given(histories(), st.data())
def test_h07_order_and_duplicates(history: list[Authored], data: st.DataObject) -> None:
    twice = history + data.draw(st.lists(st.sampled_from(history), max_size=4))
    assert resolve(data.draw(st.permutations(twice)), OWNER) == resolve(history, OWNER)


@pytest.mark.parametrize("order", [1, -1])
def test_h07_one_revision_by_two_ways(order: int) -> None:
    """A repair puts what it saved into a stream of its own vault; whose revision it is does not hang on that."""
    again = Authored(own("r1", "r0", x=1).revision, CITY)
    ways = [own("r1", "r0", x=1), again][::order]
    found = state(ROOT, *ways, city("r2", "r0", x=2))
    assert found == state(ROOT, ways[order < 0], city("r2", "r0", x=2))
    assert found.values["x"] == 1


@given(histories(), st.data())
def test_h07_late_parents_make_no_difference_in_the_end(history: list[Authored], data: st.DataObject) -> None:
    """What was resolved on the way, from part of the set, leaves no trace: the whole set alone decides."""
    part = data.draw(st.lists(st.sampled_from(history), unique_by=lambda one: one.revision.id))
    half = resolve(part, OWNER)
    assert set(half.held) <= {one.revision.id for one in part}
    assert resolve([*part, *history], OWNER) == resolve(history, OWNER)


@given(histories(), st.sets(st.sampled_from(["x", "y"])))
def test_h10_some_fields_only(history: list[Authored], keys: set[str]) -> None:
    whole, part = resolve(history, OWNER), resolve(history, OWNER, keys)
    wanted = keys | {DELETED}
    assert part.values == {key: value for key, value in whole.values.items() if key in wanted}
    assert part.conflicts == tuple(one for one in whole.conflicts if one.field in wanted)
    assert (part.heads, part.held) == (whole.heads, whole.held)


@given(histories(), st.sets(st.sampled_from(["x", "y"])))
def test_h11_without_what_precedes(history: list[Authored], keys: set[str]) -> None:
    """A root, a base on it, and a history that begins at the base: what it does not touch is missing, no more."""
    base = by("620421", "base", "r", x=1)
    later = [
        Authored(msgspec.structs.replace(one.revision, parents=one.revision.parents or ("base",)), one.office)
        for one in history
    ]
    part, whole = resolve(later, OWNER, keys, base="base"), resolve([own("r", x=0, y=0), base, *later], OWNER, keys)
    set_later = {key for one in later if one.revision.id not in part.held for key in one.revision.fields}
    assert part.values == {key: value for key, value in whole.values.items() if key in set_later}
    assert (part.conflicts, part.held) == (whole.conflicts, whole.held)
    assert part.heads == (whole.heads if len(part.held) < len(later) else ())


# --- H12 ------------------------------------------------------------------------------------------

ONE_EACH: list[dict[str, object]] = [
    {},
    {"x": 1, "z": 1},
    {"x": True, "y": {"a": 1, "b": 2}},
    {"y": {"b": 2, "a": 1}, "x": "1"},
    {"z": 2, "x": None},
    {"x": 1, DELETED: True},
    {DELETED: False},
]


@pytest.mark.parametrize("keys", [None, set(), {"x"}, {"x", "y", "z"}])
@pytest.mark.parametrize("is_chain", [False, True])
def test_h12_two_beside_each_other(keys: set[str] | None, is_chain: bool) -> None:
    """Whoever made them and in whatever order they are told; where one builds on the other there is no short way."""
    base = by("620421", "base", x=1)
    for ids in (("b1", "b2"), ("b2", "b1")):
        parents = ("base",), (ids[0],) if is_chain else ("base",)
        for values, offices in product(product(ONE_EACH, repeat=2), product([OWNER, CITY], repeat=2)):
            two = [by(o, i, *p, **v) for o, i, p, v in zip(offices, ids, parents, values, strict=True)]
            part, whole = resolve(two, OWNER, keys, base="base"), resolve([base, *two], OWNER, keys)
            set_later = {key for one in two for key in one.revision.fields}
            shown = {key: value for key, value in whole.values.items() if key in set_later}
            assert (part.values, [*map(type, part.values.values())]) == (shown, [type(shown[k]) for k in part.values])
            assert (part.conflicts, part.heads) == (whole.conflicts, whole.heads)


# --- H09: with a square of it, each of these would take minutes ------------------------------------

MANY = 30_000


def test_h09_newest_has_the_smallest_id() -> None:
    chain = [own(f"{MANY - n:06}", *([f"{MANY - n + 1:06}"] if n else []), x=n) for n in range(MANY)]
    assert state(*chain) == RecordState({"x": MANY - 1}, (f"{1:06}",), (), ())


def test_h09_many_heads() -> None:
    found = state(ROOT, *(own(f"{n:06}", "r0", x=n) for n in range(MANY)))
    assert len(found.heads) == MANY
    assert len(found.conflicts[0].values) == MANY


def _ancestors(rid: str, parents: dict[str, tuple[str, ...]]) -> set[str]:
    return set(parents[rid]).union(*(_ancestors(one, parents) for one in parents[rid]))


def _arrived(history: Iterable[Authored]) -> dict[str, Authored]:
    """By the words of the design: a revision stands when all of its ancestry is there."""
    there = {one.revision.id: one for one in history}
    while lost := [rid for rid, one in there.items() if not there.keys() >= set(one.revision.parents)]:
        for rid in lost:
            del there[rid]
    return there


@given(histories())
def test_h08_by_the_written_rule(history: list[Authored]) -> None:
    found = resolve(history, OWNER)
    there = _arrived(history)
    parents = {rid: one.revision.parents for rid, one in there.items()}
    above = {rid: _ancestors(rid, parents) for rid in there}

    assert set(found.held) == {one.revision.id for one in history} - there.keys()
    assert set(found.heads) == there.keys() - {parent for some in parents.values() for parent in some}
    conflicts = {one.field: dict(one.values) for one in found.conflicts}
    assert len(conflicts) == len(found.conflicts), "one field is listed once"
    assert set(found.values) == {key for one in there.values() for key in one.revision.fields} | (
        {DELETED} & conflicts.keys()
    )
    for key, values in conflicts.items():
        assert next(iter(values.values())) == found.values[key], "the value that shows comes first"
        assert all(there[rid].revision.fields.get(key, False) == value for rid, value in values.items())
    for key in set(found.values) - {DELETED}:
        setters = [rid for rid in there if key in there[rid].revision.fields]
        maximal = [rid for rid in setters if not any(rid in above[other] for other in setters)]
        different = {there[rid].revision.fields[key] for rid in maximal}
        assert set(conflicts.get(key, {}).values()) == (different if len(different) > 1 else set())
        shown = max(maximal, key=lambda rid: (there[rid].office == OWNER, rid))
        assert found.values[key] == there[shown].revision.fields[key]
        if key in conflicts:
            assert next(iter(conflicts[key])) == shown
            assert conflicts[key].keys() <= set(maximal)


@given(histories())
def test_h08_no_edit_is_hidden_by_a_deletion_that_did_not_know_it(history: list[Authored]) -> None:
    found = resolve(history, OWNER)
    if not found.values.get(DELETED):
        return
    there = _arrived(history)
    parents = {rid: one.revision.parents for rid, one in there.items()}
    above = {rid: _ancestors(rid, parents) for rid in there}
    setters = [rid for rid, one in there.items() if DELETED in one.revision.fields]
    deletions = [
        rid
        for rid in setters
        if there[rid].revision.fields[DELETED] and not any(rid in above[other] for other in setters)
    ]
    hidden = [
        rid
        for rid, one in there.items()
        if DELETED not in one.revision.fields
        and any(rid not in above[gone] and gone not in above[rid] for gone in deletions)
    ]
    assert not hidden
