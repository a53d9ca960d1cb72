"""The side panel that lists what is still wrong with a record; a click goes to the field."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.base.errors import Problem
from desktop_app.gui.naming import named

KEY_ROLE = Qt.ItemDataRole.UserRole
_WORDS = {"error": "须改正", "explain": "须说明", "hint": "提示"}


class ProblemList(QWidget):
    """Signal `chosen(key)`: the field to go to."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "record.problems", "问题")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.count = named(QLabel(wordWrap=True), "record.problems.count")
        self.count.setProperty("kind", "heading")
        self.list = named(QListWidget(), "record.problems.list", "问题清单")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.count.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.count)
        column.addWidget(self.list, 1)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Lists problems, errors first."""
        order = {"error": 0, "explain": 1, "hint": 2}
        found = sorted(problems, key=lambda one: order[one.level])
        self.list.clear()
        for one in found:
            item = QListWidgetItem(f"〔{_WORDS[one.level]}〕{one.message}")
            item.setData(KEY_ROLE, one.key)
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        n_errors = sum(one.level == "error" for one in found)
        if n_errors:
            self.count.setText(f"问题：{n_errors} 处须改正")
        else:
            self.count.setText("问题" if found else "没有问题，可以保存")

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(KEY_ROLE)))


def beside(problems: ProblemList, letter: QWidget | None) -> QWidget:
    """What stands right of a form: the problems, of a letter its preview too."""
    if letter is not None:
        both = named(QTabWidget(), "record.beside", "预览与问题")
        both.addTab(letter, "预览")
        both.addTab(problems, "问题")
        return both
    frame = QFrame()
    frame.setProperty("kind", "panel")
    row = QHBoxLayout(frame)
    row.setContentsMargins(8, 8, 8, 8)
    row.addWidget(problems)
    return frame
