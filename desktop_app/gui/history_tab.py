"""Who changed a record, when, from what to what, and by which package it came; a value can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.lookup import title_of
from desktop_app.actions.reading import Event, show_history
from desktop_app.actions.records import edit_record
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, row_of
from desktop_app.schema.model import Field
from desktop_app.schema.types import show_value

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

CHANGE_ROLE = Qt.ItemDataRole.UserRole
_MOST_LINES = 8
"""A longer value is left to its tool tip, so that the change before it stays in sight."""
_LABEL_CHARS = 11
_MARGIN = 8


class _Wrapped(QStyledItemDelegate):
    """Rows as high as their words need in the width there is; a tree by itself gives each one line."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, _: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """In the whole width for the line of a revision, in that of its column for a value."""
        tree, metrics = self._tree, self._tree.fontMetrics()
        is_revision = not index.parent().isValid()
        width = tree.viewport().width() if is_revision else tree.columnWidth(index.column())
        if index.column() == 0:
            width -= tree.indentation() * (1 if is_revision else 2)
        line = metrics.boundingRect(tree.rect(), 0, "字").height()  # may come from a higher font than the tree's own
        room = QRect(0, 0, width - _MARGIN, line * _MOST_LINES)
        words = str(index.data() or "")
        needed = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), words).height()
        return QSize(width, max(min(needed, room.height()), line))


class HistoryTab(QWidget):
    """
    A tree: revisions, newest first, each in one line, and under it the fields it changed.

    A letter's form leaves it half the window, so that it has no more columns than find room there, and long values
    go on in the next line.
    """

    def __init__(self, desk: Desk, page: RecordPage) -> None:
        super().__init__()
        self._desk = desk
        self._page = page
        named(self, "record.history", "历史")
        self.tree = named(QTreeWidget(), "record.history.tree", "历史")
        self.tree.setHeaderLabels(["修改", "改前", "改后"])
        self.tree.setWordWrap(True)
        self.tree.setItemDelegate(_Wrapped(self.tree))
        self.tree.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.tree.header().setMinimumSectionSize(1)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.tree.header().sectionResized.connect(self.tree.scheduleDelayedItemsLayout)
        self.tree.currentItemChanged.connect(self._current)
        self._put_back = button("恢复为改前的值", "record.history.put_back", why=desk.why_not("record"))
        self._put_back.setEnabled(False)
        self._put_back.setToolTip("先选中一处改动")
        self._put_back.clicked.connect(self.put_back)
        self._empty = faint("这条记录还没有保存，保存后这里显示每一次改动。")
        column = QVBoxLayout(self)
        column.addWidget(self._empty)
        column.addWidget(self.tree, 1)
        column.addLayout(row_of(1, self._put_back))

    def refresh(self) -> None:
        """Reads the history anew."""
        record_id = self._page.record_id
        self._empty.setVisible(not record_id)
        self.tree.clear()
        label = self.tree.fontMetrics().horizontalAdvance("字" * _LABEL_CHARS) + 2 * self.tree.indentation() + _MARGIN
        self.tree.header().resizeSection(0, min(label, self.tree.viewport().width() * 2 // 7))
        if not record_id:
            return
        for event in reversed(self._desk.act(lambda: show_history(self._desk.vault, record_id)) or []):
            item = self._item(event)
            self.tree.addTopLevelItem(item)
            item.setFirstColumnSpanned(True)
        self.tree.expandToDepth(0)

    def _item(self, event: Event) -> QTreeWidgetItem:
        ledger = self._page.ledger
        workflow = ledger.workflow
        step = workflow.steps[event.step].label if workflow and event.step in workflow.steps else ""
        what = "；".join(one for one in (step, event.note) if one) or "填写"
        came = f"来自 {event.package}" if event.package else ""
        line = "　".join(one for one in (event.at, what, f"{event.actor}（{event.office}）", came) if one)
        item = QTreeWidgetItem([line])
        item.setToolTip(0, line)
        for key, before, after in event.changes:
            field = ledger.fields.get(key)
            if key == "deleted":
                words = ["是否删除", "是" if before else "否", "是" if after else "否"]
            elif field is None or key == "parent":
                continue
            else:
                words = [field.label, *(masked(field, self._shown(field, one)) for one in (before, after))]
            child = QTreeWidgetItem(words)
            for at, text in enumerate(words):
                child.setToolTip(at, text)
                child.setTextAlignment(at, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            if field is not None and not field.derive and key != "state":
                child.setData(0, CHANGE_ROLE, (key, before))
            item.addChild(child)
        return item

    def _shown(self, field: Field, value: object) -> str:
        if field.ledger and value is not None:
            ids = value if isinstance(value, list) else [value]
            return "、".join(title_of(self._desk.vault, field.ledger, str(one)) for one in ids)
        return show_value(value, field)

    def _current(self, item: QTreeWidgetItem | None) -> None:
        self._put_back.setEnabled(item is not None and item.data(0, CHANGE_ROLE) is not None)

    def put_back(self) -> None:
        """Writes the value before the chosen change as a new change."""
        chosen = self.tree.selectedItems()
        found = chosen[0].data(0, CHANGE_ROLE) if chosen else None
        if not found:
            return
        key, before = found
        label = self._page.ledger.fields[key].label
        vault, record_id = self._desk.vault, self._page.record_id
        if self._desk.act(lambda: edit_record(vault, record_id, {key: before}, note=f"恢复“{label}”的旧值")):
            self._desk.messages.say(f"“{label}”已恢复为改前的值。")
