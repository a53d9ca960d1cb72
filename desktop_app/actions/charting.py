"""The numbers of the charts, from the same indicators as the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from desktop_app.actions.reporting import Report, make_report
from desktop_app.base.clock import today
from desktop_app.domain.charts import Bar, ChartData, ChartSeries, Opens, merged
from desktop_app.domain.indicators import NO_DATA, Figure, Measured, printed_text, printed_value
from desktop_app.domain.period import Period, parse_period, span
from desktop_app.schema.charts import Chart
from desktop_app.schema.model import Indicator
from desktop_app.storage.engine import Connection
from desktop_app.storage.indicators import Indicators, one_choice
from desktop_app.storage.vault import Vault

MOST = 14
"""Categories of one chart; of the offices of a province the last takes in the rest."""

_UNION = "总工会"


def make_charts(vault: Vault, period: Period, report: Report | None = None) -> list[ChartData]:
    """
    The charts of the pack over a period.

    Args:
        report: The table of the same period, when it is at hand: along the offices a chart shows its figures.
    """
    report = report or make_report(vault, period)
    with vault.read() as connection:
        maker = _Maker(vault, connection, period, report)
        return [maker.chart(one) for one in vault.pack.charts.charts]


class _Maker:
    def __init__(self, vault: Vault, connection: Connection, period: Period, report: Report) -> None:
        self._pack = vault.pack
        self._today = today(vault.clock).isoformat()
        self._report = report
        self._period = period
        self._months = {one.label: Indicators(vault, connection, one) for one in months_of(period)}
        self._whole = Indicators(vault, connection, period)

    def chart(self, chart: Chart) -> ChartData:
        categories: list[str] = []
        rows: list[list[Bar]] = []
        for one in chart.series:
            indicator = self._pack.indicators[one.indicator]
            pairs = list(self._bars(chart, indicator))
            categories = [name for name, _ in pairs]
            rows.append([bar for _, bar in pairs])
        if chart.along == "office":
            categories, rows = merged(categories, rows, MOST)
        series = [ChartSeries(one.label, tuple(bars)) for one, bars in zip(chart.series, rows, strict=True)]
        is_lying = chart.along == "choice"
        return ChartData(chart.key, chart.title, chart.unit, tuple(categories), tuple(series), is_lying)

    def _bars(self, chart: Chart, indicator: Indicator) -> Iterator[tuple[str, Bar]]:
        if chart.along == "office":
            row = self._report.row(indicator.key)
            for code, name in self._report.offices.items():
                opens = Opens(indicator.key, self._period.label, code)
                value = row.by_office[code]
                text = NO_DATA if value is None else printed_text(indicator, row.parts.get(code, Measured()))
                yield name.removesuffix(_UNION) or name, Bar(value, text, opens)
        elif chart.along == "month":
            for label, measured in self._months.items():
                period = next(one for one in months_of(self._period) if one.label == label)
                opens = Opens(indicator.key, label)
                is_known = period.start <= self._today
                bar = _bar(measured.figure(indicator), opens) if is_known else Bar(None, NO_DATA, opens)
                yield f"{int(period.start[5:7])}月", bar
        else:
            field = self._pack.ledgers[indicator.ledger].fields[chart.field]
            assert field.choices is not None
            for code, name in field.choices.labels.items():
                choice = f"{field.key}={code}"
                figure = self._whole.figure(one_choice(indicator, choice))
                yield name, _bar(figure, Opens(indicator.key, self._period.label, choice=choice))


def _bar(figure: Figure, opens: Opens) -> Bar:
    value = printed_value(figure.indicator, figure.total)
    return Bar(value, printed_text(figure.indicator, figure.total), opens)


def months_of(period: Period) -> list[Period]:
    """The months a period touches, cut to it; a whole month has its own label."""
    months, day = [], date.fromisoformat(period.start).replace(day=1)
    while day.isoformat() <= period.end:
        whole = parse_period(f"{day.year:04}-{day.month:02}")
        assert whole is not None
        start, end = max(whole.start, period.start), min(whole.end, period.end)
        months.append(whole if (start, end) == (whole.start, whole.end) else span(start, end))
        day = (day + timedelta(days=31)).replace(day=1)
    return months
