"""Commands about charts, frozen reports and figures that do not agree."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.charting import make_charts
from desktop_app.actions.differences import declared_otherwise, sums_apart
from desktop_app.actions.freezing import Frozen, compare_run, freeze_report, frozen_reports
from desktop_app.actions.report_files import save_charts
from desktop_app.actions.reporting import make_report
from desktop_app.actions.statistics import forms_for, save_form
from desktop_app.cli.figures import Label, Year, chosen_period
from desktop_app.cli.session import Json, aligned, print_json, print_lines, say, session


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("charts", help="图表的数字；--out 存为 PDF。")(charts)
    app.command("statistics", help="按参数包里的样表写出统计表（.xlsx）；不给 --out 时列出可用的表。")(statistics)
    app.command("differences", help="县区申报与市级重算、县区合计与市级合计的差异。")(differences)
    group = typer.Typer(help="定版的指标表：留存、列出、与现在逐格比较。", no_args_is_help=True)
    group.command("freeze", help="留存现在的指标表，连同数据指纹、参数包版本和单位名单。")(freeze)
    group.command("list", help="已经定版的指标表。")(list_runs)
    group.command("compare", help="现在的数字与一次定版逐格比较。")(compare)
    app.add_typer(group, name="runs")


def charts(
    context: typer.Context,
    year: Year = None,
    label: Label = "",
    out: Annotated[Path | None, typer.Option(help="存为这个 PDF 文件")] = None,
    as_json: Json = False,
) -> None:
    """The numbers of every chart."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        if out is not None:
            save_charts(vault, period, out)
            say(f"已存为 {out}")
            return
        found = make_charts(vault, period)
    if as_json:
        print_json({"period": period.label, "charts": [asdict(one) for one in found]})
        return
    for one in found:
        print_lines([f"{one.title}（{one.unit}）"])
        rows = [[series.label, *(bar.text for bar in series.bars)] for series in one.series]
        print_lines([*aligned([["", *one.categories], *rows]), ""])


def statistics(
    context: typer.Context,
    year: Year = None,
    label: Label = "",
    form: Annotated[str, typer.Option(help="哪张表；不写则用第一张")] = "",
    out: Annotated[Path | None, typer.Option(help="存为这个 .xlsx 文件")] = None,
    as_json: Json = False,
) -> None:
    """A statistical form, filled."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        known = forms_for(vault, period)
        if out is not None:
            save_form(vault, period, form or (known[0].key if known else ""), out)
            say(f"已存为 {out}")
            return
    if as_json:
        print_json({"forms": [{"id": one.key, "label": one.label} for one in known]})
    else:
        print_lines([f"{one.key}  {one.label}" for one in known])


def differences(context: typer.Context, year: Year = None, label: Label = "", as_json: Json = False) -> None:
    """What counties declared against the records, and parts that do not add up to the whole."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        declared = declared_otherwise(vault, period)
        sums = sums_apart(make_report(vault, period), vault.owner.office)
    if as_json:
        print_json({"period": period.label, "declared": declared, "sums": sums})
        return
    print_lines([f"县区申报与市级重算：{_n_apart(len(declared))}"])
    print_lines([f"{one.office_name} {one.label}：申报 {one.declared}，重算 {one.found}" for one in declared])
    rows = [[one.label, *(f"{value:g}" for value in (one.counties, one.own, one.total, one.repeated))] for one in sums]
    print_lines(["", f"县区合计与市级合计：{_n_apart(len(sums))}"])
    if rows:
        print_lines(list(aligned([["指标", "县区合计", "市本级", "市级合计", "重复"], *rows])))


def _n_apart(n: int) -> str:
    return f"{n} 项不同" if n else "没有不同"


def freeze(context: typer.Context, year: Year = None, label: Label = "", as_json: Json = False) -> None:
    """A frozen report."""
    period = chosen_period(year, label)
    with session(context).open() as vault:
        found = freeze_report(vault, period)
    if as_json:
        print_json(found)
    else:
        print_lines([_line(found)])


def list_runs(context: typer.Context, as_json: Json = False) -> None:
    """All frozen reports, the newest first."""
    with session(context).open() as vault:
        found = frozen_reports(vault)
    if as_json:
        print_json({"runs": found})
    else:
        print_lines([_line(one) for one in found])


def compare(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="定版编号，写末尾几位即可")],
    as_json: Json = False,
) -> None:
    """Today's figures against a frozen report."""
    with session(context).open() as vault:
        found = compare_run(vault, run)
    if as_json:
        print_json(found)
        return
    print_lines([_line(found.run), f"数据{'没有变动' if found.is_same_data else '有变动'}，{len(found.moved)} 格不同"])
    print_lines([f"{one.label} {one.office_name}：定版 {one.before}，现在 {one.now}" for one in found.moved])


def _line(one: Frozen) -> str:
    missing = f"，缺 {'、'.join(one.missing)}" if one.missing else ""
    return f"{one.id[-8:]}  {one.period}  {one.at}  {one.actor}  数据 {one.digest[:16]}  参数包 {one.pack}{missing}"
