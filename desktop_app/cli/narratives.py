"""Commands about the texts of a period and the passages the writer keeps for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.narrating import list_passages, narratives_for, reset_passage, write_passage, write_text
from desktop_app.actions.report_files import save_text
from desktop_app.base.errors import ActionRefused
from desktop_app.cli.figures import Label, Year, chosen_period
from desktop_app.cli.session import Json, print_json, print_lines, read_text, say, session
from desktop_app.domain.period import Period, period_words
from desktop_app.storage.vault import Vault

Text = Annotated[str, typer.Option("--text", help="哪份文稿；不写则用适合该期段的第一份")]
Key = Annotated[str, typer.Argument(help="段落，见 narrative passages", metavar="PASSAGE")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="文稿：年度总结、季度和月度简报。", no_args_is_help=True)
    group.command("show", help="显示文稿；--out 存为 .docx、.pdf 或 .txt。")(show)
    group.command("passages", help="可以改写的段落；改过的前面有 *。")(passages)
    group.command("write", help="改写一个段落，内容取自标准输入或 --file；可以用 {指标} 和 [子句]。")(write)
    group.command("reset", help="段落恢复为参数包里的范文。")(reset)
    app.add_typer(group, name="narrative")


def _chosen(vault: Vault, period: Period, text: str) -> str:
    if text:
        return text
    found = narratives_for(vault, period)
    if not found:
        raise ActionRefused("report.no_narrative", period=period_words(period.label))
    return found[0].key


def show(
    context: typer.Context,
    year: Year = None,
    label: Label = "",
    text: Text = "",
    out: Annotated[Path | None, typer.Option(help="存到这个文件")] = None,
    as_json: Json = False,
) -> None:
    """The text with its figures."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        key = _chosen(vault, period, text)
        if out is not None:
            save_text(vault, period, key, out)
            say(f"已存为 {out}")
            return
        written = write_text(vault, period, key)
    if as_json:
        print_json({"period": period.label, "text": key, "title": written.title, "sections": written.sections})
    else:
        sys.stdout.write(written.plain())


def passages(
    context: typer.Context, year: Year = None, label: Label = "", text: Text = "", as_json: Json = False
) -> None:
    """The passages of a text."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        found = list_passages(vault, period, _chosen(vault, period, text))
    if as_json:
        print_json({"passages": found})
    else:
        print_lines([f"{'*' if one.is_own else ' '} {one.key}  {one.label}：{one.text}" for one in found])


def write(
    context: typer.Context,
    key: Key,
    year: Year = None,
    label: Label = "",
    text: Text = "",
    file: Annotated[Path | None, typer.Option(help="内容所在的文本文件")] = None,
) -> None:
    """The writer's own words."""
    period = chosen_period(year, label)
    words = read_text(file) if file else sys.stdin.read()
    with session(context).open() as vault:
        write_passage(vault, period, _chosen(vault, period, text), key, words)


def reset(context: typer.Context, key: Key, year: Year = None, label: Label = "", text: Text = "") -> None:
    """The pack's words again."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        reset_passage(vault, period, _chosen(vault, period, text), key)
