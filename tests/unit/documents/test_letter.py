"""
The page of a letter, read back from the PDF (documents/letter.py; GB/T 9704—2012, 10.1).

D01 type area, rows, cells, red lines, number, title and page number stand where the standard says, to half a millimetre
D02 no line begins or ends with what it may not; the text comes out of the PDF as it went in
D03 the closing is never alone on a page, and stays together
D04 fonts are embedded and cut down; a character that no font has stops the printing with its place
D05 a draft is marked; paper with a printed head gets no red, and everything moved
D06 the same words give the same bytes
D07 titles break between words, in lines of unlike length
D08 what a person may paste: very long, very narrow, nothing at all
"""

import io
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from desktop_app.base.errors import KnownError
from desktop_app.documents.letter import LOWER_RULE, Letter, Setting, draw_letters
from desktop_app.typeset.breaking import CLOSING, OPENING
from desktop_app.typeset.grid import BOTTOM, LEFT, N_ROWS, PITCH, RIGHT, SIZE, TOP, heading_end, headings, paginate
from desktop_app.typeset.paper import MM, Faces
from desktop_app.typeset.title import title_lines

FACES = Faces()
HALF_MM = 0.5
OPENERS = "".join(OPENING)
WORDS = (
    "用人单位应当依法及时足额支付劳动者工资，不得克扣或者无故拖欠；职工认为权益受到侵害的，可以向工会反映。"
    "《中华人民共和国工会法》第二十三条规定：“企业违反劳动法律、法规规定，侵犯职工劳动权益的，工会应当代表职工交涉。”"
    "截至2025年12月31日，涉及128人、金额480.56万元（其中农民工97人）——逐人核对、限期结清……"
)
LETTER = Letter(
    head="白银区总工会",
    doc_no="白区工监提〔2025〕1号",
    title="关于依法及时足额支付劳动者工资的提示函",
    addressee="甘肃某某建筑工程有限责任公司",
    paragraphs=(WORDS,),
    issuer="白银区总工会",
    signed_on="2025-12-31",
    note="联系人：张三，联系电话：0943-8221234",
)


def some_letter(chance: random.Random) -> Letter:
    """A letter of one to four pages with awkward lengths."""
    paragraphs = []
    for n in range(chance.choice([1, 1, 3, 6, 12])):
        start = chance.randrange(len(WORDS))
        text = (WORDS[start:] + WORDS)[: chance.randint(1, 260)].lstrip("".join(CLOSING)).rstrip(OPENERS) or "工会"
        paragraphs.append(chance.choice(["", "一、提示。", "（二）建议。", f"{n + 1}."]) + text)
    enclosures = tuple(
        "职工工资支付情况自查表（样式）"[: chance.randint(3, 15)].rstrip(OPENERS) for _ in range(chance.randrange(4))
    )
    return replace(
        LETTER,
        title="关于" + WORDS[: chance.randint(4, 45)].replace("，", "") + "的提示函",
        addressee=WORDS[: chance.randint(4, 120)].strip("，。；" + OPENERS),
        paragraphs=tuple(paragraphs),
        enclosures=enclosures,
        note=chance.choice(["", LETTER.note]),
        copied_to=chance.choice(["", "白银区人力资源和社会保障局"]),
    )


def pages_of(content: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            page.chars  # noqa: B018 read while the file is open
            page.lines  # noqa: B018 as above
        return list(pdf.pages)


def rows_of(page: Any) -> dict[float, list[Any]]:
    """Baseline in millimetres → characters of body size, from left to right."""
    rows: dict[float, list[Any]] = defaultdict(list)
    for char in page.chars:
        if abs(char["size"] - SIZE) < 0.01:
            rows[round((page.height - char["matrix"][5]) / MM, 1)].append(char)
    return {y: sorted(rows[y], key=lambda one: one["x0"]) for y in sorted(rows)}


def row_number(baseline: float) -> float:
    return (baseline - TOP - 0.88 * SIZE / MM) / PITCH


def test_d01_letter_format() -> None:
    (page,) = pages_of(draw_letters([LETTER], Setting(), FACES))
    red = sorted(one["top"] / MM for one in page.lines if one["stroking_color"] == (1, 0, 0))
    assert len(red) == 4
    head = [c for c in page.chars if c["size"] == 36]
    assert (page.height - head[0]["matrix"][5]) / MM - 0.88 * 36 / MM == pytest.approx(30, abs=HALF_MM)
    assert red[0] == pytest.approx(30 + 36 / MM + 4, abs=HALF_MM)
    assert red[3] == pytest.approx(LOWER_RULE, abs=HALF_MM)
    widths = [one["linewidth"] for one in sorted(page.lines, key=lambda one: one["top"])]
    assert widths[0] > widths[1]
    assert widths[2] < widths[3]
    for one in page.lines:
        assert (one["x0"] / MM, one["x1"] / MM) == pytest.approx((20, 190), abs=HALF_MM)
    rows = rows_of(page)
    number = next(iter(rows.values()))
    assert "".join(c["text"] for c in number) == LETTER.doc_no
    assert number[-1]["x1"] / MM == pytest.approx(RIGHT, abs=HALF_MM)
    title = [c for c in page.chars if c["size"] == 22]
    assert (title[0]["x0"] + title[-1]["x1"]) / 2 / MM == pytest.approx((LEFT + RIGHT) / 2, abs=HALF_MM)
    for y in list(rows)[1:]:
        assert row_number(y) == pytest.approx(round(row_number(y)), abs=HALF_MM / PITCH)


def test_d01_full_page_is_28_by_22() -> None:
    long = replace(LETTER, paragraphs=("工会法律监督提示函意见书" * 120,))
    _, page, *_ = pages_of(draw_letters([long], Setting(), FACES))
    rows = rows_of(page)
    assert [round(row_number(y)) for y in rows] == list(range(N_ROWS))
    assert {len(row) for row in rows.values()} == {28}
    first, last = next(iter(rows)), list(rows)[-1]
    assert first - 0.88 * SIZE / MM == pytest.approx(TOP, abs=HALF_MM)
    assert last + 0.12 * SIZE / MM == pytest.approx(BOTTOM, abs=HALF_MM)
    for row in rows.values():
        assert row[0]["x0"] / MM == pytest.approx(LEFT, abs=HALF_MM)
        assert row[-1]["x1"] / MM == pytest.approx(RIGHT, abs=HALF_MM)
    assert not [one for one in page.lines if one["stroking_color"] == (1, 0, 0)]


def test_d01_page_numbers() -> None:
    long = replace(LETTER, paragraphs=("工会法律监督提示函意见书" * 200,))
    pages = pages_of(draw_letters([long], Setting(), FACES))
    assert len(pages) >= 3
    numbers = [[c for c in page.chars if c["size"] == 14] for page in pages]
    assert numbers[0] == []
    assert ["".join(c["text"] for c in one) for one in numbers[1:3]] == ["— 2 —", "— 3 —"]
    assert numbers[1][0]["x0"] / MM == pytest.approx(LEFT + 14 / MM, abs=HALF_MM)
    assert numbers[2][-1]["x1"] / MM == pytest.approx(RIGHT - 14 / MM, abs=HALF_MM)


def test_d01_signature_stands_over_the_date() -> None:
    (page,) = pages_of(draw_letters([LETTER], Setting(), FACES))
    rows = list(rows_of(page).values())
    texts = ["".join(c["text"] for c in row) for row in rows]
    day, issuer = rows[texts.index("2025年12月31日")], rows[len(texts) - 1 - texts[::-1].index("白银区总工会")]
    middles = [(row[0]["x0"] + row[-1]["x1"]) / 2 / MM for row in (day, issuer)]
    assert middles[0] == pytest.approx(middles[1], abs=HALF_MM)
    assert day[-1]["x1"] / MM == pytest.approx(RIGHT - 4 * 156 / 28, abs=HALF_MM)


@pytest.mark.long
def test_d02_d03_many_letters(sweep: Callable[[int, int], int]) -> None:
    chance = random.Random(9704)
    n_pages = []
    for _ in range(sweep(40, 300)):
        letter = some_letter(chance)
        pages = pages_of(draw_letters([letter], Setting(), FACES))
        n_pages.append(len(pages))
        seen = []
        for page in pages:
            for y, row in rows_of(page).items():
                text = "".join(c["text"] for c in row)
                seen.append(text)
                assert text[0] not in CLOSING or text[0] in ".:", (text, letter)
                assert text[-1] not in OPENING, (text, letter)
                empty_half = SIZE / 2 if row[-1]["text"] in CLOSING else 0  # of a mark that was squeezed in
                assert (row[-1]["x1"] - empty_half) / MM <= RIGHT + HALF_MM
                empty_half = SIZE / 2 if row[0]["text"] in OPENING else 0
                assert (row[0]["x0"] + empty_half) / MM >= LEFT - HALF_MM
                assert -0.1 <= row_number(y) <= N_ROWS - 1 + 0.1 or text == letter.doc_no
        whole = "".join(seen).replace(" ", "")
        for paragraph in letter.paragraphs:
            assert paragraph.replace(" ", "") in whole
        last = ["".join(c["text"] for c in row) for row in rows_of(pages[-1]).values()]
        at = len(last) - 1 - last[::-1].index(letter.issuer)
        assert last[at + 1] == "2025年12月31日"
        assert at >= 1, "text stands above the closing"
    assert min(n_pages) == 1
    assert max(n_pages) >= 4


def test_d03_heading_does_not_end_a_page() -> None:
    for n in range(200, 420, 7):
        letter = replace(LETTER, paragraphs=("工" * n, "一、标题", "会" * 400))
        for page in pages_of(draw_letters([letter], Setting(), FACES))[:-1]:
            last = list(rows_of(page).values())[-1]
            assert "".join(c["text"] for c in last) != "一、标题"


def test_d03_paginate_by_hand() -> None:
    row: Any = object.__new__(type("Row", (), {"stays_with_next": False}))
    assert [len(page) for page in paginate([row] * 10, 4, 8)] == [10]
    assert [len(page) for page in paginate([row] * 11, 4, 8)] == [9, 2]
    assert [len(page) for page in paginate([row] * 14, 4, 8)] == [12, 2]
    assert [len(page) for page in paginate([row] * 15, 4, 8)] == [14, 1]


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="poppler is not to be had on this system")
def test_d04_fonts_are_embedded_and_cut_down(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(draw_letters([replace(LETTER, note="联系人：䶮𬭼")], Setting(), FACES))
    command = ["pdffonts", str(path)]
    table = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()[2:]
    assert len(table) >= 3
    for line in table:
        assert line.split()[-5:-2] == ["yes", "yes", "yes"], line
        assert "+" in line.split()[0]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"paragraphs": ("工会", "法律\U000e0041监督")}, "正文第 2 段"),
        ({"addressee": "某\u200b公司"}, "主送"),
        ({"title": "关于\U0010fffd"}, "标题"),
        ({"note": "\ue000"}, "附注"),
        ({"head": "\ue000"}, "发文机关标志"),
    ],
)
def test_d04_missing_character_stops(changed: dict[str, Any], place: str) -> None:
    with pytest.raises(KnownError) as caught:
        draw_letters([replace(LETTER, **changed)], Setting(), FACES)
    assert caught.value.code == "font.missing_glyph"
    assert place in str(caught.value)


def test_d05_draft_and_printed_head() -> None:
    (draft,) = pages_of(draw_letters([LETTER], Setting(is_draft=True), FACES))
    assert "".join(c["text"] for c in draft.chars if c["size"] > 100) == "草稿"
    (plain,) = pages_of(draw_letters([LETTER], Setting(), FACES))
    shifted = Setting(is_preprinted=True, shift=(1.5, -2.0))
    (page,) = pages_of(draw_letters([LETTER], shifted, FACES))
    assert not page.lines
    assert not [c for c in page.chars if c["size"] == 36]
    before, after = (next(c for c in one.chars if c["size"] == 22) for one in (plain, page))
    assert (after["x0"] - before["x0"]) / MM == pytest.approx(1.5, abs=0.05)
    assert (after["top"] - before["top"]) / MM == pytest.approx(-2.0, abs=0.05)


def test_d06_same_bytes() -> None:
    assert draw_letters([LETTER], Setting(), FACES) == draw_letters([LETTER], Setting(), Faces())


def test_d06_a_letter_of_a_batch_is_the_letter_alone() -> None:
    """What the letters of a batch share is set once, and stands where it would stand in a letter by itself."""
    shared = replace(LETTER, paragraphs=("一、工资。" + "应当及时足额支付。" * 60, "二、台账。" + "应当逐日登记。" * 9))
    first = replace(shared, title="短标题的函")
    moved = replace(shared, title="关于依法及时足额支付劳动者工资并按规定建立考勤与工资支付台账的提示函")
    swapped = replace(shared, paragraphs=shared.paragraphs[::-1])
    letters = [first, moved, swapped, replace(moved, addressee="另一家用人单位"), first]
    together = pages_of(draw_letters(letters, Setting(), FACES))
    alone = [page for one in letters for page in pages_of(draw_letters([one], Setting(), FACES))]
    assert [_placed(page) for page in together] == [_placed(page) for page in alone]


def _placed(page: Any) -> list[tuple[str, float, float, float]]:
    return [(c["text"], round(c["x0"], 2), round(c["top"], 2), round(c["size"], 2)) for c in page.chars]


def test_d06_many_addressees_in_one_file() -> None:
    letters = [replace(LETTER, addressee=f"第{n}公司") for n in range(80)]
    pages = pages_of(draw_letters(letters, Setting(), FACES))
    assert len(pages) == 80
    assert "第79公司：" in pages[79].extract_text()


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于依法支付工资的提示函", ["关于依法支付工资的提示函"]),
        ("关于依法及时足额支付劳动者工资的监督意见书", ["关于依法及时足额支付", "劳动者工资的监督意见书"]),
    ],
)
def test_d07_titles(title: str, lines: list[str]) -> None:
    found = title_lines(title, 20)
    assert "".join(found) == title
    assert len(found) == len(lines)


@pytest.mark.parametrize("n", range(21, 75))
def test_d07_title_keeps_words_whole(n: int) -> None:
    title = ("关于做好元旦春节期间职工权益保障和农民工工资支付工作的提示函" * 3)[:n]
    found = title_lines(title, 20)
    assert "".join(found) == title
    assert all(len(line) <= 20 for line in found)
    assert len(found) <= -(-n // 20) + 1
    for before, after in pairwise(found):
        assert after[0] not in "的和、，。》”"
        assert before[-1] not in "《“（"
        for word in ("提示函", "职工", "农民工", "工资"):
            for cut in range(1, len(word)):
                assert not (before.endswith(word[:cut]) and after.startswith(word[cut:]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、提示。正文", (5, "heading")),
        ("一、提示事项", (6, "heading")),
        ("一、这是一句完整的话。", (0, "body")),
        ("（一）小标题。正文", (7, "kai")),
        ("1.不得拖欠", (0, "body")),
        ("正文", (0, "body")),
    ],
)
def test_d02_levels(text: str, expected: tuple[int, str]) -> None:
    assert heading_end(text) == expected


def test_d02_headings_of_one_level_alike() -> None:
    whole = "三、依法落实高温作业待遇。"
    assert headings(["一、安排作息。避开高温", "二、改善条件。配备饮品"]) == [(7, "heading"), (7, "heading")]
    assert headings(["一、安排作息。避开高温", whole, "（一）要求。正文"]) == [(0, "body"), (0, "body"), (6, "kai")]
    assert headings(["一、提示事项", whole]) == [(6, "heading"), (0, "body")]


@pytest.mark.parametrize(
    ("changed", "n_pages"),
    [
        ({"addressee": "甘肃某某建筑工程有限责任公司" * 9}, 1),
        ({"title": "关于做好元旦春节期间职工权益保障和农民工工资支付以及高温天气劳动保护工作的监督意见书"}, 1),
        ({"paragraphs": ()}, 1),
        ({"paragraphs": ("a" * 300,)}, 1),
        ({"paragraphs": (WORDS * 160,)}, 40),
    ],
    ids=["addressee", "title", "nothing", "latin", "forty_pages"],
)
def test_d08_awkward(changed: dict[str, Any], n_pages: int) -> None:
    letter = replace(LETTER, **changed)
    pages = pages_of(draw_letters([letter], Setting(), FACES))
    assert len(pages) >= n_pages
    numbers_apart = [char["text"] for page in pages for char in page.chars if char["size"] != 14]
    whole = "".join(numbers_apart)
    for text in (letter.addressee, letter.title, *letter.paragraphs, letter.issuer, letter.note):
        assert text in whole
    for page in pages:
        for char in page.chars:
            assert char["x1"] / MM <= RIGHT + 6 + HALF_MM
            assert char["x0"] / MM >= LEFT - HALF_MM
