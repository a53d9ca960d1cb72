"""Text of several paragraphs."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit

from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.schema.model import Field

_LINES = 4


class LongTextEditor(Editor):
    """Several lines; Tab moves on, Enter begins a paragraph, pasted formatting is dropped."""

    is_wide = True

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _LINES + 14)
        self.use(self.text)
        self._column.addWidget(self.text)
        self._is_setting = False
        self.text.textChanged.connect(self._changed)

    def value(self) -> object:
        """The text as it stands."""
        found = self.text.toPlainText()
        return found if found.strip() else None

    def set_value(self, value: object) -> None:
        """Shows a text."""
        self._is_setting = True
        self.text.setPlainText(str(value or ""))
        self._is_setting = False

    def set_read_only(self, is_read_only: bool) -> None:
        """The text can still be selected and copied."""
        self.text.setReadOnly(is_read_only)

    def _changed(self) -> None:
        if not self._is_setting:
            self.edited.emit()
