"""Ctrl+K: one line that searches every ledger while it is typed; the arrow keys choose, Enter opens."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QTableWidgetItem

from desktop_app.actions.search import Found, search
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, column_of, faint, heading
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable

PAUSE_MS = 120
"""A search starts when the hands rest, not at every key."""
_MOST = 50
_LOWEST_CHARS = 2
_HEADS = ["台账", "记录", "单位", "查到的内容"]
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}


class SearchPage(Page):
    """Records of all ledgers that fit what is typed; private values stay masked."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "查找")
        self._done = ""
        self.text = named(QLineEdit(), "search.text", "查找所有台账")
        self.text.setPlaceholderText("名称、文号、统一社会信用代码，或拼音首字母；几个词用空格隔开")
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._later)
        self.text.returnPressed.connect(self._enter)
        self.text.installEventFilter(self)
        self.count = named(QLabel(), "search.count")
        self.count.setProperty("kind", "faint")
        self.empty = named(faint(""), "search.empty")
        self.table = PlainTable("search.table", "查找结果")
        self.table.setSelectionBehavior(PlainTable.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(PlainTable.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemActivated.connect(self._open)
        column = column_of(self, margin=12, spacing=8)
        column.addWidget(heading("查找"))
        column.addWidget(self.text)
        column.addWidget(self.count)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._timer = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self.search_now)

    def show_now(self) -> None:
        """The cursor stands in the line, and what was typed before is selected, to be typed over."""
        super().show_now()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def refresh(self) -> None:
        """Searches anew, after something was written."""
        self._done = ""
        self.search_now()

    def search_now(self) -> None:
        """Shows what is found for the text as it stands."""
        self._timer.stop()
        text = self.text.text().strip()
        if len(text) < _LOWEST_CHARS:
            self._show([])
            self.count.setText("")
            self.empty.setText(
                "输入两个字以上，查所有台账：单位名称、文书标题、发文字号、统一社会信用代码、编号；"
                "也可以只打拼音首字母。上下键选择，回车打开，Esc 回到文字。"
            )
            return
        if text == self._done:
            return
        start = time.perf_counter()
        found = self.desk.act(lambda: search(self.desk.vault, text, limit=_MOST))
        if found is None:
            return
        self._done = text
        self._show(found)
        is_cut = len(found) == _MOST
        n_found = f"只列出最近修改的 {_MOST} 条，再输入几个字可以缩小范围" if is_cut else f"找到 {len(found)} 条"
        self.count.setText(f"{n_found}（{time.perf_counter() - start:.2f} 秒）" if found else "")
        self.empty.setText(f"没有找到“{text}”。可以少打几个字，或者换成拼音首字母、文号中的数字再试。")

    def _show(self, found: list[Found]) -> None:
        ledgers = self.desk.vault.pack.ledgers
        rows: list[list[tuple[str, object]]] = [
            [(text, one.record_id) for text in (ledgers[one.ledger].label, one.title, one.office_name, one.snippet)]
            for one in found
        ]
        self.table.show_rows(_HEADS, rows, n_words=len(_HEADS))
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows:
            self.table.selectRow(0)

    def _later(self, _: str) -> None:
        self._timer.start()

    def _enter(self) -> None:
        if self.text.text().strip() != self._done:
            self.search_now()
        row = self.table.currentRow()
        if row >= 0 and (item := self.table.item(row, 0)) is not None:
            self._open(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """The arrow keys move in the results while the cursor stays in the line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _MOVES.get(Qt.Key(event.key()))
            if step is not None and self.table.rowCount():
                row = min(max(self.table.currentRow() + step, 0), self.table.rowCount() - 1)
                self.table.selectRow(row)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.text.clear()
                return True
        return super().eventFilter(watched, event)

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{item.data(DATA_ROLE)}")
