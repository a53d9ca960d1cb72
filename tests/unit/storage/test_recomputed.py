"""
Figures by SQL are those of a slow recomputation over all records (storage/indicators.py).

I07 every indicator, each office and the total, over made-up years and periods of every kind
I08 the same of every indicator of the real forms, over records of every ledger; counts open just what they count
"""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.pairing import add_office
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.actions.reporting import make_report
from desktop_app.base.paths import forms_dir
from desktop_app.domain.period import parse_range
from desktop_app.schema.load import read_files
from desktop_app.schema.model import Indicator
from desktop_app.storage.indicators import Indicators
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault
from tests.helpers.desks import CITY, COUNTY, OTHER, House, set_clock
from tests.helpers.random_year import fill_random_year
from tests.helpers.slow_figures import SlowFigures

CODES = ["91620402MA0000001A", "91620402MA0000002B", None]
EDGES = ["2024-11-15", "2024-12-31", "2025-01-01", "2025-03-01", "2025-03-15", "2025-03-31", "2025-04-01", "2025-12-31"]
DAYS = st.sampled_from(EDGES) | st.builds(
    "{}-{:02}-{:02}".format, st.integers(2024, 2025), st.integers(1, 12), st.sampled_from([1, 15, 28])
)
FLAG = st.sampled_from([True, False, None])
WHICH = st.lists(st.integers(0, 2), max_size=3, unique=True)
CONTRACT = st.fixed_dictionaries(
    {"signed_on": DAYS},
    optional={
        "starts_on": DAYS,
        "ends_on": DAYS,
        "ended_on": DAYS,
        "quarter": st.sampled_from(["2024", "2025", "2025-Q1", "2025-Q2", "2025-03", "2024-12"]),
        "n_workers": st.integers(0, 500),
        "value": st.integers(0, 10**9),
        "is_about": FLAG,
        "is_good": FLAG,
        "is_counted": FLAG,
    },
)
DISPUTE = st.fixed_dictionaries({"heard_on": DAYS}, optional={"n_people": st.integers(1, 50), "is_counted": FLAG})
PERIODS = ["2025", "2024", "2025-Q1", "2025-03", "2024-11-15..2025-03-15"]


@pytest.fixture(scope="module")
def years(house_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all examples: each adds its records to what is there."""
    folder = tmp_path_factory.mktemp("years") / "house"
    shutil.copytree(house_template, folder)
    house = House(folder, set_clock())
    yield house
    house.close()


@settings(max_examples=6, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_i07_recomputed(years: House, data: st.DataObject) -> None:
    for vault in (years.county, years.other):
        _year(vault, data)
        years.carry(vault, years.city)
    label = data.draw(st.sampled_from(PERIODS))
    period = parse_range(label)
    assert period is not None
    slow, report = SlowFigures(years.city, period), make_report(years.city, period)
    for row in report.rows:
        key = row.indicator.key
        found = (row.total.amount, row.total.denominator, row.total.is_approximate)
        assert found == slow.figure(key), f"{key} {label}"
        for code in (CITY, COUNTY, OTHER):
            part = row.parts.get(code)
            amount = part.amount if part else 0
            assert amount == slow.figure(key, code)[0], f"{key} {label} {code}"


def _year(vault: Vault, data: st.DataObject) -> None:
    codes = data.draw(st.permutations(CODES))
    given = [Given({"name": f"单位{n}", "uscc": code, "is_large": n == 0}) for n, code in enumerate(codes)]
    employers = list(add_records(vault, "employer", given).record_ids)
    contracts = data.draw(st.lists(st.tuples(CONTRACT, WHICH), min_size=1, max_size=8))
    rows = [{**values, "name": "合同", "employers": [employers[n] for n in which]} for values, which in contracts]
    made = list(add_records(vault, "contract", [Given(one) for one in rows]).record_ids)
    disputes = data.draw(st.lists(st.tuples(DISPUTE, st.integers(0, 3)), max_size=4))
    for drawn, at in disputes:
        who = {"employer": employers[at]} if at < len(employers) else {}
        values = {**drawn, **who, "topic": "wages", "summary": "欠薪"}
        parent = add_records(vault, "dispute", [Given(values)]).record_ids[0]
        add_records(vault, "progress", [Given({"parent": parent, "done_on": values["heard_on"], "note": "进展"})])
    if data.draw(st.booleans()):
        delete_record(vault, made[0])
    if len(made) > 1 and data.draw(st.booleans()):
        edit_record(vault, made[-1], {"is_counted": data.draw(FLAG), "n_workers": data.draw(st.integers(0, 99))})


# --- I08 ------------------------------------------------------------------------------------------

OWNERS = (CITY, COUNTY, OTHER)
SPANS = ["2025", "2024", "2026", "2025-Q1", "2025-Q2", "2025-03", "2025-05", "2024-12-31..2025-06-01"]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city's vault with the forms as they are shipped, and two counties."""
    folder = tmp_path_factory.mktemp("real")
    desk = NewDesk(folder / "vault", "pass-phrase-1", "经办人", set_clock(), LIGHT)
    vault, _ = init_city(desk, office=CITY, name="白银市总工会")
    for code in (COUNTY, OTHER):
        add_office(vault, code=code, name=f"某县{code}", out=folder)
    vault.close()
    return folder / "vault"


@pytest.mark.long
def test_i08_real_forms_recomputed(real: Path, tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    chance = random.Random(8)
    for n in range(sweep(3, 150)):
        folder = tmp_path / f"{n}"
        shutil.copytree(real, folder)
        vault = open_vault(folder, "pass-phrase-1", read_files(forms_dir()), set_clock())
        fill_random_year(vault, chance, OWNERS, 20)
        for label in SPANS:
            period = parse_range(label)
            assert period is not None
            slow = SlowFigures(vault, period)
            with vault.read() as connection:
                quick = Indicators(vault, connection, period)
                for key, one in vault.pack.indicators.items():
                    _compare(quick, slow, one, f"{key} {label} {n}")
        vault.close()
        shutil.rmtree(folder)


def _compare(quick: Indicators, slow: SlowFigures, one: Indicator, where: str) -> None:
    found = quick.figure(one)
    total = (found.total.amount, found.total.denominator, found.total.is_approximate)
    assert total == slow.figure(one.key), where
    for code in OWNERS:
        part = found.by_office.get(code)
        assert (part.amount if part else 0) == slow.figure(one.key, code)[0], f"{where} {code}"
    if one.measure in ("count", "sum", "sum_max"):
        assert set(quick.records(one)) == slow.records(one.key), where
