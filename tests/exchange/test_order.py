"""
Packages lost, late, doubled, out of order, and returns that cross them.

X04 packages lost, late, doubled or out of order come to the same in the end
X06 what the city sends back is answered by the county's change, also when they cross
"""

import pytest

from desktop_app.actions.importing import import_packages, preview_package
from desktop_app.actions.records import delete_record
from desktop_app.actions.returns import ReturnGiven, add_return, list_returns
from desktop_app.actions.status import board, own_status
from desktop_app.storage.conflicts import held_records
from tests.exchange.world import (
    CITY,
    A,
    B,
    C,
    World,
    both_edit,
    codes,
    conflicts,
    content,
    dump,
    edit,
    record,
    same_content,
    value,
)

# --- X04 ------------------------------------------------------------------------------------------


def test_x04_lost_package__ok(world: World) -> None:
    """The next package carries everything since the last receipt, and the gap is named."""
    shared = world.shared()
    edit(world, A, shared, summary="一")
    world.package(A, CITY)  # lost
    edit(world, A, shared, n_people=2)
    done = world.up(A)
    assert codes(done) == {"package.gap"}
    assert "000003" in done.notes[0].message
    assert [value(world.city, shared, key) for key in ("summary", "n_people")] == ["一", 2]
    assert board(world.city, ["2025"])[0].gaps == (3,)
    same_content(world)


def test_x04_lost_package_comes_late__ok(world: World) -> None:
    shared = world.shared()
    edit(world, A, shared, summary="一")
    late = world.package(A, CITY)
    edit(world, A, shared, summary="二")
    world.up(A)
    before = content(world.city)
    done = world.take(CITY, late)
    assert (codes(done), done.ledgers) == ({"package.went_back"}, {"dispute": {"same": 1}})
    assert content(world.city) == before
    assert board(world.city, ["2025"])[0].gaps == ()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1)])
def test_x04_any_order_up__ok(world: World, order: tuple[int, ...]) -> None:
    shared = world.shared()
    edit(world, CITY, shared, summary="市")
    files = []
    for n in range(3):
        edit(world, A, shared, summary=f"县{n}")
        world.add(A, summary=f"新{n}")
        files.append(world.package(A, CITY))
    for n in order:
        world.take(CITY, files[n])
    world.meet(A)
    assert conflicts(world.city) == {(shared, "summary"): [(A, "县2"), (CITY, "市")]}
    same_content(world)


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2)])
def test_x04_any_order_down__ok(world: World, order: tuple[int, ...]) -> None:
    shared = world.shared()
    files = []
    for n in range(3):
        edit(world, CITY, shared, summary=f"市{n}")
        files.append(world.package(CITY, A))
    for n in order:
        world.take(A, files[n])
    assert value(world[A], shared, "summary") == "市2"
    same_content(world)


def test_x04_old_receipt_after_newer__ok(world: World) -> None:
    """An old receipt says that less was received; the county sends it once more and nothing is lost."""
    shared = world.shared()
    edit(world, CITY, shared, n_people=1)
    old = world.package(CITY, A)
    edit(world, A, shared, summary="一")
    world.up(A)
    world.down(A)
    assert codes(world.take(A, old)) == {"package.went_back"}
    assert world.up(A).ledgers["dispute"]["same"] == 1
    same_content(world)


def test_x04_twice__ok(world: World) -> None:
    """The first date is said, and not one byte of the content changes."""
    shared = world.shared()
    edit(world, A, shared, summary="一")
    file = world.package(A, CITY)
    assert world.take(CITY, file).outcome == "imported"
    before = dump(world.city)
    done = world.take(CITY, file)
    assert (done.outcome, done.first_import) == ("repeated", "2026-01-05 09:00")
    assert preview_package(world.city, file).imported.outcome == "repeated"
    assert dump(world.city) == before


def test_x04_new_package_with_nothing_new__ok(world: World) -> None:
    world.shared()
    world.up(A)
    before = content(world.city)
    done = world.up(A)
    assert (done.outcome, done.n_revisions) == ("imported", 0)
    assert content(world.city) == before


def test_x04_whole_stick__ok(world: World) -> None:
    """A folder with packages of two counties, one of them twice, and one for somebody else."""
    world.add(A, summary="甲")
    world.add(B, summary="乙")
    world.stick.joinpath("all").mkdir()
    for n, file in enumerate([world.package(A, CITY), world.package(A, CITY), world.package(B, CITY)]):
        file.rename(world.stick / "all" / f"{n}{file.name}")
    world.up(C)
    receipt = world.package(CITY, C)
    receipt.rename(world.stick / "all" / receipt.name)
    done, skipped = import_packages(world.city, [world.stick / "all"])
    assert [one.sender for one in done] == [A, A, B]
    assert [(one.code, one.file) for one in skipped] == [("package.not_for_us", receipt.name)]
    for county in (A, B):
        same_content(world, county)


def test_x04_preview_is_the_import__ok(world: World) -> None:
    """What the preview says is what the import does; and the preview writes nothing."""
    shared = world.shared()
    gone = world.shared(summary="要删")
    both_edit(world, A, shared, summary=("县", "市"))
    edit(world, CITY, shared, n_people=2)
    edit(world, A, shared, topic="injury")
    delete_record(world[A], gone)
    new = world.add(A, summary="新")
    file = world.package(A, CITY)
    before = dump(world.city)
    seen = preview_package(world.city, file)
    assert dump(world.city) == before
    done = world.take(CITY, file)
    assert (seen.imported.ledgers, seen.imported.notes) == (done.ledgers, done.notes)
    assert {one.record.id: one.kind for one in seen.differences} == {shared: "conflict", gone: "deleted", new: "new"}
    for one in seen.differences:
        assert one.record == record(world.city, one.record.id)


def test_x04_late_parent__ok(world: World) -> None:
    """What builds on a revision that is not here waits, is shown as waiting, and comes free by itself."""
    shared = world.shared()
    world.copy(CITY, "kept")
    edit(world, CITY, shared, summary="市")
    world.down(A)
    row = world.add(A, "progress", parent=shared, note="一")
    edit(world, A, shared, summary="县")
    world.copy("kept", CITY)  # the city's PC broke: its last change, and that the county has it, are gone
    done = world.up(A)
    assert done.ledgers["dispute"]["held"] == 1
    with world.city.read() as connection:
        assert [(one.record, one.why) for one in held_records(world.city, connection)] == [(shared, "revision")]
    assert value(world.city, shared, "summary") != "县"
    assert value(world.city, row, "note") == "一"
    world.down(A)  # the city says what it has, so that the county sends the rest again
    world.up(A)
    with world.city.read() as connection:
        assert held_records(world.city, connection) == []
    assert value(world.city, shared, "summary") == "县"
    same_content(world)


# --- X06 ------------------------------------------------------------------------------------------


def test_x06_return_and_answer__ok(world: World) -> None:
    shared = world.shared()
    add_return(world.city, ReturnGiven(shared, "写明金额", "summary"))
    world.meet(A)
    assert [one.values["state"] for one in list_returns(world[A])] == ["open"]
    assert own_status(world[A]).records["returned"] == 1
    edit(world, A, shared, summary="拖欠工资三个月计两万元")
    world.meet(A)
    assert [one.values["state"] for one in list_returns(world.city)] == ["resubmitted"]
    assert own_status(world[A]).records["returned"] == 0
    same_content(world)


def test_x06_return_crosses_a_new_version__ok(world: World) -> None:
    """The county had changed the record on the way: the change stands, and the return is still open to answer."""
    shared = world.shared()
    add_return(world.city, ReturnGiven(shared, "写明金额", "summary"))
    edit(world, A, shared, summary="先改过了")
    receipt = world.package(CITY, A)
    world.up(A)
    world.take(A, receipt)
    assert [one.values["state"] for one in list_returns(world[A])] == ["open"]
    assert value(world.city, shared, "summary") == "先改过了"
    edit(world, A, shared, summary="再改：两万元")
    world.meet(A)
    assert [one.values["state"] for one in list_returns(world.city)] == ["resubmitted"]
    assert conflicts(world.city) == {}
    same_content(world)
