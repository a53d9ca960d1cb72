"""
Ledgers as offices keep them, one trouble at a time and all at once.

M01 titles above, headings in two rows, merged cells; rows that are no records
M02 headings that differ from ours; what was chosen is remembered
M03 every way to write a day
M04 money in 元 and 万元
M05 full-width digits, spaces, line breaks, several phones, yes and no
M06 numbers that a table program has ruined
M07 choices by label, code, near label
M08 the same sheet again changes nothing; rows known again
M09 rows that are wrong go to a file that can be mended and taken in again
M10 old workbooks, several sheets
M11 everything at once
M12 what is done already comes in as done
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.excel.importing import (
    SheetImported,
    SheetPreview,
    import_workbook,
    look_at_workbook,
    preview_workbook,
)
from desktop_app.actions.excel.options import SheetOptions
from desktop_app.actions.reading import show_records
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.base.errors import KnownError
from desktop_app.exchange.opening import open_book
from desktop_app.storage.vault import Vault
from tests.excel.books import PETITION, Book, petition

NOTHING = {"new": 0, "changed": 0, "same": 0, "doubtful": 0, "wrong": 0}
USCC = "91620402MA71ABCD1X"


def counts(**n: int) -> dict[str, int]:
    return {**NOTHING, **n}


def look(vault: Vault, path: Path, ledger: str = "petition", **options: Any) -> SheetPreview:
    return preview_workbook(vault, ledger, path, SheetOptions(**options))


def take(vault: Vault, path: Path, ledger: str = "petition", **options: Any) -> SheetImported:
    return import_workbook(vault, ledger, path, SheetOptions(**options))


def values(vault: Vault, ledger: str = "petition") -> list[dict[str, object]]:
    """Of all records, in the order of entry."""
    found = sorted((one.record for one in show_records(vault, ledger)), key=lambda one: one.id)
    return [dict(one.values) for one in found]


def problems(found: SheetPreview) -> dict[int, list[str]]:
    """Row → codes."""
    return {one.row: [each.code for each in one.problems] for one in found.rows if one.problems}


def refused(code: str, call: Any, *args: Any, **more: Any) -> None:
    with pytest.raises(KnownError) as caught:
        call(*args, **more)
    assert caught.value.code == code


def fields(found: SheetPreview) -> dict[str, str]:
    """Heading → key of the field it is read into."""
    return {one.heading: one.key for one in found.outline.columns}


# --- M01 ------------------------------------------------------------------------------------------


def test_m01_titles_merged_headings_sums_and_feet__ok(vault: Vault, tmp_path: Path) -> None:
    two_rows = ["序号", "登记日期", "来源渠道", "来件人", "来件人", "人次", "事项", "事项", "摘要"]
    below = [None, None, None, "姓名", "电话", None, "类别", "主题", None]
    first, second, third = (petition(n) for n in (1, 2, 3))
    body = [[n, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]] for n, r in enumerate((first, second, third), 1)]
    body[1][2] = None  # merged down from the row above
    rows: list[list[Any]] = [
        ["白银区总工会信访台账"],
        ["填报单位：白银区总工会", None, None, None, "2025年"],
        two_rows,
        below,
        body[0],
        body[1],
        ["小 计", None, None, None, None, 2],
        two_rows,
        body[2],
        ["合计", None, None, None, None, 3],
        ["填表人：张三", None, None, "审核：李四"],
    ]
    merges = ["A1:I1", "D3:E3", "G3:H3", "C5:C6", *(f"{letter}3:{letter}4" for letter in "ABCFI")]
    path = Book(rows, merges=merges).save(tmp_path / "a.xlsx")
    found = look(vault, path)
    assert found.outline.header == "3-4"
    assert found.counts == counts(new=3)
    assert found.skipped == {"sum": [7, 10], "heading": [8], "foot": [11]}
    assert take(vault, path).n_new == 3
    assert [one["channel"] for one in values(vault)] == ["visit"] * 3
    assert [one["phone"] for one in values(vault)] == ["13800000001", "13800000002", "13800000003"]


# --- M02 ------------------------------------------------------------------------------------------


def test_m02_other_headings__remembered(vault: Vault, tmp_path: Path) -> None:
    heads = ["登记时间", "来信来访渠道", "信访人", "联系方式", "信访人次", "类 别", "问题归口", "信访事项摘要"]
    path = Book([heads, petition(1)]).save(tmp_path / "a.xlsx")
    found = look(vault, path)
    sure = {one.heading: one.certainty for one in found.outline.columns}
    assert fields(found) == {
        "登记时间": "registered_on",
        "来信来访渠道": "channel",
        "信访人": "petitioner",
        "联系方式": "phone",
        "信访人次": "n_people",
        "类 别": "class",
        "问题归口": "",
        "信访事项摘要": "summary",
    }
    assert (sure["登记时间"], sure["信访事项摘要"], sure["问题归口"]) == ("usual", "near", "none")
    assert found.outline.missing == ("事项主题",)
    assert take(vault, path, columns={"问题归口": "事项主题", "D": ""}).n_new == 1
    assert values(vault)[0]["topic"] == "wages"
    assert "phone" not in values(vault)[0]
    again = look_at_workbook(vault, "petition", path, SheetOptions())
    chosen = {one.heading: (one.key, one.certainty) for one in again.columns}
    assert chosen["问题归口"] == ("topic", "chosen")
    assert chosen["联系方式"] == ("", "none")  # it was said that it is not to be read


def test_m02_columns_named_wrongly__refused(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition()]).save(tmp_path / "a.xlsx")
    refused("excel.unknown_column", look, vault, path, columns={"登记日": "phone", "ZZ": ""})
    refused("excel.column_field", look, vault, path, columns={"A": "登记日"})
    refused("excel.column_field", look, vault, path, columns={"A": "办理到期"})  # worked out by the program
    refused("excel.field_twice", look, vault, path, columns={"A": "摘要", "B": "摘要"})
    refused("excel.unknown_sheet", look, vault, path, sheet="台帐")
    refused("excel.bad_header", look, vault, path, header="第一行")
    refused("excel.bad_unit", look, vault, path, unit="千元")


# --- M03 ------------------------------------------------------------------------------------------

DAYS: list[tuple[Any, str]] = [
    ("2025.3.5", ""),
    ("2025-03-05", ""),
    ("2025/3/5", ""),
    ("2025年3月5日", ""),
    ("2025年3月5号", ""),
    ("２０２５年３月５日", ""),
    (" 2025 . 3 . 5 ", ""),
    ("2025-03-05 00:00:00", ""),
    (20250305, ""),
    ("20250305", ""),
    (45721, ""),
    ("45721", ""),
    (45721.5, ""),
    (date(2025, 3, 5), ""),
    (45721, 'yyyy"年"m"月"d"日"'),
    (45721, "[$-804]yyyy年m月d日;@"),
    ("3月5日", ""),
    ("3月5号", ""),
    ("3.5", ""),
]


def test_m03_days__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [petition(n, 登记日期=cell) for n, (cell, _) in enumerate(DAYS)]
    formats = {f"A{n}": shape for n, (_, shape) in enumerate(DAYS, 3) if shape}
    found = look(vault, Book([["2025年信访台账"], PETITION, *rows], formats=formats).save(tmp_path / "a.xlsx"))
    assert problems(found) == {}
    assert {text for one in found.rows for label, _, text in one.changes if label == "登记日期"} == {"2025-03-05"}
    assert found.counts == counts(new=len(DAYS))


def test_m03_year_not_known__asked(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition(登记日期="3月5日"), petition(2, 登记日期="2025.3")]).save(tmp_path / "a.xlsx")
    assert problems(look(vault, path)) == {2: ["excel.no_year"], 3: ["value.date"]}
    assert problems(look(vault, path, year=2024)) == {3: ["value.date"]}
    named = Book([PETITION, petition(登记日期="3月5日")]).save(tmp_path / "2023年台账.xlsx")
    assert look(vault, named).outline.year == 2023
    two = Book([["2023年至2024年"], PETITION, petition(登记日期="3月5日")]).save(tmp_path / "b.xlsx")
    assert problems(look(vault, two)) == {3: ["excel.no_year"]}


# --- M04 ------------------------------------------------------------------------------------------

RISK = ["发现日期", "风险所在", "区域", "风险类型", "等级", "涉及人数", "涉及金额"]


def risk(amount: Any, n: int = 1) -> list[Any]:
    return [date(2025, 3, n), "区域", "白银区", "欠薪", "橙", 12, amount]


MONEY: list[tuple[str, str, dict[str, Any], list[Any], list[int]]] = [
    ("涉及金额", "", {}, [12.5, "¥1,234.50", 0.1 + 0.2, 100 / 3, "1.5万元"], [1250, 123_450, 30, 3333, 1_500_000]),
    ("涉及金额（万元）", "", {}, [12.5, "12.5", "１２．５万元", "800元"], [12_500_000] * 3 + [80_000]),
    ("涉及金额", "单位：万元", {}, [12.5], [12_500_000]),
    ("涉及金额（元）", "单位：万元", {}, [12.5], [1250]),
    ("涉及金额", "", {"unit": "万元"}, [12.5], [12_500_000]),
]


@pytest.mark.parametrize(("heading", "above", "options", "cells", "fen"), MONEY, ids=range(len(MONEY)))
def test_m04_money__ok(
    vault: Vault, tmp_path: Path, heading: str, above: str, options: dict[str, Any], cells: list[Any], fen: list[int]
) -> None:
    rows = [risk(cell, n) for n, cell in enumerate(cells, 1)]
    path = Book([[above], [*RISK[:-1], heading], *rows]).save(tmp_path / "a.xlsx")
    assert take(vault, path, "risk", with_doubtful=True, **options).left_out == 0
    assert [one["amount_fen"] for one in values(vault, "risk")] == fen


# --- M05 ------------------------------------------------------------------------------------------


CELLS: list[tuple[str, Any, str, Any]] = [
    ("人次", "１２", "n_people", 12),
    ("人次", " 1 2 人次", "n_people", 12),
    ("人次", 12.0, "n_people", 12),
    ("来件人", "张 三\n李四", "petitioner", "张 三李四"),
    ("摘要", "欠薪\n三个月", "summary", "欠薪三个月"),
    ("电话", 13800138000, "phone", "13800138000"),
    ("电话", "１３８　００１３　８０００", "phone", "13800138000"),
    ("电话", "13800138000、13900139000", "phone", "13800138000、13900139000"),
    ("电话", "13800138000\n0943-8221234", "phone", "13800138000、0943-8221234"),
    ("电话", "13800138000 / 13900139000", "phone", "13800138000、13900139000"),
    ("电话", "无", "phone", None),
    ("电话", "/", "phone", None),
]


def test_m05_what_cells_hold__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [petition(n, **{heading: cell}) for n, (heading, cell, _, _) in enumerate(CELLS)]
    assert take(vault, Book([PETITION, *rows]).save(tmp_path / "a.xlsx")).n_new == len(CELLS)
    found = values(vault)
    assert [found[n].get(key) for n, (_, _, key, _) in enumerate(CELLS)] == [value for _, _, _, value in CELLS]


FLAGS = [
    *((cell, True) for cell in ("是", "√", "有", "✓", "重信重访", True, 1)),
    *((cell, False) for cell in ("否", "无", "×", False, 0)),
    (None, None),
]


def test_m05_yes_and_no__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [[*petition(n), cell] for n, (cell, _) in enumerate(FLAGS)]
    path = Book([[*PETITION, "重信重访"], *rows]).save(tmp_path / "a.xlsx")
    assert take(vault, path).n_new == len(FLAGS)
    assert [one.get("is_repeated") for one in values(vault)] == [value for _, value in FLAGS]


# --- M06 ------------------------------------------------------------------------------------------


def test_m06_identity_numbers_ruined__told(vault: Vault, tmp_path: Path) -> None:
    cells = [5.10322e17, 620402199001011234, "5.10322E+17", "６.20402E+17"]
    rows = [[*petition(n), cell] for n, cell in enumerate(cells)]
    path = Book([[*PETITION, "身份证号码"], *rows]).save(tmp_path / "a.xlsx")
    assert problems(look(vault, path)) == {n: ["excel.ruined_number"] for n in range(2, 6)}


# --- M07 ------------------------------------------------------------------------------------------


def test_m07_choices__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [petition(n, 来源渠道=cell) for n, cell in enumerate(("来访", "visit", "来 访", " 来访。"))]
    assert take(vault, Book([PETITION, *rows]).save(tmp_path / "a.xlsx")).n_new == 4
    assert [one["channel"] for one in values(vault)] == ["visit"] * 4


def test_m07_near_choice__doubtful_then_remembered(vault: Vault, tmp_path: Path) -> None:
    rows = [PETITION, petition(1, 来源渠道="来访接待"), petition(2, 来源渠道="飞鸽传书")]
    path = Book(rows).save(tmp_path / "a.xlsx")
    assert problems(look(vault, path)) == {2: ["excel.near_value"], 3: ["value.choice"]}
    assert take(vault, path).n_new == 0
    assert values(vault) == []
    assert take(vault, path, with_doubtful=True).n_new == 1
    assert values(vault)[0]["channel"] == "visit"
    more = Book([PETITION, petition(9, 来源渠道="来访接待")]).save(tmp_path / "b.xlsx")
    assert look(vault, more).counts == counts(new=1)


# --- M08 ------------------------------------------------------------------------------------------


def test_m08_same_sheet_again__nothing(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, *map(petition, range(1, 6))]).save(tmp_path / "a.xlsx")
    assert take(vault, path).n_new == 5
    before = values(vault)
    again = take(vault, path)
    assert again.preview.counts == counts(same=5)
    assert again.changes.ledgers == frozenset()
    assert values(vault) == before


def test_m08_changed_row__only_what_differs(vault: Vault, tmp_path: Path) -> None:
    take(vault, Book([PETITION, petition(1), petition(2)]).save(tmp_path / "a.xlsx"))
    record = show_records(vault, "petition")[0].record
    edit_record(vault, record.id, {"remark": "在程序里写的"})
    path = Book([PETITION, petition(1, 人次=7, 电话=None), petition(2), petition(3)]).save(tmp_path / "b.xlsx")
    found = look(vault, path)
    assert found.counts == counts(new=1, changed=1, same=1)
    assert next(one for one in found.rows if one.kind == "changed").changes == (("人次", "1人次", "7人次"),)
    take(vault, path)
    assert [one["n_people"] for one in values(vault)] == [7, 1, 1]
    assert values(vault)[0]["phone"] == "13800000001"  # an empty cell leaves what is there
    assert "在程序里写的" in [one.get("remark") for one in values(vault)]


def test_m08_rows_alike__doubtful(vault: Vault, tmp_path: Path) -> None:
    path = Book([PETITION, petition(1), petition(1), petition(1, 人次=2)]).save(tmp_path / "a.xlsx")
    assert problems(look(vault, path)) == {3: ["excel.same_row"], 4: ["excel.same_row"]}
    assert take(vault, path, with_doubtful=True).n_new == 3
    assert look(vault, path).counts == counts(same=3)


def test_m08_number_given_twice__wrong(vault: Vault, tmp_path: Path) -> None:
    heads = ["单位名称", "统一社会信用代码", "所在县区", "行业门类", "经济类型", "职工人数", "已建会"]
    row = ["甲公司", USCC, "白银区", "制造业", "国有", 120, "否"]
    path = Book([heads, row, [*row[:5], 130, "否"]]).save(tmp_path / "a.xlsx")
    found = look(vault, path, "employer")
    assert [code for codes in problems(found).values() for code in codes if code != "value.uscc_check"] == [
        "excel.same_row"
    ]
    assert take(vault, path, "employer").n_new == 1
    fresh = Book([heads, [*row[:5], 130, "否"]]).save(tmp_path / "b.xlsx")
    assert look(vault, fresh, "employer").counts == counts(changed=1)


def test_m08_references_by_name_and_code__ok(vault: Vault, tmp_path: Path) -> None:
    employer = {"region": "620402", "industry": "C", "economy": "state", "n_workers": 10, "has_union": False}
    ids = add_records(
        vault,
        "employer",
        [
            Given({**employer, "name": "甲公司", "uscc": USCC}),
            Given({**employer, "name": "乙公司", "uscc": "91620402MA71ABCD2X"}),
            Given({**employer, "name": "乙公司", "uscc": "91620402MA71ABCD3X"}),
        ],
    ).record_ids
    heads = [*PETITION, "涉事单位名称"]
    named = ["甲公司", USCC, "乙公司", "丙公司"]
    path = Book([heads, *([*petition(n), one] for n, one in enumerate(named, 1))]).save(tmp_path / "a.xlsx")
    assert problems(look(vault, path)) == {4: ["excel.reference_many"], 5: ["excel.reference_unknown"]}
    take(vault, path)
    assert [one["employer"] for one in values(vault)] == [ids[0], ids[0]]


# --- M09 ------------------------------------------------------------------------------------------


def test_m09_left_out_rows__mended_and_taken_in(vault: Vault, tmp_path: Path) -> None:
    heads = ["序号", "登记时间", *PETITION[1:]]
    good, bad, worse = (list(petition(n)) for n in (1, 2, 3))
    bad[0], worse[4] = "13月5日", "很多"
    rows = [["2025年台账"], heads, *([n, *row] for n, row in enumerate((good, bad, worse), 1))]
    path = Book(rows).save(tmp_path / "a.xlsx")
    left = tmp_path / "left.xlsx"
    done = import_workbook(vault, "petition", path, SheetOptions(), rejects=left)
    assert (done.n_new, done.left_out, done.rejects) == (1, 2, left)
    with open_book(left) as book:
        found = [row.cells for row in book.rows("信访事项")]
    assert "2025年" in str(found[0][0])
    assert found[1][:4] == ["未导入的原因", "原行号", "序号", "登记时间"]
    assert [row[1:4] for row in found[2:]] == [[4, 2, "13月5日"], [5, 3, date(2025, 3, 4)]]
    assert "登记日期" in str(found[2][0])
    assert "人次" in str(found[3][0])
    found[2][3], found[3][7] = "5月3日", 4
    mended = Book(found).save(tmp_path / "mended.xlsx")
    assert take(vault, mended).n_new == 2
    assert [one["registered_on"] for one in values(vault)] == ["2025-03-02", "2025-05-03", "2025-03-04"]
    refused("record.file_exists", import_workbook, vault, "petition", path, SheetOptions(), rejects=left)


# --- M10 ------------------------------------------------------------------------------------------


def test_m10_old_workbook__ok(vault: Vault, tmp_path: Path) -> None:
    rows = [["2025年信访台账"], PETITION, petition(1), petition(2, 登记日期="3月9日", 电话=13800138000)]
    path = Book(rows).save_old(tmp_path / "a.xls")
    assert take(vault, path).n_new == 2
    assert [one["registered_on"] for one in values(vault)] == ["2025-03-02", "2025-03-09"]
    assert values(vault)[1]["phone"] == "13800138000"


def test_m10_several_sheets__the_one_like_it(vault: Vault, tmp_path: Path) -> None:
    path = Book([["说明"], ["本表由各县区填报"]], name="封面", more={"明细": [PETITION, petition()]}).save(
        tmp_path / "a.xlsx"
    )
    assert look(vault, path).outline.sheet == "明细"
    refused("excel.no_headings", look, vault, path, sheet="封面")


# --- M11 ------------------------------------------------------------------------------------------


def test_m11_all_at_once__ok(vault: Vault, tmp_path: Path) -> None:
    heads = [
        "序号",
        "登记时间",
        "来信来访渠道",
        "信访人",
        "联系方式",
        "身份证",
        "人 次",
        "类别",
        "主题",
        "信访事项摘要",
        "重信重访",
        "备注",
    ]
    rows: list[list[Any]] = [
        ["白银区总工会 2025年 信访台账"],
        [None, "填报单位：法律保障部"],
        heads,
        [
            1,
            "3月5日",
            "来访",
            "张三",
            "13800138000、13900139000",
            None,
            "３",
            "申诉求决",
            "工资",
            "欠薪\n三个月",
            "√",
            "/",
        ],
        [2, 45722, "来 电", "李四", 13800138001, 5.10322e17, 1, "申诉求决", "工资", "问询", None, None],
        ["小计", None, None, None, None, None, 4],
        heads,
        [3, "2025.3.7", "网上信访", "王五", "—", None, 1, "建议意见", "社保", "咨询社保", "否", "见附件"],
        [4, date(2025, 3, 8), "网上", "赵六", None, "无", "1人次", "建议意见", "政策咨询", "咨询政策", "无", None],
        ["合  计", None, None, None, None, None, 9],
        ["制表：张三"],
    ]
    path = Book(rows, merges=["A1:L1"], more={"Sheet2": [], "说明": [["x"]]}).save(tmp_path / "a.xlsx")
    found = look(vault, path)
    assert found.counts == counts(new=2, doubtful=1, wrong=1)
    assert problems(found) == {5: ["excel.ruined_number"], 8: ["excel.near_value", "excel.near_value"]}
    assert found.skipped == {"sum": [6, 10], "heading": [7], "foot": [11]}
    take(vault, path, with_doubtful=True)
    assert [one["petitioner"] for one in values(vault)] == ["张三", "王五", "赵六"]
    assert values(vault)[0]["is_repeated"] is True
    assert values(vault)[0]["registered_on"] == "2025-03-05"
    assert look(vault, path).counts == counts(same=3, wrong=1)


# --- M12 ------------------------------------------------------------------------------------------


def test_m12_states_by_days_and_by_name__ok(vault: Vault, tmp_path: Path) -> None:
    heads = [*PETITION, "受理日期", "去向", "答复日期", "办结日期"]
    on = [date(2025, 4, n) for n in (1, 2, 3)]
    rows = [
        [*petition(1), None, None, None, None],
        [*petition(2), on[0], "直接办理", None, None],
        [*petition(3), on[0], "直接办理", on[1], None],
        [*petition(4), on[0], "直接办理", on[1], on[2]],
    ]
    take(vault, Book([heads, *rows]).save(tmp_path / "a.xlsx"))
    assert [one["state"] for one in values(vault)] == ["registered", "accepted", "replied", "closed"]
    stated = Book([[*PETITION, "状态"], [*petition(5), "办理中"], [*petition(6), "办结了"], [*petition(4), "已登记"]])
    path = stated.save(tmp_path / "b.xlsx")
    found = look(vault, path)
    assert problems(found) == {3: ["value.choice"], 4: ["excel.state_differs"]}
    assert found.counts == counts(new=1, same=1, wrong=1)
    take(vault, path)
    assert values(vault)[4]["state"] == "accepted"
