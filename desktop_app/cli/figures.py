"""The report command."""

from __future__ import annotations

from typing import Annotated

import typer

from desktop_app.actions.reporting import Report, make_report, records_behind
from desktop_app.cli.session import Json, print_json, print_lines, session
from desktop_app.domain.period import year_period


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("report", help="年度指标；--records 列出一个数字背后的记录。")(report)


def report(
    context: typer.Context,
    year: Annotated[int, typer.Option(min=1949, max=2100, help="年度")],
    office: Annotated[str, typer.Option(help="只算这个单位")] = "",
    records: Annotated[str, typer.Option(help="指标，列出它背后的记录编号", metavar="INDICATOR")] = "",
    as_json: Json = False,
) -> None:
    """Every indicator with its parts by office, or the records behind one."""
    period = year_period(year)
    with session(context).open() as vault:
        if records:
            ids = records_behind(vault, period, records, office)
            if as_json:
                print_json({"year": year, "indicator": records, "records": ids})
            else:
                print_lines(ids)
            return
        found = make_report(vault, period, office)
    if as_json:
        print_json({"year": year, "indicators": [row_data(found, key) for key in range(len(found.rows))]})
    else:
        print_lines([f"{row.indicator.label}  {row.text}{row.unit}" for row in found.listed()])


def row_data(found: Report, at: int) -> dict[str, object]:
    """One indicator as JSON; parts of ratios are there too, marked `part`."""
    row = found.rows[at]
    one = row.indicator
    return {
        "id": one.key,
        "label": one.label,
        "unit": one.unit,
        "value": row.value,
        "text": row.text,
        "by_office": row.by_office,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "part": not one.listed,
        "note": one.note,
    }
