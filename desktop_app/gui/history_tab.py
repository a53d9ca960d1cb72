"""Who changed a record, when, from what to what, and by which package it came; a value can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

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


class HistoryTab(QWidget):
    """A tree: revisions, newest first, and under each the fields it changed."""

    def __init__(self, desk: Desk, page: RecordPage) -> None:
        super().__init__()
        self._desk = desk
        self._page = page
        named(self, "record.history", "历史")
        self.tree = named(QTreeWidget(), "record.history.tree", "历史")
        self.tree.setHeaderLabels(["时间", "谁", "做了什么", "改前", "改后", "来自"])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setMaximumSectionSize(320)
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
        if not record_id:
            return
        for event in reversed(self._desk.act(lambda: show_history(self._desk.vault, record_id)) or []):
            self.tree.addTopLevelItem(self._item(event))
        self.tree.expandToDepth(0)

    def _item(self, event: Event) -> QTreeWidgetItem:
        ledger = self._page.ledger
        workflow = ledger.workflow
        step = workflow.steps[event.step].label if workflow and event.step in workflow.steps else ""
        what = "；".join(one for one in (step, event.note) if one) or "填写"
        item = QTreeWidgetItem([event.at, f"{event.actor}（{event.office}）", what, "", "", event.package])
        for key, before, after in event.changes:
            field = ledger.fields.get(key)
            if key == "deleted":
                words = ["是否删除", "是" if before else "否", "是" if after else "否"]
            elif field is None or key == "parent":
                continue
            else:
                words = [field.label, *(masked(field, self._shown(field, one)) for one in (before, after))]
            child = QTreeWidgetItem(["", "", *words, ""])
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
