"""A short table to read: no more rows than fit in memory at once, sorted as given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.gui.empty_words import EmptyWords
from desktop_app.gui.naming import named

LONG = 16
"""A text of more characters may be cut by its column, and is shown whole under the mouse."""
_LEAST_LINES = 4
DATA_ROLE = Qt.ItemDataRole.UserRole


class PlainTable(QTableWidget):
    """Rows of text; each cell may carry what it stands for under `DATA_ROLE`. Ctrl+C copies the selected cells."""

    def __init__(self, object_name: str, label: str, empty: str = "") -> None:
        """
        Args:
            empty: What stands there while there are no rows.
        """
        super().__init__(0, 0)
        named(self, object_name, label)
        if empty:
            EmptyWords(self, empty)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setMaximumSectionSize(320)
        self.setAlternatingRowColors(True)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy, context=Qt.ShortcutContext.WidgetShortcut
        )

    def show_rows(self, heads: Sequence[str], rows: Sequence[Sequence[tuple[str, object]]], n_words: int = 1) -> None:
        """
        Shows rows of (text, what it stands for).

        Args:
            n_words: How many columns from the left hold words; the others are numbers and stand right.
        """
        self.setRowCount(0)
        self.setColumnCount(len(heads))
        self.horizontalHeader().setStretchLastSection(n_words >= len(heads))
        self.setHorizontalHeaderLabels(list(heads))
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, (text, data) in enumerate(row):
                item = QTableWidgetItem(text)
                item.setData(DATA_ROLE, data)
                item.setToolTip(text if len(text) > LONG else "")
                side = Qt.AlignmentFlag.AlignLeft if column < n_words else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(at, column, item)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """The head and some rows, at any size of text."""
        least = super().minimumSizeHint()
        rows = self.fontMetrics().lineSpacing() * _LEAST_LINES
        return QSize(least.width(), max(least.height(), self.horizontalHeader().sizeHint().height() + rows))

    def copy(self) -> None:
        """The selected cells as text with tabs, for a spreadsheet."""
        rows: dict[int, list[str]] = {}
        for item in sorted(self.selectedItems(), key=lambda one: (one.row(), one.column())):
            rows.setdefault(item.row(), []).append(item.text())
        QGuiApplication.clipboard().setText("\n".join("\t".join(one) for one in rows.values()))
