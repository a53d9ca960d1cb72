"""Where the offices stand: the city's 催报 board, and a county's own record of what was sent and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop_app.actions.declaring import due_by, find_period, find_report
from desktop_app.base.clock import local_text, today
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import STATE
from desktop_app.storage.conflicts import Held, held_records, open_conflicts
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import list_records
from desktop_app.storage.packages import Office, answer_of, last_from, missing_numbers, offices, sent_packages
from desktop_app.storage.seals import PERIOD_REPORT
from desktop_app.storage.sending import count_by_sending, open_returns
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class BoardRow:
    """
    One county and one period.

    Attributes:
        state: `missing`, or the state of its declaration: submitted, accepted, returned, refused.
        is_late: Declared after the last day, or missing and past it. n_days_overdue: 0 when nothing is owed.
        gaps: Numbers of packages that never came. last_package: Name and time of the newest.
        pack: Parameter pack of its newest package, 0 for none.
    """

    office: str
    office_name: str
    period: str
    state: str
    is_late: bool
    due_by: str
    n_days_overdue: int
    check_code: str
    gaps: tuple[int, ...]
    last_package: str
    pack: int
    n_open_returns: int


@dataclass(frozen=True, slots=True)
class SentPackage:
    """
    A submission that was written.

    Attributes:
        answer: `accepted`, `returned`, `refused`, `missing`, or empty while no receipt spoke of it; `reason` why.
    """

    number: int
    at: str
    answer: str
    reason: str = ""

    @property
    def told(self) -> str:
        """The answer in words."""
        return told_answer(self.answer, self.reason)


N_SENT_SHOWN = 10
_ANSWERS = {
    "accepted": "市级已接收",
    "returned": "市级退回修改",
    "refused": "市级未接收",
    "missing": "市级没有收到，内容已随或将随以后的包再报",
    "": "等待回执",
}


def told_answer(answer: str, reason: str) -> str:
    """What became of a submission, in words."""
    return f"{_ANSWERS[answer]}：{reason}" if reason else _ANSWERS[answer]


@dataclass(frozen=True, slots=True)
class OwnStatus:
    """
    A county's own record.

    Attributes:
        records: Of this office: `unsent` 待报, `sent` 已报, `received` 已接收, `returned` 退回.
        periods: Declared period → state. sent: The newest submissions, newest first.
    """

    office: str
    records: dict[str, int]
    periods: dict[str, str]
    n_conflicts: int
    held: tuple[Held, ...]
    last_receipt: str
    sent: tuple[SentPackage, ...] = ()


def board(vault: Vault, labels: list[str] | None = None) -> list[BoardRow]:
    """
    Every county and period, by office and period.

    Args:
        labels: Periods; without them those that were declared, and the year before this one.

    Raises:
        ActionRefused: period.bad.
    """
    with vault.read() as connection:
        wanted = labels or _periods(vault, connection)
        counties = [one for one in offices(connection) if one.role == "county"]
        return [_row(vault, connection, one, label) for one in counties for label in wanted]


def _periods(vault: Vault, connection: Connection) -> list[str]:
    frame = Frame(today=today(vault.clock).isoformat())
    declared = {str(one.values["period"]) for one in list_records(vault, connection, PERIOD_REPORT, frame=frame)}
    return sorted(declared | {str(today(vault.clock).year - 1)})


def _row(vault: Vault, connection: Connection, office: Office, label: str) -> BoardRow:
    now = today(vault.clock)
    period = find_period(label)
    report = find_report(vault, connection, label, office.code)
    state = str(report.values[STATE]) if report else "missing"
    last_day = str(report.values["due_by"]) if report else due_by(vault, period)
    if report and state == "returned":
        last_day = str(report.values["reply_by"])
    overdue = (now - date.fromisoformat(last_day)).days if state in ("missing", "returned") else 0
    newest = last_from(connection, office.code)
    return BoardRow(
        office=office.code,
        office_name=office.name,
        period=label,
        state=state,
        is_late=bool(report and report.values.get("is_late")) or overdue > 0,
        due_by=last_day,
        n_days_overdue=max(0, overdue),
        check_code=str(report.values.get("check_code", "")) if report else "",
        gaps=tuple(missing_numbers(connection, office.code, vault.owner.office)),
        last_package=f"{newest.number:06} {local_text(newest.at)}" if newest else "",
        pack=office.pack,
        n_open_returns=len(open_returns(vault, connection, office.code)),
    )


def own_status(vault: Vault) -> OwnStatus:
    """What this office has sent, what was answered, and what waits."""
    with vault.read() as connection:
        own = vault.owner.office
        city = next((one for one in offices(connection) if one.role == "city"), None)
        newest = last_from(connection, city.code) if city else None
        frame = Frame(today=today(vault.clock).isoformat())
        reports = list_records(vault, connection, PERIOD_REPORT, frame=frame)
        returned = set(open_returns(vault, connection, own))
        return OwnStatus(
            office=own,
            records={**count_by_sending(vault, connection), "returned": len(returned)},
            periods={str(one.values["period"]): str(one.values[STATE]) for one in reports if one.office == own},
            n_conflicts=len(open_conflicts(connection)),
            held=tuple(held_records(vault, connection)),
            last_receipt=f"{newest.number:06} {local_text(newest.at)}" if newest else "",
            sent=tuple(_sent(connection)),
        )


def own_sent(vault: Vault) -> list[SentPackage]:
    """The newest submissions this county wrote, newest first."""
    with vault.read() as connection:
        return _sent(connection)


def _sent(connection: Connection) -> list[SentPackage]:
    found = sent_packages(connection, "submission", N_SENT_SHOWN)
    return [SentPackage(one.number, local_text(one.at), *answer_of(one)) for one in found]
