"""A list on paper: its columns, marks left out, private values as masked as on the screen."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrinter

from desktop_app.actions.listing import RecordList

MOST_ROWS = 2_000
"""About sixty sheets; more is a slip of the finger, and Excel serves it better."""


def print_list(records: RecordList, heading: str, note: str, printer: QPrinter) -> None:
    """
    Sends the first `MOST_ROWS` rows of a list to a printer, A4 across, the head on every page.

    Args:
        note: Stands under the heading: which period and conditions, how many records, the day.
    """
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    printer.setPageMargins(QMarginsF(12, 12, 12, 12), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    font = QFont(document.defaultFont())
    font.setPointSizeF(9)
    document.setDefaultFont(font)
    document.setHtml(_html(records, heading, note))
    document.print_(printer)


def _html(records: RecordList, heading: str, note: str) -> str:
    n_rows = records.count()
    heads = [records.ledger.fields[key].label for key in records.columns]
    rows = records.rows(0, min(n_rows, MOST_ROWS), n_rows)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells) + "</tr>" for row in rows)
    head = "".join(f"<th align='left'>{escape(one)}</th>" for one in heads)
    totals = "　".join(f"{label} {text}" for label, text in records.totals().items())
    style = "border-collapse: collapse; border-style: solid; border-color: #666"
    return (
        f"<h3>{escape(heading)}</h3><p>{escape(note)}</p>"
        f"<table border='1' cellspacing='0' cellpadding='3' width='100%' style='{style}'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + (f"<p>合计　{escape(totals)}</p>" if totals else "")
    )
