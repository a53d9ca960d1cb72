"""Fields typed in one line: text, numbers, money, codes, phones, document numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit

from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.schema.model import Field
from desktop_app.schema.types import ValueFault, parse_value, show_value

_HINTS = {
    "money": "如 1234.56 或 12.5万元",
    "pair": "如 47/50",
    "period": "如 2025、2025-Q1、2025-03",
    "doc_no": "如 某工监提〔2025〕1号",
    "uscc": "18 位统一社会信用代码",
    "phone": "手机号，或 0943-8230000",
    "serial": "留空时自动编号",
}
_MOST_CHARS = 20_000
"""Pasting more than this is a slip; the form's own limit, if smaller, is said as a problem and nothing is cut."""


class LineEditor(Editor):
    """A line of text, put into its usual form when the person leaves it."""

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.line = QLineEdit()
        self.line.setMaxLength(_MOST_CHARS)
        self.line.setPlaceholderText(_HINTS.get(field.type.name, ""))
        self.use(self.line)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.line, 1)
        unit = "元" if field.type.name == "money" else field.unit
        if unit:
            self._row.addWidget(QLabel(unit))
        self._column.addLayout(self._row)
        self.note = QLabel()
        self.note.setProperty("kind", "faint")
        self.note.hide()
        self._column.addWidget(self.note)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self.tidy)

    def value(self) -> object:
        """The text as it stands."""
        return self.line.text() if self.line.text().strip() else None

    def set_value(self, value: object) -> None:
        """Shows a canonical value in its usual form, and any other text as it is."""
        self.line.setText(self._shown(value))
        self.line.setCursorPosition(0)
        self.explain()

    def _shown(self, value: object) -> str:
        if value is None or isinstance(value, str):
            return str(value or "")
        return show_value(value, self.field).removesuffix(self.field.unit)

    def tidy(self) -> None:
        """Puts what was typed into its usual form; what cannot be read stays as it is."""
        try:
            found = parse_value(self.completed(self.line.text()), self.field)
        except ValueFault:
            return
        if found is not None:
            text = self._shown(found)
            if text != self.line.text():
                self.line.setText(text)
                self.edited.emit()
        self.explain()

    def completed(self, text: str) -> str:
        """What the person's short form stands for; a kind of editor that knows short forms overrides it."""
        return text

    def explain(self) -> None:
        """Says under the line what the value means; a kind of editor that has something to say overrides it."""

    def set_note(self, text: str) -> None:
        """A faint line under the editor, empty for none."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def set_read_only(self, is_read_only: bool) -> None:
        """The text can still be selected and copied."""
        self.line.setReadOnly(is_read_only)

    def _typed(self, _: str) -> None:
        self.edited.emit()


class MoneyEditor(LineEditor):
    """Money in 元 or 万元; the amount in 万元 is said beside large sums."""

    def explain(self) -> None:
        """Large sums are read in 万元."""
        try:
            fen = parse_value(self.line.text(), self.field)
        except ValueFault:
            fen = None
        words = ""
        if isinstance(fen, int) and fen >= 1_000_000:
            words = f"合 {fen / 1_000_000:,.4f}".rstrip("0").rstrip(".") + " 万元"
        self.set_note(words)


class ResidentIdEditor(LineEditor):
    """An identity number; birth date and sex follow from it and are said under it."""

    def explain(self) -> None:
        """Birth date and sex, for checking against the card."""
        try:
            number = parse_value(self.line.text(), self.field)
        except ValueFault:
            number = None
        if not isinstance(number, str):
            self.set_note("")
            return
        sex = "男" if int(number[16]) % 2 else "女"
        self.set_note(f"{sex}，{number[6:10]}年{int(number[10:12])}月{int(number[12:14])}日生")
