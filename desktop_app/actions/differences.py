"""Where figures do not agree: what a county declared, and why the parts add up to more than the whole."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.actions.declaring import own_figures
from desktop_app.actions.reporting import Report, Value
from desktop_app.base.clock import today
from desktop_app.domain.declaration import decode_figures, differing
from desktop_app.domain.indicators import Measured, printed_text
from desktop_app.domain.period import Period
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause
from desktop_app.storage.lists import list_records
from desktop_app.storage.packages import offices
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class DeclaredOtherwise:
    """A figure a county declared that its records here do not give."""

    indicator: str
    label: str
    office: str
    office_name: str
    declared: str
    found: str


@dataclass(frozen=True, slots=True)
class Sums:
    """
    A figure whose counties do not add up to the total.

    Attributes:
        counties: The counties' figures added. own: The city's own.
        repeated: What more than one office has, and the total counts once.
    """

    indicator: str
    label: str
    unit: str
    counties: Value
    own: Value
    total: Value
    repeated: Value


def declared_otherwise(vault: Vault, period: Period) -> list[DeclaredOtherwise]:
    """Every figure of the declarations of a period that is not what the records say now."""
    if PERIOD_REPORT not in vault.rows:
        return []
    frame = Frame(today=today(vault.clock).isoformat())
    found: list[DeclaredOtherwise] = []
    with vault.read() as connection:
        names = {one.code: one.name for one in offices(connection)}
        where = [Clause("period", "is", period.label)]
        for report in list_records(vault, connection, PERIOD_REPORT, where=where, frame=frame):
            declared = decode_figures(str(report.values.get("figures", "")))
            ours = own_figures(vault, connection, period, report.office)
            for key, (theirs, own) in differing(declared, ours).items():
                one = vault.pack.indicators[key]
                texts = [printed_text(one, Measured(*cell)) for cell in (theirs, own)]
                name = names.get(report.office, report.office)
                found.append(DeclaredOtherwise(key, one.label, report.office, name, *texts))
    return found


def sums_apart(report: Report, own_office: str) -> list[Sums]:
    """Figures whose counties do not add up to the total: the city's own, and what stands in two ledgers."""
    found = []
    for row in report.listed():
        if row.indicator.measure in ("ratio", "offices") or row.indicator.semantics == "event":
            continue
        counties = sum(value or 0 for code, value in row.by_office.items() if code != own_office)
        own, total = row.by_office.get(own_office) or 0, row.value or 0
        if round(counties - total, row.indicator.digits):
            repeated = round(counties + own - total, row.indicator.digits)
            one = row.indicator
            found.append(Sums(one.key, one.label, one.unit, round(counties, one.digits), own, total, repeated))
    return found
