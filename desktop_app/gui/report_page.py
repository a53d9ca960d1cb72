"""年度数据: every indicator of a period by office, charts, texts and differences; a figure opens its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QTableWidgetItem, QTabWidget, QToolButton

from desktop_app.actions.charting import make_charts
from desktop_app.actions.narrating import ShownPassage
from desktop_app.actions.report_files import save_charts, save_table
from desktop_app.actions.reporting import Report, Row, make_report
from desktop_app.actions.statistics import forms_for, save_form
from desktop_app.base.clock import today
from desktop_app.domain.charts import ChartData, Opens
from desktop_app.domain.period import period_words
from desktop_app.gui.chart_tab import ChartTab
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.difference_tab import DifferenceTab, Found
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, column_of, faint, heading, row_of
from desktop_app.gui.period_bar import PeriodBar
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.tasks import Task
from desktop_app.gui.text_tab import TextTab
from desktop_app.reports.narrative import Written

_WIDEST = 220
"""Of a column, pixels: the words of an event would push the figures out of sight."""

_TOLD = (
    "双击一个数字（或按回车），打开它背后的记录；选中后按 Ctrl+C 复制到 WPS 表格。“—”表示没有数据，不是零；"
    "率后面的括号里是分子和分母；上年是上一年同一期段。"
)


@dataclass(frozen=True, slots=True)
class _Everything:
    """What all tabs show of one period, worked out from one table."""

    report: Report
    charts: list[ChartData]
    text: tuple[Written, list[ShownPassage]] | None
    differences: Found


class ReportPage(Page):
    """One period in four tabs; all of them show the same figures."""

    manual = "reports"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "年度数据")
        self.bar = PeriodBar("report.period", today(desk.vault.clock).year)
        self.bar.changed.connect(self.refresh)
        column = column_of(self, margin=10, spacing=6)
        self.save = named(QToolButton(), "report.save", "存为文件")
        self.save.setText("存为文件")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save.setMenu(named(QMenu(self.save), "report.save.menu", "存为文件"))
        self.save.menu().aboutToShow.connect(self._offer)
        column.addLayout(row_of(heading("年度数据"), self.bar, 1, self.save))
        column.addWidget(faint(_TOLD))
        self.tabs = named(QTabWidget(), "report.tabs", "数据与文稿")
        self.table = PlainTable("report.table", "指标")
        self.table.horizontalHeader().setMaximumSectionSize(_WIDEST)
        self.table.itemActivated.connect(self.open_figure)
        self.charts = ChartTab(desk.theme)
        self.charts.opened.connect(self.open_records)
        self.text_tab = TextTab(desk)
        self.text_tab.wanted.connect(self.refresh)
        self.differences = DifferenceTab(desk)
        self.differences.opened.connect(self.open_records)
        self.differences.wanted.connect(self.refresh)
        for tab, label in (
            (self.table, "指标"),
            (self.charts, "图表"),
            (self.text_tab, "文稿"),
            (self.differences, "差异与定版"),
        ):
            self.tabs.addTab(tab, label)
        column.addWidget(self.tabs, 1)

    def refresh(self) -> None:
        """Works everything out beside the window."""
        vault, period = self.desk.vault, self.bar.period()
        if period is None:
            self.desk.messages.say("结束日期早于开始日期，请改正。", "hint")
            return
        which = self.text_tab.chosen(period)
        run = str(self.differences.run.currentData() or "")

        def work(_: Task) -> _Everything:
            report = make_report(vault, period, compared=True)
            return _Everything(
                report,
                make_charts(vault, period, report),
                self.text_tab.write(report, which),
                self.differences.work_out(report, run),
            )

        self.desk.run("正在计算指标", work, self._arrived)

    def _arrived(self, found: _Everything) -> None:
        report = found.report
        if report.period != self.bar.period():
            return  # another period was chosen meanwhile
        heads = ["指标", "单位", "合计", "上年", "比上年", *report.offices.values()]
        self.table.show_rows(heads, [_cells(report, row) for row in report.listed()], n_words=2)
        self.charts.show_charts(found.charts)
        self.text_tab.show_written(report.period, found.text)
        self.differences.show_found(report.period, found.differences)

    def _offer(self) -> None:
        """The files that this period may be saved as."""
        menu, vault, period = self.save.menu(), self.desk.vault, self.bar.period()
        menu.clear()
        if period is None:
            return
        for ending, label in (("xlsx", "指标表（XLSX）"), ("pdf", "指标表（PDF）"), ("docx", "指标表（DOCX）")):
            menu.addAction(label, partial(self._save, "法律保障工作指标", ending, partial(save_table, vault, period)))
        charts = partial(save_charts, vault, period)
        menu.addAction("图表（PDF）", partial(self._save, vault.pack.charts.title, "pdf", charts))
        for form in forms_for(vault, period):
            filled = partial(save_form, vault, period, form.key)
            menu.addAction(f"{form.label}（XLSX）", partial(self._save, form.label, "xlsx", filled))

    def _save(self, name: str, ending: str, save: Callable[..., None]) -> None:
        period = self.bar.period()
        words = period_words(period.label) if period else ""
        place = QFileDialog.getSaveFileName(
            self, "存到哪里", f"{words}{name}.{ending}", f"{ending.upper()} (*.{ending})"
        )[0]
        if place:
            self.save_to(Path(place), save)

    def save_to(self, path: Path, save: Callable[..., None]) -> None:
        """Saves beside the window; the person has agreed to replace a file that is there."""

        def work(_: Task) -> Path:
            save(path, replaces=True)
            return path

        self.desk.run("正在保存", work, self._saved)

    def _saved(self, path: Path) -> None:
        self.desk.messages.say(f"已保存：{path}")

    def open_figure(self, item: QTableWidgetItem) -> None:
        """Opens the records behind a cell of the table."""
        self.open_records(item.data(DATA_ROLE))

    def open_records(self, opens: Opens) -> None:
        """Opens the records behind a figure."""
        self.desk.open(f"behind/{opens.indicator}/{opens.period}/{opens.office}/{opens.choice}")


def _cells(report: Report, row: Row) -> list[tuple[str, object]]:
    key, label = row.indicator.key, report.period.label
    whole, before = Opens(key, label), Opens(key, report.before.label)
    cells: list[tuple[str, object]] = [(row.indicator.label, whole), (row.measured_in, whole)]
    cells += [(row.total_text(), whole), (row.before_text, before), (row.change, whole)]
    return cells + [(row.office_text(code), Opens(key, label, code)) for code in report.offices]
