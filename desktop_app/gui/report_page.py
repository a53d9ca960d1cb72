"""年度数据: every indicator of a period by office; a figure opens the records behind it; the yearly text."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QTableWidgetItem, QTabWidget, QTextBrowser

from desktop_app.actions.reading import show_record
from desktop_app.actions.reporting import Report, Row, make_report, records_behind, write_year
from desktop_app.base.clock import today
from desktop_app.domain.period import Period, parse_period
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.tasks import Task

_YEARS_BACK = 6
_MOST_RECORDS = 1000
_PARTS = {"": "全年", **{f"-Q{q}": f"第{word}季度" for q, word in zip(range(1, 5), "一二三四", strict=True)}}


class ReportPage(Page):
    """Figures on one tab, the text of the year on the other."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "年度数据")
        self._report: Report | None = None
        self.year = named(QComboBox(), "report.year", "年份")
        this_year = today(desk.vault.clock).year
        for year in range(this_year, this_year - _YEARS_BACK, -1):
            self.year.addItem(f"{year}年", str(year))
        self.part = named(QComboBox(), "report.part", "全年或季度")
        for suffix, label in _PARTS.items():
            self.part.addItem(label, suffix)
        column = column_of(self, margin=10, spacing=6)
        column.addLayout(row_of(heading("年度数据"), self.year, self.part, 1))
        column.addWidget(faint("双击一个数字（或按回车），打开它背后的记录；选中后按 Ctrl+C 复制到 WPS 表格。"))
        self.tabs = named(QTabWidget(), "report.tabs", "数据与文稿")
        self.table = PlainTable("report.table", "指标")
        self.table.itemActivated.connect(self.open_figure)
        self.text = named(QTextBrowser(), "report.text", "年度文稿")
        self.tabs.addTab(self.table, "指标")
        self.tabs.addTab(self.text, "年度文稿")
        column.addWidget(self.tabs, 1)
        self.year.currentIndexChanged.connect(self.refresh)
        self.part.currentIndexChanged.connect(self.refresh)

    def period(self) -> Period:
        """The period that is chosen."""
        found = parse_period(f"{self.year.currentData()}{self.part.currentData()}")
        assert found is not None
        return found

    def refresh(self) -> None:
        """Computes the figures beside the window."""
        vault, period = self.desk.vault, self.period()

        def work(_: Task) -> tuple[Report, str]:
            text = write_year(vault, period) if len(period.label) == 4 else ""
            return make_report(vault, period), text

        self.desk.run("正在计算指标", work, self._arrived)

    def _arrived(self, found: tuple[Report, str]) -> None:
        report, text = found
        if report.period != self.period():
            return  # another period was chosen meanwhile
        self._report = report
        heads = ["指标", "单位", "合计", *report.offices.values()]
        self.table.show_rows(heads, [self._cells(report, row) for row in report.listed()], n_words=2)
        self.text.setPlainText(text or "年度文稿按整年生成；请在上面选“全年”。")

    def _cells(self, report: Report, row: Row) -> list[tuple[str, object]]:
        key = row.indicator.key
        parts = f"（{row.numerator}/{row.denominator}）" if row.denominator else ""
        cells: list[tuple[str, object]] = [(row.indicator.label, (key, "")), (row.unit, (key, ""))]
        cells.append((row.text + parts, (key, "")))
        for code in report.offices:
            value = row.by_office.get(code)
            cells.append(("—" if value is None else f"{value:,}", (key, code)))
        return cells

    def open_figure(self, item: QTableWidgetItem) -> None:
        """Opens the records behind a figure."""
        key, office = item.data(DATA_ROLE)
        self.desk.open(f"behind/{key}/{self.period().label}/{office}")


class BehindPage(Page):
    """The records behind one figure."""

    def __init__(self, desk: Desk, address: Address) -> None:
        self._key, self._label, self._office = address.key.split("/")
        indicator = desk.vault.pack.indicators[self._key]
        super().__init__(desk, address, f"{indicator.label}（{self._label}）")
        column = column_of(self, margin=10, spacing=6)
        self.head = heading(self.title)
        column.addWidget(self.head)
        if indicator.note:
            column.addWidget(faint(f"口径：{indicator.note}"))
        self.table = PlainTable("behind.table", "数字背后的记录")
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Finds the records anew."""
        vault, key, office = self.desk.vault, self._key, self._office
        period = parse_period(self._label)
        assert period is not None

        def work(task: Task) -> tuple[int, list[list[tuple[str, object]]]]:
            ids = records_behind(vault, period, key, office)
            rows: list[list[tuple[str, object]]] = []
            for at, one in enumerate(ids[:_MOST_RECORDS]):
                task.report(at, len(ids))
                shown = show_record(vault, one)
                ledger = vault.pack.ledgers[shown.record.ledger].label
                rows.append([(ledger, one), (shown.title, one), (shown.office_name, one)])
            return len(ids), rows

        self.desk.run("正在查找记录", work, self._arrived, can_stop=True)

    def _arrived(self, found: tuple[int, list[list[tuple[str, object]]]]) -> None:
        n_records, rows = found
        more = f"，下面是前 {len(rows):,} 条" if n_records > len(rows) else ""
        self.head.setText(f"{self.title}：{n_records:,} 条记录{more}")
        self.table.show_rows(["台账", "记录", "单位"], rows, n_words=3)

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{item.data(DATA_ROLE)}")
