"""Commands about letters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desktop_app.actions import letters as acts
from desktop_app.actions.files import safe_name, write_file
from desktop_app.actions.letterhead import Letterhead, read_letterhead, series_of, write_letterhead
from desktop_app.actions.printing import calibration_page, form_labels, letter_docx, print_each, print_letter
from desktop_app.actions.reading import show_record, show_records
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import ActionRefused, KnownError
from desktop_app.cli.records import Assignments, Note, RecordId, assigned
from desktop_app.cli.session import Json, print_json, print_lines, session
from desktop_app.schema.letters import LETTER


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="文书：提示函、意见书、建议书。", no_args_is_help=True)
    group.command("list", help="列出文书。")(list_)
    group.command("templates", help="列出文书模板和配套文书。")(templates)
    group.command("draft", help="按模板拟一份文书。")(draft)
    group.command("tidy", help="把拟稿中的半角标点改为全角。")(tidy)
    group.command("sign", help="签发：取号、定稿、存成 PDF/A；给出 doc_no=… 时补录历史文号。")(sign)
    group.command("print", help="打印成 PDF：文书本身或配套文书。")(print_)
    group.command("docx", help="另存为 DOCX。")(docx)
    group.command("void", help="作废；号不再使用。")(void)
    group.command("escalate", help="升级：拟出下一种文书。")(escalate)
    group.command("head", help="查看或设置发文机关标志、代字、联系方式和套打偏移。")(head)
    app.add_typer(group, name="letters")


def list_(
    context: typer.Context,
    where: Annotated[list[str] | None, typer.Option(help="字段=值，可写多个")] = None,
    as_json: Json = False,
) -> None:
    """Newest first."""
    with session(context).open() as vault:
        found = show_records(vault, LETTER, where or ())
        workflow = vault.pack.ledgers[LETTER].workflow
        states = workflow.states if workflow else {}
    if as_json:
        keys = ("kind", "theme", "doc_no", "state", "addressee", "signed_on", "reply_by", "n_printed")
        print_json([{"id": one.record.id, **{key: one.record.values.get(key) for key in keys}} for one in found])
        return
    for one in found:
        v = one.record.values
        print_lines([f"{one.record.id[:12]}  {one.title}  {v['addressee']}  {states[str(v['state'])]}"])
    if not found:
        print_lines(["没有文书。"])


def templates(context: typer.Context, as_json: Json = False) -> None:
    """Key, kind and label of each."""
    with session(context).open() as vault:
        found = list(vault.pack.letters.templates.values())
        forms = form_labels(vault)
    if as_json:
        print_json({"templates": [{"key": t.key, "kind": t.kind, "label": t.label} for t in found], "forms": forms})
    else:
        print_lines([f"{one.key}  {one.label}" for one in found])
        print_lines([f"配套：{key}  {label}" for key, label in forms.items()])


def draft(
    context: typer.Context,
    values: Assignments = None,
    template: Annotated[str, typer.Option(help="模板，默认按类型和主题选")] = "",
    as_json: Json = False,
) -> None:
    """`letters draft kind=提示函 theme=欠薪治理 addressee=某公司 n_people=12`."""
    with session(context).open() as vault:
        changes = acts.draft_letter(vault, assigned(values), template=template)
    _told(changes.record_ids, "已拟稿", as_json)


def tidy(context: typer.Context, record_id: RecordId, as_json: Json = False) -> None:
    """Full-width punctuation beside Chinese characters, no tabs."""
    with session(context).open() as vault:
        changes = acts.tidy_letter(vault, record_id)
    _told(changes.record_ids, "已改正标点" if changes.record_ids else "没有要改的标点", as_json)


def sign(
    context: typer.Context, record_id: RecordId, values: Assignments = None, note: Note = "", as_json: Json = False
) -> None:
    """`letters sign ID signer=李四 signer_post=副主席`; a draft is reviewed by the step 审核 before."""
    with session(context).open() as vault:
        changes = take_step(vault, record_id, "sign", assigned(values), note=note)
        number = str(show_record(vault, changes.record_ids[0]).record.values["doc_no"])
    if as_json:
        print_json({"ids": changes.record_ids, "doc_no": number})
    else:
        print_lines([f"已签发  {number}"])


def print_(
    context: typer.Context,
    record_id: RecordId,
    out: Annotated[Path, typer.Option(help="写到哪个文件，或哪个文件夹")],
    form: Annotated[str, typer.Option(help="配套文书：receipt reply approval verification reminder handover")] = "",
    preprinted: Annotated[bool, typer.Option("--preprinted", help="套打：不印红头")] = False,
    each: Annotated[bool, typer.Option("--each", help="每个受送单位一份，合成一个文件")] = False,
    singly: Annotated[bool, typer.Option("--singly", help="每个受送单位一个文件，--out 为文件夹")] = False,
    as_json: Json = False,
) -> None:
    """The signed PDF itself; a draft is marked as one."""
    if singly:
        if not out.is_dir():
            raise KnownError("cli.folder", path=out)
        with session(context).open() as vault:
            several = print_each(vault, record_id)
        for one in several:
            write_file(out / safe_name(one.name), one.content)
        files = [str(out / safe_name(one.name)) for one in several]
        if as_json:
            print_json({"files": files})
        else:
            print_lines(files)
        return
    with session(context).open() as vault:
        printed = print_letter(vault, record_id, form=form, is_preprinted=preprinted, each=each)
    path = out / safe_name(printed.name) if out.is_dir() else out
    write_file(path, printed.content)
    if as_json:
        print_json({"file": str(path), "frozen": printed.is_frozen, "fonts": printed.fonts})
    else:
        print_lines([str(path), *printed.fonts])


def docx(
    context: typer.Context,
    record_id: RecordId,
    out: Annotated[Path, typer.Option(help="写到哪个文件")],
    as_json: Json = False,
) -> None:
    """The same words for a word processor."""
    with session(context).open() as vault:
        content = letter_docx(vault, record_id)
    write_file(out, content)
    if as_json:
        print_json({"file": str(out)})
    else:
        print_lines([str(out)])


def void(
    context: typer.Context,
    record_id: RecordId,
    reason: Annotated[str, typer.Option(help="作废原因")],
    as_json: Json = False,
) -> None:
    """The number stays used."""
    with session(context).open() as vault:
        changes = take_step(vault, record_id, "void", {"void_reason": reason})
    _told(changes.record_ids, "已作废", as_json)


def escalate(context: typer.Context, record_id: RecordId, note: Note = "", as_json: Json = False) -> None:
    """The next kind, with number, delivery and limit of this one."""
    with session(context).open() as vault:
        changes = take_step(vault, record_id, "escalate", {}, note=note)
    _told(changes.record_ids, "已升级，新的文书已拟稿", as_json)


def head(
    context: typer.Context,
    values: Annotated[
        list[str] | None, typer.Argument(help="head issuer contact phone address series.tip=… shift_right=…")
    ] = None,
    test: Annotated[Path | None, typer.Option(help="写出套打校准页")] = None,
    as_json: Json = False,
) -> None:
    """Shift in tenths of a millimetre."""
    with session(context).open() as vault:
        found = msgspec.to_builtins(read_letterhead(vault))
        for one in values or ():
            name, equals, value = one.partition("=")
            outer, _, inner = name.partition(".")
            if not equals or outer not in found or (outer == "series") != bool(inner):
                raise ActionRefused("record.assignment", value=one)
            if inner:
                found[outer][inner] = value
            else:
                found[outer] = int(value) if isinstance(found[outer], int) else value
        if values:
            write_letterhead(vault, msgspec.convert(found, Letterhead))
        if test:
            write_file(test, calibration_page(vault))
        letterhead, forms = read_letterhead(vault), vault.pack.letters
        series = {kind: series_of(forms, letterhead, vault.owner.office, kind) for kind in forms.kinds}
    shown: Mapping[str, Any] = {**msgspec.to_builtins(letterhead), "series": series}
    if as_json:
        print_json(shown)
    else:
        print_lines([f"{key}：{value}" for key, value in shown.items()])


def _told(ids: tuple[str, ...], words: str, as_json: bool) -> None:
    if as_json:
        print_json({"ids": ids})
    else:
        print_lines([f"{words}  {'  '.join(ids)}"])
