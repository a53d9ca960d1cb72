"""“Did you mean”: the nearest known name, as the part of a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(name: str, known: Iterable[str]) -> str:
    """`，是不是“…”？` with the nearest known name, or an empty text."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"，是不是“{near[0]}”" if near else ""


def some(names: Iterable[str], most: int = 12) -> str:
    """Names joined for a sentence, the first `most` of them."""
    all_names = list(names)
    return "、".join(all_names[:most]) + ("等" if len(all_names) > most else "")
