"""
A made-up year of work for several offices, from a scenario that says it in totals (grammar: `sample.read`).

The practice mode and the tests enter these rows like any clerk's. Everything is invented; the same
scenario, words and pack give the same rows on every PC.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from desktop_app.actions.sample.plan import ScenarioInvalid
from desktop_app.actions.sample.read import read_scenario
from desktop_app.actions.sample.rows import Batch, Maker, SampleRow
from desktop_app.actions.sample.values import Ref
from desktop_app.base.errors import problem
from desktop_app.schema.model import Pack

__all__ = ["Batch", "Ref", "SampleRow", "ScenarioInvalid", "load_scenario", "sample_batches", "scenario_offices"]

WORDS = "words.toml"


def load_scenario(path: Path) -> dict[str, object]:
    """
    The tables of a scenario file, with the word lists of `words.toml` beside it under `words`.

    Raises:
        OSError: One of the files cannot be read.
        ScenarioInvalid: One of them is no TOML.
    """
    return {**_toml(path), "words": _toml(path.with_name(WORDS))}


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioInvalid("record.invalid", [problem("form.toml", place=path.name, detail=error)]) from None


def scenario_offices(scenario: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Code, name and role (`city`, `county`) of each office, in the order of the scenario."""
    found = scenario.get("office")
    offices = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [(str(one.get("code")), str(one.get("name")), str(one.get("role"))) for one in offices]


def sample_batches(scenario: Mapping[str, object], pack: Pack) -> Iterator[Batch]:
    """
    The rows, in an order in which every reference points to an earlier row of the same office.

    Args:
        scenario: As `load_scenario` gives it.

    Raises:
        ScenarioInvalid: The scenario has faults; all are listed before the first row, except for those
            that only the making shows (a pool too small, a total that cannot be split).
    """
    plan = read_scenario(scenario, pack)
    maker = Maker(plan, pack)
    for batch in plan.batches:
        yield from maker.make(batch)
