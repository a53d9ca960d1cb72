"""
Vaults of every released format (tests/vaults/) in today's program.

V01 opened by whoever could open it then, with every record, its history and its attachments
V02 a copy is made before anything is changed, and it opens in the format of then
V03 work goes on in it: entry, export, check
V04 of a newer major version it is refused, with both versions named and nothing changed
V05 damaged, it is repaired like any other
"""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.backups import backups_of, restore_backup, verify
from desktop_app.actions.desk import open_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.reading import show_history
from desktop_app.actions.records import edit_record
from desktop_app.actions.repairing import repair_vault
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import VaultError
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import load_pack, read_files
from desktop_app.storage import slots, tables
from desktop_app.storage.engine import open_engine, read_version, write_version
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE, Vault
from tests.exchange.world import START, content

HERE = Path(__file__).parents[1] / "vaults"
INDEX = tomllib.loads(HERE.joinpath("index.toml").read_text(encoding="utf-8"))


@pytest.fixture(params=sorted(INDEX))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A copy of an old vault and what is known of it."""
    shutil.copytree(HERE / request.param, tmp_path / "vault")
    return tmp_path / "vault", INDEX[request.param]


def opened(folder: Path, known: dict[str, Any]) -> Vault:
    return open_desk(folder, known["passphrase"], clock=SetClock(START.replace(year=2027)))


def version_of(folder: Path, passphrase: str) -> int:
    key = slots.open_slot(slots.read_slots(folder / SLOTS), passphrase, folder / SLOTS).key
    engine = open_engine(folder / DATABASE, key)
    with engine.begin() as connection:
        found = read_version(connection)
    engine.dispose()
    return found


def check_content(vault: Vault, known: dict[str, Any]) -> list[str]:
    """Every record is there as it was; the ids of those that have a summary."""
    there = content(vault)
    ledgers = [row[0] for row in there.values()]
    assert {key: ledgers.count(key) for key in known["records"]} == known["records"]
    shown = {record: dict(row[4]).get("summary") for record, row in there.items() if not row[3]}  # type: ignore[call-overload]
    assert sorted(str(one) for one in shown.values() if one) == known["summaries"]
    found = verify(vault)
    assert (found.damage, found.n_revisions, found.n_attachments) == ((), known["n_revisions"], 1)
    return sorted(record for record, one in shown.items() if one)


def test_index_names_every_vault__ok() -> None:
    assert {one.name for one in HERE.iterdir() if one.is_dir() and one.name != "__pycache__"} == set(INDEX)
    current = f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}"
    assert all(tuple(map(int, one.split("."))) <= tuple(map(int, current.split("."))) for one in INDEX)


def test_v01_v02_opened_after_a_copy__ok(old: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, known = old
    vault = opened(folder, known)
    records = check_content(vault, known)
    assert vault.owner.office == known["office"]
    first = show_history(vault, records[0])
    assert [len(first), first[0].actor] == [3, "经办人"]
    vault.close()
    (copy,) = backups_of(folder)
    assert copy.reason == "before-upgrade"
    assert version_of(copy.folder, known["passphrase"]) == known["format"]
    assert version_of(folder, known["passphrase"]) == tables.FORMAT
    opened(folder, known).close()
    assert len(backups_of(folder)) == 1, "once"
    restore_backup(tmp_path / "again", copy.folder, known["passphrase"])
    again = opened(tmp_path / "again", known)
    check_content(again, known)
    again.close()


def test_v02_a_copy_before_newer_forms__ok(old: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is today's already; the program brings a newer parameter pack."""
    folder, known = old
    opened(folder, known).close()
    n_before = len(backups_of(folder))
    files = read_files(forms_dir())
    version = f"version = {load_pack(files).version}"
    newer = {**files, "pack.toml": files["pack.toml"].replace(version, "version = 999")}
    monkeypatch.setattr("desktop_app.actions.desk.read_files", lambda _: newer)
    vault = opened(folder, known)
    assert vault.pack.version == 999
    check_content(vault, known)
    vault.close()
    assert len(backups_of(folder)) == n_before + 1
    opened(folder, known).close()
    assert len(backups_of(folder)) == n_before + 1


def test_v03_work_goes_on__ok(old: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, known = old
    vault = opened(folder, known)
    records = check_content(vault, known)
    edit_record(vault, records[1], {"n_people": 7})
    written = export(vault, tmp_path)
    assert written[0].n_revisions >= 2
    assert verify(vault).damage == ()
    vault.close()


def test_v04_newer_major__error(old: tuple[Path, dict[str, Any]]) -> None:
    folder, known = old
    key = slots.open_slot(slots.read_slots(folder / SLOTS), known["passphrase"], folder / SLOTS).key
    engine = open_engine(folder / DATABASE, key)
    with engine.begin() as connection:
        write_version(connection, (tables.FORMAT_MAJOR + 1) * 1000 + 3)
    engine.dispose()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(VaultError) as caught:
        opened(folder, known)
    assert caught.value.code == "vault.too_new"
    assert f"{tables.FORMAT_MAJOR + 1}.3" in str(caught.value)
    assert f"{tables.FORMAT_MAJOR}.{tables.FORMAT_MINOR}" in str(caught.value)
    assert (folder / DATABASE).read_bytes() == before
    assert backups_of(folder) == []


def test_v05_repaired__ok(old: tuple[Path, dict[str, Any]]) -> None:
    folder, known = old
    whole = bytearray((folder / DATABASE).read_bytes())
    whole[20 * 4096 + 99] ^= 1
    (folder / DATABASE).write_bytes(whole)
    found = repair_vault(folder, known["passphrase"], clock=SetClock(START.replace(year=2027)))
    assert found.salvaged.folder.parent == folder.parent
    vault = opened(found.salvaged.folder, known)
    check_content(vault, known)
    assert vault.role == "administrator", "the first format knew no roles"
    vault.close()
