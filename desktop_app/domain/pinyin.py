"""First letters of the pinyin of Chinese text, by which clerks look things up."""

from __future__ import annotations

from functools import lru_cache

from desktop_app.domain.pinyin_table import FIRST, SECOND, START

MOST_READINGS = 4
"""Of one text: two characters that are read in two ways each."""

_FIRST = {START + at: letter for at, letter in enumerate(FIRST) if letter != "."}
_SECOND = {ord(SECOND[at]): SECOND[at + 1] for at in range(0, len(SECOND), 2)}


def initials(text: str) -> str:
    """First letter of each character in its commonest reading, lower case; other characters as they are."""
    return text.translate(_FIRST).lower()


@lru_cache(maxsize=10_000)
def readings(text: str) -> tuple[str, ...]:
    """The initials of a text in the ways it may be read, the commonest first; at most `MOST_READINGS`."""
    found = [initials(text)]
    for at, char in enumerate(text):
        if (other := _SECOND.get(ord(char))) and len(found) < MOST_READINGS:
            found += [one[:at] + other + one[at + 1 :] for one in found]
    return tuple(found)
