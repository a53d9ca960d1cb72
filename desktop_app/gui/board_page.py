"""催报一览: every county and period, what came, what is late, what is missing."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QLineEdit, QTableWidgetItem

from desktop_app.actions.status import BoardRow, board
from desktop_app.domain.naming import numbers_text
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.period_page import STATES
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable

_HEADS = ("单位", "期段", "状态", "期限", "逾期", "核对码", "缺的包", "最近一包", "参数包", "未改的退回")


class BoardPage(Page):
    """For the city; a double click opens the declared period."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "催报一览")
        column = column_of(self, margin=10, spacing=6)
        column.addWidget(heading("催报一览"))
        self.counts = named(QLabel(), "board.counts")
        column.addWidget(self.counts)
        self.empty = faint("还没有登记县区。请先登记县区、写出入网文件。")
        column.addWidget(self.empty)
        self.periods = named(QLineEdit(), "board.periods", "期段")
        self.periods.setPlaceholderText("期段：不填列出上报过的和上一年；可填 2025 或 2025-Q1，多个用空格隔开")
        self.periods.returnPressed.connect(self.refresh)
        self.look = button("查看期段", "board.open", tip="自报数、情况说明，接收或退回")
        self.look.clicked.connect(self._open_chosen)
        receipts = button("写回执……", "board.receipts")
        receipts.clicked.connect(lambda: self.desk.open("send"))
        column.addLayout(row_of(self.periods, self.look, receipts))
        self.table = PlainTable(
            "board.table", "催报一览", "还没有可以列出的期段。先在“县区”登记各县区，交给它们入网文件。"
        )
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Reads anew."""
        labels = self.periods.text().replace("，", " ").replace(",", " ").split()
        rows = self.desk.act(lambda: board(self.desk.vault, labels or None)) or []
        self.empty.setVisible(not rows and not labels)
        self.table.show_rows(_HEADS, [_cells(one) for one in rows], n_words=len(_HEADS))
        self._colour(rows)
        n = {state: sum(one.state == state for one in rows) for state in STATES}
        n_late = sum(one.n_days_overdue > 0 for one in rows)
        told = [f"{label} {n[state]}" for state, label in STATES.items() if n[state]]
        self.counts.setText("　".join([*told, *([f"逾期 {n_late}"] if n_late else [])]))

    def _colour(self, rows: list[BoardRow]) -> None:
        """Late lines and settled ones are seen at a glance; the words say it too."""
        marks = self.desk.theme.colours.marks
        for at, one in enumerate(rows):
            is_late = one.n_days_overdue > 0
            mark = "overdue" if is_late else {"accepted": "done", "returned": "due_soon"}.get(one.state, "")
            for place in range(self.table.columnCount()) if mark else ():
                if (item := self.table.item(at, place)) is not None:
                    item.setBackground(QColor(marks[mark]))

    def _open(self, item: QTableWidgetItem) -> None:
        office, period, state = item.data(DATA_ROLE)
        if state == "missing":
            self.desk.messages.say("这个县区还没有上报这个期段，请催报。", "hint")
        else:
            self.desk.open(f"period/{office}/{period}")

    def _open_chosen(self) -> None:
        found = self.table.item(self.table.currentRow(), 0)
        if found is None:
            self.desk.messages.say("请先在表里选一行。", "hint")
        else:
            self._open(found)


def _cells(one: BoardRow) -> list[tuple[str, object]]:
    late = f"{one.n_days_overdue} 天" if one.n_days_overdue else "迟报" if one.is_late else ""
    gaps = numbers_text(one.gaps)
    texts = [one.office_name, one.period, STATES.get(one.state, one.state), one.due_by, late, one.check_code, gaps]
    texts += [one.last_package or "从未来过", str(one.pack or ""), str(one.n_open_returns or "")]
    return [(text, (one.office, one.period, one.state)) for text in texts]
