"""Statistical forms as data: sheets whose cells hold words or figures, for whoever wants them in a fixed layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from desktop_app.schema.model import Indicator
from desktop_app.schema.narratives import PeriodKind
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

FigurePart = Literal["value", "last_year", "change", "numerator", "denominator", "text"]
EACH = "*"
"""Stands for every office, one beside the other to the right."""

PLACES = ("year", "last_year", "period", "office", "today", "offices")
"""What words may name; `offices` alone in a cell writes their names beside each other to the right."""

_CELL = re.compile(r"[A-Z]{1,2}[1-9]\d{0,3}")
_FIGURE = re.compile(r"(\w+)(?::(\w+))?(?:@(\d{6}|\*))?")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class CellFigure:
    """A figure in a cell; `office` is empty for the total, a code, or `EACH`."""

    indicator: str
    part: FigurePart
    office: str


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet; cells are named like in a spreadsheet, `merged` holds ranges, `widths` those of the columns."""

    name: str
    widths: tuple[int, ...]
    merged: tuple[str, ...]
    words: Mapping[str, str]
    figures: Mapping[str, CellFigure]


@dataclass(frozen=True, slots=True)
class StatisticalForm:
    """One workbook; `kinds` are the kinds of period it is filled for."""

    key: str
    label: str
    kinds: tuple[PeriodKind, ...]
    sheets: tuple[FormSheet, ...]


def read_statistics(file: SourceFile, indicators: Mapping[str, Indicator]) -> StatisticalForm:
    """One file; every cell and figure in it is checked."""
    root = file.root()
    root.text("kind")
    kinds = root.texts("periods") or ("year",)
    for wrong in set(kinds) - set(get_args(PeriodKind)):
        root.fault("form.bad_value", "periods", name="periods", value=wrong, hint="", allowed=get_args(PeriodKind))
    sheets = tuple(_sheet(table, indicators) for table in root.tables("sheet"))
    key = file.name.rpartition("/")[2].removesuffix(".toml")
    found = StatisticalForm(key, root.text("label", required=True), cast(tuple[PeriodKind, ...], kinds), sheets)
    root.close()
    return found


def _sheet(table: Table, indicators: Mapping[str, Indicator]) -> FormSheet:
    words, figures = table.table("words"), table.table("figures", required=True)
    widths = table.value("widths", list) or []
    merged = table.texts("merged")
    for one in merged:
        if not all(_CELL.fullmatch(end) for end in one.split(":")) or one.count(":") != 1:
            table.fault("form.bad_cell", "merged", value=one, detail="合并区域应写成 A1:D1")
    found = FormSheet(
        table.text("name", required=True),
        tuple(int(one) for one in widths if isinstance(one, int)),
        merged,
        {key: _words(words, key) for key in (words.data if words else ()) if words},
        {key: _figure(figures, key, indicators) for key in (figures.data if figures else ()) if figures},
    )
    for key in found.words.keys() & found.figures.keys():
        table.fault("form.bad_cell", "figures", value=key, detail="同一格既有文字又有指标")
    table.close()
    return found


def _words(table: Table, key: str) -> str:
    text = table.text(key)
    _check_cell(table, key)
    for place in _PLACE.findall(text):
        if place not in PLACES:
            table.fault("form.bad_cell", key, value=place, detail=f"文字里只能写 {'、'.join(PLACES)}")
    return text


def _figure(table: Table, key: str, indicators: Mapping[str, Indicator]) -> CellFigure:
    _check_cell(table, key)
    text = table.text(key)
    read = _FIGURE.fullmatch(text)
    if read is None:
        table.fault("form.bad_cell", key, value=text, detail="指标应写成 指标、指标:部分 或 指标@单位")
        return CellFigure("", "value", "")
    name, part, office = read[1], read[2] or "value", read[3] or ""
    if name not in indicators:
        table.fault("form.unknown_indicator", key, name=name, hint=hint(name, indicators))
    elif part in ("numerator", "denominator") and indicators[name].measure != "ratio":
        table.fault("form.bad_cell", key, value=text, detail="只有比率才有分子和分母")
    if part not in get_args(FigurePart):
        table.fault("form.bad_cell", key, value=part, detail=f"部分只能是 {'、'.join(get_args(FigurePart))}")
    return CellFigure(name, cast(FigurePart, part), office)


def _check_cell(table: Table, key: str) -> None:
    if not _CELL.fullmatch(key):
        table.fault("form.bad_cell", key, value=key, detail="格子应写成 A1、B12")
