"""
Nothing of what is entered can be read on the disk.

P01 not in any file of the vault folder, while it is open and after
P02 not in a package file, and not in what making one leaves behind
P03 not in drafts, backups, their copy in the second place, the vault that a restore sets aside, a repaired one
P04 not in the report of a fault, on the screen of the command line or in the window
"""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions import backups
from desktop_app.actions.attaching import attach_file
from desktop_app.actions.backups import back_up, restore_backup
from desktop_app.actions.drafts import keep_draft, new_draft_id
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.cli.app import run
from desktop_app.storage.salvage import salvage
from desktop_app.sync import package, stick
from tests.helpers.desks import COUNTY, FILES, PASSPHRASE, House, add, add_dispute

MARKS = ("暗记甲乙丙丁", "HIDDEN-MARKER-7431", "张三四五欠薪")


def readable(folder: Path) -> list[tuple[str, str]]:
    """File and mark wherever a mark can be read in one of the usual encodings."""
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        for mark in MARKS:
            spellings = (mark.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"))
            found += [(path.name, mark)] if any(one in content for one in spellings) else []
    return found


def enter(house: House, tmp_path: Path) -> None:
    """Marks in a title, a long text, a private field of many rows, a child row and an attachment."""
    county = house.county
    record = add_dispute(county, summary=MARKS[0], facts="，".join(MARKS) * 50)
    add(county, "progress", parent=record, done_on="2025-03-06", note=MARKS[2])
    for n in range(300):
        add(county, "employer", name=f"{MARKS[1]} {n}")
    source = tmp_path / "source" / "材料.txt"
    source.parent.mkdir()
    source.write_text("".join(MARKS) * 20_000, encoding="utf-8")
    attach_file(county, record, source, field="files")
    source.unlink()


def test_p01_search_finds_what_can_be_read__ok(tmp_path: Path) -> None:
    """The search itself works: else silence would prove nothing."""
    (tmp_path / "a").write_bytes(b"\0" + MARKS[0].encode("utf-16-le"))
    (tmp_path / "b").write_text(MARKS[1], encoding="utf-8")
    assert readable(tmp_path) == [("a", MARKS[0]), ("b", MARKS[1])]


def test_p01_vault_folder__ok(house: House, tmp_path: Path) -> None:
    enter(house, tmp_path)
    county = house.county
    with county.read() as connection:  # a sort that does not fit in memory would go to a temporary file
        connection.exec_driver_sql("SELECT body FROM revision ORDER BY body DESC").fetchall()
        names = {path.name for path in county.folder.iterdir()}
        assert {"vault.db", "vault.db-wal", "vault.db-shm"} <= names
        assert readable(tmp_path) == []
    house.close()
    assert readable(tmp_path) == []


@pytest.mark.parametrize(
    ("pragma", "value"), [("temp_store", 2), ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_p01_every_connection_keeps_to_memory__ok(house: House, pragma: str, value: object) -> None:
    """Temporary files have no name to be found by, so the setting itself is looked at: 2 is MEMORY, and FULL."""
    with house.county.read() as first, house.county.read() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_p01_database_is_not_sqlite__ok(house: House) -> None:
    add_dispute(house.county)
    house.close(COUNTY)
    assert not (house.folder / COUNTY / "vault.db").read_bytes().startswith(b"SQLite format 3")


def test_p02_package_and_its_workplace__ok(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(house, tmp_path)
    seen: list[tuple[str, int]] = []
    whole = stick.write_to_stick

    def looking(target: Path, *args: Any) -> str:
        """The moment at which the payload lies finished in the workplace."""
        work = list(house.county.folder.rglob("payload"))
        seen.extend((one.name, one.stat().st_size) for one in work)
        assert readable(tmp_path) == []
        return whole(target, *args)

    monkeypatch.setattr(package, "write_to_stick", looking)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "system-temp"))
    file = export(house.county, house.stick)[0].file
    assert seen[0][1] > 1000
    assert file.stat().st_size > 1000
    import_package(house.city, file)
    house.close()
    assert readable(tmp_path) == []
    assert not (tmp_path / "system-temp").exists()
    assert [one.name for one in (house.folder / COUNTY).iterdir() if one.name.startswith("package-")] == []


def test_p03_copies_and_drafts__ok(house: House, tmp_path: Path) -> None:
    enter(house, tmp_path)
    county = house.county
    keep_draft(county, new_draft_id(county), ledger="dispute", title=MARKS[1], content={"summary": MARKS[0]})
    place = tmp_path / "second"
    place.mkdir()
    done = back_up(county, to=place)
    assert done.copy is not None
    assert readable(tmp_path) == []
    house.close()
    folder = house.folder / COUNTY
    salvage(folder, PASSPHRASE, tmp_path / "saved", files=FILES, clock=house.clock)
    restore_backup(folder, done.folder, PASSPHRASE)
    assert {one.name for one in folder.iterdir()} >= {"aside", "backups", "vault.db"}
    assert (tmp_path / "saved" / "vault.db").stat().st_size > 100_000
    assert readable(tmp_path) == []


def test_p04_report_of_a_fault__ok(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.close()

    def fail(*_: object) -> None:
        raise ValueError(f"cannot read {MARKS[0]}")

    monkeypatch.setattr(backups, "verify", fail)
    monkeypatch.setenv("UNION_DESK_PASSPHRASE", PASSPHRASE)
    status = run(["--vault", str(house.folder / COUNTY), "verify"])
    printed = capsys.readouterr()
    assert status == 1
    assert "ValueError" in printed.err
    assert "test_plaintext.py" in printed.err
    assert MARKS[0] not in printed.out + printed.err
    assert PASSPHRASE not in printed.out + printed.err
