"""
Vaults that were copied, put back from an older copy, or replaced: nothing of any of them is lost.

Y01 two copies of a vault that were both worked in: each side keeps both, and later packages of both go on
Y02 a vault put back from an older copy gets back what it lost, and loses nothing that was done since
Y03 a replaced PC gets the whole history back; the key of before signs no more
Y04 a city that was put back or copied gets its own work back by way of a county, sealed by its own key
"""

import pytest

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.exporting import export
from desktop_app.actions.pairing import enrol_again, revoke_office
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.returns import ReturnGiven, add_return
from desktop_app.base.errors import PackageError
from desktop_app.storage.conflicts import held_records
from desktop_app.storage.streams import streams
from desktop_app.sync.header import read_header
from tests.exchange.world import CITY, A, B, World, code_of, codes, conflicts, content, dump, edit, record, value

COPY, THIRD, NEW = "copy", "third", "new"


def settle(world: World, *names: str) -> None:
    """Packages up and down between the city and every desk of county A until nothing is new; all are alike then."""
    for n_round in range(5):
        n_new = 0
        for name in names:
            n_new += world.take(CITY, world.package(name, CITY)).n_revisions
            n_new += world.take(name, world.package(CITY, name)).n_revisions
        if not n_new:
            break
        assert n_round < 4, "something is new for ever"
    for name in names:
        assert content(world[name]) == content(world.city, A)
        with world[name].read() as connection:
            assert held_records(world[name], connection) == []


# --- Y01 ------------------------------------------------------------------------------------------


def test_y01_both_worked_in__ok(world: World) -> None:
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="原件")
    edit(world, COPY, shared, summary="副本")
    new = [world.add(A, summary="原件新增"), world.add(COPY, summary="副本新增")]
    assert codes(world.up(A)) == set()
    done = world.take(CITY, world.package(COPY, CITY))
    assert "package.copied_vault" in codes(done)
    assert "白银区总工会" in next(one.message for one in done.notes if one.code == "package.copied_vault")
    assert [choice[1] for choice in conflicts(world.city)[shared, "summary"]] == ["副本", "原件"]
    assert [value(world.city, one, "summary") for one in new] == ["原件新增", "副本新增"]
    settle(world, A, COPY)


def test_y01_acknowledged_separately__ok(world: World) -> None:
    """The receipt to one copy does not count for the other."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="原件")
    edit(world, COPY, shared, n_people=5)
    world.up(A)
    world.down(A)
    done = world.take(CITY, world.package(COPY, CITY))
    assert done.n_revisions == 1
    world.take(COPY, world.package(CITY, COPY))
    assert [value(world[COPY], shared, key) for key in ("summary", "n_people")] == ["原件", 5]
    assert value(world[A], shared, "n_people") is None
    with world.city.read() as connection:
        assert len([one for one in streams(connection) if one.fork]) == 1
    settle(world, A, COPY)


def test_y01_one_receipt_for_both__ok(world: World) -> None:
    """The city takes in both sticks, then writes one receipt, which both copies take in."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="原件")
    edit(world, COPY, shared, n_people=5)
    for _ in range(3):
        world.up(A)
        world.take(CITY, world.package(COPY, CITY))
        receipt = world.package(CITY, A)
        for name in (A, COPY):
            world.take(name, receipt)
    assert content(world[COPY]) == content(world.city)
    assert content(world[A]) == content(world.city)


@pytest.mark.parametrize("n", [1, 3])
def test_y01_both_go_on__ok(world: World, n: int) -> None:
    """Packages of both copies go on being taken in, before and after receipts, in any mixture."""
    shared = world.shared()
    world.copy(A, COPY)
    for i in range(n):
        for name in (A, COPY):
            edit(world, name, shared, n_people=i * 2 + (name == A))
            world.add(name, summary=f"{name}{i}")
            world.take(CITY, world.package(name, CITY))
            edit(world, CITY, shared, topic=("wages", "injury")[name == A])
    settle(world, A, COPY)
    assert len(content(world.city, A)) == 1 + 2 * n


def test_y01_three_copies_of_one_moment__ok(world: World) -> None:
    shared = world.shared()
    world.copy(A, COPY)
    world.copy(A, THIRD)
    for name in (A, COPY, THIRD):
        edit(world, name, shared, summary=name)
    settle(world, A, COPY, THIRD)
    assert len(conflicts(world.city)[shared, "summary"]) == 3


@pytest.mark.parametrize("order", [(A, COPY, THIRD), (THIRD, COPY, A), (COPY, A, THIRD), (THIRD, A, COPY)])
def test_y01_copy_of_a_copy__ok(world: World, order: tuple[str, ...]) -> None:
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="一")
    edit(world, A, shared, summary="一之二")
    edit(world, COPY, shared, summary="二")
    edit(world, COPY, shared, summary="二之二")
    world.copy(COPY, THIRD)
    edit(world, COPY, shared, n_people=2)
    edit(world, THIRD, shared, topic="injury")
    settle(world, *order)
    edit(world, CITY, shared, summary="定")
    settle(world, *order)
    assert [value(world[A], shared, key) for key in ("summary", "n_people", "topic")] == ["定", 2, "injury"]


def test_y01_copied_before_anything__ok(world: World) -> None:
    """The copies share no revision at all."""
    world.copy(A, COPY)
    ids = [world.add(A, summary="原件"), world.add(COPY, summary="副本")]
    settle(world, A, COPY)
    assert set(content(world.city, A)) == set(ids)


def test_y01_city_copied__ok(world: World) -> None:
    """Two copies of the city's vault correct the same record; the county keeps both, and carries one to the other."""
    shared = world.shared()
    world.copy(CITY, COPY)
    edit(world, CITY, shared, summary="市一")
    edit(world, COPY, shared, summary="市二")
    for name in (CITY, COPY):
        world.take(A, world.package(name, A))
    assert len(conflicts(world[A])[shared, "summary"]) == 2
    for _ in range(2):
        for name in (CITY, COPY):
            world.take(A, world.package(name, A))
            world.take(name, world.package(A, name))
    assert content(world.city, A) == content(world[COPY], A) == content(world[A])


# --- Y02 ------------------------------------------------------------------------------------------


def test_y02_older_copy_not_worked_in__ok(world: World) -> None:
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="丢失的")
    lost = world.add(A, summary="丢失的记录")
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    assert lost not in content(world[A])
    settle(world, A)
    assert [value(world[A], one, "summary") for one in (shared, lost)] == ["丢失的", "丢失的记录"]


def test_y02_older_copy_worked_in__ok(world: World) -> None:
    """New work under sequence numbers that were used before."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="丢失的")
    lost = world.add(A, summary="丢失的记录")
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    edit(world, A, shared, summary="重做的")
    new = world.add(A, summary="新记录")
    done = world.up(A)
    assert {"package.copied_vault"} <= codes(done)
    settle(world, A)
    assert {lost, new} <= set(content(world[A]))
    assert len(conflicts(world[A])[shared, "summary"]) == 2


def test_y02_correction_of_what_was_lost__ok(world: World) -> None:
    """The city's correction is built on a revision the county no longer has: held, then released."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="丢失的")
    edit(world, A, shared, topic="injury")
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    edit(world, CITY, shared, n_people=8)
    world.take(A, world.package(CITY, A))
    with world[A].read() as connection:
        assert [(one.record, one.why) for one in held_records(world[A], connection)] == [(shared, "revision")]
    assert value(world[A], shared, "summary") == "欠薪三个月"
    settle(world, A)
    assert [value(world[A], shared, key) for key in ("summary", "n_people")] == ["丢失的", 8]


def test_y02_copy_from_before_the_first_record__ok(world: World) -> None:
    """The copy has no stream at all to speak of; the city sends everything once more."""
    world.copy(A, COPY)
    shared = world.shared()
    edit(world, CITY, shared, n_people=8)
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    assert content(world[A]) == {}
    settle(world, A)
    assert value(world[A], shared, "n_people") == 8


def test_y02_copy_from_before_the_first_correction__ok(world: World) -> None:
    """The city goes on correcting; the county, which lost all corrections, gets them from the first on."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, CITY, shared, n_people=8)
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    edit(world, CITY, shared, topic="injury")
    settle(world, A)
    assert [value(world[A], shared, key) for key in ("n_people", "topic")] == [8, "injury"]


def test_y02_receipt_that_builds_on_what_is_gone__error(world: World) -> None:
    """Until the county has said what it has, a receipt can be too new for it; it is refused whole."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, CITY, shared, n_people=8)
    world.meet(A)
    world.up(A)
    world.copy(COPY, A)
    edit(world, CITY, shared, topic="injury")
    receipt = world.package(CITY, A)
    before = dump(world[A])
    with pytest.raises(PackageError) as caught:
        world.take(A, receipt)
    assert caught.value.code == "package.chain"
    assert receipt.name in str(caught.value)
    assert dump(world[A]) == before
    settle(world, A)


def test_y02_old_packages_of_the_lost_vault__ok(world: World) -> None:
    """A stick from before the loss turns up afterwards."""
    shared = world.shared()
    world.copy(A, COPY)
    edit(world, A, shared, summary="在旧盘里")
    lost = world.add(A, summary="也在旧盘里")
    stick = world.package(A, CITY)
    world.copy(COPY, A)
    edit(world, A, shared, summary="重做的")
    world.meet(A)
    assert lost not in content(world.city)
    assert "package.copied_vault" in codes(world.take(CITY, stick))
    settle(world, A)
    assert lost in content(world[A])
    assert {choice[1] for choice in conflicts(world[A])[shared, "summary"]} == {"在旧盘里", "重做的"}


def test_y02_city_put_back__ok(world: World) -> None:
    """The city lost an import and a correction of its own: both come back from the county."""
    shared = world.shared()
    world.copy(CITY, COPY)
    edit(world, A, shared, summary="县")
    world.up(A)
    edit(world, CITY, shared, n_people=8)
    world.down(A)
    world.up(A)
    world.copy(COPY, CITY)
    edit(world, CITY, shared, topic="injury")
    world.take(A, world.package(CITY, A))
    settle(world, A)
    assert [value(world.city, shared, key) for key in ("summary", "n_people", "topic")] == ["县", 8, "injury"]


def test_y02_city_put_back_and_nothing_to_say__ok(world: World) -> None:
    """
    The county goes on from what the city had; the city has to say what it has before that fits, and can.
    """
    shared = world.shared()
    world.up(A)
    world.down(A)
    world.copy(CITY, COPY)
    edit(world, A, shared, summary="县")
    world.meet(A)
    edit(world, A, shared, summary="县之二")
    world.copy(COPY, CITY)
    with pytest.raises(PackageError) as caught:
        world.up(A)
    assert caught.value.code == "package.chain"
    written = export(world.city, world.stick, everyone=True)
    world.take(A, next(one.file for one in written if one.recipient == world[A].owner.office))
    settle(world, A)
    assert value(world.city, shared, "summary") == "县之二"


# --- Y03 ------------------------------------------------------------------------------------------


def test_y03_history_comes_back__ok(world: World) -> None:
    shared, gone = world.shared(), world.shared(summary="删掉的")
    edit(world, CITY, shared, n_people=8)
    delete_record(world[A], gone)
    world.meet(A)
    add_return(world.city, ReturnGiven(shared, "写明金额"))
    before = content(world.city, A)
    world.replace_pc(A, NEW)
    assert content(world[NEW]) == {}
    world.take(NEW, world.package(CITY, NEW))
    assert content(world[NEW]) == before
    edit(world, NEW, shared, summary="新电脑上改")
    settle(world, NEW)
    assert value(world.city, shared, "summary") == "新电脑上改"


def test_y03_numbers_go_on__ok(world: World) -> None:
    world.shared()
    last = read_header(world.package(A, CITY)).header.number
    assert last == 3
    world.up(A)
    world.replace_pc(A, NEW)
    done = world.take(CITY, world.package(NEW, CITY))
    assert (done.number, codes(done) - {"package.gap"}) == (6, set())


def test_y03_old_key__error(world: World) -> None:
    """What the old PC wrote but never brought is refused; what it had brought is still known as brought."""
    world.shared()
    brought = world.package(A, CITY)
    world.take(CITY, brought)
    world.add(A, summary="没有送到")
    late = world.package(A, CITY)
    world.replace_pc(A, NEW)
    before = dump(world.city)
    with pytest.raises(PackageError) as caught:
        world.take(CITY, late)
    assert caught.value.code == "package.retired_signer"
    assert "白银区总工会" in str(caught.value)
    assert world.take(CITY, brought).outcome == "repeated"
    assert dump(world.city) == before


def test_y03_revoked_at_once__error(world: World) -> None:
    """A stolen PC: what it sent stays, what it sends is refused, and the new one gets everything back."""
    record = world.shared()
    late = world.package(A, CITY)
    revoke_office(world.city, code=A)
    before = dump(world.city)
    assert code_of(lambda: world.take(CITY, late)) == "package.retired_signer"
    assert dump(world.city) == before
    assert world.send(CITY) == []
    world.replace_pc(A, "new")
    assert code_of(lambda: world.take(CITY, late)) == "package.retired_signer"
    world.take("new", world.package(CITY, "new"))
    assert set(content(world["new"])) == {record}
    assert code_of(lambda: revoke_office(world.city, code="620499")) == "office.unknown"
    assert code_of(lambda: revoke_office(world.city, code=CITY)) == "office.is_city"
    assert code_of(lambda: revoke_office(world[B], code=CITY)) == "office.city_only"


def test_y03_old_key_works_until_the_new_one_is_here__ok(world: World) -> None:
    """Enrolling again locks nobody out before the new PC has registered."""
    world.shared()
    enrol_again(world.city, code=A, out=world.stick)
    world.add(A, summary="还在旧电脑上")
    assert world.up(A).outcome == "imported"


def test_y03_worked_in_before_the_history_came__ok(world: World) -> None:
    shared = world.shared()
    world.replace_pc(A, NEW)
    new = world.add(NEW, summary="先录一条")
    settle(world, NEW)
    assert {shared, new} == set(content(world[NEW]))


def test_y03_open_conflict_comes_back__ok(world: World) -> None:
    shared = world.shared()
    edit(world, A, shared, summary="县")
    edit(world, CITY, shared, summary="市")
    world.meet(A)
    world.replace_pc(A, NEW)
    settle(world, NEW)
    found = list_conflicts(world[NEW])
    assert [(one.record, one.field) for one in found] == [(shared, "summary")]
    decide_conflict(world[NEW], shared, "summary", found[0].choices[1].revision)
    settle(world, NEW)
    assert value(world.city, shared, "summary") == "市"
    assert record(world.city, shared).n_conflicts == 0


# --- Y04 ------------------------------------------------------------------------------------------


def test_y04_restored_city_gets_its_own_back__ok(world: World) -> None:
    """What it did and lost comes back from the county, sealed by the city itself."""
    shared = world.shared()
    world.copy(CITY, "old city")
    edit_record(world.city, shared, {"summary": "市改"})
    world.down(A)
    world.copy("old city", CITY)
    world.close()
    export(world.city, world.stick, everyone=True)
    for one in world.stick.glob(f"*{A}*.ghpkg"):
        world.take(A, one)
    assert world.up(A).notes == ()
    assert value(world.city, shared, "summary") == "市改"
    settle(world, A)


def test_y04_copied_city_gets_the_others_work__ok(world: World) -> None:
    """Two copies of the city's vault: the work of one comes to the other by way of the county."""
    shared = world.shared()
    world.copy(CITY, "second city")
    edit_record(world.city, shared, {"summary": "市改"})
    world.down(A)
    world.close(CITY)
    (world.folder / CITY).rename(world.folder / "first city")
    world.copy("second city", CITY)
    edit_record(world.city, shared, {"n_people": 7})
    world.meet(A)
    world.meet(A)
    assert (value(world.city, shared, "summary"), value(world.city, shared, "n_people")) == ("市改", 7)
    assert content(world.city, A) == content(world[A])
