"""
Offices that do not have the same forms, and offices that do not belong to each other.

X07 a field or a ledger that one side does not know yet waits in the revisions
X08 who may send: known, paired, to the right office, with the present key
"""

from pathlib import Path

import pytest

from desktop_app.actions.publishing import publish_forms
from desktop_app.actions.status import board
from desktop_app.base.errors import PackageError
from desktop_app.storage.conflicts import held_records
from desktop_app.storage.vault import open_vault
from tests.exchange.world import (
    CITY,
    COUNTIES,
    FILES,
    NEWER_FILES,
    PASSPHRASE,
    A,
    B,
    World,
    codes,
    conflicts,
    dump,
    edit,
    make_world,
    open_world,
    record,
    same_content,
    value,
)

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
    assert set(files) == set(COUNTIES)
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
