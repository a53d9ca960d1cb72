"""What a scenario says, read: its offices and batches, and the rules for the fields of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.actions.sample.columns import Column
from desktop_app.base.codes import sentence
from desktop_app.base.errors import Problem, Problems
from desktop_app.schema.model import Field, Ledger, Step
from desktop_app.schema.types import TYPES


class ScenarioInvalid(Problems):
    """The scenario has faults; all of them are listed."""


@dataclass(frozen=True, slots=True)
class SampleOffice:
    """An office of the scenario; `share` is its part of the rows of a batch whose `n` is one number."""

    code: str
    name: str
    role: str
    short: str
    share: int
    handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """Records of a pool, of the same office, whose values are these."""

    pool: str
    where: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class After:
    """A day `low` to `high` days after the day at `path`, which may be `reference.field`."""

    path: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Take:
    """The value at `reference.field`; over several references the sum."""

    path: str


@dataclass(frozen=True, slots=True)
class Text:
    """One of the templates, filled."""

    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """`low` to `high` percent of the number in the field `path`, rounded down."""

    path: str
    low: int
    high: int


CellRule = Use | Take | Part | After | Text
CELL_ORDER = (Use, Take, Part, After, Text)
"""The order in which the fields of a row are made, since each kind may lean on those before it."""

ASIDE = Field("_", "_", TYPES["reference"])
"""A reference that rows remember for their children and templates, and that no ledger has: `_employer`."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """
    One batch as the scenario says it.

    Attributes:
        name: What a fault is reported under, and what its randomness hangs on.
        n: Rows for each office; None with `per` means all of the pool.
        per: The reference field and what it goes through.
        columns, cells: Rules by field; cells are made row by row after the columns, in this order.
        late: Step → fields entered with it beside those the form asks for.
    """

    name: str
    ledger: Ledger
    pools: tuple[str, ...]
    n: Mapping[str, int] | None
    per: tuple[str, Use] | None
    chunk: int
    times: int
    columns: Mapping[str, Column]
    cells: Mapping[str, CellRule]
    fill: tuple[str, ...]
    steps: tuple[Step, ...]
    late: Mapping[str, tuple[str, ...]]

    def field(self, key: str) -> Field:
        """The field of this key; names that begin with `_` stand aside."""
        return ASIDE if key.startswith("_") else self.ledger.fields[key]

    def fault(self, code: str, key: str, **context: object) -> ScenarioInvalid:
        """The failure that this batch cannot be made as it says."""
        message = sentence(code, **{"name": key, **context})
        return ScenarioInvalid("record.invalid", [Problem(code, message, self.name, key)])


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, read; `words` are its word lists and phrases."""

    seed: int
    year: int
    offices: tuple[SampleOffice, ...]
    fill: tuple[str, ...]
    words: Mapping[str, object]
    batches: tuple[BatchPlan, ...]
