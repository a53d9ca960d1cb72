"""Reads the texts of a period: words, figures in `{…}`, clauses in `[…]` that fall away, passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

from desktop_app.base.errors import Problem
from desktop_app.schema.model import Indicator
from desktop_app.schema.narratives import (
    Condition,
    Insert,
    Maybe,
    Narrative,
    Paragraph,
    Passage,
    PeriodKind,
    Piece,
    Pieces,
    Place,
    Say,
)
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

FORMS: Mapping[str, str] = {
    "": "数字照统计表的写法",
    "month": "事项的月份",
    "floor10": "向下取整到十",
    "list": "事项逐个列出，用顿号分开",
    "dated": "事项逐个列出，前面写月份",
    "change": "与上年同期比：增长、下降或持平",
}
"""How a figure may be written, and what that is called."""

WORDY = ("month", "list", "dated")
"""Forms that only events have."""

ALWAYS = ("year", "last_year", "period", "office")
PASSAGE = "passage."
_CLAUSE = re.compile(r"\[(?:([\w=<>,]+)\|)?([^\[\]]*)\]")
_CONDITION = re.compile(r"(\w+)([=<>])(\d+)")
_PLACE = re.compile(r"\{([^{}]*)\}")


def read_narrative(file: SourceFile, indicators: Mapping[str, Indicator]) -> Narrative:
    """One file of `reports/`; every figure and passage it names must be there."""
    root = file.root()
    root.text("kind")
    reader = _Reader(indicators)
    passages = {key: reader.passage(key, table) for key, table in root.named("passage")}
    reader.passages = passages.keys()
    title = reader.pieces(root, "title")
    paragraphs = [Paragraph("", reader.pieces(root, "opening"))]
    for one in root.tables("part"):
        paragraphs.append(Paragraph(one.text("heading", required=True), reader.pieces(one, "text")))
        one.close()
    paragraphs.append(Paragraph("", reader.pieces(root, "closing")))
    kinds = root.texts("periods") or ("year",)
    for wrong in set(kinds) - set(get_args(PeriodKind)):
        root.fault("form.bad_value", "periods", name="periods", value=wrong, hint="", allowed=get_args(PeriodKind))
    key = file.name.rpartition("/")[2].removesuffix(".toml")
    label = root.text("label") or key
    root.close()
    return Narrative(
        key,
        label,
        cast(tuple[PeriodKind, ...], kinds),
        title,
        tuple(one for one in paragraphs if one.pieces),
        passages,
    )


def read_passage(text: str, indicators: Mapping[str, Indicator]) -> tuple[Pieces, list[Problem]]:
    """What a writer typed, read like a text of the pack, and its faults; a line break begins a new paragraph."""
    faults: list[Problem] = []
    table = SourceFile("", "", faults).root()
    return _Reader(indicators).read(table, "", text), faults


class _Reader:
    """Parses texts, noting faults at the table they stand in."""

    def __init__(self, indicators: Mapping[str, Indicator]) -> None:
        self._indicators = indicators
        self._known = {*indicators, *ALWAYS}
        self.passages: Iterable[str] = ()

    def passage(self, key: str, table: Table) -> Passage:
        text = table.text("text").replace("\n", "")
        found = Passage(key, table.text("label", required=True), text, self.pieces(table, "text"))
        table.close()
        return found

    def pieces(self, table: Table, key: str) -> Pieces:
        """A text of the pack; its line breaks are only there to keep lines short."""
        return self.read(table, key, table.text(key).replace("\n", ""))

    def read(self, table: Table, key: str, text: str) -> Pieces:
        found: list[Piece] = []
        at = 0
        for clause in _CLAUSE.finditer(text):
            found += self._plain(table, key, text[at : clause.start()])
            inside = tuple(one for one in self._plain(table, key, clause[2]) if not isinstance(one, Insert))
            found.append(Maybe(inside, tuple(self._conditions(table, key, clause[1] or ""))))
            at = clause.end()
        return (*found, *self._plain(table, key, text[at:]))

    def _conditions(self, table: Table, key: str, text: str) -> Iterator[Condition]:
        for one in text.split(",") if text else ():
            read = _CONDITION.fullmatch(one)
            if read is None:
                table.fault("form.bad_narrative", key, value=one, detail="条件应写成 指标=数、指标>数 或 指标<数")
                continue
            self._check(table, key, read[1])
            yield Condition(read[1], read[2], int(read[3]))

    def _plain(self, table: Table, key: str, text: str) -> Iterator[Say | Place | Insert]:
        at = 0
        for place in _PLACE.finditer(text):
            yield from self._say(table, key, text[at : place.start()])
            at = place.end()
            name, _, form = place[1].partition(":")
            if name.startswith(PASSAGE):
                name = name.removeprefix(PASSAGE)
                if name not in self.passages:
                    table.fault("form.unknown_passage", key, name=name, hint=hint(name, self.passages))
                yield Insert(name)
                continue
            self._check(table, key, name)
            one = self._indicators.get(name)
            if form not in FORMS or (form in WORDY and one and one.semantics != "event"):
                table.fault("form.bad_narrative", key, value=place[0], detail=f"没有“{form}”这种写法")
            yield Place(name, form)
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
