"""Returns: the city sends a record back with a comment on a field and a last day; the county's change answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from desktop_app.actions.changes import Changes
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import PARENT, STATE, Clause, Ledger
from desktop_app.schema.suggest import hint
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import list_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import RETURN_NOTE
from desktop_app.storage.vault import Vault

DEFAULT_DAYS = 10
"""A suggestion for the last day of a return; the city gives another where it wants to."""
MOST_CHARS = 1000
OPEN, RESUBMITTED = "open", "resubmitted"


@dataclass(frozen=True, slots=True)
class ReturnGiven:
    """What the city says: which record, maybe which field, what is to be mended, and within how many days."""

    record: str
    comment: str
    field: str = ""
    days: int = DEFAULT_DAYS


def add_return(vault: Vault, given: ReturnGiven) -> Changes:
    """Sends a county's record back with one comment; as `add_returns`."""
    return add_returns(vault, [given])


def add_returns(vault: Vault, given: Iterable[ReturnGiven]) -> Changes:
    """
    Sends a county's records back, all or none; the notes go to the county with its next receipt.

    Raises:
        ActionRefused: office.city_only, not_found, record.own_return, unknown_field, value.required, too_long.
    """
    if vault.owner.role != "city":
        raise ActionRefused("office.city_only")
    with vault.write(PERMITS["give_back"]) as connection:
        ids = [_add_note(vault, connection, one) for one in given]
    return Changes(frozenset({RETURN_NOTE}), tuple(ids))


def _add_note(vault: Vault, connection: Connection, given: ReturnGiven) -> str:
    comment = given.comment.strip()
    if not comment:
        raise ActionRefused("value.required", label="修改意见")
    if len(comment) > MOST_CHARS:
        raise ActionRefused("value.too_long", label="修改意见", max_chars=MOST_CHARS, n=len(comment))
    record = find_record(vault, connection, given.record)
    if record.office == vault.owner.office:
        raise ActionRefused("record.own_return")
    ledger = vault.pack.ledgers[record.ledger]
    now = today(vault.clock)
    key, label = _field(ledger, given.field)
    values = {
        "record": record.id,
        "record_ledger": record.ledger,
        "record_title": Reading(vault, connection).title(record),
        "field": key,
        "field_label": label,
        "comment": comment,
        "returned_on": now.isoformat(),
        "reply_by": (now + timedelta(given.days)).isoformat(),
        STATE: OPEN,
    }
    values = {key: value for key, value in values.items() if value}
    return Writing(vault, connection).add(RETURN_NOTE, [values], owner=record.office)[0]


def _field(ledger: Ledger, name: str) -> tuple[str, str]:
    if not name:
        return "", ""
    found = ledger.fields.get(name) or next((f for f in ledger.fields.values() if f.label == name), None)
    if found is None:
        known = [*ledger.fields, *(f.label for f in ledger.fields.values())]
        raise ActionRefused("value.unknown_field", ledger=ledger.label, name=name, hint=hint(name, known))
    return found.key, found.label


def list_returns(vault: Vault, *, with_settled: bool = False) -> list[StoredRecord]:
    """The returns that are not settled, newest first: the county's to-do list, the city's waiting list."""
    where = () if with_settled else (Clause(STATE, "in", (OPEN, RESUBMITTED)),)
    with vault.read() as connection:
        frame = Frame(today=today(vault.clock).isoformat())
        return list_records(vault, connection, RETURN_NOTE, where=where, frame=frame)


def answer_returns(vault: Vault, connection: Connection, writing: Writing, *changed: Mapping[str, object]) -> None:
    """
    In a county, marks the open returns of records as answered by the change just written, in its transaction.

    Args:
        changed: `id` and, of a line of a child table, `parent`: mending a line mends the record it belongs to.
    """
    if vault.owner.role != "county" or RETURN_NOTE not in vault.rows:
        return
    records = {one.get(key) for one in changed for key in ("id", PARENT)}
    now = today(vault.clock).isoformat()
    where = [Clause(STATE, "in", (OPEN,))]
    for note in list_records(vault, connection, RETURN_NOTE, where=where, frame=Frame(today=now)):
        if note.values["record"] in records:
            writing.change(note, {STATE: RESUBMITTED, "resubmitted_on": now}, step="resubmit")
