"""
What goes out comes in again unchanged, and what came in can be taken back.

T01 every ledger, every field: exported with and without private values, with and without our numbers
T02 private values masked unless asked for and noted; what stays is in no export
T03 an export that a person has changed
T04 what a list shows, and templates
T05 taking an import back at once leaves nothing of it; later, it is taken back by revisions
T06 the program of an office opens what is written, and writes what can be read
"""

import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from desktop_app.actions.excel.exporting import EXPORTED, export_list, make_template
from desktop_app.actions.excel.importing import import_workbook, preview_workbook
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.excel.undoing import undo_last_sheet
from desktop_app.actions.listing import RecordList
from desktop_app.actions.reading import show_records
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.period import parse_period
from desktop_app.exchange.cells import Cell
from desktop_app.exchange.opening import open_book
from desktop_app.schema.model import PARENT, STATE, Field, Ledger
from desktop_app.storage.audit import read_audit
from desktop_app.storage.records import Writing
from desktop_app.storage.seals import ANSWERING
from desktop_app.storage.vault import Vault
from tests.excel.books import PETITION, Book, petition
from tests.excel.test_messy import counts, look, refused, take, values
from tests.helpers.desks import dump


def value_for(field: Field, n: int, ids: dict[str, list[str]]) -> object:
    """Some value of a field, another one for each row; None where there is nothing to refer to."""
    kind = field.type.name
    if field.choices:
        codes = list(field.choices.labels)
        return [codes[n % len(codes)]] if kind == "choices" else codes[n % len(codes)]
    if field.ledger:
        there = ids.get(field.ledger, [])
        if not there:
            return None
        return there[:2] if kind == "references" else there[n % len(there)]
    return {
        "text": f"{field.label[:10]}{n}",
        "long_text": f"第一行{n}\n第二行，=1+1",
        "count": n + 1,
        "money": 123_450 * n + 7,
        "pair": [n + 1, 12],
        "date": f"2025-03-{n + 1:02}",
        "period": ("2025", "2025-Q1", "2025-03")[n % 3],
        "flag": n % 2 == 0,
        "uscc": f"91620402MA71ABC{n:02}X",
        "resident_id": "620402199001010034",
        "phone": f"1380013800{n}、0943-822123{n}",
        "doc_no": f"白区工监提〔2025〕{n + 1}号",
        "serial": f"A-{n}",
    }.get(kind)


def fill(vault: Vault) -> dict[str, list[str]]:
    """Three records in every ledger, every field filled in; parents before what refers to them."""
    ids: dict[str, list[str]] = {}
    with vault.write() as connection:
        writing = Writing(vault, connection)
        for _ in range(2):  # twice, since ledgers refer to each other
            for ledger in sorted(vault.pack.ledgers.values(), key=depth):
                rows = [row_of(ledger, n, ids) for n in range(3)]
                if ledger.key not in ids or ledger.key == "petition":
                    ids[ledger.key] = writing.add(ledger.key, rows)
    return ids


def depth(ledger: Ledger) -> tuple[bool, int]:
    return bool(ledger.child_of), sum(bool(one.ledger) for one in ledger.fields.values())


def row_of(ledger: Ledger, n: int, ids: dict[str, list[str]]) -> dict[str, object]:
    row = {key: value_for(one, n, ids) for key, one in ledger.fields.items() if not one.derive}
    if ledger.workflow:
        row[STATE] = list(ledger.workflow.states)[n]
    if ledger.child_of:
        row[PARENT] = ids[ledger.child_of][n]
    return {key: value for key, value in row.items() if value is not None}


def rows_of(path: Path, sheet: str) -> list[list[Cell]]:
    with open_book(path) as book:
        return [row.cells for row in book.rows(sheet)]


# --- T01 ------------------------------------------------------------------------------------------


def test_t01_every_ledger_every_field__same(vault: Vault, tmp_path: Path) -> None:
    ids = fill(vault)
    for key, ledger in vault.pack.ledgers.items():
        n = len(show_records(vault, key))
        assert n >= 3, key
        assert len(ids[key]) == 3
        covered = tmp_path / f"{key}.xlsx"
        assert export_list(vault, RecordList(vault, key), covered).n_rows == n
        if key in ANSWERING:  # written by the program alone
            for call in (preview_workbook, import_workbook):
                with pytest.raises(ActionRefused) as caught:
                    call(vault, key, covered, SheetOptions())
                assert caught.value.code == "excel.answering"
            continue
        found = preview_workbook(vault, key, covered, SheetOptions())
        assert (found.counts, found.rows) == (counts(same=n), ()), (key, found.rows)
        whole = tmp_path / f"{key}-whole.xlsx"
        export_list(vault, RecordList(vault, key), whole, with_private=True)
        if n == 3:  # rows whose every key differs are known by their keys alone
            bare = Book([row[:-1] for row in rows_of(whole, ledger.label)]).save(tmp_path / f"{key}-bare.xlsx")
            found = preview_workbook(vault, key, bare, SheetOptions())
            assert (found.counts, found.rows) == (counts(same=3), ()), (key, found.rows)


# --- T02 ------------------------------------------------------------------------------------------


def test_t02_private_values__masked_unless_noted(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1)]).save(tmp_path / "a.xlsx"))
    done = export_list(vault, RecordList(vault, "petition"), tmp_path / "b.xlsx")
    assert "来件人" in done.covered
    heads, row = rows_of(tmp_path / "b.xlsx", "信访事项")
    assert row[heads.index("来件人")] == "职***"
    assert row[heads.index("电话")] == "1***"
    with vault.read() as connection:
        assert read_audit(connection, what=[EXPORTED]) == []
    assert export_list(vault, RecordList(vault, "petition"), tmp_path / "c.xlsx", with_private=True).covered == ()
    assert "职工1" in rows_of(tmp_path / "c.xlsx", "信访事项")[1]
    with vault.read() as connection:
        (noted,) = read_audit(connection, what=[EXPORTED])
    assert noted.detail["ledger"] == "信访事项"
    assert "职工1" not in str(noted.detail)


def test_t02_masked_in_a_new_row__refused(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition(1, 来件人="张***")]).save(tmp_path / "a.xlsx")
    (row,) = look(vault, path).rows
    assert [one.code for one in row.problems] == ["excel.masked_new"]


def test_t02_what_stays_in_the_office__in_no_export(vault: Vault, tmp_path: Path) -> None:
    letter: dict[str, object] = {"kind": "tip", "theme": "contract", "addressee": "甲公司", "complainant": "张三"}
    add_records(vault, "letter", [Given(letter)])
    export_list(vault, RecordList(vault, "letter"), tmp_path / "a.xlsx", with_private=True)
    make_template(vault, "letter", tmp_path / "b.xlsx")
    for name in ("a.xlsx", "b.xlsx"):
        with open_book(tmp_path / name) as book:
            shown = [str(cell) for sheet in book.sheets for row in book.rows(sheet.name) for cell in row.cells]
        assert not [one for one in shown if one in ("投诉人", "张三")]


def test_t02_nothing_lies_about_while_it_is_written(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's folder for temporary files is read by anyone after a power cut: here there is none."""
    take(vault, Book([PETITION, petition(1)]).save(tmp_path / "a.xlsx"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    out = tmp_path / "out"
    out.mkdir()
    export_list(vault, RecordList(vault, "petition"), out / "b.xlsx", with_private=True)
    make_template(vault, "petition", out / "c.xlsx")
    assert sorted(one.name for one in out.iterdir()) == ["b.xlsx", "c.xlsx"]


# --- T03 ------------------------------------------------------------------------------------------


def test_t03_changed_export__only_what_changed(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1), petition(2)]).save(tmp_path / "a.xlsx"))
    export_list(vault, RecordList(vault, "petition"), tmp_path / "b.xlsx")
    rows = rows_of(tmp_path / "b.xlsx", "信访事项")
    heads = rows[0]
    rows[1][heads.index("摘要")] = "改过的摘要"
    rows[1][heads.index("登记日期")] = date(2025, 4, 1)  # not even the key has to stay
    rows[2][heads.index("系统编号")] = "f" * 32
    changed = Book(rows).save(tmp_path / "c.xlsx")
    found = look(vault, changed)
    assert found.counts == counts(changed=1, wrong=1)
    assert [one.code for row in found.rows for one in row.problems] == ["excel.unknown_id"]
    take(vault, changed)
    assert sorted((str(one["summary"]), str(one["petitioner"])) for one in values(vault)) == [
        ("改过的摘要", "职工2"),
        ("欠薪第1件", "职工1"),
    ]


# --- T04 ------------------------------------------------------------------------------------------


def test_t04_what_the_list_shows__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [petition(n, 登记日期=date(2025, n, 1), 来源渠道=("来访", "来信")[n % 2]) for n in range(1, 7)]
    take(vault, Book([PETITION, *rows]).save(tmp_path / "a.xlsx"))
    shown = RecordList(vault, "petition", where={"channel": "visit"}, period=parse_period("2025-Q1"))
    done = export_list(vault, shown, tmp_path / "b.xlsx", all_fields=False)
    assert done.n_rows == shown.count() == 1
    heads = rows_of(tmp_path / "b.xlsx", "信访事项")[0]
    labels = [vault.pack.ledgers["petition"].fields[key].label for key in shown.columns]
    assert sorted(map(str, heads)) == sorted([*labels, "系统编号"])


def test_t04_template__filled_in_and_taken_in(vault: Vault, tmp_path: Path) -> None:
    path = make_template(vault, "petition", tmp_path / "a.xlsx")
    book = load_workbook(path)
    sheet = book["信访事项"]
    heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    lists = {place for one in sheet.data_validations.dataValidation for place in str(one.sqref).split(":")[:1]}
    assert sheet.cell(1, heads["来源渠道"]).coordinate.replace("1", "2") in lists
    assert sheet.column_dimensions[sheet.cell(1, heads["身份证号"]).column_letter].number_format == "@"
    assert "填写说明" in book.sheetnames
    row: dict[str, Any] = dict(zip(PETITION, petition(1), strict=True))
    for heading, value in row.items():
        sheet.cell(2, heads[heading], value)
    book.save(path)
    assert look(vault, path).counts == counts(new=1)


# --- T05 ------------------------------------------------------------------------------------------


def test_t05_undo_at_once__as_before(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1)]).save(tmp_path / "a.xlsx"))
    before = {name: rows for name, rows in dump(vault).items() if not name.startswith(("meta", "search"))}
    path = Book([PETITION, petition(1, 人次=9), petition(2), petition(3)]).save(tmp_path / "b.xlsx")
    assert take(vault, path).n_new == 2
    assert RecordList(vault, "petition").count() == 3
    assert undo_last_sheet(vault)[0] == "b.xlsx"
    assert RecordList(vault, "petition").count() == 1
    after = {name: rows for name, rows in dump(vault).items() if not name.startswith(("meta", "search"))}
    for name, rows in before.items():
        if not name.startswith("ledger_"):  # a row has a new place in the search
            assert after[name] == rows, name
    assert [one["n_people"] for one in values(vault)] == [1]
    assert take(vault, path).n_new == 2  # as if for the first time, numbers and all
    assert [one["case_no"] for one in values(vault)] == [f"XF2025-0000{n}" for n in (1, 2, 3)]
    undo_last_sheet(vault)
    undo_last_sheet(vault)
    assert values(vault) == []


def test_t05_undo_later__by_revisions(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1)]).save(tmp_path / "a.xlsx"))
    path = Book([PETITION, petition(1, 人次=9), petition(2)]).save(tmp_path / "b.xlsx")
    take(vault, path)
    other = add_records(vault, "drug_campaign", [Given(_campaign())]).record_ids[0]
    undo_last_sheet(vault)
    assert [one["n_people"] for one in values(vault)] == [1]
    assert [one.record.id for one in show_records(vault, "drug_campaign")] == [other]
    assert take(vault, path).n_new == 1


def _campaign() -> dict[str, object]:
    return {"held_on": "2025-06-26", "activity": "其他", "host": "工会", "n_people": 5}


def test_t05_records_changed_since__refused(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1), petition(2)]).save(tmp_path / "a.xlsx"))
    record = show_records(vault, "petition")[0].record.id
    edit_record(vault, record, {"remark": "后来"})
    with pytest.raises(ActionRefused) as caught:
        undo_last_sheet(vault)
    assert (caught.value.code, caught.value.context["n"]) == ("excel.undo_changed", 1)
    assert len(values(vault)) == 2
    delete_record(vault, record)
    refused("excel.undo_changed", undo_last_sheet, vault)


# --- T06 ------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_t06_libreoffice__reads_and_writes(vault: Vault, tmp_path: Path) -> None:
    fill(vault)
    keys = ["petition", "letter", "contract", "risk"]
    for key in keys:
        export_list(vault, RecordList(vault, key), tmp_path / f"{key}.xlsx", with_private=True)
        make_template(vault, key, tmp_path / f"{key}-template.xlsx")
    for kind in ("xls", "xlsx"):
        files = [str(one) for one in sorted(tmp_path.glob("*.xlsx"))]
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / kind), *files]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        assert done.returncode == 0
        assert len(list((tmp_path / kind).iterdir())) == len(files), done.stderr
        for key in keys:
            found = preview_workbook(vault, key, tmp_path / kind / f"{key}.{kind}", SheetOptions())
            assert found.counts == counts(same=len(show_records(vault, key))), (key, kind, found.rows)
    left = import_workbook(vault, "petition", tmp_path / "xls" / "petition.xls", SheetOptions())
    assert left.changes.record_ids == ()
