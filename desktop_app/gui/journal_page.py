"""收发记录: every package that came, went or was refused, and the report that was kept of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QTextBrowser

from desktop_app.actions.files import replace_file
from desktop_app.actions.journal import Passed, packages_log
from desktop_app.actions.telling import import_report, ledger_labels, told_import
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import PlainTable
from desktop_app.sync.header import KIND_LABELS

_HEADS = ("时间", "收发", "文件", "对方", "结果")
_DIRECTIONS = {"in": "收", "out": "发", "refused": "拒收"}


class JournalPage(Page):
    """The newest first; the report of the chosen one stands below."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "收发记录")
        column = column_of(self, margin=10, spacing=6)
        column.addWidget(heading("收发记录"))
        self.empty = faint("还没有收发过数据包。")
        column.addWidget(self.empty)
        self.table = PlainTable("journal.table", "收发记录", "写出和接收的每个数据包列在这里。")
        self.table.currentCellChanged.connect(lambda *_: self._show())
        column.addWidget(self.table, 2)
        self.report = named(QTextBrowser(), "journal.report", "接收报告")
        self.report.setPlaceholderText("选中上面一个接收过的数据包，它的接收报告显示在这里。")
        column.addWidget(self.report, 1)
        self.keep = button("接收报告（PDF）……", "journal.keep")
        self.keep.clicked.connect(self._keep)
        column.addLayout(row_of(1, self.keep))
        self._found: list[Passed] = []

    def manual_page(self) -> str:
        """Each side has its own."""
        return "city" if self.desk.is_city else "exchange"

    def refresh(self) -> None:
        """Reads anew."""
        self._found = self.desk.act(lambda: packages_log(self.desk.vault)) or []
        self.empty.setVisible(not self._found)
        rows = [
            [(text, one.id) for text in (one.at, _told_kind(one), one.name, one.other, _result(one))]
            for one in self._found
        ]
        self.table.show_rows(_HEADS, rows, n_words=len(_HEADS))
        self._show()

    def _chosen(self) -> Passed | None:
        at = self.table.currentRow()
        return self._found[at] if 0 <= at < len(self._found) else None

    def _show(self) -> None:
        one = self._chosen()
        has_report = one is not None and one.report is not None
        self.keep.setEnabled(has_report)
        self.keep.setToolTip("存成 PDF，可打印存档" if has_report else "先在表里选一个收到的数据包")
        if one is None:
            self.report.clear()
        elif one.report is not None:
            self.report.setPlainText("\n".join(told_import(one.report, ledger_labels(self.desk.vault))))
        else:
            self.report.setPlainText(one.told or one.name)

    def _keep(self) -> None:
        one = self._chosen()
        if one is not None:
            place = QFileDialog.getSaveFileName(self, "接收报告", f"接收报告 {one.name}.pdf", "PDF (*.pdf)")[0]
            if place and self.write_report(Path(place)):
                QDesktopServices.openUrl(QUrl.fromLocalFile(place))

    def write_report(self, path: Path) -> bool:
        """Writes the chosen report as PDF, in place of a file of this name."""
        one = self._chosen()
        if one is None or one.report is None:
            return False
        report, at = one.report, one.at
        vault = self.desk.vault
        return self.desk.act(lambda: replace_file(path, import_report(vault, [report], [], at=at))) is not None


def _told_kind(one: Passed) -> str:
    """Which way it went and what it is; the names of files tell it in English."""
    return f"{_DIRECTIONS[one.direction]}　{KIND_LABELS.get(one.kind, '')}".strip()


def _result(one: Passed) -> str:
    if one.report is not None and one.report.outcome == "registered":
        return f"登记，核对码 {one.report.short_code}"
    if one.report is not None:
        n_conflicts = sum(counts.get("conflict", 0) for counts in one.report.ledgers.values())
        return f"{one.report.n_revisions} 次修改" + (f"，{n_conflicts} 处冲突" if n_conflicts else "")
    return one.told
