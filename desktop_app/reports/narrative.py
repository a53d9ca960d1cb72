"""The yearly text: a template's words with the year's figures in their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from desktop_app.domain.indicators import NO_DATA, Figure, printed_text, printed_value
from desktop_app.domain.period import Period
from desktop_app.schema.model import Maybe, Narrative, Piece, Place, Say

INDENT = "　　"
_TIDY = ((re.compile(r"[，、；]+(?=[，、；。])"), ""), (re.compile(r"(?<=[。；：])[，、；。]+"), ""))
"""What dropped clauses leave behind: a comma before a full stop, two in a row."""


def plain_text(narrative: Narrative, figures: Mapping[str, Figure], period: Period) -> str:
    """Title, headings and paragraphs, one a line, paragraphs indented by two characters."""
    writer = _Writer(figures, period)
    lines = [writer.text(narrative.title)]
    for one in narrative.paragraphs:
        text = writer.text(one.pieces)
        if text:
            lines += ([INDENT + one.heading] if one.heading else []) + [INDENT + text]
    return "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, figures: Mapping[str, Figure], period: Period) -> None:
        self._figures = figures
        self._years = {"year": str(period.year), "last_year": str(period.year - 1)}

    def text(self, pieces: Iterable[Piece]) -> str:
        """The words of the pieces, punctuation tidied."""
        text = "".join(self._piece(one) for one in pieces)
        for pattern, instead in _TIDY:
            text = pattern.sub(instead, text)
        return text

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, Say):
            return piece.text
        if isinstance(piece, Place):
            return self._place(piece)
        return "".join(self._piece(one) for one in piece.pieces) if self._stands(piece) else ""

    def _stands(self, clause: Maybe) -> bool:
        if clause.operator:
            value = self._value(clause.key)
            is_so = value is not None and (value == clause.number if clause.operator == "=" else value > clause.number)
            if not is_so:
                return False
        places = [one for one in clause.pieces if isinstance(one, Place) and one.key in self._figures]
        return all(self._is_there(one.key) for one in places if one.key != clause.key)

    def _is_there(self, key: str) -> bool:
        return bool(self._value(key))

    def _value(self, key: str) -> int | float | None:
        figure = self._figures[key]
        return printed_value(figure.indicator, figure.total)

    def _place(self, place: Place) -> str:
        if place.key in self._years:
            return self._years[place.key]
        figure = self._figures[place.key]
        if place.form == "month":
            return str(int(figure.total.days[0][5:7])) if figure.total.days else NO_DATA
        if place.form == "floor10":
            value = self._value(place.key)
            return NO_DATA if value is None else str(int(value) // 10 * 10)
        return printed_text(figure.indicator, figure.total)
