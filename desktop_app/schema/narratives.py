"""Texts of a period as templates: words, figures in their places, clauses that fall away, passages a writer edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PeriodKind = Literal["year", "quarter", "month", "span"]


@dataclass(frozen=True, slots=True)
class Say:
    """Words that always stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """
    A figure: `{key}`, or written another way by its `form` (`schema.load_narrative.FORMS`).

    The keys `year`, `last_year`, `period` and `office` are always there.
    """

    key: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a figure has to be; `operator` is one of `=`, `>`, `<`."""

    key: str
    operator: str
    number: int


@dataclass(frozen=True, slots=True)
class Maybe:
    """
    A clause in `[…]` that is dropped when a figure in it is missing or zero, or when one of its conditions
    `[key=0|…]`, `[key>0,other<5|…]` does not hold.
    """

    pieces: tuple[Say | Place, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Insert:
    """`{passage.key}`: a passage, in the writer's words or those of the pack."""

    key: str


Piece = Say | Place | Maybe | Insert
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading, empty for opening and closing words, and its text."""

    heading: str
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of the writer: `text` is what the pack suggests, `pieces` the same as read."""

    key: str
    label: str
    text: str
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Narrative:
    """One text; `kinds` are the kinds of period it is written for."""

    key: str
    label: str
    kinds: tuple[PeriodKind, ...]
    title: Pieces
    paragraphs: tuple[Paragraph, ...]
    passages: Mapping[str, Passage] = field(default_factory=dict)
