"""Rows of a list, fetched a page at a time when the view asks for them."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from desktop_app.actions.listing import ListRow, RecordList
from desktop_app.gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
RECORD_ROLE = Qt.ItemDataRole.UserRole
SENDING = {"unsent": "待报", "sent": "已报", "received": "已接收", "returned": "退回"}
_PAGE_ROWS = 100
_MOST_PAGES = 40
_RIGHT = ("count", "money")


class ListModel(QAbstractTableModel):
    """
    A `RecordList` for a table view. Sorting makes a new list; cells are read from the vault when they are shown.

    A vault that closes under it shows empty cells and raises nothing inside Qt.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._list: RecordList | None = None
        self._n_rows = 0
        self._theme = theme
        self._pages: OrderedDict[int, list[ListRow]] = OrderedDict()

    @property
    def records(self) -> RecordList | None:
        """The list that is shown."""
        return self._list

    def show_list(self, records: RecordList) -> None:
        """Shows another list."""
        self.beginResetModel()
        self._list = records
        self._n_rows = records.count()
        self._pages.clear()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 Qt's name
        """Records in the list."""
        return 0 if parent is not None and parent.isValid() else self._n_rows

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 Qt's name
        """Columns that are shown."""
        return 0 if self._list is None or (parent is not None and parent.isValid()) else len(self._list.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802 Qt's name
        """Labels of fields; row numbers."""
        if role == Qt.ItemDataRole.DisplayRole and self._list is not None:
            if orientation == Qt.Orientation.Vertical:
                return str(section + 1)
            return self._list.ledger.fields[self._list.columns[section]].label
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell's text, the row's mark, the record's id."""
        if not index.isValid() or self._list is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            kind = self._list.ledger.fields[self._list.columns[index.column()]].type.name
            side = Qt.AlignmentFlag.AlignRight if kind in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role not in _READ_ROLES:
            return None
        return self._cell(self.row(index.row()), index.column(), role)

    def _cell(self, row: ListRow, column: int, role: int) -> object:
        if role == Qt.ItemDataRole.BackgroundRole:
            marks = self._theme.colours.marks
            return QColor(marks[row.style]) if row.style in marks else None
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font if row.has_conflict else None
        if role == Qt.ItemDataRole.ToolTipRole:
            words = [row.cells[column], "有冲突待裁决" if row.has_conflict else "", SENDING.get(row.sending, "")]
            return "\n".join(one for one in words if one)
        return row.record_id if role == RECORD_ROLE else row.cells[column].replace("\n", " ")

    def row(self, at: int) -> ListRow:
        """The line at a place."""
        number, inner = divmod(at, _PAGE_ROWS)
        if number not in self._pages:
            assert self._list is not None
            self._pages[number] = self._list.rows(number * _PAGE_ROWS, _PAGE_ROWS, self._n_rows)
            if len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(number)
        return self._pages[number][inner]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is the form's own order."""
        if self._list is None:
            return
        key = self._list.columns[column] if column >= 0 else ""
        self.show_list(self._list.sorted_by(f"-{key}" if key and order == Qt.SortOrder.DescendingOrder else key))


_READ_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.BackgroundRole,
    Qt.ItemDataRole.FontRole,
    Qt.ItemDataRole.ToolTipRole,
    RECORD_ROLE,
}
