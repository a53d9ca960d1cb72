"""What a form shows of a record while it is being typed; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.actions.records import find_ledger
from desktop_app.base.clock import today
from desktop_app.base.errors import Problem
from desktop_app.domain.derive import derived_values
from desktop_app.domain.validate import read_values, validate, with_defaults
from desktop_app.schema.clauses import Frame, holds
from desktop_app.schema.model import DELETED, STATE, Step
from desktop_app.schema.types import show_value
from desktop_app.storage.lists import newest_of
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Look:
    """
    A record half typed.

    Attributes:
        derived: Field key → printed value, of the fields that follow from others.
        shown: Keys of the fields whose `show_if` holds.
        problems: What cannot be read, then every rule that is broken, errors first.
    """

    derived: Mapping[str, str]
    shown: frozenset[str]
    problems: tuple[Problem, ...]


def new_values(vault: Vault, ledger_name: str) -> dict[str, object]:
    """
    Canonical values a new record starts with.

    Raises:
        ActionRefused: unknown_ledger.
    """
    ledger = find_ledger(vault, ledger_name)
    frame = Frame(today=today(vault.clock).isoformat())
    return with_defaults(ledger, {}, frame)


def look(
    vault: Vault,
    ledger_name: str,
    raw: Mapping[str, object],
    *,
    record_id: str = "",
    step: Step | None = None,
) -> Look:
    """
    What a form shows when these raw values stand in it.

    Args:
        raw: Only what was typed; the rest comes from the record.
        record_id: The record being changed; empty for a new one.
        step: A step about to be taken, whose required fields count as missing too.

    Raises:
        ActionRefused: unknown_ledger, not_found.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.read() as connection:
        reading = Reading(vault, connection)
        before: dict[str, object] = {}
        if record_id:
            before = dict(find_record(vault, connection, record_id).values)
        elif ledger.workflow:
            before[STATE] = ledger.workflow.start
        values, problems = read_values(ledger, raw)
        full = {**before, **values}
        if step is not None:
            full[STATE] = step.target
        derived = derived_values(ledger, full, vault.calendar)
        full.update(derived)
        frame = Frame(today=today(vault.clock).isoformat(), lookup=reading.lookup(ledger))
        shown = frozenset(key for key, field in ledger.fields.items() if holds(field.show_if, full, frame))
        unread = {one.key for one in problems}  # a value that cannot be read is not also missing
        rules = validate(ledger, full, frame, step=step.key if step else "")
        printed = {field.key: show_value(derived.get(field.key), field) for field in ledger.derived}
    return Look(printed, shown, (*problems, *(one for one in rules if one.key not in unread)))


def last_values(vault: Vault, ledger_name: str) -> dict[str, object]:
    """
    Canonical values of the record of this ledger that the office entered last; empty when there is none.

    Raises:
        ActionRefused: unknown_ledger.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.read() as connection:
        found = newest_of(vault, connection, ledger.key, vault.owner.office)
    if found is None:
        return {}
    entered = {one.key for one in ledger.entered if one.key not in (STATE, DELETED)}
    return {key: value for key, value in found.values.items() if key in entered}
