"""The text of a period: a template's words with the period's figures and the writer's passages in their places."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop_app.domain.indicators import NO_DATA, Figure, Measured, change_words, printed_text, printed_value
from desktop_app.domain.period import Period, period_words
from desktop_app.schema.narratives import Condition, Insert, Maybe, Narrative, Piece, Pieces, Place, Say

_OPERATORS = {"=": operator.eq, ">": operator.gt, "<": operator.lt}
INDENT = "　　"
_TIDY = (
    (re.compile(r"[，、；]+(?=[，、；。])"), ""),
    (re.compile(r"(?<=[。；：])[，、；。]+"), ""),
    (re.compile(r"^[，、；。]+"), ""),
    (re.compile(r"[，、；]+$"), "。"),
)
"""What dropped clauses leave behind: a comma before a full stop, two in a row, one at the beginning or end."""


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What a text is filled with.

    Attributes:
        figures: By indicator; one that is not there has no data. before: Printed values of the same period
            of the year before.
        office: Name of who writes.
        passages: The writer's own, by key; the pack's words stand for the others.
    """

    period: Period
    office: str
    figures: Mapping[str, Figure]
    before: Mapping[str, int | float] = field(default_factory=dict)
    passages: Mapping[str, Pieces] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, empty for opening and closing words, and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its figures in place."""

    title: str
    sections: tuple[Section, ...]

    def lines(self) -> list[str]:
        """Headings and paragraphs in order."""
        return [text for one in self.sections for text in (one.heading, *one.paragraphs) if text]

    def plain(self) -> str:
        """One paragraph a line, indented by two characters."""
        return "\n".join([self.title, *(INDENT + one for one in self.lines())]) + "\n"


def write(narrative: Narrative, facts: Facts) -> Written:
    """The text; parts that come out empty are left out."""
    writer = _Writer(narrative, facts)
    sections = []
    for one in narrative.paragraphs:
        paragraphs = tuple(text for text in writer.text(one.pieces).split("\n") if text.strip())
        if paragraphs:
            sections.append(Section(one.heading, paragraphs))
    return Written(writer.text(narrative.title), tuple(sections))


class _Writer:
    def __init__(self, narrative: Narrative, facts: Facts) -> None:
        self._narrative = narrative
        self._facts = facts
        year = facts.period.year
        self._always = {
            "year": str(year),
            "last_year": str(year - 1),
            "period": period_words(facts.period.label),
            "office": facts.office,
        }

    def text(self, pieces: Iterable[Piece]) -> str:
        """The words of the pieces, punctuation tidied."""
        lines = "".join(self._piece(one) for one in pieces).split("\n")
        for pattern, instead in _TIDY:
            lines = [pattern.sub(instead, one) for one in lines]
        return "\n".join(lines)

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Say):
            return piece.text
        if isinstance(piece, Place):
            return self._place(piece)
        if isinstance(piece, Insert):
            own = self._facts.passages.get(piece.key)
            return "".join(
                self._piece(one) for one in (self._narrative.passages[piece.key].pieces if own is None else own)
            )
        return "".join(self._piece(one) for one in piece.pieces) if self._stands(piece) else ""

    def _stands(self, clause: Maybe) -> bool:
        if not all(self._holds(one) for one in clause.conditions):
            return False
        asked = {one.key for one in clause.conditions}  # what was asked about may be zero
        places = [one for one in clause.pieces if isinstance(one, Place) and one.key not in self._always]
        return all(one.key in asked or self._is_there(one) for one in places)

    def _holds(self, condition: Condition) -> bool:
        value = self._value(condition.key)
        return value is not None and _OPERATORS[condition.operator](value, condition.number)

    def _is_there(self, place: Place) -> bool:
        return bool(self._change(place.key) if place.form == "change" else self._value(place.key))

    def _value(self, key: str) -> int | float | None:
        figure = self._facts.figures.get(key)
        return printed_value(figure.indicator, figure.total) if figure else None

    def _change(self, key: str) -> str:
        figure = self._facts.figures.get(key)
        before = self._facts.before.get(key)
        return change_words(figure.indicator, self._value(key), before) if figure else ""

    def _place(self, place: Place) -> str:
        if place.key in self._always:
            return self._always[place.key]
        figure = self._facts.figures.get(place.key)
        if figure is None:
            return NO_DATA
        if place.form == "floor10":
            value = self._value(place.key)
            return NO_DATA if value is None else str(int(value) // 10 * 10)
        if place.form == "change":
            return self._change(place.key) or NO_DATA
        return _listed(figure.total, place.form) if place.form else printed_text(figure.indicator, figure.total)


def _listed(events: Measured, form: str) -> str:
    """Events as words: the month of the first, all of them, or all with their months."""
    months = [int(day[5:7]) for day in events.days]
    if form == "month":
        return str(months[0]) if months else NO_DATA
    texts = list(events.texts)
    if form == "dated":
        texts = [f"{month}月份，{text}" for month, text in zip(months, texts, strict=True)]
    return ("；" if form == "dated" else "、").join(dict.fromkeys(texts)) or NO_DATA
