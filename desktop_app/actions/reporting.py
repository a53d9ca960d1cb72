"""Figures of a period, last year's beside them, and the records behind each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import NO_DATA, Figure, Measured, change_text, printed_text, printed_value
from desktop_app.domain.period import Period, year_before
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause, Indicator
from desktop_app.schema.suggest import hint
from desktop_app.storage.engine import Connection
from desktop_app.storage.indicators import Indicators, one_choice
from desktop_app.storage.lists import list_records
from desktop_app.storage.packages import offices
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import brought_by
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault

Value = int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """
    One line of the indicator table.

    Attributes:
        value: In printed units; None where there is no data.
        text: As printed, without the unit.
        by_office: Office code → value, for every office of the table. parts: The same as measured.
        numerator, denominator: Of a ratio.
        before, before_text: The same period of the year before; None and `—` where nothing is known of it.
        change: Against it, in words.
    """

    indicator: Indicator
    total: Measured
    value: Value
    text: str
    by_office: Mapping[str, Value] = field(default_factory=dict)
    parts: Mapping[str, Measured] = field(default_factory=dict)
    numerator: int | None = None
    denominator: int | None = None
    before: Value = None
    before_text: str = NO_DATA
    change: str = NO_DATA

    @property
    def unit(self) -> str:
        """The unit to print after the text; none after words and after “no data”."""
        return "" if self.indicator.is_words or self.text == NO_DATA else self.indicator.unit

    @property
    def measured_in(self) -> str:
        """The unit of the line in a table, data or none; words have no unit."""
        return "" if self.indicator.is_words else self.indicator.unit

    def total_text(self) -> str:
        """The total with both parts of a ratio."""
        return self.text + _both(self.total)

    def office_text(self, code: str) -> str:
        """An office's figure with both parts of a ratio; an event's words."""
        if self.by_office.get(code) is None:
            return NO_DATA
        measured = self.parts.get(code, Measured())
        return printed_text(self.indicator, measured) + _both(measured)


def _both(measured: Measured) -> str:
    return f"（{measured.amount}/{measured.denominator}）" if measured.denominator else ""


@dataclass(frozen=True, slots=True)
class Report:
    """
    The indicator table of a period.

    Attributes:
        offices: Code → name in the order of the columns.
        silent: Offices that nothing is known of in the period: no figure of their own, and nothing declared.
    """

    period: Period
    offices: dict[str, str]
    rows: list[Row]
    silent: frozenset[str] = frozenset()

    @property
    def before(self) -> Period:
        """The same period of the year before."""
        return year_before(self.period)

    def listed(self) -> list[Row]:
        """The lines of the table, without the parts of ratios and totals."""
        return [one for one in self.rows if one.indicator.listed]

    def row(self, key: str) -> Row:
        """The line of an indicator."""
        return next(one for one in self.rows if one.indicator.key == key)


@dataclass(frozen=True, slots=True)
class Behind:
    """A record behind a figure; `package` is the file that first brought it, empty for this office's own."""

    record_id: str
    ledger: str
    title: str
    office_name: str
    package: str


def make_report(vault: Vault, period: Period, office: str = "", *, compared: bool = False) -> Report:
    """
    Every indicator of the pack over a period.

    Args:
        office: Only this office's records; all when empty.
        compared: With the same period of the year before beside it.

    Raises:
        ActionRefused: office.unknown.
    """
    with vault.read() as connection:
        known = {one.code: one.name for one in offices(connection)}
        if office and office not in known:
            raise ActionRefused("office.unknown", code=office)
        columns = {office: known[office]} if office else known
        indicators = Indicators(vault, connection, period, office)
        figures = {key: indicators.figure(one) for key, one in vault.pack.indicators.items()}
        silent = frozenset(columns.keys() - _heard(vault, connection, period, figures.values()))
        rows = [_row(one, columns, silent) for one in figures.values()]
        if compared:
            earlier = Indicators(vault, connection, year_before(period), office)
            rows = [_compared(one, earlier) for one in rows]
    return Report(period, columns, rows, silent)


def _heard(vault: Vault, connection: Connection, period: Period, figures: Iterable[Figure]) -> set[str]:
    """Offices that something is known of."""
    heard = set(declared_offices(vault, connection, period))
    if period.end >= today(vault.clock).isoformat():
        heard.add(vault.owner.office)  # of a running period the own office knows that there is nothing yet
    for one in figures:
        if one.indicator.measure != "offices" and one.indicator.semantics != "stock":  # a stock lasts by itself
            heard |= {code for code, part in one.by_office.items() if part.amount}
    return heard


def declared_offices(vault: Vault, connection: Connection, period: Period) -> Iterable[str]:
    """Offices that have declared the period, nil reports among them."""
    if PERIOD_REPORT not in vault.rows:
        return []
    frame = Frame(today=today(vault.clock).isoformat())
    where = [Clause("period", "is", period.label)]
    return [one.office for one in list_records(vault, connection, PERIOD_REPORT, where=where, frame=frame)]


def _row(figure: Figure, columns: Collection[str], silent: frozenset[str]) -> Row:
    one, total = figure.indicator, figure.total
    is_ratio = one.measure == "ratio"
    by_office: dict[str, Value] = {}
    for code in columns:
        measured = figure.by_office.get(code, Measured())
        is_known = measured.amount or code not in silent
        by_office[code] = printed_value(one, measured) if is_known else None
    is_known = total.amount or silent != set(columns)
    return Row(
        one,
        total,
        printed_value(one, total) if is_known else None,
        printed_text(one, total) if is_known else NO_DATA,
        by_office,
        figure.by_office,
        total.amount if is_ratio else None,
        total.denominator if is_ratio else None,
    )


def _compared(row: Row, earlier: Indicators) -> Row:
    """The row with last year's figure; a ledger nobody kept then says nothing, not zero."""
    one = row.indicator
    total = earlier.figure(one).total
    is_known = total.amount or one.measure == "offices" or earlier.has_begun(one)
    if not is_known:
        return row
    before = printed_value(one, total)
    change = NO_DATA if one.is_words else change_text(one, row.value, before)
    return replace(row, before=before, before_text=printed_text(one, total), change=change)


def find_indicator(vault: Vault, key: str) -> Indicator:
    """
    Raises:
        ActionRefused: report.unknown_indicator.
    """
    known = vault.pack.indicators
    if key not in known:
        raise ActionRefused("report.unknown_indicator", name=key, hint=hint(key, known))
    return known[key]


def records_behind(vault: Vault, period: Period, key: str, office: str = "", choice: str = "") -> list[str]:
    """
    Ids of the records behind one figure.

    Args:
        choice: `field=code` of a column of a chart: only records with this choice.

    Raises:
        ActionRefused: report.unknown_indicator.
    """
    indicator = find_indicator(vault, key)
    if choice:
        indicator = one_choice(indicator, choice)
    with vault.read() as connection:
        return Indicators(vault, connection, period, office).records(indicator)


def show_behind(vault: Vault, ids: Iterable[str]) -> list[Behind]:
    """Records behind a figure as they are listed, in the order given."""
    wanted = list(ids)
    found: dict[str, Behind] = {}
    with vault.read() as connection:
        reading = Reading(vault, connection)
        packages = brought_by(connection, wanted)
        for rows in vault.rows.values():
            for one in rows.load(connection, [each for each in wanted if each not in found]).values():
                office = reading.office_name(one.office)
                title = reading.title(one)
                found[one.id] = Behind(one.id, one.ledger, title, office, packages.get(one.id, ""))
    return [found[one] for one in wanted if one in found]
