"""Workbooks in and out against openpyxl alone, reading and writing the same cells."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from openpyxl import Workbook, load_workbook

from desktop_app.actions.excel.exporting import export_list
from desktop_app.actions.excel.importing import import_workbook, preview_workbook
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.listing import RecordList
from desktop_app.storage.records import Writing
from tests.bench.desks import LEDGER, Bench, consultations, opened
from tests.bench.measuring import Line, Watch, Words, compared, interleaved

FAMILY = "sheets"


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    n = bench.n(100_000)
    folder = bench.fresh("sheets")
    folder.mkdir()
    full = _filled(bench, n)
    whole, listed = folder / "whole.xlsx", folder / "listed.xlsx"
    with opened(full) as vault:
        records = RecordList(vault, LEDGER)
        export_list(vault, records, whole, with_private=True)
        export_list(vault, records, listed, with_private=True, all_fields=False)
    _without_ids(whole, folder / "foreign.xlsx")
    return [*_out(bench, full, listed, n), *_in(bench, full, folder / "foreign.xlsx", n)]


def _filled(bench: Bench, n: int) -> Path:
    """A county's vault with so many consultations."""
    folder = bench.fresh("sheets-vault")
    shutil.copytree(bench.pair() / "county", folder)
    with opened(folder) as vault, vault.write() as connection:
        Writing(vault, connection).add(LEDGER, consultations(random.Random(5), n))
    return folder


def _without_ids(path: Path, to: Path) -> None:
    """The sheet as an office's own: without our numbers, nor those we gave to the records."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True):
        sheet.append(row[1:-1])
    book.save(to)


def _out(bench: Bench, full: Path, listed: Path, n: int) -> list[Line]:
    rows = list(load_workbook(listed, read_only=True).worksheets[0].iter_rows(values_only=True))

    def export(watch: Watch) -> None:
        path = bench.fresh("out").with_suffix(".xlsx")
        with opened(full) as vault, watch.running():
            export_list(vault, RecordList(vault, LEDGER), path, with_private=True, all_fields=False)
        path.unlink()

    def write(watch: Watch) -> None:
        path = bench.fresh("out").with_suffix(".xlsx")
        with watch.running():
            book = Workbook(write_only=True)
            sheet = book.create_sheet("台账")
            for row in rows:
                sheet.append(row)
            book.save(path)
        path.unlink()

    taken = interleaved({"export": export, "write": write}, bench.runs)
    words = Words("export", f"export {n:,} records, the list's columns", "openpyxl writing the same cells", 2, n_rows=n)
    return [compared(FAMILY, words, taken["export"], taken["write"])]


def _in(bench: Bench, full: Path, foreign: Path, n: int) -> list[Line]:
    empty = bench.pair() / "county"

    def take(watch: Watch) -> None:
        with bench.copy(empty) as folder, opened(folder) as vault, watch.running():
            done = import_workbook(vault, LEDGER, foreign, SheetOptions(with_doubtful=True))
            assert done.left_out == 0, done.preview.rows[:3]

    def look(watch: Watch) -> None:
        with bench.copy(empty) as folder, opened(folder) as vault, watch.running():
            preview_workbook(vault, LEDGER, foreign, SheetOptions())

    def again(watch: Watch) -> None:
        with opened(full) as vault, watch.running():
            preview_workbook(vault, LEDGER, foreign, SheetOptions())

    def read(watch: Watch) -> None:
        with watch.running():
            book = load_workbook(foreign, read_only=True)
            for row in book.worksheets[0].iter_rows(values_only=True):
                del row
            book.close()

    taken = interleaved({"take": take, "look": look, "again": again, "read": read}, bench.runs)
    against = "openpyxl reading the same cells"
    lines = (
        ("import", f"import {n:,} rows into an empty vault", "take", 2.0),
        ("preview", f"preview {n:,} new rows", "look", 2.0),
        ("again", f"see that {n:,} rows are there already", "again", 2.0),
    )
    return [
        compared(FAMILY, Words(name, what, against, target, n_rows=n), taken[side], taken["read"])
        for name, what, side, target in lines
    ]
