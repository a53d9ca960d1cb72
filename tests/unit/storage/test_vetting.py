"""
Numbers that are taken, found among as few as possible.

N01 a number is refused exactly when a record has it already for other words, wherever in whichever stream it stands
N02 between two numbers nothing is asked for but what was written there meanwhile
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from desktop_app.base.errors import PackageError
from desktop_app.domain.revision import Revision, encode_revision
from desktop_app.storage.streams import Line, append, find_stream
from desktop_app.storage.vault import Vault
from desktop_app.storage.vetting import Taken
from tests.helpers.desks import CITY, COUNTY
from tests.unit.storage.test_merge import passing

RECORDS = ["a" * 32, "b" * 32]


def made(numbers: Sequence[tuple[int, int]], words: str) -> list[tuple[Revision, bytes]]:
    """Revisions by number and record."""
    some = [
        Revision(f"{number:032x}", RECORDS[record], "dispute", {"summary": words}, "甲", 0, 1)
        for number, record in numbers
    ]
    return [(one, encode_revision(one)) for one in some]


def put(connection: Connection, instance: str, received: Sequence[tuple[Revision, bytes]]) -> None:
    stream = find_stream(connection, CITY, instance, COUNTY)
    append(connection, stream, [Line(one.id, one.record, body) for one, body in received])


def is_refused(taken: Taken, received: Sequence[tuple[Revision, bytes]]) -> bool:
    with suppress(PackageError):
        taken.check(received, "包.ghpkg")
        return False
    return True


NUMBERS = st.lists(st.tuples(st.integers(1, 12), st.just(0)), min_size=1, max_size=6, unique_by=lambda one: one[0])
PART = st.tuples(NUMBERS.map(sorted) | NUMBERS, st.sampled_from(["此", "彼"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=250)
@example(here=[([(2, 0), (9, 0), (1, 0)], "此")], added=([(10, 0)], "此"), came=[([(2, 0)], "彼")])
@given(here=st.lists(PART, max_size=3), added=PART, came=st.lists(PART, min_size=1, max_size=3))
def test_n01_exactly_what_is_taken(city: Vault, here: list[Any], added: Any, came: list[Any]) -> None:
    """In up to three streams, one of which grew since its numbers were kept; and what comes may come in parts."""
    there: dict[tuple[int, int], set[str]] = defaultdict(set)
    with passing(city) as connection:
        for at, (numbers, words) in enumerate([*here, added]):
            put(connection, f"{at % max(1, len(here)):032x}", made(numbers, words))
            if at == len(here) - 1:
                Taken(connection, COUNTY)
            for one in numbers:
                there[one].add(words)
        taken = Taken(connection, COUNTY)
        for numbers, words in came:
            received = made(numbers, words)
            assert is_refused(taken, received) == any(there[one] - {words} for one in numbers)
            stream = find_stream(connection, CITY, "f" * 32, COUNTY)
            append(connection, stream, [Line(one.id, one.record, body) for one, body in received])
            taken.add(stream, received)
            for one in numbers:
                there[one].add(words)


@pytest.mark.parametrize(
    ("n_between", "asked"),
    [(0, [2]), (2, [2, 2]), (500, [398])],
    ids=["nothing", "two_of_which_one_has_the_number", "more_than_come"],
)
def test_n02_only_what_lies_between(city: Vault, n_between: int, asked: list[int]) -> None:
    """199 come into the middle of 2,000: one span of places is read, then what has the same number; else each is."""
    with passing(city) as connection:
        here = (*range(1, 1001), *range(3001, 3001 + n_between), *range(5001, 6001))
        put(connection, "0" * 32, made([(n, 0) for n in here], "此"))
        taken = Taken(connection, COUNTY)
        statements: list[int] = []
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(len(given[3])))
        assert not is_refused(taken, made([(n, 1) for n in range(2902, 3499, 3)], "来"))
    assert [n for n in statements if n > 1] == asked
