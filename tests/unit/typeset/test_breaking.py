"""
Lines of Chinese text (typeset/breaking.py).

B01 no line begins with closing or ends with opening punctuation, and nothing is lost or repeated
B02 numbers, Latin words, —— and …… stay whole; a word longer than a line is cut
B03 every line but the last fills the measure; no line is wider
B04 a mark that just does not fit is squeezed in; opening marks move into their empty half
B05 twenty-eight full-width characters stand in a line of twenty-eight cells, at even distance
"""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.typeset.breaking import CLOSING, OPENING, SetLine, break_lines

EM = 10.0
TEXTS = st.text("工会法律监督提示函，。、；：？！（）《》“”〔〕…—12345abcXYZ.% ", min_size=1, max_size=200)


def advance_of(text: str) -> list[float]:
    return [EM / 2 if ord(char) < 256 else EM for char in text]


def lines_of(text: str, n_chars: float = 12, **how: Any) -> list[tuple[str, SetLine]]:
    widths = advance_of(text)
    found = break_lines(text, widths.__getitem__, n_chars * EM, **how)
    return [("".join(text[one.start : one.end] for one in line.clusters), line) for line in found]


@given(TEXTS)
def test_b01_forbidden_ends_and_whole_text(text: str) -> None:
    found = [line for line, _ in lines_of(text)]
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    for at, line in enumerate(found):
        if at and line and not _is_unbreakable(text):
            assert line[0] not in CLOSING
        if at + 1 < len(found) and line and not _is_unbreakable(text):
            assert line[-1] not in OPENING


def _is_unbreakable(text: str) -> bool:
    """A run of marks longer than a line leaves no place to break at."""
    marks = "".join(CLOSING | OPENING) + "0123456789abcXYZ.% "
    return re.search(f"[{re.escape(marks)}]{{9,}}", text) is not None


@pytest.mark.parametrize("whole", ["1234567890", "union-desk", "3.14%", "——", "……", "2025-03-05"])
@pytest.mark.parametrize("before", range(12))
def test_b02_stays_whole(whole: str, before: int) -> None:
    found = [line for line, _ in lines_of("工" * before + whole + "会" * 9)]
    assert sum(whole in line for line in found) == 1


def test_b02_endless_word_is_cut() -> None:
    found = [line for line, _ in lines_of("工会" + "a" * 300 + "会")]
    assert max(map(len, found)) <= 24
    assert "".join(found) == "工会" + "a" * 300 + "会"


@given(TEXTS)
def test_b03_lines_fill_the_measure(text: str) -> None:
    widths = advance_of(text)
    found = break_lines(text, widths.__getitem__, 12 * EM)
    for n, line in enumerate(found):
        assert line.width <= 12 * EM + 1e-6 or len(line.clusters) == 1 or _is_unbreakable(text)
        if n + 1 < len(found) and len(line.clusters) > 1 and not _is_unbreakable(text):
            assert line.width == pytest.approx(12 * EM)


def test_b04_mark_is_squeezed_in() -> None:
    (first, line), (second, _) = lines_of("工会，法律监督提示函意见。书", 12)
    assert (first, second) == ("工会，法律监督提示函意见。"[:13], "书")
    assert line.width == pytest.approx(12 * EM)


def test_b04_opening_mark_moves_left() -> None:
    (_, line), *_ = lines_of("工会（法）律监督提示函意。见书", 12)
    opening = line.clusters[2]
    assert opening.x < 2 * EM


def test_b05_even_cells() -> None:
    ((text, line), *_) = lines_of("工会法律监督提示函意见书" * 3, 28)
    assert len(text) == 28
    assert [round(one.x, 6) for one in line.clusters] == [n * EM for n in range(28)]


def test_b05_indents() -> None:
    found = lines_of("工会法律监督提示函意见书" * 2, 12, first_indent=2 * EM, hanging=EM)
    assert [line.clusters[0].x for _, line in found] == [2 * EM, EM, EM]
    assert lines_of("")[0][0] == ""
