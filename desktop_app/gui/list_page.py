"""The list of one ledger: filters, periods, search, marks, totals, and what can be done with several records."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QTableView,
)

from desktop_app.actions.changes import Changes
from desktop_app.actions.listing import RecordList
from desktop_app.actions.settings import read_setting, write_setting
from desktop_app.base.clock import today
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.excel_buttons import sheet_buttons
from desktop_app.gui.list_actions import copy_chosen, delete_chosen, print_now, steps_menu, take_step_for_chosen
from desktop_app.gui.list_filters import FilterBar
from desktop_app.gui.list_model import RECORD_ROLE, ListModel
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.totals_line import TotalsLine
from desktop_app.schema.letters import LETTER
from desktop_app.schema.model import STATE, Ledger

_PAUSE_MS = 200
_FITTED_ROWS = 50
_LEAST_POINTS = 12
"""Times the size of the text: a long column gets no narrower by itself; the tool tip has the whole text."""
"""Rows that decide the widths of columns; Qt would read a thousand before the list is shown."""


class ListPage(Page):
    """The records of one ledger."""

    def __init__(self, desk: Desk, address: Address) -> None:
        self.ledger: Ledger = desk.vault.pack.ledgers[address.key]
        super().__init__(desk, address, self.ledger.label)
        self._name = f"list.{self.ledger.key}"
        self._columns = self._kept_columns()
        self._wished: list[int] = []
        self._given: list[int] = []
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self._arrange()
        self.filters.apply(self.address.options)
        for keys, slot in (
            ("Ctrl+N", self.add),
            ("Ctrl+F", self.filters.text.setFocus),
            ("Delete", self.delete_chosen),
            ("Ctrl+P", partial(print_now, self)),
        ):
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Copy),
            self.table,
            self.copy_chosen,
            context=Qt.ShortcutContext.WidgetShortcut,
        )

    # Drawing

    def _arrange(self) -> None:
        name = self._name
        column = column_of(self, margin=10, spacing=6)
        self.model = ListModel(self.desk.theme, self)
        column.addLayout(self._button_row())
        self.filters = FilterBar(self.ledger, name, today(self.desk.vault.clock).year)
        self.filters.changed.connect(self._timer.start)
        column.addWidget(self.filters)
        self.table = named(QTableView(), f"{name}.table", f"{self.ledger.label}列表")
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(False)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().lineSpacing() + 10)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.activated.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.model.sort)
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(_FITTED_ROWS)
        self.empty = faint("")
        named(self.empty, f"{name}.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty)
        self.totals = TotalsLine(self.desk, name)
        column.addWidget(self.totals)

    def _button_row(self) -> QHBoxLayout:
        name = self._name
        self.count = named(QLabel(), f"{name}.count")
        self.count.setProperty("kind", "faint")
        self.new = button(
            f"新增{self.ledger.label}", f"{name}.new", kind="primary", tip="Ctrl+N", why=self.desk.why_not("record")
        )
        self.new.clicked.connect(self.add)
        self.copy = button("复制", f"{name}.copy", tip="把选中的行复制成表格，可粘贴到 WPS 表格（Ctrl+C）")
        self.copy.clicked.connect(self.copy_chosen)
        self.several = button("办理……", f"{name}.steps", tip="给选中的记录办理同一个环节")
        self.several.clicked.connect(self._choose_step)
        if self.ledger.workflow is None:
            self.several.hide()
        self.printing = button("打印", f"{name}.print", tip="打印当前列表（Ctrl+P），隐私内容遮住")
        self.printing.clicked.connect(partial(print_now, self))
        self.remove = button("删除", f"{name}.delete", tip="Delete", why=self.desk.why_not("record"))
        self.remove.clicked.connect(self.delete_chosen)
        sheets = sheet_buttons(self.desk, self.ledger.key, self.model)
        buttons = (*sheets, self.printing, self.copy, self.several, self.remove, self.new)
        return row_of(heading(self.ledger.label), self.count, 1, *buttons)

    def choices(self) -> dict[str, object]:
        """What is searched and filtered, as options for the same page made anew."""
        return self.filters.choices()

    def reopen(self, address: Address) -> None:
        """Asked for again, with filters."""
        super().reopen(address)
        self.filters.apply(self.address.options)

    def refresh(self) -> None:
        """Reads the list anew."""
        self._timer.stop()
        records = self.desk.act(
            lambda: RecordList(
                self.desk.vault,
                self.ledger.key,
                columns=self._columns,
                where=self.filters.where(),
                text=self.filters.text.text(),
                period=self.filters.period(),
            )
        )
        if records is None:
            return
        self.model.show_list(records)
        header = self.table.horizontalHeader()
        if header.sortIndicatorSection() >= 0:
            self.model.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        self._fit_columns()
        n_rows = self.model.rowCount()
        self.count.setText(f"共 {n_rows:,} 条")
        self.empty.setText(
            "没有符合条件的记录；可清除查找文字或筛选条件。"
            if self.filters.is_narrowed()
            else f"还没有{self.ledger.label}。按“新增{self.ledger.label}”（Ctrl+N）登记第一条。"
        )
        self.empty.setVisible(n_rows == 0)
        self.table.setVisible(n_rows > 0)
        self.totals.show_sums(records, n_rows)
        self._selected(QItemSelection(), QItemSelection())

    def _fit_columns(self) -> None:
        """Widths by the first rows, once for a size of text; afterwards as the person has set them."""
        points = self.table.font().pointSizeF()
        if self.model.rowCount() and self.table.property("fitted") != points:
            self.table.setProperty("fitted", points)
            self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().lineSpacing() + 10)
            self._wished = [self._wish(at) for at in range(self.model.columnCount())]
            self._given = []
            self._squeeze()

    def _wish(self, at: int) -> int:
        """How wide a column wants to be."""
        points = round(self.table.font().pointSizeF())
        content = min(22 * points, max(6 * points, self.table.sizeHintForColumn(at) + 16))
        return max(content, self.table.horizontalHeader().sectionSizeHint(at))

    def _squeeze(self) -> None:
        """Where a little less for the long columns brings all into sight, they get it; else each is as it wishes."""
        table, header, wished = self.table, self.table.horizontalHeader(), self._wished
        has_set = [table.columnWidth(at) for at in range(len(self._given) - 1)] != self._given[:-1]
        if not wished or has_set:  # by the person, who knows best
            return
        least = _LEAST_POINTS * round(table.font().pointSizeF())
        floors = [min(one, max(least, header.sectionSizeHint(at))) for at, one in enumerate(wished)]
        beside = table.verticalHeader().sizeHint().width() + table.verticalScrollBar().sizeHint().width()
        over = sum(wished) - (table.width() - beside - 2 * table.frameWidth())
        spare = sum(wished) - sum(floors)
        share = over / spare if 0 < over <= spare else 0.0
        self._given = [one - math.ceil((one - floor) * share) for one, floor in zip(wished, floors, strict=True)]
        for at, width in enumerate(self._given):
            table.setColumnWidth(at, width)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        """Another size of the window, another room for the columns."""
        super().resizeEvent(event)
        self._squeeze()

    def show_now(self) -> None:
        """The size of text may have changed while another page was in front."""
        super().show_now()
        self._fit_columns()

    def take_focus(self) -> None:
        """The rows, or what adds the first one."""
        if not self.model.rowCount():
            self.new.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.table.currentIndex().isValid():
            first = self.model.index(0, 0)
            self.table.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    # Columns

    def _kept_columns(self) -> list[str]:
        kept = read_setting(self.desk.vault, f"columns/{self.ledger.key}")
        return [str(one) for one in kept] if isinstance(kept, list) else list(self.ledger.list.columns)

    def _choose_columns(self, at: QPoint) -> None:
        menu = named(QMenu(self), f"{self._name}.columns", "显示哪些列")
        for key in [STATE, *(one.key for one in self.ledger.fields.values() if one.key != STATE)]:
            field = self.ledger.fields.get(key)
            if field is None or field.type.name in ("attachments", "long_text"):
                continue
            action = menu.addAction(field.label)
            action.setCheckable(True)
            action.setChecked(key in self._columns)
            action.setData(key)
        menu.addSeparator()
        usual = menu.addAction("恢复默认列")
        chosen = menu.exec(self.table.horizontalHeader().mapToGlobal(at))
        if chosen is None:
            return
        self.show_columns(list(self.ledger.list.columns) if chosen is usual else self._toggled(str(chosen.data())))

    def _toggled(self, key: str) -> list[str]:
        if key in self._columns:
            return [one for one in self._columns if one != key] or self._columns
        return [*self._columns, key]

    def show_columns(self, keys: list[str]) -> None:
        """Shows these columns, now and the next time."""
        self._columns = keys
        write_setting(self.desk.vault, f"columns/{self.ledger.key}", keys)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setProperty("fitted", None)
        self.refresh()

    # Doing

    def add(self) -> None:
        """A new record."""
        self.desk.open(f"new/{self.ledger.key}")

    def chosen(self) -> list[str]:
        """Ids of the selected records."""
        rows = self.table.selectionModel().selectedRows()
        return [str(index.data(RECORD_ROLE)) for index in rows]

    def _selected(self, _: QItemSelection, __: QItemSelection) -> None:
        has_some = self.table.selectionModel().hasSelection()
        for one, words in (
            (self.copy, "复制成表格，可粘贴到 WPS 表格（Ctrl+C）"),
            (self.several, "给选中的记录办理同一个环节"),
            (self.remove, "Delete"),
        ):
            one.setEnabled(has_some)
            one.setToolTip(words if has_some else "先选中一行或几行")

    def copy_chosen(self) -> None:
        """The selected rows as text with tabs, headings first."""
        copy_chosen(self)

    def period_label(self) -> str:
        """The period that is chosen, empty for all years."""
        period = self.filters.period()
        return period.label if period else ""

    def _choose_step(self) -> None:
        menu = steps_menu(self)
        menu.triggered.connect(lambda action: take_step_for_chosen(self, str(action.data())))
        menu.exec(self.several.mapToGlobal(QPoint(0, self.several.height())))

    def delete_chosen(self) -> None:
        """Deletes the selected records after one question; each can be restored."""
        delete_chosen(self)

    def _open(self, index: QModelIndex) -> None:
        self.desk.open(f"record/{index.data(RECORD_ROLE)}")

    def manual_page(self) -> str:
        """Letters have a page of their own."""
        return "letters" if self.ledger.key == LETTER else "daily"

    def concerns(self, changes: Changes) -> bool:
        """Its own records, and those whose titles its cells show."""
        referred = {one.ledger for one in self.ledger.fields.values() if one.ledger}
        return bool(({self.ledger.key} | referred) & changes.ledgers) or changes.settings
