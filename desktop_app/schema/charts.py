"""Charts as data, `forms/reports/charts.toml`: which figures stand side by side, and along what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from desktop_app.schema.model import Indicator, Ledger
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

Along = Literal["month", "office", "choice"]


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One colour of a chart."""

    label: str
    indicator: str


@dataclass(frozen=True, slots=True)
class Chart:
    """
    Columns along months, offices, or the choices of a field.

    Attributes:
        field: Key of the choice field of the indicator's ledger, where `along` is choice.
    """

    key: str
    title: str
    unit: str
    along: Along
    series: tuple[ChartSeries, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class ChartPage:
    """The charts of one page, under its title."""

    title: str
    charts: tuple[Chart, ...] = ()


def read_charts(file: SourceFile, indicators: Mapping[str, Indicator], ledgers: Mapping[str, Ledger]) -> ChartPage:
    """The file of charts; every indicator and field it names must be there."""
    root = file.root()
    root.text("kind")
    title = root.text("title", required=True)
    charts = tuple(_chart(key, table, indicators, ledgers) for key, table in root.named("chart"))
    root.close()
    return ChartPage(title, charts)


def _chart(key: str, table: Table, indicators: Mapping[str, Indicator], ledgers: Mapping[str, Ledger]) -> Chart:
    series = []
    for one in table.tables("series"):
        name = one.text("indicator", required=True)
        if name not in indicators:
            one.fault("form.unknown_indicator", "indicator", name=name, hint=hint(name, indicators))
        elif indicators[name].is_words:
            one.fault("form.bad_chart", "indicator", name=key, detail=f"指标“{name}”是文字，画不成图")
        series.append(ChartSeries(one.text("label", required=True), name))
        one.close()
    along = cast(Along, table.one_of("along", get_args(Along)))
    field = table.text("field", required=along == "choice")
    if along == "choice" and series and series[0].indicator in indicators:
        _check_field(key, table, field, indicators[series[0].indicator], ledgers)
    if not series:
        table.fault("form.bad_chart", name=key, detail="至少要有一个 [[chart.….series]]")
    found = Chart(key, table.text("title", required=True), table.text("unit"), along, tuple(series), field)
    table.close()
    return found


def _check_field(key: str, table: Table, field: str, one: Indicator, ledgers: Mapping[str, Ledger]) -> None:
    fields = ledgers[one.ledger].fields
    if field not in fields:
        table.fault("form.unknown_field", "field", name=field, hint=hint(field, fields))
    elif fields[field].type.name != "choice":
        table.fault("form.bad_chart", "field", name=key, detail=f"字段“{field}”不是单选项")
    elif one.measure not in ("count", "sum"):
        table.fault("form.bad_chart", "series", name=key, detail="按选项分的指标只能是 count 或 sum")
