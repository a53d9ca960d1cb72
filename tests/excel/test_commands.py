"""
Workbooks by commands: what the window can do, the command line can do.

K01 template, preview, import, the rows left out, the same again, undo
K02 a refusal has its code and exit status; without --yes nothing is written
K03 export by condition and period
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from desktop_app.cli.app import run
from desktop_app.exchange.opening import open_book
from tests.excel.books import PETITION, Book, petition
from tests.excel.conftest import PASSPHRASE


class Commands:
    """Runs commands on the vault of one test."""

    def __init__(self, vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._vault = vault
        self._capsys = capsys

    def text(self, *words: str, status: int = 0) -> str:
        assert run(["--vault", str(self._vault), "excel", *words]) == status
        return "".join(self._capsys.readouterr())

    def json(self, *words: str, status: int = 0) -> Any:
        assert run(["--vault", str(self._vault), "excel", *words, "--json"]) == status
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def excel(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("UNION_DESK_PASSPHRASE", PASSPHRASE)
    shutil.copytree(made, tmp_path / "vault")
    return Commands(tmp_path / "vault", capsys)


def test_k01_whole_way__ok(excel: Commands, tmp_path: Path) -> None:
    template = tmp_path / "t.xlsx"
    assert "t.xlsx" in excel.text("template", "信访事项", "--out", str(template))
    assert template.exists()
    rows = [petition(1), petition(2, 登记日期="3月9日"), petition(3, 人次="很多")]
    path = str(Book([PETITION, *rows]).save(tmp_path / "a.xlsx"))
    said = excel.text("import", "petition", path)
    assert "新增 1" in said
    assert "没有年份" in said
    assert excel.json("import", "petition", path, "--year", "2025")["counts"]["new"] == 2
    left = str(tmp_path / "left.xlsx")
    done = excel.json("import", "petition", path, "--year", "2025", "--yes", "--rejects", left)
    assert (len(done["ids"]), done["left_out"], done["rejects"]) == (2, 1, left)
    again = Book([PETITION, *rows[:2]]).save(tmp_path / "b.xlsx")
    assert "没有改动" in excel.text("import", "petition", str(again), "--year", "2025", "--yes")
    assert excel.json("undo")["undone"] == "a.xlsx"
    assert excel.json("import", "petition", path, "--year", "2025")["counts"]["new"] == 2


def test_k02_refusals__code_and_status(excel: Commands, tmp_path: Path) -> None:
    twice = str(Book([[*PETITION, "电话"], [*petition(), "13900139000"]]).save(tmp_path / "a.xlsx"))
    refused = excel.json("import", "petition", twice, status=3)["error"]
    assert refused["code"] == "excel.heading_twice"
    assert "--column" in refused["message"]
    mapped = excel.json("import", "petition", twice, "--column", "D=", "--column", "I=电话")
    assert mapped["counts"]["new"] == 1
    assert excel.json("import", "risk", twice, status=3)["error"]["code"] == "excel.other_ledger"
    assert excel.json("undo", status=3)["error"]["code"] == "excel.no_undo"
    assert excel.json("template", "信访", "--out", str(tmp_path / "x.xlsx"), status=3)["error"]["code"] == (
        "record.unknown_ledger"
    )


def test_k03_export_by_condition__ok(excel: Commands, tmp_path: Path) -> None:
    rows = [petition(1), petition(2, 来源渠道="来信"), petition(3, 登记日期="2024-03-03")]
    excel.text("import", "petition", str(Book([PETITION, *rows]).save(tmp_path / "a.xlsx")), "--yes")
    out = tmp_path / "b.xlsx"
    done = excel.json(
        "export", "petition", "--out", str(out), "--where", "来源渠道=来访", "--period", "2025", "--private"
    )
    assert (done["rows"], done["covered"]) == (1, [])
    with open_book(out) as book:
        assert "职工1" in [cell for row in book.rows("信访事项") for cell in row.cells]
    assert excel.json("export", "petition", "--out", str(out), status=3)["error"]["code"] == "record.file_exists"
