"""Figures of a period, and the records behind each."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import NO_DATA, Figure, Measured, printed_text, printed_value
from desktop_app.domain.period import Period
from desktop_app.reports.narrative import plain_text
from desktop_app.schema.model import Indicator
from desktop_app.schema.suggest import hint
from desktop_app.storage.indicators import Indicators
from desktop_app.storage.packages import offices
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Row:
    """
    One line of the indicator table.

    Attributes:
        value: In printed units; None where there is no data.
        text: As printed, without the unit.
        by_office: Office code → value, for every office of the table.
        numerator, denominator: Of a ratio.
    """

    indicator: Indicator
    total: Measured
    value: int | float | None
    text: str
    by_office: dict[str, int | float | None] = field(default_factory=dict)
    numerator: int | None = None
    denominator: int | None = None

    @property
    def unit(self) -> str:
        """The unit to print after the text; none after words and after “no data”."""
        is_words = self.indicator.semantics == "event" and bool(self.indicator.shows)
        return "" if is_words or self.text == NO_DATA else self.indicator.unit


@dataclass(frozen=True, slots=True)
class Report:
    """The indicator table of a period; `offices` is code → name in the order of the columns."""

    period: Period
    offices: dict[str, str]
    rows: list[Row]

    def listed(self) -> list[Row]:
        """The lines of the table, without the parts of ratios and totals."""
        return [one for one in self.rows if one.indicator.listed]

    def row(self, key: str) -> Row:
        """The line of an indicator."""
        return next(one for one in self.rows if one.indicator.key == key)


def make_report(vault: Vault, period: Period, office: str = "") -> Report:
    """
    Every indicator of the pack over a period.

    Args:
        office: Only this office's records; all when empty.

    Raises:
        ActionRefused: office.unknown.
    """
    with vault.read() as connection:
        known = {one.code: one.name for one in offices(connection)}
        if office and office not in known:
            raise ActionRefused("office.unknown", code=office)
        columns = {office: known[office]} if office else known
        indicators = Indicators(vault, connection, period, office)
        rows = [_row(indicators.figure(one), columns) for one in vault.pack.indicators.values()]
    return Report(period, columns, rows)


def _row(figure: Figure, columns: dict[str, str]) -> Row:
    one, total = figure.indicator, figure.total
    is_ratio = one.measure == "ratio"
    by_office: dict[str, int | float | None] = {}
    for code in columns:
        measured = figure.by_office.get(code)
        by_office[code] = printed_value(one, measured) if measured else (None if is_ratio else 0)
    return Row(
        one,
        total,
        printed_value(one, total),
        printed_text(one, total),
        by_office,
        total.amount if is_ratio else None,
        total.denominator if is_ratio else None,
    )


def write_year(vault: Vault, period: Period, narrative: str = "annual") -> str:
    """
    The yearly text as plain text, from the same figures as the table.

    Raises:
        ActionRefused: report.unknown_narrative.
    """
    known = vault.pack.narratives
    if narrative not in known:
        raise ActionRefused("report.unknown_narrative", name=narrative, hint=hint(narrative, known))
    figures = {row.indicator.key: Figure(row.indicator, row.total) for row in make_report(vault, period).rows}
    return plain_text(known[narrative], figures, period)


def records_behind(vault: Vault, period: Period, key: str, office: str = "") -> list[str]:
    """
    Ids of the records behind one figure.

    Raises:
        ActionRefused: unknown_indicator, office.unknown.
    """
    known = vault.pack.indicators
    if key not in known:
        raise ActionRefused("report.unknown_indicator", name=key, hint=hint(key, known))
    with vault.read() as connection:
        return Indicators(vault, connection, period, office).records(known[key])
