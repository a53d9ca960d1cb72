"""
Writing the signing sheet of a declared period (actions/declaring.py, `export --sheet`).

W01 the sheet has the figures and the check code that were declared
W02 an existing file is refused and kept; nothing half-written is left
W03 figures that moved after the declaration are refused
W04 a nil report lists no zeros
W05 `export --period --sheet` writes package and sheet, with one check code and the package's name
W06 what would stop the sheet stops the command before anything is declared or written
"""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Never

import pypdf
import pytest

from desktop_app.actions.declaring import Declared, declare_period, refuse_sheet, write_sheet
from desktop_app.actions.desk import NewDesk, init_city, open_desk
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import AppError
from desktop_app.cli import packages
from desktop_app.cli.app import run
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

PASSPHRASE = "correct horse"
PACKAGE = "620421-000002-submission.ghpkg"
UNASSIGNED = "\u0378"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with a publication in 2025, under the shipped forms."""
    folder = tmp_path_factory.mktemp("made")
    clock = SetClock(datetime(2026, 1, 5, 1, tzinfo=UTC))
    desk = NewDesk(folder / "city", PASSPHRASE, clock=clock, cost=LIGHT)
    city, _ = init_city(desk, office="620400", name="白银市总工会")
    enrolment = add_office(city, code="620421", name="靖远县总工会", out=folder)
    city.close()
    desk = NewDesk(folder / "county", PASSPHRASE, clock=clock, cost=LIGHT)
    county, _ = init_county(desk, enrolment=enrolment, out=folder)
    _publish(county, 42)
    county.close()
    return folder / "county"


def _publish(vault: Vault, n: int, given_on: str = "2025-03-05") -> None:
    counts = {"n_printed": n, "n_given": n}
    words = {"given_on": given_on, "name": "工会法", "kind": "booklet", "counted_in": "book"}
    add_records(vault, "publicity", [Given({**words, **counts})])


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "county")
    (tmp_path / "stick").mkdir()
    return tmp_path


@pytest.fixture
def county(folder: Path) -> Iterator[Vault]:
    vault = open_desk(folder / "county", PASSPHRASE)
    vault.clock = SetClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    yield vault
    vault.close()


def _declare(vault: Vault, label: str = "2025", *, is_nil: bool = False) -> Declared:
    return declare_period(vault, label, filler="张䶮", leader="李四", is_nil=is_nil)


def _rows(path: Path) -> list[str]:
    (page,) = pypdf.PdfReader(path).pages
    return [" ".join(row.split()) for row in page.extract_text(extraction_mode="layout").splitlines()]


def test_w01_what_was_declared(county: Vault, folder: Path) -> None:
    declared, path = _declare(county), folder / "stick" / "签字表.pdf"
    write_sheet(county, declared, path, package=PACKAGE)
    text = "\n".join(_rows(path))
    for words in (
        "靖远县总工会 2025年度法律保障工作数据上报表",
        "发放宣传册 42 本",
        "记录 1 条，其中附情况说明 0 条",
        declared.check_code,
        PACKAGE,
        "制表日期：2026年1月5日",
        "填报人：张䶮",
        "审核领导：李四",
    ):
        assert words in text, words
    assert "—" not in text, "what has no data has no line"
    assert "突发事件 0 起" in text, "zero is a figure"


def test_w02_existing_file_is_kept(county: Vault, folder: Path) -> None:
    path = folder / "stick" / "签字表.pdf"
    path.write_bytes(b"mine")
    with pytest.raises(AppError) as caught:
        write_sheet(county, _declare(county), path, package=PACKAGE)
    assert caught.value.code == "package.exists"
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"mine"
    assert list((folder / "stick").iterdir()) == [path]


def test_w02_nothing_half_written(county: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared, path = _declare(county), folder / "stick" / "签字表.pdf"

    def fail(_self: Path, _target: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(AppError) as caught:
            write_sheet(county, declared, path, package=PACKAGE)
    assert caught.value.code == "package.write"
    assert list((folder / "stick").iterdir()) == []
    write_sheet(county, declared, path, package=PACKAGE)
    assert list((folder / "stick").iterdir()) == [path]


def test_w03_moved_figures(county: Vault, folder: Path) -> None:
    declared, path = _declare(county), folder / "stick" / "签字表.pdf"
    _publish(county, 1)
    with pytest.raises(AppError) as caught:
        write_sheet(county, declared, path, package=PACKAGE)
    assert caught.value.code == "period.figures_moved"
    assert declared.check_code in str(caught.value)
    assert not path.exists()
    write_sheet(county, _declare(county), path, package=PACKAGE)
    assert "发放宣传册 43 本" in "\n".join(_rows(path))


def test_w04_nil(county: Vault, folder: Path) -> None:
    path = folder / "stick" / "签字表.pdf"
    write_sheet(county, _declare(county, "2024-Q3", is_nil=True), path, package=PACKAGE)
    text = "\n".join(_rows(path))
    assert "2024年第三季度" in text
    assert "零报告" in text
    assert "记录 0 条" in text
    assert "突发事件" not in text


def _run(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    given = ["--vault", str(folder / "county"), "export", "--to", str(folder / "stick"), *words]
    status = run(given)
    return status, capsys.readouterr().out


@pytest.fixture
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNION_DESK_PASSPHRASE", PASSPHRASE)


NAMES = ("--filler", "张三", "--leader", "李四")


@pytest.mark.usefixtures("_passphrase")
def test_w05_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "stick" / "签字表.pdf"
    status, out = _run(folder, capsys, "--period", "2025", *NAMES, "--sheet", str(path), "--json")
    assert status == 0
    found = json.loads(out)
    text = "\n".join(_rows(path))
    assert found["sheet"] == str(path)
    assert found["declared"]["check_code"] in text
    assert Path(found["packages"][0]["file"]).name in text
    assert Path(found["packages"][0]["file"]).exists()


@pytest.mark.usefixtures("_passphrase")
def test_w05_told_to_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "stick" / "签字表.pdf"
    status, out = _run(folder, capsys, "--period", "2025", *NAMES, "--sheet", str(path))
    assert status == 0
    assert str(path) in out


@pytest.mark.usefixtures("_passphrase")
@pytest.mark.parametrize(
    ("words", "sheet", "status", "code"),
    [
        (("--period", "2025", *NAMES), "there.pdf", 3, "package.exists"),
        (("--period", "2025", *NAMES), "nowhere/sheet.pdf", 3, "cli.folder"),
        (("--period", "2025", "--filler", f"张{UNASSIGNED}", "--leader", "李四"), "sheet.pdf", 3, "font.missing_glyph"),
        (("--period", "去年", *NAMES), "sheet.pdf", 3, "period.bad"),
        ((), "sheet.pdf", 2, "cli.usage"),
    ],
)
def test_w06_command_stops_first(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    sheet: str,
    status: int,
    code: str,
) -> None:
    monkeypatch.setattr(packages, "declare_period", _never)
    (folder / "there.pdf").write_bytes(b"mine")
    before = (folder / "there.pdf").stat().st_mtime_ns
    found, out = _run(folder, capsys, *words, "--sheet", str(folder / sheet), "--json")
    assert (found, json.loads(out)["error"]["code"]) == (status, code)
    assert list((folder / "stick").iterdir()) == []
    assert (folder / "there.pdf").stat().st_mtime_ns == before


def _never(*_: object, **__: object) -> Never:
    pytest.fail("declared before the sheet was known to be possible")


def test_w06_words_of_a_record(county: Vault, folder: Path) -> None:
    words = {"title_text": f"普法清单{UNASSIGNED}", "kind": "list", "has_doc_no": False, "issued_on": "2025-04-01"}
    add_records(county, "policy_document", [Given(words)])
    with pytest.raises(AppError) as caught:
        refuse_sheet(county, "2025", folder / "stick" / "签字表.pdf", filler="张三", leader="李四")
    assert caught.value.code == "font.missing_glyph"
    assert "年度普法清单" in str(caught.value)
