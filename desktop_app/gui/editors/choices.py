"""Several options of a list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.schema.model import Field

CODE_ROLE = Qt.ItemDataRole.UserRole
_MOST_LINES = 6
_LONG_CHARS = 24
"""A longer option may be wider than half a window, and would be cut off."""


class ChoicesEditor(Editor):
    """Options with boxes to tick; the space bar ticks."""

    is_wide = True

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.list = QListWidget()
        labels = field.choices.labels if field.choices else {}
        if any(len(one) > _LONG_CHARS for one in labels.values()):  # one below the other, in as many lines as it needs
            self.list.setWordWrap(True)
            self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        else:
            self.list.setFlow(QListWidget.Flow.LeftToRight)
            self.list.setWrapping(True)
            self.list.setSpacing(2)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        for code, label in labels.items():
            item = QListWidgetItem(label)
            item.setData(CODE_ROLE, code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        lines = min(_MOST_LINES, max(1, -(-sum(len(one) + 3 for one in labels.values()) // 48)))
        self.list.setFixedHeight((self.list.fontMetrics().lineSpacing() + 8) * lines + 10)
        self.use(self.list)
        self._column.addWidget(self.list)
        self._is_setting = False
        self.list.itemChanged.connect(self._changed)

    def value(self) -> object:
        """Codes of the ticked options, None for none."""
        found = [
            str(item.data(CODE_ROLE))
            for item in (self.list.item(row) for row in range(self.list.count()))
            if item.checkState() == Qt.CheckState.Checked
        ]
        return found or None

    def set_value(self, value: object) -> None:
        """Ticks the options of a list of codes."""
        chosen = set(value) if isinstance(value, list) else set()
        self._is_setting = True
        for row in range(self.list.count()):
            item = self.list.item(row)
            is_chosen = item.data(CODE_ROLE) in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
        self._is_setting = False

    def _changed(self, _: QListWidgetItem) -> None:
        if not self._is_setting:
            self.edited.emit()
