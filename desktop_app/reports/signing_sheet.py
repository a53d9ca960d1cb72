"""The signing sheet of a declared period (上报签字表): one A4 page that is printed, signed and stamped."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from desktop_app.base.fonts import Role
from desktop_app.domain.period import period_words
from desktop_app.typeset.faces import Fonts

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 20 * MM, 190 * MM, 280 * MM, 15 * MM
LABEL, VALUE, UNIT = 53 * MM, 19 * MM, 13 * MM
"""Widths of the cells of a line; two lines stand side by side."""

PAD = 1.2 * MM
SIZES = tuple(size / 2 for size in range(21, 11, -1))
"""Type sizes of the table, 10.5 down to 6 points: the largest that fits is used."""

PITCH = 1.62
"""Height of a table row in type sizes."""

MOST_LINES = 3
"""A longer text of a line ends in …… after so many."""

CUT = "……"
FOOT = 86 * MM
"""Height below the table: numbers, check code, signatures."""

_UNBROKEN = re.compile(r"[（《“‘]*(?:[0-9A-Za-z.,%/-]+|.)[，。；：、！？）》”’…]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; a long text takes the whole width."""

    label: str
    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    What stands on the sheet.

    Attributes:
        n_left_out: Listed indicators without a line: no data, in a nil report also those that are zero.
        package: Name of the file that carries the records.
        made_on: ISO day.
    """

    office: str
    office_name: str
    period: str
    lines: tuple[Line, ...]
    n_left_out: int
    is_nil: bool
    n_records: int
    n_explained: int
    check_code: str
    package: str
    filler: str
    leader: str
    made_on: str


def draw_sheet(sheet: Sheet) -> bytes:
    """
    The sheet as PDF, its fonts embedded; the same sheet on the same computer gives the same bytes.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 only who prints waits for the library

    out = io.BytesIO()
    fonts = {"body": Fonts("body"), "heading": Fonts("heading")}
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, initialFontName=fonts["body"].first)
    canvas.setTitle(f"{sheet.office_name} {period_words(sheet.period)}法律保障工作数据上报表")
    canvas.setAuthor(sheet.office_name)
    _Page(canvas, fonts, sheet).draw()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def refuse_unprintable(texts: Mapping[str, str]) -> None:
    """
    Stops before anything is done for a sheet that could not be printed afterwards.

    Args:
        texts: Place → text, as they would stand on the sheet.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    fonts = Fonts("body")
    for place, text in texts.items():
        list(fonts.runs(text, place))


class _Page:
    """Draws from top to bottom; `y` is the lower edge of what is there."""

    def __init__(self, canvas: Any, fonts: Mapping[str, Fonts], sheet: Sheet) -> None:
        self._canvas = canvas
        self._fonts = fonts
        self._sheet = sheet

    def draw(self) -> None:
        """The whole page."""
        y = self._head()
        n_cut = self._table(y)
        self._foot(n_cut)

    # Text

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        place: str,
        *,
        align: float = 0,
        role: Role = "body",
        fit: float = 0,
    ) -> float:
        """One line of text, made smaller to `fit` a width; `align` 0 starts at x, 1 ends there. Its width."""
        fonts = self._fonts[role]
        width = fonts.width(text, size, place)
        if fit and width > fit:
            size, width = size * fit / width, fit
        drawn = self._canvas.beginText(x - align * width, y)
        for key, piece in fonts.runs(text, place):
            drawn.setFont(key, size)
            drawn.textOut(piece)
        self._canvas.drawText(drawn)
        return width

    def _wrapped(self, text: str, size: float, width: float, place: str) -> list[str]:
        """The text in lines; numbers stay whole and no line starts with closing punctuation."""
        fonts, lines, used = self._fonts["body"], [""], 0.0
        for part in _UNBROKEN.findall(text):
            for piece in [part] if fonts.width(part, size, place) <= width else part:
                wide = fonts.width(piece, size, place)
                if lines[-1] and used + wide > width:
                    lines.append("")
                    used = 0.0
                lines[-1] += piece
                used += wide
        if len(lines) > MOST_LINES:
            lines = lines[:MOST_LINES]
            while lines[-1] and fonts.width(lines[-1] + CUT, size, place) > width:
                lines[-1] = lines[-1][:-1]
            lines[-1] += CUT
        return lines

    # Parts

    def _head(self) -> float:
        sheet, middle = self._sheet, (LEFT + RIGHT) / 2
        words = f"{period_words(sheet.period)}法律保障工作数据上报表"
        whole = f"{sheet.office_name} {words}"
        y = TOP - 18
        if self._fonts["heading"].width(whole, 18, "单位名称") <= RIGHT - LEFT:
            self._text(middle, y, whole, 18, "单位名称", align=0.5, role="heading")
        else:
            self._text(middle, y, sheet.office_name, 18, "单位名称", align=0.5, role="heading", fit=RIGHT - LEFT)
            y -= 26
            self._text(middle, y, words, 18, "标题", align=0.5, role="heading")
        y -= 24
        who = f"填报单位：{sheet.office_name}（{sheet.office}）"
        self._text(LEFT, y, who, 10.5, "单位名称", fit=115 * MM)
        self._text(RIGHT, y, f"制表日期：{_day(sheet.made_on)}", 10.5, "制表日期", align=1)
        if sheet.is_nil:
            y -= 20
            self._text(LEFT, y, "零报告：本期段内没有新发生的记录。", 10.5, "零报告", role="heading")
        return y - 7

    def _table(self, top: float) -> int:
        """The table between `top` and the foot; how many lines found no room even in the smallest type."""
        lines, room = self._sheet.lines, top - BOTTOM - FOOT
        size, n_fit = SIZES[0], 0
        for size in SIZES:
            n_fit = self._n_fitting(size, room)
            if n_fit == len(lines):
                break
        if n_fit:
            self._draw_table(top, lines[:n_fit], size)
        return len(lines) - n_fit

    def _n_fitting(self, size: float, room: float) -> int:
        """How many of the lines fit into a height."""
        n_narrow = n_wide = 0
        for n, line in enumerate(self._sheet.lines):
            if self._is_narrow(line, size):
                n_narrow += 1
            else:
                n_wide += len(self._wide_text(line, size))
            n_rows = bool(n_narrow) + (n_narrow + 1) // 2 + n_wide
            if n_rows * size * PITCH > room:
                return n
        return len(self._sheet.lines)

    def _is_narrow(self, line: Line, size: float) -> bool:
        """Whether a line can stand beside another."""
        return self._fonts["body"].width(line.text, size, line.label) <= VALUE - 2 * PAD

    def _wide_text(self, line: Line, size: float) -> list[str]:
        return self._wrapped(line.text + line.unit, size, RIGHT - LEFT - LABEL - 2 * PAD, line.label)

    def _draw_table(self, top: float, lines: tuple[Line, ...], size: float) -> None:
        narrow = [one for one in lines if self._is_narrow(one, size)]
        wide = [one for one in lines if not self._is_narrow(one, size)]
        pitch, y = size * PITCH, top
        rises = (pitch - size) / 2 + 0.14 * size  # from the rule below to the baseline
        middle, n_rows = (LEFT + RIGHT) / 2, (len(narrow) + 1) // 2
        if narrow:
            y -= pitch
            for x in (LEFT, middle):
                for at, width, word in ((0, LABEL, "指标"), (LABEL, VALUE, "数值"), (LABEL + VALUE, UNIT, "单位")):
                    place = x + at + width / 2
                    self._text(place, y + rises, word, size, "表头", align=0.5, role="heading", fit=width - 2 * PAD)
            self._rule(y)
        for row in range(n_rows):
            y -= pitch
            for x, at in ((LEFT, row), (middle, row + n_rows)):
                if at < len(narrow):
                    self._line(x, y + rises, narrow[at], size)
            self._rule(y)
        for x in (LABEL, LABEL + VALUE, LABEL + VALUE + UNIT, 2 * LABEL + VALUE + UNIT, RIGHT - LEFT - UNIT):
            self._canvas.line(LEFT + x, top, LEFT + x, y)
        start = y
        for line in wide:
            self._text(LEFT + PAD, y - pitch + rises, line.label, size, line.label, fit=LABEL - 2 * PAD)
            for text in self._wide_text(line, size):
                y -= pitch
                self._text(LEFT + LABEL + PAD, y + rises, text, size, line.label)
            self._rule(y)
        self._canvas.line(LEFT + LABEL, start, LEFT + LABEL, y)
        self._canvas.setLineWidth(1)
        self._canvas.rect(LEFT, y, RIGHT - LEFT, top - y)
        self._canvas.setLineWidth(0.4)

    def _line(self, x: float, y: float, line: Line, size: float) -> None:
        self._text(x + PAD, y, line.label, size, line.label, fit=LABEL - 2 * PAD)
        self._text(x + LABEL + VALUE - PAD, y, line.text, size, line.label, align=1)
        self._text(x + LABEL + VALUE + UNIT / 2, y, line.unit, size, line.label, align=0.5, fit=UNIT - PAD)

    def _rule(self, y: float) -> None:
        self._canvas.setLineWidth(0.4)
        self._canvas.line(LEFT, y, RIGHT, y)

    def _foot(self, n_cut: int) -> None:
        sheet, y = self._sheet, BOTTOM + FOOT - 18
        told = [
            f"记录 {sheet.n_records} 条，其中附情况说明 {sheet.n_explained} 条",
            f"列出指标 {len(sheet.lines) - n_cut} 项",
        ]
        without = "为零或没有数据" if sheet.is_nil else "没有数据"
        told += [f"{without} {sheet.n_left_out} 项"] if sheet.n_left_out else []
        told += [f"另有 {n_cut} 项本页排不下，见数据包"] if n_cut else []
        self._text(LEFT, y, "；".join(told) + "。", 10.5, "记录数", fit=RIGHT - LEFT)
        y -= 17
        self._text(LEFT, y, f"数据包：{sheet.package}", 10.5, "数据包", fit=RIGHT - LEFT)
        self._code(y - 8)
        self._signatures()

    def _code(self, top: float) -> None:
        height = 17 * MM
        y = top - height
        self._canvas.setLineWidth(1)
        self._canvas.rect(LEFT, y, RIGHT - LEFT, height)
        self._text(LEFT + 4 * MM, y + 6.4 * MM, "核对码", 12, "核对码", role="heading")
        self._text(LEFT + 23 * MM, y + 5 * MM, self._sheet.check_code, 28, "核对码", role="heading", fit=64 * MM)
        told = "市级接收后屏幕显示同一核对码，请核对。"
        self._text(RIGHT - 4 * MM, y + 8.4 * MM, told, 10.5, "核对码", align=1)
        self._text(RIGHT - 4 * MM, y + 3.6 * MM, "码中没有数字 0 和 1。", 9, "核对码", align=1)

    def _signatures(self) -> None:
        height, split = 25 * MM, LEFT + 118 * MM
        top = BOTTOM + 2 * height
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(LEFT, BOTTOM, RIGHT - LEFT, 2 * height)
        self._canvas.line(split, BOTTOM, split, top)
        self._canvas.line(LEFT, BOTTOM + height, split, BOTTOM + height)
        for upper, title, name in ((top, "填报人", self._sheet.filler), (top - height, "审核领导", self._sheet.leader)):
            x, y = LEFT + 4 * MM, upper - 9 * MM
            self._text(x, y, f"{title}：{name}", 12, title, fit=110 * MM)
            y = upper - height + 6 * MM
            at = x + self._text(x, y, "签字：", 12, title)
            self._canvas.line(at, y - 2, at + 38 * MM, y - 2)
            self._text(split - 4 * MM, y, "日期：　　　年　　月　　日", 12, title, align=1)
        self._text((split + RIGHT) / 2, BOTTOM + 6 * MM, "（单位盖章）", 12, "单位盖章", align=0.5)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"
