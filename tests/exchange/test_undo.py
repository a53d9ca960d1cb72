"""
Taking the last import back.

U01 the vault is as it was, to the last row of every table; the next import works
U02 refused, with the reason, once something depends on it
"""

import pytest

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.importing import undo_last_import
from desktop_app.actions.records import delete_record
from desktop_app.actions.returns import ReturnGiven, add_return
from desktop_app.base.errors import ActionRefused
from tests.exchange.world import CITY, NEWER_FILES, A, B, World, content, dump, edit, value


def refusal(world: World, name: str) -> ActionRefused:
    before = dump(world[name])
    with pytest.raises(ActionRefused) as caught:
        undo_last_import(world[name])
    assert dump(world[name]) == before
    return caught.value


# --- U01 ------------------------------------------------------------------------------------------


def test_u01_as_it_was__ok(world: World) -> None:
    """New, changed, merged, deleted and conflicting records at once."""
    shared, other, gone = world.shared(), world.shared(summary="二"), world.shared(summary="三")
    edit(world, CITY, shared, summary="市")
    edit(world, CITY, other, n_people=3)
    edit(world, CITY, gone, n_people=3)
    before = dump(world.city)
    edit(world, A, shared, summary="县", topic="wages")
    edit(world, A, other, summary="县")
    delete_record(world[A], gone)
    row = world.add(A, "progress", parent=world.add(A, summary="新"), note="一")
    file = world.package(A, CITY)
    world.take(CITY, file)
    after = content(world.city)
    assert row in after
    name, changes = undo_last_import(world.city)
    assert name.startswith(file.name.removesuffix(".ghpkg"))
    assert "dispute" in changes.ledgers
    assert dump(world.city) == before
    assert world.take(CITY, file).outcome == "imported"
    assert content(world.city) == after
    world.meet(A)
    assert content(world.city, A) == content(world[A])


def test_u01_next_package_brings_it_again__ok(world: World) -> None:
    shared = world.shared()
    edit(world, A, shared, summary="一")
    world.up(A)
    undo_last_import(world.city)
    edit(world, A, shared, n_people=2)
    world.up(A)
    assert [value(world.city, shared, key) for key in ("summary", "n_people")] == ["一", 2]
    world.meet(A)
    assert content(world.city, A) == content(world[A])


def test_u01_the_first_import_of_all__ok(world: World) -> None:
    before = dump(world.city)
    world.add(A)
    world.up(A)
    undo_last_import(world.city)
    assert content(world.city) == {}
    assert dump(world.city) == before
    assert refusal(world, CITY).code == "undo.nothing"
    world.meet(A)
    assert content(world.city) == content(world[A])


def test_u01_receipt__ok(world: World) -> None:
    shared = world.shared()
    edit(world, CITY, shared, summary="市")
    before = dump(world[A])
    world.down(A)
    undo_last_import(world[A])
    assert dump(world[A]) == before
    world.meet(A)
    assert value(world[A], shared, "summary") == "市"


def test_u01_one_after_the_other__ok(world: World) -> None:
    """Two counties came, nobody was answered: the later one goes first."""
    states = [dump(world.city)]
    ids = []
    for county in (A, B):
        ids.append(world.add(county))
        world.up(county)
        states.append(dump(world.city))
    for n in (1, 0):
        undo_last_import(world.city)
        assert dump(world.city) == states[n]
    world.meet(A, B)
    assert set(content(world.city)) == set(ids)


def test_u01_ledger_that_is_not_known__ok(world: World) -> None:
    world[A].adopt(NEWER_FILES, "package")
    before = dump(world.city)
    honor = world.add(A, "honor", name="先进集体")
    world.up(A)
    undo_last_import(world.city)
    assert dump(world.city) == before
    world.up(A)
    world.city.adopt(NEWER_FILES, "package")
    assert value(world.city, honor, "name") == "先进集体"


@pytest.mark.parametrize("n", [1, 2])
def test_u01_chain_of_a_copied_vault__ok(world: World, n: int) -> None:
    shared = world.shared()
    world.copy(A, "copy")
    edit(world, A, shared, summary="原件")
    for i in range(n):
        edit(world, "copy", shared, n_people=i)
    world.up(A)
    before = dump(world.city)
    file = world.package("copy", CITY)
    world.take(CITY, file)
    undo_last_import(world.city)
    assert dump(world.city) == before
    world.take(CITY, file)
    world.take("copy", world.package(CITY, "copy"))
    assert content(world.city) == content(world["copy"])


# --- U02 ------------------------------------------------------------------------------------------


def test_u02_nothing__error(world: World) -> None:
    assert refusal(world, A).code == "undo.nothing"


def test_u02_answered__error(world: World) -> None:
    """The county was told that we have it, and would not send it again."""
    world.add(A)
    world.up(A)
    world.package(CITY, A)
    error = refusal(world, CITY)
    assert error.code == "undo.answered"
    assert f"{A}-000002-submission" in str(error)


@pytest.mark.parametrize("how", ["edited", "deleted", "decided"])
def test_u02_changed_since__error(world: World, how: str) -> None:
    shared = world.shared()
    edit(world, CITY, shared, summary="市")
    edit(world, A, shared, summary="县")
    world.up(A)
    if how == "edited":
        edit(world, CITY, shared, n_people=1)
    elif how == "deleted":
        delete_record(world.city, shared)
    else:
        choice = list_conflicts(world.city)[0].choices[1]
        decide_conflict(world.city, shared, "summary", choice.revision)
    error = refusal(world, CITY)
    assert error.code == "undo.changed"
    assert "县" in str(error) or "市" in str(error)


def test_u02_other_record_changed_since__ok(world: World) -> None:
    """What does not build on the import stays when it goes."""
    shared = world.shared()
    world.add(A, summary="新")
    world.up(A)
    edit(world, CITY, shared, n_people=1)
    undo_last_import(world.city)
    assert value(world.city, shared, "n_people") == 1
    world.meet(A)
    assert content(world.city, A) == content(world[A])


def test_u02_own_work_in_a_stream_that_came_back__error(world: World) -> None:
    """
    A county got its own lost revisions back with a receipt, and entered a record after it: the record follows
    on what the receipt brought, and must not go with it.
    """
    shared = world.shared()
    world.copy(A, "copy")
    edit(world, A, shared, summary="丢失的")
    world.meet(A)
    world.copy("copy", A)
    world.up(A)
    world.down(A)
    assert value(world[A], shared, "summary") == "丢失的"
    new = world.add(A, summary="之后新录")
    error = refusal(world, A)
    assert error.code == "undo.changed"
    assert "之后新录" in str(error)
    assert new in content(world[A])


def test_u02_returned_since__ok(world: World) -> None:
    """A return of a record that came with the import is a note of its own: it stays, and still reaches the county."""
    new = world.add(A, summary="新")
    world.up(A)
    add_return(world.city, ReturnGiven(new, "写明金额"))
    undo_last_import(world.city)
    world.meet(A)
    assert len(content(world[A])) == 2
    assert content(world.city, A) == content(world[A])
