"""
Files that are no ledger, or one that cannot be used as it is.

W01 what a file is, whatever it is called
W02 a workbook with macros is read, and that is said
W03 a million empty rows with a format cost neither time nor memory
W04 formulas without a result, results that are errors
W05 two columns with one heading
W06 a sheet of another ledger
W07 nothing is written by halves, nor over what is there
"""

import io
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipExtFile, ZipFile

import pytest
from openpyxl import load_workbook

from desktop_app.actions.excel.exporting import export_list, make_template
from desktop_app.actions.excel.importing import import_workbook, preview_workbook
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.excel.undoing import undo_last_sheet
from desktop_app.actions.listing import RecordList
from desktop_app.base.errors import ActionRefused, KnownError, SheetError
from desktop_app.exchange.opening import open_book
from desktop_app.exchange.writing import OutColumn, write_book
from desktop_app.storage.vault import Vault
from tests.excel.books import PETITION, Book, petition
from tests.excel.test_messy import counts, look, problems, refused, take, values
from tests.helpers.desks import dump

# --- W01 ------------------------------------------------------------------------------------------

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _zip(**parts: str) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as inside:
        for name, text in parts.items():
            inside.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


REFUSED: list[tuple[str, bytes, str]] = [
    ("a.xlsx", b"", "excel.empty_file"),
    ("a.xlsx", "登记日期,来件人\n2025-03-05,张三\n".encode(), "excel.is_text"),
    ("a.xlsx", "登记日期,来件人\n".encode("gb18030"), "excel.is_text"),
    ("a.xls", "登记日期\t来件人\n".encode("utf-16"), "excel.is_text"),
    ("a.csv", "\ufeff登记日期,来件人\n".encode(), "excel.is_text"),
    ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "excel.is_web_page"),
    ("a.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "excel.password"),
    ("a.xls", _OLE + b"WordDocument", "excel.not_a_workbook"),
    ("a.xls", _OLE + "Workbook".encode("utf-16-le"), "excel.damaged"),
    ("a.xlsx", b"PK\x03\x04broken", "excel.damaged"),
    ("a.xlsx", b"\x00\x01\x02\x03" * 50, "excel.not_a_workbook"),
    ("a.xlsx", _zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "excel.is_other"),
    ("a.xlsx", _zip(word__document_dot_xml="<a/>"), "excel.is_other"),
    ("a.xlsx", _zip(a_dot_txt="x"), "excel.not_a_workbook"),
]


def test_w01_what_a_file_is__refused(vault: Vault, tmp_path: Path) -> None:
    before = dump(vault)
    for name, content, code in REFUSED:
        path = tmp_path / name
        path.write_bytes(content)
        refused(code, look, vault, path)
        refused(code, take, vault, path)
    assert dump(vault) == before


def test_w01_not_there__refused(vault: Vault, tmp_path: Path) -> None:
    refused("excel.unreadable", look, vault, tmp_path / "none.xlsx")


def test_w01_old_workbook_with_password__refused(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition()]).save_old(tmp_path / "a.xls")
    content = bytearray(path.read_bytes())
    at = content.index(b"\x09\x08\x10\x00") + 20  # behind the first record, BOF: FILEPASS as Excel writes it
    there = content[at : at + 10]
    content[at : at + 10] = b"\x2f\x00\x06\x00\x00\x00" + bytes(4)
    assert there != content[at : at + 10]
    path.write_bytes(content)
    refused("excel.password", look, vault, path)


def _changed(path: Path, part: str, **replaced: str) -> None:
    """Rewrites one part of a workbook, a text in it replaced by another."""
    with ZipFile(path) as inside:
        parts = {name: inside.read(name) for name in inside.namelist()}
    text = parts[part].decode()
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    with ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name, content in {**parts, part: text.encode()}.items():
            out.writestr(name, content)


def test_w01_cut_or_bombed__refused(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused("excel.damaged", look, vault, path)
    path.write_bytes(whole)
    _changed(path, "xl/worksheets/sheet1.xml", **{"<worksheet": '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'})
    refused("excel.damaged", look, vault, path)
    path.write_bytes(whole)
    _changed(path, "xl/worksheets/sheet1.xml", **{"</row>": "</rows>"})
    refused("excel.damaged", look, vault, path)


def test_w01_every_flipped_byte__told_or_read(tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    """A workbook from a bad stick is read, or refused with a sentence; nothing else comes out of the reader."""
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")
    whole = path.read_bytes()
    refusals = Counter[str]()
    for at in range(0, len(whole), sweep(11, 1)):
        for flip in (0x01, 0xFF):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
            try:
                with open_book(path) as book:
                    for one in book.sheets:
                        book.merges(one.name)
                        list(book.rows(one.name))
            except SheetError as error:
                refusals[error.code] += 1
    assert refusals["excel.damaged"] > 50


def test_w01_stick_gone_while_reading__refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")

    def gone(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    with open_book(path) as book:
        monkeypatch.setattr(ZipExtFile, "read", gone)
        with pytest.raises(SheetError) as caught:
            list(book.rows(book.sheets[0].name))
    assert caught.value.code == "excel.unreadable"


# --- W02 ------------------------------------------------------------------------------------------


def test_w02_macros__read_and_told(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")
    assert not look(vault, path).outline.has_macros
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    _changed(path, "[Content_Types].xml", **{main: "application/vnd.ms-excel.sheet.macroEnabled.main+xml"})
    macros = path.rename(tmp_path / "a.xlsm")
    found = look(vault, macros)
    assert found.outline.has_macros
    assert found.counts == counts(new=1)


# --- W03 ------------------------------------------------------------------------------------------


@pytest.mark.long
def test_w03_a_million_empty_rows__small(vault: Vault, tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    last = sweep(60_000, 1_048_576)
    path = Book([PETITION, petition(1), petition(2)]).save(tmp_path / "a.xlsx")
    with ZipFile(path) as inside:
        parts = {name: inside.read(name) for name in inside.namelist()}
    head, tail = parts.pop("xl/worksheets/sheet1.xml").split(b"</sheetData>")
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as out:
        for name, content in parts.items():
            out.writestr(name, content)
        with out.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(head)
            for first in range(4, last + 1, 4096):
                numbers = range(first, min(first + 4096, last + 1))
                rows = (f'<row r="{n}" spans="1:3"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in numbers)
                sheet.write("".join(rows).encode())
            sheet.write(b"</sheetData>" + tail)
    tracemalloc.start()
    with open_book(path) as book:
        numbers_seen = [row.number for row in book.rows("台账")]
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers_seen == [1, 2, 3]
    assert peak < 6_000_000
    assert look(vault, path).counts == counts(new=2)


# --- W04 ------------------------------------------------------------------------------------------


def test_w04_formulas__told(vault: Vault, tmp_path: Path) -> None:
    rows = [PETITION, petition(1, 人次="=1+1"), petition(2, 摘要="#REF!"), petition(3, 人次="=1+1")]
    path = Book(rows).save(tmp_path / "a.xlsx")
    _changed(
        path, "xl/worksheets/sheet1.xml", **{'<c r="E4"><f>1+1</f><v></v></c>': '<c r="E4"><f>1+1</f><v>2</v></c>'}
    )
    found = look(vault, path)
    assert problems(found) == {2: ["excel.no_result"], 3: ["excel.error_cell"]}
    assert found.counts == counts(new=1, wrong=2)
    take(vault, path)
    assert values(vault)[0]["n_people"] == 2


# --- W05 ------------------------------------------------------------------------------------------


def test_w05_one_heading_twice__asked(vault: Vault, tmp_path: Path) -> None:
    row = petition()
    path = Book([[*PETITION, "电 话", "备忘", "备忘"], [*row, "13900139000", "a", "b"]]).save(tmp_path / "a.xlsx")
    with pytest.raises(SheetError) as caught:
        look(vault, path)
    assert caught.value.code == "excel.heading_twice"
    assert caught.value.context["columns"] == "D、I"
    assert take(vault, path, columns={"I": "电话", "D": ""}).n_new == 1
    assert values(vault)[0]["phone"] == "13900139000"


# --- W06 ------------------------------------------------------------------------------------------


def test_w06_sheet_of_another_ledger__named(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")
    with pytest.raises(SheetError) as caught:
        look(vault, path, "risk")
    assert caught.value.code == "excel.other_ledger"
    assert caught.value.context["other"] == "信访事项"
    refused("excel.no_headings", look, vault, Book([["甲", "乙"], [1, 2]]).save(tmp_path / "b.xlsx"))
    refused("excel.no_rows", look, vault, Book([PETITION]).save(tmp_path / "c.xlsx"))


# --- W07 ------------------------------------------------------------------------------------------


def test_w07_stopped_in_the_middle__nothing_written(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, *map(petition, range(1, 5))]).save(tmp_path / "a.xlsx")
    before = dump(vault)

    def stop(_: int, __: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        import_workbook(vault, "petition", path, SheetOptions(), rejects=tmp_path / "left.xlsx", tell=stop)
    assert dump(vault) == before
    assert not (tmp_path / "left.xlsx").exists()


def test_w07_changed_after_the_preview__refused(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition(1)]).save(tmp_path / "a.xlsx")
    seen = preview_workbook(vault, "petition", path, SheetOptions())
    Book([PETITION, petition(2)]).save(path)
    refused("excel.file_changed", import_workbook, vault, "petition", path, SheetOptions(), expect=seen.digest)


def test_w07_a_file_that_is_there__kept(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    for call in (
        lambda: make_template(vault, "petition", path),
        lambda: export_list(vault, RecordList(vault, "petition"), path),
    ):
        with pytest.raises(ActionRefused) as caught:
            call()
        assert caught.value.code == "record.file_exists"
    assert path.read_bytes() == b"mine"
    with pytest.raises(KnownError) as lost:
        make_template(vault, "petition", tmp_path / "none" / "a.xlsx")
    assert lost.value.code == "excel.write"
    assert list(tmp_path.glob("*.part")) == []


def test_w07_text_that_looks_like_a_formula__text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows: list[list[Any]] = [["=1+1", "=HYPERLINK(1)", date(2025, 3, 5)]]
    write_book(path, name="表", columns=[OutColumn("甲"), OutColumn("乙", "wide"), OutColumn("丙", "date")], rows=rows)
    cells = load_workbook(path)["表"][2]
    assert [(cell.value, cell.data_type) for cell in cells[:2]] == [("=1+1", "s"), ("=HYPERLINK(1)", "s")]


# --- Undo -----------------------------------------------------------------------------------------


def test_w07_undo_nothing__refused(vault: Vault) -> None:
    refused("excel.no_undo", undo_last_sheet, vault)
