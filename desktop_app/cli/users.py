"""Commands about who may open the vault: users, passphrases, the recovery code, the escrow."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions import recovery
from desktop_app.actions import users as acts
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError
from desktop_app.cli.session import Json, print_json, print_lines, session
from desktop_app.domain.roles import LABELS

Name = Annotated[str, typer.Argument(help="用户名", metavar="NAME")]
RoleName = Annotated[str, typer.Argument(help="角色：只读、录入、审批、市级业务、管理员", metavar="ROLE")]
NewFile = Annotated[Path | None, typer.Option("--new-passphrase-file", help="写有新口令的文件")]
Folder = Annotated[Path, typer.Option(help="写到哪个文件夹，如 U 盘")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="用户：添加、角色、停用、重设口令（管理员）。", no_args_is_help=True)
    group.command("list", help="列出用户。")(list_)
    group.command("add", help="添加用户并给一个初始口令。")(add)
    group.command("role", help="调整角色，下次登录起生效。")(role)
    group.command("disable", help="停用：口令从此打不开密库，写过的内容不变。")(disable)
    group.command("reset", help="重设口令；已停用的用户随之恢复。")(reset)
    app.add_typer(group, name="users")
    app.command("passphrase", help="修改自己的口令；新口令取自文件、UNION_DESK_NEW_PASSPHRASE 或当场输入。")(change)
    codes = typer.Typer(help="恢复码。", no_args_is_help=True)
    codes.command("new", help="换发新恢复码，旧码作废。")(new_code)
    codes.command("check", help="当场输入恢复码，核对抄得对不对。")(check_code)
    app.add_typer(codes, name="recovery")
    escrow = typer.Typer(help="市级代管：口令和恢复码都丢了时由市级帮助打开。", no_args_is_help=True)
    escrow.command("status", help="是否设立了代管。")(escrow_status)
    escrow.command("on", help="县级：设立代管，或换一份新的。")(escrow_on)
    escrow.command("off", help="县级：取消代管。")(escrow_off)
    escrow.command("copy", help="县级：写出代管文件，带到市里；不要口令。")(escrow_copy)
    escrow.command("open", help="市级：打开县区带来的代管文件，得到一次性恢复码。")(escrow_open)
    app.add_typer(escrow, name="escrow")


def list_(context: typer.Context, as_json: Json = False) -> None:
    """Everybody may see who there is."""
    with session(context).open() as vault:
        found = acts.list_users(vault)
    if as_json:
        print_json([{**asdict(one.user), "has_passphrase": one.has_passphrase} for one in found])
        return
    for one in found:
        state = "" if one.has_passphrase else "  没有口令" if one.user.is_active else "  已停用"
        print_lines([f"{one.user.name}  {LABELS[one.user.role]}{state}"])


def add(context: typer.Context, name: Name, role: RoleName, new: NewFile = None, as_json: Json = False) -> None:
    """A role holds for the command line and the window alike."""
    one = session(context)
    with one.open() as vault:
        acts.add_user(vault, name, role, one.new_passphrase(new))
    _done(name, "已添加", as_json)


def role(context: typer.Context, name: Name, role: RoleName, as_json: Json = False) -> None:
    """From the next log-in on."""
    with session(context).open() as vault:
        acts.set_role(vault, name, role)
    _done(name, "已调整角色", as_json)


def disable(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Nothing of what the user wrote is changed."""
    with session(context).open() as vault:
        acts.disable_user(vault, name)
    _done(name, "已停用", as_json)


def reset(context: typer.Context, name: Name, new: NewFile = None, as_json: Json = False) -> None:
    """Also after the vault was opened with a recovery code."""
    one = session(context)
    with one.open() as vault:
        acts.reset_passphrase(vault, name, one.new_passphrase(new))
    _done(name, "已重设口令", as_json)


def _done(name: str, words: str, as_json: bool) -> None:
    if as_json:
        print_json({"user": name})
    else:
        print_lines([f"{words}：{name}"])


def change(context: typer.Context, new: NewFile = None, as_json: Json = False) -> None:
    """One's own; the data is not touched."""
    one = session(context)
    secret = one.passphrase()
    with one.open(secret) as vault:
        acts.change_passphrase(vault, secret, one.new_passphrase(new))
        name = vault.actor
    _done(name, "口令已修改", as_json)


def new_code(
    context: typer.Context,
    pdf: Annotated[Path | None, typer.Option(help="同时写出一页可打印的 PDF")] = None,
    as_json: Json = False,
) -> None:
    """Shown once and kept nowhere."""
    if pdf is not None and pdf.exists():
        raise KnownError("record.file_exists", path=pdf)
    with session(context).open() as vault:
        code = recovery.new_recovery_code(vault)
        if pdf is not None:
            recovery.print_recovery_code(vault, code, pdf)
    if as_json:
        print_json({"recovery_code": code, "file": str(pdf) if pdf else ""})
    else:
        print_lines([f"恢复码（请打印或抄写后妥善保管，不再显示；旧码作废）：{code}"])


def check_code(context: typer.Context, as_json: Json = False) -> None:
    """From standard input, or typed at a terminal."""
    one = session(context)
    with one.open() as vault:
        recovery.check_recovery_code(vault, one.typed("恢复码："))
    if as_json:
        print_json({"matches": True})
    else:
        print_lines(["恢复码正确。"])


def escrow_status(context: typer.Context, as_json: Json = False) -> None:
    """Whether the city could help."""
    with session(context).open() as vault:
        found = recovery.has_escrow(vault)
    if as_json:
        print_json({"escrow": found})
    else:
        print_lines(["已设立市级代管。" if found else "没有设立市级代管。"])


def escrow_on(context: typer.Context, as_json: Json = False) -> None:
    """The city is told nothing yet; it can help once the file is brought to it."""
    with session(context).open() as vault:
        recovery.put_into_escrow(vault)
    _escrow(as_json, "已设立市级代管；以前的代管文件作废。", is_on=True)


def escrow_off(context: typer.Context, as_json: Json = False) -> None:
    """What the city may still have opens nothing."""
    with session(context).open() as vault:
        recovery.end_escrow(vault)
    _escrow(as_json, "已取消市级代管。", is_on=False)


def _escrow(as_json: bool, words: str, *, is_on: bool) -> None:
    if as_json:
        print_json({"escrow": is_on})
    else:
        print_lines([words])


def escrow_copy(context: typer.Context, to: Folder, as_json: Json = False) -> None:
    """Useless to anybody but the city."""
    path = recovery.write_escrow(session(context).folder(), to)
    if as_json:
        print_json({"file": str(path)})
    else:
        print_lines([f"{path}：请带到市里，由市级管理员打开。"])


def escrow_open(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="县区带来的代管文件", metavar="FILE")],
    as_json: Json = False,
) -> None:
    """Read it to the county by telephone once you know who calls."""
    with session(context).open() as vault:
        found = recovery.read_escrow(vault, path)
    if as_json:
        print_json(found)
    else:
        print_lines([f"{found.name}，{local_text(found.made_at)} 设立。一次性恢复码：{found.code}"])
        print_lines(["请先确认对方身份，再电话告知；县区用它设置新口令后即失效。"])
