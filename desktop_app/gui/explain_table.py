"""情况说明: records that break a rule which may be explained, with the reason typed beside the rule."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.actions.reading import Unfinished
from desktop_app.gui.naming import named

RECORD_ROLE = Qt.ItemDataRole.UserRole
_TITLE, _ASKED, _TEXT = range(3)


class ExplainTable(QTableWidget):
    """One row a record; the last column is typed in. Signal `wanted(str)`: a record is to be opened."""

    wanted = Signal(str)

    def __init__(self, object_name: str) -> None:
        super().__init__(0, 3)
        named(self, object_name, "要说明的记录")
        self.setHorizontalHeaderLabels(["记录（双击打开）", "要说明的事", "情况说明（在这里填写）"])
        self.verticalHeader().hide()
        self.setWordWrap(True)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.CurrentChanged
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.cellDoubleClicked.connect(self._open)

    def show_records(self, found: Iterable[Unfinished]) -> None:
        """Shows records; what was typed for those that are still there stays."""
        typed = self.typed()
        self.setRowCount(0)
        for one in found:
            asked = "；".join(each.message for each in one.problems if each.level == "explain")
            at = self.rowCount()
            self.insertRow(at)
            for column, text in ((_TITLE, one.title), (_ASKED, asked)):
                item = QTableWidgetItem(text)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(text)
                self.setItem(at, column, item)
            reason = QTableWidgetItem(typed.get(one.record.id, ""))
            reason.setData(RECORD_ROLE, one.record.id)
            self.setItem(at, _TEXT, reason)
        self.resizeRowsToContents()

    def typed(self) -> dict[str, str]:
        """Record → the reason typed, where there is one."""
        found = {}
        for at in range(self.rowCount()):
            item = self.item(at, _TEXT)
            if item is not None and item.text().strip():
                found[str(item.data(RECORD_ROLE))] = item.text().strip()
        return found

    def _open(self, row: int, column: int) -> None:
        item = self.item(row, _TEXT)
        if item is not None and column != _TEXT:
            self.wanted.emit(str(item.data(RECORD_ROLE)))
