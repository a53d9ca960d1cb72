"""
Clauses over canonical values, evaluated in Python (that SQL agrees is tested in storage).

C11 each operator holds where it should and nowhere else
C12 on an empty field nothing holds but `is_set = false`, `not_in`, and `is = false` of a flag
C13 against an empty other field nothing holds
C14 named days follow the frame; references ask the lookup
C15 several clauses are ANDed, none at all holds
"""

from collections.abc import Mapping

import pytest

from desktop_app.schema.clauses import OPERATORS, Frame, fields_in, holds, nothing_there, value_at
from desktop_app.schema.model import Clause, Day, Other
from desktop_app.schema.types import TYPES

FRAME = Frame(today="2025-03-05", period_start="2025-01-01", period_end="2025-12-31")


def one(path: str, operator: str, operand: object, values: Mapping[str, object], frame: Frame = FRAME) -> bool:
    return holds([Clause(path, operator, operand)], values, frame)


@pytest.mark.parametrize(
    ("operator", "operand", "yes", "no"),
    [
        ("is", "a", "a", "b"),
        ("is", True, True, False),
        ("is", False, False, True),
        ("is", 0, 0, 1),
        ("in", ("a", "b"), "b", "c"),
        ("not_in", ("a", "b"), "c", "a"),
        ("has", ("a", "b"), ["c", "b"], ["c"]),
        ("is_set", True, "a", None),
        ("is_set", False, None, 0),
        ("min", 5, 5, 4),
        ("max", 5, 5, 6),
        ("before", "2025-03-05", "2025-03-04", "2025-03-05"),
        ("not_before", "2025-03-05", "2025-03-05", "2025-03-04"),
        ("after", "2025-03-05", "2025-03-06", "2025-03-05"),
        ("not_after", "2025-03-05", "2025-03-05", "2025-03-06"),
    ],
)
def test_c11_operator(operator: str, operand: object, yes: object, no: object) -> None:
    assert one("x", operator, operand, {"x": yes})
    assert not one("x", operator, operand, {"x": no})


def test_c11_types_name_only_operators_there_are() -> None:
    assert frozenset().union(*(kind.operators for kind in TYPES.values())) == set(OPERATORS)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("values", [{}, {"x": None}], ids=["missing", "none"])
def test_c12_empty_field(operator: str, values: Mapping[str, object]) -> None:
    operand: object = {"in": ("a",), "not_in": ("a",), "has": ("a",), "is_set": True, "min": 0, "max": 9}.get(
        operator, ""
    )
    assert one("x", operator, operand, values) == (operator == "not_in")


def test_c12_unticked_box_is_no() -> None:
    assert one("x", "is", False, {})
    assert one("x", "is_set", False, {})
    assert not one("x", "is", True, {})


def test_c12_zero_and_false_are_not_empty() -> None:
    assert one("x", "is_set", True, {"x": 0})
    assert one("x", "is_set", True, {"x": False})
    assert not one("x", "not_in", (0, 1), {"x": 0})


@pytest.mark.parametrize("operator", ["min", "max", "before", "not_before", "after", "not_after"])
def test_c13_other_field(operator: str) -> None:
    assert not one("x", operator, Other("y"), {"x": "5"})
    assert not one("x", operator, Other("y"), {"y": "5"})
    equal = one("x", operator, Other("y"), {"x": "5", "y": "5"})
    assert equal == (operator not in ("before", "after"))


@pytest.mark.parametrize(
    ("day", "iso"),
    [
        (Day("today"), "2025-03-05"),
        (Day("today", -5), "2025-02-28"),
        (Day("today", 30), "2025-04-04"),
        (Day("period_start"), "2025-01-01"),
        (Day("period_start", -1), "2024-12-31"),
        (Day("period_end", 1), "2026-01-01"),
    ],
)
def test_c14_named_day(day: Day, iso: str) -> None:
    assert FRAME.day(day) == iso
    assert one("x", "not_before", day, {"x": iso})
    assert not one("x", "after", day, {"x": iso})


def test_c14_reference() -> None:
    people = {"p1": {"n_years": 3, "name": None}}
    asked: list[tuple[str, str]] = []

    def lookup(key: str, found: str) -> Mapping[str, object] | None:
        asked.append((key, found))
        return people.get(found)

    frame = Frame("2025-03-05", lookup=lookup)
    assert one("person.n_years", "min", 3, {"person": "p1"}, frame)
    assert not one("person.name", "is_set", True, {"person": "p1"}, frame)
    assert not one("person.n_years", "min", 0, {"person": "p2"}, frame)
    assert asked == [("person", "p1"), ("person", "p1"), ("person", "p2")]
    assert value_at("person.n_years", {"person": None}, frame) is None
    assert len(asked) == 3  # an empty reference asks nobody
    assert nothing_there("person", "p1") is None
    assert one("person.n_years", "is_set", False, {"person": "p1"})  # the frame that knows no record


def test_c15_and() -> None:
    yes, no = Clause("x", "is", 1), Clause("x", "is", 2)
    assert holds([], {}, FRAME)
    assert holds([yes, yes], {"x": 1}, FRAME)
    assert not holds([yes, no], {"x": 1}, FRAME)


def test_c15_fields_read() -> None:
    clauses = [Clause("a.b", "is", 1), Clause("c", "max", Other("d")), Clause("a", "is_set", True)]
    assert fields_in(clauses) == ["a", "c", "d"]
