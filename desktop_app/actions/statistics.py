"""Workbooks of figures: the indicator table, and the statistical forms of the pack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from desktop_app.actions.files import replace_file, write_file
from desktop_app.actions.reporting import Report, Row, Value, make_report
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import NO_DATA
from desktop_app.domain.period import Period, period_kind, period_words
from desktop_app.exchange.sheets import PlacedCell, PlacedSheet, cell_place, sheets_as_xlsx
from desktop_app.schema.statistics import EACH, CellFigure, FormSheet, StatisticalForm
from desktop_app.schema.suggest import hint
from desktop_app.storage.vault import Vault
from desktop_app.typeset.grid import day_words

_PLACE = re.compile(r"\{(\w+)\}")
_N_ABOVE = 2
"""Rows without lines around their cells: the title, and whose table it is."""

_OFFICES = "{offices}"
_UNION = "总工会"


def forms_for(vault: Vault, period: Period) -> list[StatisticalForm]:
    """The statistical forms that are filled for this kind of period."""
    kind = period_kind(period)
    return [one for one in vault.pack.statistics.values() if kind in one.kinds]


def save_form(vault: Vault, period: Period, form: str, path: Path, *, replaces: bool = False) -> None:
    """
    Writes a statistical form, filled, as .xlsx.

    Raises:
        ActionRefused: report.unknown_form, report.bad_format, record.file_exists. KnownError: cli.file.
    """
    known = vault.pack.statistics
    if form not in known:
        raise ActionRefused("report.unknown_form", name=form, hint=hint(form, known), known="、".join(known))
    if path.suffix.lower() != ".xlsx":
        raise ActionRefused("report.bad_format", path=path, allowed=".xlsx")
    report = make_report(vault, period, compared=True)
    filler = _Filler(vault, report)
    sheets = [filler.sheet(one) for one in known[form].sheets]
    content = sheets_as_xlsx(sheets, title=known[form].label, author=vault.owner.name)
    (replace_file if replaces else write_file)(path, content)


class _Filler:
    """Fills the cells of forms from one report."""

    def __init__(self, vault: Vault, report: Report) -> None:
        year = report.period.year
        self._report = report
        self._words = {
            "year": str(year),
            "last_year": str(year - 1),
            "period": period_words(report.period.label),
            "office": vault.owner.name,
            "today": day_words(today(vault.clock).isoformat()),
        }

    def sheet(self, form: FormSheet) -> PlacedSheet:
        cells: list[PlacedCell] = []
        heads, sections, body = _rows_by_role(form)
        for name, text in form.words.items():
            row, column = cell_place(name)
            texts = [text]
            if text == _OFFICES:
                texts = [one.removesuffix(_UNION) or one for one in self._report.offices.values()]
            for n, one in enumerate(texts):
                words = _PLACE.sub(lambda found: self._words.get(found[1], ""), one)
                is_centred = row in heads or words.isdigit()
                is_bold = row in heads or row in sections
                align: Literal["left", "center"] = "center" if is_centred else "left"
                cells.append(PlacedCell(row, column + n, words, align=align, is_bold=is_bold, has_box=row > _N_ABOVE))
        for name, figure in form.figures.items():
            row, column = cell_place(name)
            offices = list(self._report.offices) if figure.office == EACH else [figure.office]
            for n, office in enumerate(offices):
                cells.append(self._cell(row, column + n, figure, office))
        above = [one for one in heads if one < body]
        return PlacedSheet(form.name, cells, form.widths, form.merged, heads=max(above, default=0))

    def _cell(self, row: int, column: int, figure: CellFigure, office: str) -> PlacedCell:
        found = self._report.row(figure.indicator)
        value = _part(found, figure.part, office)
        shown = NO_DATA if value is None else value
        align: Literal["left", "right"] = "left" if found.indicator.is_words else "right"
        return PlacedCell(row, column, shown, _digits(found, value), align=align)


def _rows_by_role(form: FormSheet) -> tuple[set[int], set[int], int]:
    """
    Rows of headings, rows that name what follows, and the first row of the table's body.

    What stands above the table, and each row of several words without a figure, are headings; a word alone
    in its row names a part of the table.
    """
    words = [cell_place(one)[0] for one in form.words]
    figures = {cell_place(one)[0] for one in form.figures}
    bare = set(words) - figures
    heads = {row for row in bare if words.count(row) > 1}
    first = min(figures, default=1)
    body = max((row for row in heads if row < first), default=0) + 1
    heads |= {row for row in bare if row < body}
    return heads, bare - heads, body


def _part(row: Row, part: str, office: str) -> Value | str:
    """What a cell asks of a figure."""
    measured = row.parts.get(office) if office else row.total
    if part == "value":
        return row.office_text(office) if row.indicator.is_words and office else _value(row, office)
    if part == "text":
        return row.office_text(office) if office else row.total_text()
    if part == "change":
        return row.change
    if part == "last_year":
        return row.before
    if measured is None or not measured.denominator:
        return None
    return measured.amount if part == "numerator" else measured.denominator


def _value(row: Row, office: str) -> Value | str:
    if row.indicator.is_words:
        return row.text
    return row.by_office.get(office) if office else row.value


def _digits(row: Row, value: object) -> int:
    return row.indicator.digits if isinstance(value, float) else 0


def table_as_xlsx(report: Report, *, title: str, note: str, author: str) -> bytes:
    """The indicator table with numbers as numbers, and both parts of a ratio beside it."""
    names = [one.removesuffix(_UNION) or one for one in report.offices.values()]
    heads = ["指标", "单位", "合计", "分子", "分母", "上年", "比上年", *names]
    cells = [
        PlacedCell(1, 1, title, align="center", is_bold=True, has_box=False),
        PlacedCell(2, 1, note, has_box=False),
        *(PlacedCell(3, n, text, align="center", is_bold=True) for n, text in enumerate(heads, 1)),
    ]
    for at, row in enumerate(report.listed(), 4):
        cells += [
            PlacedCell(
                at, n, NO_DATA if value is None else value, _digits(row, value), align="right" if n > 2 else "left"
            )
            for n, value in enumerate(_row_values(row, list(report.offices)), 1)
        ]
    last = PlacedSheet(
        "指标",
        cells,
        widths=[30, 8, 14, 8, 8, 10, 20, *[12] * len(names)],
        merged=[f"A{n}:{_letters(len(heads))}{n}" for n in (1, 2)],
        heads=3,
        frozen="C4",
    )
    return sheets_as_xlsx([last], title=title, author=author)


def _row_values(row: Row, offices: list[str]) -> Iterator[Value | str]:
    ratio = row.indicator.measure == "ratio"
    yield row.indicator.label
    yield row.measured_in
    yield _value(row, "")
    yield row.numerator if ratio else ""
    yield row.denominator if ratio else ""
    yield None if row.before is None else (row.before_text if row.indicator.is_words else row.before)
    yield row.change
    for code in offices:
        yield row.office_text(code) if row.indicator.is_words else row.by_office.get(code)


def _letters(column: int) -> str:
    """`A`, `Z`, `AA`."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
