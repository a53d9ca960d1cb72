"""Commands about people's data: finding and printing it on request, and what may be removed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions import privacy
from desktop_app.cli.session import Json, print_json, print_lines, session

Words = Annotated[str, typer.Argument(help="姓名、身份证号或电话", metavar="WORDS")]
Out = Annotated[Path, typer.Option(help="写到哪个 PDF 文件")]
Year = Annotated[int, typer.Option(min=0, max=2200, help="哪一年的清单，默认今年")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="个人资料：按本人要求查找、打印；记入审计。", no_args_is_help=True)
    group.command("find", help="查找一个人的全部资料，隐私内容遮盖。")(find)
    group.command("print", help="写成 PDF 交本人，隐私内容不遮盖。")(print_)
    app.add_typer(group, name="person")
    kept = typer.Typer(help="保管年限：到期可清理的资料。", no_args_is_help=True)
    kept.command("list", help="列出，不删除任何内容。")(list_)
    kept.command("print", help="写成可签批的 PDF。")(print_list)
    app.add_typer(kept, name="retention")


def find(context: typer.Context, words: Words, as_json: Json = False) -> None:
    """Over all ledgers, deleted records too."""
    with session(context).open() as vault:
        found = privacy.find_person(vault, words)
    if as_json:
        print_json(found)
        return
    print_lines([f"{one.ledger}  {one.title}{'（已删除）' if one.is_deleted else ''}  {one.id}" for one in found])
    print_lines([f"共 {len(found)} 条。"])


def print_(context: typer.Context, words: Words, out: Out, as_json: Json = False) -> None:
    """For the person whose data they are."""
    with session(context).open() as vault:
        n = privacy.print_person(vault, words, out)
    _written(out, n, as_json)


def list_(context: typer.Context, year: Year = 0, as_json: Json = False) -> None:
    """By the years that each form gives."""
    with session(context).open() as vault:
        found = privacy.removable(vault, year)
    if as_json:
        print_json(found)
        return
    print_lines([f"{one.ledger}  {one.on}  {one.title}  {one.id}" for one in found])
    print_lines([f"共 {len(found)} 条。"])


def print_list(context: typer.Context, out: Out, year: Year = 0, as_json: Json = False) -> None:
    """For whoever decides."""
    with session(context).open() as vault:
        n = privacy.print_removable(vault, out, year)
    _written(out, n, as_json)


def _written(out: Path, n: int, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(out), "records": n})
    else:
        print_lines([f"{out}：{n} 条"])
