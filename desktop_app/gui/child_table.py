"""The rows of a child ledger inside its parent's page, edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.lookup import title_of
from desktop_app.actions.privacy import reveal
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.base.errors import KnownError
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.editors.table import editor_for
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, row_of
from desktop_app.gui.plain_table import LONG
from desktop_app.schema.model import Field, Ledger
from desktop_app.schema.types import show_value
from desktop_app.storage.rows import StoredRecord

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

RAW_ROLE = Qt.ItemDataRole.UserRole
ID_ROLE = Qt.ItemDataRole.UserRole + 1
_WIDEST = 22
"""Times the size of the text in points: a column gets no wider by itself."""


class ChildTable(QWidget):
    """
    A table with one editor a cell. A cell of a kept row is written when it is left; a new row when it is complete
    and 保存本行 is pressed, or another row is gone to.
    """

    def __init__(self, desk: Desk, ledger: Ledger, page: RecordPage) -> None:
        super().__init__()
        self.desk = desk
        self.ledger = ledger
        self._page = page
        name = f"record.child.{ledger.key}"
        named(self, name, ledger.label)
        self.fields = [f for f in ledger.entered if f.key not in ("state", "parent") and f.type.name != "attachments"]
        self.table = named(QTableWidget(0, len(self.fields)), f"{name}.table", ledger.label)
        self.table.setHorizontalHeaderLabels([f"{f.label}{' *' if f.required else ''}" for f in self.fields])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setItemDelegate(_CellDelegate(self))
        self.table.currentCellChanged.connect(self._row_left)
        self.problem = named(QLabel(wordWrap=True), f"{name}.problem")
        self.problem.setProperty("kind", "error")
        self.problem.hide()
        self._empty = faint("")
        self._add = button(f"增加一行{ledger.label}", f"{name}.add", why=desk.why_not("record"))
        self._add.clicked.connect(self.add_row)
        self._keep = button("保存本行", f"{name}.keep", why=desk.why_not("record"))
        self._keep.clicked.connect(self.keep_row)
        self._remove = button("删除本行", f"{name}.remove", why=desk.why_not("record"))
        self._remove.clicked.connect(self.remove_row)
        column = QVBoxLayout(self)
        column.addLayout(row_of(self._add, self._keep, self._remove, 1))
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        column.addWidget(self.problem)
        self._is_drawing = False

    def refresh(self) -> None:
        """Draws the rows as they stand in the vault; a row not kept yet stays at the end."""
        shown = self._page.shown
        rows = shown.children.get(self.ledger.key, []) if shown else []
        waiting = self.unkept()
        self._is_drawing = True
        self.table.setRowCount(0)
        for record in rows:
            self._append(record)
        for raw in waiting:
            self._append(None, raw)
        self._is_drawing = False
        self._fit_columns()
        why = self._page.why_locked()
        if not why and not self._page.record_id:
            why = "先保存本记录（Ctrl+S），再增加行。"
        triggers = QTableWidget.EditTrigger
        self.table.setEditTriggers(triggers.NoEditTriggers if why else triggers.AllEditTriggers)
        self._empty.setText(why or f"还没有{self.ledger.label}；按“增加一行”登记。")
        self._empty.setVisible(bool(why) or not self.table.rowCount())
        for one in (self._add, self._keep, self._remove):
            one.setEnabled(not why)
            one.setToolTip(why)

    def _fit_columns(self) -> None:
        """Widths by what stands in the cells, once for a size of text; afterwards as the person has set them."""
        points, header = self.table.font().pointSizeF(), self.table.horizontalHeader()
        fitted = f"{points} {self.table.rowCount() > 0}"
        if self.table.property("fitted") != fitted:
            self.table.setProperty("fitted", fitted)
            for at in range(self.table.columnCount()):
                content = min(_WIDEST * round(points), self.table.sizeHintForColumn(at) + round(points))
                self.table.setColumnWidth(at, max(content, header.sectionSizeHint(at)))

    def _append(self, record: StoredRecord | None, raw: dict[str, object] | None = None) -> None:
        at = self.table.rowCount()
        self.table.insertRow(at)
        values = record.values if record else (raw or {})
        for column, field in enumerate(self.fields):
            text = self.printed(field, values.get(field.key))
            item = QTableWidgetItem(masked(field, text) if record else text)
            item.setToolTip(item.text() if len(item.text()) > LONG else "")
            item.setData(RAW_ROLE, values.get(field.key))
            item.setData(ID_ROLE, record.id if record else "")
            self.table.setItem(at, column, item)

    def printed(self, field: Field, value: object) -> str:
        """What a cell shows."""
        if field.ledger and value is not None:
            ids = value if isinstance(value, list) else [value]
            return "、".join(title_of(self.desk.vault, field.ledger, str(one)) for one in ids)
        try:
            return show_value(value, field)
        except (AssertionError, TypeError):  # typed text that is no value yet
            return str(value)

    def reveal(self, row: int, column: int) -> None:
        """Told by the delegate: a cell is opened, which shows what is private in it."""
        field, record_id = self.fields[column], self._id_of(row)
        if field.private and record_id:
            self.desk.act(lambda: reveal(self.desk.vault, record_id, [field.key]))

    def unkept(self) -> list[dict[str, object]]:
        """Rows in which something is typed and that are not written yet."""
        rows = [self._raw_of(row) for row in range(self.table.rowCount()) if not self._id_of(row)]
        return [raw for raw in rows if any(value is not None for value in raw.values())]

    def type_in(self, rows: list[dict[str, object]]) -> None:
        """Adds rows that are not written yet, such as those of a draft."""
        self._is_drawing = True
        for raw in rows:
            self._append(None, raw)
        self._is_drawing = False
        self._empty.hide()
        self._page.typed()

    def drop_unkept(self) -> None:
        """Takes away rows that are not written yet."""
        self._is_drawing = True
        for row in reversed(range(self.table.rowCount())):
            if not self._id_of(row):
                self.table.removeRow(row)
        self._is_drawing = False

    def _id_of(self, row: int) -> str:
        item = self.table.item(row, 0)
        return str(item.data(ID_ROLE) or "") if item else ""

    def _raw_of(self, row: int) -> dict[str, object]:
        return {
            field.key: item.data(RAW_ROLE)
            for column, field in enumerate(self.fields)
            if (item := self.table.item(row, column)) is not None
        }

    def add_row(self) -> None:
        """A new row at the end, its first cell open for typing as it becomes the current one."""
        if not self._page.record_id or self._page.why_locked():
            return
        self._append(None)
        self._empty.hide()
        at = self.table.rowCount() - 1
        self.table.setCurrentCell(at, 0)

    def written(self, row: int, column: int, raw: object) -> None:
        """Told by the delegate: a cell was typed in."""
        field, record_id = self.fields[column], self._id_of(row)
        item = self.table.item(row, column)
        if item is None or item.data(RAW_ROLE) == raw:
            return
        item.setData(RAW_ROLE, raw)
        item.setText(self.printed(field, raw))
        if record_id:
            self._do(lambda: edit_record(self.desk.vault, record_id, {field.key: raw}))
        else:
            self._page.typed()

    def keep_row(self) -> bool:
        """Writes the new row in front; True when there is nothing left to write."""
        row = self.table.currentRow()
        return row < 0 or bool(self._id_of(row)) or self._keep_new(row)

    def _keep_new(self, row: int) -> bool:
        raw = {key: value for key, value in self._raw_of(row).items() if value is not None}
        if not raw:
            self.table.removeRow(row)
            return True
        parent = self._page.record_id
        given = Given({**raw, "parent": parent})
        first = self.table.item(row, 0)
        assert first is not None
        first.setData(ID_ROLE, "…")  # being kept: the redraw that follows must not take it for a new row again
        if self._do(lambda: add_records(self.desk.vault, self.ledger.key, [given])):
            return True
        first.setData(ID_ROLE, "")
        return False

    def remove_row(self) -> None:
        """Deletes the row in front; one that was never kept just goes."""
        row = self.table.currentRow()
        if row < 0:
            self.desk.messages.say("请先选中要删除的行。", "hint")
            return
        record_id = self._id_of(row)
        if not record_id:
            self.table.removeRow(row)
        elif confirm(self, f"删除第 {row + 1} 行？", yes="删除", detail="历史仍保留，可以恢复。"):
            self._do(lambda: delete_record(self.desk.vault, record_id))

    def _do(self, action: object) -> bool:
        def refused(error: KnownError) -> None:
            self.problem.setText(str(error))
            self.problem.show()

        self.problem.hide()
        assert callable(action)
        return self.desk.act(action, failed=refused) is not None

    def _row_left(self, row: int, _: int, before: int, __: int) -> None:
        is_other = row != before and 0 <= before < self.table.rowCount()
        if not self._is_drawing and is_other and not self._id_of(before) and any(self._raw_of(before).values()):
            self._keep_new(before)


class _CellDelegate(QStyledItemDelegate):
    """Puts the field's own editor into a cell."""

    def __init__(self, owner: ChildTable) -> None:
        super().__init__(owner)
        self._owner = owner

    def createEditor(  # noqa: N802 Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """The editor of the column's field."""
        del option
        field = self._owner.fields[index.column()]
        editor = editor_for(field, self._owner.desk, f"record.child.{self._owner.ledger.key}.{field.key}")
        editor.setParent(parent)
        editor.setAutoFillBackground(True)
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        """Shows the cell's value."""
        if isinstance(editor, Editor):
            if index.data(RAW_ROLE) is not None:
                self._owner.reveal(index.row(), index.column())
            editor.set_value(index.data(RAW_ROLE))

    def setModelData(  # noqa: N802 Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Hands what was typed to the table."""
        del model
        if isinstance(editor, Editor):
            self._owner.written(index.row(), index.column(), editor.value())

    def updateEditorGeometry(  # noqa: N802 Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """As wide as the cell, and as high as the editor needs."""
        del index
        rect = option.rect  # type: ignore[attr-defined]
        rect.setHeight(max(rect.height(), editor.sizeHint().height()))
        rect.setWidth(max(rect.width(), 160))
        editor.setGeometry(rect)
