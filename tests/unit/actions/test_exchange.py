"""
Records travel up, receipts and corrections down, and every vault comes to the same.

E01 a submission is imported whole and counted; the same package again is only reported
E02 a receipt moves what is acknowledged; before it everything is carried again
E03 a correction of the city comes down, and the history names the package
E04 concurrent edits: other fields merge, the same field is a conflict with one provisional value on all sides
E05 the order of packages does not matter
E08 what fails while writing takes no number, and no file is overwritten
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from desktop_app.actions.desk import make_desk
from desktop_app.actions.exporting import Exported, export
from desktop_app.actions.importing import import_package, import_packages
from desktop_app.actions.reading import show_history
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.steps import take_step
from desktop_app.base.clock import local_text, millis
from desktop_app.base.errors import ActionRefused, PackageError
from desktop_app.storage import tables
from desktop_app.storage.packages import Office
from desktop_app.storage.streams import streams
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import read_header
from tests.helpers.desks import (
    CITY,
    COUNTY,
    FILES,
    NAMES,
    OTHER,
    House,
    add,
    add_dispute,
    dump,
    new_desk,
    record_of,
)


def sent(vault: Vault, house: House) -> Exported:
    (one,) = export(vault, house.stick)
    return one


def content(vault: Vault) -> dict[str, list[tuple[Any, ...]]]:
    """What the ledgers, the revisions and the conflicts say, without when and by which package."""
    found = {key: rows for key, rows in dump(vault).items() if key.startswith("ledger_") or key == "conflict"}
    with vault.read() as connection:
        r = tables.revision.c
        found["revision"] = [tuple(row) for row in connection.execute(select(r.id, r.body, r.digest).order_by(r.id))]
    return found


def conflicts(vault: Vault, record: str) -> dict[str, list[object]]:
    """Field → values offered, the shown one first."""
    with vault.read() as connection:
        c = tables.conflict.c
        rows = connection.execute(select(c.field, c.choices).where(c.record == record)).all()
    return {row.field: [value for _, value in msgspec.json.decode(row.choices)] for row in rows}


def refusal(call: Callable[[], object]) -> PackageError:
    with pytest.raises(PackageError) as caught:
        call()
    return caught.value


# --- E01 ------------------------------------------------------------------------------------------


def test_e01_submission__ok(house: House) -> None:
    employer = add(house.county, "employer", name="甲")
    first, second, gone = (add_dispute(house.county, employer=employer) for _ in range(3))
    row = add(house.county, "progress", parent=first, done_on="2025-03-06", note="进展")
    take_step(house.county, second, "accept", {})
    delete_record(house.county, gone)
    done = house.carry(house.county, house.city)
    assert (done.outcome, done.sender, done.number, done.n_revisions) == ("imported", COUNTY, 2, 7)
    assert {key: one["new"] for key, one in done.ledgers.items()} == {"employer": 1, "dispute": 3, "progress": 1}
    assert done.ledgers["dispute"]["deleted"] == 1
    for record in (employer, first, second, gone, row):
        assert record_of(house.city, record) == record_of(house.county, record)
    edit_record(house.county, first, {"summary": "二"})
    again = house.carry(house.county, house.city)
    assert (again.ledgers["dispute"]["changed"], again.ledgers["dispute"]["same"]) == (1, 5)


def test_e01_the_same_package_again__ok(house: House) -> None:
    add_dispute(house.county)
    file = sent(house.county, house).file
    import_package(house.city, file)
    at = local_text(millis(house.clock.at))
    before = dump(house.city)
    again = import_package(house.city, file)
    assert (again.outcome, again.first_import, again.ledgers) == ("repeated", at, {})
    assert dump(house.city) == before
    renamed = file.rename(file.with_name("改名.ghpkg"))
    assert import_package(house.city, renamed).outcome == "repeated"


def test_e01_a_folder__ok(house: House) -> None:
    for vault in (house.county, house.other):
        add_dispute(vault)
        sent(vault, house)
    (house.stick / "说明.txt").write_text("x", encoding="utf-8")
    (house.stick / "坏.ghpkg").write_bytes(b"x")
    done, skipped = import_packages(house.city, [house.stick])
    assert [one.sender for one in done] == [COUNTY, OTHER]
    assert [(one.file, one.code) for one in skipped] == [("坏.ghpkg", "package.not_a_package")]
    assert "坏.ghpkg" in skipped[0].message


def test_e01_a_folder_without_packages__error(house: House) -> None:
    (house.stick / "说明.txt").write_text("x", encoding="utf-8")
    error = refusal(lambda: import_packages(house.city, [house.stick]))
    assert error.code == "package.none_found"
    assert str(house.stick) in str(error)


def test_e01_one_bad_file_named_alone__error(house: House) -> None:
    assert refusal(lambda: import_packages(house.city, [house.stick / "没有.ghpkg"])).code == "package.read"


# --- E02, E03 -------------------------------------------------------------------------------------


def test_e02_carried_until_acknowledged__ok(house: House) -> None:
    add_dispute(house.county)
    assert sent(house.county, house).n_revisions == 1
    add_dispute(house.county)
    again = sent(house.county, house)
    assert again.n_revisions == 2
    header = read_header(again.file).header
    assert (header.first, header.last, header.number) == (1, 2, 3)
    import_package(house.city, again.file)
    receipt = house.carry(house.city, house.county)
    assert (receipt.kind, receipt.sender) == ("receipt", CITY)
    with house.county.read() as connection:
        (own,) = [one for one in streams(connection) if one.office == COUNTY]
    assert (own.seq, own.acked) == (2, 2)
    empty = sent(house.county, house)
    assert empty.n_revisions == 0
    add_dispute(house.county)
    header = read_header(sent(house.county, house).file).header
    assert (header.first, header.last) == (3, 3)


def test_e02_a_lost_stick_heals_itself__ok(house: House) -> None:
    record = add_dispute(house.county)
    sent(house.county, house).file.unlink()
    edit_record(house.county, record, {"summary": "二"})
    house.carry(house.county, house.city)
    assert record_of(house.city, record) == record_of(house.county, record)


def test_e02_city_answers_those_who_wait__ok(house: House) -> None:
    assert export(house.city, house.stick) == []
    add_dispute(house.county)
    house.carry(house.county, house.city)
    assert [one.recipient for one in export(house.city, house.stick)] == [COUNTY]
    assert export(house.city, house.stick) == []


def test_e02_packages_are_chained__ok(house: House) -> None:

    first, second = sent(house.county, house).file, sent(house.county, house).file
    assert read_header(second).header.previous == hashlib.sha256(first.read_bytes()).hexdigest()


def test_e03_correction_comes_down__ok(house: House) -> None:
    record = add_dispute(house.county)
    house.carry(house.county, house.city)
    edit_record(house.city, record, {"n_people": 12}, note="与名单不符")
    (package,) = export(house.city, house.stick)
    assert (package.n_revisions, package.recipient) == (1, COUNTY)
    import_package(house.county, package.file)
    values = record_of(house.county, record).values
    assert (values["n_people"], values["is_group"]) == (12, True)
    event = show_history(house.county, record)[-1]
    assert (event.office, event.note, event.changes) == (NAMES[CITY], "与名单不符", (("n_people", 1, 12),))
    assert event.package == package.file.stem
    assert show_history(house.county, record)[0].package == ""
    house.carry(house.county, house.city)
    assert record_of(house.city, record) == record_of(house.county, record)
    with house.city.read() as connection:
        (own,) = [one for one in streams(connection) if one.office == CITY]
    assert (own.seq, own.acked) == (1, 1)


def test_e03_each_county_gets_its_own__ok(house: House) -> None:
    here, there = add_dispute(house.county), add_dispute(house.other)
    for vault in (house.county, house.other):
        house.carry(vault, house.city)
    for record in (here, there):
        edit_record(house.city, record, {"summary": "市级更正"})
    for package in export(house.city, house.stick):
        assert package.n_revisions == 1
        import_package(house.vault(package.recipient), package.file)
    assert record_of(house.county, here).values["summary"] == "市级更正"
    with house.county.read() as connection:
        assert {one.scope for one in streams(connection)} == {COUNTY}


# --- E04 ------------------------------------------------------------------------------------------


@pytest.fixture
def shared(house: House) -> str:
    """A record that county and city both have."""
    record = add_dispute(house.county)
    house.carry(house.county, house.city)
    house.carry(house.city, house.county)
    return record


def exchange(house: House) -> None:
    """Both directions, until both have all."""
    house.carry(house.county, house.city)
    house.carry(house.city, house.county)


def test_e04_other_fields_merge__ok(house: House, shared: str) -> None:
    edit_record(house.county, shared, {"summary": "县"})
    edit_record(house.city, shared, {"n_people": 8})
    exchange(house)
    for vault in (house.county, house.city):
        one = record_of(vault, shared)
        assert (one.values["summary"], one.values["n_people"], one.values["is_group"]) == ("县", 8, True)
        assert (one.n_conflicts, conflicts(vault, shared)) == (0, {})
    assert content(house.county) == content(house.city)


@pytest.mark.parametrize("first", [COUNTY, CITY])
def test_e04_same_field_is_a_conflict__ok(house: House, shared: str, first: str) -> None:
    for code in (first, CITY if first == COUNTY else COUNTY):
        edit_record(house.vault(code), shared, {"summary": "县" if code == COUNTY else "市", "facts": "同"})
    exchange(house)
    for vault in (house.county, house.city):
        one = record_of(vault, shared)
        assert (one.values["summary"], one.n_conflicts, len(one.heads)) == ("县", 1, 2)  # the owner's shows
        assert conflicts(vault, shared) == {"summary": ["县", "市"]}
    edit_record(house.city, shared, {"summary": "议定"})
    exchange(house)
    for vault in (house.county, house.city):
        assert record_of(vault, shared).values["summary"] == "议定"
        assert conflicts(vault, shared) == {}
    assert content(house.county) == content(house.city)


def test_e04_edit_against_delete__ok(house: House, shared: str) -> None:
    delete_record(house.county, shared)
    edit_record(house.city, shared, {"summary": "市"})
    exchange(house)
    for vault in (house.county, house.city):
        assert not record_of(vault, shared).is_deleted
        assert conflicts(vault, shared) == {"deleted": [False, True]}
    delete_record(house.city, shared)
    exchange(house)
    assert [record_of(vault, shared).is_deleted for vault in (house.county, house.city)] == [True, True]
    assert conflicts(house.county, shared) == {}


def test_e04_steps_on_both_sides__ok(house: House, shared: str) -> None:
    for vault in (house.county, house.city):
        take_step(vault, shared, "accept", {})
    exchange(house)
    assert record_of(house.city, shared).values["state"] == "accepted"
    assert conflicts(house.city, shared) == {}


# --- E05 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_e05_order_of_packages__ok(house: House, shared: str, order: tuple[int, ...]) -> None:
    edit_record(house.city, shared, {"summary": "市"})
    edit_record(house.county, shared, {"summary": "县一"})
    files = [sent(house.county, house).file]
    edit_record(house.county, shared, {"summary": "县二"})
    files.append(sent(house.county, house).file)
    there = add_dispute(house.other)
    files.append(sent(house.other, house).file)
    for n in order:
        import_package(house.city, files[n])
    assert record_of(house.city, shared).values["summary"] == "县二"
    assert conflicts(house.city, shared) == {"summary": ["县二", "市"]}
    assert record_of(house.city, there) == record_of(house.other, there)
    house.carry(house.city, house.county)
    assert record_of(house.county, shared) == record_of(house.city, shared)


def test_e05_receipts_out_of_order__ok(house: House, shared: str) -> None:
    edit_record(house.city, shared, {"summary": "一"})
    first = export(house.city, house.stick)[0].file
    edit_record(house.city, shared, {"n_people": 9})
    second = export(house.city, house.stick)[0].file
    import_package(house.county, second)
    import_package(house.county, first)
    house.carry(house.county, house.city)
    assert record_of(house.county, shared) == record_of(house.city, shared)


def test_e05_copied_vault_loses_nothing__ok(house: House, shared: str) -> None:
    """The folder was copied to a second PC and both were worked in."""
    house.close(COUNTY)
    shutil.copytree(house.folder / COUNTY, house.folder / "copy")
    here = add_dispute(house.county, summary="甲机")
    file = sent(house.county, house).file
    file = file.rename(file.with_name("甲.ghpkg"))
    house.close(COUNTY)
    shutil.move(house.folder / COUNTY, house.folder / "away")
    shutil.move(house.folder / "copy", house.folder / COUNTY)
    there = add_dispute(house.county, summary="乙机")
    edit_record(house.county, there, {"n_people": 4})
    import_package(house.city, file)
    import_package(house.city, sent(house.county, house).file)
    assert record_of(house.city, here).values["summary"] == "甲机"
    assert record_of(house.city, there).values["n_people"] == 4


# --- E08 ------------------------------------------------------------------------------------------


def test_e08_stick_full__error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_dispute(house.county)
    before = dump(house.county)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    assert refusal(lambda: export(house.county, house.stick)).code == "package.no_space"
    assert dump(house.county) == before
    assert list(house.stick.iterdir()) == []
    monkeypatch.undo()
    assert read_header(sent(house.county, house).file).header.number == 2


def test_e08_name_taken__ok(house: House) -> None:
    """Left by an export that was cut off before it was logged: it stays, and its number is passed over."""
    taken = house.stick / f"{COUNTY}-000002-submission.ghpkg"
    taken.write_bytes(b"x")
    assert read_header(sent(house.county, house).file).header.number == 3
    assert taken.read_bytes() == b"x"


def test_e08_county_without_a_city__error(house: House, tmp_path: Path) -> None:

    vault, _ = make_desk(new_desk(tmp_path / "alone", house.clock), Office(COUNTY, "某", "county"), FILES)
    with pytest.raises(ActionRefused) as caught:
        export(vault, house.stick)
    assert caught.value.code == "office.not_paired"
    vault.close()
