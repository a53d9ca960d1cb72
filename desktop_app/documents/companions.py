"""What is printed with a letter: 送达回证, 回执, 发文审批单, 整改核验单 (domain.md 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.documents.table import Cell, Form, FormRow, labelled

COMPANIONS: Mapping[str, str] = {
    "receipt": "送达回证",
    "reply": "回执",
    "approval": "发文审批单",
    "verification": "整改核验单",
}


@dataclass(frozen=True, slots=True)
class About:
    """
    The letter that the forms go with; texts as printed, empty where something is not known.

    Attributes:
        recipient: One employer; its uscc may stand in the reply.
        problems: Of the rectification ledger: what was to be done, and the last day.
    """

    office: str
    kind: str
    doc_no: str
    title: str
    recipient: str
    uscc: str = ""
    delivery_way: str = ""
    reply_by: str = ""
    drafter: str = ""
    reviewer: str = ""
    signer: str = ""
    signer_post: str = ""
    signed_on: str = ""
    n_copies: str = ""
    contact: str = ""
    phone: str = ""
    problems: tuple[tuple[str, str], ...] = ()


DAY = "　　　　年　　月　　日"


def companion(name: str, about: About) -> Form:
    """The form of this name, a key of `COMPANIONS`."""
    return {"receipt": _receipt, "reply": _reply, "approval": _approval, "verification": _verification}[name](about)


def _row(label: str, text: str, height: float = 10.0) -> FormRow:
    return labelled((label, text), height=height)


def _receipt(a: About) -> Form:
    return Form(
        f"{a.office}送达回证",
        (
            _row("文书名称", a.title),
            labelled(("发文字号", a.doc_no), ("件数", "1件")),
            _row("受送达单位", a.recipient),
            _row("送达地点", ""),
            labelled(("送达方式", a.delivery_way or "□直接 □留置 □邮寄 □电子"), ("送达时间", DAY), height=14),
            _row("收件人签名（盖章）", "　　　　　　　　　　　　　　　" + DAY, 26),
            _row("代收人及代收理由", "", 22),
            _row("拒收事由和见证人", "", 26),
            labelled(("送达人一", ""), ("送达人二", ""), height=14),
            _row("备注", "", 18),
        ),
        below=("注：受送达单位拒绝签收的，由送达人注明事由，并由见证人签名或者盖章。",),
    )


def _reply(a: About) -> Form:
    return Form(
        "用人单位回执",
        (
            _row("来文字号", a.doc_no),
            labelled(("单位名称", a.recipient), ("统一社会信用代码", a.uscc), height=14),
            _row("自查情况", "", 42),
            _row("采纳或异议", "□全部采纳　□部分采纳　□有异议（请写明理由）", 30),
            _row("整改措施", "", 42),
            labelled(("完成时间", DAY), ("佐证材料", "　　份"), height=12),
            labelled(("联系人", ""), ("联系电话", "")),
            _row("单位盖章", "　　　　　　　　　　　　　　　" + DAY, 26),
        ),
        above=(f"请填写后反馈：{a.office}", f"{a.contact} {a.phone}".strip()),
        below=((f"请于{a.reply_by}前反馈。" if a.reply_by else "请在文书载明的期限内反馈。"),),
        is_cut_off=True,
    )


def _approval(a: About) -> Form:
    return Form(
        f"{a.office}发文审批单",
        (
            _row("文书标题", a.title, 14),
            labelled(("文书类型", a.kind), ("发文字号", a.doc_no)),
            _row("主送", a.recipient, 12),
            labelled(("拟稿", a.drafter), ("日期", "")),
            labelled(("核稿", a.reviewer), ("日期", "")),
            _row("法律顾问意见", "", 34),
            _row("审核意见", "", 34),
            _row("签发", f"{a.signer_post} {a.signer}　　　{a.signed_on}".strip(), 30),
            labelled(("印制份数", a.n_copies), ("用印登记", ""), height=12),
            _row("备注", "", 18),
        ),
    )


def _verification(a: About) -> Form:
    heads = FormRow(
        tuple(
            Cell(text, share, is_label=True, centred=True)
            for text, share in (("序号", 1), ("整改事项", 5), ("时限", 2), ("核验情况", 4))
        )
    )
    problems = a.problems or (("", ""), ("", ""), ("", ""))
    rows = [
        FormRow((Cell(str(n), 1, centred=True), Cell(text, 5), Cell(day, 2), Cell("□完成 □部分 □未完成", 4)), 18)
        for n, (text, day) in enumerate(problems, 1)
    ]
    return Form(
        f"{a.office}整改核验单",
        (
            labelled(("发文字号", a.doc_no), ("被核验单位", a.recipient), height=14),
            heads,
            *rows,
            _row("核验方式", "□实地查看　□查阅资料　□职工访谈　□其他", 12),
            _row("核验结论", "", 30),
            labelled(("核验人一", ""), ("核验人二", ""), height=14),
            labelled(("单位代表", ""), ("核验日期", DAY), height=14),
        ),
    )
