"""
Letters from draft to escalation (actions/letters.py, signing.py, printing.py, steps.py).

G01 a draft begins with the words of its template; what is given stands over them
G02 the signature takes the next number of office, kind and year, freezes page and words, or leaves no gap
G03 what was signed stays: fields, page, number; a void number is not used again, nor that of a restored letter
G04 the next kind begins with number, delivery and limit of the letter before
G05 every reprint is the same bytes and is counted; a draft is marked and not counted
G06 the forms that go with a letter name it, each recipient once
G07 a complainant's name is in nothing that leaves
G08 half-width punctuation is found and mended
G09 two processes signing at once give no gap and no duplicate
G10 the letterhead is used from then on; the number of an earlier letter stays
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf.pdfa
import pytest

from desktop_app.actions.desk import NewDesk, make_desk
from desktop_app.actions.files import safe_name, write_file
from desktop_app.actions.letterhead import Letterhead, read_letterhead, write_letterhead
from desktop_app.actions.letters import draft_letter, find_template, tidy_letter
from desktop_app.actions.printing import (
    calibration_page,
    form_labels,
    letter_docx,
    preview_letter,
    print_each,
    print_letter,
)
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.actions.steps import take_step
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import ActionRefused, KnownError, RecordInvalid
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import read_files
from desktop_app.storage.packages import Office
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault

FILES = read_files(forms_dir())
PASSPHRASE = "pass-phrase-1"
BASE: dict[str, object] = {
    "kind": "tip",
    "theme": "wage_arrears",
    "addressee": "甘肃某某建筑工程有限公司",
    "n_people": 28,
    "amount_fen": 48_500_000,
    "complainant": "投诉人赵六",
}
SIGNED = {"signer": "王五", "signer_post": "副主席"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2025, 9, 1, 1, tzinfo=UTC))


@pytest.fixture
def desk(tmp_path: Path, clock: SetClock) -> Iterator[Vault]:
    """白银区总工会 with the shipped forms."""
    new = NewDesk(tmp_path / "vault", PASSPHRASE, "经办人", clock, LIGHT)
    vault, _ = make_desk(new, Office("620402", "白银区总工会", "county"), FILES)
    yield vault
    vault.close()


def value(vault: Vault, record: str, key: str) -> Any:
    return show_record(vault, record).record.values.get(key)


def drafted(vault: Vault, **more: object) -> str:
    return draft_letter(vault, {**BASE, **more}).record_ids[0]


def signed(vault: Vault, **more: object) -> str:
    record = drafted(vault, **more)
    take_step(vault, record, "review", {})
    take_step(vault, record, "sign", SIGNED)
    return record


def delivered(vault: Vault, **more: object) -> str:
    record = signed(vault, **more)
    take_step(vault, record, "issue", {"delivery_way": "direct"})
    take_step(vault, record, "deliver", {})
    return record


def text_of(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value.code


# --- G01 ------------------------------------------------------------------------------------------


def test_g01_template_by_kind_and_theme(desk: Vault) -> None:
    record = drafted(desk, closing="请反馈。")
    assert value(desk, record, "subject") == "依法及时足额支付劳动者工资"
    assert "涉及职工28人、金额48.5万元" in value(desk, record, "facts")
    assert value(desk, record, "closing") == "请反馈。"
    assert value(desk, record, "laws") == ["union_23_1", "labor_50", "contract_30", "wages_3"]
    assert (value(desk, record, "reply_days"), value(desk, record, "reply_day_kind")) == (15, "calendar")


def test_g01_labels_and_named_template(desk: Vault) -> None:
    given = {"类型": "提示函", "主题": "高温劳动保护", "主送": "各用人单位", "公开发布": "是"}
    assert "高温" in value(desk, draft_letter(desk, given).record_ids[0], "subject")
    assert value(desk, draft_letter(desk, {**BASE}, template="tip_general").record_ids[0], "laws") == [
        "union_23",
        "labor_88",
    ]
    assert find_template(desk, "", "tip", "other").key == "tip_general"


def test_g01_every_template_can_be_laid_out(desk: Vault) -> None:
    for one in desk.pack.letters.templates.values():
        theme = one.themes[0] if one.themes else "other"
        people = {"investigator_1": "张三", "investigator_2": "李四"}
        record = draft_letter(desk, {**BASE, **people, "kind": one.kind, "theme": theme}, template=one.key)
        text = text_of(print_letter(desk, record.record_ids[0]).content)
        assert "白银区总工会" in text
        assert "{" not in text


def test_g01_bad_input(desk: Vault) -> None:
    assert refused(lambda: draft_letter(desk, {**BASE}, template="tip_wages")) == "letter.unknown_template"
    assert refused(lambda: draft_letter(desk, {**BASE, "kind": "xx"})) == "letter.no_forms"
    with pytest.raises(RecordInvalid):
        draft_letter(desk, {**BASE, "n_people": "很多"})


# --- G02, G03 -------------------------------------------------------------------------------------


def test_g02_numbers_by_kind_and_year(desk: Vault, clock: SetClock) -> None:
    assert [value(desk, signed(desk), "doc_no") for _ in range(3)] == [f"白区工监提〔2025〕{n}号" for n in (1, 2, 3)]
    people = {"investigator_1": "张三", "investigator_2": "李四", "facts": "经查，情况属实。"}
    assert value(desk, signed(desk, kind="opinion", **people), "doc_no") == "白区工监意〔2025〕1号"
    clock.at = datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert value(desk, signed(desk), "doc_no") == "白区工监提〔2026〕1号"


def test_g02_signed_on_names_the_year(desk: Vault, clock: SetClock) -> None:
    clock.at = datetime(2026, 1, 5, 1, tzinfo=UTC)
    record = drafted(desk)
    take_step(desk, record, "review", {})
    take_step(desk, record, "sign", {**SIGNED, "signed_on": "2025-12-31"})
    assert value(desk, record, "doc_no") == "白区工监提〔2025〕1号"


def test_g02_refused_signature_leaves_no_gap(desk: Vault) -> None:
    record = drafted(desk, facts="经查，【查明的事实】。")
    take_step(desk, record, "review", {})
    assert refused(lambda: take_step(desk, record, "sign", SIGNED)) == "letter.open_places"
    assert refused(lambda: take_step(desk, record, "sign", {})) == "record.invalid"
    rare = drafted(desk, addressee="某\ue000公司")
    take_step(desk, rare, "review", {})
    assert refused(lambda: take_step(desk, rare, "sign", SIGNED)) == "font.missing_glyph"
    empty = add_records(desk, "letter", [Given(BASE)]).record_ids[0]
    take_step(desk, empty, "review", {})
    assert refused(lambda: take_step(desk, empty, "sign", SIGNED)) == "letter.empty"
    assert value(desk, record, "state") == "reviewed"
    assert value(desk, signed(desk), "doc_no") == "白区工监提〔2025〕1号"


def test_g02_historic_number(desk: Vault) -> None:
    record = add_records(desk, "letter", [Given(BASE)]).record_ids[0]
    take_step(desk, record, "review", {})
    take_step(desk, record, "sign", {**SIGNED, "doc_no": "白区工监提〔2025〕12号"})
    assert value(desk, record, "signed_pdf") is None
    assert refused(lambda: print_letter(desk, record)) == "letter.on_paper"
    assert value(desk, signed(desk), "doc_no") == "白区工监提〔2025〕13号"
    again = drafted(desk)
    take_step(desk, again, "review", {})
    with pytest.raises(RecordInvalid) as caught:
        take_step(desk, again, "sign", {**SIGNED, "doc_no": "白区工监提〔2025〕12号"})
    assert [one.code for one in caught.value.found] == ["value.not_unique"]


def test_g02_two_in_one_batch_with_one_number(desk: Vault) -> None:
    both = [Given({**BASE, "doc_no": "白区工监提〔2025〕1号"}, f"第 {n} 行") for n in (1, 2)]
    with pytest.raises(RecordInvalid) as caught:
        add_records(desk, "letter", both)
    assert [(one.code, one.place) for one in caught.value.found] == [("value.not_unique", "第 2 行")]


def test_g02_two_investigators(desk: Vault) -> None:
    record = drafted(desk, kind="opinion", facts="经查。", investigator_1="张三")
    with pytest.raises(RecordInvalid) as caught:
        take_step(desk, record, "review", {})
    assert "两名核查人" in str(caught.value)


def test_g03_signed_stays(desk: Vault) -> None:
    record = signed(desk)
    for key, text in (
        ("facts", "改"),
        ("addressee", "别"),
        ("doc_no", "白区工监提〔2025〕9号"),
        ("body_digest", "0"),
    ):
        assert refused(partial(edit_record, desk, record, {key: text})) == "record.frozen"
    assert refused(lambda: delete_record(desk, record)) == "record.not_deletable"
    assert refused(lambda: edit_record(desk, record, {"reply_days": 20})) == "record.needs_reason"
    edit_record(desk, record, {"delivery_way": "post", "reply_days": 20}, note="对方申请延期")
    assert value(desk, record, "reply_days") == 20


def test_g03_void_keeps_its_number(desk: Vault) -> None:
    record = signed(desk)
    take_step(desk, record, "void", {"void_reason": "主送单位有误"})
    assert value(desk, record, "doc_no") == "白区工监提〔2025〕1号"
    assert value(desk, signed(desk), "doc_no") == "白区工监提〔2025〕2号"


def test_g03_kept_page_and_words(desk: Vault) -> None:
    record = signed(desk)
    kept = value(desk, record, "signed_pdf")
    assert [one["name"] for one in kept] == ["白区工监提〔2025〕1号.pdf"]
    assert kept[0]["digest"] == value(desk, record, "body_digest")
    assert value(desk, record, "signed_text").startswith("关于依法及时足额支付劳动者工资的提示函\n甘肃某某")
    report = pikepdf.pdfa.validate_written(io.BytesIO(print_letter(desk, record).content), "2b")
    assert report.passed, report


# --- G04 ------------------------------------------------------------------------------------------


def test_g04_escalation_to_the_last(desk: Vault, clock: SetClock) -> None:
    tip = delivered(desk, investigator_1="张三", investigator_2="李四")
    clock.at = datetime(2025, 9, 20, 1, tzinfo=UTC)
    _, opinion = take_step(desk, tip, "escalate", {}).record_ids
    facts = value(desk, opinion, "facts")
    assert "2025年9月1日向你单位发出提示函（白区工监提〔2025〕1号），2025年9月1日送达，要求于2025年9月16日前" in facts
    assert "逾期未答复" in facts
    assert (value(desk, opinion, "kind"), value(desk, opinion, "previous_letter")) == ("opinion", tip)
    assert (value(desk, opinion, "reply_days"), value(desk, opinion, "reply_day_kind")) == (15, "working")
    assert value(desk, tip, "state") == "escalated"
    edit_record(desk, opinion, {"facts": facts.replace("【查明的事实、涉及的人数、金额和期间】", "拖欠工资")})
    take_step(desk, opinion, "review", {})
    take_step(desk, opinion, "sign", SIGNED)
    take_step(desk, opinion, "issue", {"delivery_way": "direct"})
    take_step(desk, opinion, "refuse", {})
    _, proposal = take_step(desk, opinion, "escalate", {}).record_ids
    assert value(desk, proposal, "addressee") == "【有关行政部门】"
    assert "拒收" in value(desk, proposal, "facts")
    take_step(desk, proposal, "review", {})
    assert refused(lambda: take_step(desk, proposal, "sign", SIGNED)) == "letter.open_places"
    words = value(desk, proposal, "facts").replace("【", "").replace("】", "").replace("\u3000", "")
    edit_record(desk, proposal, {"facts": words, "addressee": "白银区人力资源和社会保障局"})
    take_step(desk, proposal, "sign", SIGNED)
    take_step(desk, proposal, "issue", {"delivery_way": "direct"})
    take_step(desk, proposal, "deliver", {})
    assert refused(lambda: take_step(desk, proposal, "escalate", {})) == "letter.last_kind"


def test_g04_recipients_come_along(desk: Vault) -> None:
    tip = delivered(desk)
    rows = [{"recipient_type": "other", "name": f"第{n}公司", "parent": tip} for n in range(3)]
    add_records(desk, "letter_recipient", [Given(one) for one in rows])
    _, opinion = take_step(desk, tip, "escalate", {}).record_ids
    assert [one.values["name"] for one in show_record(desk, opinion).children["letter_recipient"]] == [
        f"第{n}公司" for n in range(3)
    ]


# --- G05, G06, G07 --------------------------------------------------------------------------------


def test_g05_reprints(desk: Vault) -> None:
    record = drafted(desk)
    draft = print_letter(desk, record)
    assert (draft.is_frozen, value(desk, record, "n_printed")) == (False, 0)
    assert any("替代字体" in one or "仿宋" in one for one in draft.fonts)
    take_step(desk, record, "review", {})
    take_step(desk, record, "sign", SIGNED)
    first, second = print_letter(desk, record), print_letter(desk, record)
    assert first.is_frozen
    assert first.content == second.content
    assert value(desk, record, "n_printed") == 2
    print_letter(desk, record, is_counted=False)
    print_letter(desk, record, form="receipt")
    assert value(desk, record, "n_printed") == 2
    assert not print_letter(desk, record, is_preprinted=True).is_frozen


def test_g05_lost_page_is_said(desk: Vault) -> None:
    record = signed(desk)
    with desk.write() as connection:
        connection.exec_driver_sql("UPDATE attachment SET content = x'00'")
    assert refused(lambda: print_letter(desk, record)) == "letter.pdf_missing"


def test_g05_preview_of_what_is_typed(desk: Vault) -> None:
    seen = preview_letter(desk, {**BASE, "subject": "试拟", "facts": "正在输入的文字"})
    assert "正在输入的文字" in text_of(seen.content)
    assert refused(lambda: preview_letter(desk, {})) == "letter.no_forms"


def test_g06_each_recipient_once(desk: Vault) -> None:
    record = drafted(desk)
    assert refused(lambda: print_letter(desk, record, each=True)) == "letter.no_recipients"
    rows = [{"recipient_type": "other", "name": f"第{n}公司", "parent": record} for n in range(80)]
    add_records(desk, "letter_recipient", [Given(one) for one in rows])
    with pdfplumber.open(io.BytesIO(print_letter(desk, record, each=True).content)) as pdf:
        first = [page for page in pdf.pages if "关于" in (text := page.extract_text()) and "公司：" in text]
        assert len(first) == 80
    single = print_each(desk, record)
    assert len({safe_name(one.name) for one in single}) == 80
    assert "第79公司：" in text_of(single[79].content)
    receipts = text_of(print_letter(desk, record, form="receipt", each=True).content)
    assert all(f"第{n}公司" in receipts for n in range(80))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("receipt", "拒收事由"),
        ("reply", "整改措施"),
        ("approval", "法律顾问意见"),
        ("verification", "核验结论"),
        ("提醒函", "尚未收到书面反馈"),
        ("handover", "移送"),
    ],
)
def test_g06_forms(desk: Vault, form: str, words: str) -> None:
    record = delivered(desk)
    printed = print_letter(desk, record, form=form)
    text = text_of(printed.content).replace("\n", "")
    assert words in text
    assert "白区工监提〔2025〕1号" in text
    assert "白区工监提〔2025〕1号-" in printed.name


def test_g06_unknown_form_and_no_number(desk: Vault) -> None:
    record = drafted(desk)
    assert refused(lambda: print_letter(desk, record, form="envelope")) == "letter.unknown_form"
    assert refused(lambda: print_letter(desk, record, form="reminder")) == "letter.not_signed"
    row = add_records(desk, "letter_recipient", [Given({"recipient_type": "other", "name": "某", "parent": record})])
    assert refused(lambda: print_letter(desk, row.record_ids[0])) == "letter.not_a_letter"


def test_g07_complainant_is_in_nothing_that_leaves(desk: Vault) -> None:
    record = delivered(desk)
    leaving = [
        print_letter(desk, record).content,
        *(print_letter(desk, record, form=one).content for one in form_labels(desk)),
    ]
    assert not any("赵六" in text_of(one) for one in leaving)
    assert "赵六" not in value(desk, record, "signed_text")
    _, opinion = take_step(desk, record, "escalate", {}).record_ids
    assert "赵六" not in str({k: v for k, v in show_record(desk, opinion).record.values.items() if k != "complainant"})


# --- G08, G10 -------------------------------------------------------------------------------------


def test_g08_tidy(desk: Vault) -> None:
    record = drafted(desk, facts="你单位,拖欠\t工资(3个月):请核对!Ratio 1:2, ok")
    tidy_letter(desk, record)
    assert value(desk, record, "facts") == "你单位，拖欠工资（3个月）：请核对！Ratio 1:2, ok"
    assert tidy_letter(desk, record).record_ids == ()


def test_g10_letterhead(desk: Vault) -> None:
    first = signed(desk)
    head = Letterhead(head="白银市白银区总工会", contact="张三", phone="0943-8221234", series={"tip": "白银区工监提"})
    write_letterhead(desk, head)
    assert read_letterhead(desk).issuer == "白银区总工会"
    second = signed(desk)
    assert value(desk, second, "doc_no") == "白银区工监提〔2025〕1号"
    text = text_of(print_letter(desk, second).content)
    assert "白银市白银区总工会" in text
    assert "联系人：张三，联系电话：0943-8221234" in text
    assert "白银市白银区" not in text_of(print_letter(desk, first).content)
    assert "套打校准页" in text_of(calibration_page(desk))


def test_g10_files(desk: Vault, tmp_path: Path) -> None:
    path = tmp_path / "文书.docx"
    write_file(path, letter_docx(desk, signed(desk)))
    assert path.read_bytes().startswith(b"PK")
    with pytest.raises(ActionRefused) as caught:
        write_file(path, b"")
    assert caught.value.code == "record.file_exists"
    assert refused(lambda: write_file(tmp_path / "no" / "folder", b"")) == "cli.file"


# --- G09 ------------------------------------------------------------------------------------------

_SIGN_MANY = """
import json, sys
from pathlib import Path
from desktop_app.actions.steps import take_step
from desktop_app.base.clock import SystemClock
from desktop_app.base.errors import VaultError
from tests.unit.actions.test_letters import FILES, PASSPHRASE, SIGNED, drafted
from desktop_app.storage.vault import open_vault
vault = open_vault(Path(sys.argv[1]), PASSPHRASE, FILES, SystemClock())
def patient(action):
    while True:
        try:
            return action()
        except VaultError as error:  # the other program wrote for as long as we were willing to wait
            if error.code != "vault.locked":
                raise
made = []
for _ in range(int(sys.argv[2])):
    record = patient(lambda: drafted(vault))
    patient(lambda: take_step(vault, record, "review", {}))
    patient(lambda: take_step(vault, record, "sign", SIGNED))
    made.append(record)
vault.close()
print(json.dumps(made))
"""


@pytest.mark.long
def test_g09_two_processes(desk: Vault, sweep: Callable[[int, int], int], clock: SetClock) -> None:
    n = sweep(8, 150)
    command = [sys.executable, "-X", "utf8", "-c", _SIGN_MANY, str(desk.folder), str(n)]
    root = Path(__file__).resolve().parents[3]
    running = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    made = [one for lines in printed for one in json.loads(lines)]
    again = open_vault(desk.folder, PASSPHRASE, FILES, clock)
    numbers = {value(again, one, "doc_no") for one in made}
    again.close()
    year = datetime.now(UTC).year
    assert numbers == {f"白区工监提〔{year}〕{k}号" for k in range(1, 2 * n + 1)}
