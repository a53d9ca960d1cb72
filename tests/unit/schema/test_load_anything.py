"""
What the loader of a pack does with values that nobody would write.

L03 whatever stands in the place of a value, the loader loads or refuses, and never falls over
"""

import copy
import itertools
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from desktop_app.base.errors import FormsInvalid
from desktop_app.schema.load import load_pack
from tests.unit.schema.small_pack import GOOD, Edit, edited, faults_of
from tests.unit.schema.test_load import CASE


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)


def _text(data: Mapping[str, object]) -> str:
    return "\n".join(f"{_toml(key)} = {_toml(one)}" for key, one in data.items())


def _paths(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from _paths(one, (*at, key))


INSTEAD: tuple[object, ...] = (1, "x", "", True, [], {}, [1], ["x"], [["x"]], {"a": 1}, {"a": {}}, 1.5, -7, "a.b.c")


def test_l03_any_value_anywhere_is_said_or_taken(sweep: Callable[[int, int], int]) -> None:
    whole = {name: tomllib.loads(text) for name, text in GOOD.items()}
    assert load_pack({name: _text(data) for name, data in whole.items()}).ledgers.keys() == {"person", "case", "visit"}
    places = [(name, path, new) for name, data in whole.items() for path in _paths(data) for new in INSTEAD]
    step = max(1, len(places) // sweep(500, len(places)))
    fell_over = []
    for name, path, new in itertools.islice(places, 0, None, step | 1):
        data = copy.deepcopy(whole[name])
        table: Any = data
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = new
        try:
            load_pack({**GOOD, name: _text(data)})
        except FormsInvalid:
            pass
        except Exception as error:
            fell_over.append(f"{name} {path} = {new!r}: {error!r}")
    assert not fell_over, "\n".join(fell_over)


FELL_OVER: list[tuple[str, Edit]] = [
    ("no_groups", ("pack.toml", '[groups]\ndaily = "日常"\n', "")),
    ("groups_of_another_kind", ("pack.toml", '[groups]\ndaily = "日常"\n', "groups = 1\n")),
    ("no_states", (CASE, 'states = { open = "在办", done = "办结" }', "")),
    ("list_among_choices", (CASE, 'in = ["wages"]', 'in = [["wages"]]')),
    ("list_as_moved", (CASE, 'gone = ""', "gone = [1]")),
]


@pytest.mark.parametrize("edit", [edit for _, edit in FELL_OVER], ids=[name for name, _ in FELL_OVER])
def test_l03_is_said_and_does_not_fall_over__error(edit: Edit) -> None:
    assert any(one.place.startswith(edit[0]) for one in faults_of(edited(edit)))
