"""
The command line as its callers rely on it.

L01 exit 0 ok, 2 usage, 3 refused; with --json standard output is JSON and nothing else
L02 the circle of a county and the city, by commands only
L03 the passphrase comes from the variable or a file, never from an argument
L04 a refusal has its code and a sentence with the place
"""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.importing import import_packages
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.cli.app import run
from desktop_app.storage import slots

PASSPHRASE = "correct horse"
EMPLOYER = {
    "name": "靖远煤业",
    "uscc": "91110000101623741K",
    "region": "靖远县",
    "industry": "采矿业",
    "economy": "state",
    "n_workers": "1,200",
    "has_union": "是",
    "union_formed_on": "2010.5.1",
}


class Terminal:
    """Runs commands in this process, one vault folder beside the other."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._patch = monkeypatch
        (folder / "stick").mkdir()

    def run(self, vault: str, *words: str, given: str = "") -> tuple[int, str, str]:
        stream = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
        self._patch.setattr(sys, "stdin", stream)
        status = run(["--vault", str(self.folder / vault), *words])
        out, err = self._capsys.readouterr()
        return status, out, err

    def json(self, vault: str, *words: str, given: str = "", status: int = 0) -> Any:
        found, out, err = self.run(vault, *words, "--json", given=given)
        assert found == status, err + out
        return json.loads(out)

    @property
    def stick(self) -> str:
        return str(self.folder / "stick")


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(slots, "calibrated_cost", lambda: slots.LIGHT)
    monkeypatch.setenv("UNION_DESK_PASSPHRASE", PASSPHRASE)
    return Terminal(tmp_path, capsys, monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paired city and county, as they stand before the first record."""
    folder = tmp_path_factory.mktemp("made")
    city, _ = init_city(NewDesk(folder / "city", PASSPHRASE, cost=slots.LIGHT), office="620400", name="白银市总工会")
    enrolment = add_office(city, code="620421", name="靖远县总工会", out=folder)
    desk = NewDesk(folder / "county", PASSPHRASE, cost=slots.LIGHT)
    county, paired = init_county(desk, enrolment=enrolment, out=folder)
    assert paired.file is not None
    import_packages(city, [paired.file])
    city.close()
    county.close()
    return folder


@pytest.fixture
def pair(terminal: Terminal, made: Path) -> Terminal:
    for name in ("city", "county"):
        shutil.copytree(made / name, terminal.folder / name)
    return terminal


def test_l02_init_and_pairing_by_commands(terminal: Terminal) -> None:
    terminal.json("city", "init", "--role", "city", "--office", "620400", "--name", "白银市总工会")
    enrolment = terminal.json("city", "offices", "add", "620421", "靖远县总工会", "--out", terminal.stick)["enrolment"]
    init = ("init", "--role", "county", "--enrolment", enrolment, "--out", terminal.stick, "--escrow")
    made = terminal.json("county", *init)
    assert terminal.json("county", "escrow", "status") == {"escrow": True}
    registered = terminal.json("city", "import", made["registration"])["imported"][0]
    assert registered["short_code"] == made["short_code"]
    assert all(one["paired"] for one in terminal.json("city", "offices", "list"))


def add(terminal: Terminal, ledger: str, *records: dict[str, Any], status: int = 0) -> Any:
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in records)
    return terminal.json("county", "records", "add", ledger, given=lines, status=status)


def test_l02_the_circle_by_commands(pair: Terminal) -> None:
    (employer,) = add(pair, "用人单位", EMPLOYER)["ids"]
    petition = {"来源渠道": "来访", "来件人": "张三", "事项类别": "申诉求决", "事项主题": "工资", "摘要": "欠薪三个月"}
    (one,) = add(pair, "petition", {**petition, "employer": employer, "registered_on": "2025-03-05"})["ids"]
    pair.json("county", "records", "step", one, "受理", "accepted_on=2025-03-10", "route=直接办理")
    shown = pair.json("county", "records", "show", one[:12])
    assert shown["values"]["state"] == "accepted"
    assert shown["values"]["finish_by"] == "2025-05-09"
    assert shown["sending"] == "unsent"
    assert len(pair.json("county", "records", "history", one)) == 2
    assert [r["id"] for r in pair.json("county", "records", "list", "petition", "--where", "state=办理中")] == [one]
    assert pair.json("county", "check") == {"records": []}

    (package,) = pair.json("county", "export", "--to", pair.stick)["packages"]
    header = pair.json("", "inspect", package["file"])
    assert (
        header["file_bytes"] == header["header_bytes"] + header["payload_bytes"] == Path(package["file"]).stat().st_size
    )
    imported = pair.json("city", "import", pair.stick)
    assert imported["imported"][-1]["ledgers"] == {"employer": {"new": 1}, "petition": {"new": 1}}
    rows = {row["id"]: row for row in pair.json("city", "report", "--year", "2025")["indicators"]}
    assert rows["petition_total"]["by_office"] == {"620400": None, "620421": 1}
    assert rows["petition_closed_rate"]["denominator"] == 1
    assert pair.json("city", "report", "--year", "2025", "--records", "petition_total")["records"] == [one]
    _, told, _ = pair.run("city", "report", "--year", "2025", "--records", "petition_total")
    assert told.splitlines()[0] == "1 条"
    status, apart, _ = pair.run("city", "differences", "--year", "2025")
    assert (status, apart.splitlines()[0], apart.splitlines()[2]) == (
        0,
        "县区申报与市级重算：没有不同",
        "县区合计与市级合计：没有不同",
    )
    assert [one, "靖远县总工会", Path(package["file"]).stem] == [told.split()[n] for n in (2, 3, -1)]

    if shutil.which("age"):
        key = pair.json("city", "keys", "export", "--to", f"{pair.stick}/key")["file"]
        payload = Path(package["file"]).read_bytes()[header["header_bytes"] :]
        command = ["age", "-d", "-i", key]
        opened = subprocess.run(command, input=payload, capture_output=True, check=True)
        assert opened.stdout.startswith(b"\x28\xb5\x2f\xfd")  # zstd
    error = pair.json("city", "keys", "export", "--to", package["file"], status=3)["error"]
    assert error["code"] == "record.file_exists"

    pair.json("city", "export", "--to", pair.stick)
    receipt = next(Path(pair.stick).glob("*receipt*"))
    pair.json("county", "import", str(receipt))
    assert pair.json("county", "records", "show", one)["sending"] == "received"
    assert pair.json("county", "status")["records"] == {"unsent": 0, "sent": 0, "received": 2, "returned": 0}
    assert [one["answer"] for one in pair.json("county", "status")["sent"]] == ["accepted"]


def test_l03_letters_by_commands(pair: Terminal, tmp_path: Path) -> None:
    assert "tip_wage_arrears" in str(pair.json("county", "letters", "templates"))
    given = ["kind=提示函", "theme=欠薪治理", "addressee=某某公司", "n_people=12", "amount_fen=3.5万元"]
    (letter,) = pair.json("county", "letters", "draft", *given)["ids"]
    draft = pair.json("county", "letters", "print", letter, "--out", str(tmp_path))
    assert not draft["frozen"]
    pair.json("county", "letters", "tidy", letter)
    pair.json("county", "records", "step", letter, "review")
    number = pair.json("county", "letters", "sign", letter, "signer=王五", "signer_post=副主席")["doc_no"]
    assert number.startswith("靖工监提〔")
    assert number.endswith("〕1号")
    file = tmp_path / "函.pdf"
    assert pair.json("county", "letters", "print", letter, "--out", str(file))["frozen"]
    assert file.read_bytes().startswith(b"%PDF")
    error = pair.json("county", "letters", "print", letter, "--out", str(file), status=3)["error"]
    assert error["code"] == "record.file_exists"
    for form in ("receipt", "approval", "handover"):
        pair.json("county", "letters", "print", letter, "--form", form, "--out", str(tmp_path / f"{form}.pdf"))
    pair.json("county", "letters", "print", letter, "--preprinted", "--out", str(tmp_path / "套打.pdf"))
    pair.json("county", "letters", "docx", letter, "--out", str(tmp_path / "函.docx"))
    (one,) = pair.json("county", "letters", "list", "--where", "state=signed")
    assert one["doc_no"] == number
    pair.json("county", "letters", "void", letter, "--reason", "主送单位有误")
    head = pair.json("county", "letters", "head", "contact=张三", "shift_right=15", "series.tip=靖会监提")
    assert (head["contact"], head["shift_right"], head["series"]["tip"]) == ("张三", 15, "靖会监提")
    error = pair.json("county", "letters", "head", "colour=red", status=3)["error"]
    assert error["code"] == "record.assignment"
    found, out, _ = pair.run("county", "letters", "list")
    assert found == 0
    assert number in out


def test_l03_backups_by_commands(pair: Terminal, tmp_path: Path) -> None:
    (one,) = add(pair, "employer", EMPLOYER)["ids"]
    made = pair.json("county", "backup", "make", "--to", str(tmp_path))
    assert Path(made["copy"]).is_dir()
    name = Path(made["backup"]).name
    assert name in [b["name"] for b in pair.json("county", "backup", "list")]
    assert pair.json("county", "backup", "look", name)["records"]["employer"] == 1
    pair.json("county", "records", "edit", one, "n_workers=77")
    assert pair.json("county", "verify")["damage"] == []
    assert pair.json("county", "restore", name)["office"] == "620421"
    assert pair.json("county", "records", "show", one)["values"]["n_workers"] != 77
    assert pair.json("county", "backup", "place", "--set", str(tmp_path))["place"] == str(tmp_path)
    assert pair.json("county", "backup", "place", "--none")["place"] == ""
    assert pair.json("county", "restore", "nothing", status=3)["error"]["code"] == "vault.no_backup"
    for words in (["backup", "list"], ["verify"], ["backup", "place"], ["backup", "look", name]):
        found, out, err = pair.run("county", *words)
        assert (found, bool(out)) == (0, True), err


def test_l03_repair_test_and_move_by_commands(pair: Terminal, tmp_path: Path) -> None:
    (one,) = add(pair, "employer", EMPLOYER)["ids"]
    found, out, _ = pair.run("county", "backup", "test")
    assert (found, "没有备份" in out) == (0, True)
    pair.json("county", "backup", "make")
    assert pair.json("county", "backup", "test")["n_records"] == 1
    folder = pair.json("county", "move", "--to", str(tmp_path))["folder"]
    assert Path(folder, "vault.db").is_file()
    assert pair.json("county", "move", "--stay")["folder"] == ""
    assert pair.run("county", "move")[0] == 2
    repaired = pair.json("county", "repair", "--into", str(tmp_path / "saved"))
    assert (repaired["salvaged"]["n_records"], repaired["checked"]["damage"]) == (1, [])
    found, out, err = pair.run("county", "repair", "--into", str(tmp_path / "again"))
    assert (found, "没有丢失" in out) == (0, True), err
    assert pair.json("county", "repair", "--into", str(tmp_path / "saved"), status=3)["error"]["code"] == "vault.exists"
    assert pair.json("county", "records", "show", one)


def test_l04_every_bad_line_is_named_and_nothing_written(pair: Terminal) -> None:
    bad: list[dict[str, Any]] = [
        {**EMPLOYER, "n_workres": 1},
        {**EMPLOYER, "n_workers": "很多"},
        {**EMPLOYER, "industry": "采矿"},
        {**EMPLOYER, "union_formed_on": "2025-02-30"},
        {**EMPLOYER, "n_workers": -1},
        EMPLOYER,
    ]
    error = add(pair, "employer", *bad, status=3)["error"]
    assert error["code"] == "record.invalid"
    found = [(one["place"], one["code"]) for one in error["problems"]]
    codes = ["value.unknown_field", "value.number", "value.choice", "value.date", "value.negative"]
    assert found == [(f"第 {n} 行", code) for n, code in enumerate(codes, 1)]
    reference = {"来源渠道": "来访", "来件人": "张三", "事项类别": "申诉求决", "事项主题": "工资", "摘要": "欠薪"}
    error = add(pair, "petition", {**reference, "employer": "0" * 32}, status=3)["error"]
    assert error["problems"][0]["code"] == "value.reference_missing"
    assert pair.json("county", "records", "list", "employer") == []


def test_l04_a_line_that_is_no_json_is_named(pair: Terminal) -> None:
    status, out, _ = pair.run("county", "records", "add", "employer", "--json", given='\n{"name": "a"\n[1]\n')
    assert status == 3
    places = {(one["place"], one["code"]) for one in json.loads(out)["error"]["problems"]}
    assert {("第 2 行", "record.not_json"), ("第 3 行", "record.not_json")} <= places


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["records", "list", "petitoin"], 3, "record.unknown_ledger"),
        (["records", "show", "ffff"], 3, "record.not_found"),
        (["report", "--year", "2025", "--office", "999999"], 3, "office.unknown"),
        (["report", "--year", "2025", "--records", "nothing"], 3, "report.unknown_indicator"),
        (["records", "edit", "ffff", "nonsense"], 3, "record.assignment"),
        (["offices", "add", "12", "某县", "--out", "."], 3, "office.bad_code"),
        (["export", "--to", "/does/not/exist"], 3, "cli.folder"),
        (["import", "/does/not/exist.ghpkg"], 3, "package.read"),
        (["frobnicate"], 2, "cli.usage"),
        (["report"], 2, "cli.usage"),
    ],
)
def test_l01_refusals_have_status_and_code(pair: Terminal, words: list[str], status: int, code: str) -> None:
    error = pair.json("city", *words, status=status)["error"]
    assert error["code"] == code
    assert error["message"]


def test_l03_wrong_and_missing_passphrase(pair: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNION_DESK_PASSPHRASE", "wrong horse")
    assert pair.json("city", "records", "list", "employer", status=3)["error"]["code"] == "vault.wrong_passphrase"
    monkeypatch.delenv("UNION_DESK_PASSPHRASE")
    assert pair.json("city", "records", "list", "employer", status=3)["error"]["code"] == "vault.no_passphrase"
    secret = tmp_path / "passphrase.txt"
    secret.write_text("correct horse\n", encoding="utf-8")
    status, out, _ = pair.run("city", "--passphrase-file", str(secret), "records", "list", "employer", "--json")
    assert (status, json.loads(out)) == (0, [])


def test_l02_files_travel(pair: Terminal, tmp_path: Path) -> None:
    (employer,) = add(pair, "employer", EMPLOYER)["ids"]
    scan = tmp_path / "证照.txt"
    scan.write_bytes(b"scan" * 100_000)
    pair.json("county", "records", "attach", employer, str(scan))
    pair.json("county", "export", "--to", pair.stick)
    pair.json("city", "import", pair.stick)
    saved = pair.json("city", "records", "save-attachment", employer, "证照.txt", "--out", pair.stick)["file"]
    assert Path(saved).read_bytes() == scan.read_bytes()


def test_l01_forms_check_names_every_fault(pair: Terminal, tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    (forms / "ledgers").mkdir(parents=True)
    (forms / "pack.toml").write_text('schema = 1\nlabel = "x"\n[groups]\na = "甲"\n', encoding="utf-8")
    (forms / "ledgers" / "thing.toml").write_text('schema = 1\nkey = "thin"\nlabel = "物"\n', encoding="utf-8")
    error = pair.json("", "forms", "check", str(forms), status=3)["error"]
    assert error["code"] == "form.invalid"
    assert {"form.missing_key", "form.missing_file", "form.file_name"} <= {one["code"] for one in error["problems"]}
    assert any("ledgers/thing.toml 第 2 行" in one["place"] for one in error["problems"])
