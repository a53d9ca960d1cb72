"""修改口令: the present user's own."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout

from desktop_app.actions.users import change_passphrase
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.secrets import Meter, fault_of, secret_line


class PassphrasePage(Page):
    """The old one once, the new one twice."""

    manual = "vault"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "修改口令")
        column = column_of(self)
        column.addWidget(heading(f"修改口令：{desk.vault.actor}"))
        column.addWidget(faint("只改您自己的口令，数据不变；以前的备份在别处恢复时，仍认备份时的口令。"))
        self.old = secret_line("passphrase.old", "现在的口令")
        self.new = secret_line("passphrase.new", "新口令")
        self.again = secret_line("passphrase.again", "再输一遍新口令")
        self.meter = Meter("passphrase.strength", self.new)
        form = QFormLayout()
        for label, widget in (
            ("现在的口令", self.old),
            ("新口令", self.new),
            ("口令强度", self.meter),
            ("再输一遍新口令", self.again),
        ):
            form.addRow(label, widget)
        column.addLayout(form)
        self.go = button("修改口令", "passphrase.go", kind="primary")
        self.go.clicked.connect(self.change)
        self.again.returnPressed.connect(self.change)
        column.addLayout(row_of(self.go, 1))
        column.addStretch(1)

    def change(self) -> None:
        """About two seconds go into the old and the new passphrase, beside the window."""
        if fault := fault_of(self.new, self.again):
            self.desk.messages.say(fault, "error")
            return
        vault, old, new = self.desk.vault, self.old.text(), self.new.text()
        self.desk.run("正在修改口令", lambda _: change_passphrase(vault, old, new), self._changed)

    def _changed(self, _: None) -> None:
        for line in (self.old, self.new, self.again):
            line.clear()
        self.desk.messages.say("口令已修改，从下次登录起使用。")
