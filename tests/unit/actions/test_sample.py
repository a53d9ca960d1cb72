"""
The made-up year (actions/sample.py).

S01 the same scenario gives the same rows, another seed gives others
S02 every row can be entered: its values are canonical, no rule of level error or explain is broken, at any step
S03 a reference points to an earlier row of the same office and of the ledger the field refers to
S04 totals are split exactly, mixes come out exactly, shares add up
S05 invented codes and numbers have valid check digits
S06 the sample year has about 5,000 rows, in every ledger, unevenly over six offices
S07 another small year gives its own counts
S08 a faulty scenario is refused with every fault, its code and its batch
S09 an employer that two offices registered is one by its code
"""

import copy
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from desktop_app.actions.sample.codes import invent_resident_id, invent_uscc
from desktop_app.actions.sample.columns import Spread
from desktop_app.actions.sample.read import share_out
from desktop_app.actions.sample.year import (
    Batch,
    Ref,
    SampleRow,
    ScenarioInvalid,
    load_scenario,
    sample_batches,
    scenario_offices,
)
from desktop_app.base.errors import Problem
from desktop_app.base.paths import forms_dir, sample_dir
from desktop_app.domain.derive import derived_values
from desktop_app.domain.limits import WorkCalendar
from desktop_app.domain.validate import read_values, validate
from desktop_app.schema.clauses import Frame, Values
from desktop_app.schema.load import load_pack, read_files
from desktop_app.schema.model import STATE, Ledger, Pack
from tests.helpers.small_year import SMALL

YEAR = sample_dir() / "2025.toml"


@pytest.fixture(scope="module")
def forms() -> Pack:
    return load_pack(read_files(forms_dir()))


@pytest.fixture(scope="module")
def year() -> dict[str, Any]:
    return load_scenario(YEAR)


@pytest.fixture(scope="module")
def batches(year: dict[str, Any], forms: Pack) -> list[Batch]:
    return list(sample_batches(year, forms))


@pytest.fixture
def small(year: dict[str, Any]) -> dict[str, Any]:
    return {**tomllib.loads(SMALL), "words": year["words"]}


def test_s01_same_rows__ok(year: dict[str, Any], forms: Pack, batches: list[Batch]) -> None:
    assert list(sample_batches(year, forms)) == batches


def test_s01_other_seed__ok(small: dict[str, Any], forms: Pack) -> None:
    assert list(sample_batches({**small, "seed": 8}, forms)) != list(sample_batches(small, forms))


def test_s01_other_batch_leaves_rows__ok(small: dict[str, Any], forms: Pack) -> None:
    more = copy.deepcopy(small)
    more["batch"].insert(1, {"ledger": "honor", "n": 2})
    found = [one for one in sample_batches(more, forms) if one.ledger != "honor"]
    assert found == list(sample_batches(small, forms))


def test_s02_rows_can_be_entered__ok(forms: Pack, batches: list[Batch]) -> None:
    assert list(_problems(forms, batches)) == []


def test_s02_small_rows_can_be_entered__ok(forms: Pack, small: dict[str, Any]) -> None:
    assert list(_problems(forms, list(sample_batches(small, forms)))) == []


def test_s02_reasons_are_given_somewhere__ok(batches: list[Batch]) -> None:
    explained = [row.key for row in _rows(batches) if "explanation" in row.values]
    assert {one.partition("/")[0] for one in explained} == {"contract", "petition"}


def test_s03_references_are_known__ok(forms: Pack, batches: list[Batch]) -> None:
    known: set[str] = set()
    for batch in batches:
        fields = forms.ledgers[batch.ledger].fields
        for row in batch.rows:
            for name, value in _all_values(row).items():
                for ref in _refs(value):
                    assert ref.key in known
                    assert ref.key.split("/")[:2] == [fields[name].ledger, batch.office]
            assert row.key not in known
            known.add(row.key)


@given(
    seed=st.integers(),
    n=st.integers(1, 60),
    low=st.integers(0, 9),
    room=st.integers(0, 400),
    rest=st.integers(0, 10**7),
)
def test_s04_spread__ok(seed: int, n: int, low: int, room: int, rest: int) -> None:
    total = n * low + rest % (n * room + 1)
    column = Spread(total, low, low + room)
    found = column.values(Random(seed), ["620402"] * n, lambda _: True)
    assert column.fits(n)
    assert sum(one for one in found if isinstance(one, int)) == total
    assert all(isinstance(one, int) and low <= one <= low + room for one in found)


def test_s04_spread_in_round_figures__ok() -> None:
    found = Spread(128_900_000, 1, 10**12, (1_000_000, 100_000, 10_000)).values(Random(1), ["x"] * 48, lambda _: True)
    assert sum(one for one in found if isinstance(one, int)) == 128_900_000
    assert all(isinstance(one, int) and one % 100_000 == 0 for one in found)


@given(total=st.integers(0, 9999), shares=st.lists(st.integers(0, 90), min_size=1, max_size=9).filter(any))
def test_s04_share_out__ok(total: int, shares: list[int]) -> None:
    found = share_out(total, {str(i): share for i, share in enumerate(shares)})
    assert sum(found.values()) == total
    assert all(found[str(i)] == 0 for i, share in enumerate(shares) if share == 0)


@given(seed=st.integers())
def test_s05_codes__ok(seed: int) -> None:
    rng = Random(seed)
    assert uscc.is_valid(invent_uscc(rng, "620402"))
    number = invent_resident_id(rng, "620421", is_woman=True)
    assert ric.is_valid(number)
    assert int(number[16]) % 2 == 0


def test_s05_codes_of_the_year__ok(batches: list[Batch]) -> None:
    values = [_all_values(row) for row in _rows(batches)]
    codes = [str(one["uscc"]) for one in values if "uscc" in one]
    numbers = [str(one["resident_id"]) for one in values if "resident_id" in one]
    assert all(map(uscc.is_valid, codes))
    assert all(map(ric.is_valid, numbers))
    assert len(set(numbers)) == len(numbers) > 50


def test_s06_size__ok(year: dict[str, Any], forms: Pack, batches: list[Batch]) -> None:
    by_office = Counter({code: 0 for code, _, _ in scenario_offices(year)})
    by_ledger: Counter[str] = Counter()
    for batch in batches:
        by_office[batch.office] += len(batch.rows)
        by_ledger[batch.ledger] += len(batch.rows)
    assert 4500 <= by_office.total() <= 5500
    assert len(by_office) == 6
    assert max(by_office.values()) > 3 * min(by_office.values())
    # what stands in the group of exchange is written by the program when packages go to and fro
    assert set(by_ledger) == {key for key, one in forms.ledgers.items() if one.group != "exchange"}


def test_s07_small_year__ok(small: dict[str, Any], forms: Pack) -> None:
    found = list(sample_batches(small, forms))
    sizes = {(one.ledger, one.office): len(one.rows) for one in found}
    assert sizes == {
        ("employer", "620502"): 9,
        ("employer", "620503"): 3,
        ("contract", "620502"): 5,
        ("contract", "620503"): 2,
        ("petition", "620502"): 7,
        ("petition", "620503"): 2,
    }
    rows = list(_rows(found))
    values = {row.key: _all_values(row) for row in rows}
    workers = [one["n_workers"] for key, one in values.items() if key.startswith("employer/")]
    assert sum(one for one in workers if isinstance(one, int)) == 700
    assert len(set(workers)) > 6
    assert Counter(one.get("type") for key, one in values.items() if key.startswith("contract/")) == {
        "wage": 3,
        "comprehensive": 4,
    }
    contract = values["contract/620503/2"]
    assert contract["employers"] == [Ref("employer/620503/2")]
    assert contract["n_workers"] == values["employer/620503/2"]["n_workers"]
    assert all([step for step, _ in row.steps] == ["accept", "reply", "close"] for row in rows if "petition" in row.key)
    assert all(str(one["closed_on"]).startswith("2031") for one in values.values() if "closed_on" in one)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (lambda s: s["batch"][0].update(ledger="employr"), "form.unknown_ledger", "场景 employr"),
        (lambda s: s["batch"][0]["set"].update(has_unoin=True), "form.unknown_field", "场景 employer"),
        (lambda s: s["batch"][0]["set"].update(operation="open"), "form.clause_value", "场景 employer"),
        (lambda s: s["batch"][0].update(numbers=3), "form.unknown_key", "场景 employer"),
        (lambda s: s["batch"][0].update(n="many"), "form.wrong_type", "场景 employer"),
        (lambda s: s["batch"][0].update(n={"620504": 3}), "form.bad_value", "场景 employer"),
        (lambda s: s["batch"][0].pop("n"), "form.missing_key", "场景 employer"),
        (lambda s: s["batch"][0]["spread"].update(n_workers=5), "form.bad_value", "场景 employer"),
        (lambda s: s["batch"][0]["spread"].update(has_union=5), "form.shadows", "场景 employer"),
        (lambda s: s["batch"][1]["n"].update({"620503": 4}), "form.bad_value", "场景 contract"),
        (lambda s: s["batch"][1]["mix"].update(type=[["wage", 3]]), "form.bad_value", "场景 contract"),
        (lambda s: s["batch"][1]["dates"].update(signed_on=["2031"]), "form.bad_value", "场景 contract"),
        (lambda s: s["batch"][1]["text"].update(name="{nothing}"), "form.bad_template", "场景 contract"),
        (lambda s: s["batch"][2]["after"].update(closed_on=["nothing", 0, 1]), "form.bad_value", "场景 petition"),
        (lambda s: s["batch"][2].update(steps=["accept", "refuse"]), "form.bad_value", "场景 petition"),
        (lambda s: s["batch"][2].update(steps=["approve"]), "form.unknown_step", "场景 petition"),
        (lambda s: s["batch"][2].update(refs={"employer": "nobody"}), "form.bad_value", "场景 petition"),
        (lambda s: s["batch"][2].update(steps=[3]), "form.unknown_step", "场景 petition"),
        (lambda s: s["batch"][1].update(per={"employers": "employers"}), "form.bad_value", "场景 contract"),
        (lambda s: s["batch"][1].update(per={"employers": {"where": {}}}), "form.missing_key", "场景 contract"),
        (lambda s: s["batch"][2]["after"].pop("closed_on"), "form.missing_key", "场景 petition"),
        (lambda s: s.pop("office"), "form.missing_key", "场景"),
    ],
)
def test_s08_faults__error(
    small: dict[str, Any], forms: Pack, change: Callable[[dict[str, Any]], None], code: str, place: str
) -> None:
    bad = copy.deepcopy(small)
    change(bad)
    with pytest.raises(ScenarioInvalid) as caught:
        list(sample_batches(bad, forms))
    assert (code, place) in [(one.code, one.place) for one in caught.value.found]


def test_s08_every_fault_is_listed__error(small: dict[str, Any], forms: Pack) -> None:
    small["batch"][0]["n"] = -1
    small["batch"][2]["stepps"] = []
    with pytest.raises(ScenarioInvalid) as caught:
        list(sample_batches(small, forms))
    assert [one.code for one in caught.value.found] == ["form.wrong_type", "form.unknown_key"]


def test_s08_not_toml__error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("seed = ", encoding="utf-8")
    with pytest.raises(ScenarioInvalid) as caught:
        load_scenario(tmp_path / "a.toml")
    assert [one.code for one in caught.value.found] == ["form.toml"]


def test_s09_registered_twice__ok(batches: list[Batch]) -> None:
    codes = Counter(row.values["uscc"] for one in batches if one.ledger == "employer" for row in one.rows)
    assert sorted(codes.values())[-2:] == [1, 2]


def _problems(forms: Pack, batches: list[Batch]) -> Iterator[Problem]:
    """What stands against entering the rows one after the other, steps and all."""
    calendar = WorkCalendar(forms.holidays)
    entered: dict[str, Values] = {}
    for batch in batches:
        ledger = forms.ledgers[batch.ledger]
        frame = Frame(today="2031-12-31", lookup=lambda _, record: entered.get(record))
        for row in batch.rows:
            full: dict[str, object] = {STATE: ledger.workflow.start} if ledger.workflow else {}
            for step, given_values in (("", row.values), *row.steps):
                values, found = read_values(ledger, _canonical(given_values), row.key)
                assert values == _canonical(given_values)
                full = {**full, **values, **_state_after(ledger, full, step)}
                full |= derived_values(ledger, full, calendar)
                found += validate(ledger, full, frame, step=step, place=row.key)
                yield from (one for one in found if one.level != "hint")
            entered[_id(row.key)] = full


def _state_after(ledger: Ledger, full: Values, step: str) -> dict[str, object]:
    if not step:
        return {}
    assert ledger.workflow is not None
    assert full[STATE] in ledger.workflow.steps[step].origins
    return {STATE: ledger.workflow.steps[step].target}


def _canonical(values: Values) -> dict[str, object]:
    def one(value: object) -> object:
        if isinstance(value, list):
            return [one(item) for item in value]
        return _id(value.key) if isinstance(value, Ref) else value

    return {name: one(value) for name, value in values.items()}


def _id(key: str) -> str:
    return md5(key.encode(), usedforsecurity=False).hexdigest()


def _rows(batches: list[Batch]) -> Iterator[SampleRow]:
    for batch in batches:
        yield from batch.rows


def _all_values(row: SampleRow) -> dict[str, object]:
    found = dict(row.values)
    for _, values in row.steps:
        found.update(values)
    return found


def _refs(value: object) -> list[Ref]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Ref)]
