"""Commands about records."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desktop_app.actions import reading
from desktop_app.actions import records as acts
from desktop_app.actions import search as finding
from desktop_app.actions.attaching import attach_file, save_attachment
from desktop_app.actions.changes import Changes
from desktop_app.actions.privacy import values_of
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import ActionRefused, problem
from desktop_app.cli.session import Json, print_json, print_lines, problem_data, say, session

LedgerName = Annotated[str, typer.Argument(help="台账，如 petition 或 信访事项", metavar="LEDGER")]
RecordId = Annotated[str, typer.Argument(help="记录编号，可只写开头几位", metavar="ID")]
Assignments = Annotated[list[str] | None, typer.Argument(help="字段=值，可写多个", metavar="FIELD=VALUE")]
Unmask = Annotated[bool, typer.Option("--unmask", help="不遮盖隐私内容；记入审计")]
Note = Annotated[str, typer.Option(help="说明，记入历史")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="记录：录入、查看、修改、办理。", no_args_is_help=True)
    group.command("add", help="从标准输入读入记录，每行一个 JSON 对象；全部写入或一条不写。")(add)
    group.command("list", help="列出一个台账的记录。")(list_)
    group.command("search", help="在各台账中查找：文字、编号或拼音首字母，几个词之间用空格。")(search)
    group.command("show", help="查看一条记录。")(show)
    group.command("edit", help="修改一条记录。")(edit)
    group.command("delete", help="删除一条记录；历史保留，可以恢复。")(delete)
    group.command("restore", help="恢复已删除的记录。")(restore)
    group.command("history", help="一条记录的全部修改。")(history)
    group.command("step", help="办理一个环节。")(step)
    group.command("attach", help="给一条记录添加附件。")(attach)
    group.command("save-attachment", help="把附件另存为文件。")(save)
    app.add_typer(group, name="records")
    app.command("check", help="列出本单位还需要改正或说明的记录。")(check)


def add(context: typer.Context, ledger: LedgerName, note: Note = "", as_json: Json = False) -> None:
    """One JSON object a line on standard input; codes or labels."""
    with session(context).open() as vault:
        changes = acts.add_records(vault, ledger, _json_lines(sys.stdin.buffer.read()), note=note)
    _say_notes(changes)
    if as_json:
        print_json({"ids": changes.record_ids, "notes": [problem_data(one) for one in changes.notes]})
    else:
        print_lines(list(changes.record_ids))


def _json_lines(data: bytes) -> Iterator[acts.Given]:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        place = f"第 {number} 行"
        try:
            yield acts.Given(msgspec.json.decode(line, type=dict[str, Any]), place)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield acts.Given({}, place, problem("record.not_json", place=place, detail=error))


def _say_notes(changes: Changes) -> None:
    for one in changes.notes:
        say(f"提示：{one}")


def assigned(texts: list[str] | None) -> Mapping[str, object]:
    """`field=value` each, as a mapping."""
    found: dict[str, object] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise ActionRefused("record.assignment", value=text)
        found[key] = value
    return found


def list_(
    context: typer.Context,
    ledger: LedgerName,
    where: Annotated[list[str] | None, typer.Option(help="条件 字段=值，可写多个")] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="最多几条")] = None,
    unmask: Unmask = False,
    as_json: Json = False,
) -> None:
    """Records in the order of the form's list."""
    with session(context).open() as vault:
        found = reading.show_records(vault, ledger, where or (), limit)
        values = values_of(vault, [one.record for one in found], unmask=unmask) if as_json else []
    if as_json:
        print_json([_record_data(one, each) for one, each in zip(found, values, strict=True)])
    else:
        print_lines([f"{one.record.id}  {one.office_name}  {one.title}" for one in found])


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="要查找的词", metavar="TEXT")],
    ledger: Annotated[list[str] | None, typer.Option(help="只查这个台账，可写多个")] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多几条")] = 50,
    as_json: Json = False,
) -> None:
    """The records changed last first."""
    with session(context).open() as vault:
        found = finding.search(vault, text, ledgers=ledger or (), limit=limit)
        labels = {key: one.label for key, one in vault.pack.ledgers.items()}
    if as_json:
        print_json(
            [{"id": one.record_id, "ledger": one.ledger, "title": one.title, "snippet": one.snippet} for one in found]
        )
    else:
        print_lines(
            [f"{one.record_id}  {labels[one.ledger]}  {one.office_name}  {one.title}  {one.snippet}" for one in found]
        )


def _record_data(one: reading.Shown, values: dict[str, object]) -> dict[str, Any]:
    record = one.record
    return {
        "id": record.id,
        "ledger": record.ledger,
        "office": record.office,
        "title": one.title,
        "deleted": record.is_deleted,
        "conflicts": record.n_conflicts,
        "sending": one.sending,
        "pack": record.pack,
        "values": values,
    }


def show(context: typer.Context, record_id: RecordId, unmask: Unmask = False, as_json: Json = False) -> None:
    """One record; private values are masked in words and in JSON."""
    with session(context).open() as vault:
        one = reading.show_record(vault, record_id)
        children = {vault.pack.ledgers[key].label: rows for key, rows in one.children.items()}
        rows: dict[str, list[dict[str, object]]] = {}
        for key, found in one.children.items():
            inside = values_of(vault, found, unmask=unmask)
            rows[key] = [{"id": r.id, "values": each} for r, each in zip(found, inside, strict=True)]
        (values,) = values_of(vault, [one.record], unmask=unmask)
        fields = reading.bare_fields(vault, one.record) if unmask else one.fields
    if as_json:
        print_json({**_record_data(one, values), "steps": one.steps, "children": rows})
        return
    print_lines([f"{one.title}（{one.office_name}）{'  已删除' if one.record.is_deleted else ''}", one.record.id])
    print_lines([f"  {label}：{text}" for label, text in fields])
    print_lines([f"  {label}：{len(rows)} 行" for label, rows in children.items()])
    if one.steps:
        print_lines([f"  可办理：{'、'.join(f'{label}（{key}）' for key, label in one.steps.items())}"])


def edit(
    context: typer.Context, record_id: RecordId, assignments: Assignments = None, note: Note = "", as_json: Json = False
) -> None:
    """Values as a person types them; an empty value empties the field."""
    with session(context).open() as vault:
        changes = acts.edit_record(vault, record_id, assigned(assignments), note=note)
    _report(changes, "已修改", as_json)


def step(
    context: typer.Context,
    record_id: RecordId,
    name: Annotated[str, typer.Argument(help="环节，如 accept 或 受理", metavar="STEP")],
    assignments: Assignments = None,
    note: Note = "",
    as_json: Json = False,
) -> None:
    """A step with the fields that go with it."""
    with session(context).open() as vault:
        changes = take_step(vault, record_id, name, assigned(assignments), note=note)
    _report(changes, "已办理", as_json)


def delete(context: typer.Context, record_id: RecordId, note: Note = "", as_json: Json = False) -> None:
    """Marks as deleted."""
    with session(context).open() as vault:
        changes = acts.delete_record(vault, record_id, note=note)
    _report(changes, "已删除", as_json)


def restore(context: typer.Context, record_id: RecordId, note: Note = "", as_json: Json = False) -> None:
    """Takes a deletion back."""
    with session(context).open() as vault:
        changes = acts.restore_record(vault, record_id, note=note)
    _report(changes, "已恢复", as_json)


def _report(changes: Changes, done: str, as_json: bool) -> None:
    _say_notes(changes)
    if as_json:
        print_json({"changed": changes.record_ids, "notes": [problem_data(one) for one in changes.notes]})
    else:
        print_lines([done if changes.record_ids else "内容没有变化"])


def history(context: typer.Context, record_id: RecordId, as_json: Json = False) -> None:
    """Every revision, with values before and after; private ones masked."""
    with session(context).open() as vault:
        events = reading.covered_history(vault, record_id)
    if as_json:
        print_json(events)
        return
    for one in events:
        brought = f"，来自 {one.package}" if one.package else ""
        print_lines([f"{one.at}  {one.office} {one.actor} {one.step} {one.note}{brought}"])
        print_lines([f"    {key}：{_short(before)} → {_short(after)}" for key, before, after in one.changes])


def _short(value: object) -> str:
    return "（空）" if value is None else str(value)


def attach(
    context: typer.Context,
    record_id: RecordId,
    path: Annotated[Path, typer.Argument(help="文件")],
    field: Annotated[str, typer.Option(help="附件字段")] = "files",
    as_json: Json = False,
) -> None:
    """Adds a file to an attachments field."""
    with session(context).open() as vault:
        changes = attach_file(vault, record_id, path, field=field)
    _report(changes, "已添加附件", as_json)


def save(
    context: typer.Context,
    record_id: RecordId,
    name: Annotated[str, typer.Argument(help="附件名称")],
    out: Annotated[Path, typer.Option(help="存到哪个文件夹")],
    as_json: Json = False,
) -> None:
    """Writes an attachment to a file."""
    with session(context).open() as vault:
        path = save_attachment(vault, record_id, name, out)
    if as_json:
        print_json({"file": str(path)})
    else:
        print_lines([str(path)])


def check(context: typer.Context, as_json: Json = False) -> None:
    """Exit status 0 also when something is left to do: that is an answer, not a refusal."""
    with session(context).open() as vault:
        found = reading.check_records(vault)
        labels = {key: ledger.label for key, ledger in vault.pack.ledgers.items()}
    if as_json:
        rows = [
            {"id": one.record.id, "ledger": one.record.ledger, "problems": [problem_data(p) for p in one.problems]}
            for one in found
        ]
        print_json({"records": rows})
        return
    for one in found:
        print_lines([f"{labels[one.record.ledger]}  {one.title}  {one.record.id}"])
        print_lines([f"    [{_LEVELS[p.level]}] {p.message}" for p in one.problems])
    print_lines([f"共 {len(found)} 条记录需要查看。"] if found else ["没有需要改正的记录。"])


_LEVELS = {"error": "须改正", "explain": "须说明", "hint": "请留意"}
