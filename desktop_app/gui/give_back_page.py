"""退回修改: the city comments on fields of one record, and its county gets them with the next receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QSpinBox, QTableWidget, QTableWidgetItem

from desktop_app.actions.reading import show_record
from desktop_app.actions.returns import DEFAULT_DAYS, MOST_CHARS, ReturnGiven, add_returns
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of

KEY_ROLE = Qt.ItemDataRole.UserRole
_COMMENT = 2


class GiveBackPage(Page):
    """`giveback/<record>`: each line of the form with a place for a comment beside it."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "退回县区")
        column = column_of(self)
        self.head = heading("退回修改")
        self.head.setWordWrap(True)  # the title of a record can be longer than the screen is wide
        column.addWidget(self.head)
        column.addWidget(faint("在要修改的字段旁边写意见，可写几处；也可以只写总的意见。随下次回执送达县区。"))
        self.whole = named(QLineEdit(), "giveback.whole", "总的意见")
        self.whole.setMaxLength(MOST_CHARS)
        self.whole.setPlaceholderText("总的意见（不针对某个字段）")
        column.addWidget(self.whole)
        self.table = named(QTableWidget(0, 3), "giveback.table", "各字段的修改意见")
        self.table.setHorizontalHeaderLabels(["字段", "现在的内容", "修改意见（在这里填写）"])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.CurrentChanged
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        column.addWidget(self.table, 1)
        self.days = named(QSpinBox(), "giveback.days", "几日内修改")
        self.days.setRange(1, 365)
        self.days.setValue(DEFAULT_DAYS)
        self.days.setSuffix(" 日内修改")
        self.days.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.go = button("退回县区", "giveback.go", kind="primary", why=desk.why_not("give_back"))
        self.go.clicked.connect(self.send)
        column.addLayout(row_of(self.days, 1, self.go))

    def refresh(self) -> None:
        """Reads the record; what was typed stays until it is sent."""
        shown = self.desk.act(lambda: show_record(self.desk.vault, self.address.key))
        if shown is None or self.table.rowCount():
            return
        self.head.setText(f"退回修改：{shown.title}（{shown.office_name}）")
        ledger = self.desk.vault.pack.ledgers[shown.record.ledger]
        printed = dict(shown.fields)
        for section in ledger.sections:
            for key in section.fields:
                label = ledger.fields[key].label
                at = self.table.rowCount()
                self.table.insertRow(at)
                for place, text in enumerate((label, printed.get(label, ""))):
                    item = QTableWidgetItem(text)
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                    item.setToolTip(text)
                    self.table.setItem(at, place, item)
                comment = QTableWidgetItem("")
                comment.setData(KEY_ROLE, key)
                self.table.setItem(at, _COMMENT, comment)

    def comments(self) -> list[ReturnGiven]:
        """What was typed: one return for each field, and one for the whole."""
        self.table.setCurrentCell(-1, -1)  # what is still being typed counts
        record, days = self.address.key, self.days.value()
        found = [ReturnGiven(record, self.whole.text().strip(), days=days)] if self.whole.text().strip() else []
        for at in range(self.table.rowCount()):
            item = self.table.item(at, _COMMENT)
            if item is not None and item.text().strip():
                found.append(ReturnGiven(record, item.text().strip(), str(item.data(KEY_ROLE)), days))
        return found

    def send(self) -> None:
        """Writes the returns and closes."""
        given = self.comments()
        if not given:
            self.desk.messages.say("还没有写修改意见；请在字段旁边或上面一行填写。", "error")
            return
        if self.desk.act(lambda: add_returns(self.desk.vault, given), by=self) is not None:
            self.desk.messages.say(f"已退回 {len(given)} 处意见，随下次回执送达。")
            self.finished.emit()
