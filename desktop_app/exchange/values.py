"""
Cells of one column as values of its field.

What a cell holds is turned into what a person would have typed: a serial number into a day, 12.5 below a
heading in 万元 into `12.5万元`, the number 13800138000 into its digits. Reading that is the business of
`schema.types` alone, so that a ledger and a form never differ in what they take.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches

from desktop_app.base.errors import Problem, problem
from desktop_app.exchange.cells import Broken, Cell, number_text
from desktop_app.exchange.xlsx import day_of
from desktop_app.schema.model import STATE, Field
from desktop_app.schema.types import ValueFault, parse_value

_NOTHING = frozenset({"/", "\\", "-", "--", "—", "——", "－", "无", "暂无", "没有", "不详", "未知"})
"""What stands in a cell where there is nothing; in a text field only the signs mean that."""
_SIGNS = frozenset({"/", "\\", "-", "--", "—", "——", "－"})
_RUINED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_NO_YEAR = re.compile(r"([0-9]{1,2})[-./月]([0-9]{1,2})[日号]?")
_SERIAL_DAYS = (20_000, 80_000)  # 1954 to 2119
_BRACKETS = re.compile(r"\([^)]*\)")
_LONG = 10**15
_DIGITS = frozenset({"resident_id", "uscc", "phone", "text", "serial", "doc_no"})
_CJK = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)
MASK_END = "***"


@dataclass(frozen=True, slots=True)
class Masked:
    """A private value that was covered when the sheet was written: it stays what it is."""

    shown: str


@dataclass(frozen=True, slots=True)
class Read:
    """A value, or a text that names records; with a doubt when it is a guess, and what was taken for which code."""

    value: object
    doubt: Problem | None = None
    guessed: tuple[tuple[str, str], ...] = ()


class ColumnReader:
    """
    Reads the cells of one column.

    Args:
        year: Of days written without one.
        unit: Of money written without one: 元, 万元 or 亿元.
        known: Texts that were taken for an option before → its code.
    """

    def __init__(
        self, field: Field, *, year: int | None = None, unit: str = "元", known: Mapping[str, str] | None = None
    ) -> None:
        self.field = field
        self._year = year
        self._unit = unit
        self._known = known or {}
        self._kind = field.type.name
        self._cache: dict[tuple[type, Cell], Read | Masked | None] = {}
        self._is_text = self._kind in ("text", "long_text")
        labels = field.choices.labels if field.choices else {}
        self._options = {_even(label): code for code, label in labels.items()}
        bare = Counter(_BRACKETS.sub("", label) for label in self._options)
        for label, code in list(self._options.items()):
            short = _BRACKETS.sub("", label)
            if bare[short] == 1:
                self._options.setdefault(short, code)

    def read(self, cell: Cell) -> Read | Masked | None:
        """
        The canonical value; of a reference the text; None for nothing.

        Raises:
            ValueFault: It cannot be read.
        """
        if cell is None:
            return None
        if self._is_text and type(cell) is str and len(cell) > 20:
            return self._read(cell)
        key = (type(cell), cell)
        if key in self._cache:
            return self._cache[key]
        found = self._read(cell)
        if len(self._cache) < 10_000:
            self._cache[key] = found
        return found

    def _read(self, cell: Cell) -> Read | Masked | None:
        field = self.field
        if isinstance(cell, Broken):
            raise ValueFault(cell.code, label=field.label, value=cell.shown)
        if isinstance(cell, str):
            bare = cell.strip()
            if not bare or (bare in (_SIGNS if self._is_text else _NOTHING) and self._kind != "flag"):
                return None
            if field.private and bare.endswith(MASK_END) and len(bare) <= len(MASK_END) + 1:
                return Masked(bare)
        raw = self._raw(cell)
        if field.ledger:
            text = str(raw).strip()
            return Read(text) if text else None
        doubt: Problem | None = None
        guessed: list[tuple[str, str]] = []
        if self._options:
            raw, doubt = self._option(str(raw), guessed)
        value = parse_value(raw, field)
        return None if value is None else Read(value, doubt, tuple(guessed))

    def _raw(self, cell: Cell) -> object:
        """What a person would have typed."""
        if self._kind == "date":
            return self._day(cell)
        if isinstance(cell, date):
            return f"{cell.year}-{cell.month:02}" if self._kind == "period" else cell.isoformat()
        if self._kind == "flag":
            return self._flag(cell)
        if isinstance(cell, bool):
            return "是" if cell else "否"
        return self._number(cell) if isinstance(cell, int | float) else self._typed(str(cell))

    def _typed(self, text: str) -> object:
        kind = self._kind
        if kind in _DIGITS and _RUINED.fullmatch(unicodedata.normalize("NFKC", text).strip()):
            raise ValueFault("excel.ruined_number", label=self.field.label, value=text.strip())
        if kind == "text":
            return " ".join(_CJK.sub("", text).split("\n")) if "\n" in text else text
        if kind == "money":
            return self._with_unit(text)
        return text.strip().strip("'`‘’") if kind in _DIGITS else text

    def _number(self, number: float) -> object:
        kind = self._kind
        if kind in _DIGITS and abs(number) >= _LONG:
            shown = format(Decimal(number), ".5E")
            raise ValueFault("excel.ruined_number", label=self.field.label, value=shown)
        if kind == "money":
            per_unit = {"万元": 1_000_000, "亿元": 10_000_000_000}.get(self._unit, 100)
            fen = (Decimal(number_text(number)) * per_unit).quantize(Decimal(1), ROUND_HALF_UP)
            return int(fen)  # a result of a formula has more digits than money has
        if kind in ("count", "period") and float(number).is_integer():
            return int(number)
        return number_text(number)

    def _with_unit(self, text: str) -> str:
        bare = "".join(text.split())
        return bare + self._unit if bare and bare[-1].isdigit() else text

    def _day(self, cell: Cell) -> object:
        if isinstance(cell, date):
            return cell.isoformat()
        text = number_text(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)
        bare = "".join(unicodedata.normalize("NFKC", text).split())
        if bare.replace(".", "", 1).isdigit() and _SERIAL_DAYS[0] <= float(bare) <= _SERIAL_DAYS[1]:
            day = day_of(float(bare))
            return day.isoformat() if isinstance(day, date) else text
        found = None if isinstance(cell, float) else _NO_YEAR.fullmatch(bare)
        if found is None:
            return text
        if self._year is None:
            raise ValueFault("excel.no_year", label=self.field.label, value=text.strip())
        return f"{self._year}-{found[1]}-{found[2]}"

    def _flag(self, cell: Cell) -> object:
        if not isinstance(cell, str):
            return number_text(cell) if isinstance(cell, float) else cell
        text, label = _even(cell), _even(self.field.label)
        if text == label:
            return True
        return False if text in ("未" + label.removeprefix("已"), "没有" + label.removeprefix("有")) else text

    def _option(self, text: str, guessed: list[tuple[str, str]]) -> tuple[str, Problem | None]:
        """The code that a text stands for, and a doubt when it is the nearest only; a list part by part."""
        if self._kind != "choices":
            return self._one_option(text, guessed)
        parts = [self._one_option(part, guessed) for part in re.split(r"[、,，;；/\n]", text) if part.strip()]
        doubts = [doubt for _, doubt in parts if doubt]
        return "、".join(code for code, _ in parts), doubts[0] if doubts else None

    def _one_option(self, text: str, guessed: list[tuple[str, str]]) -> tuple[str, Problem | None]:
        labels = self.field.choices.labels if self.field.choices else {}
        bare, even = text.strip(), _even(text)
        if bare in labels:
            return bare, None
        code = self._options.get(even) or self._known.get(even)
        if code in labels:
            return str(code), None
        near = self._nearest(even)
        if not near or self.field.key == STATE:
            return text, None
        guessed.append((even, near))
        return near, problem(
            "excel.near_value", key=self.field.key, label=self.field.label, value=bare, near=labels[near]
        )

    def _nearest(self, even: str) -> str:
        """The code of the one option that is near, empty when none or several are."""
        inside = [one for one in self._options if len(min(one, even, key=len)) >= 2 and (one in even or even in one)]
        found = inside or get_close_matches(even, self._options, n=2, cutoff=0.6)
        codes = {self._options[one] for one in found}
        return codes.pop() if len(codes) == 1 else ""


def _even(text: str) -> str:
    """A text in half-width letters without spaces and marks at its end."""
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("。.;,、")
