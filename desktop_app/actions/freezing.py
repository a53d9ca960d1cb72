"""Freezing a report, and holding today's figures against a frozen one, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.actions.declaring import find_report
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.reporting import Report, make_report
from desktop_app.base.clock import local_text, millis
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import NO_DATA
from desktop_app.domain.period import Period, parse_range
from desktop_app.schema.model import STATE
from desktop_app.storage.packages import offices
from desktop_app.storage.report_runs import TOTAL, Run, data_digest, find_run, list_runs, put_run
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.vault import Vault

MISSING, UNDECLARED = "missing", "undeclared"
STATES = {
    MISSING: "无数据",
    UNDECLARED: "有数据、未申报",
    "submitted": "已上报",
    "accepted": "已接收",
    "returned": "已退回",
    "refused": "不予接收",
}
"""What is said of an office's part in a frozen report."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen report as it is listed; `included` and `missing` are names of offices."""

    id: str
    period: str
    at: str
    actor: str
    digest: str
    pack: int
    included: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One cell that is not what it was; `office` is empty for the total."""

    indicator: str
    label: str
    office: str
    office_name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A frozen report against today's data; `is_same_data` when not one revision was added since."""

    run: Frozen
    is_same_data: bool
    is_same_pack: bool
    moved: tuple[Moved, ...]


def freeze_report(vault: Vault, period: Period) -> Frozen:
    """Keeps the table of a period for good, with what it was made from."""
    report = make_report(vault, period)
    with vault.write(PERMITS["freeze"]) as connection:
        states = {}
        for code in report.offices:
            found = find_report(vault, connection, period.label, code) if PERIOD_REPORT in vault.rows else None
            states[code] = str(found.values[STATE]) if found else UNDECLARED
            if code in report.silent:
                states[code] = MISSING
        run = Run(
            id=vault.ids.new(),
            period=period.label,
            at=millis(vault.clock.now()),
            actor=vault.actor,
            digest=data_digest(connection),
            pack=vault.pack.version,
            pack_digest=vault.pack.digest,
            offices=states,
            figures=_texts(report),
        )
        put_run(connection, run)
    return _frozen(run, report.offices)


def frozen_reports(vault: Vault, period: Period | None = None) -> list[Frozen]:
    """What was frozen, the newest first."""
    with vault.read() as connection:
        runs = list_runs(connection, period.label if period else "")
        names = {one.code: one.name for one in offices(connection)}
    return [_frozen(one, names) for one in runs]


def compare_run(vault: Vault, run_id: str) -> Comparison:
    """
    Today's figures of the same period against a frozen report.

    Raises:
        ActionRefused: report.unknown_run.
    """
    with vault.read() as connection:
        run = find_run(connection, run_id)
        digest = data_digest(connection)
    period = parse_range(run.period) if run else None
    if run is None or period is None:
        raise ActionRefused("report.unknown_run", run=run_id)
    report = make_report(vault, period)
    return Comparison(
        _frozen(run, report.offices),
        digest == run.digest,
        vault.pack.digest == run.pack_digest,
        tuple(_moved(run, report)),
    )


def _moved(run: Run, report: Report) -> Iterator[Moved]:
    now = _texts(report)
    names = {TOTAL: "合计", **report.offices}
    labels = {row.indicator.key: row.indicator.label for row in report.rows}
    for key in {**now, **run.figures}:
        before, after = run.figures.get(key, {}), now.get(key, {})
        for code in {**after, **before}:
            texts = before.get(code, NO_DATA), after.get(code, NO_DATA)
            if texts[0] != texts[1]:
                yield Moved(key, labels.get(key, key), code, names.get(code, code), *texts)


def _texts(report: Report) -> dict[str, dict[str, str]]:
    return {
        row.indicator.key: {TOTAL: row.total_text(), **{code: row.office_text(code) for code in report.offices}}
        for row in report.listed()
    }


def _frozen(run: Run, names: dict[str, str]) -> Frozen:
    def named(*states: str) -> tuple[str, ...]:
        return tuple(names.get(code, code) for code, state in run.offices.items() if (state in states))

    return Frozen(
        run.id,
        run.period,
        local_text(run.at),
        run.actor,
        run.digest,
        run.pack,
        named(*(one for one in STATES if one != MISSING)),
        named(MISSING),
    )
