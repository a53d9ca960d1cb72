"""Words of the sample year: word lists and phrases (`resources/sample/words.toml`) and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from desktop_app.schema.model import Field, Ledger

PLACE = re.compile(r"\{(\w+(?:\.\w+)?)(?::0(\d+))?\}")
_DEPTH = 6
"""A word may be made of other words so often; a list that leads back to itself is a fault of the list."""

Finder = Callable[[str], object]
"""Name of a place → what stands there, None when the row knows no such thing."""


class Words:
    """
    The word lists of a scenario.

    Args:
        data: `lists`: name → words, or words by office code, or by what the field named `by` shows, with
            `other` for the rest; `phrases`: `ledger.field`, label or the end of a label → templates. A word
            may hold places itself.
    """

    def __init__(self, data: Mapping[str, object]) -> None:
        lists, phrases = data.get("lists"), data.get("phrases")
        self._lists: Mapping[str, object] = lists if isinstance(lists, dict) else {}
        self._phrases: Mapping[str, object] = phrases if isinstance(phrases, dict) else {}

    def templates(self, ledger: Ledger, field: Field) -> tuple[str, ...]:
        """Phrases for a text field: its own, those of its label, of the longest end of its label, or any."""
        ends = [field.label[i:] for i in range(len(field.label))]
        for name in (f"{ledger.key}.{field.key}", *ends, "*"):
            if isinstance(found := self._phrases.get(name), list):
                return tuple(map(str, found))
        return (field.label,)

    def fill(self, template: str, rng: Random, office: str, find: Finder) -> str:
        """
        The template with every place filled: from the row first, then from the lists.

        Raises:
            KeyError: A place that neither knows.
        """
        return self._fill(template, rng, office, find, _DEPTH)

    def _fill(self, template: str, rng: Random, office: str, find: Finder, depth: int) -> str:
        if not depth:
            raise KeyError(template)

        def place(found: re.Match[str]) -> str:
            name, width = found[1], found[2]
            value = find(name)
            if value is not None:
                return str(value).zfill(int(width or 0))
            return self._fill(self._word(name, rng, office, find), rng, office, find, depth - 1)

        return PLACE.sub(place, template)

    def _word(self, name: str, rng: Random, office: str, find: Finder) -> str:
        words = self._lists[name]
        if isinstance(words, dict):
            key = find(str(words["by"])) if "by" in words else office
            words = words.get(key, words.get("other"))
        if not isinstance(words, list) or not words:
            raise KeyError(name)
        return str(rng.choice(words))
