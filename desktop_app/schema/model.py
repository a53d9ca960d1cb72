"""
What a parameter pack says, as frozen definitions; made by `schema.load` and by nothing else.

Order matters everywhere: tuples and dicts keep the order of the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from desktop_app.base.errors import Level

if TYPE_CHECKING:
    from desktop_app.schema.charts import ChartPage
    from desktop_app.schema.letters import LetterForms
    from desktop_app.schema.narratives import Narrative
    from desktop_app.schema.statistics import StatisticalForm
    from desktop_app.schema.types import FieldType

DayKind = Literal["calendar", "working"]
Semantics = Literal["flow", "stock", "window", "event"]
Measure = Literal["count", "sum", "distinct", "sum_max", "ratio", "total", "offices"]

STATE, DELETED, PARENT = "state", "deleted", "parent"
SYSTEM_FIELDS = (STATE, DELETED, PARENT)
"""Keys that travel in revisions beside the form's own fields: workflow state, tombstone, the parent record."""

RESERVED_KEYS = frozenset(
    {*SYSTEM_FIELDS, "id", "office", "head", "due_on", "pack", "unknown", "title", "ledger", "search_doc"}
)


@dataclass(frozen=True, slots=True)
class Choices:
    """One list of options: codes are stored and never change, labels are shown and may."""

    key: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One condition `{field, operator}`; a list of clauses holds when all do.

    Attributes:
        path: Field key, or `reference.field` for a field of the record referred to.
        operator: A key of `schema.clauses.OPERATORS`.
        operand: Canonical value, tuple of values, a `Day`, or an `Other` field of the same record.
    """

    path: str
    operator: str
    operand: object


@dataclass(frozen=True, slots=True)
class Other:
    """The value of another field of the same record."""

    key: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in a clause: `today`, `period_start` or `period_end`, moved by `offset` days."""

    name: Literal["today", "period_start", "period_end"]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """
    A rule on one record: where `when` holds, `must` has to hold.

    A rule whose fields are not all filled in says nothing; `required` is there for that.
    """

    key: str
    must: tuple[Clause, ...]
    message: str
    level: Level
    when: tuple[Clause, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class AddDays:
    """
    A last day: `start` plus days, by the rules of `domain.limits`.

    Attributes:
        days: A number, or the key of a count field.
        plus: Key of a count field with an extension in days; empty counts as 0.
        kind: A day kind, or the key of a choice field whose codes are the day kinds.
    """

    start: str
    days: int | str
    plus: str
    kind: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """A flag that is true when the clauses hold."""

    where: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A count: one field less the others, never below zero."""

    minuend: str
    subtrahends: tuple[str, ...]


Derive = AddDays | Holds | Difference


@dataclass(frozen=True)
class Field:
    """
    One field of a ledger.

    Attributes:
        required: The record cannot be saved without it (where `show_if` holds).
        required_by: Steps that cannot be taken without it.
        private: Masked on screen, in print and in export.
        stays: Never leaves the office.
        ledger: What a reference refers to.
        unique: No two records of an office have the same value.
    """

    key: str
    label: str
    type: FieldType
    required: bool = False
    required_by: tuple[str, ...] = ()
    show_if: tuple[Clause, ...] = ()
    help: str = ""
    unit: str = ""
    max_chars: int = 0
    choices: Choices | None = None
    ledger: str = ""
    pattern: str = ""
    default: object = None
    private: bool = False
    stays: bool = False
    derive: Derive | None = None
    checks: tuple[Check, ...] = ()
    source: str = ""
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A tab of the form."""

    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A colour of a row in the list; the first mark that holds is used. `style` is a word the theme knows."""

    style: str
    where: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """
    The list page.

    Attributes:
        order: Field keys, `-` before a key for descending.
        period: The date or period field that the year, quarter and month buttons act on.
        totals: Count and money fields summed below the list.
    """

    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    period: str = ""
    totals: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


PERMITS = ("enter", "approve", "direct", "administer")


@dataclass(frozen=True, slots=True)
class Step:
    """
    Moves a record from one of `origins` to `target`.

    Attributes:
        sets: Field values written with the step; the text `today` stands for the day of the step.
        within: The limit for taking this step while it is open.
        by: `city` or `county` when only that side may take it.
        permit: What the user's role has to allow, a permission of `domain.roles`.
    """

    key: str
    label: str
    origins: tuple[str, ...]
    target: str
    sets: Mapping[str, object]
    within: AddDays | None = None
    by: str = ""
    permit: str = "enter"


@dataclass(frozen=True, slots=True)
class Frozen:
    """
    Fields that are not changed any more in these states: what was signed stays as it was signed.

    Attributes:
        reasoned: Fields that may still be changed, with a reason.
    """

    states: tuple[str, ...]
    fields: tuple[str, ...]
    reasoned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and the steps between them; a state that no step leaves is final."""

    start: str
    states: Mapping[str, str]
    steps: Mapping[str, Step]
    frozen: Frozen | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A span of each year, such as the bargaining season; `years` holds the years that differ."""

    key: str
    label: str
    start: str
    end: str
    years: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """
    One figure: which records, measured how, in which sense of time (domain.md section 7).

    Attributes:
        semantics: flow: `on` lies in the period; window: `on` lies in the window's part of the period;
            stock: in force on the last day of the period; event: as flow, shown as text.
        on: Date or period field of flow, window and event; of stock on a period field.
        since, until: Stock: in force from `since` on and through each day in `until`; empty is open.
        of: The field summed or told apart; the numerator and denominator of a ratio; the parts of a total.
        each: distinct over references: what must hold for the record referred to.
        per: sum_max: the largest value for each distinct `per` counts.
        approximate: Flag field; one true record makes the figure print with 余.
        scale: What one printed unit is in stored units (万元: 1,000,000 fen).
        shows: Template whose text stands for the figure of an event.
        listed: False for the parts of ratios and totals, which can be opened but are no line of the table.
    """

    key: str
    ledger: str
    label: str
    unit: str
    measure: Measure
    semantics: Semantics
    on: str = ""
    since: str = ""
    until: tuple[str, ...] = ()
    window: str = ""
    of: tuple[str, ...] = ()
    per: str = ""
    where: tuple[Clause, ...] = ()
    each: tuple[Clause, ...] = ()
    approximate: str = ""
    scale: int = 1
    digits: int = 0
    shows: str = ""
    listed: bool = True
    note: str = ""

    @property
    def is_words(self) -> bool:
        """Whether words stand for the figure."""
        return self.semantics == "event" and bool(self.shows)


@dataclass(frozen=True)
class Ledger:
    """
    One ledger, whole.

    Attributes:
        title: Template that names one record everywhere.
        identity: Field by which one thing is known across offices (信用代码, 证号); empty: every record is its own.
        match: Keys by which a row of a sheet is known again: the first whose fields are all filled in decides.
        child_of: Ledger whose form shows these rows as a table.
        derived: Fields whose value follows from others, each after those it reads.
        moved: Old field key → new key, `""` when dropped; values under old keys are read through it.
        retention_years: How long records are kept after their own date; 0 for ever.
    """

    key: str
    version: int
    label: str
    group: str
    title: str
    source: str
    fields: Mapping[str, Field]
    sections: tuple[Section, ...]
    list: ListView
    identity: str = ""
    match: tuple[tuple[str, ...], ...] = ()
    child_of: str = ""
    workflow: Workflow | None = None
    checks: tuple[Check, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    windows: tuple[Window, ...] = ()
    derived: tuple[Field, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    retention_years: int = 0

    @cached_property
    def entered(self) -> tuple[Field, ...]:
        """Fields a person fills in."""
        return tuple(f for f in self.fields.values() if not f.derive)

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """`match`; where the form names none: its number or identity, then all it requires."""
        if self.match:
            return self.match
        numbers = [f.key for f in self.entered if f.key == self.identity or f.unique or f.type.name == "serial"]
        required = tuple(f.key for f in self.entered if f.required and not f.show_if)
        return (*((one,) for one in numbers), *([required] if required else ()))


@dataclass(frozen=True)
class Pack:
    """
    The whole parameter pack.

    Attributes:
        digest: SHA-256, hexadecimal, over the names and contents of all files.
        files: Path inside `forms/` with `/` → text; what a parameter package carries.
        reporting_days: `year`, `quarter`, `month` → days after its end within which a period is to be reported.
        holidays: ISO days that the pack itself declares as rest (True) or work (False), over the library's.
    """

    version: int
    label: str
    digest: str
    files: Mapping[str, str]
    groups: Mapping[str, str]
    choices: Mapping[str, Choices]
    regions: Mapping[str, str]
    ledgers: Mapping[str, Ledger]
    narratives: Mapping[str, Narrative]
    charts: ChartPage
    statistics: Mapping[str, StatisticalForm]
    reporting_days: Mapping[str, int]
    holidays: Mapping[str, bool]
    letters: LetterForms

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """All indicators by key, in the order of the groups and files."""
        return {i.key: i for ledger in self.in_order() for i in ledger.indicators}

    @cached_property
    def windows(self) -> dict[str, Window]:
        """All windows by key."""
        return {w.key: w for ledger in self.ledgers.values() for w in ledger.windows}

    def in_order(self) -> Iterator[Ledger]:
        """The ledgers in the order of the navigation groups, then by file name."""
        for group in self.groups:
            yield from (one for one in self.ledgers.values() if one.group == group)

    def children(self, ledger: str) -> tuple[Ledger, ...]:
        """The child ledgers shown in this ledger's form."""
        return tuple(one for one in self.ledgers.values() if one.child_of == ledger)
