"""Commands about packages: import, export, inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desktop_app.actions.declaring import declare_period, refuse_sheet, write_sheet
from desktop_app.actions.exporting import Exported
from desktop_app.actions.exporting import export as export_packages
from desktop_app.actions.files import write_file
from desktop_app.actions.importing import import_packages, packages_in
from desktop_app.actions.journal import package_report, packages_log
from desktop_app.actions.telling import import_report, ledger_labels, told_import
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError
from desktop_app.cli.session import Json, print_json, print_lines, say, session
from desktop_app.sync.header import KIND_LABELS, read_header


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("import", help="接收数据包：一个或多个文件，或整个文件夹。")(import_)
    app.command("export", help="写出数据包：县级写上报包，市级写各县回执。")(export)
    app.command("inspect", help="查看数据包的文件头；不需要口令。")(inspect)
    group = typer.Typer(help="收发记录：来过、发出和拒收的数据包。", no_args_is_help=True)
    group.command("list", help="最近的收发记录。")(list_packages)
    group.command("show", help="一个数据包的接收报告；可写成 PDF。")(show_package)
    app.add_typer(group, name="packages")


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹", metavar="PATH")],
    as_json: Json = False,
) -> None:
    """Any kind of package that is for this office."""
    with session(context).open() as vault:
        done, skipped = import_packages(vault, paths)
        labels = ledger_labels(vault)
    if as_json:
        print_json({"imported": done, "skipped": skipped})
    else:
        for one in done:
            print_lines(indented(told_import(one, labels)))
        if n_others := sum(packages_in(one)[1] for one in paths if one.is_dir()):
            print_lines([f"另有 {n_others} 个文件不是数据包，没有读。"])
    for refused in skipped:
        say(f"跳过 {refused.file}：{refused.message}")
    if skipped and not done:
        raise typer.Exit(3)


def indented(lines: list[str]) -> list[str]:
    """The first line as it is, the others under it."""
    return [*lines[:1], *(f"    {one}" for one in lines[1:])]


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


_DIRECTIONS = {"in": "收", "out": "发", "refused": "拒收"}


def list_packages(
    context: typer.Context,
    most: Annotated[int, typer.Option(min=1, help="最多列出多少")] = 50,
    as_json: Json = False,
) -> None:
    """Newest first."""
    with session(context).open() as vault:
        found = packages_log(vault, most)
    if as_json:
        print_json(found)
        return
    print_lines(
        f"{one.at}  {_DIRECTIONS[one.direction]}  {one.name}  {one.other}  {one.told}".rstrip() for one in found
    )
    if not found:
        print_lines(["还没有收发过数据包。"])


def show_package(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="数据包名称，可只写开头", metavar="NAME")],
    out: Annotated[Path | None, typer.Option(help="把接收报告写成这个 PDF 文件")] = None,
    as_json: Json = False,
) -> None:
    """The report that was kept of its import."""
    with session(context).open() as vault:
        found, labels = package_report(vault, name), ledger_labels(vault)
        if out and found.report:
            write_file(out, import_report(vault, [found.report], [], at=found.at))
    if as_json:
        print_json(found)
        return
    lines = indented(told_import(found.report, labels)) if found.report else [f"{found.name}  {found.told}".rstrip()]
    print_lines([f"{found.at}  {_DIRECTIONS[found.direction]}  {found.other}", *lines])
