"""Declaring a period: the county checks, states its own figures, and names who filled in and who approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from desktop_app.actions.permits import PERMITS
from desktop_app.actions.reading import Unfinished, check_records
from desktop_app.actions.reporting import Row, make_report
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused, PackageError, Problem, RecordInvalid
from desktop_app.domain.declaration import Figures, check_code, encode_figures
from desktop_app.domain.indicators import NO_DATA
from desktop_app.domain.period import Period, parse_period
from desktop_app.domain.validate import EXPLANATION
from desktop_app.reports.signing_sheet import Line, Sheet, draw_sheet, refuse_unprintable
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import STATE, Clause, Ledger
from desktop_app.storage.engine import Connection
from desktop_app.storage.indicators import Indicators
from desktop_app.storage.lists import list_records
from desktop_app.storage.records import Writing
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault
from desktop_app.sync.stick import write_to_stick

SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands on the signing sheet; `figures` is label, text and unit of each line."""

    office: str
    office_name: str
    period: str
    is_nil: bool
    declared_on: str
    due_by: str
    filler: str
    leader: str
    check_code: str
    n_records: int
    n_explained: int


def find_period(label: str) -> Period:
    """
    Raises:
        ActionRefused: period.bad.
    """
    found = parse_period(label)
    if found is None:
        raise ActionRefused("period.bad", value=label)
    return found


def declare_period(vault: Vault, label: str, *, filler: str, leader: str, is_nil: bool = False) -> Declared:
    """
    States that a period is complete; a second time replaces what was stated, as after a return.

    Raises:
        ActionRefused: office.county_only, period.bad, period.not_over, period.not_nil, period.empty.
        RecordInvalid: Records of the period have errors, or checks that want a reason and have none.
    """
    if vault.owner.role != "county":
        raise ActionRefused("office.county_only")
    period = find_period(label)
    now = today(vault.clock).isoformat()
    if now <= period.end:
        raise ActionRefused("period.not_over", period=label, end=period.end)
    _refuse_unfinished(check_records(vault, period))
    with vault.write(PERMITS["send"]) as connection:
        n_records, n_explained = _counts(vault, connection, period)
        if is_nil and n_records:
            raise ActionRefused("period.not_nil", period=label, n=n_records)
        if not is_nil and not n_records:
            raise ActionRefused("period.empty", period=label)
        figures = own_figures(vault, connection, period, vault.owner.office)
        declared = Declared(
            office=vault.owner.office,
            office_name=vault.owner.name,
            period=label,
            is_nil=is_nil,
            declared_on=now,
            due_by=due_by(vault, period),
            filler=filler,
            leader=leader,
            check_code=check_code(vault.owner.office, label, figures),
            n_records=n_records,
            n_explained=n_explained,
        )
        _write(vault, connection, declared, figures)
    return declared


def _refuse_unfinished(found: list[Unfinished]) -> None:
    problems = [
        Problem(p.code, p.message, f"{one.title}（{one.record.id[:8]}）", p.key, p.level)
        for one in found
        for p in one.problems
        if p.level != "hint"
    ]
    if problems:
        raise RecordInvalid("period.unfinished", problems)


def _counts(vault: Vault, connection: Connection, period: Period) -> tuple[int, int]:
    """Records of this office in the period, and those with an explanation."""
    n_records = n_explained = 0
    for key, rows in vault.rows.items():
        if key == PERIOD_REPORT or not rows.ledger.list.period:
            continue
        for record in records_in(vault, connection, rows.ledger, period):
            if record.office == vault.owner.office:
                n_records += 1
                n_explained += EXPLANATION in record.values
    return n_records, n_explained


def records_in(vault: Vault, connection: Connection, ledger: Ledger, period: Period) -> list[StoredRecord]:
    """Records of a ledger whose own date lies in a period."""
    on = ledger.list.period
    if ledger.fields[on].type.day_like:
        where = [Clause(on, "not_before", period.start), Clause(on, "not_after", period.end)]
    else:
        where = [Clause(on, "in", period.labels_within())]
    return list_records(vault, connection, ledger.key, where=where, frame=Frame(today=today(vault.clock).isoformat()))


def own_figures(vault: Vault, connection: Connection, period: Period, office: str) -> Figures:
    """The listed indicators of one office over a period, in stored units."""
    indicators = Indicators(vault, connection, period, office)
    figures = {one.key: indicators.figure(one).total for one in vault.pack.indicators.values() if one.listed}
    return {key: (one.amount, one.denominator) for key, one in figures.items()}


def due_by(vault: Vault, period: Period) -> str:
    """The ISO day by which a period is to be reported, from the pack's `[reporting]`."""
    kind = {4: "year", 7: "month"}.get(len(period.label), "quarter") if "Q" not in period.label else "quarter"
    return (date.fromisoformat(period.end) + timedelta(vault.pack.reporting_days[kind])).isoformat()


def find_report(vault: Vault, connection: Connection, label: str, office: str) -> StoredRecord | None:
    """The declaration of an office for a period."""
    where = [Clause("period", "is", label)]
    frame = Frame(today=today(vault.clock).isoformat())
    found = list_records(vault, connection, PERIOD_REPORT, where=where, frame=frame)
    return next((one for one in found if one.office == office), None)


def _write(vault: Vault, connection: Connection, declared: Declared, figures: Figures) -> None:
    values: dict[str, object] = {
        "period": declared.period,
        "is_nil": declared.is_nil,
        "declared_on": declared.declared_on,
        "due_by": declared.due_by,
        "filler": declared.filler,
        "leader": declared.leader,
        "n_records": declared.n_records,
        "n_explained": declared.n_explained,
        "figures": encode_figures(figures),
        "check_code": declared.check_code,
        STATE: SUBMITTED,
    }
    writing = Writing(vault, connection)
    before = find_report(vault, connection, declared.period, declared.office)
    if before is None:
        writing.add(PERIOD_REPORT, [values])
        return
    changed = {key: value for key, value in values.items() if before.values.get(key) != value}
    if changed:
        writing.change(before, changed, step="resubmit")


def refuse_sheet(vault: Vault, label: str, path: Path, *, filler: str, leader: str) -> None:
    """
    Stops before a period is declared if its signing sheet could not be written afterwards.

    Raises:
        ActionRefused: period.bad. PackageError: package.exists. KnownError: font.missing, font.missing_glyph.
    """
    if path.exists():
        raise PackageError("package.exists", path=path)
    rows = _sheet_rows(vault, label)
    texts = {one.indicator.label: one.indicator.label + one.text + one.unit for one in rows}
    refuse_unprintable({"单位名称": vault.owner.name, "填报人": filler, "审核领导": leader, **texts})


def write_sheet(vault: Vault, declared: Declared, path: Path, *, package: str) -> None:
    """
    Writes the signing sheet of a declared period as PDF.

    Args:
        package: Name of the file that carries the records.

    Raises:
        ActionRefused: period.figures_moved, when the figures are no longer those that were declared.
        KnownError: font.missing, font.missing_glyph. PackageError: exists, no_space, write, read_back.
    """
    rows = _sheet_rows(vault, declared.period)
    figures = {one.indicator.key: (one.total.amount, one.total.denominator) for one in rows}
    found = check_code(declared.office, declared.period, figures)
    if found != declared.check_code:
        raise ActionRefused("period.figures_moved", period=declared.period, declared=declared.check_code, found=found)
    known = [one for one in rows if one.text != NO_DATA and (one.value or not declared.is_nil)]
    sheet = Sheet(
        office=declared.office,
        office_name=declared.office_name,
        period=declared.period,
        lines=tuple(Line(one.indicator.label, one.text, one.unit) for one in known),
        n_left_out=len(rows) - len(known),
        is_nil=declared.is_nil,
        n_records=declared.n_records,
        n_explained=declared.n_explained,
        check_code=declared.check_code,
        package=package,
        filler=declared.filler,
        leader=declared.leader,
        made_on=today(vault.clock).isoformat(),
    )
    content = draw_sheet(sheet)
    write_to_stick(path, iter([content]), len(content))


def _sheet_rows(vault: Vault, label: str) -> list[Row]:
    """The listed indicators of the own office."""
    return make_report(vault, find_period(label), vault.owner.office).listed()
