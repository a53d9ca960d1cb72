"""
Figures as they are printed, titles, and declarations.

F01 counts as they are, money in 万元 or 元, ratios in per cent, halves up
F02 余 stands after what is cut to tens; — stands where there is no data, and 0 where there is nought
F03 an event prints its words
F04 a title shows names of records, masks private fields, and is one line
F05 a declaration has one spelling, one code, and shows what differs
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.declaration import check_code, decode_figures, differing, encode_figures
from desktop_app.domain.indicators import NO_DATA, Measured, printed_text, printed_value
from desktop_app.domain.titles import MASK, fill_template, masked, title_references
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import Indicator
from tests.unit.schema.small_pack import GOOD, edited

COUNT = Indicator("n", "case", "案件", "件", "count", "flow")
WAN = Indicator("m", "case", "金额", "万元", "sum", "flow", scale=1_000_000, digits=2)
YUAN = Indicator("y", "case", "金额", "元", "sum", "flow", scale=100)
RATIO = Indicator("r", "case", "占比", "%", "ratio", "flow", of=("a", "b"))
EVENT = Indicator("e", "case", "摘要", "文本", "count", "event", shows="{summary}")
CASE = load_pack(GOOD).ledgers["case"]


@pytest.mark.parametrize(
    ("indicator", "measured", "value", "text"),
    [
        (COUNT, Measured(0), 0, "0"),
        (COUNT, Measured(29566), 29566, "29566"),
        (WAN, Measured(141_590_000), 141.59, "141.59"),
        (WAN, Measured(0), 0.0, "0.00"),
        (WAN, Measured(4_999), 0.0, "0.00"),
        (WAN, Measured(5_000), 0.01, "0.01"),
        (WAN, Measured(100_000_000), 100.0, "100.00"),
        (YUAN, Measured(12_349), 123, "123"),
        (YUAN, Measured(12_350), 124, "124"),
        (replace(RATIO, digits=1), Measured(19, 23), 82.6, "82.6"),
        (replace(RATIO, digits=1), Measured(38, 46), 82.6, "82.6"),
        (RATIO, Measured(79, 100), 79, "79"),
        (RATIO, Measured(5, 5), 100, "100"),
        (RATIO, Measured(0, 5), 0, "0"),
        (RATIO, Measured(1, 200), 1, "1"),
        (RATIO, Measured(1, 201), 0, "0"),
    ],
)
def test_f01_value_and_text(indicator: Indicator, measured: Measured, value: float, text: str) -> None:
    assert printed_value(indicator, measured) == value
    assert type(printed_value(indicator, measured)) is type(value)
    assert printed_text(indicator, measured) == text


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_f01_ratio_is_rounded_half_up(top: int, bottom: int, digits: int) -> None:
    exact = Fraction(100 * top, bottom) * 10**digits
    wanted = int(exact + Fraction(1, 2))
    found = printed_value(replace(RATIO, digits=digits), Measured(top, bottom))
    assert found is not None
    assert round(found * 10**digits) == wanted


@pytest.mark.parametrize("bottom", [None, 0])
def test_f02_no_denominator_is_no_data(bottom: int | None) -> None:
    assert printed_value(RATIO, Measured(0, bottom)) is None
    assert printed_text(RATIO, Measured(0, bottom)) == NO_DATA == "—"


@pytest.mark.parametrize(
    ("amount", "text"),
    [(6600, "6600余"), (6604, "6600余"), (6609, "6600余"), (100, "100余"), (109, "100余"), (99, "99余"), (7, "7余")],
)
def test_f02_approximate(amount: int, text: str) -> None:
    assert printed_text(COUNT, Measured(amount, is_approximate=True)) == text
    assert printed_value(COUNT, Measured(amount, is_approximate=True)) == amount


def test_f03_event() -> None:
    assert printed_text(EVENT, Measured(2, texts=("优秀", "突出"))) == "优秀；突出"
    assert printed_text(EVENT, Measured(2, texts=("优秀", "优秀"))) == "优秀"
    assert printed_text(EVENT, Measured()) == NO_DATA
    assert printed_text(replace(EVENT, shows=""), Measured(2)) == "2"


def test_f04_title() -> None:
    assert fill_template("{no} {summary}", CASE, {"no": "AJ2025-001", "summary": "欠薪"}) == "AJ2025-001 欠薪"
    assert fill_template("{no} {summary} {n_people}", CASE, {"summary": "一\n  二", "n_people": 3}) == "一 二 3人"
    assert fill_template("{no}", CASE, {}) == ""
    assert fill_template("{topic}：{state}", CASE, {"topic": "wages", "state": "open"}) == "欠薪：在办"


def test_f04_braces_of_a_value_are_not_places() -> None:
    assert fill_template("{no} {summary}", CASE, {"summary": "{no} {0} {"}) == "{no} {0} {"


def test_f04_private_is_masked() -> None:
    assert fill_template("{no} {secret}", CASE, {"no": "1", "secret": "张三"}) == "1 张" + MASK
    assert fill_template("{no} {secret}", CASE, {"no": "1", "secret": "张三丰老师"}) == "1 张" + MASK
    assert fill_template("{no} {secret}", CASE, {"no": "1"}) == "1"
    assert masked(CASE.fields["summary"], "张三") == "张三"
    assert masked(CASE.fields["secret"], "") == ""


def test_f04_records_are_shown_by_their_titles() -> None:
    names = {"p1": "李四", "p2": "王五"}
    assert fill_template("{person} {no}", CASE, {"person": "p1", "no": "1"}, names) == "李四 1"
    assert fill_template("{person} {no}", CASE, {"person": "p9", "no": "1"}, names) == "1"
    assert fill_template("{person} {no}", CASE, {"person": "p1", "no": "1"}) == "1"
    several = edited(
        ("ledgers/case.toml", 'type = "reference", label = "协办人"', 'type = "references", label = "协办人"')
    )
    ledger = load_pack(several).ledgers["case"]
    assert fill_template("{helper}", ledger, {"helper": ["p1", "p9", "p2"]}, names) == "李四、王五"


def test_f04_references_of_a_title() -> None:
    files = edited(
        ("ledgers/case.toml", "{no} {summary}", "{person} {helper}"),
        ("ledgers/case.toml", 'type = "reference", label = "协办人"', 'type = "references", label = "协办人"'),
    )
    ledger = load_pack(files).ledgers["case"]
    assert title_references(ledger, {"person": "p1", "helper": ["p2", "p3"]}) == [
        ("person", "p1"),
        ("person", "p2"),
        ("person", "p3"),
    ]
    assert title_references(ledger, {}) == []
    assert title_references(CASE, {"person": "p1"}) == []


FIGURES = st.dictionaries(
    st.text("abc_", min_size=1, max_size=5), st.tuples(st.integers(0, 10**12), st.none() | st.integers(0, 99))
)


@given(FIGURES)
def test_f05_figures_round_trip(figures: dict[str, tuple[int, int | None]]) -> None:
    assert decode_figures(encode_figures(figures)) == figures
    assert encode_figures(dict(reversed(figures.items()))) == encode_figures(figures)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": ["1", null]}'])
def test_f05_broken_figures_are_none(text: str) -> None:
    assert decode_figures(text) == {}


def test_f05_code_is_of_office_period_and_figures() -> None:
    code = check_code("620402", "2025", {"a": (1, None)})
    assert len(code) == 9
    assert code[4] == "-"
    others = [
        check_code("620403", "2025", {"a": (1, None)}),
        check_code("620402", "2025-Q1", {"a": (1, None)}),
        check_code("620402", "2025", {"a": (2, None)}),
        check_code("620402", "2025", {"a": (1, 2)}),
        check_code("620402", "2025", {"b": (1, None)}),
        check_code("620402", "2025", {}),
    ]
    assert len({code, *others}) == 7
    assert check_code("620402", "2025", {"a": (1, None)}) == code


def test_f05_differing() -> None:
    declared = {"a": (1, None), "b": (2, 3), "only_there": (1, None)}
    found = {"a": (1, None), "b": (2, 4), "only_here": (1, None)}
    assert differing(declared, found) == {"b": ((2, 3), (2, 4))}
