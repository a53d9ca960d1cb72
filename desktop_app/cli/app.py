"""The main command and the boundary at which every failure becomes an exit status."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from desktop_app import __version__
from desktop_app.base.codes import sentence
from desktop_app.base.crashes import report_text
from desktop_app.base.errors import AppError, KnownError, Problems
from desktop_app.cli import (
    audit,
    backups,
    demo,
    desk,
    differences,
    drafts,
    exchange,
    figures,
    letters,
    narratives,
    packages,
    people,
    records,
    sheets,
    updates,
    users,
)
from desktop_app.cli.hints import with_hint
from desktop_app.cli.session import Session, print_json, problem_data, say

app = typer.Typer(
    help="工会法律保障工作台：离线台账、数据包和年度数据。",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
desk.register(app)
records.register(app)
drafts.register(app)
sheets.register(app)
packages.register(app)
exchange.register(app)
letters.register(app)
backups.register(app)
figures.register(app)
narratives.register(app)
differences.register(app)
updates.register(app)
users.register(app)
audit.register(app)
people.register(app)
demo.register(app)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(__version__ + "\n")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    vault: Annotated[Path | None, typer.Option(help="密库文件夹", envvar="UNION_DESK_VAULT")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="写有口令的文件")] = None,
    user: Annotated[str, typer.Option(help="用户名；不写则试所有用户的口令", envvar="UNION_DESK_USER")] = "",
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """工会法律保障工作台。口令取自 --passphrase-file、环境变量 UNION_DESK_PASSPHRASE 或当场输入。"""
    del version  # its callback has answered
    context.obj = Session(vault, passphrase_file, user)


def run(arguments: list[str]) -> int:
    """
    Runs one command.

    Returns:
        0 ok, 2 usage, 3 refused by a rule or by the world, 1 our own fault.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Chinese Windows console says 936
    is_json = "--json" in arguments
    try:
        return int(app(args=arguments, prog_name="union-desk", standalone_mode=False) or 0)
    except TyperException as error:
        return _failed("cli.usage", sentence("cli.usage", detail=error.format_message()), is_json, status=2)
    except KnownError as error:
        extra = {"problems": [problem_data(one) for one in error.found]} if isinstance(error, Problems) else {}
        return _failed(error.code, with_hint(error.code, str(error)), is_json, status=3, **extra)
    except typer.Abort:
        return 3
    except Exception as error:  # the boundary: whatever is left is our own fault
        say(report_text(type(error), error.__traceback__))  # not what it says: that may quote a person's data
        code = error.code if isinstance(error, AppError) else "bug.unexpected"
        return _failed(code, sentence("bug.unexpected", detail=type(error).__name__), is_json, status=1)


def _failed(code: str, message: str, is_json: bool, *, status: int, **extra: Any) -> int:
    if is_json:
        print_json({"error": {"code": code, "message": message, **extra}})
    else:
        say(message)
    return status
