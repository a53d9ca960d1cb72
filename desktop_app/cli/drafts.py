"""Commands about unsaved text that the window has kept."""

from __future__ import annotations

from typing import Annotated

import typer

from desktop_app.actions.drafts import discard_draft, find_draft, my_drafts
from desktop_app.base.clock import local_text
from desktop_app.cli.session import Json, print_json, print_lines, session

Id = Annotated[str, typer.Argument(help="草稿编号，写出开头几位即可", metavar="DRAFT")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="草稿：窗口里没有保存的内容。", no_args_is_help=True)
    group.command("list", help="列出当前用户的草稿。")(list_)
    group.command("drop", help="丢弃一份草稿。")(drop)
    app.add_typer(group, name="drafts")


def list_(context: typer.Context, as_json: Json = False) -> None:
    """Titles alone: what was typed may be private and is seen in the window."""
    with session(context).open() as vault:
        found = my_drafts(vault)
        labels = {key: one.label for key, one in vault.pack.ledgers.items()}
    if as_json:
        print_json([{"id": d.id, "ledger": d.ledger, "record": d.record, "title": d.title, "at": d.at} for d in found])
        return
    print_lines([f"{d.id[:13]}  {local_text(d.at)}  {labels[d.ledger]}  {d.title}" for d in found] or ["没有草稿。"])


def drop(context: typer.Context, draft: Id) -> None:
    """Text that is dropped is gone."""
    with session(context).open() as vault:
        found = find_draft(vault, draft)
        discard_draft(vault, found.id)
    print_lines([f"已丢弃草稿：{found.title}"])
