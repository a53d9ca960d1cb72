"""
A line as it stands on the page (typeset/paper.py).

P01 every character stands where the line was set to have it: squeezed, spread out, behind a number
"""

import io
from typing import Any

import pdfplumber
import pytest

from desktop_app.typeset.paper import MM, Faces, Paper, Style, plain

FACES = Faces()
STYLE = Style("body", 9)


@pytest.mark.parametrize(
    "text", ["100（12/12）", "93.0（40/43）", "（2）100（101/101）", "截至2025年底，324家（2024年148家）"]
)
@pytest.mark.parametrize("width", [18.0, 18.6, 19.3, 20.0, 45.0])
def test_p01_where_it_was_set(text: str, width: float) -> None:
    paper, words = Paper(FACES, title="行", author="市总工会"), plain(text, STYLE, "行")
    lines = FACES.lines(words, width)
    paper.page()
    for n, line in enumerate(lines):
        paper.line(20, 20 + 10 * n, words, line)
    drawn = _characters(paper.finish())
    set_at = [cluster.x for line in lines for cluster in line.clusters]
    starts = [cluster.start - lines[0].clusters[0].start for line in lines for cluster in line.clusters]
    assert len(drawn) == len(text)
    assert [drawn[n]["matrix"][4] - 20 * MM for n in starts] == pytest.approx(set_at, abs=0.02)


def _characters(content: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return list(pdf.pages[0].chars)
