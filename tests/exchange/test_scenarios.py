"""
Named interleavings of two offices at work: nothing is lost, and both end with the same record.

X01 the same field set on both sides: both keep the same open conflict, and show the owning office's value
X02 different fields, and the same value, need nobody
X03 an edit beside a deletion is a listed conflict, and the record stays visible
X04 packages lost, late, doubled or out of order come to the same in the end
X05 a decision travels, and what crosses it is not hidden by it
X06 what the city sends back is answered by the county's change, also when they cross
X07 a field or a ledger that one side does not know yet waits in the revisions
X08 who may send: known, paired, to the right office, with the present key
"""

from pathlib import Path

import pytest

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.importing import import_packages, preview_package
from desktop_app.actions.publishing import publish_forms
from desktop_app.actions.records import delete_record, edit_record, restore_record
from desktop_app.actions.returns import ReturnGiven, add_return, list_returns
from desktop_app.actions.status import board, own_status
from desktop_app.base.errors import PackageError
from desktop_app.storage.conflicts import held_records
from desktop_app.storage.records import history
from desktop_app.storage.vault import open_vault
from tests.exchange.world import (
    CITY,
    FILES,
    NEWER_FILES,
    PASSPHRASE,
    A,
    B,
    C,
    World,
    codes,
    conflicts,
    content,
    dump,
    make_world,
    open_world,
    record,
    value,
)

SIDES = pytest.mark.parametrize("first", [A, CITY])
"""Which side writes first; the clock must not decide anything."""


def edit(world: World, name: str, record_id: str, /, **values: object) -> None:
    assert edit_record(world[name], record_id, values).record_ids == (record_id,)


def both_edit(world: World, first: str, record_id: str, **values: tuple[object, object]) -> None:
    """The county and the city edit, unaware of each other; values are (county's, city's)."""
    for name in (first, CITY if first == A else A):
        edit(world, name, record_id, **{key: pair[name == CITY] for key, pair in values.items()})


def same_content(world: World, county: str = A) -> None:
    assert content(world[county]) == content(world.city, county)


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


# --- X07 ------------------------------------------------------------------------------------------


def newer(world: World, name: str) -> None:
    """An office's program is updated and brings version 2 of the pack."""
    world[name].adopt(NEWER_FILES, "package")


@pytest.mark.parametrize("ahead", [A, CITY])
def test_x07_field_unknown_then_known__ok(world: World, ahead: str) -> None:
    shared = world.shared()
    newer(world, ahead)
    edit(world, ahead, shared, place="三楼")
    behind = CITY if ahead == A else A
    edit(world, behind, shared, topic="injury")
    world.meet(A)
    assert "place" not in record(world[behind], shared).values
    edit(world, behind, shared, n_people=9)
    world.meet(A)
    newer(world, behind)
    assert value(world[behind], shared, "place") == "三楼"
    world.meet(A)
    same_content(world)


@pytest.mark.parametrize("ahead", [A, CITY])
def test_x07_conflict_in_an_unknown_field__ok(world: World, ahead: str) -> None:
    """Two copies of a vault that know a field disagree; an office that does not know it keeps both values."""
    shared = world.shared()
    behind = CITY if ahead == A else A
    newer(world, ahead)
    world.copy(ahead, "copy")
    edit(world, ahead, shared, place="三楼")
    edit(world, "copy", shared, place="四楼")
    for name in (ahead, "copy"):
        file = next(one.file for one in world.send(name) if one.recipient == world[behind].owner.office)
        world.take(behind, file)
    newer(world, behind)
    assert [choice[1] for choice in conflicts(world[behind])[shared, "place"]] == ["四楼", "三楼"]


def test_x07_ledger_unknown_then_known__ok(world: World) -> None:
    newer(world, A)
    honor = world.add(A, "honor", name="先进集体")
    done = world.up(A)
    assert codes(done) == {"package.unknown_ledger"}
    assert "honor" in done.notes[0].message
    assert done.ledgers == {"honor": {"held": 1}}
    with world.city.read() as connection:
        assert [(one.record, one.why) for one in held_records(world.city, connection)] == [(honor, "ledger")]
    world.down(A)
    edit(world, A, honor, name="先进集体（市级）")
    world.up(A)
    newer(world, CITY)
    assert value(world.city, honor, "name") == "先进集体（市级）"
    with world.city.read() as connection:
        assert held_records(world.city, connection) == []
    same_content(world)


def test_x07_pack_published__ok(world: World) -> None:
    """The city's pack reaches the counties as a package; what waited in them appears."""
    shared = world.shared()
    files = {one.recipient: one.file for one in publish_forms(world.city, NEWER_FILES, world.stick)}
    assert set(files) == {A, B, C}
    edit(world, CITY, shared, place="三楼")
    world.down(A)
    assert "place" not in record(world[A], shared).values
    assert world.take(A, files[A]).outcome == "adopted"
    assert world.take(A, files[A]).outcome == "repeated"
    assert (world[A].pack.version, value(world[A], shared, "place")) == (2, "三楼")
    world.up(A)
    assert board(world.city, ["2025"])[0].pack == 2
    assert board(world.city, ["2025"])[1].pack == 0
    same_content(world)


def test_x07_program_does_not_take_the_pack_back__ok(world: World) -> None:
    """The county's program still carries version 1; what the city published stays."""
    files = {one.recipient: one.file for one in publish_forms(world.city, NEWER_FILES, world.stick)}
    world.take(A, files[A])
    world.close(A)
    vault = open_vault(world.folder / A, PASSPHRASE, FILES, world.clock)
    assert vault.pack.version == 2
    vault.close()


# --- X08 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("county", "code"), [("620499", "package.unknown_sender"), (A, "package.wrong_signer")])
def test_x08_county_of_another_city__error(world: World, tmp_path: Path, county: str, code: str) -> None:
    """The same code for the city, but other keys: an office we do not have, or one that says it is ours."""
    make_world(tmp_path / "elsewhere", [county])
    elsewhere = open_world(tmp_path / "elsewhere", tmp_path / "other")
    elsewhere.add(county)
    file = elsewhere.package(county, CITY)
    before = dump(world.city)
    with pytest.raises(PackageError) as caught:
        world.take(CITY, file)
    assert caught.value.code == code
    assert file.name in str(caught.value)
    assert dump(world.city) == before
    elsewhere.close()


@pytest.mark.parametrize("receiver", [B, CITY])
def test_x08_wrong_office__error(world: World, receiver: str) -> None:
    world.shared()
    world.up(A)
    file = world.package(CITY, A)
    before = dump(world[receiver])
    with pytest.raises(PackageError) as caught:
        world.take(receiver, file)
    assert caught.value.code == "package.not_for_us"
    assert A in str(caught.value)
    assert receiver in str(caught.value)
    assert dump(world[receiver]) == before
