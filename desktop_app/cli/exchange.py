"""Commands around the exchange: preview, undo, conflicts, returns, periods, receipts, parameter packs, status."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from desktop_app.actions import conflicts as conflicts_
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import Preview, preview_package, undo_last_import
from desktop_app.actions.periods import decide_period, declared_period
from desktop_app.actions.publishing import publish_forms
from desktop_app.actions.returns import ReturnGiven, add_return, list_returns
from desktop_app.actions.status import BoardRow, board, own_status
from desktop_app.actions.telling import CHANGE_KINDS, ledger_labels, told_import
from desktop_app.base.errors import ActionRefused, KnownError
from desktop_app.base.paths import forms_dir
from desktop_app.cli.packages import indented
from desktop_app.cli.session import Json, print_json, print_lines, session
from desktop_app.domain.naming import numbers_text
from desktop_app.schema.load import read_files
from desktop_app.schema.types import show_value
from desktop_app.storage.vault import Vault


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("preview", help="接收前预览：新增、修改、冲突、删除，逐条逐字段；不写入。")(preview)
    app.command("undo", help="撤销最近一次接收。")(undo)
    app.command("status", help="市级：催报一览；县级：待报、已报、已接收、退回。")(status)
    app.command("receipt", help="市级：写出各县回执（同 export）。")(receipt)
    group = typer.Typer(help="冲突：查看和裁决。", no_args_is_help=True)
    group.command("list", help="所有待决冲突。")(list_conflicts)
    group.command("decide", help="裁决一个冲突，写明采用哪一次修订的值。")(decide)
    group.command("decide-all", help="按一条规则裁决全部冲突：owner 登记单位，city 市级，shown 现在显示的。")(
        decide_all
    )
    app.add_typer(group, name="conflicts")
    group = typer.Typer(help="退回修改。", no_args_is_help=True)
    group.command("add", help="市级：把一条记录退回县区修改。")(return_record)
    group.command("list", help="还没有了结的退回。")(returns)
    app.add_typer(group, name="returns")
    group = typer.Typer(help="期段：接收、退回或不予接收县区的上报。", no_args_is_help=True)
    group.command("show", help="县区申报的期段：自报数与按记录计算的数、情况说明。")(show_period)
    group.command("accept", help="接收；此后县区修改须写明理由。")(accept)
    group.command("return", help="退回重报。")(send_back)
    group.command("refuse", help="不予接收。")(refuse)
    app.add_typer(group, name="periods")
    group = typer.Typer(help="参数包下发。", no_args_is_help=True)
    group.command("publish", help="市级：启用参数包并写给各县区。")(publish)
    app.add_typer(group, name="params")


def preview(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="数据包", metavar="PATH")],
    as_json: Json = False,
) -> None:
    """The import itself, dropped at the end."""
    with session(context).open() as vault:
        found = preview_package(vault, path)
        labels = ledger_labels(vault)
        lines = [line for one in range(len(found.differences)) for line in _difference(vault, found, one)]
    if as_json:
        rows = [
            {
                "id": one.record.id,
                "ledger": one.record.ledger,
                "title": found.titles[one.record.id],
                "kind": one.kind,
                "fields": [{"field": key, "before": old, "after": new} for key, old, new in one.fields],
            }
            for one in found.differences
        ]
        print_json({"package": found.imported, "records": rows})
        return
    print_lines([*indented(told_import(found.imported, labels)), *lines])


def _difference(vault: Vault, found: Preview, at: int) -> list[str]:
    one = found.differences[at]
    ledger = vault.pack.ledgers[one.record.ledger]
    head = f"[{CHANGE_KINDS[one.kind]}] {ledger.label} {found.titles[one.record.id]}"
    if one.kind == "new":
        return [head]
    told = []
    for key, old, new in one.fields:
        field = ledger.fields[key]
        told.append(f"    {field.label}：{show_value(old, field) or '（空）'} → {show_value(new, field) or '（空）'}")
    return [head, *told]


def undo(context: typer.Context, as_json: Json = False) -> None:
    """Only the newest import, and only while nothing depends on it."""
    with session(context).open() as vault:
        name, _ = undo_last_import(vault)
    if as_json:
        print_json({"undone": name})
    else:
        print_lines([f"已撤销接收 {name}"])


def list_conflicts(context: typer.Context, as_json: Json = False) -> None:
    """Both values of each, the shown one first."""
    with session(context).open() as vault:
        found = conflicts_.list_conflicts(vault)
    if as_json:
        print_json(found)
        return
    for one in found:
        print_lines([f"{one.title}  {one.label}（{one.field}）  {one.record}"])
        print_lines([f"    {c.revision}  {c.text}  {c.office} {c.actor} {c.at}" for c in one.choices])
    if not found:
        print_lines(["没有待决的冲突。"])


def decide(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(help="记录编号", metavar="ID")],
    field: Annotated[str, typer.Argument(help="字段", metavar="FIELD")],
    revision: Annotated[str, typer.Argument(help="采用哪一次修订的值，写修订编号", metavar="REVISION")],
    note: Annotated[str, typer.Option(help="理由")] = "",
    as_json: Json = False,
) -> None:
    """The decision is a revision and travels like any other."""
    with session(context).open() as vault:
        changes = conflicts_.decide_conflict(vault, record_id, field, revision, note=note)
    if as_json:
        print_json({"changed": changes.record_ids})
    else:
        print_lines(["已裁决"])


def decide_all(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="owner、city 或 shown", metavar="RULE")],
    ledger: Annotated[str, typer.Option(help="只裁决这个台账的")] = "",
    note: Annotated[str, typer.Option(help="理由")] = "",
    as_json: Json = False,
) -> None:
    """All or none."""
    with session(context).open() as vault:
        done = conflicts_.decide_conflicts(vault, rule, ledger=ledger, note=note)
    if as_json:
        print_json({"decided": done.n_decided, "left": done.n_left, "changed": done.changes.record_ids})
    else:
        print_lines([f"已裁决 {done.n_decided} 处，{done.n_left} 处不适用这条规则，请逐条裁决"])


def return_record(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(help="记录编号", metavar="ID")],
    comment: Annotated[str, typer.Option(help="修改意见")],
    field: Annotated[str, typer.Option(help="针对哪个字段")] = "",
    days: Annotated[int, typer.Option(min=1, max=365, help="几日内修改")] = 10,
    as_json: Json = False,
) -> None:
    """Travels with the next receipt."""
    with session(context).open() as vault:
        changes = add_return(vault, ReturnGiven(record_id, comment, field, days))
    if as_json:
        print_json({"ids": changes.record_ids})
    else:
        print_lines([f"已退回，随下次回执送达（{changes.record_ids[0]}）"])


def returns(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="包括已了结的")] = False,
    as_json: Json = False,
) -> None:
    """The county's to-do list, the city's waiting list."""
    with session(context).open() as vault:
        found = list_returns(vault, with_settled=everything)
    if as_json:
        print_json([{"id": one.id, "office": one.office, **one.values} for one in found])
        return
    for one in found:
        v = one.values
        field = f"“{v['field_label']}”" if v.get("field_label") else ""
        print_lines([f"{v['reply_by']} 前  {v['record_title']} {field}：{v['comment']}  [{v['state']}]  {v['record']}"])
    if not found:
        print_lines(["没有待办的退回。"])


Label = Annotated[str, typer.Argument(help="期段，如 2025", metavar="PERIOD")]
County = Annotated[str, typer.Argument(help="县区单位代码", metavar="OFFICE")]
Opinion = Annotated[str, typer.Option(help="市级意见")]


def show_period(context: typer.Context, office: County, period: Label, as_json: Json = False) -> None:
    """Declared figures beside those found here."""
    with session(context).open() as vault:
        found = declared_period(vault, office, period)
    if as_json:
        print_json(found)
        return
    same = "一致" if found.check_code == found.code_here else f"与本库计算的 {found.code_here} 不一致"
    print_lines([f"{found.office_name} {period}：{_STATES[found.state]}，{found.n_records} 条记录"])
    print_lines([f"填报人 {found.filler}，审核领导 {found.leader}，核对码 {found.check_code}（{same}）"])
    print_lines([f"    {one.label}：自报 {one.declared}，按记录计算 {one.found}" for one in found.different])
    print_lines([f"    情况说明  {one.title}：{one.text}" for one in found.explained])


def accept(context: typer.Context, office: County, period: Label, as_json: Json = False) -> None:
    """The county's later changes need a reason from then on."""
    _decide_period(context, office, period, "accept", {}, as_json)


def send_back(
    context: typer.Context,
    office: County,
    period: Label,
    opinion: Opinion,
    reply_by: Annotated[str, typer.Option(help="重新上报期限，如 2026-02-10")],
    as_json: Json = False,
) -> None:
    """With an opinion and a last day."""
    _decide_period(context, office, period, "return", {"opinion": opinion, "reply_by": reply_by}, as_json)


def refuse(context: typer.Context, office: County, period: Label, opinion: Opinion, as_json: Json = False) -> None:
    """With an opinion."""
    _decide_period(context, office, period, "refuse", {"opinion": opinion}, as_json)


def _decide_period(
    context: typer.Context, office: str, period: str, step: str, fields: dict[str, Any], as_json: bool
) -> None:
    with session(context).open() as vault:
        changes = decide_period(vault, office, period, step, fields)
    if as_json:
        print_json({"changed": changes.record_ids})
    else:
        print_lines(["已办理，随下次回执送达"])


def receipt(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="写到哪个文件夹")],
    everyone: Annotated[bool, typer.Option("--all", help="给每个已登记的县区都写，如本单位恢复过备份之后")] = False,
    as_json: Json = False,
) -> None:
    """A receipt for each county from which something came, or for which something changed."""
    if not to.is_dir():
        raise KnownError("cli.folder", path=to)
    with session(context).open() as vault:
        if vault.owner.role != "city":
            raise ActionRefused("office.city_only")
        written = export(vault, to, everyone=everyone)
    if as_json:
        print_json({"packages": [{"file": str(one.file), "recipient": one.recipient} for one in written]})
    else:
        print_lines([str(one.file) for one in written] or ["没有需要发出的回执。"])


def publish(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="写到哪个文件夹")],
    forms: Annotated[Path | None, typer.Option(help="参数包文件夹，默认为程序自带")] = None,
    as_json: Json = False,
) -> None:
    """The version in `pack.toml` must be higher than the one in force."""
    folder = forms or forms_dir()
    for one in (to, folder):
        if not one.is_dir():
            raise KnownError("cli.folder", path=one)
    with session(context).open() as vault:
        written = publish_forms(vault, read_files(folder), to)
        version = vault.pack.version
    if as_json:
        print_json({"version": version, "packages": [{"file": str(o.file), "recipient": o.recipient} for o in written]})
    else:
        print_lines([f"参数包第 {version} 版已启用", *(str(one.file) for one in written)])


def status(
    context: typer.Context,
    period: Annotated[list[str] | None, typer.Option(help="期段，可写多个")] = None,
    as_json: Json = False,
) -> None:
    """The city's board, or a county's own record."""
    with session(context).open() as vault:
        if vault.owner.role == "city":
            rows = board(vault, period)
            if as_json:
                print_json({"offices": rows})
            else:
                print_lines([_board_line(one) for one in rows])
            return
        own = own_status(vault)
    if as_json:
        print_json(own)
        return
    n = own.records
    counts = f"待报 {n['unsent']}，已报 {n['sent']}，已接收 {n['received']}，退回 {n['returned']}"
    print_lines(
        [counts, f"待决冲突 {own.n_conflicts}，等待中的记录 {len(own.held)}", f"最近回执 {own.last_receipt or '无'}"]
    )
    print_lines([f"期段 {label}：{_STATES[state]}" for label, state in own.periods.items()])
    print_lines([f"上报包 {one.number:06}  {one.at}  {one.told}" for one in own.sent])


_STATES = {
    "missing": "未上报",
    "submitted": "已上报",
    "accepted": "已接收",
    "returned": "已退回",
    "refused": "不予接收",
}


def _board_line(one: BoardRow) -> str:
    told = [one.office_name, one.period, _STATES[one.state], f"期限 {one.due_by}"]
    if one.n_days_overdue:
        told.append(f"逾期 {one.n_days_overdue} 日")
    elif one.is_late:
        told.append("逾期上报")
    if one.check_code:
        told.append(f"核对码 {one.check_code}")
    if one.gaps:
        told.append(f"缺 {numbers_text(one.gaps)} 号包")
    if one.n_open_returns:
        told.append(f"退回未改 {one.n_open_returns}")
    return "  ".join([*told, f"最近 {one.last_package or '无'}", f"参数包 {one.pack or '—'}"])
