"""Commands about backups and the health of a vault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions import backups as acts
from desktop_app.actions.diagnosis import write_diagnosis
from desktop_app.actions.repairing import repair_vault, told_repair
from desktop_app.base.clock import local_text
from desktop_app.cli.session import Json, print_json, print_lines, progress, say, session
from desktop_app.storage.integrity import Checked
from desktop_app.storage.restore import Contents

Name = Annotated[str, typer.Argument(help="备份的名称或文件夹", metavar="BACKUP")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="备份：立即备份、查看、第二存放处。", no_args_is_help=True)
    group.command("make", help="立即备份并核对。")(make)
    group.command("list", help="列出备份。")(list_)
    group.command("look", help="查看一个备份里有什么；不改动任何内容。")(look)
    group.command("test", help="把最近的备份恢复到内存里通读一遍，不改动任何内容。")(rehearse)
    group.command("place", help="查看或设置第二存放处。")(place)
    app.add_typer(group, name="backup")
    app.command("restore", help="恢复备份；原密库移到 aside 文件夹。空文件夹则在这里建立密库（换电脑）。")(restore)
    app.command("move", help="换电脑：把密库写到U盘；在新电脑用 restore 恢复。")(move)
    app.command("repair", help="修复损坏的密库：把能读出的全部内容救到一个新密库，列出丢失的。")(repair)
    app.command("diagnose", help="写出诊断文件：版本、大小和条数，没有登记的内容。")(diagnose)
    app.command("verify", help="全面核对密库：页、修订链、附件、记录。")(verify)


def make(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="另拷一份到这个文件夹")] = None,
    as_json: Json = False,
) -> None:
    """Opened and counted before it is called a backup."""
    with session(context).open() as vault:
        done = acts.back_up(vault, to=to)
    if done.trouble:
        say(f"提示：第二存放处没有写成：{done.trouble}")
    if as_json:
        print_json({"backup": str(done.folder), "copy": str(done.copy) if done.copy else "", "trouble": done.trouble})
    else:
        print_lines([f"已备份并核对：{one}" for one in (done.folder, done.copy) if one])


def list_(context: typer.Context, as_json: Json = False) -> None:
    """Newest first; no passphrase is needed."""
    found = acts.backups_of(session(context).folder())
    if as_json:
        print_json([{"name": b.folder.name, "at": b.at, "reason": b.reason, "bytes": b.n_bytes} for b in found])
        return
    for one in found:
        reason = acts.REASONS.get(one.reason, one.reason)
        print_lines([f"{one.at:%Y-%m-%d %H:%M}  {reason}  {one.n_bytes:,} 字节  {one.folder.name}"])
    if not found:
        print_lines(["没有备份。"])


def look(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Counts by ledger, and the last change."""
    one = session(context)
    found = acts.look_into_backup(acts.find_backup(one.folder(), name), one.passphrase(), one.folder())
    _tell(found, as_json, "备份完好")


def restore(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Passphrases stay those of now; the city is told by the new instance."""
    one = session(context)
    found = acts.restore_backup(one.folder(), acts.find_backup(one.folder(), name), one.passphrase())
    _tell(found, as_json, "已恢复")


def _tell(found: Contents, as_json: bool, words: str) -> None:
    if as_json:
        print_json(found)
        return
    last = local_text(found.last_change) if found.last_change else "没有修改"
    print_lines([f"{words}：{found.name}，{sum(found.records.values())} 条记录，最后修改 {last}"])
    print_lines([f"    {key}：{n}" for key, n in found.records.items() if n])
    print_lines([found.lost] if found.lost else [])


def place(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--set", help="以后每次备份另拷一份到这里")] = None,
    none: Annotated[bool, typer.Option("--none", help="不再另拷")] = False,
    as_json: Json = False,
) -> None:
    """Another disk or a stick; when it is not there the backup is made all the same, and that is said."""
    with session(context).open() as vault:
        if to or none:
            acts.set_second_place(vault, None if none else to)
        found = acts.second_place(vault)
    if as_json:
        print_json({"place": found})
    else:
        print_lines([found or "没有设置第二存放处。"])


def verify(context: typer.Context, as_json: Json = False) -> None:
    """Exit status 3 when something is damaged."""
    with session(context).open() as vault:
        found = acts.verify(vault, progress("正在核对"))
    if as_json:
        print_json(found)
    else:
        print_lines(told_check(found))
    if found.damage:
        raise typer.Exit(3)


def rehearse(context: typer.Context, as_json: Json = False) -> None:
    """Exit status 3 when the newest backup cannot be restored."""
    with session(context).open() as vault:
        found = acts.self_test(vault)
    if as_json:
        print_json(found)
    elif found is None:
        print_lines(["没有备份。"])
    else:
        print_lines([f"备份完好：{found.n_records} 条记录、{found.n_revisions} 次修改、{found.n_attachments} 个附件。"])


def move(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="U盘上的文件夹")] = None,
    stay: Annotated[bool, typer.Option("--stay", help="没有搬成：本密库继续使用")] = False,
    as_json: Json = False,
) -> None:
    """The vault that stays behind says that it has moved."""
    if (to is None) == (not stay):
        raise typer.BadParameter("写 --to 文件夹，或 --stay")
    with session(context).open() as vault:
        if to is None:
            acts.stay_here(vault)
            folder = ""
        else:
            folder = str(acts.prepare_move(vault, to))
    if as_json:
        print_json({"folder": folder})
    else:
        print_lines(
            [f"已写到 {folder}；在新电脑上用 restore 恢复到空文件夹，然后上报一次。" if folder else "已取消搬家。"]
        )


def repair(
    context: typer.Context,
    into: Annotated[Path | None, typer.Option(help="新密库的文件夹；不写则放在原密库旁边")] = None,
    as_json: Json = False,
) -> None:
    """The damaged vault stays as it is."""
    one = session(context)
    found = repair_vault(one.folder(), one.passphrase(), into, tell=progress("正在修复"))
    if as_json:
        print_json(found)
    else:
        print_lines(told_repair(found))


_WHAT: dict[str, str] = {
    "pages": "数据库页损坏",
    "cipher": "加密页被改动",
    "chain": "修订链断开",
    "attachment": "附件损坏或没有到齐",
    "rows": "记录与修订不符",
    "audit": "审计记录从这一行起被改动",
}


def told_check(found: Checked) -> list[str]:
    """A check for people."""
    counts = f"{found.n_records} 条记录、{found.n_revisions} 次修改、{found.n_streams} 条修订链"
    looked = f"核对了 {counts}、{found.n_attachments} 个附件"
    if not found.damage:
        return [f"{looked}，全部完好。"]
    return [f"{looked}，发现 {len(found.damage)} 处损坏：", *(f"    {_WHAT[d.what]}：{d.where}" for d in found.damage)]


def diagnose(context: typer.Context, to: Annotated[Path, typer.Option(help="写到哪个文件")]) -> None:
    """For those who maintain the program."""
    with session(context).open() as vault:
        path = write_diagnosis(vault, to)
    print_lines([f"已写出：{path}"])
