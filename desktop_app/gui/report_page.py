"""年度数据: every indicator of a period by office; a figure opens the records behind it; the yearly text."""

from __future__ import annotations

from PySide6.QtWidgets import QTableWidgetItem, QTabWidget, QTextBrowser

from desktop_app.actions.narrating import write_text
from desktop_app.actions.reporting import Report, Row, make_report
from desktop_app.base.clock import today
from desktop_app.domain.indicators import NO_DATA
from desktop_app.domain.period import Period
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, column_of, faint, heading, row_of
from desktop_app.gui.period_bar import PeriodBar
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.tasks import Task

_TOLD = (
    "双击一个数字（或按回车），打开它背后的记录；选中后按 Ctrl+C 复制到 WPS 表格。“—”表示没有数据，不是零；"
    "率后面的括号里是分子和分母；上年是上一年同一期段。"
)


class ReportPage(Page):
    """Figures on one tab, the text of the year on the other."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "年度数据")
        self._report: Report | None = None
        self.bar = PeriodBar("report.period", today(desk.vault.clock).year)
        self.bar.changed.connect(self.refresh)
        column = column_of(self, margin=10, spacing=6)
        column.addLayout(row_of(heading("年度数据"), self.bar, 1))
        column.addWidget(faint(_TOLD))
        self.tabs = named(QTabWidget(), "report.tabs", "数据与文稿")
        self.table = PlainTable("report.table", "指标")
        self.table.itemActivated.connect(self.open_figure)
        self.text = named(QTextBrowser(), "report.text", "年度文稿")
        self.tabs.addTab(self.table, "指标")
        self.tabs.addTab(self.text, "年度文稿")
        column.addWidget(self.tabs, 1)

    def refresh(self) -> None:
        """Computes the figures beside the window."""
        vault, period = self.desk.vault, self.bar.period()
        if period is None:
            self.desk.messages.say("结束日期早于开始日期，请改正。", "hint")
            return

        def work(_: Task) -> tuple[Report, str]:
            text = write_text(vault, period).plain() if len(period.label) == 4 else ""
            return make_report(vault, period, compared=True), text

        self.desk.run("正在计算指标", work, self._arrived)

    def _arrived(self, found: tuple[Report, str]) -> None:
        report, text = found
        if report.period != self.bar.period():
            return  # another period was chosen meanwhile
        self._report = report
        heads = ["指标", "单位", "合计", "上年", "比上年", *report.offices.values()]
        self.table.show_rows(heads, [_cells(report, row) for row in report.listed()], n_words=2)
        self.text.setPlainText(text or "年度文稿按整年生成；请在上面选“全年”。")

    def open_figure(self, item: QTableWidgetItem) -> None:
        """Opens the records behind a figure."""
        opened: tuple[str, Period, str] = item.data(DATA_ROLE)
        key, period, office = opened
        self.desk.open(f"behind/{key}/{period.label}/{office}")


def _cells(report: Report, row: Row) -> list[tuple[str, object]]:
    key, period = row.indicator.key, report.period
    whole = (key, period, "")
    cells: list[tuple[str, object]] = [(row.indicator.label, whole), (row.indicator.unit, whole)]
    cells += [(row.total_text(), whole), (row.before_text, (key, report.before, "")), (row.change, whole)]
    for code in report.offices:
        cells.append((row.office_text(code) or NO_DATA, (key, period, code)))
    return cells
