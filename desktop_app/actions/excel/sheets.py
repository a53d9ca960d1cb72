"""One sheet of a workbook as columns of a ledger: found, matched, and read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from desktop_app.actions.excel.options import Memory, SheetOptions
from desktop_app.base.errors import SheetError
from desktop_app.exchange.cells import Cell, Merge, Row, column_index, column_letters, plain_text
from desktop_app.exchange.headings import RECORD_ID, Match, Matcher, assign, full_heading, is_numbering
from desktop_app.exchange.layout import SEARCHED, Layout, find_layout, layout_at, unit_in, year_in
from desktop_app.exchange.opening import Book
from desktop_app.schema.model import Field, Ledger, Pack
from desktop_app.schema.suggest import hint, some

_CERTAIN = 0.9
_LEAST_OTHER = 3


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of the sheet.

    Attributes:
        key: The field it is read into; empty when it is not read.
        certainty: `chosen`, `label`, `usual`, `near`; `none` for a column that is not read, `id` for our own numbers.
        unit: Of its money.
    """

    index: int
    heading: str
    key: str = ""
    certainty: str = "none"
    unit: str = ""

    @property
    def letters(self) -> str:
        """As the program names it."""
        return column_letters(self.index)


@dataclass(frozen=True)
class Sheet:
    """
    A sheet that was looked at.

    Attributes:
        year: Named in the titles, the sheet's or the file's name.
        twice: Headings that stand over two columns and were decided by nobody → the columns.
    """

    ledger: Ledger
    name: str
    layout: Layout
    columns: tuple[Column, ...]
    year: int | None
    unit: str
    merges: tuple[Merge, ...]
    twice: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)

    @property
    def read_columns(self) -> list[Column]:
        """Those that are read into fields a person fills in."""
        fields = self.ledger.fields
        return [one for one in self.columns if one.key and one.certainty != "id" and not fields[one.key].derive]

    @property
    def id_column(self) -> int | None:
        """The column with our own numbers."""
        return next((one.index for one in self.columns if one.certainty == "id"), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a workbook, and how to look."""

    path: Path
    ledger: Ledger
    memory: Memory
    options: SheetOptions


def find_sheet(book: Book, pack: Pack, wanted: Wanted, *, is_asked: bool = False) -> Sheet:
    """
    The sheet that is named, or the one most like the ledger; with its columns matched.

    Args:
        is_asked: A person is shown the columns and decides: headings that stand twice are listed, not refused.

    Raises:
        SheetError: unknown_sheet, no_headings, other_ledger, heading_twice, unknown_column, column_field, field_twice.
    """
    path, ledger, options = wanted.path, wanted.ledger, wanted.options
    names = [one.name for one in book.sheets if not one.is_hidden] or [one.name for one in book.sheets]
    if options.sheet:
        known = [one.name for one in book.sheets]
        if options.sheet not in known:
            close = hint(options.sheet, known)
            raise SheetError("excel.unknown_sheet", name=path.name, sheet=options.sheet, hint=close, known=some(known))
        names = [options.sheet]
    matcher = Matcher(ledger, wanted.memory.headings)
    best: Sheet | None = None
    refusal: SheetError | None = None
    for name in names:
        try:
            sheet = _look(book, name, wanted, matcher)
            if not is_asked or sheet.read_columns:
                _refuse_other(sheet, pack, options)
        except SheetError as error:
            if refusal is None or error.code == "excel.other_ledger":
                refusal = error
            continue
        if best is None or len(sheet.read_columns) > len(best.read_columns):
            best = sheet
    if best is None:
        raise refusal or SheetError("excel.no_headings", sheet=path.name, ledger=ledger.label)
    if best.twice and not is_asked:
        heading, columns = next(iter(best.twice.items()))
        letters = [one.letters for one in columns]
        raise SheetError("excel.heading_twice", heading=heading, columns="、".join(letters))
    return best


def _look(book: Book, name: str, wanted: Wanted, matcher: Matcher) -> Sheet:
    ledger, options = wanted.ledger, wanted.options
    merges = tuple(book.merges(name))
    rows = book.rows(name)
    given = options.header_rows()
    head = list(islice(rows, SEARCHED if given is None else given[1] + SEARCHED))
    layout = layout_at(head, merges, matcher, *given) if given else find_layout(head, merges, matcher)
    if layout is None or not layout.headings:
        raise SheetError("excel.no_headings", sheet=name, ledger=ledger.label)
    unit = options.checked_unit() or next((found for text in layout.titles if (found := unit_in(text))), "")
    matched = assign(layout.headings, matcher)
    columns = {at: _column(ledger, at, heading, matched.get(at), unit) for at, heading in layout.headings.items()}
    decided = _decide(ledger, columns, options, unit)
    return Sheet(
        ledger=ledger,
        name=name,
        layout=layout,
        columns=tuple(columns.values()),
        year=options.year or year_in([*layout.titles, *layout.headings.values(), name, wanted.path.stem]),
        unit=unit,
        merges=merges,
        twice=_twice(columns, decided),
    )


def _column(ledger: Ledger, at: int, heading: str, match: Match | None, unit: str) -> Column:
    if full_heading(heading) == full_heading(RECORD_ID):
        return Column(at, heading, "", "id")
    if match is None:
        return Column(at, heading)
    is_money = ledger.fields[match.key].type.name == "money"
    return Column(at, heading, match.key, match.certainty, (unit_in(heading) or unit or "元") if is_money else "")


def _decide(ledger: Ledger, columns: dict[int, Column], options: SheetOptions, unit: str) -> set[int]:
    """Puts in what the person decided; the columns decided so."""
    decided: set[int] = set()
    for name, wanted in options.columns.items():
        places = _places(columns, name)
        field_ = _field(ledger, wanted) if wanted else None
        for at in places:
            heading = columns[at].heading if at in columns else ""
            match = Match(field_.key, "chosen", 1.0) if field_ else None
            columns[at] = _column(ledger, at, heading, match, unit) if match else Column(at, heading, "", "chosen")
            decided.add(at)
    chosen = {columns[at].key for at in decided}
    for at, one in columns.items():
        if at not in decided and one.key in chosen:
            columns[at] = Column(at, one.heading)
    by_key: dict[str, list[str]] = {}
    for one in columns.values():
        if one.key:
            by_key.setdefault(one.key, []).append(one.letters)
    for key, letters in by_key.items():
        if len(letters) > 1:
            raise SheetError("excel.field_twice", columns="、".join(letters), label=ledger.fields[key].label)
    return decided


def _places(columns: Mapping[int, Column], name: str) -> list[int]:
    full = full_heading(name)
    found = [at for at, one in columns.items() if full_heading(one.heading) == full]
    if found:
        return found[:1]
    if name.isascii() and name.isalpha() and (at := column_index(name)) <= max(columns, default=0):
        return [at]
    raise SheetError("excel.unknown_column", name=name, hint=hint(name, [one.heading for one in columns.values()]))


def _field(ledger: Ledger, name: str) -> Field:
    fields = importable(ledger)
    found = fields.get(name) or next((one for one in fields.values() if one.label == name), None)
    if found is None:
        known = [*fields, *(one.label for one in fields.values())]
        raise SheetError("excel.column_field", name=name, ledger=ledger.label, hint=hint(name, known))
    return found


def importable(ledger: Ledger) -> dict[str, Field]:
    """The fields that a column may be read into."""
    return {key: one for key, one in ledger.fields.items() if not one.derive and one.type.name != "attachments"}


def _twice(columns: Mapping[int, Column], decided: set[int]) -> dict[str, tuple[Column, ...]]:
    same: dict[str, list[Column]] = {}
    for one in columns.values():
        same.setdefault(full_heading(one.heading), []).append(one)
    return {
        found[0].heading: tuple(found)
        for found in same.values()
        if len(found) > 1 and any(one.key for one in found) and not all(one.index in decided for one in found)
    }


def _refuse_other(sheet: Sheet, pack: Pack, options: SheetOptions) -> None:
    """
    Raises:
        SheetError: other_ledger: the headings are clearly those of another ledger.
    """
    if options.columns:
        return
    headings = sheet.layout.headings
    scores = {}
    for key, ledger in pack.ledgers.items():
        if key != sheet.ledger.key:
            found = assign(headings, Matcher(ledger))
            scores[key] = sum(one.score >= _CERTAIN for one in found.values())
    n = sum(one.certainty in ("label", "usual", "chosen") for one in sheet.columns if one.key)
    other, n_other = max(scores.items(), key=lambda one: one[1], default=("", 0))
    if n_other >= max(_LEAST_OTHER, n + 2) and n < n_other * 0.7:
        raise SheetError(
            "excel.other_ledger",
            sheet=sheet.name,
            other=pack.ledgers[other].label,
            n_other=n_other,
            ledger=sheet.ledger.label,
            n=n,
        )


def data_rows(book: Book, sheet: Sheet) -> Iterator[Row]:
    """The rows below the headings, the value of cells merged downwards in each of their rows."""
    down = {}
    for one in sheet.merges:
        if one.bottom > one.top > sheet.layout.last:
            down.update({(number, one.left): (one.top, one.left) for number in range(one.top + 1, one.bottom + 1)})
    kept: dict[tuple[int, int], Cell] = {}
    starts = set(down.values())
    columns = {at for _, at in down}
    for row in book.rows(sheet.name):
        if row.number <= sheet.layout.last:
            continue
        cells = row.cells
        for at in columns:
            if (row.number, at) in starts and at < len(cells):
                kept[row.number, at] = cells[at]
            elif (row.number, at) in down and (at >= len(cells) or cells[at] is None):
                cells.extend([None] * (at + 1 - len(cells)))
                cells[at] = kept.get(down[row.number, at])
        yield row


def samples(book: Book, sheet: Sheet, most: int = 3) -> dict[int, str]:
    """Some texts of each column, to recognise it by."""
    found: dict[int, list[str]] = {one.index: [] for one in sheet.columns}
    with suppress(StopIteration):
        rows = data_rows(book, sheet)
        for row in islice(rows, 30):
            for at, texts in found.items():
                if at < len(row.cells) and row.cells[at] is not None and len(texts) < most:
                    texts.append(" ".join(plain_text(row.cells[at]).split())[:20])
    return {at: "；".join(dict.fromkeys(texts)) for at, texts in found.items()}


def is_sequence(column: Column) -> bool:
    """Whether the heading says that the column only counts the rows."""
    return is_numbering(column.heading)
