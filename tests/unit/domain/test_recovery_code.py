"""A wrong character of a recovery code is found in its own group before anything is tried."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.recovery_code import plain_code, printed_code, wrong_groups

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODES = st.text(ALPHABET, min_size=32, max_size=32)


@given(CODES)
def test_as_printed__ok(plain: str) -> None:
    code = printed_code(plain)
    assert [len(group) for group in code.split("-")] == [5] * 8
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert (plain_code(typed), wrong_groups(typed)) == (plain, [])


@given(CODES, st.integers(0, 39), st.integers(1, 31))
def test_any_one_wrong_character__error(plain: str, at: int, by: int) -> None:
    text = printed_code(plain).replace("-", "")
    other = ALPHABET[(ALPHABET.index(text[at]) + by) % 32]
    assert wrong_groups(text[:at] + other + text[at + 1 :]) == [at // 5 + 1]


def test_neighbours_that_changed_places__error() -> None:
    for pair, at in itertools.product(itertools.combinations(ALPHABET, 2), range(3)):
        part = ["A", "B", "C", "D"]
        part[at : at + 2] = pair
        text = printed_code("".join(part) * 8).replace("-", "")
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        assert wrong_groups(swapped) == [1], (pair, at)


def test_groups_that_changed_places__error() -> None:
    groups = printed_code("".join(random.Random(7).choices(ALPHABET, k=32))).split("-")
    groups[2], groups[5] = groups[5], groups[2]
    assert wrong_groups("-".join(groups)) == [3, 6]


@pytest.mark.parametrize("typed", ["", "口令口令", "A" * 31, "A" * 41, "1" * 40, "0" * 32])
def test_no_code__ok(typed: str) -> None:
    assert (plain_code(typed), wrong_groups(typed)) == ("", [])


def test_code_of_the_first_format__ok() -> None:
    assert plain_code("abcd-" * 7 + "2345") == "ABCD" * 7 + "2345"
