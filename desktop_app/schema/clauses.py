"""
Clauses: one shape of condition `{field, operator}` for show_if, checks, marks, workflow and indicators.

Evaluated here over canonical values and compiled to SQL by `storage.clauses`; a test holds that both
agree. The rule for empty values: a clause on an empty field, or against an empty other field, does not
hold; except `is_set = false`, `not_in`, and `is = false` on a flag (an unticked box is no).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from desktop_app.schema.model import Clause, Day, Other

Values = Mapping[str, object]
Lookup = Callable[[str, str], Values | None]
"""Key of a reference and the id it holds → the values of that record; None when it is not there."""


def nothing_there(_key: str, _id: str) -> Values | None:
    """The lookup where no record refers to another."""
    return None


LISTED = ("in", "not_in", "has")
"""Operators whose operand is a list of values."""
ORDERED = {"min", "max", "before", "not_before", "after", "not_after"}
"""Operators that compare, and may name another field."""
OPERATORS = ("is", *LISTED, "is_set", *sorted(ORDERED))


@dataclass(frozen=True, slots=True)
class Frame:
    """What a clause may ask beside the record: ISO days of the reading, and the records referred to."""

    today: str
    period_start: str = ""
    period_end: str = ""
    lookup: Lookup = nothing_there

    def day(self, day: Day) -> str:
        """The ISO day that a named day stands for."""
        named = {"today": self.today, "period_start": self.period_start, "period_end": self.period_end}[day.name]
        return named if not day.offset else (date.fromisoformat(named) + timedelta(day.offset)).isoformat()


def holds(clauses: Iterable[Clause], values: Values, frame: Frame) -> bool:
    """Whether all clauses hold for a record; an empty list holds."""
    return all(_one(clause, values, frame) for clause in clauses)


def value_at(path: str, values: Values, frame: Frame) -> object:
    """The value of a field, or of a field of the record that a reference names; None when not there."""
    if "." not in path:
        return values.get(path)
    reference, key = path.split(".")
    there = values.get(reference)
    found = frame.lookup(reference, str(there)) if there else None
    return None if found is None else found.get(key)


def fields_in(clauses: Iterable[Clause]) -> list[str]:
    """Keys of this record's own fields that the clauses read, in order of appearance."""
    keys: dict[str, None] = {}
    for clause in clauses:
        keys[clause.path.split(".")[0]] = None
        if isinstance(clause.operand, Other):
            keys[clause.operand.key] = None
    return list(keys)


def _one(clause: Clause, values: Values, frame: Frame) -> bool:
    value = value_at(clause.path, values, frame)
    operand = clause.operand
    if isinstance(operand, Other):
        operand = values.get(operand.key)
    elif isinstance(operand, Day):
        operand = frame.day(operand)
    if clause.operator == "is_set":
        return (value is not None) == operand
    if clause.operator == "not_in":
        return value is None or value not in _several(operand)
    if clause.operator == "is" and operand is False:
        return not value
    if value is None or operand is None:
        return False
    return _TESTS[clause.operator](value, operand)


def _several(operand: object) -> tuple[object, ...]:
    assert isinstance(operand, tuple)
    return operand


def _has(value: object, operand: object) -> bool:
    assert isinstance(value, list)
    return any(one in value for one in _several(operand))


_TESTS: dict[str, Callable[..., bool]] = {
    "is": lambda value, operand: value == operand,
    "in": lambda value, operand: value in _several(operand),
    "has": _has,
    "min": lambda value, operand: value >= operand,
    "max": lambda value, operand: value <= operand,
    "before": lambda value, operand: value < operand,
    "not_before": lambda value, operand: value >= operand,
    "after": lambda value, operand: value > operand,
    "not_after": lambda value, operand: value <= operand,
}
