"""A small good pack, one fault away from each thing the loader has to say."""

from collections.abc import Mapping

import pytest

from desktop_app.base.errors import FormsInvalid, Problem
from desktop_app.schema.load import load_pack

Edit = tuple[str, str, str]
"""File, what stands there once, what stands there instead."""

GOOD: Mapping[str, str] = {
    "pack.toml": """\
schema = 1
version = 3
label = "小参数包"
[groups]
daily = "日常"
[reporting]
year = 20
""",
    "choices.toml": """\
[choices]
topic = { wages = "欠薪", hours = "工时" }
day_kind = { calendar = "自然日", working = "工作日" }
""",
    "common.toml": """\
[field]
explanation = { type = "long_text", label = "情况说明" }
""",
    "regions.toml": """\
[regions]
620402 = "白银区"
""",
    "calendar/2027.toml": """\
source = "试验通知"
rest = ["2027-01-01"]
work = ["2027-01-02"]
""",
    "ledgers/person.toml": """\
schema = 1
key = "person"
version = 1
label = "人员"
group = "daily"
title = "{name}"
identity = "name"
[field]
name = { type = "text", label = "姓名", required = true }
phone = { type = "phone", label = "电话", private = true }
n_years = { type = "count", label = "工龄" }
[sections]
"基本" = ["name", "phone", "n_years"]
[list]
columns = ["name"]
""",
    "ledgers/case.toml": """\
schema = 1
key = "case"
version = 2
label = "案件"
group = "daily"
title = "{no} {summary}"
source = "试验条例"
[choices]
result = { won = "支持", lost = "驳回" }
[field]
no = { type = "serial", label = "编号", pattern = "AJ{year}-{n:03}" }
came_on = { type = "date", label = "来件日期", required = true, default = "today" }
ended_on = { type = "date", label = "结束日期", required_by = ["finish"] }
topic = { type = "choice", label = "主题", choices = "topic", default = "wages" }
result = { type = "choice", label = "结果", choices = "result", show_if = [{ field = "ended_on", is_set = true }] }
topics = { type = "choices", label = "多个主题", choices = "topic" }
day_kind = { type = "choice", label = "日的算法", choices = "day_kind" }
n_people = { type = "count", label = "人数", unit = "人", checks = [{ max = 99, level = "hint", message = "多" }] }
n_done = { type = "count", label = "已办" }
n_days = { type = "count", label = "期限" }
amount = { type = "money", label = "金额" }
month = { type = "period", label = "期段" }
summary = { type = "text", label = "摘要", max_chars = 10 }
secret = { type = "text", label = "投诉人", private = true, stays = true }
place = { type = "region", label = "所在地" }
person = { type = "reference", label = "当事人", ledger = "person" }
helper = { type = "reference", label = "协办人", ledger = "person" }
n_left = { type = "count", label = "未办", derive = { from = "n_people", minus = ["n_done"] } }
is_many = { type = "flag", label = "人多", derive = { where = [{ field = "n_people", min = 10 }] } }
due_by = { type = "date", label = "到期", derive = { from = "came_on", add_days = 15 }, source = "试验条例第二条" }
free_by = { type = "date", label = "约定到期", derive = { from = "came_on", add_days = "n_days", days = "day_kind" } }
[sections]
"登记" = ["no", "came_on", "ended_on", "topic", "result", "topics", "day_kind", "summary", "secret", "place"]
"人员" = ["person", "helper"]
"数字" = ["n_people", "n_done", "n_days", "amount", "month", "n_left", "is_many", "due_by", "free_by"]
[list]
columns = ["no", "came_on", "person"]
filters = ["topic"]
search = ["summary"]
order = ["-came_on"]
period = "came_on"
totals = ["n_people"]
[[list.marks]]
style = "overdue"
where = [{ field = "due_by", before = "today-1" }]
[workflow]
start = "open"
states = { open = "在办", done = "办结" }
[workflow.step.finish]
label = "办结"
from = ["open"]
to = "done"
by = "county"
sets = { ended_on = "today" }
within = { from = "came_on", add_days = 5, days = "working", source = "试验条例第三条" }
[[checks]]
key = "done_within_people"
when = [{ field = "topic", in = ["wages"] }]
must = [{ field = "n_done", max = "n_people" }]
level = "error"
message = "已办人数不能多于人数。"
source = "试验条例第四条"
[window.spring]
label = "春季"
from = "03-01"
to = "05-31"
years = { 2026 = { from = "02-01", to = "04-30" } }
[indicator.n_cases]
label = "案件"
unit = "件"
measure = "count"
on = "came_on"
where = [{ field = "person.n_years", min = 1 }]
[indicator.money]
label = "金额合计"
unit = "万元"
measure = "sum"
of = "amount"
on = "came_on"
[indicator.persons]
label = "当事人"
unit = "人"
measure = "distinct"
of = "person"
semantics = "window"
window = "spring"
on = "came_on"
each = [{ field = "n_years", min = 3 }]
[indicator.most]
label = "最多人数"
unit = "人"
measure = "sum_max"
of = "n_people"
per = "topic"
semantics = "stock"
on = "month"
[indicator.share]
label = "占比"
unit = "%"
measure = "ratio"
numerator = "n_cases"
denominator = "persons"
[indicator.all_in_all]
label = "合计"
unit = "件"
measure = "total"
of = ["n_cases", "persons"]
[indicator.words]
label = "摘要"
unit = "文本"
measure = "count"
semantics = "event"
on = "came_on"
shows = "{summary}"
[moved]
old_topic = "topic"
older_topic = "old_topic"
gone = ""
""",
    "ledgers/visit.toml": """\
schema = 1
key = "visit"
version = 1
label = "走访"
group = "daily"
child_of = "case"
title = "{went_on}"
[field]
went_on = { type = "date", label = "走访日期", required = true }
[sections]
"走访" = ["went_on"]
[list]
columns = ["went_on", "parent"]
""",
    "reports/annual.toml": """\
title = "{year}年总结"
opening = "本年[办案{n_cases}件，][share>50|占{share}%。]结束。"
closing = "完。"
[[part]]
heading = "一、案件"
text = "金额{money:floor10}万元。"
""",
    "reports/province.toml": """\
kind = "statistics"
label = "统计表"
[[sheet]]
name = "表一"
merged = ["A1:D1"]
[sheet.words]
A1 = "{office}{period}"
[sheet.figures]
B2 = "n_cases"
C2 = "share:numerator"
""",
    "reports/charts.toml": """\
kind = "charts"
title = "图表"
[chart.topics]
title = "主题"
unit = "件"
along = "choice"
field = "topic"
[[chart.topics.series]]
label = "案件"
indicator = "n_cases"
""",
}


def edited(*edits: Edit, without: tuple[str, ...] = (), **more: str) -> dict[str, str]:
    """The good pack with edits; each must find its place exactly once."""
    files = {name: text for name, text in GOOD.items() if name not in without}
    for name, old, new in edits:
        assert files[name].count(old) == 1, f"{name}: {old!r} stands there {files[name].count(old)} times"
        files[name] = files[name].replace(old, new)
    return files | more


def faults_of(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """What the loader complains of; the pack must be refused."""
    with pytest.raises(FormsInvalid) as caught:
        load_pack(files)
    assert caught.value.code == "form.invalid"
    return caught.value.found


def line_of(files: Mapping[str, str], name: str, text: str) -> int:
    """The line, counted from 1, on which a text stands."""
    return next(n for n, line in enumerate(files[name].splitlines(), 1) if text in line)
