"""A county's declared period as the city looks at it: figures beside its own, explanations; then the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.actions.changes import Changes
from desktop_app.actions.declaring import find_period, find_report, own_figures, records_in
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.declaration import check_code, decode_figures, differing
from desktop_app.domain.period import Period
from desktop_app.domain.validate import EXPLANATION
from desktop_app.schema.model import STATE
from desktop_app.schema.suggest import some
from desktop_app.storage.engine import Connection
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault

DECISIONS = ("accept", "return", "refuse")


@dataclass(frozen=True, slots=True)
class DifferentFigure:
    """An indicator whose declared figure is not the one found here, in stored units."""

    key: str
    label: str
    declared: int
    found: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A record of the period with the reason its county gave for what a check asked."""

    record: str
    ledger: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DeclaredPeriod:
    """
    What a county declared of a period.

    Attributes:
        check_code: As declared and printed on the signing sheet. code_here: Over the figures found here; equal
            codes mean equal figures.
    """

    record: str
    office: str
    office_name: str
    period: str
    state: str
    is_nil: bool
    declared_on: str
    filler: str
    leader: str
    n_records: int
    check_code: str
    code_here: str
    different: tuple[DifferentFigure, ...]
    explained: tuple[Explained, ...]
    opinion: str
    reply_by: str


def declared_period(vault: Vault, office: str, label: str) -> DeclaredPeriod:
    """
    What was declared, beside what is found here.

    Raises:
        ActionRefused: period.bad, period.not_declared.
    """
    period = find_period(label)
    with vault.read() as connection:
        report = _report(vault, connection, office, label)
        reading = Reading(vault, connection)
        v = report.values
        found = own_figures(vault, connection, period, office)
        declared = decode_figures(str(v.get("figures", "")))
        indicators = vault.pack.indicators
        different = tuple(
            DifferentFigure(key, indicators[key].label, theirs[0], ours[0])
            for key, (theirs, ours) in differing(declared, found).items()
        )
        return DeclaredPeriod(
            record=report.id,
            office=office,
            office_name=reading.office_name(office),
            period=label,
            state=str(v[STATE]),
            is_nil=bool(v.get("is_nil")),
            declared_on=str(v["declared_on"]),
            filler=str(v["filler"]),
            leader=str(v["leader"]),
            n_records=int(str(v.get("n_records", 0))),
            check_code=str(v.get("check_code", "")),
            code_here=check_code(office, label, found),
            different=different,
            explained=tuple(_explained(vault, connection, period, office, reading)),
            opinion=str(v.get("opinion") or ""),
            reply_by=str(v.get("reply_by") or ""),
        )


def _report(vault: Vault, connection: Connection, office: str, label: str) -> StoredRecord:
    report = find_report(vault, connection, label, office)
    if report is None:
        raise ActionRefused("period.not_declared", office=office, period=label)
    return report


def _explained(vault: Vault, connection: Connection, period: Period, office: str, reading: Reading) -> list[Explained]:
    found: list[Explained] = []
    for key, rows in vault.rows.items():
        ledger = rows.ledger
        if key == PERIOD_REPORT or not ledger.list.period or EXPLANATION not in ledger.fields:
            continue
        found += [
            Explained(record.id, key, reading.title(record), str(record.values[EXPLANATION]))
            for record in records_in(vault, connection, ledger, period)
            if record.office == office and record.values.get(EXPLANATION)
        ]
    return found


def decide_period(
    vault: Vault, office: str, label: str, decision: str, fields: Mapping[str, object] | None = None
) -> Changes:
    """
    Accepts a county's period, returns it or refuses it; travels with the next receipt.

    Args:
        decision: One of `DECISIONS`. fields: `opinion`, and for a return `reply_by`.

    Raises:
        ActionRefused: period.unknown_step, period.not_declared, step_not_open, step_not_yours.
        RecordInvalid: A field that the decision requires.
    """
    if decision not in DECISIONS:
        raise ActionRefused("period.unknown_step", step=decision, known=some(DECISIONS))
    vault.require(PERMITS["period"])
    with vault.read() as connection:
        report = _report(vault, connection, office, label)
    return take_step(vault, report.id, decision, fields or {})
