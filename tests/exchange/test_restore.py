"""
Backups and putting them back (storage/backup.py, restore.py, integrity.py, holding.py).

Z01 a backup says what it holds; a damaged one says so and is never put back
Z02 the restored vault is that of the backup under a new instance; the vault of before lies aside; passphrases stay
Z03 a county put back gets what it lost from the city, and nothing is lost on either side
Z04 in an empty folder a backup makes a vault, as on a new PC; another vault is not replaced
Z05 a backup is made on closing when something is new, copied to a second place, and thinned
Z06 a full check finds every kind of damage
Z07 a second program is told who holds the vault; the lock of one that died is gone
Z08 what is damaged is not opened for work
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.actions.attaching import attach_file
from desktop_app.actions.backups import (
    back_up,
    back_up_on_close,
    backups_of,
    find_backup,
    last_test,
    look_into_backup,
    moved_at,
    prepare_move,
    restore_backup,
    second_place,
    self_test,
    set_second_place,
    stay_here,
    verify,
)
from desktop_app.actions.desk import open_desk
from desktop_app.actions.records import edit_record
from desktop_app.base.errors import KnownError, VaultError
from desktop_app.storage import rehearsal
from desktop_app.storage.holding import LOCK
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE
from tests.exchange.world import CITY, NEWER_FILES, PASSPHRASE, A, World, codes, content, dump, value


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value.code


def put_back(world: World, name: str, backup: Path) -> None:
    world.close(name)
    restore_backup(world.folder / name, backup, PASSPHRASE, clock=world.clock)


# --- Z01, Z02 -------------------------------------------------------------------------------------


def test_z01_contents(world: World) -> None:
    world.add(A)
    backup = back_up(world[A]).folder
    world.add(A, summary="后来")
    before = sorted((one.name, one.stat().st_size) for one in backup.iterdir())
    found = look_into_backup(backup, PASSPHRASE, world[A].folder)
    assert (found.office, found.records["dispute"], found.n_revisions) == (A, 1, 1)
    assert found.last_change > 0
    assert sorted((one.name, one.stat().st_size) for one in backup.iterdir()) == before
    assert not list(world[A].folder.glob("*.part"))
    assert refused(lambda: look_into_backup(backup, "wrong-passphrase", world[A].folder)) == "vault.wrong_passphrase"


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_z01_damaged_backup(world: World, place: float) -> None:
    world.add(A)
    backup = back_up(world[A]).folder
    whole = bytearray((backup / DATABASE).read_bytes())
    whole[int(len(whole) * place)] ^= 0xFF
    (backup / DATABASE).write_bytes(whole)
    before = dump(world[A])
    world.close(A)
    code = refused(lambda: restore_backup(world.folder / A, backup, PASSPHRASE))
    assert code in {"vault.damaged", "vault.backup_damaged"}
    assert dump(world[A]) == before
    assert not list((world.folder / A).glob("aside/*"))


def test_z02_put_back(world: World) -> None:
    first = world.add(A)
    then, instance = content(world[A]), world[A].owner.instance
    backup = back_up(world[A]).folder
    edit_record(world[A], first, {"summary": "后来"})
    later = dump(world[A])
    put_back(world, A, backup)
    assert content(world[A]) == then
    assert world[A].owner.instance != instance
    (aside,) = (world.folder / A / "aside").iterdir()
    world.close(A)
    kept = world.folder / "aside copy"
    shutil.copytree(aside, kept)
    assert dump(world["aside copy"]) == later


def test_z02_backups_survive(world: World) -> None:
    world.add(A)
    backup = back_up(world[A]).folder
    for _ in range(3):
        put_back(world, A, backup)
        assert backup.is_dir()
        assert value(world[A], next(iter(content(world[A]))), "summary")


def test_z02_present_slots_stay(world: World) -> None:
    backup = back_up(world[A]).folder
    world.close(A)
    present = (world.folder / A / SLOTS).read_bytes()
    (backup / SLOTS).write_bytes((backup / SLOTS).read_bytes().replace(b"\n", b"\n "))
    restore_backup(world.folder / A, backup, PASSPHRASE)
    assert (world.folder / A / SLOTS).read_bytes() == present


def test_z02_damaged_vault_is_replaced(world: World) -> None:
    record = world.add(A)
    backup = back_up(world[A]).folder
    world.close(A)
    (world.folder / A / DATABASE).write_bytes(os.urandom(5000))
    (world.folder / A / SLOTS).write_bytes(b"{")
    restore_backup(world.folder / A, backup, PASSPHRASE, clock=world.clock)
    assert value(world[A], record, "summary") == "欠薪三个月"


# --- Z03 ------------------------------------------------------------------------------------------


def test_z03_county_gets_back_what_it_lost(world: World) -> None:
    shared = world.shared()
    backup = back_up(world[A]).folder
    edit_record(world[A], shared, {"summary": "县改"})
    lost = world.add(A, summary="备份之后")
    world.up(A)
    put_back(world, A, backup)
    assert lost not in content(world[A])
    edit_record(world[A], shared, {"n_people": 9})
    told = world.up(A)
    assert "package.other_instance" in codes(told)
    world.down(A)
    world.meet(A)
    assert content(world.city, A) == content(world[A])
    assert value(world[A], lost, "summary") == "备份之后"
    assert (value(world[A], shared, "summary"), value(world[A], shared, "n_people")) == ("县改", 9)
    world.check()


def test_z03_city_put_back(world: World) -> None:
    shared = world.shared()
    backup = back_up(world.city).folder
    edit_record(world.city, shared, {"summary": "市改"})
    world.down(A)
    later = world.add(A)
    put_back(world, CITY, backup)
    edit_record(world.city, shared, {"n_people": 4})
    from desktop_app.actions.exporting import export  # noqa: PLC0415 only here

    world.stick.mkdir(exist_ok=True)
    export(world.city, world.stick, everyone=True)
    for one in sorted(world.stick.glob(f"*{A}*.ghpkg")):
        world.take(A, one)
    world.meet(A)
    world.meet(A)
    assert content(world.city, A) == content(world[A])
    assert (value(world.city, shared, "summary"), value(world.city, shared, "n_people")) == ("市改", 4)
    assert later in content(world.city)


# --- Z04, Z05 -------------------------------------------------------------------------------------


def test_z04_new_pc(world: World, tmp_path: Path) -> None:
    record = world.add(A)
    backup = back_up(world[A]).folder
    world.close(A)
    restore_backup(world.folder / "new pc", backup, PASSPHRASE, clock=world.clock)
    assert value(world["new pc"], record, "summary") == "欠薪三个月"
    assert refused(lambda: restore_backup(world.folder / CITY, backup, PASSPHRASE)) == "vault.other_vault"
    assert refused(lambda: find_backup(world.folder / A, "nothing")) == "vault.no_backup"
    assert find_backup(world.folder / A, backup.name) == backup
    assert find_backup(tmp_path, str(backup)) == backup


def test_z05_on_close_only_when_something_is_new(world: World) -> None:
    world.add(A)
    assert back_up_on_close(world[A]) is not None
    assert back_up_on_close(world[A]) is None
    world.add(A)
    assert back_up_on_close(world[A]) is not None
    assert [one.reason for one in backups_of(world[A].folder)] == ["on-close", "on-close"]


def test_z05_second_place(world: World, tmp_path: Path) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    set_second_place(world[A], place)
    done = back_up(world[A])
    assert done.copy is not None
    assert (done.copy / DATABASE).read_bytes() == (done.folder / DATABASE).read_bytes()
    place.rename(tmp_path / "pulled out")
    gone = back_up(world[A])
    assert (gone.copy, bool(gone.trouble)) == (None, True)
    assert gone.folder.is_dir()
    assert refused(lambda: back_up(world[A], to=place)) == "vault.io"
    assert refused(lambda: set_second_place(world[A], place)) == "vault.io"
    set_second_place(world[A], None)
    assert second_place(world[A]) == ""


def test_z05_thinned(world: World) -> None:
    for _ in range(40):
        back_up(world[A])
        world.clock.at += timedelta(days=1)
    days = [one.at.date() for one in backups_of(world[A].folder)]
    assert len(days) == len(set(days))
    assert 12 <= len(days) <= 12 + 10 + 9
    assert (days[0] - days[11]).days == 11


def test_z05_good_backups_survive_a_wrong_restore(world: World) -> None:
    """The wrong one was put back, and work went on for months: the ones of before are all still there."""
    record = world.add(A, summary="只在好备份里")
    for n in range(3):
        edit_record(world[A], record, {"n_people": n})
        good = back_up(world[A]).folder
        world.clock.at += timedelta(hours=2)
    oldest = backups_of(world[A].folder)[-1].folder
    put_back(world, A, oldest)
    for _ in range(40):
        back_up(world[A])
        world.clock.at += timedelta(days=7)
    assert good.is_dir()
    assert len(backups_of(world[A].folder)) <= 3 + 12 + 10 + 9
    put_back(world, A, good)
    assert value(world[A], record, "n_people") == 2


@pytest.mark.parametrize("in_memory", [True, False])
def test_z05_self_test(world: World, monkeypatch: pytest.MonkeyPatch, in_memory: bool) -> None:
    if not in_memory:
        monkeypatch.setattr(rehearsal, "MOST_BYTES_IN_MEMORY", 0)
    world.add(A)
    assert not last_test(world[A]).is_due, "there is nothing to test"
    assert self_test(world[A]) is None
    backup = back_up(world[A]).folder
    world.clock.at += timedelta(days=31)
    assert last_test(world[A]).is_due
    before = {one: one.read_bytes() for one in backup.iterdir()}
    found = self_test(world[A])
    assert found is not None
    assert (found.n_records, found.n_revisions) == (1, 1)
    assert (last_test(world[A]).is_due, last_test(world[A]).fault) == (False, "")
    assert {one: one.read_bytes() for one in backup.iterdir()} == before
    world.clock.at += timedelta(days=31)
    assert last_test(world[A]).is_due
    whole = bytearray((backup / DATABASE).read_bytes())
    whole[len(whole) // 2] ^= 1
    (backup / DATABASE).write_bytes(whole)
    assert refused(lambda: self_test(world[A])) == "vault.backup_damaged"
    assert "已损坏" in last_test(world[A]).fault
    back_up(world[A])
    assert self_test(world[A]) is not None
    assert last_test(world[A]).fault == ""


@pytest.mark.parametrize("in_memory", [True, False])
def test_z05_self_test_of_a_backup_older_than_a_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    """As the one that is made before a new parameter pack is taken up, on the day the test is due."""
    if not in_memory:
        monkeypatch.setattr(rehearsal, "MOST_BYTES_IN_MEMORY", 0)
    world.add(A)
    back_up(world[A], "before-upgrade")
    assert "honor" not in world[A].rows
    world[A].adopt(NEWER_FILES, "program")
    assert "honor" in world[A].rows
    found = self_test(world[A])
    assert found is not None
    assert (found.n_records, last_test(world[A]).fault) == (1, "")


def test_z04_moved_to_a_new_pc(world: World, tmp_path: Path) -> None:
    record = world.shared()
    (tmp_path / "stick").mkdir()
    folder = prepare_move(world[A], tmp_path / "stick")
    assert moved_at(world[A]) > 0
    restore_backup(world.folder / "new pc", folder, PASSPHRASE, clock=world.clock)
    assert moved_at(world["new pc"]) == 0
    edit_record(world["new pc"], record, {"n_people": 8})
    world.take(CITY, world.package("new pc", CITY))
    assert value(world.city, record, "n_people") == 8
    stay_here(world[A])
    assert moved_at(world[A]) == 0
    assert refused(lambda: prepare_move(world[A], tmp_path / "nowhere")) == "vault.io"


# --- Z06 ------------------------------------------------------------------------------------------


def test_z06_whole_vault(world: World, tmp_path: Path) -> None:
    record = world.shared()
    (tmp_path / "证据.txt").write_text("工资条", encoding="utf-8")
    attach_file(world[A], record, tmp_path / "证据.txt", field="files")
    world.meet(A)
    for name in (A, CITY):
        found = verify(world[name])
        assert found.damage == ()
        assert (found.n_records, found.n_attachments) == (1, 1)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE revision SET body = CAST(replace(CAST(body AS TEXT), '欠薪', '久薪') AS BLOB)", "chain"),
        ("UPDATE revision SET digest = zeroblob(32)", "chain"),
        ("DELETE FROM revision WHERE rev = (SELECT max(rev) FROM revision)", "chain"),
        ("UPDATE stream SET seq = seq + 1", "chain"),
        ("UPDATE attachment SET content = x'00'", "attachment"),
        ("DELETE FROM ledger_dispute", "rows"),
    ],
)
def test_z06_each_damage_is_found(world: World, tmp_path: Path, statement: str, what: str) -> None:
    record = world.add(A)
    (tmp_path / "证据.txt").write_text("工资条", encoding="utf-8")
    attach_file(world[A], record, tmp_path / "证据.txt", field="files")
    with world[A].write() as connection:
        connection.exec_driver_sql(statement)
    found = {one.what for one in verify(world[A]).damage}
    world.close(A)  # it is not whole, and is not looked at again
    assert what in found


@pytest.mark.long
def test_z06_random_bytes(world: World, sweep: Callable[[int, int], int]) -> None:
    """A changed byte is noticed when the vault is opened or checked, and never brings the program down."""
    for n in range(30):
        world.add(A, summary=f"第{n}件")
    world.close(A)
    whole = (world.folder / A / DATABASE).read_bytes()
    chance = random.Random(7)
    for _ in range(sweep(15, 1000)):
        damaged = bytearray(whole)
        at = chance.randrange(len(whole))
        damaged[at] ^= 1 << chance.randrange(8)
        (world.folder / A / DATABASE).write_bytes(damaged)
        try:
            found = [one.what for one in verify(world[A]).damage]
        except VaultError as error:
            found = [error.code]
        assert found, at
        world.close(A)
        for one in world.folder.joinpath(A).glob(f"{DATABASE}-*"):
            one.unlink()
    (world.folder / A / DATABASE).write_bytes(whole)
    assert verify(world[A]).damage == ()


# --- Z07 ------------------------------------------------------------------------------------------

_HOLD = """
import sys
from pathlib import Path
from desktop_app.base.clock import SystemClock
from desktop_app.storage.holding import Hold
hold = Hold(Path(sys.argv[1]), "另一个窗口", SystemClock())
print("held", flush=True)
sys.stdin.readline()
"""


def test_z07_who_holds_it(world: World) -> None:
    folder = world.folder / A
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-X", "utf8", "-c", _HOLD, str(folder)]
    other = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(VaultError) as caught:
        open_desk(folder, PASSPHRASE)
    assert caught.value.code == "vault.held"
    assert f"另一个窗口（进程 {other.pid}）" in str(caught.value)
    other.kill()
    other.wait()
    assert (folder / LOCK).exists()
    assert json.loads((folder / "vault.holder").read_bytes())["process"] == other.pid
    open_desk(folder, PASSPHRASE).close()
    open_desk(folder, PASSPHRASE).close()
    for one in (other.stdin, other.stdout):
        if one:
            one.close()


# --- Z08 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["page", "end of a chain"])
def test_z08_quick_check_on_opening(world: World, what: str) -> None:
    world.add(A)
    if what == "end of a chain":
        with world[A].write() as connection:
            connection.exec_driver_sql("UPDATE revision SET digest = zeroblob(32)")
    world.close(A)
    folder = world.folder / A
    if what == "page":
        whole = bytearray((folder / DATABASE).read_bytes())
        whole[-3000] ^= 1
        (folder / DATABASE).write_bytes(whole)
    assert refused(lambda: open_desk(folder, PASSPHRASE)) == "vault.damaged"
    assert refused(lambda: open_desk(folder, PASSPHRASE)) == "vault.damaged", "and nobody holds it meanwhile"
