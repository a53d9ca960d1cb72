"""A title in lines: words stay whole, and the lines form a trapezoid or a diamond (GB/T 9704—2012, 7.3.1)."""

from __future__ import annotations

import re
from functools import cache

_WORDS = """
关于 工会 劳动法律监督 劳动 法律 监督 提示函 意见书 建议书 移送函 提醒函 职工 劳动者 农民工 女职工 合法 权益 权利
保障 保护 维护 工资 报酬 支付 拖欠 克扣 加班 超时 工时 休息 休假 高温 天气 津贴 社会保险 保险
参加 缴纳 缴费 签订 订立 履行 劳动合同 集体合同 集体协商 协商 要约 用人单位 单位 企业 项目 有限责任公司 有限公司 公司
总工会 区 县 市 两节 期间 元旦 春节 安全 生产 特殊 规定 做好 及时 足额 依法 进一步 规范
加强 开展 治理 问题 工作 情况 整改 落实 处理 查处 行为 通知 工作时间 延长 违法 限期 纠正 回应 有关 侵犯 书面 人员 年度
"""
WORDS = sorted(_WORDS.split(), key=len, reverse=True)
"""Words that a title does not break inside; the longest that fits is taken."""

_NO_START = frozenset("的了和与及或等、，。；：》”）〕")
_NO_END = frozenset("《“（〔在对为向和与及或、")
_WHOLE = re.compile(r"《[^》]*》|“[^”]*”|〔[^〕]*〕|[0-9A-Za-z]+")
_WORD_SPLIT, _BAD_EDGE, _AFTER_OF = 60.0, 90.0, -12.0


def title_lines(title: str, most: int) -> list[str]:
    """
    The title in as few lines as it needs.

    Args:
        most: Full-width characters in a line.
    """
    n_lines = -(-len(title) // most)
    if n_lines <= 1:
        return [title]
    inside = _inside_words(title)

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            return (0.0, (len(title),)) if len(title) - start <= most else (float("inf"), ())
        found: tuple[float, tuple[int, ...]] = (float("inf"), ())
        for end in range(start + 1, min(start + most, len(title) - 1) + 1):
            cost, ends = best(end, left - 1)
            total = cost + _edge(title, end, inside) + _shape(end - start, (ends[0] if ends else end) - end, left)
            found = min(found, (total, (end, *ends)))
        return found

    for n in (n_lines, n_lines + 1):
        cost, ends = best(0, n)
        if cost < _WORD_SPLIT or n > n_lines:
            break
    starts = (0, *ends[:-1])
    return [title[start:end] for start, end in zip(starts, ends, strict=True)] or [title]


def _shape(length: int, following: int, left: int) -> float:
    """Lines of equal length look like a box; one that is clearly shorter or longer gives a trapezoid."""
    difference = length - following
    if left == 2 and difference > 0:
        return abs(difference - 4) * 1.5
    return abs(difference) * 2.0 + (4.0 if difference == 0 else 0.0)


def _edge(title: str, end: int, inside: set[int]) -> float:
    before, after = title[end - 1], title[end]
    cost = _WORD_SPLIT if end in inside else 0.0
    if after in _NO_START or before in _NO_END:
        cost += _BAD_EDGE
    return cost + (_AFTER_OF if before == "的" else 0.0)


def _inside_words(title: str) -> set[int]:
    """Positions that lie within a word."""
    found: set[int] = set()
    for match in _WHOLE.finditer(title):
        if match.end() - match.start() <= 12:
            found.update(range(match.start() + 1, match.end()))
    at = 0
    while at < len(title):
        word = next((one for one in WORDS if title.startswith(one, at)), "")
        found.update(range(at + 1, at + len(word)))
        at += len(word) or 1
    return found
