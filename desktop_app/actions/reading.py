"""Looking at records: one, a list, a history, and what is still to be mended before a submission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from desktop_app.actions.records import find_ledger
from desktop_app.base.clock import local_text, today
from desktop_app.base.errors import ActionRefused, Problem
from desktop_app.domain.derive import open_steps
from desktop_app.domain.period import Period
from desktop_app.domain.titles import masked
from desktop_app.domain.validate import validate
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import PARENT, STATE, Clause, Ledger
from desktop_app.schema.suggest import hint
from desktop_app.schema.types import parse_value, show_value
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import children, list_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record, history
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.sending import RECEIVED, RETURNED, open_returns, sending_of
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A record as it is shown.

    Attributes:
        fields: Label and printed value of what is filled in, in the order of the form, private values masked.
        steps: Key → label of the steps open now.
        children: Child ledger → its rows.
        sending: How far it has got: unsent 待报, sent 已报, received 已接收, returned 退回; empty in the city.
    """

    record: StoredRecord
    title: str
    office_name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    steps: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[StoredRecord]] = field(default_factory=dict)
    sending: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """
    One revision in a history.

    Attributes:
        changes: Field key, value before, value after; canonical.
        package: The file that brought it, empty for this office's own.
    """

    revision: str
    at: str
    actor: str
    office: str
    step: str
    note: str
    package: str
    changes: tuple[tuple[str, object, object], ...]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is still wrong with one record."""

    record: StoredRecord
    title: str
    problems: tuple[Problem, ...]


def show_record(vault: Vault, record_id: str) -> Shown:
    """
    One record by its id or the beginning of it, deleted ones too.

    Raises:
        ActionRefused: not_found, ambiguous_id.
    """
    with vault.read() as connection:
        reading = Reading(vault, connection)
        record = find_record(vault, connection, record_id)
        ledger = vault.pack.ledgers[record.ledger]
        return Shown(
            record,
            reading.title(record),
            reading.office_name(record.office),
            list(_printed(ledger, record, reading)),
            {step.key: step.label for step in open_steps(ledger, record.values)},
            {key: list(rows) for key, rows in children(vault, connection, record).items()},
            _sending(vault, connection, [record.id]).get(record.id, ""),
        )


def show_records(vault: Vault, ledger_name: str, where: Sequence[str] = (), limit: int | None = None) -> list[Shown]:
    """
    Records of a ledger in the order of its list.

    Args:
        where: `field=value` each, all to hold; value as a person types it, empty for “not filled in”.

    Raises:
        ActionRefused: unknown_ledger, assignment. ValueFault: A value cannot be read.
    """
    ledger = find_ledger(vault, ledger_name)
    clauses = [_condition(ledger, one) for one in where]
    frame = Frame(today=today(vault.clock).isoformat())
    with vault.read() as connection:
        reading = Reading(vault, connection)
        found = list_records(vault, connection, ledger.key, where=clauses, frame=frame, limit=limit)
        titles = reading.titles(found)
        sending = _sending(vault, connection, [one.id for one in found])
        return [
            Shown(one, titles[one.id], reading.office_name(one.office), sending=sending.get(one.id, ""))
            for one in found
        ]


def _sending(vault: Vault, connection: Connection, ids: list[str]) -> dict[str, str]:
    if vault.owner.role != "county":
        return {}
    returned = dict.fromkeys(open_returns(vault, connection), RETURNED)
    return {**dict.fromkeys(ids, RECEIVED), **sending_of(connection, ids), **returned}


def _condition(ledger: Ledger, text: str) -> Clause:
    name, equals, value = text.partition("=")
    if not equals:
        raise ActionRefused("record.assignment", value=text)
    fields = ledger.fields
    one = fields.get(name) or next((f for f in fields.values() if f.label == name), None)
    if one is None:
        known = [*fields, *(f.label for f in fields.values())]
        raise ActionRefused("value.unknown_field", ledger=ledger.label, name=name, hint=hint(name, known))
    operand = parse_value(value, one)
    if operand is None:
        return Clause(one.key, "is_set", False)
    return Clause(one.key, "has", tuple(operand)) if isinstance(operand, list) else Clause(one.key, "is", operand)


def show_history(vault: Vault, record_id: str) -> list[Event]:
    """
    Every revision of a record, parents before children, with values before and after.

    Raises:
        ActionRefused: not_found, ambiguous_id.
    """
    with vault.read() as connection:
        reading = Reading(vault, connection)
        record = find_record(vault, connection, record_id)
        entries = history(connection, record.id)
        events, before = [], dict[str, object]()
        for entry in entries:
            one = entry.revision
            changes = tuple((key, before.get(key), value) for key, value in one.fields.items())
            before.update(one.fields)
            office = reading.office_name(entry.office)
            events.append(
                Event(one.id, local_text(one.at), one.actor, office, one.step, one.note, entry.package, changes)
            )
    return events


def covered_history(vault: Vault, record_id: str) -> list[Event]:
    """As `show_history`, with private values masked."""
    with vault.read() as connection:
        ledger = vault.pack.ledgers[find_record(vault, connection, record_id).ledger]
    return [
        replace(
            one,
            changes=tuple((key, _cover(ledger, key, old), _cover(ledger, key, new)) for key, old, new in one.changes),
        )
        for one in show_history(vault, record_id)
    ]


def _cover(ledger: Ledger, key: str, value: object) -> object:
    one = ledger.fields.get(key)
    return value if one is None or not one.private or value is None else masked(one, show_value(value, one))


def check_records(vault: Vault, period: Period | None = None) -> list[Unfinished]:
    """
    This office's records that break a rule of any level; what has to be looked at before a submission.

    Args:
        period: Only records whose own date lies in it, and those of ledgers without a date.
    """
    found = []
    with vault.read() as connection:
        reading = Reading(vault, connection)
        for key, rows in vault.rows.items():
            frame = Frame(today=today(vault.clock).isoformat(), lookup=reading.lookup(rows.ledger))
            for record in list_records(vault, connection, key, frame=frame):
                if record.office != vault.owner.office or not _is_in(rows.ledger, record, period):
                    continue
                if problems := validate(rows.ledger, record.values, frame):
                    found.append(Unfinished(record, reading.title(record), tuple(problems)))
    return found


def _is_in(ledger: Ledger, record: StoredRecord, period: Period | None) -> bool:
    on = record.values.get(ledger.list.period) if ledger.list.period else None
    if period is None or not isinstance(on, str):
        return True
    return period.start <= on <= period.end or on in period.labels_within()


def bare_fields(vault: Vault, record: StoredRecord) -> list[tuple[str, str]]:
    """Label and printed value of what is filled in, private values too; whoever calls it has noted that."""
    with vault.read() as connection:
        return list(_printed(vault.pack.ledgers[record.ledger], record, Reading(vault, connection), is_bare=True))


def _printed(
    ledger: Ledger, record: StoredRecord, reading: Reading, *, is_bare: bool = False
) -> Iterator[tuple[str, str]]:
    order = [STATE, PARENT, *(key for section in ledger.sections for key in section.fields)]
    for key in order:
        value = record.values.get(key)
        if value is None or key not in ledger.fields:
            continue
        one = ledger.fields[key]
        if one.ledger:
            ids = value if isinstance(value, list) else [value]
            yield one.label, "、".join(reading.title_of(one.ledger, str(each)) for each in ids)
        else:
            text = show_value(value, one)
            yield one.label, text if is_bare else masked(one, text)
