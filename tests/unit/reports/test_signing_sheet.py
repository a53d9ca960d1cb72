"""
The signing sheet as PDF (reports/signing_sheet.py).

G01 the sample year with every listed indicator is one A4 page, each figure beside its label and unit
G02 the sheet has the check code and its sentence, the numbers, the package, the day, the names, room to sign
G03 every font is embedded and subset, and no other is named
G04 a character no font has stops with its name and place; one that only a later font has is drawn with that
G05 without a font that can be read there is no sheet
G06 a year, a quarter, a month, a nil report each say so
G07 the same sheet gives the same bytes; another day gives others
G08 whatever the lines, it is one page and says how many lines found no room; nothing leaves the margins
G09 nothing is loaded before somebody prints
"""

import io
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import reportlab
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base import fonts
from desktop_app.base.errors import KnownError
from desktop_app.base.fonts import FontFile, Role
from desktop_app.base.paths import forms_dir, sample_dir
from desktop_app.domain.period import period_words
from desktop_app.reports.signing_sheet import LEFT, RIGHT, Line, Sheet, draw_sheet, refuse_unprintable
from desktop_app.schema.load import load_pack, read_files
from desktop_app.typeset import faces

UNASSIGNED = "\u0378"
"""A code point that stands for no character, so no font has it."""

VERA = FontFile(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf", 0, "Vera")
"""A font without Chinese; it comes with the library."""

SHEET = Sheet(
    office="620402",
    office_name="白银区总工会",
    period="2025",
    lines=(Line("法律咨询", "588", "人次"), Line("挽回经济损失", "141.59", "万元"), Line("信访办结率", "100", "%")),
    n_left_out=4,
    is_nil=False,
    n_records=754,
    n_explained=13,
    check_code="K7QD-M2XA",
    package="620402-000017-submission.ghpkg",
    filler="张䶮",
    leader="李喆堃",
    made_on="2026-01-05",
)


@pytest.fixture(scope="module")
def full() -> Sheet:
    """Every listed indicator of the forms with what the summary of 2025 says of it, or a large number."""
    pack = load_pack(read_files(forms_dir()))
    texts = tomllib.loads((sample_dir() / "summary-2025.toml").read_text(encoding="utf-8"))
    listed = [one for one in pack.indicators.values() if one.listed]
    lines = tuple(Line(one.label, texts.get(one.key, "1234567"), one.unit) for one in listed)
    assert len(lines) >= 50
    return replace(SHEET, lines=lines, n_left_out=0)


def _page(content: bytes) -> pypdf.PageObject:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 1
    return pages[0]


def _rows(sheet: Sheet) -> list[str]:
    """The printed lines, spaces between cells made one."""
    text = _page(draw_sheet(sheet)).extract_text(extraction_mode="layout")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _text(sheet: Sheet) -> str:
    return "\n".join(_rows(sheet))


def test_g01_full_sample_year_is_one_page(full: Sheet) -> None:
    page = _page(draw_sheet(full))
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    text = page.extract_text()
    assert [one.label for one in full.lines if one.label not in text] == []
    assert f"列出指标 {len(full.lines)} 项。" in text


def test_g01_figure_stands_beside_its_label(full: Sheet) -> None:
    rows = [row.replace(" ", "") for row in _rows(full)]
    for words in ("挽回经济损失 141.59 万元", "法治体检惠及职工 6600余 人", "建会国有企业职工董事制度覆盖率 82.6 %"):
        assert any(words.replace(" ", "") in row for row in rows), words


def test_g01_long_text_takes_the_width(full: Sheet) -> None:
    line = Line("参加法律知识竞赛", "省总工会“百年工运史 法治伴我行”职工法律知识竞赛")
    assert f"{line.label} {line.text}" in _rows(replace(full, lines=(line, *full.lines[1:])))


def test_g02_what_is_signed() -> None:
    text = _text(SHEET)
    for words in (
        "白银区总工会 2025年度法律保障工作数据上报表",
        "（620402）",
        "制表日期：2026年1月5日",
        "记录 754 条",
        "附情况说明 13 条",
        "列出指标 3 项",
        "没有数据 4 项",
        "620402-000017-submission.ghpkg",
        "市级接收后屏幕显示同一核对码，请核对",
        "填报人：张䶮",
        "审核领导：李喆堃",
        "单位盖章",
    ):
        assert words in text, words
    assert text.count("签字：") == text.count("日期： 年 月 日") == 2


def test_g02_check_code_is_the_largest_text() -> None:
    sizes: dict[float, str] = {}

    def see(text: str, _cm: Any, _tm: Any, _font: Any, size: float) -> None:
        sizes[size] = sizes.get(size, "") + text

    _page(draw_sheet(SHEET)).extract_text(visitor_text=see)
    assert sizes[max(sizes)].strip() == "K7QD-M2XA"


def test_g03_fonts_are_embedded_subsets(full: Sheet) -> None:
    found: Any = _page(draw_sheet(full))["/Resources"]
    used = [one.get_object() for one in found["/Font"].values()]
    assert used
    for font in used:
        assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"])
        embedded = font["/FontDescriptor"]["/FontFile2"]
        assert 0 < len(embedded.get_data()) < 500_000
        assert "/ToUnicode" in font


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"filler": f"张{UNASSIGNED}"}, "填报人"),
        ({"leader": f"李{UNASSIGNED}"}, "审核领导"),
        ({"office_name": f"白银{UNASSIGNED}总工会"}, "单位名称"),
        ({"package": UNASSIGNED}, "数据包"),
        ({"lines": (Line("活动主题", f"共商{UNASSIGNED}共建"),)}, "活动主题"),
    ],
)
def test_g04_missing_glyph(change: dict[str, Any], place: str) -> None:
    with pytest.raises(KnownError) as caught:
        draw_sheet(replace(SHEET, **change))
    assert caught.value.code == "font.missing_glyph"
    assert f"“{place}”" in str(caught.value)
    assert "U+0378" in str(caught.value)


@pytest.mark.parametrize("char", ["\n", "\t", "\u200b", "\ufeff"])
def test_g04_what_cannot_be_seen_is_refused(char: str) -> None:
    with pytest.raises(KnownError) as caught:
        refuse_unprintable({"填报人": f"张{char}三"})
    assert caught.value.code == "font.missing_glyph"
    assert f"U+{ord(char):04X}" in str(caught.value)


def test_g04_rare_names_are_drawn() -> None:
    rare = "䶮㛃喆堃镕珺䓬㙍䲟昇玥甯龑翀昉祎頔煊"
    refuse_unprintable({"填报人": rare})
    assert f"填报人：{rare}" in _text(replace(SHEET, filler=rare))


def test_g04_a_later_font_helps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "find_fonts", _after_vera)
    content = draw_sheet(SHEET)
    assert "法律咨询" in _page(content).extract_text()
    found: Any = _page(content)["/Resources"]
    names = {one.get_object()["/BaseFont"][8:].partition("-")[0] for one in found["/Font"].values()}
    assert len(names) >= 2
    assert any("Vera" in name for name in names)


def _after_vera(role: Role) -> tuple[FontFile, ...]:
    return (VERA, *fonts.find_fonts(role))


def test_g04_blank_is_never_drawn_for_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "find_fonts", lambda _role: (VERA,))
    with pytest.raises(KnownError) as caught:
        draw_sheet(SHEET)
    assert caught.value.code == "font.missing_glyph"
    assert "Vera" in str(caught.value)


@pytest.mark.parametrize("name", ["", "simfang.ttf"])
def test_g05_no_font_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name:
        (tmp_path / name).write_text("no font", encoding="utf-8")
    monkeypatch.setattr(fonts, "font_folders", lambda: [tmp_path])
    monkeypatch.setattr(faces, "font_folders", lambda: [tmp_path])
    for act in (lambda: draw_sheet(SHEET), lambda: refuse_unprintable({})):
        with pytest.raises(KnownError) as caught:
            act()
        assert caught.value.code == "font.missing"
        assert str(tmp_path) in str(caught.value)


def test_g05_a_broken_font_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "simfang.ttf"
    broken.write_text("no font", encoding="utf-8")
    monkeypatch.setattr(faces, "find_fonts", lambda role: (FontFile(broken, 0, "仿宋"), *fonts.find_fonts(role)))
    assert "法律咨询" in _text(SHEET)


@pytest.mark.parametrize(
    ("label", "words"),
    [("2025", "2025年度"), ("2025-Q1", "2025年第一季度"), ("2025-Q4", "2025年第四季度"), ("2025-03", "2025年3月")],
)
def test_g06_period(label: str, words: str) -> None:
    assert period_words(label) == words
    assert f"{words}法律保障工作数据上报表" in _text(replace(SHEET, period=label))


def test_g06_nil_report() -> None:
    text = _text(replace(SHEET, is_nil=True, lines=(), n_records=0, n_explained=0, n_left_out=56))
    assert text.count("零报告") == 1
    assert "为零或没有数据 56 项" in text
    assert "K7QD-M2XA" in text
    assert "零报告" not in _text(SHEET)


def test_g07_same_bytes() -> None:
    assert draw_sheet(SHEET) == draw_sheet(SHEET)
    assert draw_sheet(SHEET) != draw_sheet(replace(SHEET, made_on="2026-01-06"))


def test_g07_same_bytes_from_another_process() -> None:
    code = (
        "import sys; from tests.unit.reports.test_signing_sheet import SHEET; "
        "from desktop_app.reports.signing_sheet import draw_sheet; sys.stdout.buffer.write(draw_sheet(SHEET))"
    )
    root = Path(__file__).resolve().parents[3]
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)
    assert answer.stdout == draw_sheet(SHEET)


WORDS = (
    st.text(alphabet="法律保障工会覆盖率〈《“，。）”；0123456789.Aa%- ", min_size=1, max_size=90)
    .map(str.strip)
    .filter(bool)
)


@given(
    lines=st.lists(st.builds(Line, st.just("要约季签订集体合同企业数"), WORDS, st.sampled_from(["", "人次"]))),
    times=st.sampled_from([1, 1, 5, 15]),
    name=WORDS,
    filler=WORDS,
)
def test_g08_always_one_page(lines: list[Line], times: int, name: str, filler: str) -> None:
    sheet = replace(SHEET, lines=tuple(lines * times), office_name=name, filler=filler)
    places: list[tuple[float, float]] = []

    def see(text: str, _cm: Any, matrix: Any, _font: Any, _size: float) -> None:
        if text.strip():
            places.append((matrix[4], matrix[5]))

    text = _page(draw_sheet(sheet)).extract_text(visitor_text=see)
    listed = re.search(r"列出指标 (\d+) 项", text)
    cut = re.search(r"另有 (\d+) 项本页排不下", text)
    assert listed
    assert int(listed[1]) + (int(cut[1]) if cut else 0) == len(sheet.lines)
    assert text.count("要约季签订集体合同企业数") == int(listed[1])
    assert all(LEFT - 1 <= x < RIGHT and 40 < y < 800 for x, y in places)


def test_g08_smaller_type_before_leaving_out(full: Sheet) -> None:
    text = _text(replace(full, lines=full.lines[:20] * 4))
    assert "列出指标 80 项；没有" not in text
    assert "列出指标 80 项。" in text


def test_g08_what_finds_no_room_is_said(full: Sheet) -> None:
    text = _text(replace(full, lines=full.lines * 4))
    assert re.search(r"另有 \d+ 项本页排不下，见数据包", text)


def test_g08_a_very_long_text_is_cut_with_a_sign() -> None:
    text = _text(replace(SHEET, lines=(Line("文件", "制度" * 400),)))
    assert text.count("制度") < 150
    assert "……" in text


def test_g08_no_line_starts_with_closing_punctuation() -> None:
    rows = _rows(replace(SHEET, lines=(Line("文件", "，".join(["某某制度"] * 30)),)))
    wrapped = [row for row in rows if "某某制度" in row]
    assert len(wrapped) == 3
    assert [row for row in wrapped if row.removeprefix("文件 ").startswith("，")] == []


def test_g09_nothing_loaded_at_import() -> None:
    code = "import sys, desktop_app.cli.app; print('reportlab' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == "False"
