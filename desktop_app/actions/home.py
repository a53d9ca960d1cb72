"""What waits on this desk: limits, answers awaited, returns, drafts, conflicts; and this year's key figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from desktop_app.actions.drafts import my_drafts
from desktop_app.actions.status import board, own_sent
from desktop_app.base.clock import today
from desktop_app.domain.indicators import printed_text, printed_value
from desktop_app.domain.period import parse_period, year_period
from desktop_app.schema.clauses import Frame
from desktop_app.schema.letters import LETTER
from desktop_app.schema.model import STATE, Clause, Day
from desktop_app.storage.conflicts import open_conflicts
from desktop_app.storage.drafts import Draft
from desktop_app.storage.indicators import Indicators
from desktop_app.storage.lists import due_records, list_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.sending import open_returns
from desktop_app.storage.vault import Vault

DAYS_AHEAD, CONTRACT_DAYS = 7, 60
_MOST = 200
_CONTRACT = "contract"
_KEY_FIGURES = (
    "petition_total",
    "consult_person_times",
    "aid_cases_handled",
    "recovered_amount",
    "risk_events_screened",
    "lecture_audience",
    "letters_tip",
    "mediation_success",
)
"""Figures of the first page; those that a parameter pack does not have are left out."""
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Due:
    """A record with a day that has come or soon will; `n_days` is below zero when it is overdue."""

    record_id: str
    ledger: str
    title: str
    state: str
    due_on: str
    n_days: int


@dataclass(frozen=True, slots=True)
class Today:
    """
    The day's work.

    Attributes:
        due: Limits by last day, the oldest first. waiting: Letters delivered and not answered, by last day.
        expiring: Contracts that end within 60 days. At most 200 of each.
        returned: Record id → title of what the city sent back.
        unknown_years: Years of limits for which no table of holidays is known; weekends stand in for it.
        drafts: Unsaved text of the present user, the newest first.
        reporting: How far reporting is, in a sentence.
    """

    due: tuple[Due, ...]
    waiting: tuple[Due, ...]
    expiring: tuple[Due, ...]
    returned: dict[str, str]
    n_conflicts: int
    unknown_years: tuple[int, ...]
    drafts: tuple[Draft, ...]
    reporting: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure of this year; `by_month` in printed units, None for months to come."""

    key: str
    label: str
    text: str
    unit: str
    by_month: tuple[int | float | None, ...]


def todays_work(vault: Vault) -> Today:
    """What waits on this desk. Cost follows what is due, not the vault: the index of limits holds open ones only."""
    now = today(vault.clock)
    own = "" if vault.owner.role == "city" else vault.owner.office
    with vault.read() as connection:
        reading = Reading(vault, connection)
        until = (now + timedelta(days=DAYS_AHEAD)).isoformat()
        due: list[Due] = []
        for key, rows in vault.rows.items():
            if rows.ledger.workflow is not None:
                records = due_records(vault, connection, key, until=until, office=own, limit=_MOST)
                due += _dated(vault, reading, records, "due_on", now)

        def found(ledger: str, field: str, *where: Clause) -> tuple[Due, ...]:
            """Records of a ledger, if the pack has it and the field, by the day in it."""
            if ledger not in vault.rows or field not in vault.rows[ledger].ledger.fields:
                return ()
            frame = Frame(today=now.isoformat())
            records = list_records(vault, connection, ledger, where=where, frame=frame, limit=_MOST)
            mine = [one for one in records if own in ("", one.office)]
            return tuple(_by_day(_dated(vault, reading, mine, field, now)))

        waiting = found(LETTER, "reply_by", Clause(STATE, "in", ("delivered",)), Clause("reply_by", "is_set", True))
        soon = (
            Clause("expires_on", "not_before", Day("today")),
            Clause("expires_on", "not_after", Day("today", CONTRACT_DAYS)),
            Clause("terminated_on", "is_set", False),
        )
        expiring = found(_CONTRACT, "expires_on", *soon)
        returned = _returned(vault, reading, open_returns(vault, connection, vault.owner.office))
        n_conflicts = len(open_conflicts(connection))
    years = {int(one.due_on[:4]) for one in due}
    unknown = tuple(sorted(year for year in years if not vault.calendar.is_known_year(year)))
    return Today(
        due=tuple(_by_day(due)[:_MOST]),
        waiting=waiting,
        expiring=expiring,
        returned=returned,
        n_conflicts=n_conflicts,
        unknown_years=unknown,
        drafts=tuple(my_drafts(vault)),
        reporting=_reporting(vault),
    )


def _dated(vault: Vault, reading: Reading, records: Iterable[StoredRecord], field: str, now: date) -> list[Due]:
    records = list(records)
    titles = reading.titles(records)
    found = []
    for one in records:
        workflow = vault.rows[one.ledger].ledger.workflow
        state = workflow.states.get(str(one.values.get(STATE)), "") if workflow else ""
        last = str(one.values[field])
        found.append(Due(one.id, one.ledger, titles[one.id], state, last, (date.fromisoformat(last) - now).days))
    return found


def _by_day(found: list[Due]) -> list[Due]:
    return sorted(found, key=lambda one: (one.due_on, one.record_id))


def _returned(vault: Vault, reading: Reading, ids: list[str]) -> dict[str, str]:
    found = {}
    for one in ids:
        for key in vault.rows:
            if record := reading.record(key, one):
                found[one] = reading.title(record)
                break
    return found


def _reporting(vault: Vault) -> str:
    if vault.owner.role == "city":
        rows = board(vault, [str(today(vault.clock).year - 1)])
        if not rows:
            return "还没有登记县区。"
        n_there = sum(one.state in ("submitted", "accepted") for one in rows)
        n_late = sum(one.n_days_overdue > 0 for one in rows)
        late = f"，逾期 {n_late} 个" if n_late else ""
        return f"{rows[0].period} 年：{len(rows)} 个县区已报 {n_there} 个{late}"
    sent = own_sent(vault)
    if not sent:
        return "还没有上报过"
    return f"最近上报：{sent[0].number:06} 号包，{sent[0].at}，{sent[0].told}"


def key_figures(vault: Vault, report: Callable[[int, int], None] = lambda *_: None) -> list[KeyFigure]:
    """
    This year's key figures with their months; a county's are its own.

    Args:
        report: Told after each month how many are done of how many.
    """
    year = today(vault.clock).year
    wanted = [vault.pack.indicators[key] for key in _KEY_FIGURES if key in vault.pack.indicators]
    own = "" if vault.owner.role == "city" else vault.owner.office
    months: dict[str, list[int | float | None]] = {one.key: [] for one in wanted}
    now = today(vault.clock).month
    with vault.read() as connection:
        for month in range(1, _MONTHS + 1):
            report(month - 1, _MONTHS)
            period = parse_period(f"{year}-{month:02}")
            assert period is not None
            measured = Indicators(vault, connection, period, own)
            for one in wanted:
                is_over = month > now
                months[one.key].append(None if is_over else printed_value(one, measured.figure(one).total))
        whole = Indicators(vault, connection, year_period(year), own)
        return [
            KeyFigure(
                one.key,
                one.label,
                printed_text(one, whole.figure(one).total),
                one.unit,
                tuple(months[one.key]),
            )
            for one in wanted
        ]
