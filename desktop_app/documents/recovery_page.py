"""The one page on which a recovery code is kept: large, in groups, with what it can and cannot do."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.typeset.paper import Faces, Paper, Style, plain

LEFT, RIGHT = 28.0, 182.0
_TITLE, _TEXT, _CODE, _SMALL = Style("title", 22), Style("body", 14), Style("heading", 26), Style("body", 11)
_ROW, _LINE = 18.0, 8.0
_IN_A_ROW = 4

_WORDS = (
    "口令全部忘记、管理员不在时，在登录界面“口令”处输入这个恢复码，可以打开密库，随后必须设置新口令。",
    "码中只有字母和数字2至7；输入时不分大小写，横线可以不输。每组最后一位是校验位，输错时会指出是第几组。",
    "拿到这张纸和这台电脑的人都能打开密库：请装入信封、加盖骑缝章，放进保密柜，不要与电脑放在一起，不要拍照。",
    "恢复码只对本密库有效。换发新码后这张纸作废，请当场销毁。口令和恢复码都丢失、又没有设立市级代管的，任何人都不能打开密库。",
)


@dataclass(frozen=True, slots=True)
class RecoveryPage:
    """What stands on it; `made_on` is an ISO day."""

    office: str
    code: str
    made_on: str


def draw_recovery_page(page: RecoveryPage, faces: Faces) -> bytes:
    """
    The page as PDF.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title="恢复码", author=page.office)
    paper.page()
    middle = (LEFT + RIGHT) / 2
    paper.text(middle, 30, "密库恢复码", _TITLE, place="标题", align=0.5)
    paper.text(middle, 46, page.office, _TEXT, place="单位名称", align=0.5, fit=RIGHT - LEFT)
    y = _code(paper, page.code, 64.0) + 10
    for text in _WORDS:
        words = plain(text, _TEXT, "说明")
        for line in faces.lines(words, RIGHT - LEFT, justify=False):
            paper.line(LEFT, y, words, line)
            y += _LINE
        y += 4
    y += 10
    paper.text(LEFT, y, f"制发日期：{page.made_on}", _SMALL, place="日期")
    paper.text(RIGHT, y, "保管人签字：______________　日期：______________", _SMALL, place="签字", align=1)
    return paper.finish()


def _code(paper: Paper, code: str, top: float) -> float:
    """The groups in two rows within a frame, each under its number; the lower edge."""
    groups = code.split("-")
    width = (RIGHT - LEFT) / _IN_A_ROW
    n_rows = -(-len(groups) // _IN_A_ROW)
    bottom = top + n_rows * (_ROW + 6) + 4
    for n, group in enumerate(groups):
        x, y = LEFT + (n % _IN_A_ROW + 0.5) * width, top + 4 + n // _IN_A_ROW * (_ROW + 6)
        paper.text(x, y, str(n + 1), _SMALL, place="组号", align=0.5)
        paper.text(x, y + 7, group, _CODE, place="恢复码", align=0.5, fit=width - 3)
    for at in (top, bottom):
        paper.rule(LEFT, at, RIGHT, at, points=1.2)
    for x in (LEFT, RIGHT):
        paper.rule(x, top, x, bottom, points=1.2)
    return bottom
