"""What a person does with records: enter, change, take a step, delete, restore."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, get_args

from desktop_app.actions.changes import Changes
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.returns import answer_returns
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused, Problem, RecordInvalid, problem
from desktop_app.domain.derive import derived_values, open_steps
from desktop_app.domain.roles import Permission
from desktop_app.domain.validate import read_values, stopping, validate, with_defaults
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import DELETED, PARENT, STATE, Ledger, Step
from desktop_app.schema.suggest import hint, some
from desktop_app.storage.engine import Connection
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

ROLES = {"city": "市级", "county": "县级"}
MOST_PROBLEMS = 100
"""A batch with more than this many problems is the wrong file; reading on would help nobody."""


@dataclass(frozen=True, slots=True)
class Given:
    """Raw input for one record and where it stands, such as `第 3 行`; `fault` when it could not even be read."""

    values: Mapping[str, object]
    place: str = ""
    fault: Problem | None = None


def find_ledger(vault: Vault, name: str) -> Ledger:
    """
    The ledger of this key or label.

    Raises:
        ActionRefused: unknown_ledger, with the nearest name.
    """
    ledgers = vault.pack.ledgers
    found = ledgers.get(name) or next((one for one in ledgers.values() if one.label == name), None)
    if found is None:
        known = [*ledgers, *(one.label for one in ledgers.values())]
        raise ActionRefused("record.unknown_ledger", name=name, hint=hint(name, known))
    return found


def add_records(vault: Vault, ledger_name: str, given: Iterable[Given], *, note: str = "") -> Changes:
    """
    New records of this office, all or none.

    Raises:
        ActionRefused: unknown_ledger, sealed.
        RecordInvalid: With every problem of every record, up to `MOST_PROBLEMS`.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.write(PERMITS["record"]) as connection:
        reading = Reading(vault, connection)
        checker = _Checker(vault, ledger, reading)
        rows = [checker.new(one) for one in given]
        checker.refuse_bad()
        writing = Writing(vault, connection, note=note)
        ids = writing.add(ledger.key, rows)
        if ledger.child_of:
            answer_returns(vault, connection, writing, *rows)
    return Changes(frozenset({ledger.key}), tuple(ids), notes=tuple(checker.notes))


class _Checker:
    """Reads and validates rows of one ledger, gathering problems over all of them."""

    def __init__(self, vault: Vault, ledger: Ledger, reading: Reading) -> None:
        self._vault = vault
        self._ledger = ledger
        self._reading = reading
        self._today = today(vault.clock).isoformat()
        self._frame = Frame(today=self._today, lookup=reading.lookup(ledger))
        self._bad: list[Problem] = []
        self._references: dict[str, dict[str, Problem]] = defaultdict(dict)
        self._unique: dict[str, set[object]] = {}
        self._unique_fields = [one for one in ledger.fields.values() if one.unique]
        self._referring = [one for one in ledger.fields.values() if one.ledger]
        self.notes: list[Problem] = []

    def new(self, given: Given) -> dict[str, object]:
        """Values of a new record."""
        if given.fault is not None:
            self._bad.append(given.fault)
            return {}
        values, problems = read_values(self._ledger, given.values, given.place)
        full = with_defaults(self._ledger, values, self._frame)
        if self._ledger.workflow:
            full[STATE] = self._ledger.workflow.start
        self._judge(full, full, problems, given.place)
        self._check_unique(full, self._vault.owner.office, given.place)
        return {key: value for key, value in full.items() if value is not None}

    def changed(self, record: StoredRecord, given: Given, *, step: Step | None = None) -> dict[str, object]:
        """The fields that a change really changes."""
        values, problems = read_values(self._ledger, given.values, given.place)
        if step is not None:
            sets = {key: self._today if value == "today" else value for key, value in step.sets.items()}
            values = {**sets, **values, STATE: step.target}
        full = {**record.values, **values}
        open_ = {one.field for one in self._reading.conflicts(record)}  # saying the shown value again decides
        new = {key: value for key, value in values.items() if value != record.values.get(key) or key in open_}
        self._judge(full, new, problems, given.place, step.key if step else "")
        self._check_unique(new, record.office, given.place, but=record.id)
        return new

    def _check_unique(self, written: Mapping[str, object], office: str, place: str, *, but: str = "") -> None:
        """Values that an office gives once only, as numbers of letters."""
        for field in self._unique_fields:
            key, value = field.key, written.get(field.key)
            if value is None:
                continue
            seen = self._unique.setdefault(key, set())
            if value in seen or self._reading.is_taken(self._ledger.key, key, office, value, but=but):
                self._bad.append(problem("value.not_unique", place=place, key=key, label=field.label, value=value))
            seen.add(value)

    def _judge(
        self,
        full: Mapping[str, object],
        written: Mapping[str, object],
        problems: Sequence[Problem],
        place: str,
        step: str = "",
    ) -> None:
        derived = derived_values(self._ledger, full, self._vault.calendar)
        unread = {one.key for one in problems}  # a value that cannot be read is not also missing
        rules = validate(self._ledger, {**full, **derived}, self._frame, step=step, place=place)
        found = [*problems, *(one for one in rules if one.key not in unread)]
        bad = stopping(found)
        self._bad += bad
        self.notes += [one for one in found if one not in bad]
        self._note_references(written, place)
        if len(self._bad) >= MOST_PROBLEMS:
            self.refuse_bad()

    def _note_references(self, written: Mapping[str, object], place: str) -> None:
        for field in self._referring:
            key, value = field.key, written.get(field.key)
            if value is None:
                continue
            label = self._vault.pack.ledgers[field.ledger].label
            for one in value if isinstance(value, list) else [value]:
                code = "record.parent_missing" if key == PARENT else "value.reference_missing"
                context: dict[str, Any] = (
                    {"parent": label, "id": one} if key == PARENT else {"ledger": label, "value": one}
                )
                found = problem(code, place=place, key=key, label=field.label, **context)
                self._references[field.ledger].setdefault(str(one), found)

    def refuse_bad(self) -> None:
        """
        Raises:
            RecordInvalid: There were problems of level `error`, or references to nothing.
        """
        for ledger, places in self._references.items():
            self._bad += [places[one] for one in self._reading.missing(ledger, places)]
        if self._bad:
            raise RecordInvalid("record.invalid", self._bad[:MOST_PROBLEMS])


def edit_record(vault: Vault, record_id: str, raw: Mapping[str, object], *, note: str = "") -> Changes:
    """
    Changes fields of one record; a change to what is there already writes nothing.

    Raises:
        ActionRefused: not_found, deleted, not_owner, sealed.
        RecordInvalid: A value or a rule.
    """
    return _change(vault, record_id, raw, note=note)


class Effect(Protocol):
    """What a step does beside its fields, in the same transaction; `created` are the records it made."""

    created: list[str]

    def prepare(self, record: StoredRecord, given: Mapping[str, object]) -> Mapping[str, object]:
        """What is given besides, before anything is checked."""

    def complete(self, record: StoredRecord, values: Mapping[str, object]) -> Mapping[str, object]:
        """Canonical values written besides, once all is checked; `values` are those of the record after the step."""


Effects = Mapping[tuple[str, str], Callable[[Vault, Connection, Writing], Effect]]
"""Ledger and step → what makes its effect."""


def change_by_step(
    vault: Vault, record_id: str, step_name: str, raw: Mapping[str, object], *, note: str = "", effects: Effects
) -> Changes:
    """
    Takes a step of the workflow, with the fields that go with it; `actions.steps` knows the effects.

    Raises:
        ActionRefused: not_found, deleted, not_owner, sealed, no_workflow, unknown_step, step_not_open,
            step_not_yours.
        RecordInvalid: A value, a rule, or a field the step requires.
    """
    return _change(vault, record_id, raw, step_name=step_name, note=note, effects=effects)


def _change(
    vault: Vault,
    record_id: str,
    raw: Mapping[str, object],
    *,
    step_name: str = "",
    note: str = "",
    effects: Effects = MappingProxyType({}),
) -> Changes:
    with vault.write(PERMITS["record"]) as connection:
        reading = Reading(vault, connection)
        record = changeable(vault, reading, find_record(vault, connection, record_id))
        ledger = vault.pack.ledgers[record.ledger]
        step = _open_step(vault, ledger, record, step_name) if step_name else None
        writing = Writing(vault, connection, note=note)
        make = effects.get((ledger.key, step.key)) if step else None
        effect = make(vault, connection, writing) if make else None
        given = {**raw, **effect.prepare(record, raw)} if effect else raw
        checker = _Checker(vault, ledger, reading)
        fields = checker.changed(record, Given(given), step=step)
        checker.refuse_bad()
        refuse_frozen(reading, ledger, record, fields, note=note)
        if effect:
            fields |= effect.complete(record, {**record.values, **fields})
        if fields:
            writing.change(record, fields, step=step.key if step else "")
            answer_returns(vault, connection, writing, {**record.values, "id": record.id})
    touched = (record.id, *(effect.created if effect else ())) if fields else ()
    return Changes(frozenset({ledger.key}), touched, notes=tuple(checker.notes))


def refuse_frozen(
    reading: Reading, ledger: Ledger, record: StoredRecord, fields: Collection[str], *, note: str = ""
) -> None:
    """
    Raises:
        ActionRefused: frozen, needs_reason, not_deletable.
    """
    frozen = ledger.workflow.frozen if ledger.workflow else None
    if frozen is None or record.values.get(STATE) not in frozen.states:
        return
    named = [ledger.fields[key].label for key in fields if key in frozen.fields]
    if DELETED in fields:
        raise ActionRefused("record.not_deletable", title=reading.title(record))
    if named:
        raise ActionRefused("record.frozen", title=reading.title(record), fields="、".join(named))
    asked = [ledger.fields[key].label for key in fields if key in frozen.reasoned]
    if asked and not note:
        raise ActionRefused("record.needs_reason", title=reading.title(record), fields="、".join(asked))


def permission_of(step: Step) -> Permission:
    """What a step asks of the user's role."""
    return next(one for one in get_args(Permission) if one == step.permit)


def _open_step(vault: Vault, ledger: Ledger, record: StoredRecord, name: str) -> Step:
    if ledger.workflow is None:
        raise ActionRefused("record.no_workflow", ledger=ledger.label)
    steps = ledger.workflow.steps
    found = steps.get(name) or next((one for one in steps.values() if one.label == name), None)
    if found is None:
        known = [*steps, *(one.label for one in steps.values())]
        raise ActionRefused("record.unknown_step", ledger=ledger.label, name=name, hint=hint(name, known))
    possible = open_steps(ledger, record.values)
    if found not in possible:
        state = ledger.workflow.states.get(str(record.values.get(STATE)), "")
        labels = some(one.label for one in possible) or "无"
        raise ActionRefused("record.step_not_open", state=state, step=found.label, open=labels)
    if found.by and found.by != vault.owner.role:
        raise ActionRefused("record.step_not_yours", step=found.label, who=ROLES[found.by])
    vault.require(permission_of(found))
    return found


def delete_record(vault: Vault, record_id: str, *, note: str = "") -> Changes:
    """
    Marks a record as deleted; its history stays and it can be restored.

    Raises:
        ActionRefused: not_found, deleted, not_owner, sealed.
    """
    return _set_deleted(vault, record_id, deleted=True, note=note)


def restore_record(vault: Vault, record_id: str, *, note: str = "") -> Changes:
    """
    Takes a deletion back.

    Raises:
        ActionRefused: not_found, not_deleted, not_owner.
    """
    return _set_deleted(vault, record_id, deleted=False, note=note)


def _set_deleted(vault: Vault, record_id: str, *, deleted: bool, note: str) -> Changes:
    with vault.write(PERMITS["record"]) as connection:
        reading = Reading(vault, connection)
        record = _own(vault, reading, find_record(vault, connection, record_id))
        if record.is_deleted == deleted:
            code = "record.deleted" if deleted else "record.not_deleted"
            raise ActionRefused(code, title=reading.title(record))
        if deleted:
            refuse_frozen(reading, vault.pack.ledgers[record.ledger], record, [DELETED])
        writing = Writing(vault, connection, note=note)
        writing.change(record, {DELETED: deleted})
        answer_returns(vault, connection, writing, {**record.values, "id": record.id})
    return Changes(frozenset({record.ledger}), (record.id,))


def changeable(vault: Vault, reading: Reading, record: StoredRecord) -> StoredRecord:
    """
    The record, if this office may change its contents.

    Raises:
        ActionRefused: deleted, not_owner.
    """
    _own(vault, reading, record)
    if record.is_deleted:
        raise ActionRefused("record.deleted", title=reading.title(record))
    return record


def _own(vault: Vault, reading: Reading, record: StoredRecord) -> StoredRecord:
    """The record, if this office may change it: its owner may, and the city, whose corrections travel down."""
    if record.office != vault.owner.office and vault.owner.role != "city":
        owner = reading.office_name(record.office)
        raise ActionRefused("record.not_owner", title=reading.title(record), owner=owner)
    return record
