"""Where in a sheet the headings stand, what is said above them, and which rows below are no records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.exchange.cells import Cell, Merge, Row, plain_text
from desktop_app.exchange.headings import Matcher, plain_heading

SEARCHED = 40
"""Headings stand in the first rows or nowhere."""
_DEEPEST = 3
_SUMS = frozenset({"合计", "总计", "小计", "累计", "共计", "本页合计", "本月合计", "本页小计", "本年累计", "总数"})
_FOOT = re.compile(r"(填表|制表|审核|负责人|单位负责|填报|复核|经办|备注|说明|注|联系人|报送)[^:]{0,6}:")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})年")
_UNIT = re.compile(r"(万元|亿元|元)")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The head of a sheet.

    Attributes:
        first, last: Rows of the headings, from 1.
        headings: Column → heading; of headings in several rows the lowest, with those above where it alone says little.
        titles: Texts above the headings.
        words: Every text of the headings, plain.
    """

    first: int
    last: int
    headings: Mapping[int, str]
    titles: tuple[str, ...]
    words: frozenset[str] = frozenset()


def find_layout(rows: Sequence[Row], merges: Sequence[Merge], matcher: Matcher) -> Layout | None:
    """The rows whose texts are most like the ledger's headings; None when none are at all."""
    best: tuple[float, Layout] | None = None
    for at in range(min(len(rows), SEARCHED)):
        for depth in range(1, _DEEPEST + 1):
            layout = layout_at(rows, merges, matcher, rows[at].number, rows[at].number + depth - 1)
            score = _score(layout, matcher) - depth / 100
            if len(layout.headings) >= 2 and score > (best[0] if best else 0):
                best = score, layout
    if best is None or best[0] < 0.5:
        return None
    return best[1]


def layout_at(rows: Sequence[Row], merges: Sequence[Merge], matcher: Matcher, first: int, last: int) -> Layout:
    """The head of a sheet whose headings stand in these rows."""
    by_number = {row.number: row.cells for row in rows}
    lines = [_spread(by_number.get(number, []), number, merges) for number in range(first, last + 1)]
    headings = {}
    for column in range(max((len(line) for line in lines), default=0)):
        parts = [line[column] for line in lines if column < len(line) and line[column]]
        if parts:
            headings[column] = _composed(list(dict.fromkeys(parts)), matcher)
    titles = tuple(plain_text(cell) for row in rows if row.number < first for cell in row.cells if cell is not None)
    words = frozenset(plain_heading(text) for line in lines for text in line if text)
    return Layout(first, last, headings, titles, words)


def _spread(cells: Sequence[Cell], number: int, merges: Sequence[Merge]) -> list[str]:
    """The texts of a row of headings, a text that is merged over several columns in each of them."""
    texts = [" ".join(plain_text(cell).split()) for cell in cells]
    for one in merges:
        if one.top == number and one.right > one.left and one.left < len(texts):
            texts += [""] * (one.right + 1 - len(texts))
            texts[one.left : one.right + 1] = [texts[one.left]] * (one.right + 1 - one.left)
    return texts


def _composed(parts: list[str], matcher: Matcher) -> str:
    """One heading of the parts above each other: the lowest, unless all together are nearer to one of ours."""
    lowest = parts[-1]
    if len(parts) == 1:
        return lowest
    whole = "".join(parts)
    alone, together = matcher.best(lowest), matcher.best(whole)
    if together and (alone is None or together.score > alone.score):
        return whole
    return lowest


def _score(layout: Layout, matcher: Matcher) -> float:
    found: dict[str, float] = {}
    for heading in layout.headings.values():
        if match := matcher.best(heading):
            found[match.key] = max(match.score, found.get(match.key, 0))
    return sum(found.values())


def year_in(texts: Sequence[str]) -> int | None:
    """The one year that is named in titles, names of sheets and of files; None when none or several are."""
    years = {int(one) for text in texts for one in _YEAR.findall("".join(text.split()))}
    return years.pop() if len(years) == 1 else None


def unit_in(text: str) -> str:
    """`元` or `万元` where a heading or a title names a unit of money; else empty."""
    found = _UNIT.findall(text)
    return found[0] if len(set(found)) == 1 else ""


class RowFilter:
    """Tells rows that are no records: sums, headings repeated on each page, who filled it in."""

    def __init__(self, layout: Layout, columns: Sequence[int]) -> None:
        self._words = layout.words
        self._columns = list(columns)

    def reason(self, cells: Sequence[Cell]) -> str:
        """`blank`, `sum`, `heading`, `foot`; empty for a record."""
        texts = [cell for cell in cells[:6] if isinstance(cell, str)]
        if not any(column < len(cells) and cells[column] is not None for column in self._columns):
            first = plain_heading(texts[0]) if texts else ""
            return "sum" if first in _SUMS else "foot" if texts else "blank"
        if not texts:
            return ""
        first = "".join(texts[0].split())
        if plain_heading(first) in _SUMS:
            return "sum"
        filled = sum(cell is not None for cell in cells)
        if filled <= 3 and _FOOT.match(first.replace("：", ":")):
            return "foot"
        if self._is_heading(cells):
            return "heading"
        return ""

    def _is_heading(self, cells: Sequence[Cell]) -> bool:
        """Whether the row says again what the headings say."""
        same = filled = 0
        for column in self._columns:
            cell = cells[column] if column < len(cells) else None
            if cell is None:
                continue
            if not isinstance(cell, str):
                return False
            filled += 1
            same += plain_heading(cell) in self._words
        return filled >= 2 and same == filled
