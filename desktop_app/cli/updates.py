"""The command that brings a newer program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.program_place import installed_place
from desktop_app.actions.updating import go_back, hand_out, install_update, look_at_update
from desktop_app.cli.session import Json, Session, print_json, print_lines, session
from desktop_app.storage.vault import Vault


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("update", help="用更新文件更新程序：先备份 --vault 的密库，装好后自检，不通过则不更换。")(update)


def update(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="更新文件（.ghupdate）", metavar="FILE")] = None,
    look: Annotated[bool, typer.Option("--look", help="只核对签名、查看内容")] = False,
    to: Annotated[Path | None, typer.Option(help="不安装，核对后拷到这个U盘，发给县区")] = None,
    back: Annotated[bool, typer.Option("--back", help="退回上一版")] = False,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="不先备份密库")] = False,
    as_json: Json = False,
) -> None:
    """The new version is there at the next start."""
    if (file is None) == (not back):
        raise typer.BadParameter("请给出更新文件，或用 --back 退回上一版。")
    one = session(context)
    if file is None:
        with _asker(one) as vault:
            done = go_back(installed_place(), vault=vault)
        _tell(done, as_json, f"已退回 {done.version} 版，下次打开程序时生效。")
        return
    if to is not None:
        made = hand_out(file, to)
        _tell({"file": str(made)}, as_json, f"已写出并读回核对：{made}")
        return
    header = look_at_update(file)
    if look:
        _tell(header, as_json, "\n".join([f"{header.version} 版，签名有效", *(f"    {one}" for one in header.notes)]))
        return
    if not no_backup:
        one.folder()  # what shall be backed up is named
    with _asker(one) as vault:
        done = install_update(file, installed_place(), vault=vault, with_backup=not no_backup)
    words = f"已安装 {done.version} 版，下次打开程序时生效。"
    if done.backup is not None:
        words = f"已备份：{done.backup}\n{words}"
    _tell(done, as_json, words)


@contextmanager
def _asker(one: Session) -> Iterator[Vault | None]:
    """The vault whose user asks; None where none is named. Going back is the way out when this version opens none."""
    if one.vault is None:
        yield None
        return
    with one.open() as vault:
        yield vault


def _tell(result: object, as_json: bool, words: str) -> None:
    if as_json:
        print_json(result)
    else:
        print_lines([words])
