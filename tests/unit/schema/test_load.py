"""
The loader says everything that is wrong with a pack, and nothing of a good one.

L01 every `form.*` code is said of the fault it names, alone, at the right file and with a line
L02 all faults of all files come in one run, with file, line, key and “是不是”
L04 a good pack gives frozen definitions in the order of the files
L05 the digest knows every change but line ends
L06 what would fall over or say something false later is refused at loading
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop_app.base.codes import SENTENCES
from desktop_app.base.errors import FormsInvalid
from desktop_app.schema.load import load_pack, pack_digest, read_files
from desktop_app.schema.model import AddDays, Clause, Day, Difference, Field, Holds, Other
from desktop_app.schema.narratives import Condition, Maybe, Place, Say
from tests.unit.schema.small_pack import GOOD, Edit, edited, faults_of, line_of

CASE, VISIT, PERSON = "ledgers/case.toml", "ledgers/visit.toml", "ledgers/person.toml"
REPORT, CHOICES, DAYS = "reports/annual.toml", "choices.toml", "calendar/2027.toml"
CHARTS, FORM = "reports/charts.toml", "reports/province.toml"

MARK = '{ field = "due_by", before = "today-1" }'
CHECK = 'must = [{ field = "n_done", max = "n_people" }]'
WHEN = '[{ field = "topic", in = ["wages"] }]'
COLUMNS = 'columns = ["went_on", "parent"]\n'
SUMMARY = 'summary = { type = "text", label = "摘要", max_chars = 10'
SHOW_IF = 'show_if = [{ field = "ended_on", is_set = true }]'
SECOND_MONEY = '[indicator.money]\nlabel = "又"\nunit = "次"\nmeasure = "count"\non = "went_on"\n[list]'
EACH = 'each = [{ field = "n_years", min = 3 }]\n'

FAULTS: list[tuple[str, str, Edit]] = [  # code, what the sentence says, edit
    ("form.toml", "Invalid value", (CASE, 'key = "case"', "key = ")),
    ("form.toml", "Expected ']'", (DAYS, "source", "[source\nsource")),
    ("form.toml", "Cannot overwrite", (VISIT, 'key = "visit"', 'key = "visit"\nkey = "visit"')),
    ("form.unknown_key", "是不是“label”", (CASE, 'label = "结果"', 'label = "结果", lable = "果"')),
    ("form.unknown_key", "是不是“source”", (CASE, 'source = "试验条例"\n', 'sorce = "试验条例"\n')),
    ("form.unknown_key", "whatever", (CASE, 'style = "overdue"', 'style = "overdue"\nwhatever = 1')),
    ("form.unknown_key", "form", (CASE, 'by = "county"', 'by = "county"\nform = 1')),
    ("form.unknown_key", "min_days", (CASE, "add_days = 5,", "min_days = 1, add_days = 5,")),
    ("form.unknown_key", "weak", (CASE, 'message = "已办', 'weak = 1\nmessage = "已办')),
    ("form.unknown_key", "yeer", ("pack.toml", "year = 20", "yeer = 20")),
    ("form.unknown_key", "holiday", (DAYS, "rest = ", "holiday = []\nrest = ")),
    ("form.unknown_key", "test", (REPORT, 'heading = "一、案件"', 'heading = "一、案件"\ntest = ""')),
    ("form.unknown_key", "是不是“columns”", (VISIT, COLUMNS, COLUMNS + "colums = []\n")),
    ("form.missing_key", "label", (PERSON, 'label = "人员"\n', "")),
    ("form.missing_key", "label", (CASE, 'label = "摘要", ', "")),
    ("form.missing_key", "title", (VISIT, 'title = "{went_on}"\n', "")),
    ("form.missing_key", "choices", (CASE, ', choices = "result"', "")),
    ("form.missing_key", "pattern", (CASE, ', pattern = "AJ{year}-{n:03}"', "")),
    ("form.missing_key", "ledger", (CASE, 'label = "协办人", ledger = "person"', 'label = "协办人"')),
    ("form.missing_key", "list", (VISIT, "[list]\n" + COLUMNS, "")),
    ("form.missing_key", "schema", (VISIT, "schema = 1\n", "")),
    ("form.missing_key", "source", (DAYS, 'source = "试验通知"\n', "")),
    ("form.missing_key", "heading", (REPORT, 'heading = "一、案件"\n', "")),
    ("form.missing_key", "field", (CASE, MARK, '{ before = "today-1" }')),
    ("form.wrong_type", "required", (CASE, 'label = "来件日期", required = true', 'label = "来件日期", required = 1')),
    ("form.wrong_type", "max_chars", (CASE, "max_chars = 10", 'max_chars = "10"')),
    ("form.wrong_type", "max_chars", (CASE, "max_chars = 10", "max_chars = true")),
    ("form.wrong_type", "columns", (VISIT, '"parent"]', "1]")),
    ("form.wrong_type", "marks", (VISIT, COLUMNS, COLUMNS + "marks = [1]\n")),
    ("form.wrong_type", "colours", (CHOICES, "[choices]", "[choices]\ncolours = { red = 1 }")),
    ("form.wrong_type", "day_kind", (CASE, "[choices]", '[choices]\nday_kinds = "day_kind"')),
    ("form.bad_value", "schema", ("pack.toml", "schema = 1", "schema = 2")),
    ("form.bad_value", "schema", (VISIT, "schema = 1", "schema = 99")),
    ("form.bad_value", "是不是“date”", (VISIT, 'type = "date"', 'type = "dat"')),
    ("form.bad_value", "daly", (PERSON, 'group = "daily"', 'group = "daly"')),
    ("form.bad_value", "eror", (CASE, 'level = "error"', 'level = "eror"')),
    ("form.bad_value", "town", (CASE, 'by = "county"', 'by = "town"')),
    ("form.bad_value", "13-01", (CASE, 'from = "03-01"', 'from = "13-01"')),
    ("form.bad_value", "4-30", (CASE, 'to = "04-30"', 'to = "4-30"')),
    ("form.bad_value", "2027-1-1", (DAYS, '"2027-01-01"', '"2027-1-1"')),
    ("form.bad_value", "evens", (CASE, 'semantics = "event"', 'semantics = "evens"')),
    ("form.bad_value", "是不是“open”", (CASE, 'start = "open"', 'start = "opem"')),
    ("form.bad_key", "Went", (VISIT, "[field]", '[field]\nWent = { type = "flag", label = "去" }')),
    ("form.bad_key", "2nd", (VISIT, "[field]", '[field]\n2nd = { type = "flag", label = "去" }')),
    ("form.file_name", "visits.toml", (VISIT, 'key = "visit"', 'key = "visits"')),
    ("form.reserved_key", "due_on", (VISIT, "[field]", '[field]\ndue_on = { type = "date", label = "到期" }')),
    ("form.reserved_key", "state", (VISIT, "[field]", '[field]\nstate = { type = "text", label = "状态" }')),
    ("form.shadows", "topic", (CASE, "[choices]", '[choices]\ntopic = { wages = "欠薪", hours = "工时" }')),
    ("form.unknown_field", "是不是“summary”", (CASE, 'search = ["summary"]', 'search = ["sumary"]')),
    ("form.unknown_field", "came", (CASE, 'order = ["-came_on"]', 'order = ["-came"]')),
    ("form.unknown_field", "visited", (VISIT, '"走访" = ["went_on"]', '"走访" = ["went_on", "visited"]')),
    ("form.unknown_field", "name_", (PERSON, 'identity = "name"', 'identity = "name_"')),
    ("form.unknown_field", "是不是“n_years”", (CASE, "person.n_years", "person.n_yeers")),
    ("form.unknown_field", "summary.x", (CASE, 'filters = ["topic"]', 'filters = ["summary.x"]')),
    ("form.unknown_field", "n_dune", (CASE, 'minus = ["n_done"]', 'minus = ["n_dune"]')),
    ("form.unknown_field", "n_day", (CASE, 'add_days = "n_days"', 'add_days = "n_day"')),
    ("form.unknown_field", "came_in", (CASE, 'within = { from = "came_on"', 'within = { from = "came_in"')),
    ("form.unknown_field", "more", (CASE, "add_days = 5,", 'add_days = 5, plus = "more",')),
    ("form.unknown_field", "working_day", (CASE, 'days = "working"', 'days = "working_day"')),
    ("form.unknown_field", "ended", (CASE, "sets = { ended_on", "sets = { ended")),
    ("form.unknown_field", "n_year", (CASE, 'each = [{ field = "n_years"', 'each = [{ field = "n_year"')),
    ("form.unknown_field", "amont", (CASE, 'of = "amount"', 'of = "amont"')),
    ("form.unknown_choices", "是不是“topic”", (CASE, '"多个主题", choices = "topic"', '"多个主题", choices = "topik"')),
    ("form.unknown_choice", "是不是“wages”", (CASE, 'in = ["wages"]', 'in = ["wage"]')),
    ("form.unknown_choice", "欠薪", (CASE, 'in = ["wages"]', 'in = ["欠薪"]')),
    ("form.unknown_ledger", "是不是“person”", (CASE, '"协办人", ledger = "person"', '"协办人", ledger = "persn"')),
    ("form.unknown_ledger", "是不是“case”", (VISIT, 'child_of = "case"', 'child_of = "cas"')),
    ("form.unknown_state", "是不是“open”", (CASE, 'from = ["open"]', 'from = ["open", "opened"]')),
    ("form.unknown_step", "是不是“finish”", (CASE, 'required_by = ["finish"]', 'required_by = ["finnish"]')),
    ("form.unknown_indicator", "是不是“persons”", (CASE, '["n_cases", "persons"]', '["n_cases", "person"]')),
    ("form.unknown_indicator", "shore", (REPORT, "[share>50|", "[shore>50|")),
    ("form.unknown_indicator", "是不是“money”", (REPORT, "{money:floor10}", "{mony:floor10}")),
    ("form.duplicate_indicator", "“case”", (VISIT, "[list]", SECOND_MONEY)),
    ("form.indicator_cycle", "all_in_all", (CASE, '["n_cases", "persons"]', '["n_cases", "all_in_all"]')),
    ("form.not_in_section", "amount", (CASE, '"amount", "month"', '"month"')),
    (
        "form.in_two_sections",
        "amount",
        (CASE, '["no", "came_on", "ended_on",', '["no", "amount", "came_on", "ended_on",'),
    ),
    ("form.state_unreachable", "lost", (CASE, 'states = { open = "在办"', 'states = { lost = "丢失", open = "在办"')),
    ("form.clause_shape", "due_by", (CASE, MARK, '{ field = "due_by" }')),
    ("form.clause_shape", "due_by", (CASE, MARK, '{ field = "due_by", before = "today", after = "today" }')),
    ("form.clause_operator", "日期字段“due_by”", (CASE, MARK, '{ field = "due_by", min = 1 }')),
    (
        "form.clause_operator",
        "文字",
        (CASE, SUMMARY, SUMMARY + ', checks = [{ max = 1, level = "hint", message = "长" }]'),
    ),
    ("form.clause_operator", "可用：in、is", (CASE, WHEN, '[{ field = "topic", has = ["wages"] }]')),
    ("form.clause_value", "“一”", (CASE, CHECK, 'must = [{ field = "n_done", max = "一" }]')),
    ("form.clause_value", "2025-02-30", (CASE, SHOW_IF, 'show_if = [{ field = "ended_on", is = "2025-02-30" }]')),
    ("form.clause_value", "工时的", (CASE, 'default = "wages"', 'default = "工时的"')),
    ("form.bad_check", "must", (CASE, CHECK, "must = []")),
    ("form.bad_match", "n_left", (CASE, "version = 2\n", 'version = 2\nmatch = [["no", "n_left"]]\n')),
    ("form.retention_needs_period", "period", (PERSON, "version = 1\n", "version = 1\nretention_years = 30\n")),
    ("form.bad_derive", "count", (CASE, 'n_left = { type = "count"', 'n_left = { type = "money"')),
    ("form.bad_derive", "flag", (CASE, 'is_many = { type = "flag"', 'is_many = { type = "text"')),
    ("form.bad_derive", "date", (CASE, 'free_by = { type = "date"', 'free_by = { type = "period"')),
    ("form.bad_measure", "sum_max 需要 per", (CASE, 'per = "topic"\n', "")),
    ("form.bad_measure", "window 需要", (CASE, 'semantics = "window"\n', "")),
    ("form.bad_measure", "是不是“spring”", (CASE, 'window = "spring"', 'window = "sprung"')),
    ("form.bad_measure", "flow 需要", (CASE, 'of = "amount"\non = "came_on"', 'of = "amount"')),
    ("form.bad_measure", "stock 需要", (CASE, 'on = "month"', 'on = "came_on"')),
    ("form.bad_measure", "each", (CASE, 'on = "month"\n', 'on = "month"\n' + EACH)),
    ("form.bad_template", "是不是“summary”", (CASE, "{no} {summary}", "{no} {sumary}")),
    ("form.bad_template", "nme", (PERSON, "{name}", "{nme}")),
    ("form.stays_shown", "secret", (CASE, 'title = "{no} {summary}"', 'title = "{no} {secret}"')),
    (
        "form.stays_derived",
        "is_many",
        (CASE, '{ field = "n_people", min = 10 }', '{ field = "secret", is_set = true }'),
    ),
    ("form.private_shown", "secret", (CASE, 'shows = "{summary}"', 'shows = "{summary}{secret}"')),
    ("form.bad_narrative", "floor9", (REPORT, "{money:floor10}", "{money:floor9}")),
    ("form.bad_narrative", "括号", (REPORT, "万元。", "万元]。")),
    ("form.bad_narrative", "指标=数", (REPORT, "[share>50|", "[share>=50|")),
    ("form.bad_narrative", "list", (REPORT, "{money:floor10}", "{money:list}")),
    ("form.bad_chart", "不是单选项", (CHARTS, 'field = "topic"', 'field = "summary"')),
    ("form.bad_chart", "count", (CHARTS, 'indicator = "n_cases"', 'indicator = "share"')),
    ("form.unknown_indicator", "n_cases", (CHARTS, 'indicator = "n_cases"', 'indicator = "n_case"')),
    ("form.bad_cell", "A1:D1", (FORM, '"A1:D1"', '"A1"')),
    ("form.bad_cell", "A1、B12", (FORM, "B2 = ", "2B = ")),
    ("form.bad_cell", "office", (FORM, "{office}", "{offce}")),
    ("form.bad_cell", "既有文字", (FORM, "B2 = ", "A1 = ")),
    ("form.bad_cell", "分子", (FORM, '"n_cases"', '"n_cases:numerator"')),
    ("form.bad_cell", "last_year", (FORM, '"share:numerator"', '"share:lastyear"')),
    ("form.bad_cell", "指标@单位", (FORM, '"n_cases"', '"n_cases@all"')),
    ("form.unknown_indicator", "n_cases", (FORM, '"n_cases"', '"n_case"')),
    ("form.report_kind", "chart", (CHARTS, 'kind = "charts"', 'kind = "chart"')),
    ("form.unknown_passage", "words", (REPORT, "万元。", "万元。{passage.words}")),
    ("form.bad_narrative", "括号", (REPORT, "{money:floor10}", "{money:floor10")),
    ("form.bad_narrative", "括号", (REPORT, "[办案{n_cases}件，]", "[办案{n_cases}件，")),
    ("form.moved_target", "是不是“topic”", (CASE, 'old_topic = "topic"', 'old_topic = "topc"')),
    ("form.moved_in_use", "summary", (CASE, 'gone = ""', 'gone = ""\nsummary = "topic"')),
    ("form.needs_source", "add_days", (CASE, ', source = "试验条例第二条"', "")),
    ("form.needs_source", "add_days", (CASE, ', source = "试验条例第三条"', "")),
]
_WHOLE_FILE = {"form.missing_file", "form.missing_key"}
"""What is not there has a line only where the table it is missing from begins one."""


def _ids(cases: list[Any]) -> list[str]:
    return [f"{case[0]}-{n}__error" for n, case in enumerate(cases)]


@pytest.mark.parametrize(("code", "says", "edit"), FAULTS, ids=_ids(FAULTS))
def test_l01_fault_has_its_code_alone(code: str, says: str, edit: Edit) -> None:
    found = faults_of(edited(edit))
    assert {one.code for one in found} == {code}, list(map(str, found))
    assert any(says in one.message and one.place.startswith(edit[0]) for one in found), list(map(str, found))
    assert all(" 第 " in one.place for one in found if code not in _WHOLE_FILE), list(map(str, found))


@pytest.mark.parametrize("name", ["pack.toml", "choices.toml", "common.toml", "regions.toml"])
def test_l01_missing_file__error(name: str) -> None:
    found = faults_of(edited(without=(name,)))
    assert [(one.place, name in one.message) for one in found if one.code == "form.missing_file"] == [(name, True)]


def test_l01_table_covers_every_code() -> None:
    tested = {code for code, _, _ in FAULTS} | {"form.missing_file", "form.invalid"}
    assert {code for code in SENTENCES if code.startswith("form.")} == tested


def test_l01_common_field_in_a_ledger__error() -> None:
    own = '[field]\nexplanation = { type = "text", label = "说明" }'
    found = faults_of(edited((PERSON, "[field]", own), (PERSON, '["name", ', '["name", "explanation", ')))
    assert "form.shadows" in {one.code for one in found}


def test_l02_ten_faults_in_one_run__error() -> None:
    files = edited(
        ("pack.toml", "year = 20", "yeer = 20"),
        (CHOICES, "[choices]", "[choices]\ncolours = 1"),
        (CASE, 'group = "daily"', 'group = "daly"'),
        (CASE, '"多个主题", choices = "topic"', '"多个主题", choices = "topik"'),
        (CASE, 'required_by = ["finish"]', 'required_by = ["finnish"]'),
        (CASE, 'in = ["wages"]', 'in = ["wage"]'),
        (CASE, ', source = "试验条例第二条"', ""),
        (PERSON, 'label = "工龄"', "label = 7"),
        (VISIT, 'type = "date"', 'type = "dat"'),
        (REPORT, "{money:floor10}", "{mony:floor10}"),
    )
    found = faults_of(files)
    assert len(found) == 10
    wanted = [  # code, file, text on its line, key ends with, did you mean
        ("form.unknown_key", "pack.toml", "yeer", "yeer", "year"),
        ("form.wrong_type", CHOICES, "colours", "colours", ""),
        ("form.bad_value", CASE, "daly", "group", "daily"),
        ("form.unknown_choices", CASE, "topik", "choices", "topic"),
        ("form.unknown_step", CASE, "finnish", "required_by", "finish"),
        ("form.unknown_choice", CASE, '"wage"', "when", "wages"),
        ("form.needs_source", CASE, "due_by = ", "derive", ""),
        ("form.wrong_type", PERSON, "label = 7", "label", ""),
        ("form.bad_value", VISIT, '"dat"', "type", "date"),
        ("form.unknown_indicator", REPORT, "{mony", "text", "money"),
    ]
    by_place = {(one.code, one.place.split(" ")[0]): one for one in found}
    assert by_place.keys() == {(code, file) for code, file, *_ in wanted}
    for code, file, text, key, meant in wanted:
        one = by_place[code, file]
        assert one.key.endswith(key)
        assert one.place == f"{file} 第 {line_of(files, file, text)} 行"
        assert (f"是不是“{meant}”" in one.message) == bool(meant), one.message
    with pytest.raises(FormsInvalid) as caught:
        load_pack(files)
    assert all(str(one) in str(caught.value) for one in found)


def test_l02_syntax_error_names_line__error() -> None:
    files = edited((CASE, 'label = "金额" }', 'label = "金额'))
    first = faults_of(files)[0]
    assert (first.code, first.place) == ("form.toml", f"{CASE} 第 {line_of(files, CASE, '金额')} 行")


def test_l02_common_fields_are_complained_of_once__error() -> None:
    found = faults_of(edited(("common.toml", 'label = "情况说明"', 'label = "情况说明", lable = "x"')))
    assert [one.code for one in found] == ["form.unknown_key"]


def test_l04_good_pack_is_frozen() -> None:
    pack = load_pack(GOOD)
    case = pack.ledgers["case"]
    for thing, name in ((pack, "version"), (case, "label"), (case.fields["no"], "label"), (case.sections[0], "label")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, "x")


def test_l04_order_and_places() -> None:
    pack = load_pack(GOOD)
    case, visit = pack.ledgers["case"], pack.ledgers["visit"]
    assert (pack.version, pack.label, list(pack.groups)) == (3, "小参数包", ["daily"])
    assert pack.reporting_days == {"year": 20, "quarter": 10, "month": 5}
    assert pack.holidays == {"2027-01-01": True, "2027-01-02": False}
    assert [one.key for one in pack.in_order()] == ["person", "case", "visit"]
    assert pack.children("case") == (visit,)
    assert list(pack.indicators) == ["n_cases", "money", "persons", "most", "share", "all_in_all", "words"]
    assert list(pack.windows) == ["spring"]
    assert list(case.fields)[:3] == ["no", "came_on", "ended_on"]
    assert list(case.fields)[-2:] == ["explanation", "state"]
    assert list(visit.fields) == ["went_on", "parent"]
    assert [one.label for one in case.sections] == ["登记", "人员", "数字", "其他"]
    assert case.sections[-1].fields == ("explanation",)
    assert [one.key for one in case.derived] == ["n_left", "is_many", "due_by", "free_by"]
    assert not {one.key for one in case.derived} & {one.key for one in case.entered}
    assert case.moved == {"old_topic": "topic", "older_topic": "old_topic", "gone": ""}


def test_l04_field_definitions() -> None:
    fields = load_pack(GOOD).ledgers["case"].fields
    assert (fields["came_on"].required, fields["came_on"].default) == (True, "today")
    assert fields["topic"].default == "wages"
    assert fields["ended_on"].required_by == ("finish",)
    assert fields["result"].show_if == (Clause("ended_on", "is_set", True),)
    assert (fields["secret"].private, fields["secret"].stays) == (True, True)
    assert (fields["n_people"].unit, fields["n_people"].checks[0].level) == ("人", "hint")
    assert [fields[key].max_chars for key in ("summary", "secret", "explanation", "n_people")] == [10, 80, 20_000, 0]
    assert _codes(fields["place"]) == ["620402"]
    assert _codes(fields["state"]) == ["open", "done"]
    assert fields["n_left"].derive == Difference("n_people", ("n_done",))
    assert fields["is_many"].derive == Holds((Clause("n_people", "min", 10),))
    assert fields["due_by"].derive == AddDays("came_on", 15, "", "calendar", "试验条例第二条")
    assert fields["free_by"].derive == AddDays("came_on", "n_days", "", "day_kind")


def _codes(field: Field) -> list[str]:
    assert field.choices
    return list(field.choices.labels)


def test_l04_rules_workflow_and_list() -> None:
    case = load_pack(GOOD).ledgers["case"]
    check = case.checks[0]
    assert check.must == (Clause("n_done", "max", Other("n_people")),)
    assert check.when == (Clause("topic", "in", ("wages",)),)
    assert case.list.order == ("-came_on",)
    assert case.list.marks[0].where == (Clause("due_by", "before", Day("today", -1)),)
    assert case.workflow
    step = case.workflow.steps["finish"]
    assert (case.workflow.start, step.origins, step.target, step.by) == ("open", ("open",), "done", "county")
    assert (step.within, step.sets) == (AddDays("came_on", 5, "", "working", "试验条例第三条"), {"ended_on": "today"})


def test_l04_indicators_and_windows() -> None:
    pack = load_pack(GOOD)
    assert pack.indicators["n_cases"].where == (Clause("person.n_years", "min", 1),)
    assert (pack.indicators["money"].scale, pack.indicators["money"].digits) == (1_000_000, 2)
    assert pack.indicators["persons"].each == (Clause("n_years", "min", 3),)
    assert pack.indicators["share"].of == ("n_cases", "persons")
    assert pack.windows["spring"].years == {"2026": ("02-01", "04-30")}


def test_l04_narrative() -> None:
    text = load_pack(GOOD).narratives["annual"]
    assert text.title == (Place("year"), Say("年总结"))
    opening, part, closing = text.paragraphs
    assert opening.pieces == (
        Say("本年"),
        Maybe((Say("办案"), Place("n_cases"), Say("件，"))),
        Maybe((Say("占"), Place("share"), Say("%。")), (Condition("share", ">", 50),)),
        Say("结束。"),
    )
    assert (part.heading, part.pieces[1]) == ("一、案件", Place("money", "floor10"))
    assert closing.pieces == (Say("完。"),)


def test_l04_pack_without_reporting_takes_the_suggested_days() -> None:
    pack = load_pack(edited(("pack.toml", "[reporting]\nyear = 20\n", "")))
    assert pack.reporting_days == {"year": 15, "quarter": 10, "month": 5}


def test_l04_files_are_read_by_path(tmp_path: Path) -> None:
    for name, text in GOOD.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "ledgers" / "notes.txt").write_text("不是表单", encoding="utf-8")
    files = read_files(tmp_path)
    assert files == GOOD
    assert list(files) == sorted(GOOD)
    assert load_pack(files).files == files


def test_l05_digest_ignores_line_ends() -> None:
    crlf = {name: text.replace("\n", "\r\n") for name, text in GOOD.items()}
    assert pack_digest(crlf) == pack_digest(GOOD) == load_pack(crlf).digest


def test_l05_digest_ignores_order_of_files() -> None:
    assert pack_digest(dict(reversed(list(GOOD.items())))) == pack_digest(GOOD)


@pytest.mark.parametrize(
    "other",
    [
        edited((CASE, "投诉人", "举报人")),
        edited(without=("calendar/2027.toml",)),
        edited(without=(VISIT,)) | {"ledgers/visits.toml": GOOD[VISIT]},
        edited((CASE, 'key = "case"\n', 'key = "case"\n\n')),
        # the border between two files moves
        edited(without=(REPORT, VISIT)) | {REPORT: GOOD[REPORT] + "\n", VISIT: GOOD[VISIT][:-1]},
    ],
    ids=["a_letter", "a_file_less", "a_file_renamed", "an_empty_line", "a_border"],
)
def test_l05_digest_knows_every_other_change(other: Mapping[str, str]) -> None:
    assert pack_digest(other) != pack_digest(GOOD)


MANY = '{ field = "n_people", min = 10 }'
SETS = 'sets = { ended_on = "today" }'
LATER: list[tuple[str, str, Edit]] = [
    ("unclosed_place_in_title", "form.bad_template", (PERSON, "{name}", "{name")),
    ("attribute_in_title", "form.bad_template", (PERSON, "{name}", "{name.label}")),
    ("unknown_place_in_serial", "form.bad_template", (CASE, "AJ{year}-{n:03}", "AJ{jahr}-{n:03}")),
    ("serial_without_number", "form.bad_template", (CASE, "AJ{year}-{n:03}", "AJ{year}")),
    ("moved_in_a_circle", "form.moved_target", (CASE, 'old_topic = "topic"', 'old_topic = "older_topic"')),
    ("difference_from_nowhere", "form.unknown_field", (CASE, 'from = "n_people", minus', 'from = "n_peple", minus')),
    ("days_after_a_text", "form.bad_derive", (CASE, 'came_on", add_days = 15', 'summary", add_days = 15')),
    ("a_text_of_days", "form.bad_derive", (CASE, 'add_days = "n_days"', 'add_days = "summary"')),
    ("limit_after_a_text", "form.bad_derive", (CASE, 'within = { from = "came_on"', 'within = { from = "summary"')),
    ("derived_from_today", "form.bad_derive", (CASE, MANY, '{ field = "came_on", before = "today-3" }')),
    ("derived_from_another_record", "form.bad_derive", (CASE, MANY, '{ field = "person.n_years", min = 1 }')),
    ("step_sets_no_day", "form.clause_value", (CASE, SETS, 'sets = { ended_on = "gestern" }')),
    ("step_sets_no_choice", "form.unknown_choice", (CASE, SETS, 'sets = { result = "gewonnen" }')),
]


@pytest.mark.parametrize(("code", "edit"), [case[1:] for case in LATER], ids=[case[0] for case in LATER])
def test_l06_refused_at_loading__error(code: str, edit: Edit) -> None:
    assert code in {one.code for one in faults_of(edited(edit))}


def test_l06_derived_before_what_it_follows_from__error() -> None:
    """`Ledger.derived` promises an order in which each can be computed: by sorting or by refusing."""
    late = (
        'is_late = { type = "flag", label = "逾期", derive = { where = [{ field = "ended_on", after = "due_by" }] } }\n'
    )
    files = edited((CASE, "n_left = {", late + "n_left = {"), (CASE, '"n_left", ', '"is_late", "n_left", '))
    try:
        keys = [one.key for one in load_pack(files).ledgers["case"].derived]
    except FormsInvalid:
        return
    assert keys.index("is_late") > keys.index("due_by")


def test_l06_states_that_only_reach_each_other__error() -> None:
    steps = [
        f'[workflow.step.{key}]\nlabel = "{key}"\nfrom = ["{start}"]\nto = "{end}"\n'
        for key, start, end in (("there", "a", "b"), ("back", "b", "a"))
    ]
    files = edited(
        (CASE, 'done = "办结" }', 'done = "办结", a = "甲", b = "乙" }'),
        (CASE, "[workflow.step.finish]", "".join(steps) + "[workflow.step.finish]"),
    )
    assert [one.code for one in faults_of(files)] == ["form.state_unreachable"] * 2
