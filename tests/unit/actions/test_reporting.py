"""
The table of figures (actions/reporting.py).

R01 last year stands beside this one; what nobody recorded is no data, never zero
R02 an office that has said nothing has no figures
R03 a record behind a figure names the package that brought it
R04 any two days are a period
"""

import pytest

from desktop_app.actions.reporting import make_report, records_behind, show_behind
from desktop_app.domain.period import Period, parse_range, year_before
from tests.helpers.desks import CITY, COUNTY, OTHER, House, add, add_dispute


def period(label: str) -> Period:
    found = parse_range(label)
    assert found
    return found


def test_r01_last_year__ok(house: House) -> None:
    for day in ("2024-02-01", "2024-08-01", "2025-01-10", "2025-02-10", "2025-03-10"):
        add(house.county, "contract", name="合同", signed_on=day, n_workers=10, is_good=day != "2024-02-01")
    add_dispute(house.county, heard_on="2025-03-01")
    house.carry(house.county, house.city)
    report = make_report(house.city, period("2025"), compared=True)
    found = {one.indicator.key: (one.value, one.before, one.before_text, one.change) for one in report.rows}
    assert found["contracts"] == (3, 2, "2", "+1（+50.0%）")
    assert found["good_rate"] == (100.0, 50.0, "50.0", "+50.0个百分点")
    assert found["disputes"] == (1, None, "—", "—")  # nobody kept that ledger in 2024
    assert found["large_employers"] == (0, 0, "0", "持平")
    assert report.row("good_rate").total_text() == "100.0（3/3）"
    assert report.row("first_contract").change == "—"
    quarter = make_report(house.city, period("2025-Q1"), compared=True).row("contracts")
    assert (quarter.value, quarter.before) == (3, 1)
    assert make_report(house.city, period("2024"), compared=True).row("contracts").before is None
    assert make_report(house.city, period("2025")).row("contracts").before_text == "—"


def test_r02_silent_offices__ok(house: House) -> None:
    add_dispute(house.county, heard_on="2025-03-01")
    house.carry(house.county, house.city)
    report = make_report(house.city, period("2025-Q1"))
    assert report.silent == {CITY, OTHER}
    row = report.row("contracts")
    assert (row.value, row.by_office) == (0, {CITY: None, COUNTY: 0, OTHER: None})
    assert [row.office_text(code) for code in (COUNTY, OTHER)] == ["0", "—"]
    nobody = make_report(house.city, period("2023")).row("contracts")
    assert (nobody.value, nobody.text, nobody.unit) == (None, "—", "")


def test_r03_package_of_a_record__ok(house: House) -> None:
    here, own = add_dispute(house.county), add_dispute(house.city)
    house.carry(house.county, house.city)
    shown = {
        one.record_id: one for one in show_behind(house.city, records_behind(house.city, period("2025"), "disputes"))
    }
    assert shown.keys() == {here, own}
    assert shown[here].package == f"{COUNTY}-000002-submission"
    assert shown[here].office_name == "白银区总工会"
    assert shown[own].package == ""


@pytest.mark.parametrize(
    ("text", "start", "end", "before"),
    [
        ("2025", "2025-01-01", "2025-12-31", "2024-01-01"),
        ("2025-Q2", "2025-04-01", "2025-06-30", "2024-04-01"),
        ("2025-02-10..2025-06-30", "2025-02-10", "2025-06-30", "2024-02-10"),
        ("2024-02-29..2024-02-29", "2024-02-29", "2024-02-29", "2023-02-28"),
        ("2024-10-01..2025-09-30", "2024-10-01", "2025-09-30", "2023-10-01"),
    ],
)
def test_r04_ranges__ok(text: str, start: str, end: str, before: str) -> None:
    found = period(text)
    assert (found.start, found.end, year_before(found).start) == (start, end, before)
    assert found.label == text


@pytest.mark.parametrize("text", ["", "2025-13", "2025-03-02..2025-03-01", "2025-02-30..2025-03-01", "..", "2025.."])
def test_r04_no_range(text: str) -> None:
    assert parse_range(text) is None
