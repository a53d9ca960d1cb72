"""Figures: what an indicator came to, in stored units and as it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.schema.model import Indicator

NO_DATA = "—"
"""Printed where a ratio has no denominator: no data is not zero."""


@dataclass(frozen=True, slots=True)
class Measured:
    """
    An indicator over some records, for one office or for all.

    Attributes:
        amount: In stored units; the numerator of a ratio.
        denominator: Of a ratio only.
        texts: What an event shows, in order of date. days: Their ISO days.
    """

    amount: int = 0
    denominator: int | None = None
    is_approximate: bool = False
    texts: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator with its parts; `by_office` holds every office that has records in it."""

    indicator: Indicator
    total: Measured
    by_office: Mapping[str, Measured] = field(default_factory=dict)


def printed_value(indicator: Indicator, measured: Measured) -> int | float | None:
    """The figure in printed units; None for a ratio without a denominator."""
    if indicator.measure == "ratio":
        if not measured.denominator:
            return None
        return _rounded(100 * measured.amount, measured.denominator, indicator.digits)
    return _rounded(measured.amount, indicator.scale, indicator.digits) if indicator.scale != 1 else measured.amount


def printed_text(indicator: Indicator, measured: Measured) -> str:
    """
    The figure as text without its unit: `6600余`, `141.59`, `82.6`, an event's words, `—` for no data.

    An approximate figure is cut to tens, since a precise one followed by 余 would say two things.
    """
    if indicator.is_words:
        return "；".join(dict.fromkeys(measured.texts)) or NO_DATA
    value = printed_value(indicator, measured)
    if value is None:
        return NO_DATA
    if measured.is_approximate and isinstance(value, int):
        return f"{value // 10 * 10 if value >= 100 else value}余"
    return f"{value:.{indicator.digits}f}" if isinstance(value, float) else str(value)


def change_text(indicator: Indicator, now: int | float | None, before: int | float | None) -> str:
    """
    Printed values against the year before: `+12（+85.7%）`, `-3.5个百分点`, `持平`; `—` where either is not known.
    """
    if now is None or before is None:
        return NO_DATA
    difference = now - before
    digits = indicator.digits if indicator.measure == "ratio" or indicator.scale != 1 else 0
    if round(difference, digits) == 0:
        return "持平"
    words = f"{difference:+.{digits}f}"
    if indicator.measure == "ratio":
        return f"{words}个百分点"
    return f"{words}（{100 * difference / before:+.1f}%）" if before else words


def change_words(indicator: Indicator, now: int | float | None, before: int | float | None) -> str:
    """The same in a sentence: `增长85.7%`, `下降3.5个百分点`, `增加12件` after nought, `持平`; empty when not known."""
    if now is None or before is None:
        return ""
    text = change_text(indicator, now, before)
    if not text.startswith(("+", "-")):
        return text
    is_more = now > before
    if indicator.measure == "ratio":
        return ("提高" if is_more else "下降") + text[1:]
    if before:
        percent = f"{abs(100 * (now - before) / before):.1f}".removesuffix(".0")
        return f"{'增长' if is_more else '下降'}{percent}%"
    return f"增加{text[1:]}{indicator.unit}"


def _rounded(top: int, bottom: int, digits: int) -> int | float:
    """top / bottom, halves up, exact in integers; an int when no digits are asked for."""
    factor = int(10**digits)
    units = (2 * top * factor + bottom) // (2 * bottom)
    return units / factor if digits else units
