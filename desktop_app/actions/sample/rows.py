"""Rows of a sample year, made batch by batch from the plan of a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from desktop_app.actions.sample.columns import Column, Dates, Mix, Spread
from desktop_app.actions.sample.plan import CELL_ORDER, After, BatchPlan, Scenario, Use
from desktop_app.actions.sample.values import Known, Slot, ValueMaker, as_refs
from desktop_app.domain.derive import derived_values
from desktop_app.domain.limits import WorkCalendar
from desktop_app.schema.clauses import Frame, fields_in, holds
from desktop_app.schema.model import STATE, Field, Pack


@dataclass(frozen=True, slots=True)
class SampleRow:
    """
    One record to be made.

    Attributes:
        key: Unique in the scenario: `employer/620402/17`.
        values: Canonical, defaults filled in; references and `parent` are `Ref`, lists of references
            lists of `Ref`; serial numbers are left to the vault.
        steps: Steps taken afterwards in this order, with the fields each writes, `sets` among them.
    """

    key: str
    values: Mapping[str, object]
    steps: tuple[tuple[str, Mapping[str, object]], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one ledger of one office."""

    office: str
    ledger: str
    rows: tuple[SampleRow, ...]


class Maker:
    """Makes the batches of one scenario in order."""

    def __init__(self, scenario: Scenario, pack: Pack) -> None:
        self._scenario = scenario
        self._calendar = WorkCalendar(pack.holidays)
        # chinesecalendar 1.11 goes through its whole table for every day it is asked about
        self._is_workday = cache(self._calendar.is_workday)
        self._known = Known()
        self._values = ValueMaker(scenario, pack, self._known, self._is_workday)
        self._n_rows: Counter[tuple[str, str]] = Counter()

    def make(self, plan: BatchPlan) -> Iterator[Batch]:
        """
        The rows of one batch, an office at a time.

        Raises:
            ScenarioInvalid: The batch asks for what cannot be.
        """
        rng = self._random(plan, "rows")
        slots = self._slots(plan)
        self._set_columns(plan, slots)
        for office in self._scenario.offices:
            rows = [self._row(plan, slot, rng) for slot in slots if slot.office is office]
            if rows:
                yield Batch(office.code, plan.ledger.key, tuple(rows))

    def _random(self, plan: BatchPlan, what: str) -> Random:
        """A source of its own for each batch and column, so that changing one leaves the others as they were."""
        return Random(f"{self._scenario.seed}/{plan.name}/{what}")  # noqa: S311  invented data, nothing secret

    def _slots(self, plan: BatchPlan) -> list[Slot]:
        """Empty rows of all offices, with the references they go through already in them."""
        slots = []
        for office in self._scenario.offices:
            wanted = plan.n[office.code] if plan.n is not None else None
            groups: list[dict[str, object]] = [{} for _ in range(wanted or 0)]
            if plan.per:
                groups = self._groups(plan, plan.per, office.code, wanted)
            slots += [Slot(office, dict(one)) for one in groups for _ in range(plan.times)]
        return slots

    def _groups(
        self, plan: BatchPlan, per: tuple[str, Use], office: str, wanted: int | None
    ) -> list[dict[str, object]]:
        key, use = per
        pool = self._known.pool(use, office)
        n = len(pool) // plan.chunk if wanted is None else wanted
        if n * plan.chunk > len(pool):
            allowed = f"{use.pool} 有 {len(pool)} 条"
            raise plan.fault("form.bad_value", "per", value=f"{office}：{n}", hint="", allowed=allowed)
        parts = [pool[i * plan.chunk : (i + 1) * plan.chunk] for i in range(n)]
        return [{key: as_refs(plan.field(key), part)} for part in parts]

    def _set_columns(self, plan: BatchPlan, slots: Sequence[Slot]) -> None:
        places = [slot.office.code for slot in slots]
        for key, column in self._columns(plan).items():
            if isinstance(column, Spread) and not column.fits(len(slots)):
                allowed = f"{len(slots)} 条，每条 {column.low} 至 {column.high}"
                raise plan.fault("form.bad_value", key, value=column.total, hint="", allowed=allowed)
            found = column.values(self._random(plan, key), places, self._is_workday)
            if isinstance(column, Mix) and len(found) != len(slots):
                raise plan.fault("form.bad_value", key, value=len(found), hint="", allowed=f"共 {len(slots)} 条")
            for slot, value in zip(slots, found, strict=True):
                slot.values[key] = value

    def _columns(self, plan: BatchPlan) -> dict[str, Column]:
        """The columns of the batch, and days of the year for required dates that nothing is said about."""
        year = self._scenario.year
        unnamed = [
            field.key
            for field in plan.ledger.entered
            if field.required and field.type.name == "date" and field.key not in plan.cells
        ]
        return {**dict.fromkeys(unnamed, Dates(date(year, 1, 6), date(year, 12, 20))), **plan.columns}

    def _row(self, plan: BatchPlan, slot: Slot, rng: Random) -> SampleRow:
        self._assign_steps(plan, slot)
        for kind in CELL_ORDER:
            for key, rule in plan.cells.items():
                if isinstance(rule, kind) and self._is_shown(plan, slot, plan.field(key)):
                    slot.values[key] = self._values.ruled(plan, slot, key, rule, rng)
        self._fill(plan, slot, rng)
        return self._finished(plan, slot)

    def _assign_steps(self, plan: BatchPlan, slot: Slot) -> None:
        """Which field is entered with which step, and what the steps write by themselves."""
        for step in plan.steps:
            asked = [f.key for f in plan.ledger.entered if step.key in f.required_by]
            for key in (*step.sets, *asked, *plan.late[step.key]):
                slot.step_of.setdefault(key, step.key)
            for key, value in step.sets.items():
                if value != "today":
                    slot.values.setdefault(key, value)
                elif key not in plan.cells and slot.values.get(key) is None:
                    raise plan.fault("form.missing_key", key)
        for key, rule in plan.cells.items():  # what is counted from a day is entered no earlier than that day
            if isinstance(rule, After) and rule.path in slot.step_of:
                slot.step_of.setdefault(key, slot.step_of[rule.path])

    def _is_shown(self, plan: BatchPlan, slot: Slot, field: Field) -> bool:
        if not field.show_if:
            return True
        fields = plan.ledger.fields
        derived: Mapping[str, object] = {}
        if any(fields[key].derive for key in fields_in(field.show_if)):
            derived = derived_values(plan.ledger, slot.values, self._calendar)
        return holds(field.show_if, {**slot.values, **derived}, Frame(today=""))

    def _fill(self, plan: BatchPlan, slot: Slot, rng: Random) -> None:
        """Defaults, and plausible values for what is required or asked for and still empty."""
        taken = {step.key for step in plan.steps}
        for field in plan.ledger.entered:
            if slot.values.get(field.key) is not None or field.type.name in ("serial", "attachments"):
                continue
            if field.key in plan.columns or not self._is_shown(plan, slot, field):
                continue
            needed = field.required or bool(taken & set(field.required_by))
            if field.default is not None and field.default != "today":
                slot.values[field.key] = field.default
            elif needed or field.key in plan.fill or field.key in self._scenario.fill:
                slot.values[field.key] = self._values.invented(plan, slot, field, rng)

    def _finished(self, plan: BatchPlan, slot: Slot) -> SampleRow:
        ledger, office = plan.ledger, slot.office.code
        self._n_rows[ledger.key, office] += 1
        key = f"{ledger.key}/{office}/{self._n_rows[ledger.key, office]}"
        shown = {
            name: slot.values[name]
            for name, field in ledger.fields.items()
            if slot.values.get(name) is not None and self._is_shown(plan, slot, field)
        }
        aside = {name: one for name, one in slot.values.items() if name.startswith("_")}
        state = ledger.workflow.start if ledger.workflow else None
        state = plan.steps[-1].target if plan.steps else state
        self._known.put(key, {**shown, **aside, STATE: state}, office, plan.pools)
        steps = tuple(
            (step.key, {name: one for name, one in shown.items() if slot.step_of.get(name) == step.key})
            for step in plan.steps
        )
        return SampleRow(key, {name: one for name, one in shown.items() if name not in slot.step_of}, steps)
