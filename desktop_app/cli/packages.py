"""Commands about packages: import, export, inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desktop_app.actions.declaring import declare_period, refuse_sheet, write_sheet
from desktop_app.actions.exporting import Exported
from desktop_app.actions.exporting import export as export_packages
from desktop_app.actions.importing import Imported, import_packages
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError
from desktop_app.cli.session import Json, print_json, print_lines, say, session
from desktop_app.sync.header import KIND_LABELS, read_header


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("import", help="接收数据包：一个或多个文件，或整个文件夹。")(import_)
    app.command("export", help="写出数据包：县级写上报包，市级写各县回执。")(export)
    app.command("inspect", help="查看数据包的文件头；不需要口令。")(inspect)


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹", metavar="PATH")],
    as_json: Json = False,
) -> None:
    """Any kind of package that is for this office."""
    with session(context).open() as vault:
        done, skipped = import_packages(vault, paths)
        labels = {key: ledger.label for key, ledger in vault.pack.ledgers.items()}
    if as_json:
        print_json({"imported": done, "skipped": skipped})
    else:
        for one in done:
            print_lines(told_import(one, labels))
    for refused in skipped:
        say(f"跳过 {refused.file}：{refused.message}")
    if skipped and not done:
        raise typer.Exit(3)


def told_import(one: Imported, labels: dict[str, str]) -> list[str]:
    """What one package came to, for people; `labels` is ledger key → label."""
    if one.outcome == "adopted":
        return [f"{one.file}：参数包已更新"]
    if one.outcome == "registered":
        return [f"{one.file}：{one.sender} 登记完成，核对码 {one.short_code}，请与该单位电话核对"]
    if one.outcome == "repeated":
        return [f"{one.file}：此前已于 {one.first_import} 接收，没有变化"]
    lines = [f"{one.file}：{KIND_LABELS[one.kind]}，{one.n_revisions} 次修改"]
    for key, counts in one.ledgers.items():
        told = "，".join(f"{_OUTCOMES[what]} {n}" for what, n in counts.items() if n)
        lines.append(f"    {labels.get(key, key)}：{told or '没有变化'}")
    return lines + [f"    {_NOTE[note.level]}：{note.message}" for note in one.notes]


_NOTE = {"explain": "请核对", "hint": "提示"}


_OUTCOMES = {
    "new": "新增",
    "changed": "修改",
    "deleted": "删除",
    "same": "相同",
    "merged": "合并",
    "conflict": "冲突",
    "held": "等待",
}


def export(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="写到哪个文件夹，如 U 盘")],
    period: Annotated[str, typer.Option(help="同时上报这个期段为完整：2025、2025-Q1、2025-03")] = "",
    nil: Annotated[bool, typer.Option("--nil", help="零报告：期段内没有记录")] = False,
    filler: Annotated[str, typer.Option(help="填报人")] = "",
    leader: Annotated[str, typer.Option(help="审核领导")] = "",
    sheet: Annotated[Path | None, typer.Option(help="同时写出上报签字表（PDF），须同时给出 --period")] = None,
    as_json: Json = False,
) -> None:
    """Everything since the last receipt."""
    if not to.is_dir():
        raise KnownError("cli.folder", path=to)
    if period and not (filler and leader):
        raise KnownError("period.names")
    if sheet and not period:
        raise typer.BadParameter("--sheet 要与 --period 同用。")
    if sheet and not sheet.parent.is_dir():
        raise KnownError("cli.folder", path=sheet.parent)
    with session(context).open() as vault:
        if sheet:
            refuse_sheet(vault, period, sheet, filler=filler, leader=leader)
        declared = declare_period(vault, period, filler=filler, leader=leader, is_nil=nil) if period else None
        written = export_packages(vault, to)
        if sheet and declared:
            write_sheet(vault, declared, sheet, package=written[0].file.name)
    if as_json:
        print_json({"packages": [_package_data(one) for one in written], "declared": declared, "sheet": sheet})
        return
    print_lines([f"{one.file}：{KIND_LABELS[one.kind]}，{one.n_revisions} 次修改" for one in written])
    if declared:
        print_lines([f"期段 {declared.period}：{declared.n_records} 条记录，核对码 {declared.check_code}"])
    if sheet:
        print_lines([f"{sheet}：上报签字表，请打印后签字盖章"])
    print_lines(["已写入并核对，可以拔出。" if written else "没有需要发出的数据包。"])


def _package_data(one: Exported) -> dict[str, Any]:
    return {"file": str(one.file), "kind": one.kind, "recipient": one.recipient, "revisions": one.n_revisions}


def inspect(
    path: Annotated[Path, typer.Argument(help="数据包文件", metavar="FILE")],
    as_json: Json = False,
) -> None:
    """Header, signer and sizes; the parts add up to the size of the file."""
    sealed = read_header(path)
    header = sealed.header
    found: dict[str, Any] = {
        **msgspec.to_builtins(header),
        "header_bytes": sealed.payload_offset,
        "file_bytes": sealed.file_bytes,
    }
    if as_json:
        print_json(found)
        return
    print_lines(
        [
            f"{KIND_LABELS[header.kind]}文件 第 {header.number} 号，格式 {header.format}",
            f"发送 {header.sender}，接收 {header.recipient}，写于 {local_text(header.made_at)}",
            f"修订 {header.first}–{header.last}，参数包 {header.pack}，程序 {header.program}",
            f"文件头 {sealed.payload_offset} 字节 + 内容 {header.payload_bytes} 字节 = {sealed.file_bytes} 字节",
            f"内容 SHA-256 {header.payload_sha256}",
            f"签名钥匙 {header.signer}（签名与文件头相符；是否为该单位的钥匙，接收时核对）",
        ]
    )
