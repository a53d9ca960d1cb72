"""Values that follow from others: derived fields, and the limit that runs in the present state."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.domain.limits import WorkCalendar, due_on
from desktop_app.schema.clauses import Frame, holds
from desktop_app.schema.derivation import sources
from desktop_app.schema.model import STATE, AddDays, Derive, Difference, Field, Holds, Ledger, Step

DUE_ON = "due_on"
"""Column of the earliest limit among the steps that are open in the record's state."""


def derived_values(ledger: Ledger, values: Mapping[str, object], calendar: WorkCalendar) -> dict[str, object]:
    """
    Every derived field and `due_on`, from the entered values and the state.

    A pure function of one record: nothing depends on today or on other records, so that the columns
    stay true without being touched.
    """
    if ledger.workflow is None and not ledger.derived:
        return {DUE_ON: None}
    found: dict[str, object] = {}
    seen = dict(values)
    for field in ledger.derived:
        found[field.key] = seen[field.key] = _derive(field, seen, calendar)
    limits = [due_on(step.within, seen, calendar) for step in open_steps(ledger, values) if step.within]
    found[DUE_ON] = min((day for day in limits if day), default=None)
    return found


def derive_sources(ledger: Ledger) -> frozenset[str]:
    """Fields on which a derived value or a limit depends; a change elsewhere needs no new derivation."""
    keys: set[str] = {STATE} if ledger.workflow else set()
    rules: list[Derive] = [field.derive for field in ledger.derived if field.derive]
    if ledger.workflow:
        rules += [step.within for step in ledger.workflow.steps.values() if step.within]
    return frozenset(keys.union(*map(sources, rules)))


def open_steps(ledger: Ledger, values: Mapping[str, object]) -> list[Step]:
    """The steps that leave the present state."""
    if ledger.workflow is None:
        return []
    state = values.get(STATE)
    return [step for step in ledger.workflow.steps.values() if state in step.origins]


def _derive(field: Field, values: Mapping[str, object], calendar: WorkCalendar) -> object:
    rule = field.derive
    if isinstance(rule, AddDays):
        return due_on(rule, values, calendar)
    if isinstance(rule, Holds):
        return holds(rule.where, values, Frame(today=""))
    assert isinstance(rule, Difference)
    whole = values.get(rule.minuend)
    if not isinstance(whole, int):
        return None
    taken = [part for key in rule.subtrahends if isinstance(part := values.get(key), int)]
    return max(0, whole - sum(taken))
