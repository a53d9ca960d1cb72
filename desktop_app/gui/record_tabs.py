"""The tabs of a record: the sections of its form, its child tables, what is to be done, its history."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget

from desktop_app.gui.child_table import ChildTable
from desktop_app.gui.history_tab import HistoryTab
from desktop_app.gui.naming import named
from desktop_app.gui.page import focus_inside
from desktop_app.gui.steps_tab import StepsTab

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

_MOST_KEYS = 9


class RecordTabs(QTabWidget):
    """Alt and a number goes to a tab; what is read from the vault is read when its tab is shown."""

    def __init__(self, page: RecordPage) -> None:
        super().__init__()
        named(self, "record.tabs", "分区")
        self._form = page.form
        for label, section in page.form.sections.items():
            self.addTab(section, label)
        self.children_tables: dict[str, ChildTable] = {}
        for child in page.desk.vault.pack.children(page.ledger.key):
            table = ChildTable(page.desk, child, page)
            self.children_tables[child.key] = table
            self.addTab(table, child.label)
        self.steps = StepsTab(page.desk, page) if page.ledger.workflow else None
        if self.steps is not None:
            self.addTab(self.steps, "办理")
        self.addTab(HistoryTab(page.desk, page), "历史")
        self.currentChanged.connect(self.read_shown)
        for at in range(min(_MOST_KEYS, self.count())):
            keys = QShortcut(QKeySequence(f"Alt+{at + 1}"), page, partial(self.show_tab, at))
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def show_tab(self, at: int) -> None:
        """Brings a tab to the front, the cursor in its first field or button."""
        self.setCurrentIndex(at)
        focus_inside(self.currentWidget())

    def read_shown(self) -> None:
        """Reads anew what the tab in front shows beside the form."""
        tab = self.currentWidget()
        if isinstance(tab, ChildTable | StepsTab | HistoryTab):
            tab.refresh()

    def go_to(self, key: str) -> None:
        """Brings a field to the front and gives it the focus."""
        box = self._form.boxes.get(key)
        if box is None:
            return
        for section in self._form.sections.values():
            if section.isAncestorOf(box):
                self.setCurrentWidget(section)
                section.ensureWidgetVisible(box)
        if box.editor is not None:
            box.editor.main.setFocus(Qt.FocusReason.ShortcutFocusReason)
