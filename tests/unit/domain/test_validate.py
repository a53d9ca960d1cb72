"""
Validation of one record.

A01 given names and values become canonical values by field key; what cannot be read is said with place and key
A02 defaults fill what was not given, where the field is shown
A03 what is required, by the form or by a step, and only where it is shown
A04 three levels: `error` stops, `explain` waits for 情况说明, `hint` is only said
A05 a rule about empty fields says nothing; so does one whose `when` does not hold
"""

from collections.abc import Mapping

import pytest

from desktop_app.base.errors import Problem
from desktop_app.domain.validate import EXPLANATION, read_values, stopping, validate, with_defaults
from desktop_app.schema.clauses import Frame
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import PARENT, Ledger
from tests.unit.schema.small_pack import GOOD, edited

FRAME = Frame("2025-03-05")
CASE, VISIT, PERSON = (load_pack(GOOD).ledgers[key] for key in ("case", "visit", "person"))


def with_check(text: str) -> Ledger:
    """The case ledger with its rules replaced."""
    whole = GOOD["ledgers/case.toml"]
    old = whole[whole.index("[[checks]]") : whole.index("[window.spring]")]
    rule = '[[checks]]\nkey = "k"\nmessage = "总数不对。"\n' + text + "\n" if text else ""
    return load_pack(edited(("ledgers/case.toml", old, rule))).ledgers["case"]


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(one.code, one.key) for one in problems]


def test_a01_canonical_values() -> None:
    values, problems = read_values(
        CASE, {"came_on": "2025.3.5", "n_people": "３ 人", "topic": "工时", "place": "白银区"}
    )
    assert values == {"came_on": "2025-03-05", "n_people": 3, "topic": "hours", "place": "620402"}
    assert problems == []


def test_a01_labels_for_keys() -> None:
    assert read_values(CASE, {"来件日期": "20250305", "人数": 3}) == ({"came_on": "2025-03-05", "n_people": 3}, [])


def test_a01_emptied_is_none() -> None:
    assert read_values(CASE, {"summary": "  ", "n_people": None}) == ({"summary": None, "n_people": None}, [])


@pytest.mark.parametrize("name", ["old_topic", "older_topic"])
def test_a01_moved_key_is_read_through(name: str) -> None:
    assert read_values(CASE, {name: "欠薪"}) == ({"topic": "wages"}, [])


@pytest.mark.parametrize("name", ["gone", "sumary", "人数数", "id", "deleted"])
def test_a01_unknown_field__error(name: str) -> None:
    values, problems = read_values(CASE, {name: "1", "n_people": 3}, "第 3 行")
    assert values == {"n_people": 3}
    assert codes(problems) == [("value.unknown_field", name)]
    assert problems[0].place == "第 3 行"
    assert "“案件”" in problems[0].message


def test_a01_unknown_field_means__error() -> None:
    _, problems = read_values(CASE, {"sumary": "1"})
    assert "是不是“summary”" in problems[0].message


@pytest.mark.parametrize("name", ["n_left", "未办", "due_by", "state", "状态"])
def test_a01_not_to_be_filled_in__error(name: str) -> None:
    values, problems = read_values(CASE, {name: "1"})
    assert values == {}
    assert [one.code for one in problems] == ["value.derived"]


def test_a01_every_bad_value_is_said__error() -> None:
    values, problems = read_values(
        CASE, {"n_people": "三", "came_on": "昨天", "summary": "好", "topic": "?"}, "第 3 行"
    )
    assert values == {"summary": "好"}
    assert codes(problems) == [("value.number", "n_people"), ("value.date", "came_on"), ("value.choice", "topic")]
    assert {one.level for one in problems} == {"error"}
    assert str(problems[0]).startswith("第 3 行：“人数”")


def test_a02_defaults() -> None:
    assert with_defaults(CASE, {}, FRAME) == {"came_on": "2025-03-05", "topic": "wages"}
    assert with_defaults(CASE, {"topic": None, "came_on": "2025-01-01"}, FRAME) == {
        "topic": None,
        "came_on": "2025-01-01",
    }


@pytest.mark.parametrize(("given", "filled"), [({}, False), ({"ended_on": "2025-03-05"}, True)])
def test_a02_default_of_a_hidden_field_waits(given: Mapping[str, object], filled: bool) -> None:
    files = edited(("ledgers/case.toml", 'label = "结果", ', 'label = "结果", default = "won", '))
    assert ("result" in with_defaults(load_pack(files).ledgers["case"], given, FRAME)) == filled


def test_a03_required__error() -> None:
    found = validate(CASE, {}, FRAME, place="第 3 行")
    assert codes(found) == [("value.required", "came_on")]
    assert (found[0].place, "“来件日期”" in found[0].message) == ("第 3 行", True)


def test_a03_required_by_a_step__error() -> None:
    values = {"came_on": "2025-03-05"}
    assert validate(CASE, values, FRAME) == []
    assert codes(validate(CASE, values, FRAME, step="finish")) == [("value.required", "ended_on")]
    assert validate(CASE, values | {"ended_on": "2025-03-06"}, FRAME, step="finish") == []


def test_a03_required_where_it_is_shown__error() -> None:
    files = edited(("ledgers/case.toml", 'label = "结果", ', 'label = "结果", required = true, '))
    ledger = load_pack(files).ledgers["case"]
    assert validate(ledger, {"came_on": "2025-03-05"}, FRAME) == []
    shown = {"came_on": "2025-03-05", "ended_on": "2025-03-05"}
    assert codes(validate(ledger, shown, FRAME)) == [("value.required", "result")]


def test_a03_child_needs_its_parent__error() -> None:
    assert codes(validate(VISIT, {"went_on": "2025-03-05"}, FRAME)) == [("value.required", PARENT)]


def test_a03_no_and_nought_are_answers() -> None:
    files = edited(("ledgers/case.toml", 'label = "已办"', 'label = "已办", required = true'))
    assert validate(load_pack(files).ledgers["case"], {"came_on": "2025-03-05", "n_done": 0}, FRAME) == []


BROKEN = {"came_on": "2025-03-05", "n_people": 2, "n_done": 3}
RULE = 'must = [{ field = "n_done", max = "n_people" }]\n'


@pytest.mark.parametrize(
    ("level", "code", "stops"),
    [("error", "ledger.check", True), ("explain", "record.explain", False), ("hint", "ledger.check", False)],
)
def test_a04_level(level: str, code: str, stops: bool) -> None:
    ledger = with_check(f'level = "{level}"\n{RULE}')
    (found,) = validate(ledger, BROKEN, FRAME, place="第 3 行")
    assert (found.code, found.level, found.key, found.place) == (code, level, "n_done", "第 3 行")
    assert "总数不对。" in found.message
    assert bool(stopping([found])) == stops
    assert validate(ledger, BROKEN | {"n_done": 2}, FRAME) == []


@pytest.mark.parametrize(("level", "left"), [("error", 1), ("explain", 0), ("hint", 1)])
def test_a04_only_an_explain_is_answered_by_an_explanation(level: str, left: int) -> None:
    ledger = with_check(f'level = "{level}"\n{RULE}')
    assert len(validate(ledger, BROKEN | {EXPLANATION: "补录以前的"}, FRAME)) == left
    assert len(validate(ledger, BROKEN | {EXPLANATION: None}, FRAME)) == 1


def test_a04_source_is_said_with_the_rule() -> None:
    (found,) = validate(with_check(f'level = "error"\nsource = "试验条例第四条"\n{RULE}'), BROKEN, FRAME)
    assert found.message == "总数不对。（试验条例第四条）"


def test_a04_rule_of_one_field__warn() -> None:
    found = validate(CASE, {"came_on": "2025-03-05", "n_people": 100}, FRAME)
    assert [(one.code, one.key, one.level) for one in found] == [("ledger.check", "n_people", "hint")]
    assert validate(CASE, {"came_on": "2025-03-05", "n_people": 99}, FRAME) == []


def test_a04_doubt_of_a_type__warn() -> None:
    files = edited(("ledgers/person.toml", 'type = "text", label = "姓名"', 'type = "uscc", label = "代码"'))
    found = validate(load_pack(files).ledgers["person"], {"name": "91350211M0000XUF46"}, FRAME, place="第 3 行")
    assert [(one.code, one.key, one.level, one.place) for one in found] == [
        ("value.uscc_check", "name", "hint", "第 3 行")
    ]


def test_a04_errors_of_the_form_come_first() -> None:
    ledger = with_check(f'level = "hint"\n{RULE}')
    found = validate(ledger, {"n_people": 100, "n_done": 101}, FRAME)
    assert [one.key for one in found] == ["came_on", "n_people", "n_done"]


@pytest.mark.parametrize("missing", ["n_people", "n_done"])
def test_a05_rule_about_an_empty_field(missing: str) -> None:
    assert validate(with_check(f'level = "error"\n{RULE}'), BROKEN | {missing: None}, FRAME) == []


@pytest.mark.parametrize(("topic", "n"), [("wages", 1), ("hours", 0), (None, 0)])
def test_a05_when(topic: str | None, n: int) -> None:
    ledger = with_check(f'level = "error"\nwhen = [{{ field = "topic", in = ["wages"] }}]\n{RULE}')
    assert len(validate(ledger, BROKEN | {"topic": topic}, FRAME)) == n


def test_a05_rule_that_something_is_set() -> None:
    """`is_set` is about emptiness itself, so it speaks where a comparison is silent."""
    ledger = with_check(
        'level = "error"\nmust = [{ field = "ended_on", is_set = true }, { field = "n_done", min = 1 }]'
    )
    base = {"came_on": "2025-03-05", "n_done": 1}
    assert codes(validate(ledger, base, FRAME)) == [("ledger.check", "n_done")]
    assert validate(ledger, base | {"ended_on": "2025-03-05"}, FRAME) == []
    only = with_check('level = "error"\nmust = [{ field = "ended_on", is_set = true }]')
    assert codes(validate(only, {"came_on": "2025-03-05"}, FRAME)) == [("ledger.check", "ended_on")]


def test_a05_rule_against_today() -> None:
    ledger = with_check('level = "hint"\nmust = [{ field = "came_on", not_after = "today" }]')
    assert validate(ledger, {"came_on": "2025-03-05"}, FRAME) == []
    assert codes(validate(ledger, {"came_on": "2025-03-06"}, FRAME)) == [("ledger.check", "came_on")]


def test_a05_rule_through_a_reference() -> None:
    ledger = with_check(
        'level = "error"\nwhen = [{ field = "person.n_years", min = 3 }]\nmust = [{ field = "n_done", max = 2 }]'
    )
    people = {"p1": {"n_years": 3}, "p2": {"n_years": 2}}
    frame = Frame("2025-03-05", lookup=lambda _, one: people.get(one))
    assert [len(validate(ledger, BROKEN | {"person": one}, frame)) for one in ("p1", "p2", "p3", None)] == [1, 0, 0, 0]
