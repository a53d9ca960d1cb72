"""The first thing seen each morning: which vault, and its passphrase."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app import __version__
from desktop_app.base.errors import KnownError
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, heading, put_in_middle, row_of
from desktop_app.gui.remembered import last_user, recent_vaults, remember_vault
from desktop_app.gui.tasks import Cancelled, Task, TaskRunner
from desktop_app.storage.slot_users import users_of

if TYPE_CHECKING:
    from desktop_app.actions.repairing import Repaired
    from desktop_app.storage.vault import Vault

_REPAIRABLE = {"vault.damaged", "vault.slots_damaged"}


class Login(QWidget):
    """
    Signals: `opened(Vault)` when the passphrase was right; `asked()` when a vault is to be made;
    `arrive_wanted()` when a backup is to be put into a folder, as on a new PC;
    `practice_wanted(role)` for a throw-away desk on sample data.

    Deriving the key takes about a second and runs beside the window.
    """

    opened = Signal(object)
    asked = Signal()
    arrive_wanted = Signal()
    practice_wanted = Signal(str)

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__()
        named(self, "login", "登录")
        self._runner = runner
        self._mending: Task | None = None
        runner.moved.connect(self._moved)
        card = QFrame()
        card.setProperty("kind", "panel")
        card.setFixedWidth(460)
        self.vaults = named(QComboBox(), "login.vault", "密库")
        self.vaults.setPlaceholderText("还没有打开过密库")
        self.other = button("其他位置……", "login.other")
        self.other.clicked.connect(self._pick)
        self.vaults.currentIndexChanged.connect(self._show_users)
        self.user = named(QComboBox(), "login.user", "用户")
        self.passphrase = named(_Secret(), "login.passphrase", "口令")
        self.passphrase.setPlaceholderText("口令，或恢复码")
        self.passphrase.returnPressed.connect(self.enter)
        self.passphrase.caps.connect(self._say_caps)
        self.hint = named(QLabel(wordWrap=True), "login.hint")
        self.bar = named(QProgressBar(), "login.progress", "正在打开")
        self.bar.setRange(0, 0)
        self.stop = button("停止修复", "login.stop", tip="原来的密库不动，也不留下新的密库")
        self.stop.clicked.connect(self._stop_mending)
        self.stop.hide()
        self.go = button("打开", "login.open", kind="primary")
        self.go.clicked.connect(self.enter)
        self._arrange(card)
        self.bar.hide()
        self.show_vaults()

    def _arrange(self, card: QFrame) -> None:
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(10)
        column.addWidget(heading("工会法律保障工作台"))
        column.addWidget(faint(f"版本 {__version__}。数据只在这台电脑上，加密保存。"))
        column.addLayout(self._where_row())
        column.addWidget(self.user)
        column.addWidget(self.passphrase)
        column.addWidget(self.hint)
        column.addLayout(row_of(self.bar, self.stop))
        column.addWidget(self.go)
        self._add_links(column)
        put_in_middle(card, self, "login.room", "登录")

    def _where_row(self) -> QHBoxLayout:
        row = row_of(self.vaults, self.other)
        row.setStretch(0, 1)
        return row

    def _add_links(self, column: QVBoxLayout) -> None:
        """What is there beside opening a vault."""
        self.new = button("第一次使用：建立密库……", "login.new", kind="link")
        self.new.clicked.connect(self.asked)
        self.restore = button("从备份恢复、换电脑……", "login.restore", kind="link")
        self.restore.clicked.connect(self.arrive_wanted)
        self.repair = button("修复密库……", "login.repair", tip="把能读出的全部内容救到一个新密库，原来的不动")
        self.repair.clicked.connect(partial(self.mend, ""))
        self.repair.hide()
        self.practise = self._practice_buttons()
        self.forgot = button("忘记口令……", "login.forgot", kind="link")
        self.forgot.clicked.connect(self._forgot)
        for one in (self.repair, self.new, self.restore, self.forgot):
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row_of(*self.practise, 1))

    def _practice_buttons(self) -> tuple[QPushButton, QPushButton]:
        made = (
            button("练习：县区经办人", "login.practise.county", kind="link", tip="用虚构的样例数据，退出后全部删除"),
            button("练习：市级", "login.practise.city", kind="link", tip="用虚构的样例数据，约需半分钟准备"),
        )
        for one, role in zip(made, ("county", "city"), strict=True):
            one.clicked.connect(partial(self._practise, role))
        return made

    def show_vaults(self, first: Path | None = None) -> None:
        """Lists the vaults used lately."""
        self.vaults.clear()
        for one in dict.fromkeys([*([first] if first else []), *recent_vaults()]):
            self.vaults.addItem(str(one), one)
        has_some = self.vaults.count() > 0
        self.vaults.setCurrentIndex(0 if has_some else -1)
        self._show_users()
        self.passphrase.setEnabled(has_some)
        self.go.setEnabled(has_some)
        if has_some:
            self.say("")
            self.passphrase.setFocus()
        else:
            self.say("还没有打开过密库。请点“其他位置”找到密库的文件夹；第一次使用，请点下面“建立密库”。", "hint")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 Qt's name
        """The cursor stands where the passphrase goes, at the first start on what makes a vault."""
        super().showEvent(event)
        (self.passphrase if self.vaults.count() else self.new).setFocus()

    def _show_users(self) -> None:
        """Lists who has a passphrase for the chosen vault, the last one first."""
        folder = self.vaults.currentData()
        self.user.clear()
        if folder is not None:
            names = users_of(folder)
            last = last_user(folder)
            self.user.addItems(sorted(names, key=lambda name: (name != last, name)))
        self.user.setVisible(self.user.count() > 1)

    def enter(self) -> None:
        """Opens the vault with what was typed."""
        folder, secret = self.vaults.currentData(), self.passphrase.text()
        if not secret:
            self.say("请输入口令。", "error")
            return
        user = self.user.currentText()

        def work(_: object) -> Vault:
            from desktop_app.gui.inside import open_desk  # noqa: PLC0415 see there

            return open_desk(folder, secret, user=user)

        self.set_busy(is_busy=True)
        self._runner.start("正在打开密库", work, self._arrived, self._refused)

    def _arrived(self, vault: object) -> None:
        self.set_busy(is_busy=False)
        self.passphrase.clear()
        self.say("")
        remember_vault(self.vaults.currentData(), self.user.currentText())
        self.opened.emit(vault)

    def _refused(self, error: BaseException) -> None:
        self.set_busy(is_busy=False)
        if not isinstance(error, KnownError):
            raise error
        self.say(str(error), "error")
        self.repair.setVisible(error.code in _REPAIRABLE)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def set_busy(self, *, is_busy: bool) -> None:
        """Shows that something is being opened, and takes nothing else meanwhile."""
        self.bar.setVisible(is_busy)
        links = (self.new, self.restore, self.repair, self.forgot, *self.practise)
        for one in (self.user, self.passphrase, self.go, self.vaults, self.other, *links):
            one.setEnabled(not is_busy)

    def _pick(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "选择密库所在的文件夹")
        if folder:
            self.show_vaults(Path(folder))

    def _forgot(self) -> None:
        """Says what helps; with an escrow its file is offered, which only the city can open."""
        from desktop_app.gui.inside import has_escrow_file  # noqa: PLC0415 see there

        folder = self.vaults.currentData()
        words = "请管理员重设口令；管理员不在时，把恢复码输入在口令处。"
        self.say(words, "hint")
        if folder is None or not has_escrow_file(folder):
            return
        self.say(words + "都没有时，可以把代管文件带到市里。", "hint")
        if to := QFileDialog.getExistingDirectory(self, "代管文件写到哪里，如 U 盘"):
            self.write_escrow(Path(to))

    def write_escrow(self, to: Path) -> None:
        """Writes the file that the city opens."""
        from desktop_app.gui.inside import write_escrow  # noqa: PLC0415 see there

        try:
            path = write_escrow(self.vaults.currentData(), to)
            self.say(f"已写出 {path}。请带到市里，由市级管理员打开，把得到的恢复码输入在口令处。", "hint")
        except KnownError as error:
            self.say(str(error), "error")

    def mend(self, secret: str, _: bool = False) -> None:
        """Saves what can be read of the damaged vault that is chosen into a new one, which is chosen then."""
        folder, given = self.vaults.currentData(), secret or self.passphrase.text()
        if folder is None or not given:
            self.say("请输入口令，再按“修复密库”。", "error")
            return

        def work(task: Task) -> Repaired:
            from desktop_app.gui.inside import repair_vault  # noqa: PLC0415 see there

            return repair_vault(folder, given, tell=task.report)

        self.set_busy(is_busy=True)
        self.say("正在修复密库，可能要几分钟……")
        self._mending = self._runner.start("正在修复密库", work, self._mended, self._not_mended, can_stop=True)
        self.stop.setEnabled(True)
        self.stop.show()

    def _moved(self, task: Task, done: int, total: int) -> None:
        if task is self._mending:
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _stop_mending(self) -> None:
        if self._mending is not None:
            self._mending.cancel()
            self.stop.setEnabled(False)

    def _mending_ended(self) -> None:
        self._mending = None
        self.stop.hide()
        self.bar.setRange(0, 0)

    def _not_mended(self, error: BaseException) -> None:
        self._mending_ended()
        if isinstance(error, Cancelled):
            self.set_busy(is_busy=False)
            self.say("已停止修复：原来的密库没有改动，也没有留下新的密库。", "hint")
            return
        self._refused(error)

    def _mended(self, found: Repaired) -> None:
        from desktop_app.gui.inside import told_repair  # noqa: PLC0415 see there

        self._mending_ended()
        self.set_busy(is_busy=False)
        self.repair.hide()
        self.show_vaults(found.salvaged.folder)
        self.say("\n".join([*told_repair(found), "请用原来的口令登录修复出的密库。"]), "hint")

    def _practise(self, role: str, _: bool = False) -> None:
        self.set_busy(is_busy=True)
        self.say("正在准备练习数据……")
        self.practice_wanted.emit(role)

    def _say_caps(self, is_on: bool) -> None:
        self.say("大写锁定已打开。" if is_on else "", "hint")

    def say(self, text: str, kind: str = "") -> None:
        """Shows a sentence below the passphrase."""
        self.hint.setProperty("kind", "warning" if kind == "hint" else kind)
        restyle(self.hint)
        self.hint.setText(text)
        self.hint.setVisible(bool(text))


class _Secret(QLineEdit):
    """
    A passphrase, never shown. Signal `caps(is_on)` when a letter tells that caps lock is on or off.

    Qt cannot ask for the state of caps lock; a capital without Shift gives it away.
    """

    caps = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Looks at each letter before it is taken."""
        text = event.text()
        if text.isascii() and text.isalpha():
            has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.emit(text.isupper() != has_shift)
        super().keyPressEvent(event)
