"""The value of one field of one row: by the rule of the batch, or plausibly by its type and label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from desktop_app.actions.sample.codes import invent_phone, invent_resident_id, invent_uscc
from desktop_app.actions.sample.columns import IsWorkday, possible_days
from desktop_app.actions.sample.plan import After, BatchPlan, CellRule, Part, SampleOffice, Scenario, Take, Text, Use
from desktop_app.actions.sample.words import Words
from desktop_app.schema.model import Field, Pack
from desktop_app.schema.types import show_value

_TRIES = 40
"""Draws for a name nobody has yet, before one that somebody has is taken."""
_ROUND_FEN = 10_000
"""Amounts invented here are whole hundreds of yuan."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands for the record of another row, by its key."""

    key: str


@dataclass
class Slot:
    """A row while it is made: its office, its fields so far, and the step each field is entered with."""

    office: SampleOffice
    values: dict[str, object]
    step_of: dict[str, str] = field(default_factory=dict)


class Known:
    """The rows made so far: their fields by key, and the pools they stand in, office by office."""

    def __init__(self) -> None:
        self._values: dict[str, Mapping[str, object]] = {}
        self._pools: dict[tuple[str, str], list[str]] = defaultdict(list)

    def put(self, key: str, values: Mapping[str, object], office: str, pools: Sequence[str]) -> None:
        """Remembers a row."""
        self._values[key] = values
        for pool in pools:
            self._pools[pool, office].append(key)

    def pool(self, use: Use, office: str) -> list[str]:
        """Keys of the rows meant, in the order in which they were made."""
        wanted = use.where.items()
        return [one for one in self._pools[use.pool, office] if all(self._values[one].get(k) == v for k, v in wanted)]

    def at(self, values: Mapping[str, object], path: str) -> object:
        """The value of a field, or of a field of the record that a reference names; None when not there."""
        key, _, inner = path.partition(".")
        value = values.get(key)
        keys = ref_keys(value)
        if not inner:
            return value
        return self._values[keys[0]].get(inner) if keys else None

    def taken(self, values: Mapping[str, object], path: str) -> object:
        """As `at`; over several references the sum."""
        key, _, inner = path.partition(".")
        keys = ref_keys(values.get(key))
        if len(keys) < 2:
            return self.at(values, path)
        found = [self._values[one].get(inner) for one in keys]
        return sum(one for one in found if isinstance(one, int))


class ValueMaker:
    """Makes values; keeps what has been used and how far the numbers have been counted."""

    def __init__(self, scenario: Scenario, pack: Pack, known: Known, is_workday: IsWorkday) -> None:
        self._scenario = scenario
        self._pack = pack
        self._known = known
        self._is_workday = is_workday
        self._words = Words(scenario.words)
        self._counters: Counter[tuple[str, ...]] = Counter()
        self._used: set[tuple[str, str, str]] = set()

    def ruled(self, plan: BatchPlan, slot: Slot, key: str, rule: CellRule, rng: Random) -> object:
        """
        The value by a rule.

        Raises:
            ScenarioInvalid: An empty pool, or a path to nothing.
        """
        if isinstance(rule, Text):
            return self._text(plan, slot, key, rule.templates, rng)
        if isinstance(rule, Take):
            return self._known.taken(slot.values, rule.path)
        if isinstance(rule, Use):
            pool = self._known.pool(rule, slot.office.code)
            if not pool:
                allowed = f"{slot.office.code} 没有记录"
                raise plan.fault("form.bad_value", key, value=rule.pool, hint="", allowed=allowed)
            return as_refs(plan.field(key), [rng.choice(pool)])
        start = self._known.at(slot.values, rule.path)
        if isinstance(rule, Part) and isinstance(start, int):
            amount = start * rng.randint(rule.low, rule.high) // 100
            return amount // _ROUND_FEN * _ROUND_FEN if plan.field(key).type.name == "money" else amount
        if isinstance(rule, After) and isinstance(start, str):
            day = date.fromisoformat(start)
            return rng.choice(possible_days(day + timedelta(rule.low), day + timedelta(rule.high), self._is_workday))
        raise plan.fault("form.bad_value", key, value=rule.path, hint="", allowed="已有值的字段")

    def invented(self, plan: BatchPlan, slot: Slot, field: Field, rng: Random) -> object:
        """A plausible value by type; counts and amounts are small, flags are no."""
        code = slot.office.code
        is_woman = slot.values.get("is_woman") is True or slot.values.get("sex") == "female"
        phrases = self._words.templates(plan.ledger, field)
        invent: dict[str, Callable[[], object]] = {
            "text": lambda: self._text(plan, slot, field.key, phrases, rng),
            "choice": lambda: _any_choice(field, rng),
            "choices": lambda: [_any_choice(field, rng)],
            "region": lambda: code if field.choices and code in field.choices.labels else _any_choice(field, rng),
            "count": lambda: rng.randint(1, 20),
            "money": lambda: rng.randint(5, 300) * _ROUND_FEN,
            "flag": lambda: False,
            "period": lambda: str(self._scenario.year),
            "uscc": lambda: self._new(plan, field, lambda: invent_uscc(rng, code)),
            "resident_id": lambda: self._new(plan, field, lambda: invent_resident_id(rng, code, is_woman=is_woman)),
            "phone": lambda: invent_phone(rng),
            "reference": lambda: self.ruled(plan, slot, field.key, Use(field.ledger), rng),
        }
        invent |= {"long_text": invent["text"], "doc_no": invent["text"], "references": invent["reference"]}
        if field.type.name not in invent:
            raise plan.fault("form.missing_key", field.key)
        return invent[field.type.name]()

    def _text(self, plan: BatchPlan, slot: Slot, key: str, templates: Sequence[str], rng: Random) -> str:
        field = plan.field(key)
        template = rng.choice(templates)

        def find(name: str) -> object:
            return self._place(plan, slot, template, name, rng)

        def draw() -> str:
            try:
                return self._words.fill(template, rng, slot.office.code, find)
            except KeyError as fault:
                raise plan.fault("form.bad_template", key, value=template, hint="", name=fault.args[0]) from None

        # what is required tells records apart, so it differs where it can; what is made of another record's is as it is
        return self._new(plan, field, draw) if field.required and "." not in template else draw()

    def _new(self, plan: BatchPlan, field: Field, draw: Callable[[], str]) -> str:
        """What was drawn, if possible not drawn before for this field."""
        found = draw()
        for _ in range(_TRIES):
            if (plan.ledger.key, field.key, found) not in self._used:
                break
            found = draw()
        self._used.add((plan.ledger.key, field.key, found))
        return found

    def _place(self, plan: BatchPlan, slot: Slot, template: str, name: str, rng: Random) -> object:
        """What stands in a place of a template; None leaves it to the word lists."""
        office = slot.office
        if name == "n":
            counter = (plan.ledger.key, template, office.code)
            self._counters[counter] += 1
            return self._counters[counter]
        if name == "handler" and office.handlers:
            return rng.choice(office.handlers)
        fixed = {"office": office.name, "short": office.short, "year": self._scenario.year}
        return fixed[name] if name in fixed else self._shown(plan, slot, name)

    def _shown(self, plan: BatchPlan, slot: Slot, path: str) -> str | None:
        """A field of the row, or of a record it refers to, as it is printed."""
        key, _, inner = path.partition(".")
        fields = plan.ledger.fields
        if inner:
            keys = ref_keys(slot.values.get(key))
            fields, key = (self._pack.ledgers[ledger_of(keys[0])].fields if keys else {}), inner
        value = self._known.at(slot.values, path)
        return show_value(value, fields[key]) if key in fields and value is not None else None


def _any_choice(field: Field, rng: Random) -> str:
    """A code of its choices; “other” needs words that nobody would invent."""
    return rng.choice([one for one in (field.choices.labels if field.choices else ()) if one != "other"])


def ledger_of(key: str) -> str:
    """The ledger of a row, by its key."""
    return key.partition("/")[0]


def as_refs(field: Field, keys: Sequence[str]) -> object:
    """References as a field of this type holds them."""
    found = [Ref(one) for one in keys]
    return found if field.type.name == "references" else found[0]


def ref_keys(value: object) -> list[str]:
    """Keys of the rows that a reference or a list of them stands for."""
    several = value if isinstance(value, list) else [value]
    return [one.key for one in several if isinstance(one, Ref)]
