"""What is due: limits that run out, returns, conflicts, and what has not been sent yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from desktop_app.actions.drafts import my_drafts
from desktop_app.base.clock import today
from desktop_app.storage.conflicts import open_conflicts
from desktop_app.storage.drafts import Draft
from desktop_app.storage.lists import due_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.sending import open_returns
from desktop_app.storage.vault import Vault

_DAYS_AHEAD = 7
_MOST = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A record whose limit has run out or soon will; `n_days` is below zero when it is overdue."""

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
        due: By last day, the oldest first, at most 200.
        returned: Record id → title of what the city sent back.
        drafts: Unsaved text of the present user, the newest first.
        unknown_years: Years of limits for which no table of holidays is known; weekends stand in for it.
    """

    due: tuple[Due, ...]
    returned: dict[str, str]
    n_conflicts: int
    unknown_years: tuple[int, ...]
    drafts: tuple[Draft, ...]


def todays_work(vault: Vault) -> Today:
    """What waits on this desk. Cost follows what is due, not the vault: the index of limits holds open ones only."""
    now = today(vault.clock)
    until = (now + timedelta(days=_DAYS_AHEAD)).isoformat()
    found: list[Due] = []
    own = "" if vault.owner.role == "city" else vault.owner.office
    with vault.read() as connection:
        reading = Reading(vault, connection)
        for key, rows in vault.rows.items():
            workflow = rows.ledger.workflow
            if workflow is None:
                continue
            records = due_records(vault, connection, key, until=until, office=own, limit=_MOST)
            titles = reading.titles(records)
            for one in records:
                last = str(one.values["due_on"])
                left = (date.fromisoformat(last) - now).days
                state = workflow.states.get(str(one.values.get("state")), "")
                found.append(Due(one.id, key, titles[one.id], state, last, left))
        returned = _returned(vault, reading, open_returns(vault, connection, vault.owner.office))
        n_conflicts = len(open_conflicts(connection))
    found.sort(key=lambda one: (one.due_on, one.record_id))
    years = {int(one.due_on[:4]) for one in found}
    unknown = tuple(sorted(year for year in years if not vault.calendar.is_known_year(year)))
    return Today(tuple(found[:_MOST]), returned, n_conflicts, unknown, tuple(my_drafts(vault)))


def _returned(vault: Vault, reading: Reading, ids: list[str]) -> dict[str, str]:
    found = {}
    for one in ids:
        for key in vault.rows:
            if record := reading.record(key, one):
                found[one] = reading.title(record)
                break
    return found
