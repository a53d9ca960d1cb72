"""
Table, sentence, chart, form and drill-down say the same (actions/reporting.py and what is built on it).

T01 a changed record moves all of them together, and nothing else
T02 charts: months are cut to the period, choices add up to the figure, offices are those of the table
T03 a frozen report tells its data, pack and offices; afterwards every moved cell is listed, and only those
T04 what a county declared is held against its records; counties that do not add up to the total are explained
T05 workbooks hold numbers as numbers, dashes where nothing is known, and no formulas; LibreOffice reads the same
"""

import csv
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest

from desktop_app.actions.charting import make_charts, months_of
from desktop_app.actions.declaring import declare_period
from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.differences import declared_otherwise, sums_apart
from desktop_app.actions.exporting import export
from desktop_app.actions.freezing import compare_run, freeze_report, frozen_reports
from desktop_app.actions.importing import import_packages
from desktop_app.actions.narrating import write_passage, write_text
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.actions.report_files import save_charts, save_table
from desktop_app.actions.reporting import make_report, records_behind
from desktop_app.actions.statistics import save_form
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.charts import ChartData
from desktop_app.domain.period import Period, parse_range
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

COUNTY = "620421"


def period(label: str) -> Period:
    found = parse_range(label)
    assert found
    return found


YEAR = period("2025")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 1, 5, 1, tzinfo=UTC))


@pytest.fixture
def city(tmp_path: Path, clock: SetClock) -> Iterator[Vault]:
    desk = NewDesk(tmp_path / "city", "pass-phrase-1", clock=clock, cost=LIGHT)
    vault, _ = init_city(desk, office="620400", name="白银市总工会")
    yield vault
    vault.close()


@pytest.fixture
def county(tmp_path: Path, clock: SetClock, city: Vault) -> Iterator[Vault]:
    (tmp_path / "stick").mkdir()
    enrolment = add_office(city, code=COUNTY, name="靖远县总工会", out=tmp_path / "stick")
    desk = NewDesk(tmp_path / "county", "pass-phrase-1", clock=clock, cost=LIGHT)
    vault, paired = init_county(desk, enrolment=enrolment, out=tmp_path / "stick")
    assert paired.file
    import_packages(city, [paired.file])
    yield vault
    vault.close()


def consultation(vault: Vault, asked_on: str, n_people: int) -> str:
    ledger = vault.pack.ledgers["consultation"]
    values: dict[str, object] = {"asked_on": asked_on, "n_people": n_people}
    for one in ledger.entered:
        if one.required and one.key not in values and one.default is None:
            values[one.key] = next(iter(one.choices.labels)) if one.choices else "欠薪"
    return add_records(vault, "consultation", [Given(values)]).record_ids[0]


def petition(vault: Vault, registered_on: str, topic: str) -> str:
    values = {
        "registered_on": registered_on,
        "channel": "visit",
        "visitor": "张某",
        "class": "help",
        "topic": topic,
        "n_people": 1,
        "summary": "反映工资",
        "area_code": "620402",
    }
    fields = vault.pack.ledgers["petition"].fields
    for key, value in list(values.items()):
        if key not in fields:
            del values[key]
        elif (choices := fields[key].choices) and value not in choices.labels:
            values[key] = next(iter(choices.labels))
    for one in vault.pack.ledgers["petition"].entered:
        if one.required and one.key not in values and one.default is None and not one.show_if:
            values[one.key] = next(iter(one.choices.labels)) if one.choices else "内容"
    return add_records(vault, "petition", [Given(values)]).record_ids[0]


def chart(vault: Vault, key: str, over: Period = YEAR) -> ChartData:
    return next(one for one in make_charts(vault, over) if one.key == key)


def sheet_cells(path: Path) -> dict[str, object]:
    book = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.value for row in book.worksheets[0].iter_rows() for cell in row}


# --- T01 ------------------------------------------------------------------------------------------


def test_t01_one_record_moves_everything__ok(city: Vault, tmp_path: Path) -> None:
    record = consultation(city, "2025-03-05", 7)
    consultation(city, "2025-09-01", 30)
    write_passage(city, YEAR, "annual", "services_more", "另有咨询{consult_person_times}人次。")

    def seen(name: str) -> tuple[object, ...]:
        save_form(city, YEAR, "province", tmp_path / name)
        text = write_text(city, YEAR).plain()
        row = make_report(city, YEAR).row("consult_person_times")
        march = make_report(city, period("2025-03")).row("consult_person_times")
        cells = sheet_cells(tmp_path / name)
        place = next(cell[1:] for cell, value in cells.items() if value == "法律咨询")
        behind = records_behind(city, YEAR, "consult_person_times")
        words = [
            word
            for word in ("37人次", "50人次", "30人次")
            if f"法律咨询服务{word}，" in text and f"另有咨询{word}。" in text
        ]
        return row.value, march.value, cells[f"D{place}"], record in behind, len(behind), words

    assert seen("a.xlsx") == (37, 7, 37, True, 2, ["37人次"])
    edit_record(city, record, {"n_people": 20})
    assert seen("b.xlsx") == (50, 20, 50, True, 2, ["50人次"])
    edit_record(city, record, {"asked_on": "2024-12-31"})
    assert seen("c.xlsx") == (30, None, 30, False, 1, ["30人次"])
    assert make_report(city, YEAR, compared=True).row("consult_person_times").before == 20


def test_t01_chart_moves_with_its_records__ok(city: Vault) -> None:
    topics = list(city.pack.choices["petition_topic"].labels)
    one = petition(city, "2025-03-05", topics[0])
    petition(city, "2025-04-05", topics[1])

    def seen() -> tuple[list[object], int]:
        found = chart(city, "petitions")
        values: list[object] = [bar.value for bar in found.series[0].bars]
        opens = found.series[0].bars[0].opens
        assert opens is not None
        return values[:2], len(records_behind(city, YEAR, opens.indicator, opens.office, opens.choice))

    assert seen() == ([1, 1], 1)
    edit_record(city, one, {"topic": topics[1]})
    assert seen() == ([0, 2], 0)
    delete_record(city, one)
    assert seen() == ([0, 1], 0)
    assert make_report(city, YEAR).row("petition_total").value == 1


# --- T02 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "labels"),
    [
        ("2025-Q1", ["2025-01", "2025-02", "2025-03"]),
        ("2025-02", ["2025-02"]),
        ("2025-01-10..2025-03-31", ["2025-01-10..2025-01-31", "2025-02", "2025-03"]),
        ("2024-12-31..2025-01-01", ["2024-12-31..2024-12-31", "2025-01-01..2025-01-01"]),
    ],
)
def test_t02_months(label: str, labels: list[str]) -> None:
    assert [one.label for one in months_of(period(label))] == labels


def test_t02_charts_agree_with_the_table__ok(city: Vault, county: Vault, tmp_path: Path) -> None:
    topics = list(city.pack.choices["petition_topic"].labels)
    for n, topic in enumerate(topics, 1):
        petition(county, f"2025-{n % 12 + 1:02}-05", topic)
    petition(city, "2025-05-05", topics[0])
    import_packages(city, [one.file for one in export(county, tmp_path / "stick")])
    report = make_report(city, YEAR)
    found = chart(city, "petitions")
    assert sum(bar.value or 0 for bar in found.series[0].bars) == report.row("petition_total").value
    for one in make_charts(city, YEAR):
        for series in one.series:
            for bar in series.bars:
                if bar.opens and bar.opens.office:
                    row = report.row(bar.opens.indicator)
                    assert bar.value == row.by_office[bar.opens.office]
    months = chart(city, "letters")
    assert [bar.opens.period for bar in months.series[0].bars if bar.opens] == [f"2025-{n:02}" for n in range(1, 13)]
    save_charts(city, YEAR, tmp_path / "charts.pdf")
    assert (tmp_path / "charts.pdf").read_bytes().startswith(b"%PDF")


# --- T03 ------------------------------------------------------------------------------------------


def test_t03_frozen__ok(city: Vault, county: Vault) -> None:
    record = consultation(city, "2025-03-05", 7)
    petition(city, "2025-03-05", "wages")
    frozen = freeze_report(city, YEAR)
    assert (frozen.included, frozen.missing) == (("白银市总工会",), ("靖远县总工会",))
    same = compare_run(city, frozen.id)
    assert (same.is_same_data, same.is_same_pack, same.moved) == (True, True, ())
    edit_record(city, record, {"n_people": 9})
    moved = compare_run(city, frozen.id[-8:])
    assert not moved.is_same_data
    assert [(one.indicator, one.office, one.before, one.now) for one in moved.moved] == [
        ("consult_person_times", "", "7", "9"),
        ("consult_person_times", "620400", "7", "9"),
    ]
    edit_record(city, record, {"n_people": 7})
    again = compare_run(city, frozen.id)
    assert (again.is_same_data, again.moved) == (False, ())
    assert freeze_report(city, YEAR).digest != frozen.digest
    assert [one.period for one in frozen_reports(city)] == ["2025", "2025"]
    assert frozen_reports(city, period("2024")) == []


@pytest.mark.parametrize("run", ["", "nothing", "%"])
def test_t03_unknown_run(city: Vault, run: str) -> None:
    freeze_report(city, YEAR)
    with pytest.raises(ActionRefused) as caught:
        compare_run(city, run)
    assert caught.value.code == "report.unknown_run"


# --- T04 ------------------------------------------------------------------------------------------


def test_t04_declared_and_recomputed__ok(city: Vault, county: Vault, tmp_path: Path) -> None:
    record = consultation(county, "2025-03-05", 7)
    consultation(city, "2025-03-06", 2)
    declare_period(county, "2025", filler="甲", leader="乙")
    import_packages(city, [one.file for one in export(county, tmp_path / "stick")])
    assert declared_otherwise(city, YEAR) == []
    frozen = freeze_report(city, YEAR)
    assert frozen.missing == ()
    edit_record(city, record, {"n_people": 9})
    (found,) = declared_otherwise(city, YEAR)
    assert (found.indicator, found.office, found.declared, found.found) == ("consult_person_times", COUNTY, "7", "9")
    sums = {one.indicator: one for one in sums_apart(make_report(city, YEAR), "620400")}
    apart = sums["consult_person_times"]
    assert (apart.counties, apart.own, apart.total, apart.repeated) == (9, 2, 11, 0)


# --- T05 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "pdf", "docx"])
def test_t05_table_as_a_file__ok(city: Vault, tmp_path: Path, ending: str) -> None:
    consultation(city, "2025-03-05", 6607)
    path = tmp_path / f"table.{ending}"
    save_table(city, YEAR, path)
    assert path.stat().st_size > 3000
    with pytest.raises(ActionRefused) as caught:
        save_table(city, YEAR, path)
    assert caught.value.code == "record.file_exists"


def test_t05_form__ok(city: Vault, county: Vault, tmp_path: Path) -> None:
    consultation(city, "2025-03-05", 6607)
    path = tmp_path / "form.xlsx"
    save_form(city, YEAR, "province", path)
    cells = sheet_cells(path)
    place = next(cell[1:] for cell, value in cells.items() if value == "法律咨询")
    assert [cells[f"{column}{place}"] for column in "DEFG"] == [6607, "—", 6607, "—"]
    assert [cells[f"{column}4"] for column in "FG"] == ["白银市", "靖远县"]
    assert cells["A2"] == "填报单位：白银市总工会"
    with pytest.raises(ActionRefused) as caught:
        save_form(city, YEAR, "provinces", tmp_path / "x.xlsx")
    assert caught.value.code == "report.unknown_form"
    if shutil.which("soffice"):
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        to_csv = "csv:Text - txt - csv (StarCalc):44,34,76"
        command = ["soffice", profile, "--headless", "--convert-to", to_csv, "--outdir", str(tmp_path), str(path)]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        rows = list(csv.reader((tmp_path / "form.csv").read_text(encoding="utf-8").splitlines()))
        assert rows[int(place) - 1][3:7] == ["6607", "—", "6607", "—"]


def test_t05_form_is_tidy__ok(city: Vault, tmp_path: Path) -> None:
    save_form(city, YEAR, "province", tmp_path / "form.xlsx")
    first, second = openpyxl.load_workbook(tmp_path / "form.xlsx").worksheets
    for place in ("A1", "A4", "A5", "A10", "A28"):  # titles, headings, and the names of all parts alike
        assert first[place].font.b, place
    assert {first[one].alignment.horizontal for one in ("A5", "A10", "A20")} == {"left"}
    assert (first["A6"].font.b, first["A6"].alignment.horizontal) == (False, "center")
    assert {second[one].font.b for one in ("A4", "A12", "F12")} == {True}
    assert (first.print_title_rows, second.print_title_rows) == ("$4:$4", "$4:$4")


def test_t05_long_words_have_room__ok(city: Vault, tmp_path: Path) -> None:
    values = {"kind": "points", "title_text": "全市工会系统普法依法治理工作要点" * 3, "has_doc_no": False}
    add_records(city, "policy_document", [Given(values | {"issued_on": "2025-03-05"})])
    save_table(city, YEAR, tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0]
    heights = {str(row[2].value)[:4]: sheet.row_dimensions[row[0].row].height for row in sheet.iter_rows(min_row=4)}
    assert heights["全市工会"] == 9 * 15
    units = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=4)}
    assert (units["年度普法依法治理工作要点"], units["法律咨询"]) == (None, "人次")
    assert sheet.print_title_rows == "$3:$3"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not to be had on this system")
def test_t05_numbers_stay_whole_in_a_word_processor__ok(city: Vault, county: Vault, tmp_path: Path) -> None:
    for n in range(12):
        petition(city, f"2025-03-{n + 1:02}", "wage")
    save_table(city, YEAR, tmp_path / "table.docx")
    table = docx.Document(str(tmp_path / "table.docx")).tables[0]
    cells = {cell.text for row in table.rows for cell in row.cells}
    assert any("（" in one for one in cells)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "table.docx")], capture_output=True, check=True, timeout=120)
    with pdfplumber.open(tmp_path / "table.pdf") as pdf:
        rows = [row for page in pdf.pages for row in page.extract_table() or []]
    lines = {line for row in rows for one in row for line in (one or "").split("\n")}
    for one in (line for cell in cells for line in cell.split("\n")):
        if one[:1].isdigit():
            assert one in lines


def test_t05_words_are_no_formulas__ok(city: Vault, tmp_path: Path) -> None:
    values = {"kind": "points", "title_text": "=1+1", "has_doc_no": False, "issued_on": "2025-03-05"}
    add_records(city, "policy_document", [Given(values)])
    save_table(city, YEAR, tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0]
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert found
    assert {cell.data_type for cell in found} == {"s"}
