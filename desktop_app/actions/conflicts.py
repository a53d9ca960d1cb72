"""Conflicts: shown with both values, and decided by a person; the decision is a revision and travels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from desktop_app.actions.changes import Changes
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import local_text
from desktop_app.base.errors import ActionRefused
from desktop_app.schema.model import DELETED, Ledger
from desktop_app.schema.suggest import some
from desktop_app.schema.types import show_value
from desktop_app.storage import audit
from desktop_app.storage.conflicts import OpenConflict, open_conflicts
from desktop_app.storage.engine import Connection
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record, history
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values, and who set it when; the first choice of a conflict is the one that shows."""

    revision: str
    value: object
    text: str
    office: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A conflict as a person decides it."""

    record: str
    ledger: str
    title: str
    field: str
    label: str
    choices: tuple[Choice, ...]


def list_conflicts(vault: Vault) -> list[ShownConflict]:
    """Every open conflict, by record and field."""
    with vault.read() as connection:
        reading = Reading(vault, connection)
        return [_shown(vault, connection, reading, one) for one in open_conflicts(connection)]


def _shown(vault: Vault, connection: Connection, reading: Reading, one: OpenConflict) -> ShownConflict:
    ledger = vault.pack.ledgers[one.ledger]
    made = {entry.revision.id: entry for entry in history(connection, one.record)}
    choices = []
    for revision, value in one.choices:
        entry = made[revision]
        office, at = reading.office_name(entry.office), local_text(entry.revision.at)
        choices.append(Choice(revision, value, _text(ledger, one.field, value), office, entry.revision.actor, at))
    record = reading.record(one.ledger, one.record)
    title = reading.title(record) if record else one.record
    return ShownConflict(one.record, one.ledger, title, one.field, _label(ledger, one.field), tuple(choices))


def _label(ledger: Ledger, key: str) -> str:
    return "删除" if key == DELETED else ledger.fields[key].label if key in ledger.fields else key


def _text(ledger: Ledger, key: str, value: object) -> str:
    if key == DELETED:
        return "删除" if value else "保留"
    return show_value(value, ledger.fields[key]) if key in ledger.fields else str(value)


def decide_conflict(vault: Vault, record_id: str, field: str, revision: str, *, note: str = "") -> Changes:
    """
    Decides one conflict for the value that a revision set.

    Args:
        revision: Id of the revision, or the beginning of it.

    Raises:
        ActionRefused: not_found, conflict.not_open, conflict.no_choice, sealed.
    """
    with vault.write(PERMITS["conflict"]) as connection:
        record = find_record(vault, connection, record_id)
        ledger = vault.pack.ledgers[record.ledger]
        found = next((c for c in open_conflicts(connection, record.id) if c.field == field), None)
        if found is None:
            raise ActionRefused("conflict.not_open", title=Reading(vault, connection).title(record), field=field)
        chosen = [value for one, value in found.choices if one.startswith(revision)]
        if len(chosen) != 1 or not revision:
            known = some(f"{one}（{_text(ledger, field, value)}）" for one, value in found.choices)
            raise ActionRefused("conflict.no_choice", revision=revision, known=known)
        Writing(vault, connection, note=note).change(record, {field: chosen[0]})
        audit.note(vault, connection, "decide", record=record.id, fields=_label(ledger, field))
    return Changes(frozenset({record.ledger}), (record.id,))


RULES = {"owner": "采用登记单位（县区）的值", "city": "采用市级的值", "shown": "采用现在显示的值"}
"""How many conflicts are decided at once; none of them goes by a clock."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`n_left` conflicts have no value of the office that the rule names, or several: a person looks at them."""

    n_decided: int
    n_left: int
    changes: Changes


def decide_conflicts(vault: Vault, rule: str, *, ledger: str = "", note: str = "") -> Decided:
    """
    Decides every open conflict by one rule, all or none; each record gets one revision.

    Args:
        rule: A key of `RULES`. ledger: Only the records of this one.

    Raises:
        ActionRefused: conflict.unknown_rule, sealed.
    """
    if rule not in RULES:
        raise ActionRefused("conflict.unknown_rule", rule=rule, known=some(RULES))
    chosen: dict[str, dict[str, object]] = defaultdict(dict)
    ledgers = set[str]()
    n_left = 0
    with vault.write(PERMITS["conflict"]) as connection:
        for one in open_conflicts(connection):
            if ledger and one.ledger != ledger:
                continue
            values = _by_rule(vault, connection, one, rule)
            if len(values) != 1:
                n_left += 1
                continue
            chosen[one.record][one.field] = values[0]
            ledgers.add(one.ledger)
        writing = Writing(vault, connection, note=note or RULES[rule])
        for record_id, fields in chosen.items():
            record = find_record(vault, connection, record_id)
            writing.change(record, fields)
            labels = "、".join(_label(vault.pack.ledgers[record.ledger], key) for key in fields)
            audit.note(vault, connection, "decide", record=record.id, fields=labels)
    changes = Changes(frozenset(ledgers), tuple(chosen))
    return Decided(sum(map(len, chosen.values())), n_left, changes)


def _by_rule(vault: Vault, connection: Connection, one: OpenConflict, rule: str) -> list[object]:
    """The values that the rule asks for; not one means that it does not decide."""
    if rule == "shown":
        return [one.choices[0][1]]
    authors = {entry.revision.id: entry.office for entry in history(connection, one.record)}
    owner = find_record(vault, connection, one.record).office
    if rule == "city":
        return [value for revision, value in one.choices if authors[revision] != owner]
    return [value for revision, value in one.choices if authors[revision] == owner]
