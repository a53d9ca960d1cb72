"""The report command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.report_files import figure_table, save_table
from desktop_app.actions.reporting import Behind, Report, make_report, records_behind, show_behind
from desktop_app.base.errors import ActionRefused
from desktop_app.cli.session import Json, aligned, print_json, print_lines, say, session
from desktop_app.domain.period import SPAN, Period, parse_range

Year = Annotated[int | None, typer.Option(min=1949, max=2100, help="年度")]
Label = Annotated[str, typer.Option("--period", help="期段：2025、2025-Q1、2025-03，或起止日期 2025-01-01..2025-06-30")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("report", help="任意期段的指标，按单位列出，与上年同期比较；--records 列出一个数字背后的记录。")(report)


def chosen_period(year: int | None, label: str) -> Period:
    """
    The period that the options name.

    Raises:
        ActionRefused: period.bad_range. BadParameter: Neither was given.
    """
    text = label or (str(year) if year else "")
    if not text:
        raise typer.BadParameter("请用 --year 或 --period 写明期段")
    found = parse_range(text)
    if found is None:
        raise ActionRefused("period.bad_range", value=text, dots=SPAN)
    return found


def report(
    context: typer.Context,
    year: Year = None,
    label: Label = "",
    office: Annotated[str, typer.Option(help="只算这个单位")] = "",
    records: Annotated[str, typer.Option(help="指标，列出它背后的记录，各由哪个数据包带来", metavar="INDICATOR")] = "",
    out: Annotated[Path | None, typer.Option(help="把指标表存为 .xlsx、.pdf 或 .docx")] = None,
    as_json: Json = False,
) -> None:
    """Every indicator with its parts by office and last year's, or the records behind one."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        if records:
            ids = records_behind(vault, period, records, office)
            shown = show_behind(vault, ids)
            if as_json:
                print_json({"period": period.label, "indicator": records, "records": ids, "shown": shown})
            else:
                print_lines([f"{len(shown)} 条", *aligned([_line(one) for one in shown])])
            return
        if out is not None:
            save_table(vault, period, out, office=office)
            say(f"已存为 {out}")
            return
        found = make_report(vault, period, office, compared=True)
    if as_json:
        print_json({"period": period.label, "indicators": [row_data(found, key) for key in range(len(found.rows))]})
    else:
        table = figure_table(found, "", "")
        print_lines(list(aligned([table.heads, *table.rows])))


def _line(one: Behind) -> list[str]:
    return [one.record_id, one.office_name, one.title, one.package]


def row_data(found: Report, at: int) -> dict[str, object]:
    """One indicator as JSON; parts of ratios are there too, marked `part`."""
    row = found.rows[at]
    one = row.indicator
    parts = {code: [part.amount, part.denominator] for code, part in row.parts.items()}
    return {
        "id": one.key,
        "label": one.label,
        "unit": one.unit,
        "value": row.value,
        "text": row.text,
        "by_office": row.by_office,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "parts": parts if one.measure == "ratio" else {},
        "last_year": row.before,
        "change": row.change,
        "part": not one.listed,
        "note": one.note,
    }
