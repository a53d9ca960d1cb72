"""The tree on the left: the first page, the ledgers by their groups, and below them the exchange of packages."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTreeView

from desktop_app.gui.naming import named
from desktop_app.schema.model import Pack

ADDRESS_ROLE = Qt.ItemDataRole.UserRole


class Navigation(QTreeView):
    """Signal `chosen(address)`. Groups and ledgers come from the parameter pack."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "frame.navigation", "导航")
        self.setHeaderHidden(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("　　源头防控与") + 24)
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_pack(self, pack: Pack, last: list[tuple[str, str]]) -> None:
        """
        Draws the tree of a parameter pack: its groups, and under each the ledgers.

        Args:
            last: Address and label of each entry below them.
        """
        self._model.clear()
        root = self._model.invisibleRootItem()
        root.appendRow(_item("首页", "home"))
        for group, label in pack.groups.items():
            ledgers = [one for one in pack.in_order() if one.group == group and not one.child_of]
            if not ledgers:
                continue
            branch = _item(label, "")
            for ledger in ledgers:
                branch.appendRow(_item(ledger.label, f"list/{ledger.key}"))
            root.appendRow(branch)
        for address, label in last:
            root.appendRow(_item(label, address))
        self.expandAll()

    def point_at(self, address: str) -> None:
        """Marks the entry of the page in front, without opening it."""
        found = self._model.match(
            self._model.index(0, 0), ADDRESS_ROLE, address, 1,
            Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive,
        )  # fmt: skip
        if found:
            self.setCurrentIndex(found[0])
        else:
            self.clearSelection()

    def _choose(self, index: QModelIndex) -> None:
        address = str(index.data(ADDRESS_ROLE) or "")
        if address:
            self.chosen.emit(address)
        else:
            self.setExpanded(index, not self.isExpanded(index))


def _item(label: str, address: str) -> QStandardItem:
    item = QStandardItem(label)
    item.setData(address, ADDRESS_ROLE)
    item.setAccessibleText(label)
    return item
