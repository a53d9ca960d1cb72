"""Commands about workbooks: a template, a ledger out, a ledger in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop_app.actions.excel.exporting import asked_values, export_list, make_template
from desktop_app.actions.excel.importing import (
    Outline,
    RowView,
    SheetPreview,
    import_workbook,
    preview_workbook,
)
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.excel.undoing import undo_last_sheet
from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import find_ledger
from desktop_app.base.errors import ActionRefused
from desktop_app.cli.records import LedgerName, assigned
from desktop_app.cli.session import Json, print_json, print_lines, problem_data, say, session
from desktop_app.domain.period import parse_period

Out = Annotated[Path, typer.Option(help="写成的文件，如 信访.xlsx")]
KINDS = {"new": "新增", "changed": "更新", "same": "相同", "doubtful": "存疑", "wrong": "有误"}
SKIPPED = {"sum": "合计行", "heading": "重复的表头", "foot": "表尾"}
_SURE = {
    "chosen": "按指定或上次的对应",
    "label": "表头相同",
    "usual": "常用叫法",
    "near": "表头相近，请核对",
    "id": "系统编号",
    "sequence": "序号，不读入",
    "derived": "由程序计算，不读入",
    "none": "不读入",
}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="表格（Excel、WPS）：模板、导出、导入。", no_args_is_help=True)
    group.command("template", help="写出空白模板：表头、下拉列表、填写说明。")(template)
    group.command("export", help="导出一个台账；不公开内容遮住，导出的表可以改后再导入。")(export)
    group.command("import", help="导入单位自己的台账；先预览，加 --yes 才写入。")(import_)
    group.command("undo", help="撤销最近一次表格导入。")(undo)
    app.add_typer(group, name="excel")


def template(context: typer.Context, ledger: LedgerName, out: Out, as_json: Json = False) -> None:
    """An empty workbook."""
    with session(context).open() as vault:
        path = make_template(vault, ledger, out)
    if as_json:
        print_json({"file": str(path)})
    else:
        print_lines([f"已写出模板：{path}"])


def export(
    context: typer.Context,
    ledger: LedgerName,
    out: Out,
    where: Annotated[list[str] | None, typer.Option(help="条件 字段=值，可写多个")] = None,
    text: Annotated[str, typer.Option(help="含有这段文字的")] = "",
    period: Annotated[str, typer.Option(help="期段，如 2025、2025-Q1、2025-03")] = "",
    list_columns: Annotated[bool, typer.Option("--list-columns", help="只要列表上的列")] = False,
    private: Annotated[bool, typer.Option("--private", help="包含不公开内容；记入审计日志")] = False,
    as_json: Json = False,
) -> None:
    """What the list would show, every field of it."""
    with session(context).open() as vault:
        span = parse_period(period) if period else None
        if period and span is None:
            raise ActionRefused("period.bad", value=period)
        asked = asked_values(find_ledger(vault, ledger), assigned(where))
        records = RecordList(vault, ledger, where=asked, text=text, period=span)
        done = export_list(vault, records, out, all_fields=not list_columns, with_private=private)
    if as_json:
        print_json({"file": str(done.file), "rows": done.n_rows, "covered": done.covered})
        return
    print_lines([f"已导出 {done.n_rows} 条：{done.file}"])
    if done.covered:
        say(f"提示：{'、'.join(done.covered)} 已遮住；需要时加 --private（记入审计日志）。")


def import_(
    context: typer.Context,
    ledger: LedgerName,
    path: Annotated[Path, typer.Argument(help="工作簿", metavar="FILE")],
    yes: Annotated[bool, typer.Option("--yes", help="写入；不加时只预览")] = False,
    sheet: Annotated[str, typer.Option(help="工作表名称")] = "",
    header: Annotated[str, typer.Option(help="表头在第几行，如 3 或 3-4")] = "",
    column: Annotated[list[str] | None, typer.Option(help="列号或表头=字段，如 F=电话；F= 为不读入")] = None,
    year: Annotated[int | None, typer.Option(min=1949, max=2100, help="没有年份的日期是哪一年")] = None,
    unit: Annotated[str, typer.Option(help="没有写明单位的金额是 元 还是 万元")] = "",
    doubtful: Annotated[bool, typer.Option("--doubtful", help="存疑的行也写入")] = False,
    rejects: Annotated[Path | None, typer.Option(help="没有导入的行写到这个文件，附原因")] = None,
    note: Annotated[str, typer.Option(help="理由，记入历史")] = "",
    as_json: Json = False,
) -> None:
    """Preview first; written with --yes, in one transaction."""
    columns = {name: str(value) for name, value in assigned(column).items()}
    options = SheetOptions(sheet, header, columns, year, unit, doubtful, note)
    with session(context).open() as vault:
        if not yes:
            _tell_preview(preview_workbook(vault, ledger, path, options), as_json)
            return
        done = import_workbook(vault, ledger, path, options, rejects=rejects)
    if as_json:
        extra = {"rejects": str(done.rejects) if done.rejects else "", "ids": done.changes.record_ids}
        print_json({**_preview_data(done.preview), "left_out": done.left_out, **extra})
        return
    if not done.n_new and not done.n_changed and not done.left_out:
        print_lines([f"{done.preview.counts['same']} 行都与库里相同，没有改动。"])
        return
    print_lines([f"已写入：新增 {done.n_new} 条，更新 {done.n_changed} 条；相同 {done.preview.counts['same']} 行。"])
    if done.left_out:
        print_lines(
            [
                f"没有导入 {done.left_out} 行" + (f"，见 {done.rejects}" if done.rejects else "："),
                *(
                    []
                    if done.rejects
                    else _row_lines([one for one in done.preview.rows if one.kind in ("doubtful", "wrong")])
                ),
            ]
        )


def undo(context: typer.Context, as_json: Json = False) -> None:
    """The newest import of a workbook."""
    with session(context).open() as vault:
        name, _ = undo_last_sheet(vault)
    if as_json:
        print_json({"undone": name})
    else:
        print_lines([f"已撤销：{name}"])


def _tell_preview(found: SheetPreview, as_json: bool) -> None:
    if as_json:
        print_json(_preview_data(found))
        return
    print_lines(_outline_lines(found.outline))
    print_lines(["", "，".join(f"{KINDS[kind]} {n}" for kind, n in found.counts.items())])
    print_lines([f"不是记录的行：{SKIPPED[kind]} 第 {_numbers(rows)} 行" for kind, rows in found.skipped.items()])
    print_lines(_row_lines(found.rows))
    print_lines(["这是预览，没有写入；核对后加 --yes 写入。"])


def _outline_lines(outline: Outline) -> list[str]:
    lines = [f"工作表“{outline.sheet}”，表头在第 {outline.header} 行"]
    for one in outline.columns:
        unit = f"，{one.unit}" if one.unit else ""
        lines.append(f"  {one.letters}  {one.heading} → {one.label or '—'}（{_SURE[one.certainty]}{unit}）")
    if outline.missing:
        lines.append(f"  缺少必填的列：{'、'.join(outline.missing)}")
    if outline.has_macros:
        lines.append("  这个工作簿带有宏；宏没有运行，只读入内容。")
    return lines


def _row_lines(rows: Sequence[RowView]) -> list[str]:
    lines = []
    for one in rows:
        lines.append(f"  第 {one.row} 行 {KINDS[one.kind]}　{one.title}")
        if one.kind == "changed":
            lines += [f"      {label}：{before or '（空）'} → {after}" for label, before, after in one.changes]
        lines += [f"      {problem.message}" for problem in one.problems]
    return lines


def _numbers(rows: Sequence[int]) -> str:
    return "、".join(map(str, rows[:10])) + ("等" if len(rows) > 10 else "")


def _preview_data(found: SheetPreview) -> dict[str, Any]:
    rows = [
        {
            "row": one.row,
            "kind": one.kind,
            "title": one.title,
            "changes": one.changes,
            "problems": [problem_data(each) for each in one.problems],
        }
        for one in found.rows
    ]
    return {"outline": found.outline, "counts": found.counts, "skipped": found.skipped, "rows": rows}
