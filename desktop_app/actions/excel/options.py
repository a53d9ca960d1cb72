"""What a person decides before a workbook is taken in, and what the program remembers of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.base.errors import SheetError
from desktop_app.storage.engine import Connection
from desktop_app.storage.vault import Vault

UNITS = ("元", "万元")


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """
    How to read a workbook; what is left empty the program finds out itself.

    Attributes:
        sheet: Name of the sheet.
        header: Rows of the headings, as `3` or `3-4`.
        columns: Letters of a column, or its heading → field by key or label; empty for a column not to be read.
        year: Of days written without one.
        unit: Of money without one, 元 or 万元.
        with_doubtful: Rows with a doubt are written too.
        note: The reason, where one is asked for.
    """

    sheet: str = ""
    header: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    unit: str = ""
    with_doubtful: bool = False
    note: str = ""

    def header_rows(self) -> tuple[int, int] | None:
        """
        First and last row of the headings.

        Raises:
            SheetError: bad_header.
        """
        if not self.header:
            return None
        found = re.fullmatch(r"([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5}))?", self.header.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not first or not first <= last < first + 5:
            raise SheetError("excel.bad_header", value=self.header)
        return first, last

    def checked_unit(self) -> str:
        """
        Raises:
            SheetError: bad_unit.
        """
        if self.unit and self.unit not in UNITS:
            raise SheetError("excel.bad_unit", unit=self.unit)
        return self.unit


@dataclass(frozen=True, slots=True)
class Memory:
    """
    How this office's ledgers were read before.

    Attributes:
        headings: Full heading → field key, empty for a column that is not read.
        values: Field key → text → code it was taken for.
    """

    headings: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def recall(vault: Vault, connection: Connection, ledger: str) -> Memory:
    """What is remembered of a ledger's workbooks."""
    text = vault.meta(connection, f"excel/{ledger}")
    return Memory(**json.loads(text)) if text else Memory()


def remember(vault: Vault, connection: Connection, ledger: str, new: Memory) -> None:
    """Adds to what is remembered."""
    old = recall(vault, connection, ledger)
    values = {key: {**old.values.get(key, {}), **texts} for key, texts in new.values.items()}
    both = {"headings": {**old.headings, **new.headings}, "values": {**old.values, **values}}
    vault.set_meta(connection, f"excel/{ledger}", json.dumps(both, ensure_ascii=False))
