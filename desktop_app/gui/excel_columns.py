"""Which column of a sheet becomes which field: shown with some of its texts, and put right by hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.actions.excel.importing import ColumnUse, Outline
from desktop_app.actions.excel.sheets import importable
from desktop_app.gui.naming import named
from desktop_app.schema.model import Ledger

_SURE = {
    "chosen": "上次的对应",
    "label": "表头相同",
    "usual": "常用叫法",
    "near": "表头相近，请核对",
    "id": "凭它认出记录",
    "sequence": "只是序号",
    "derived": "由程序计算",
    "none": "没有对应的字段",
}
_FIXED = frozenset({"id", "derived"})
_HEADS = ("列", "表头", "内容举例", "读入为", "说明")


class ColumnTable(QTableWidget):
    """
    The columns of a sheet, each with a choice of fields.

    Signals: `chosen()` when a person has chosen a field.
    """

    chosen = Signal()

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(0, len(_HEADS))
        named(self, "excel.columns", "各列读入为")
        self.setHorizontalHeaderLabels(list(_HEADS))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setMaximumSectionSize(300)
        self.horizontalHeader().setStretchLastSection(True)
        self._fields = importable(ledger)
        self._uses: list[ColumnUse] = []
        self._boxes: dict[str, QComboBox] = {}
        self._twice: frozenset[str] = frozenset()

    def show_outline(self, outline: Outline) -> None:
        """Shows the columns as the program has matched them."""
        self._uses = [one for one in outline.columns if one.heading or one.key]
        self._twice = frozenset(one.letters for one in self._uses if one.heading in outline.twice)
        self._boxes = {}
        self.setRowCount(0)
        self.setRowCount(len(self._uses))
        for row, one in enumerate(self._uses):
            for column, text in enumerate((one.letters, one.heading, one.sample)):
                self.setItem(row, column, QTableWidgetItem(text))
            words = "有两列同名，请选定" if one.letters in self._twice else _SURE[one.certainty]
            self.setItem(row, 4, QTableWidgetItem(f"{words}（{one.unit}）" if one.unit else words))
            if one.certainty in _FIXED:
                self.setItem(row, 3, QTableWidgetItem(one.label or "系统编号"))
            else:
                self.setCellWidget(row, 3, self._box(one))
                self._boxes[one.letters] = self._box_at(row)

    def _box(self, one: ColumnUse) -> QComboBox:
        box = named(QComboBox(), f"excel.column.{one.letters}", f"{one.heading}读入为")
        box.addItem("不读入", "")
        for key, field in self._fields.items():
            box.addItem(field.label, key)
        box.setCurrentIndex(0 if one.letters in self._twice else max(0, box.findData(one.key)))
        box.activated.connect(self.chosen)
        return box

    def _box_at(self, row: int) -> QComboBox:
        box = self.cellWidget(row, 3)
        assert isinstance(box, QComboBox)
        return box

    def decided(self) -> dict[str, str]:
        """Letters → field of the columns that a person has decided otherwise, or had to decide."""
        found = {}
        for one in self._uses:
            box = self._boxes.get(one.letters)
            if box is not None and (box.currentData() != one.key or one.letters in self._twice):
                found[one.letters] = str(box.currentData())
        return found

    def read_keys(self) -> set[str]:
        """The fields that some column is read into."""
        return {str(box.currentData()) for box in self._boxes.values() if box.currentData()}
