"""Reads the yearly text: words, figures in `{…}` and clauses in `[…]` that fall away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop_app.schema.model import Maybe, Narrative, Paragraph, Piece, Place, Say
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

FORMS = ("", "month", "floor10")
ALWAYS = ("year", "last_year")
_CLAUSE = re.compile(r"\[(?:(\w+)([=>])(\d+)\|)?([^\[\]]*)\]")
_PLACE = re.compile(r"\{([^{}]*)\}")


def read_narrative(file: SourceFile, indicators: set[str]) -> Narrative:
    """One file of `reports/`; every figure it names must be an indicator."""
    root = file.root()
    reader = _Reader(indicators)
    title = reader.pieces(root, "title")
    paragraphs = [Paragraph("", reader.pieces(root, "opening"))]
    for one in root.tables("part"):
        paragraphs.append(Paragraph(one.text("heading", required=True), reader.pieces(one, "text")))
        one.close()
    paragraphs.append(Paragraph("", reader.pieces(root, "closing")))
    root.close()
    key = file.name.rpartition("/")[2].removesuffix(".toml")
    return Narrative(key, title, tuple(one for one in paragraphs if one.pieces))


class _Reader:
    """Parses texts, noting faults at the table they stand in."""

    def __init__(self, indicators: set[str]) -> None:
        self._known = {*indicators, *ALWAYS}

    def pieces(self, table: Table, key: str) -> tuple[Piece, ...]:
        text = table.text(key).replace("\n", "")
        found: list[Piece] = []
        at = 0
        for clause in _CLAUSE.finditer(text):
            found += self._plain(table, key, text[at : clause.start()])
            if clause[1]:
                self._check(table, key, clause[1])
            inside = tuple(self._plain(table, key, clause[4]))
            found.append(Maybe(inside, clause[1] or "", clause[2] or "", int(clause[3] or 0)))
            at = clause.end()
        return (*found, *self._plain(table, key, text[at:]))

    def _plain(self, table: Table, key: str, text: str) -> Iterator[Say | Place]:
        at = 0
        for place in _PLACE.finditer(text):
            yield from self._say(table, key, text[at : place.start()])
            name, _, form = place[1].partition(":")
            self._check(table, key, name)
            if form not in FORMS:
                table.fault("form.bad_narrative", key, value=place[0], detail=f"没有“{form}”这种写法")
            yield Place(name, form)
            at = place.end()
        yield from self._say(table, key, text[at:])

    @staticmethod
    def _say(table: Table, key: str, text: str) -> Iterator[Say]:
        if stray := re.search(r"[\[\]{}]", text):
            table.fault("form.bad_narrative", key, value=text[stray.start() :][:20], detail="括号不成对")
        if text:
            yield Say(text)

    def _check(self, table: Table, key: str, name: str) -> None:
        if name not in self._known:
            table.fault("form.unknown_indicator", key, name=name, hint=hint(name, self._known))
