"""
What another vault sent is taken only in the form in which values are kept.

K01 whatever `parse_value` makes, passes
K02 values of another shape do not, so that printing and comparing never meet them
K03 state, parent and deletion have their shapes too
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.schema.canonical import MAX_NUMBER, canonical_checks
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import DELETED, PARENT, STATE, Ledger
from desktop_app.schema.types import TYPES
from tests.unit.schema.small_pack import GOOD
from tests.unit.schema.test_types import CANONICAL, FIELDS, FILE, ID

ALL_TYPES = Ledger(
    "all", 1, "全部", "daily", "", "", {name: FIELDS[name] for name in TYPES}, (), load_pack(GOOD).ledgers["case"].list
)
CHECKS = canonical_checks(ALL_TYPES)


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
def test_k01_parsed_value_passes(kind: str, data: st.DataObject) -> None:
    assert CHECKS[kind](data.draw(CANONICAL[kind]))


@pytest.mark.parametrize("kind", ["choice", "region"])
def test_k01_option_of_a_newer_pack_passes(kind: str) -> None:
    assert CHECKS[kind]("not_known_here")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", [1.5, {}, {"a": 1}, ("a",), b"a"], ids=repr)
def test_k02_no_such_value_in_any_type__error(kind: str, value: object) -> None:
    assert not CHECKS[kind](value)


WRONG: list[tuple[str, object]] = [
    ("text", 1),
    ("text", True),
    ("text", ["一"]),
    ("choice", 1),
    ("count", "1"),
    ("count", True),
    ("count", -1),
    ("count", MAX_NUMBER + 1),
    ("money", "1"),
    ("money", -1),
    ("flag", 0),
    ("flag", "是"),
    ("date", 20250305),
    ("date", "2025.03.05"),
    ("date", "2025-3-5"),
    ("date", "20250305"),
    ("date", "2025-02-30"),
    ("date", "2025-03-05T00:00"),
    ("date", "2025-W10-3"),  # an ISO week has ten characters too, and sorts after every day
    ("period", "2025-Q5"),
    ("period", "2025\n"),
    ("period", "2025-03-05"),
    ("period", 2025),
    ("choices", "wages"),
    ("choices", [1]),
    ("references", [ID, None]),
    ("references", ID),
    ("pair", []),
    ("pair", ["19", "23"]),
    ("pair", [1]),
    ("pair", [1, 2, 3]),
    ("attachments", [1]),
    ("attachments", ["一.pdf"]),
    ("attachments", [{"digest": FILE["digest"]}]),
]


@pytest.mark.parametrize(("kind", "value"), WRONG, ids=[f"{kind}-{value}__error" for kind, value in WRONG])
def test_k02_wrong_shape(kind: str, value: object) -> None:
    assert not CHECKS[kind](value)


@pytest.mark.parametrize(
    ("key", "good", "bad"), [(STATE, "open", 1), (PARENT, ID, [ID]), (DELETED, True, 1), (DELETED, False, "true")]
)
def test_k03_travelling_keys(key: str, good: object, bad: object) -> None:
    assert CHECKS[key](good)
    assert not CHECKS[key](bad)
