"""Commands about the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions import auditing
from desktop_app.cli.session import Json, print_json, print_lines, session

Kinds = Annotated[list[str] | None, typer.Option("--what", help="只看这一类，如 登录失败；可写多个")]
Words = Annotated[str, typer.Option(help="用户名或内容里的字")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="审计：登录、导出、查看隐私、裁决、恢复等（管理员）。", no_args_is_help=True)
    group.command("list", help="列出，最新的在前。")(list_)
    group.command("print", help="写成可打印的 PDF。")(print_)
    group.command("explain", help="审计末尾被删去、已经查明的：说明原因，提示随之消失。")(explain)
    app.add_typer(group, name="audit")


def list_(
    context: typer.Context,
    what: Kinds = None,
    words: Words = "",
    limit: Annotated[int | None, typer.Option(min=0, help="最多几行")] = None,
    as_json: Json = False,
) -> None:
    """Says too whether a line was changed behind the program's back."""
    with session(context).open() as vault:
        lines = auditing.audit_lines(vault, what=what or (), words=words, limit=limit)
        fault = auditing.audit_fault(vault)
    if as_json:
        print_json({"lines": lines, "broken_line": fault})
        return
    print_lines([f"{one.id}  {one.at}  {one.actor}  {one.kind}  {one.detail}" for one in lines])
    if fault:
        print_lines([f"第 {fault} 行起与链不符，审计记录被改动过。"])


def print_(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="写到哪个文件")],
    what: Kinds = None,
    words: Words = "",
    as_json: Json = False,
) -> None:
    """All lines that `audit list` with the same words would list."""
    with session(context).open() as vault:
        n = auditing.print_audit(vault, out, what=what or (), words=words)
    if as_json:
        print_json({"file": str(out), "lines": n})
    else:
        print_lines([f"{out}：{n} 行"])


def explain(context: typer.Context, why: Annotated[str, typer.Argument(help="查明的原因", metavar="WHY")]) -> None:
    """The explanation is a line of the audit itself."""
    with session(context).open() as vault:
        auditing.look_into_cut(vault, why)
    print_lines(["已记入审计。"])
