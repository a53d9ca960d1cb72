"""
Figures count what they say, once, and can be opened.

I01 an employer known by its 信用代码 counts once, whoever recorded it
I02 flow, stock and window include both edges
I03 a ratio keeps both parts, a total adds, an approximate figure says so
I04 sum_max takes the largest value of each thing once
I05 what is not counted or deleted is out, with the child rows below it
I06 the records behind a figure are those that make it up
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.actions.reporting import Report, Row, make_report, records_behind
from desktop_app.domain.period import Period, parse_period, span
from desktop_app.storage.vault import Vault
from tests.helpers.desks import CONTRACT_TOML, COUNTY, FILES, OTHER, House, add, add_dispute, set_clock, with_version

USCC = ["91620402MA0000001A", "91620402MA0000002B", "91620402MA0000003C"]


def period(label: str) -> Period:
    found = parse_period(label)
    assert found
    return found


YEAR = period("2025")


def row(vault: Vault, key: str, over: Period = YEAR, office: str = "") -> Row:
    return make_report(vault, over, office).row(key)


def behind(vault: Vault, key: str, over: Period = YEAR, office: str = "") -> set[str]:
    return set(records_behind(vault, over, key, office))


def employers(vault: Vault, *codes: str | None, **values: object) -> list[str]:
    given = [Given({"name": f"单位{n}", "uscc": code, **values}) for n, code in enumerate(codes)]
    return list(add_records(vault, "employer", given).record_ids)


def contract(vault: Vault, signed_on: str = "2025-04-01", **values: object) -> str:
    return add(vault, "contract", name="合同", signed_on=signed_on, **values)


# --- I01 ------------------------------------------------------------------------------------------


def test_i01_across_offices__ok(house: House) -> None:
    here = employers(house.county, USCC[0], USCC[1], None)
    there = employers(house.other, USCC[1], USCC[2], None)
    contract(house.county, employers=here)
    contract(house.county, employers=here[:1])
    contract(house.other, employers=there)
    for county in (house.county, house.other):
        house.carry(county, house.city)
    found = row(house.city, "contract_employers")
    assert found.value == 5  # three codes, and two employers that have none
    assert found.by_office == {"620400": 0, COUNTY: 3, OTHER: 3}
    assert row(house.city, "contract_employers", office=OTHER).value == 3
    assert len(behind(house.city, "contract_employers")) == 3


def test_i01_each__ok(county: Vault) -> None:
    large = employers(county, USCC[0], is_large=True)
    small = employers(county, USCC[1], is_large=False) + employers(county, USCC[2])
    both, without = contract(county, employers=large + small), contract(county, employers=small)
    assert row(county, "large_employers").value == 1
    assert behind(county, "large_employers") == {both}
    assert without in behind(county, "contract_employers")


def test_i01_deleted_employer_is_out__ok(county: Vault) -> None:
    ids = employers(county, USCC[0], USCC[1])
    contract(county, employers=ids)
    delete_record(county, ids[0])
    assert row(county, "contract_employers").value == 1


# --- I02 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "day", "n"),
    [
        ("2025", "2025-01-01", 1),
        ("2025", "2025-12-31", 1),
        ("2025", "2024-12-31", 0),
        ("2025", "2026-01-01", 0),
        ("2025-Q1", "2025-03-31", 1),
        ("2025-Q1", "2025-04-01", 0),
        ("2024-02", "2024-02-29", 1),
        ("2024-02", "2024-03-01", 0),
    ],
)
def test_i02_flow(county: Vault, label: str, day: str, n: int) -> None:
    one = contract(county, day)
    assert row(county, "contracts", period(label)).total.amount == n
    assert behind(county, "contracts", period(label)) == ({one} if n else set())


def test_i02_flow_over_a_span__ok(county: Vault) -> None:
    for day in ("2025-03-09", "2025-03-10", "2025-03-11", "2025-03-12"):
        contract(county, day)
    assert row(county, "contracts", span("2025-03-10", "2025-03-11")).total.amount == 2
    assert row(county, "contracts", span("2025-03-10", "2025-03-10")).total.amount == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "ended_on", "n"),
    [
        ("2025-03-31", None, None, 1),
        ("2025-04-01", None, None, 0),
        (None, None, None, 0),
        ("2024-01-01", "2025-03-31", None, 1),
        ("2024-01-01", "2025-03-30", None, 0),
        ("2024-01-01", "2026-01-01", "2025-03-31", 1),
        ("2024-01-01", "2026-01-01", "2025-03-30", 0),
        ("2024-01-01", None, "2025-02-01", 0),
    ],
)
def test_i02_stock(county: Vault, starts_on: str | None, ends_on: str | None, ended_on: str | None, n: int) -> None:
    contract(county, starts_on=starts_on, ends_on=ends_on, ended_on=ended_on)
    assert row(county, "in_force", period("2025-Q1")).total.amount == n


@pytest.mark.parametrize(
    ("label", "quarterly", "quarters"),
    [("2025", 2, 4), ("2025-Q1", 1, 2), ("2025-03", 1, 1), ("2025-Q2", 0, 1), ("2025-06", 0, 0), ("2024", 0, 0)],
)
def test_i02_period_field(county: Vault, label: str, quarterly: int, quarters: int) -> None:
    """Stock: what is labelled with a period that holds the last day; flow: what lies wholly within."""
    for one in ("2025", "2025-Q4", "2025-Q1", "2025-Q2"):
        contract(county, quarter=one)
    wanted = {
        "2025": (2, 4),
        "2025-Q1": (2, 1),
        "2025-03": (2, 0),
        "2025-Q2": (2, 1),
        "2025-06": (2, 0),
        "2024": (0, 0),
    }
    assert (
        row(county, "quarterly", period(label)).total.amount,
        row(county, "quarters", period(label)).total.amount,
    ) == wanted[label]


@pytest.mark.parametrize(
    ("label", "day", "n"),
    [
        ("2025", "2025-02-28", 0),
        ("2025", "2025-03-01", 1),
        ("2025", "2025-05-31", 1),
        ("2025", "2025-06-01", 0),
        ("2024", "2024-03-31", 0),
        ("2024", "2024-04-01", 1),
        ("2024", "2024-06-30", 1),
        ("2025-Q1", "2025-03-31", 1),
        ("2025-Q1", "2025-04-01", 0),
        ("2025-Q3", "2025-05-01", 0),
        ("2025-Q3", "2025-07-01", 0),
    ],
)
def test_i02_window(county: Vault, label: str, day: str, n: int) -> None:
    contract(county, day)
    assert row(county, "in_season", period(label)).total.amount == n


# --- I03 ------------------------------------------------------------------------------------------


def test_i03_ratio__ok(house: House) -> None:
    for is_good in (True, True, False, None):
        contract(house.county, is_good=is_good)
    contract(house.other, is_good=True)
    contract(house.other, "2024-01-01", is_good=False)
    for county in (house.county, house.other):
        house.carry(county, house.city)
    found = row(house.city, "good_rate")
    assert (found.numerator, found.denominator, found.value, found.text) == (3, 5, 60.0, "60.0")
    assert found.by_office == {"620400": None, COUNTY: 50.0, OTHER: 100.0}
    assert behind(house.city, "good_rate") == behind(house.city, "good_contracts")
    nothing = row(house.city, "good_rate", period("2023"))
    assert (nothing.value, nothing.text, nothing.unit) == (None, "—", "")


def test_i03_total_and_sum__ok(county: Vault) -> None:
    ids = {contract(county, n_workers=30), contract(county, n_workers=12), contract(county)}
    assert row(county, "contract_workers").value == 42
    assert row(county, "contracts_and_workers").value == 45
    assert behind(county, "contracts_and_workers") == ids
    assert row(county, "contract_workers", period("2020")).value is None  # nobody said that there was nothing


def test_i03_money__ok(county: Vault) -> None:
    contract(county, value="141.5万元")
    contract(county, value="850元")
    found = row(county, "contract_value")
    assert (found.total.amount, found.text) == (141_585_000, "141.59")


@pytest.mark.parametrize(("flags", "text"), [((False, None), "66"), ((True, False), "66余"), ((None, True), "66余")])
def test_i03_approximate(county: Vault, flags: tuple[bool | None, ...], text: str) -> None:
    for flag in flags:
        contract(county, n_workers=33, is_about=flag)
    contract(county, "2024-01-01", n_workers=1, is_about=True)  # of another year: says nothing about this one
    assert row(county, "contract_workers").text == text
    assert row(county, "contracts_and_workers").total.is_approximate == text.endswith("余")


def test_i03_event_and_offices__ok(house: House) -> None:
    add(house.county, "contract", name="后", signed_on="2025-05-02")
    add(house.county, "contract", name="先", signed_on="2025-02-01")
    house.carry(house.county, house.city)
    found = row(house.city, "first_contract")
    assert (found.text, found.total.days) == ("先；后", ("2025-02-01", "2025-05-02"))
    assert row(house.city, "n_offices").value == 2
    assert row(house.city, "n_offices", office=COUNTY).value == 1
    assert behind(house.city, "n_offices") == set()


# --- I04 ------------------------------------------------------------------------------------------


def test_i04_largest_of_each__ok(house: House) -> None:
    a, b = employers(house.county, USCC[0], USCC[1])
    (same_a,) = employers(house.other, USCC[0])
    contract(house.county, employers=[a], n_workers=100)
    contract(house.county, employers=[a], n_workers=80)
    contract(house.county, employers=[b, a], n_workers=7)
    contract(house.county, employers=[a, b], n_workers=9, is_about=True)
    contract(house.other, employers=[same_a], n_workers=120)
    contract(house.other, n_workers=1)
    contract(house.other, n_workers=2)  # with nobody named every contract stands for itself
    for county in (house.county, house.other):
        house.carry(county, house.city)
    found = row(house.city, "workers_once")
    assert (found.value, found.text) == (132, "130余")
    assert found.by_office == {"620400": 0, COUNTY: 109, OTHER: 123}
    assert len(behind(house.city, "workers_once")) == 7


BY_HOST = """
[indicator.workers_by_host]
label = "牵头企业职工"
unit = "人"
measure = "sum_max"
of = "n_workers"
per = "host"
on = "signed_on"
"""


def test_i04_of_one_reference__ok(county: Vault) -> None:
    county.adopt(with_version(FILES, 2, ledgers__contract=CONTRACT_TOML + BY_HOST), "package")
    a, b = employers(county, USCC[0], USCC[1])
    for host, n in ((a, 100), (a, 80), (b, 7), (None, 3)):
        contract(county, host=host, n_workers=n)
    assert row(county, "workers_by_host").value == 110


# --- I05 ------------------------------------------------------------------------------------------


def test_i05_not_counted__ok(county: Vault) -> None:
    counted, not_counted = contract(county, n_workers=1), contract(county, n_workers=2, is_counted=False)
    assert row(county, "contract_workers").value == 1
    assert behind(county, "contracts") == {counted}
    edit_record(county, not_counted, {"is_counted": None})  # not said is counted
    assert row(county, "contract_workers").value == 3


def test_i05_deleted__ok(county: Vault) -> None:
    kept, gone = contract(county), contract(county)
    delete_record(county, gone)
    assert row(county, "contracts").value == 1
    assert behind(county, "contracts") == {kept}


@pytest.mark.parametrize("how", ["deleted", "not counted"])
def test_i05_child_rows_of_what_is_out__ok(county: Vault, how: str) -> None:
    kept, gone = add_dispute(county), add_dispute(county)
    rows = [add(county, "progress", parent=one, done_on="2025-03-06", note="进展") for one in (kept, gone)]
    assert row(county, "progress_rows").value == 2
    if how == "deleted":
        delete_record(county, gone)
    else:
        edit_record(county, gone, {"is_counted": False})
    assert row(county, "progress_rows").value == 1
    assert behind(county, "progress_rows") == {rows[0]}


# --- I06 ------------------------------------------------------------------------------------------


def test_i06_a_record_that_adds_nothing_is_not_behind__ok(county: Vault) -> None:
    """A distinct figure of 1 that opens two records would be asked about."""
    (one,) = employers(county, USCC[0])
    named, unnamed = add_dispute(county, employer=one), add_dispute(county)
    assert row(county, "disputes_at").value == 1
    assert behind(county, "disputes_at") == {named}
    assert unnamed in behind(county, "disputes")


@pytest.fixture(scope="module")
def mixed(house_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Some of everything in both counties, at the city."""

    folder = tmp_path_factory.mktemp("mixed") / "house"
    shutil.copytree(house_template, folder)
    house = House(folder, set_clock())
    for n, vault in enumerate((house.county, house.other), 1):
        ids = employers(vault, *USCC, is_large=True)
        for month in range(1, 13):
            day = f"2025-{month:02}-{n:02}"
            values = {"employers": ids[: month % 4], "n_workers": month * n, "is_good": month % 2 == 0}
            contract(
                vault, day, starts_on=day, ends_on=f"2025-{month:02}-28", quarter=f"2025-Q{(month + 2) // 3}", **values
            )
            contract(vault, day, is_counted=False)
            delete_record(vault, contract(vault, day))
            parent = add_dispute(vault, heard_on=day if month < 6 else "2025-06-01")
            add(vault, "progress", parent=parent, done_on=day, note="进展")
        house.carry(vault, house.city)
    yield house
    house.close()


KEYS = ["contracts", "in_force", "quarterly", "quarters", "in_season", "good_contracts", "disputes", "progress_rows"]


@pytest.mark.parametrize("label", ["2025", "2025-Q2", "2025-03", "2024"])
@pytest.mark.parametrize("office", ["", COUNTY, OTHER])
def test_i06_counts_agree__ok(mixed: House, label: str, office: str) -> None:
    report: Report = make_report(mixed.city, period(label), office)
    for key in [*KEYS, "first_contract"]:
        found = report.row(key)
        ids = records_behind(mixed.city, period(label), key, office)
        assert len(ids) == len(set(ids)) == found.total.amount, key
        if key != "n_offices":
            assert sum(int(one or 0) for one in found.by_office.values()) == found.total.amount, key


@pytest.mark.parametrize("label", ["2025", "2025-Q2", "2024"])
def test_i06_sums_and_things_agree__ok(mixed: House, label: str) -> None:
    rows = mixed.city.rows["contract"]
    with mixed.city.read() as connection:
        summed = rows.load(connection, records_behind(mixed.city, period(label), "contract_workers"))
        named = rows.load(connection, records_behind(mixed.city, period(label), "contract_employers"))
        lists: list[Any] = [record.values.get("employers") for record in named.values()]
        ids = {one for ids in lists for one in ids or []}
        codes = {one.values["uscc"] for one in mixed.city.rows["employer"].load(connection, list(ids)).values()}
    workers: list[Any] = [one.values.get("n_workers") for one in summed.values()]
    assert sum(one or 0 for one in workers) == row(mixed.city, "contract_workers", period(label)).total.amount
    assert len(codes) == row(mixed.city, "contract_employers", period(label)).total.amount
