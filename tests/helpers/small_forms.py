"""
A small pack of four ledgers, as texts.

It has every field type, a child ledger, a workflow with limits, and an indicator of each measure.
"""

from collections.abc import Mapping

PACK_TOML = """
schema = 1
version = 1
label = "试验参数包"
[groups]
daily = "日常"
roster = "名册"
"""
CHOICES_TOML = """
[choices]
topic = { wages = "欠薪", contract = "合同", injury = "工伤" }
partner = { court = "法院", bureau = "人社", justice = "司法" }
"""
COMMON_TOML = """
[field]
is_counted = { type = "flag", label = "计入统计", default = true }
explanation = { type = "long_text", label = "情况说明", max_chars = 500 }
"""
REGIONS_TOML = """
[regions]
620402 = "白银区"
620421 = "靖远县"
"""
EMPLOYER_TOML = """
schema = 1
key = "employer"
version = 1
label = "用人单位"
group = "roster"
title = "{name}"
identity = "uscc"
[field]
name = { type = "text", label = "名称", required = true }
uscc = { type = "uscc", label = "信用代码" }
phone = { type = "phone", label = "电话", private = true }
region = { type = "region", label = "所在县区" }
n_workers = { type = "count", label = "职工数", unit = "人" }
is_large = { type = "flag", label = "规模以上" }
founded_on = { type = "date", label = "成立日期" }
kinds = { type = "choices", label = "合作部门", choices = "partner" }
[sections]
"基本" = ["name", "uscc", "phone", "region", "n_workers", "is_large", "founded_on", "kinds"]
[list]
columns = ["name"]
order = ["name"]
"""
DISPUTE_TOML = """
schema = 1
key = "dispute"
version = 1
label = "争议"
group = "daily"
title = "{case_no} {summary}"
[field]
case_no = { type = "serial", label = "编号", pattern = "ZY{year}-{n:04}" }
heard_on = { type = "date", label = "接待日期", required = true, default = "today" }
accepted_on = { type = "date", label = "受理日期", required_by = ["close"] }
period = { type = "period", label = "期段" }
topic = { type = "choice", label = "主题", choices = "topic", required = true }
partners = { type = "choices", label = "联合单位", choices = "partner" }
n_people = { type = "count", label = "人数", unit = "人", required = true, default = 1 }
n_settled = { type = "count", label = "已解决人数", unit = "人" }
n_left = { type = "count", label = "未解决人数", unit = "人", derive = { from = "n_people", minus = ["n_settled"] } }
amount = { type = "money", label = "金额" }
rate = { type = "pair", label = "履行率" }
is_urgent = { type = "flag", label = "紧急" }
is_group = { type = "flag", label = "集体", derive = { where = [{ field = "n_people", min = 5 }] } }
employer = { type = "reference", label = "涉事单位", ledger = "employer" }
witnesses = { type = "references", label = "相关单位", ledger = "employer" }
code = { type = "uscc", label = "信用代码" }
resident_id = { type = "resident_id", label = "身份证号", private = true }
phone = { type = "phone", label = "电话", private = true }
place = { type = "region", label = "所在县区" }
doc_no = { type = "doc_no", label = "文号" }
summary = { type = "text", label = "摘要", max_chars = 60, required = true }
facts = { type = "long_text", label = "事实" }
files = { type = "attachments", label = "材料" }
[field.finish_by]
type = "date"
label = "办理到期"
derive = { from = "accepted_on", add_days = 60, days = "calendar" }
source = "试验条例第一条"
[sections]
"登记" = ["case_no", "heard_on", "accepted_on", "period", "topic", "partners", "summary", "facts", "files"]
"数字" = ["n_people", "n_settled", "n_left", "amount", "rate", "is_urgent", "is_group", "finish_by"]
"人员" = ["employer", "witnesses", "code", "resident_id", "phone", "place", "doc_no"]
[list]
columns = ["case_no", "heard_on", "summary"]
order = ["-heard_on"]
period = "heard_on"
[workflow]
start = "registered"
states = { registered = "已登记", accepted = "办理中", closed = "已办结" }
[workflow.step]
accept = { label = "受理", from = ["registered"], to = "accepted", sets = { accepted_on = "today" } }
[workflow.step.close]
label = "办结"
from = ["accepted"]
to = "closed"
within = { from = "accepted_on", add_days = 60, days = "calendar", source = "试验条例第一条" }
[[checks]]
key = "accept_after_hearing"
must = [{ field = "accepted_on", not_before = "heard_on" }]
level = "error"
message = "受理日期不能早于接待日期。"
[[checks]]
key = "settled_within"
must = [{ field = "n_settled", max = "n_people" }]
level = "explain"
message = "已解决人数多于人数。"
[indicator.disputes]
label = "争议件数"
unit = "件"
measure = "count"
on = "heard_on"
[indicator.disputes_at]
label = "涉事单位"
unit = "家"
measure = "distinct"
of = "employer"
on = "heard_on"
"""
PROGRESS_TOML = """
schema = 1
key = "progress"
version = 1
label = "办理进展"
group = "daily"
title = "{done_on} {note}"
child_of = "dispute"
[field]
done_on = { type = "date", label = "日期", required = true }
note = { type = "text", label = "进展", required = true }
[sections]
"进展" = ["done_on", "note"]
[list]
columns = ["done_on", "note"]
order = ["done_on"]
[indicator.progress_rows]
label = "进展条数"
unit = "条"
measure = "count"
on = "done_on"
"""
CONTRACT_TOML = """
schema = 1
key = "contract"
version = 1
label = "集体合同"
group = "daily"
title = "{name}"
[field]
name = { type = "text", label = "名称", required = true }
employers = { type = "references", label = "覆盖企业", ledger = "employer" }
host = { type = "reference", label = "牵头企业", ledger = "employer" }
signed_on = { type = "date", label = "签订日期" }
starts_on = { type = "date", label = "生效日期" }
ends_on = { type = "date", label = "到期日期" }
ended_on = { type = "date", label = "终止日期" }
quarter = { type = "period", label = "期段" }
n_workers = { type = "count", label = "覆盖职工", unit = "人" }
value = { type = "money", label = "金额" }
is_about = { type = "flag", label = "约数" }
is_good = { type = "flag", label = "履约良好" }
[sections]
"合同" = ["name", "employers", "host", "signed_on", "starts_on", "ends_on", "ended_on", "quarter", "n_workers", "value"]
"标记" = ["is_about", "is_good"]
[list]
columns = ["name"]
period = "signed_on"
[window.season]
label = "要约季"
from = "03-01"
to = "05-31"
years = { 2024 = { from = "04-01", to = "06-30" } }
[indicator.contracts]
label = "合同数"
unit = "份"
measure = "count"
on = "signed_on"
[indicator.contract_workers]
label = "覆盖职工"
unit = "人"
measure = "sum"
of = "n_workers"
on = "signed_on"
approximate = "is_about"
[indicator.contract_value]
label = "金额"
unit = "万元"
measure = "sum"
of = "value"
on = "signed_on"
[indicator.contract_employers]
label = "签订企业"
unit = "家"
measure = "distinct"
of = "employers"
on = "signed_on"
[indicator.large_employers]
label = "签订的规上企业"
unit = "家"
measure = "distinct"
of = "employers"
on = "signed_on"
each = [{ field = "is_large", is = true }]
[indicator.in_force]
label = "有效合同"
unit = "份"
measure = "count"
semantics = "stock"
since = "starts_on"
until = ["ends_on", "ended_on"]
[indicator.quarterly]
label = "季报合同"
unit = "份"
measure = "count"
semantics = "stock"
on = "quarter"
[indicator.quarters]
label = "期段合同"
unit = "份"
measure = "count"
on = "quarter"
[indicator.in_season]
label = "要约季合同"
unit = "份"
measure = "count"
semantics = "window"
window = "season"
on = "signed_on"
[indicator.workers_once]
label = "覆盖职工（不重复）"
unit = "人"
measure = "sum_max"
of = "n_workers"
per = "employers"
on = "signed_on"
approximate = "is_about"
[indicator.good_contracts]
part = true
label = "履约良好"
unit = "份"
measure = "count"
on = "signed_on"
where = [{ field = "is_good", is = true }]
[indicator.good_rate]
label = "履约率"
unit = "%"
measure = "ratio"
numerator = "good_contracts"
denominator = "contracts"
digits = 1
[indicator.contracts_and_workers]
label = "合计"
unit = "项"
measure = "total"
of = ["contracts", "contract_workers"]
[indicator.first_contract]
label = "合同名称"
unit = "项"
measure = "count"
semantics = "event"
on = "signed_on"
shows = "{name}"
[indicator.n_offices]
label = "县区数"
unit = "个"
measure = "offices"
"""

FILES: Mapping[str, str] = {
    "pack.toml": PACK_TOML,
    "choices.toml": CHOICES_TOML,
    "common.toml": COMMON_TOML,
    "regions.toml": REGIONS_TOML,
    "ledgers/employer.toml": EMPLOYER_TOML,
    "ledgers/dispute.toml": DISPUTE_TOML,
    "ledgers/progress.toml": PROGRESS_TOML,
    "ledgers/contract.toml": CONTRACT_TOML,
}

DISPUTE: Mapping[str, object] = {"heard_on": "2025-03-05", "topic": "wages", "summary": "欠薪三个月"}
"""What a dispute cannot do without."""


def with_version(files: Mapping[str, str], version: int, **more: str) -> dict[str, str]:
    """The files under another pack version, some of them replaced; `ledgers__x` stands for `ledgers/x.toml`."""
    pack = files["pack.toml"].replace("version = 1", f"version = {version}")
    named = {f"{name.replace('__', '/')}.toml": value for name, value in more.items()}
    return {**files, "pack.toml": pack, **named}
