"""One option of a list, a region, yes or no."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter

from desktop_app.domain.pinyin import readings
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.naming import named
from desktop_app.schema.model import Field

CODE_ROLE = Qt.ItemDataRole.UserRole
MATCH_ROLE = Qt.ItemDataRole.UserRole + 1


class ChoiceBox(QComboBox):
    """A list that is searched by typing: a piece of the label, its pinyin initials, or its code."""

    def __init__(self, options: dict[str, str], name: str, label: str) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(16)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        model = QStandardItemModel(self)
        model.appendRow(_item("", "", label))
        for code, text in options.items():
            model.appendRow(_item(code, text, text))
        self.setModel(model)
        completer = _Completer(self)
        completer.setModel(model)
        completer.setCompletionRole(MATCH_ROLE)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        named(completer.popup(), f"{name}.matches", f"{label}：符合的选项")
        line = self.lineEdit()
        assert line is not None
        named(line, f"{name}.line", label)
        line.setPlaceholderText("可输入文字或拼音首字母")
        line.textEdited.connect(self._dress_matches)  # said before the list of what fits is shown
        self.setCurrentIndex(0)

    def _dress_matches(self) -> None:
        """That list is a window of its own: it takes its looks from the one it belongs to."""
        completer, sheet = self.completer(), self.window().styleSheet()
        if completer is not None and completer.popup().styleSheet() != sheet:
            completer.popup().setStyleSheet(sheet)

    def code(self) -> str | None:
        """The option's code; the text itself when it is none of the options; None for nothing."""
        text = self.currentText().strip()
        at = self.findText(text, Qt.MatchFlag.MatchExactly)
        if at >= 0:
            return str(self.itemData(at, CODE_ROLE)) or None
        matches = [
            str(self.itemData(row, CODE_ROLE))
            for row in range(1, self.count())
            if text.lower() in str(self.itemData(row, MATCH_ROLE)).lower()
        ]
        return matches[0] if len(matches) == 1 else text

    def choose(self, value: object) -> None:
        """Shows an option by its code, or text that is none of them as it is."""
        at = self.findData(str(value or ""), CODE_ROLE)
        self.setCurrentIndex(at)
        if at < 0:
            self.setEditText(str(value))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 Qt's name
        """The wheel scrolls the page; a value is not changed by passing over it."""
        event.ignore()


class _Completer(QCompleter):
    """Finds by `MATCH_ROLE`, writes the label."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # noqa: N802 Qt's name
        """The text that goes into the line."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))


def _item(code: str, text: str, accessible: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(code, CODE_ROLE)
    item.setData(" ".join((text, *readings(text), code)) if text else "", MATCH_ROLE)
    item.setAccessibleText(accessible)
    return item


class ChoiceEditor(Editor):
    """One option of the field's list."""

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.box = ChoiceBox(self.options(), name, field.label)
        self.use(self.box)
        self._column.addWidget(self.box)
        self.box.activated.connect(self._changed)
        line = self.box.lineEdit()
        assert line is not None
        line.textEdited.connect(self._changed)
        line.editingFinished.connect(self._settle)
        completer = self.box.completer()
        assert completer is not None
        self._passing = QTimer(self, interval=0, singleShot=True)  # once the list of what fits is gone
        self._passing.timeout.connect(self.passed_on)
        completer.activated.connect(self._picked)
        line.returnPressed.connect(self._picked)  # Enter while the list is shown and nothing in it is chosen

    def options(self) -> dict[str, str]:
        """Code → label."""
        return dict(self.field.choices.labels) if self.field.choices else {}

    def value(self) -> object:
        """The option's code, or the text that is none of them."""
        return self.box.code()

    def set_value(self, value: object) -> None:
        """Shows an option by its code."""
        self.box.choose(value)

    def _settle(self) -> None:
        found = self.box.code()
        if found is not None and self.box.findData(found, CODE_ROLE) >= 0:
            self.box.choose(found)

    def _picked(self, _: object = None) -> None:
        self._passing.start()

    def _changed(self, _: object) -> None:
        self.edited.emit()


class FlagEditor(ChoiceEditor):
    """Yes, no, or not said: an empty flag is not a no."""

    def options(self) -> dict[str, str]:
        """The two answers."""
        return {"true": "是", "false": "否"}

    def value(self) -> object:
        """True, False, None, or text that is neither."""
        found = super().value()
        return {"true": True, "false": False}.get(str(found), found)

    def set_value(self, value: object) -> None:
        """Shows a canonical flag."""
        super().set_value({True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value)
