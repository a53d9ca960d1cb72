"""A reference to a record of another ledger, or to several: found by typing, or entered new on the spot."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QToolButton

from desktop_app.actions.changes import Changes
from desktop_app.actions.lookup import candidates, title_of
from desktop_app.base.ids import is_id
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.naming import named
from desktop_app.gui.page import tool_button
from desktop_app.schema.model import Field

ID_ROLE = Qt.ItemDataRole.UserRole
_PAUSE_MS = 150
"""A search starts when the hands rest, not at every key."""


class ReferenceEditor(Editor):
    """One line: type to search, Enter or click to choose, the arrow opens the record, the cross empties it."""

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self._ledger = desk.vault.pack.ledgers[field.ledger]
        self._chosen: list[tuple[str, str]] = []
        self.line = _SearchLine(self)
        self.line.setPlaceholderText(f"输入名称、代码或拼音首字母查找{self._ledger.label}")
        self.use(self.line)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        self._go = self._tool("→", "open", "打开这条记录")
        self._go.clicked.connect(self._open)
        self._new = self._tool("＋", "new", f"新建{self._ledger.label}")
        self._new.clicked.connect(self._create)
        for one in (self._go, self._new):
            row.addWidget(one)
        self._column.addLayout(row)
        self.popup = named(QListWidget(self), f"{name}.found", f"{field.label}：查找结果")
        self.popup.setWindowFlag(Qt.WindowType.ToolTip)
        self.popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.popup.itemClicked.connect(self.choose)
        self.popup.hide()
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self.search)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._settle)
        desk.changed.connect(self._heard)
        self._awaits = False

    def _tool(self, text: str, name: str, tip: str) -> QToolButton:
        made = tool_button(text, f"{self.name}.{name}", f"{self.field.label}：{tip}")
        made.setToolTip(tip)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    @property
    def is_many(self) -> bool:
        """Whether several records may be chosen; they stand one after the other in the line."""
        return self.field.type.name == "references"

    def value(self) -> object:
        """Ids of what was chosen; text that is no record stays text, so that it is refused and not lost."""
        if self._chosen and self.line.text() == self._written():
            ids = [one for one, _ in self._chosen]
            return ids if self.is_many else ids[0]
        return self.line.text().strip() or None

    def set_value(self, value: object) -> None:
        """Shows the titles of the records with these ids; text that is no id stays as it was typed."""
        if isinstance(value, str) and not is_id(value):
            self._chosen = []
            self._go.setEnabled(False)
            self.line.setText(value)
            return
        ids = value if isinstance(value, list) else [value] if value else []
        self._chosen = [(str(one), title_of(self.desk.vault, self._ledger.key, str(one))) for one in ids]
        self._write()

    def set_read_only(self, is_read_only: bool) -> None:
        """The record can still be opened."""
        self.line.setReadOnly(is_read_only)
        self._new.setEnabled(not is_read_only)

    def search(self) -> None:
        """Shows what fits the last words of the line."""
        text = self.line.text().split("、")[-1].strip() if self.is_many else self.line.text().strip()
        found = candidates(self.desk.vault, self._ledger.key, text) if text else []
        self.popup.clear()
        for one in found:
            item = QListWidgetItem(one.title)
            item.setData(ID_ROLE, one.record_id)
            self.popup.addItem(item)
        if not text or not self.line.hasFocus():
            self.popup.hide()
            return
        if not found:
            item = QListWidgetItem(f"没有找到“{text}”；按“＋”新建{self._ledger.label}")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.popup.addItem(item)
        else:
            self.popup.setCurrentRow(0)
        lines = min(8, max(1, self.popup.count()))
        self.popup.setFixedSize(max(self.line.width(), 320), lines * (self.popup.sizeHintForRow(0) + 2) + 8)
        self.popup.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 1)))
        self.popup.show()

    def choose(self, item: QListWidgetItem) -> None:
        """Takes a found record."""
        record_id = item.data(ID_ROLE)
        if not record_id:
            return
        self.take(str(record_id), item.text())

    def take(self, record_id: str, title: str) -> None:
        """Makes a record the value, or one more of the values."""
        kept = [one for one in self._chosen if one[0] != record_id] if self.is_many else []
        self._chosen = [*kept, (record_id, title)]
        self.popup.hide()
        self._write()
        self.edited.emit()

    def _written(self) -> str:
        return "、".join(title for _, title in self._chosen)

    def _write(self) -> None:
        self.line.setText(self._written())
        self.line.setCursorPosition(0)
        self._go.setEnabled(bool(self._chosen))

    def _typed(self, text: str) -> None:
        if not text.strip():
            self._chosen = []
        elif self.is_many:
            self._chosen = [one for one in self._chosen if one[1] in text.split("、")]
        self._go.setEnabled(bool(self._chosen))
        self._timer.start()
        self.edited.emit()

    def tidy(self) -> None:
        """Puts the list of what was found away, as when the line is left."""
        self._timer.stop()
        self._settle()

    def _settle(self) -> None:
        self.popup.hide()
        if self.is_many and self._chosen and self.line.text().rstrip("、") == self._written():
            self._write()

    def _open(self) -> None:
        if self._chosen:
            self.desk.open(f"record/{self._chosen[-1][0]}")

    def _create(self) -> None:
        self._awaits = True
        text = "" if self._chosen else self.line.text().strip()
        self.desk.open(f"new/{self._ledger.key}", typed=text)

    def _heard(self, changes: Changes, _: object) -> None:
        """A record of the ledger that was entered after “＋” becomes the value."""
        if self._awaits and self._ledger.key in changes.ledgers and len(changes.record_ids) == 1:
            self._awaits = False
            record_id = changes.record_ids[0]
            self.take(record_id, title_of(self.desk.vault, self._ledger.key, record_id))


class _SearchLine(QLineEdit):
    """The arrow keys and Enter act on the list of what was found."""

    def __init__(self, editor: ReferenceEditor) -> None:
        super().__init__()
        self._editor = editor

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Up, Down, Enter and Escape while the list is open; everything else is typing."""
        popup, key = self._editor.popup, event.key()
        if not popup.isVisible():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            popup.setCurrentRow((popup.currentRow() + step) % popup.count())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and popup.currentItem() is not None:
            self._editor.choose(popup.currentItem())
            if not self._editor.is_many:
                self._editor.passed_on.emit()
        elif key == Qt.Key.Key_Escape:
            popup.hide()
        else:
            super().keyPressEvent(event)
