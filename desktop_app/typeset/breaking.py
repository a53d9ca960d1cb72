"""
Chinese text in lines: which characters may begin or end a line, what stays whole, and the spread of a line.

The rules are those of Chinese typesetting practice (CLREQ): no line begins with closing punctuation or ends
with opening punctuation, numbers, Latin words, —— and …… stay whole. A line that a punctuation mark would
overrun is squeezed by the empty halves of its marks; otherwise characters are carried over and the rest is
spread out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OPENING = frozenset("（〔［｛〈《「『【〖“‘([{")
CLOSING = frozenset("，。、；：？！）〕］｝〉》」』】〗”’％‰℃°…—·,.;:?!)]}%")
"""What no line may begin with."""

_SQUEEZED = frozenset("，。、；：？！（）〔〕《》〈〉「」『』【】“”‘’")
"""Marks with an empty half."""

HALF = 0.5
_WHOLE = re.compile(r"[0-9A-Za-z]+(?:[-+.,:/@_%&'][0-9A-Za-z]+)*%?|—+|…+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Characters `start` to `end` of the text, which stay together, at `x` points from the left end of the line."""

    start: int
    end: int
    x: float


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line as it is drawn; `width` in points is that which it fills."""

    clusters: tuple[Cluster, ...]
    width: float


@dataclass(slots=True)
class _Piece:
    """A cluster before it has a place; `room` is how far it may be squeezed."""

    start: int
    end: int
    width: float
    room: float
    is_space: bool
    is_opening: bool = False


def break_lines(
    text: str,
    advance: Callable[[int], float],
    width: float,
    *,
    first_indent: float = 0.0,
    hanging: float = 0.0,
    justify: bool = True,
) -> list[SetLine]:
    """
    Sets a paragraph.

    Args:
        advance: Position of a character in the text → its width in points.
        width: Of the measure, points.
        first_indent, hanging: Left ends of the first line and of the others, points.
        justify: Whether all lines but the last fill the measure.

    Returns:
        At least one line; an empty text gives an empty one.
    """
    lines: list[SetLine] = []
    pieces = _pieces(text, advance, width - max(first_indent, hanging))
    at = 0
    while at < len(pieces) or not lines:
        left = hanging if lines else first_indent
        n = _fitting(text, pieces[at:], width - left)
        line = pieces[at : at + n]
        at += n
        while line and line[-1].is_space:
            line.pop()
        lines.append(_set(line, left, width, spread=justify and at < len(pieces)))
        while at < len(pieces) and pieces[at].is_space:
            at += 1
    return lines


def _pieces(text: str, advance: Callable[[int], float], most: float) -> list[_Piece]:
    found = []
    for match in _WHOLE.finditer(text):
        start, end = match.span()
        width = advance(start) if end == start + 1 else sum(map(advance, range(start, end)))
        if width > most:  # a word longer than a line has to be cut somewhere
            found += [_Piece(n, n + 1, advance(n), 0.0, False) for n in range(start, end)]
            continue
        room = HALF * width if text[start:end] in _SQUEEZED else 0.0
        found.append(_Piece(start, end, width, room, match[0].isspace(), match[0] in OPENING))
    return found


def _fitting(text: str, pieces: Sequence[_Piece], width: float) -> int:
    """How many of the pieces the line takes: as many as fit, squeezed if need be, and end where it may."""
    used, room = 0.0, 0.0
    best = 0
    for n, piece in enumerate(pieces, 1):
        used += piece.width
        room += piece.room
        if used - room > width + 1e-6:
            break
        if _may_break(text, pieces, n) and (used <= width + 1e-6 or _is_worth_squeezing(piece)):
            best = n
    else:
        return len(pieces)
    if best:
        return best
    used = 0.0
    for n, piece in enumerate(pieces, 1):  # nowhere to break: as many as fit, at least one
        used += piece.width
        if used > width + 1e-6:
            return max(1, n - 1)
    return len(pieces)


def _is_worth_squeezing(last: _Piece) -> bool:
    """A line is squeezed to take in the mark that may not begin the next one, not for a character more."""
    return last.room > 0


def _may_break(text: str, pieces: Sequence[_Piece], n: int) -> bool:
    """Whether the line may end after the first `n` pieces."""
    if n >= len(pieces):
        return True
    last, following = text[pieces[n - 1].start : pieces[n - 1].end], text[pieces[n].start]
    return last not in OPENING and (following not in CLOSING or pieces[n].is_space)


def _set(line: Sequence[_Piece], left: float, width: float, *, spread: bool) -> SetLine:
    natural = sum(one.width for one in line)
    over = left + natural - width
    room = sum(one.room for one in line)
    squeeze = over / room if over > 1e-6 and room else 0.0
    n_gaps = len(line) - 1
    gap = -over / n_gaps if spread and over < 0 and n_gaps else 0.0
    clusters, x = [], left
    for one in line:
        shift = squeeze * one.room if one.is_opening else 0.0  # its empty half is the left one
        clusters.append(Cluster(one.start, one.end, x - shift))
        x += one.width - squeeze * one.room + gap
    return SetLine(tuple(clusters), x - gap if clusters else left)
