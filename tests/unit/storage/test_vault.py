"""
A vault opens for its own keys and in a format this program knows; what fails leaves everything as it was.

V01 the passphrase and the recovery code open, nothing else does
V02 a slot file that is cut, no JSON, weak, absurd or another vault's is refused as such
V03 a newer format is refused with both versions named
V04 what is there is not overwritten; after a failed creation nothing is left
V05 a full disk and a second writer leave the old state
V06 a write is whole or not at all
"""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlcipher3.dbapi2 as sqlcipher

from desktop_app.actions.desk import make_desk
from desktop_app.actions.records import Given, add_records
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import FormsInvalid, VaultError
from desktop_app.storage import slots, tables
from desktop_app.storage.engine import write_version
from desktop_app.storage.making import create_vault
from desktop_app.storage.packages import Office
from desktop_app.storage.records import Writing
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT, Cost, calibrated_cost
from desktop_app.storage.vault import DATABASE, Owner, Vault, open_vault
from tests.helpers.desks import (
    CITY,
    COUNTY,
    FILES,
    NAMES,
    PASSPHRASE,
    House,
    add_dispute,
    dump,
    new_desk,
    set_clock,
)

OFFICE = Office(CITY, NAMES[CITY], "city")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A closed vault and its recovery code."""
    folder = tmp_path_factory.mktemp("made") / "vault"
    vault, code = make_desk(new_desk(folder, set_clock()), OFFICE, FILES)
    vault.close()
    return folder, code


@pytest.fixture
def folder(made: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(made[0], tmp_path / "vault"))


def opened(folder: Path, secret: str = PASSPHRASE) -> Vault:
    return open_vault(folder, secret, FILES, set_clock())


def refusal(call: Callable[[], object]) -> VaultError:
    with pytest.raises(VaultError) as caught:
        call()
    return caught.value


def change_slots(folder: Path, change: Callable[[Any], Any]) -> None:
    path = folder / SLOTS
    data = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode(change(data) or data))


# --- V01 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling", [str, str.lower, lambda code: code.replace("-", " "), lambda c: c.replace("-", "")]
)
def test_v01_recovery_code__ok(made: tuple[Path, str], folder: Path, spelling: Callable[[str], str]) -> None:
    assert re.fullmatch(r"([A-Z2-7]{5}-){7}[A-Z2-7]{5}", made[1])
    vault = opened(folder, spelling(made[1]))
    assert (vault.owner.office, vault.actor, vault.role) == (CITY, "恢复码", "administrator")
    vault.close()


def test_v01_passphrase__ok(folder: Path) -> None:
    vault = opened(folder)
    assert (vault.owner.name, vault.owner.role, vault.pack.version) == (NAMES[CITY], "city", 1)
    vault.close()


@pytest.mark.parametrize("secret", ["", PASSPHRASE.upper(), PASSPHRASE + " ", "AAAA-BBBB", "口令口令口令"])
def test_v01_wrong_secret__error(folder: Path, secret: str) -> None:
    assert refusal(lambda: opened(folder, secret)).code == "vault.wrong_passphrase"


def test_v01_no_vault__error(tmp_path: Path) -> None:
    error = refusal(lambda: opened(tmp_path / "nothing"))
    assert error.code == "vault.not_found"
    assert str(tmp_path / "nothing") in str(error)


# --- V02 ------------------------------------------------------------------------------------------


def test_v02_no_slot_file__error(folder: Path) -> None:
    (folder / SLOTS).unlink()
    assert refusal(lambda: opened(folder)).code == "vault.not_found"


@pytest.mark.parametrize("n_bytes", [0, 1, 50, -3])
def test_v02_slot_file_cut__error(folder: Path, n_bytes: int) -> None:
    path = folder / SLOTS
    path.write_bytes(path.read_bytes()[:n_bytes])
    error = refusal(lambda: opened(folder))
    assert error.code == "vault.slots_damaged"
    assert str(path) in str(error)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"null", b"[]", b'{"format": 1}', b"PK\x03\x04", "口令".encode("gbk")]
)
def test_v02_slot_file_is_something_else__error(folder: Path, content: bytes) -> None:
    (folder / SLOTS).write_bytes(content)
    assert refusal(lambda: opened(folder)).code == "vault.slots_damaged"


def test_v02_slot_file_of_another_vault__error(folder: Path, tmp_path: Path) -> None:
    """It opens with its own passphrase, and its key does not open this database."""
    make_desk(new_desk(tmp_path / "other", set_clock()), OFFICE, FILES)[0].close()
    shutil.copy(tmp_path / "other" / SLOTS, folder / SLOTS)
    assert refusal(lambda: opened(folder)).code == "vault.damaged"


def test_v02_slot_of_another_vault__error(folder: Path, tmp_path: Path) -> None:
    """A single slot moved over is bound to the vault it was made for."""
    make_desk(new_desk(tmp_path / "other", set_clock()), OFFICE, FILES)[0].close()
    theirs = msgspec.json.decode((tmp_path / "other" / SLOTS).read_bytes())["slots"]
    change_slots(folder, lambda data: {**data, "slots": theirs})
    assert refusal(lambda: opened(folder)).code == "vault.wrong_passphrase"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 8 * 1024 - 1),
        ("memory_kib", 8),
        ("memory_kib", 0),
        ("memory_kib", -1),
        ("rounds", 0),
        ("memory_kib", 2**40),
        ("memory_kib", 1024 * 1024 + 1),
        ("rounds", 65),
        ("rounds", -1),
        ("rounds", 2**33),
    ],
)
def test_v02_memory_or_rounds_out_of_bounds__error(folder: Path, name: str, value: int) -> None:
    """Below the floor a guess is cheap; above the ceiling the PC hangs."""
    change_slots(folder, lambda data: data["slots"][0].update({name: value}))
    assert refusal(lambda: opened(folder)).code == "vault.slots_weak"


@pytest.mark.parametrize("lanes", [0, -1, 2**24, 2**40, 10_000])
def test_v02_lanes_out_of_bounds__error(folder: Path, lanes: int) -> None:
    change_slots(folder, lambda data: data["slots"][0].update(lanes=lanes))
    assert refusal(lambda: opened(folder)).code in {"vault.slots_weak", "vault.slots_damaged"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("salt", "00"),
        ("salt", ""),
        ("salt", "xyz"),
        ("nonce", ""),
        ("nonce", "00"),
        ("wrapped", "g"),
        ("memory_kib", "8"),
    ],
)
def test_v02_slot_damaged__error(folder: Path, name: str, value: object) -> None:
    change_slots(folder, lambda data: data["slots"][0].update({name: value}))
    assert refusal(lambda: opened(folder)).code == "vault.slots_damaged"


@pytest.mark.parametrize(
    ("name", "value"),
    [("rounds", 2), ("memory_kib", 8 * 1024 + 8), ("user", "他人"), ("kind", "recovery"), ("wrapped", "00" * 48)],
)
def test_v02_slot_changed_within_bounds__error(folder: Path, name: str, value: object) -> None:
    """Every field of a slot is vouched for."""
    change_slots(folder, lambda data: data["slots"][0].update({name: value}))
    assert refusal(lambda: opened(folder)).code == "vault.wrong_passphrase"


def test_v02_database_is_something_else__error(folder: Path) -> None:
    (folder / DATABASE).write_bytes(b"SQLite format 3\0" + bytes(8192))
    error = refusal(lambda: opened(folder))
    assert error.code == "vault.damaged"
    assert str(folder / DATABASE) in str(error)


def test_v02_damaged_database_is_let_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows moves and removes no file that is open, and whoever repairs or restores must."""
    connect, made = sqlcipher.connect, []

    def connected(*args: object, **named: object) -> object:
        made.append(connect(*args, **named))
        return made[-1]

    monkeypatch.setattr(sqlcipher, "connect", connected)
    (folder / DATABASE).write_bytes(bytes(8192))
    assert refusal(lambda: opened(folder)).code == "vault.damaged"
    for one in made:
        with pytest.raises(sqlcipher.ProgrammingError, match="closed"):
            one.execute("PRAGMA user_version")


# --- V03 ------------------------------------------------------------------------------------------


def test_v03_newer_major__error(folder: Path) -> None:
    vault = opened(folder)
    with vault.write() as connection:
        write_version(connection, (tables.FORMAT_MAJOR + 1) * 1000 + 4)
    vault.close()
    error = refusal(lambda: opened(folder))
    assert error.code == "vault.too_new"
    assert f"{tables.FORMAT_MAJOR + 1}.4" in str(error)
    assert f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}" in str(error)


def test_v03_newer_minor__ok(folder: Path) -> None:
    vault = opened(folder)
    with vault.write() as connection:
        write_version(connection, tables.FORMAT + 1)
    vault.close()
    opened(folder).close()


def test_v03_newer_slot_file__error(folder: Path) -> None:
    change_slots(folder, lambda data: {**data, "format": slots.SLOTS_FORMAT + 6})
    error = refusal(lambda: opened(folder))
    assert error.code == "vault.too_new"
    assert str(slots.SLOTS_FORMAT + 6) in str(error)


# --- V04 ------------------------------------------------------------------------------------------


def test_v04_folder_in_use__error(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    error = refusal(lambda: make_desk(new_desk(folder, set_clock()), OFFICE, FILES))
    assert error.code == "vault.exists"
    assert str(folder) in str(error)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("what", ["file", "folder with a file"])
def test_v04_name_taken__error(tmp_path: Path, what: str) -> None:
    taken = tmp_path / "vault"
    if what == "file":
        taken.write_text("一", encoding="utf-8")
    else:
        taken.mkdir()
        (taken / "照片.jpg").write_text("一", encoding="utf-8")
    assert refusal(lambda: make_desk(new_desk(taken, set_clock()), OFFICE, FILES)).code == "vault.exists"
    assert taken.exists()


def test_v04_empty_folder__ok(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    make_desk(new_desk(tmp_path / "vault", set_clock()), OFFICE, FILES)[0].close()
    opened(tmp_path / "vault").close()


def create(folder: Path, clock: SetClock, passphrase: str = PASSPHRASE, **files: str) -> None:
    owner = Owner(CITY, NAMES[CITY], "city", "0" * 32)
    pack = {**FILES, **{f"{name}.toml": text for name, text in files.items()}}
    origin = {"origin": "program"}
    known: Any = {
        **origin,
        "owner": owner,
        "user": "甲",
        "passphrase": passphrase,
        "files": pack,
        "settings": {},
        "offices": [],
    }
    create_vault(folder, **known, clock=clock, cost=LIGHT)[0].close()


def test_v04_bad_pack__error(tmp_path: Path, clock: SetClock) -> None:
    with pytest.raises(FormsInvalid):
        create(tmp_path / "vault", clock, regions="[regions")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("passphrase", ["", "1234567", "口令"])
def test_v04_short_passphrase__error(tmp_path: Path, clock: SetClock, passphrase: str) -> None:
    error = refusal(lambda: create(tmp_path / "vault", clock, passphrase))
    assert error.code == "vault.short_passphrase"
    assert str(slots.MIN_PASSPHRASE_CHARS) in str(error)
    assert list(tmp_path.iterdir()) == []


def test_v04_disk_fails__error(tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, file: object) -> None:
        path.write_bytes(b"{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(slots, "write_slots", fail)
    assert refusal(lambda: create(tmp_path / "vault", clock)).code == "vault.io"
    assert list(tmp_path.iterdir()) == []


def test_v04_full_while_creating__error(tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    _limit_pages(monkeypatch, lambda _: 8)
    error = refusal(lambda: create(tmp_path / "vault", clock))
    assert error.code == "vault.disk_full"
    assert list(tmp_path.iterdir()) == []


def test_v04_leftover_of_a_crash__ok(tmp_path: Path, clock: SetClock) -> None:
    (tmp_path / "vault.part").mkdir()
    (tmp_path / "vault.part" / DATABASE).write_bytes(b"half")
    create(tmp_path / "vault", clock)
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


# --- V05, V06 -------------------------------------------------------------------------------------


def _limit_pages(monkeypatch: pytest.MonkeyPatch, most: Callable[[int], int]) -> None:
    """Every new connection stops at a number of pages, as on a full disk; `most` is told how many there are."""
    connect = sqlcipher.connect

    class Limited(sqlcipher.Connection):  # type: ignore[misc]
        is_limited = False

        def execute(self, *args: Any) -> Any:
            found = super().execute(*args)
            if not self.is_limited and "cache_size" in args[0]:
                self.is_limited = True
                pages = super().execute("PRAGMA page_count").fetchone()[0]
                super().execute(f"PRAGMA max_page_count={most(pages)}")
            return found

    monkeypatch.setattr(sqlcipher, "connect", lambda *args, **more: connect(*args, factory=Limited, **more))


def test_v05_disk_full__error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first = add_dispute(house.county)
    before = dump(house.county)
    house.close(COUNTY)
    _limit_pages(monkeypatch, lambda pages: pages)
    county = house.county
    error = refusal(lambda: _fill(county))
    assert error.code == "vault.disk_full"
    assert str(county.folder) in str(error)
    house.close(COUNTY)
    monkeypatch.undo()
    after = dump(house.county)
    assert after["ledger_dispute"] == before["ledger_dispute"]
    assert add_dispute(house.county) > first


def _fill(vault: Vault) -> None:
    with vault.write() as connection:
        Writing(vault, connection).add("employer", [{"name": "甲"}])
        connection.exec_driver_sql("CREATE TABLE filler (a)")
        connection.exec_driver_sql("INSERT INTO filler VALUES (zeroblob(4000000))")


def test_v05_disk_full_in_the_middle_of_a_batch__error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(house.county)
    house.close(COUNTY)
    _limit_pages(monkeypatch, lambda pages: pages + 20)

    rows = [Given({"name": f"单位{n}" + "甲" * 60}) for n in range(2000)]
    assert refusal(lambda: add_records(house.county, "employer", rows)).code == "vault.disk_full"
    assert dump(house.county) == before


def test_v05_second_writer__error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlcipher.connect
    monkeypatch.setattr(sqlcipher, "connect", lambda *args, **more: connect(*args, **{**more, "timeout": 0.01}))
    first = house.county
    second = open_vault(first.folder, PASSPHRASE, FILES, house.clock)
    try:
        with first.write():
            error = refusal(lambda: add_dispute(second))
            assert error.code == "vault.locked"
            assert str(first.folder) in str(error)
            with second.read() as connection:  # readers are not disturbed
                assert second.meta(connection, "office") == COUNTY
        add_dispute(second)
    finally:
        second.close()


def test_v06_exception_undoes_everything__ok(county: Vault) -> None:
    before = dump(county)

    def fails() -> None:
        with county.write() as connection:
            connection.exec_driver_sql("UPDATE meta SET value = 'x'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert dump(county) == before


def test_v06_a_reader_sees_one_state__ok(county: Vault) -> None:
    with county.read() as connection:
        n_before = connection.exec_driver_sql("SELECT count(*) FROM revision").scalar_one()
        writer = threading.Thread(target=add_dispute, args=(county,))
        writer.start()
        writer.join()
        assert connection.exec_driver_sql("SELECT count(*) FROM revision").scalar_one() == n_before
    with county.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM revision").scalar_one() == n_before + 1


# --- cost -----------------------------------------------------------------------------------------


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Argon2 that takes no time: calls are noted."""
    calls: list[Any] = []

    def noted(*args: object) -> bytes:
        calls.append(args)
        return bytes(32)

    monkeypatch.setattr(slots, "hash_secret_raw", noted)
    return calls


@pytest.mark.parametrize(("once", "rounds"), [(0.25, 4), (10.0, 2), (0.001, 16)])
def test_cost_is_measured__ok(hashes: list[Any], monkeypatch: pytest.MonkeyPatch, once: float, rounds: int) -> None:
    ticks = iter([0.0, once])
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    assert calibrated_cost() == Cost(128 * 1024, rounds)
    assert len(hashes) == 1


def test_slots_are_replaced_in_one_step__ok(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / SLOTS).read_bytes()
    file = slots.read_slots(folder / SLOTS)

    def fail(_fd: int) -> None:
        raise OSError(5, "I/O error")

    monkeypatch.setattr(os, "fsync", fail)
    bare = msgspec.structs.replace(file, slots=[])
    assert refusal(lambda: slots.write_slots(folder / SLOTS, bare)).code == "vault.io"
    assert (folder / SLOTS).read_bytes() == before
