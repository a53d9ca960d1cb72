"""
Files lie in the vault with their record and travel with it.

T01 added, listed, saved again byte for byte
T02 they travel up and down, each content once
T03 what cannot be added or saved is refused, and nothing is written
"""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.actions import attaching
from desktop_app.actions.attaching import attach_file, save_attachment
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.records import delete_record
from desktop_app.base.errors import KnownError
from desktop_app.storage.attachments import PART_BYTES
from desktop_app.storage.vault import Vault
from tests.helpers.desks import House, add, add_dispute, dump, record_of


def made(folder: Path, n_bytes: int, name: str = "材料.pdf") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(random.Random(n_bytes).randbytes(n_bytes))
    return path


def same(vault: Vault, record: str, source: Path, folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    return save_attachment(vault, record, source.name, folder).read_bytes() == source.read_bytes()


def n_parts(vault: Vault) -> int:
    return len(dump(vault)["attachment"])


def refused(call: Callable[[], object]) -> KnownError:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value


# --- T01 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_bytes", [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES - 1])
def test_t01_saved_again__ok(county: Vault, tmp_path: Path, n_bytes: int) -> None:
    record, source = add_dispute(county), made(tmp_path / "in", n_bytes)
    attach_file(county, record, source, field="files")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert record_of(county, record).values["files"] == [{"digest": digest, "name": "材料.pdf", "n_bytes": n_bytes}]
    assert same(county, record, source, tmp_path / "out")


def test_t01_several_and_again__ok(county: Vault, tmp_path: Path) -> None:
    record = add_dispute(county)
    sources = [made(tmp_path / "in", n, f"{n}.pdf") for n in (10, 20)]
    for source in (*sources, sources[0]):
        attach_file(county, record, source, field="files")
    files = record_of(county, record).values["files"]
    assert isinstance(files, list)
    assert [one["name"] for one in files] == ["10.pdf", "20.pdf"]
    assert attach_file(county, record, sources[0], field="files").record_ids == ()


# --- T02 ------------------------------------------------------------------------------------------


def test_t02_up_and_down__ok(house: House, tmp_path: Path) -> None:
    record = add_dispute(house.county)
    up, down = made(tmp_path / "in", 2 * PART_BYTES + 5), made(tmp_path / "in", 700, "回复.pdf")
    attach_file(house.county, record, up, field="files")
    house.carry(house.county, house.city)
    assert same(house.city, record, up, tmp_path / "city")
    attach_file(house.city, record, down, field="files")
    house.carry(house.city, house.county)
    assert same(house.county, record, down, tmp_path / "county")
    assert record_of(house.county, record) == record_of(house.city, record)


def test_t02_not_sent_again_after_the_receipt__ok(house: House, tmp_path: Path) -> None:

    attach_file(house.county, add_dispute(house.county), made(tmp_path / "in", 300_000), field="files")
    (first,) = export(house.county, house.stick)
    (again,) = export(house.county, house.stick)
    assert min(first.file.stat().st_size, again.file.stat().st_size) > 300_000
    house.carry(house.county, house.city)
    house.carry(house.city, house.county)
    (later,) = export(house.county, house.stick)
    assert later.file.stat().st_size < 10_000


def test_t02_same_content_in_two_records__ok(house: House, tmp_path: Path) -> None:
    source = made(tmp_path / "in", 1000)
    first, second = add_dispute(house.county), add_dispute(house.county)
    attach_file(house.county, first, source, field="files")
    house.carry(house.county, house.city)
    house.carry(house.city, house.county)
    attach_file(house.county, second, source, field="files")
    assert n_parts(house.county) == 1
    house.carry(house.county, house.city)
    assert same(house.city, second, source, tmp_path / "out")


@pytest.mark.parametrize("comes_from", ["city", "county"])
def test_t02_same_content_for_two_counties__ok(house: House, tmp_path: Path, comes_from: str) -> None:
    """A notice that the city puts to records of both counties reaches both."""
    source = made(tmp_path / "in", 1000)
    here, there = add_dispute(house.county), add_dispute(house.other)
    if comes_from == "county":
        attach_file(house.county, here, source, field="files")
    for vault in (house.county, house.other):
        house.carry(vault, house.city)
    if comes_from == "city":
        attach_file(house.city, here, source, field="files")
    attach_file(house.city, there, source, field="files")

    for package in export(house.city, house.stick):
        import_package(house.vault(package.recipient), package.file)
    assert same(house.county, here, source, tmp_path / "here")
    assert same(house.other, there, source, tmp_path / "there")


# --- T03 ------------------------------------------------------------------------------------------


def test_t03_cannot_be_added__error(county: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, source = add_dispute(county), made(tmp_path / "in", 101)
    employer, gone = add(county, "employer", name="甲"), add_dispute(county)
    delete_record(county, gone)
    before = dump(county)
    monkeypatch.setattr(attaching, "MAX_BYTES", 100)
    cases: list[tuple[str, Path, str, str]] = [
        (record, source, "files", "record.attachment_too_large"),
        (record, source, "facts", "record.not_attachments"),
        (employer, source, "files", "record.not_attachments"),
        (record, tmp_path / "没有.pdf", "files", "cli.file"),
        (gone, source, "files", "record.deleted"),
        ("f" * 32, source, "files", "record.not_found"),
    ]
    for id_, path, field, code in cases:
        assert refused(lambda: attach_file(county, id_, path, field=field)).code == code  # noqa: B023
    monkeypatch.undo()
    assert refused(lambda: attach_file(county, record, tmp_path, field="files")).code == "cli.file"
    assert dump(county) == before


def test_t03_fails_while_it_is_read__error(county: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pieces(_: Path) -> object:
        yield bytes(PART_BYTES)
        raise OSError(5, "Input/output error")

    record, source = add_dispute(county), made(tmp_path / "in", PART_BYTES * 2)
    before = dump(county)
    monkeypatch.setattr(attaching, "_pieces", pieces)
    error = refused(lambda: attach_file(county, record, source, field="files"))
    assert error.code == "cli.file"
    assert str(source) in str(error)
    assert dump(county) == before


def test_t03_cannot_be_saved__error(county: Vault, tmp_path: Path) -> None:
    record, source = add_dispute(county), made(tmp_path / "in", 10)
    attach_file(county, record, source, field="files")
    assert refused(lambda: save_attachment(county, record, "无.pdf", tmp_path)).code == "record.no_attachment"
    (tmp_path / source.name).write_bytes(b"mine")
    assert refused(lambda: save_attachment(county, record, source.name, tmp_path)).code == "record.file_exists"
    assert (tmp_path / source.name).read_bytes() == b"mine"
    assert refused(lambda: save_attachment(county, record, source.name, tmp_path / "gone")).code == "cli.file"
