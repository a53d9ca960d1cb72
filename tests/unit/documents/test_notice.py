"""
The document format (documents/notice.py; GB/T 9704—2012, section 7).

N01 issuer, number, red line, title, page numbers and imprint stand where the standard says, to half a millimetre
N02 copies stand above the printer's line; a notice of many pages has its imprint on the last one
"""

from dataclasses import replace

import pytest

from desktop_app.documents.letter import Setting
from desktop_app.documents.notice import draw_notice
from desktop_app.typeset.grid import BOTTOM, LEFT, RIGHT, SIZE, TOP
from desktop_app.typeset.paper import MM
from tests.unit.documents.test_letter import FACES, HALF_MM, LETTER, pages_of

NOTICE = replace(
    LETTER,
    title="关于印发2025年普法工作要点的通知",
    doc_no="市工发〔2025〕6号",
    note="",
    paragraphs=("请认真贯彻落实。",),
)


def test_n01_first_page() -> None:
    (page,) = pages_of(draw_notice(NOTICE, Setting(), FACES, printed_on="2025年12月31日"))
    mark = [c for c in page.chars if c["size"] == 48]
    assert "".join(c["text"] for c in mark) == "白银区总工会文件"
    top = (page.height - mark[0]["matrix"][5]) / MM - 0.88 * 48 / MM
    assert top == pytest.approx(TOP + 35, abs=HALF_MM)
    assert (mark[0]["x0"] + mark[-1]["x1"]) / 2 / MM == pytest.approx((LEFT + RIGHT) / 2, abs=HALF_MM)
    (red,) = [one for one in page.lines if one["stroking_color"] == (1, 0, 0)]
    assert (red["x0"] / MM, red["x1"] / MM) == pytest.approx((LEFT, RIGHT), abs=HALF_MM)
    number = [c for c in page.chars if c["size"] == SIZE][: len(NOTICE.doc_no)]
    assert "".join(c["text"] for c in number) == NOTICE.doc_no
    lower = (page.height - number[0]["matrix"][5]) / MM + 0.12 * SIZE / MM
    assert red["top"] / MM - lower == pytest.approx(4, abs=HALF_MM)
    assert "— 1 —" in page.extract_text()
    black = sorted(one["top"] / MM for one in page.lines if one["stroking_color"] != (1, 0, 0))
    assert len(black) == 2
    assert black[-1] == pytest.approx(BOTTOM, abs=3)


def test_n02_imprint_on_the_last_page() -> None:
    long = replace(NOTICE, paragraphs=("工会法律监督提示函意见书" * 150,), copied_to="各县区总工会，各产业工会")
    *first, last = pages_of(draw_notice(long, Setting(), FACES, printed_on="2025年12月31日"))
    assert len(first) >= 2
    assert not any("印发" in page.extract_text().splitlines()[-1] for page in first)
    text = last.extract_text().splitlines()
    assert text[-3].startswith("抄送：各县区总工会")
    assert text[-2].replace(" ", "") == "白银区总工会2025年12月31日印发"
    assert len([one for one in last.lines if one["stroking_color"] != (1, 0, 0)]) == 3
