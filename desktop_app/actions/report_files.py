"""Texts and tables of a period written to files: what they hold is decided elsewhere, here is where they go."""

from __future__ import annotations

from pathlib import Path

from desktop_app.actions.charting import make_charts
from desktop_app.actions.files import replace_file, write_file
from desktop_app.actions.narrating import write_text
from desktop_app.actions.reporting import Report, make_report
from desktop_app.actions.statistics import table_as_xlsx
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.period import Period, period_words
from desktop_app.reports.charts import ChartAnnex, draw_chart_page
from desktop_app.reports.document import Annex, document_as_docx, draw_document
from desktop_app.reports.figure_table import FigureTable, draw_table, table_as_docx
from desktop_app.storage.vault import Vault
from desktop_app.typeset.grid import day_words
from desktop_app.typeset.paper import Faces

TEXT_FORMATS = (".docx", ".pdf", ".txt")
TABLE_FORMATS = (".xlsx", ".docx", ".pdf")
_UNION = "总工会"


def save_text(vault: Vault, period: Period, narrative: str, path: Path, *, replaces: bool = False) -> None:
    """
    Writes a text as DOCX, PDF with the charts as an annex, or plain text, by the ending of the file's name.

    Args:
        replaces: The person has agreed to replace a file that is there.

    Raises:
        ActionRefused: report.bad_format, report.unknown_narrative, record.file_exists.
        KnownError: font.missing, font.missing_glyph, cli.file.
    """
    ending = _ending(path, TEXT_FORMATS)
    report = make_report(vault, period, compared=True)
    written = write_text(vault, period, narrative, report)
    issuer, signed_on = vault.owner.name, today(vault.clock).isoformat()
    if ending == ".txt":
        content = written.plain().encode()
    elif ending == ".docx":
        content = document_as_docx(written, issuer=issuer, signed_on=signed_on)
    else:
        faces = Faces()
        title = f"{period_words(period.label)}{vault.pack.charts.title}"
        annex = Annex(title, ChartAnnex(make_charts(vault, period, report), title, faces))
        content = draw_document(written, issuer=issuer, signed_on=signed_on, faces=faces, annex=annex)
    (replace_file if replaces else write_file)(path, content)


def save_table(vault: Vault, period: Period, path: Path, *, office: str = "", replaces: bool = False) -> None:
    """
    Writes the indicator table with last year's beside it, by the ending of the file's name.

    Raises:
        ActionRefused: report.bad_format, office.unknown, record.file_exists.
        KnownError: font.missing, font.missing_glyph, cli.file.
    """
    ending = _ending(path, TABLE_FORMATS)
    report = make_report(vault, period, office, compared=True)
    table = figure_table(report, vault.owner.name, today(vault.clock).isoformat())
    if ending == ".xlsx":
        content = table_as_xlsx(report, title=table.title, note=table.note, author=vault.owner.name)
    elif ending == ".docx":
        content = table_as_docx(table, author=vault.owner.name)
    else:
        content = draw_table(table, author=vault.owner.name, faces=Faces())
    (replace_file if replaces else write_file)(path, content)


def figure_table(report: Report, office_name: str, made_on: str) -> FigureTable:
    """The table of a report as texts."""
    rows = [
        (
            *(row.indicator.label, row.measured_in, row.total_text(), row.before_text, row.change),
            *(row.office_text(code) for code in report.offices),
        )
        for row in report.listed()
    ]
    names = [one.removesuffix(_UNION) or one for one in report.offices.values()]
    silent = "、".join(report.offices[code] for code in report.offices if code in report.silent)
    return FigureTable(
        f"{period_words(report.period.label)}法律保障工作指标",
        f"制表单位：{office_name}　制表日期：{day_words(made_on)}　“—”表示没有数据，不是零"
        + (f"　没有数据的单位：{silent}" if silent else ""),
        ("指标", "单位", "合计", "上年", "比上年", *names),
        tuple(rows),
    )


def save_charts(vault: Vault, period: Period, path: Path, *, replaces: bool = False) -> None:
    """
    Writes the page of charts as PDF.

    Raises:
        ActionRefused: report.bad_format, record.file_exists. KnownError: font.missing, font.missing_glyph, cli.file.
    """
    _ending(path, (".pdf",))
    title = f"{period_words(period.label)}{vault.pack.charts.title}"
    content = draw_chart_page(make_charts(vault, period), title, vault.owner.name, Faces())
    (replace_file if replaces else write_file)(path, content)


def _ending(path: Path, allowed: tuple[str, ...]) -> str:
    if path.suffix.lower() not in allowed:
        raise ActionRefused("report.bad_format", path=path, allowed="、".join(allowed))
    return path.suffix.lower()
