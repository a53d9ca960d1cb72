"""首页: what is due today, what came back, what waits for a decision."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLabel, QTableWidgetItem, QVBoxLayout

from desktop_app.actions.home import Due, Today, todays_work
from desktop_app.base.clock import local_text, today
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable

_HEADS = ["期限", "还有", "台账", "记录", "状态"]
_WEEKDAYS = "一二三四五六日"


class HomePage(Page):
    """The first page each morning; it cannot be closed."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "首页")
        day = today(desk.vault.clock)
        column = column_of(self, margin=12, spacing=8)
        words = f"{day.year}年{day.month}月{day.day}日　星期{_WEEKDAYS[day.weekday()]}"
        column.addWidget(heading(f"{desk.vault.actor}，今天要办的事"))
        column.addWidget(faint(words))
        self.calls = QVBoxLayout()
        column.addLayout(self.calls)
        self.empty = named(QLabel(wordWrap=True), "home.empty")
        self.empty.setProperty("kind", "good")
        column.addWidget(self.empty)
        self.calendar = named(QLabel(wordWrap=True), "home.calendar")
        self.calendar.setProperty("kind", "warning")
        column.addWidget(self.calendar)
        self.table = PlainTable("home.due", "到期和快到期的事项")
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)
        column.addStretch(0)

    def refresh(self) -> None:
        """Reads anew."""
        found = self.desk.act(lambda: todays_work(self.desk.vault))
        if found is None:
            return
        self._show_calls(found)
        ledgers = self.desk.vault.pack.ledgers
        rows = [_cells(one, ledgers[one.ledger].label) for one in found.due]
        self.table.show_rows(_HEADS, rows, n_words=len(_HEADS))
        self.table.setVisible(bool(rows))
        is_quiet = not (rows or found.returned or found.n_conflicts or found.drafts)
        self.empty.setText("没有到期的事项。从左边选一个台账，按“新增”开始登记。" if is_quiet else "")
        self.empty.setVisible(is_quiet)
        years = "、".join(map(str, found.unknown_years))
        self.calendar.setText(f"未导入 {years} 年节假日表，这些期限按周末推算，可能有偏差。" if years else "")
        self.calendar.setVisible(bool(years))

    def _show_calls(self, found: Today) -> None:
        while (item := self.calls.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        n_late = sum(one.n_days < 0 for one in found.due)
        lines: list[tuple[str, str, dict[str, str]]] = []
        if found.due:
            lines.append((f"已逾期 {n_late} 件，7 天内到期 {len(found.due) - n_late} 件", "", {}))
        if found.n_conflicts:
            lines.append((f"有 {found.n_conflicts} 处冲突待裁决", "conflicts", {}))
        for one in found.drafts:
            page = f"record/{one.record}" if one.record else f"new/{one.ledger}"
            lines.append((f"没有保存的草稿：{one.title}（{local_text(one.at)}）", page, {"draft": one.id}))
        lines += [(f"市里退回修改：{title}", f"record/{one}", {}) for one, title in found.returned.items()]
        for at, (text, address, options) in enumerate(lines):
            if address:
                go = button(text, f"home.call{at}", kind="link")
                go.clicked.connect(partial(self._go, address, options))
                self.calls.addWidget(go)
            else:
                self.calls.addWidget(named(QLabel(text), "home.count"))

    def _go(self, address: str, options: dict[str, str], _: bool = False) -> None:
        self.desk.open(address, **options)

    def show_now(self) -> None:
        """What is due changes with the day, and drafts come and go without a word."""
        self.is_stale = True
        super().show_now()

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{item.data(DATA_ROLE)}")


def _cells(one: Due, label: str) -> list[tuple[str, object]]:
    left = f"{one.n_days} 天" if one.n_days > 0 else "今天" if one.n_days == 0 else f"逾期 {-one.n_days} 天"
    return [(text, one.record_id) for text in (one.due_on, left, label, one.title, one.state)]
