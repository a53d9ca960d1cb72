"""用户: who may open the vault and what for; the recovery code; the city's escrow. For administrators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from desktop_app.actions import recovery
from desktop_app.actions.users import add_user, disable_user, list_users, reset_passphrase, roles_for, set_role
from desktop_app.domain.roles import LABELS
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.secrets import Meter, fault_of, secret_line
from desktop_app.sync.escrow import SUFFIX, Escrow

_CAN = {
    "reader": "只能查看和打印",
    "entry": "录入、上报、接收",
    "approver": "录入、上报、接收；审核、签发、裁决",
    "city": "录入、回执、接收；审核、裁决；登记县区、退回、参数包",
    "administrator": "全部，包括用户、单位设置、审计",
}


class UsersPage(Page):
    """Whoever is no administrator sees the list; the buttons say why they do nothing."""

    manual = "vault"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "用户")
        inner = QWidget()
        scroll = named(QScrollArea(widgetResizable=True), "users.scroll", "用户")
        scroll.setWidget(inner)
        column_of(self, margin=0).addWidget(scroll)
        column = column_of(inner)
        column.addWidget(heading("用户"))
        column.addWidget(faint("每位经办人用自己的口令登录，每次修改都记在本人名下。角色从下次登录起生效。"))
        self.why = named(QLabel(wordWrap=True), "users.why")
        self.why.setProperty("kind", "warning")
        column.addWidget(self.why)
        self.table = PlainTable("users.table", "用户")
        self.table.itemSelectionChanged.connect(self._chosen)
        self.table.setMinimumHeight(self.fontMetrics().lineSpacing() * 6)
        column.addWidget(self.table, 1)
        self._form(desk)
        column.addLayout(self._fields)
        self.add = self._button("添加用户", "users.add", self.add_typed, kind="primary")
        self.role_button = self._button("调整所选用户的角色", "users.set_role", self.set_chosen_role)
        self.reset = self._button("给所选用户重设口令", "users.reset", self.reset_chosen)
        self.disable = self._button("停用所选用户……", "users.disable", self.disable_chosen)
        column.addLayout(row_of(self.add, self.role_button, self.reset, self.disable, 1))
        column.addWidget(heading("恢复"))
        self.code = named(QLabel(wordWrap=True), "users.code", "恢复码")
        self.escrow = named(QLabel(wordWrap=True), "users.escrow", "市级代管")
        column.addLayout(row_of(*self._recovery_buttons(), 1))
        column.addWidget(self.code)
        column.addWidget(self.escrow)

    def _button(self, text: str, name: str, slot: Callable[[], object], *, kind: str = "") -> QPushButton:
        """A button that only an administrator can press; others read why."""
        made = button(text, name, kind=kind, why=self.desk.why_not("users"))
        made.clicked.connect(slot)
        return made

    def _form(self, desk: Desk) -> None:
        self.name = named(QLineEdit(), "users.name", "用户名")
        self.name.setPlaceholderText("新用户的姓名")
        self.role = named(QComboBox(), "users.role", "角色")
        for role in roles_for(desk.vault):
            self.role.addItem(f"{LABELS[role]}：{_CAN[role]}", role)
        self.passphrase = secret_line("users.passphrase", "口令")
        self.again = secret_line("users.again", "再输一遍口令")
        self.meter = Meter("users.strength", self.passphrase)
        self._fields = QFormLayout()
        for label, widget in (
            ("用户名", self.name),
            ("角色", self.role),
            ("口令", self.passphrase),
            ("口令强度", self.meter),
            ("再输一遍口令", self.again),
        ):
            self._fields.addRow(label, widget)

    def _recovery_buttons(self) -> list[QPushButton]:
        made = [self._button("换发恢复码……", "users.recovery", self.new_code)]
        if self.desk.is_city:
            return [*made, self._button("打开县区的代管文件……", "users.escrow.open", self._pick_escrow)]
        return [
            *made,
            self._button("设立市级代管", "users.escrow.on", self.put_into_escrow),
            self._button("取消市级代管……", "users.escrow.off", self.end_escrow),
        ]

    def refresh(self) -> None:
        """Reads the users anew."""
        self.why.setText(self.desk.why_not("users"))
        if self.desk.vault.is_by_code:
            self.why.setText(
                "密库是用恢复码打开的。请在表中选择自己，输入新口令，按“给所选用户重设口令”，再锁定、登录。"
            )
        self.why.setVisible(bool(self.why.text()))
        rows = []
        for one in list_users(self.desk.vault):
            state = "可以登录" if one.has_passphrase else "没有口令" if one.user.is_active else "已停用"
            texts = (one.user.name, LABELS[one.user.role], state, _CAN[one.user.role])
            rows.append([(text, one.user) for text in texts])
        self.table.show_rows(("姓名", "角色", "状态", "可以做什么"), rows, n_words=4)
        if not self.desk.is_city:
            has = recovery.has_escrow(self.desk.vault)
            self.escrow.setText(
                "市级代管：已设立。口令和恢复码都丢失时，登录界面可以写出代管文件，带到市里打开。"
                if has
                else "市级代管：没有设立。口令和恢复码都丢失时，谁也打不开密库。"
            )

    def _name(self) -> str:
        row = self.table.currentRow()
        item = self.table.item(row, 0) if row >= 0 else None
        return str(item.data(DATA_ROLE).name) if item else ""

    def _chosen(self) -> None:
        item = self.table.item(self.table.currentRow(), 0)
        if item is not None:
            self.role.setCurrentIndex(self.role.findData(item.data(DATA_ROLE).role))

    # Doing

    def add_typed(self) -> None:
        """Adds the user of the fields; about a second goes into the passphrase."""
        name, role, secret = self.name.text(), self.role.currentData(), self.passphrase.text()
        if self._is_good_passphrase():
            vault = self.desk.vault
            self.desk.run("正在添加用户", lambda _: add_user(vault, name, role, secret), self._added)

    def _added(self, _: None) -> None:
        self.desk.messages.say(f"已添加用户：{self.name.text().strip()}。请告诉本人初始口令，并请本人登录后修改。")
        self.name.clear()
        self._done()

    def reset_chosen(self) -> None:
        """Gives the chosen user the passphrase of the fields."""
        name, secret = self._name(), self.passphrase.text()
        if self._has_choice(name) and self._is_good_passphrase():
            vault = self.desk.vault
            self.desk.run("正在重设口令", lambda _: reset_passphrase(vault, name, secret), self._was_reset)

    def _was_reset(self, _: None) -> None:
        self.desk.messages.say("已重设口令；从下次登录起使用。")
        self._done()

    def set_chosen_role(self) -> None:
        """Gives the chosen user the role of the fields."""
        name, role = self._name(), self.role.currentData()
        if self._has_choice(name):
            self._act(lambda: set_role(self.desk.vault, name, role), f"已调整角色：{name}")

    def disable_chosen(self) -> None:
        """Takes the chosen user's passphrase away, after a question."""
        name = self._name()
        detail = "口令从此打不开本机密库；写过的内容和历史不变，需要时可以重设口令恢复。"
        if self._has_choice(name) and confirm(self, f"停用“{name}”？", yes="停用", detail=detail):
            self._act(lambda: disable_user(self.desk.vault, name), f"已停用：{name}")

    def _has_choice(self, name: str) -> bool:
        if not name:
            self.desk.messages.say("请先在表中选择一位用户。", "hint")
        return bool(name)

    def _is_good_passphrase(self) -> bool:
        fault = fault_of(self.passphrase, self.again)
        if fault:
            self.desk.messages.say(fault, "error")
        return not fault

    def _act(self, action: Callable[[], None], words: str) -> None:
        failed: list[object] = []

        def refused(error: Exception) -> None:
            failed.append(error)
            self.desk.messages.say(str(error), "error")

        self.desk.act(action, failed=refused)
        if not failed:
            self.desk.messages.say(words)
            self._done()

    def _done(self) -> None:
        self.passphrase.clear()
        self.again.clear()
        self.refresh()

    # Recovery

    def new_code(self) -> None:
        """A new code, shown until the page is left and kept nowhere; offered as a page to print."""
        detail = "旧恢复码立即作废。新恢复码只显示一次，请准备好纸笔或打印机。"
        if not confirm(self, "换发恢复码？", yes="换发", detail=detail):
            return
        code = self.desk.act(lambda: recovery.new_recovery_code(self.desk.vault))
        if code is None:
            return
        self.code.setText(f"新恢复码：{code}")
        path, _ = QFileDialog.getSaveFileName(self, "恢复码存到（打印后删除这个文件）", "恢复码.pdf", "PDF (*.pdf)")
        if path:
            self.desk.act(lambda: recovery.print_recovery_code(self.desk.vault, code, Path(path)))

    def put_into_escrow(self) -> None:
        """The city can help from now on."""
        self._act(lambda: recovery.put_into_escrow(self.desk.vault), "已设立市级代管。")

    def end_escrow(self) -> None:
        """The city can help no more, after a question."""
        detail = "此后口令和恢复码都丢失时，谁也打不开密库。"
        if confirm(self, "取消市级代管？", yes="取消代管", no="保留", detail=detail):
            self._act(lambda: recovery.end_escrow(self.desk.vault), "已取消市级代管。")

    def _pick_escrow(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "县区带来的代管文件", filter=f"代管文件 (*{SUFFIX})")
        if path:
            self.open_escrow(Path(path))

    def open_escrow(self, path: Path) -> None:
        """Shows a county's code once."""
        found = self.desk.act(lambda: recovery.read_escrow(self.desk.vault, path))
        if isinstance(found, Escrow):
            self.code.setText(f"{found.name}的一次性恢复码：{found.code}。请确认对方身份后电话告知，用过即失效。")
