"""Whether a row of a sheet may be written: the rules of the form, and of who may change what."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.actions.records import refuse_frozen
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused, Problem, problem
from desktop_app.domain.derive import derived_values
from desktop_app.domain.validate import validate, with_defaults
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import STATE, Ledger
from desktop_app.storage.engine import Connection
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import Seals
from desktop_app.storage.vault import Vault

_ORIGIN, _FROM_EXCEL = "origin", "excel"


class Judge:
    """
    Judges the rows of one ledger.

    Args:
        note: The reason a person gave for all of it.

    Thread: that of the connection.
    """

    def __init__(self, vault: Vault, connection: Connection, reading: Reading, ledger: Ledger, note: str) -> None:
        self._vault = vault
        self._reading = reading
        self._ledger = ledger
        self._note = note
        self._frame = Frame(today=today(vault.clock).isoformat(), lookup=reading.lookup(ledger))
        self._seals = Seals(vault.owner, vault.rows, connection)
        self._evidence = _evidence(ledger)
        origin = ledger.fields.get(_ORIGIN)
        self._has_origin = bool(origin and origin.choices and _FROM_EXCEL in origin.choices.labels)
        self._days = {one.key for one in ledger.entered if one.default == "today"}

    def new(self, values: Mapping[str, object]) -> tuple[dict[str, object], list[Problem]]:
        """
        All values of a new record, and what is wrong or to be said of it.

        A day that is missing is not taken to be today: a ledger tells of the past.
        """
        given = {**values, _ORIGIN: values.get(_ORIGIN, _FROM_EXCEL)} if self._has_origin else dict(values)
        full = with_defaults(self._ledger, given, self._frame)
        for key in self._days - given.keys():
            full.pop(key, None)
        if self._ledger.workflow and STATE not in full:
            full[STATE] = self._reached(full)
        found = self._rules(full)
        found += self._sealed([full])
        return {key: value for key, value in full.items() if value is not None}, found

    def changed(self, record: StoredRecord, fields: Mapping[str, object]) -> list[Problem]:
        """What is wrong or to be said of a change."""
        full = {**record.values, **fields}
        found = self._rules(full)
        if record.office != self._vault.owner.office and self._vault.owner.role != "city":
            owner = self._reading.office_name(record.office)
            found.append(problem("record.not_owner", title=self._reading.title(record), owner=owner))
        try:
            refuse_frozen(self._reading, self._ledger, record, fields, note=self._note)
        except ActionRefused as refusal:
            found.append(Problem(refusal.code, str(refusal)))
        return found + self._sealed([record.values, full])

    def _rules(self, full: Mapping[str, object]) -> list[Problem]:
        derived = derived_values(self._ledger, full, self._vault.calendar)
        return validate(self._ledger, {**full, **derived}, self._frame)

    def _sealed(self, versions: list[Mapping[str, object]]) -> list[Problem]:
        try:
            self._seals.checked(self._ledger, versions, self._note)
        except ActionRefused as refusal:
            return [Problem(refusal.code, str(refusal))]
        return []

    def _reached(self, full: Mapping[str, object]) -> str:
        """The last state whose days and numbers are all filled in: a ledger tells of what is done already."""
        assert self._ledger.workflow is not None
        state = self._ledger.workflow.start
        for target, keys in self._evidence:
            if all(full.get(key) is not None for key in keys):
                state = target
        return state


def _evidence(ledger: Ledger) -> list[tuple[str, tuple[str, ...]]]:
    """State → fields that a step into it asks for or dates, in the order of the states."""
    flow = ledger.workflow
    if flow is None:
        return []
    found = []
    for state in flow.states:
        for step in flow.steps.values():
            required = [one.key for one in ledger.entered if step.key in one.required_by]
            dated = [key for key, value in step.sets.items() if value == "today"]
            keys = tuple(dict.fromkeys([*required, *dated]))
            if step.target == state and keys:
                found.append((state, keys))
    return found
