"""The records behind one figure, each with the package that brought it."""

from __future__ import annotations

from PySide6.QtWidgets import QTableWidgetItem

from desktop_app.actions.reporting import Behind, records_behind, show_behind
from desktop_app.domain.period import parse_range, period_words
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.page import Page, column_of, faint, heading
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.tasks import Task

_MOST_RECORDS = 1000


class BehindPage(Page):
    """One figure of one period and office, opened."""

    manual = "reports"

    def __init__(self, desk: Desk, address: Address) -> None:
        self._key, self._label, self._office, self._choice = [*address.key.split("/"), ""][:4]
        indicator = desk.vault.pack.indicators[self._key]
        super().__init__(desk, address, f"{indicator.label}（{self._which(desk)}）")
        column = column_of(self, margin=10, spacing=6)
        self.head = heading(self.title)
        column.addWidget(self.head)
        if indicator.note:
            column.addWidget(faint(f"口径：{indicator.note}"))
        self.table = PlainTable("behind.table", "数字背后的记录")
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)

    def _which(self, desk: Desk) -> str:
        """Period and, of a column of a chart, the choice."""
        words = period_words(self._label)
        field, _, code = self._choice.partition("=")
        if not code:
            return words
        choices = desk.vault.pack.ledgers[desk.vault.pack.indicators[self._key].ledger].fields[field].choices
        return f"{words}，{choices.labels[code] if choices else code}"

    def refresh(self) -> None:
        """Finds the records anew."""
        vault, key, office, choice = self.desk.vault, self._key, self._office, self._choice
        period = parse_range(self._label)
        assert period is not None

        def work(_: Task) -> tuple[int, list[Behind]]:
            ids = records_behind(vault, period, key, office, choice)
            return len(ids), show_behind(vault, ids[:_MOST_RECORDS])

        self.desk.run("正在查找记录", work, self._arrived)

    def _arrived(self, found: tuple[int, list[Behind]]) -> None:
        n_records, shown = found
        more = f"，下面是前 {len(shown):,} 条" if n_records > len(shown) else ""
        self.head.setText(f"{self.title}：{n_records:,} 条记录{more}")
        ledgers = self.desk.vault.pack.ledgers
        rows = [
            [
                (text, one.record_id)
                for text in (ledgers[one.ledger].label, one.title, one.office_name, one.package or "本单位录入")
            ]
            for one in shown
        ]
        self.table.show_rows(["台账", "记录", "单位", "来自数据包"], rows, n_words=4)

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{item.data(DATA_ROLE)}")
