"""What an import of a sheet would do, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from desktop_app.actions.excel.sheets import Sheet
from desktop_app.base.errors import Problem
from desktop_app.exchange.cells import Cell
from desktop_app.storage.rows import StoredRecord

Kind = Literal["new", "changed", "same", "doubtful", "wrong"]
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Line:
    """
    One row of the sheet.

    Attributes:
        cells: As they stand in the sheet.
        values: Canonical, of the cells that say something; of references the text until it is resolved.
        masked: Keys of private values that were covered: they stay what they are.
        record: The record it is known to be.
        guessed: Key, text and the code it was taken for.
        fields: What would be written if nothing were wrong; of a new record all of it.
    """

    number: int
    cells: list[Cell]
    kind: Kind = "new"
    values: dict[str, object] = field(default_factory=dict)
    masked: dict[str, str] = field(default_factory=dict)
    guessed: list[tuple[str, str, str]] = field(default_factory=list)
    id_text: str = ""
    record: StoredRecord | None = None
    fields: dict[str, object] = field(default_factory=dict)
    wrong: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """
    What an import would do.

    Attributes:
        skipped: `sum`, `heading`, `foot` → the numbers of rows that are no records.
    """

    sheet: Sheet
    lines: list[Line] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind."""
        found = Counter(line.kind for line in self.lines)
        return {kind: found[kind] for kind in ("new", "changed", "same", "doubtful", "wrong")}
