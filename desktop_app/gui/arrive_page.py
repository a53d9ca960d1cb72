"""从备份恢复、换电脑: which backup, where to, what is in it, and then it is put there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop_app.actions.backups import look_into_backup, restore_backup
from desktop_app.base.errors import KnownError
from desktop_app.gui.backup_page import told_contents
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, heading, put_in_middle, row_of
from desktop_app.gui.remembered import default_folder
from desktop_app.gui.tasks import TaskRunner
from desktop_app.storage.restore import Contents

NEXT = "请用原来的口令登录，然后上报一次，市里会看到本单位换了密库。旧电脑上的密库不要再用。"


class Arrive(QWidget):
    """
    Signals: `restored(folder, words)` once the vault lies there; `left()` to go back to the log-in.

    Nothing is written before the person has seen what the backup holds.
    """

    restored = Signal(object, str)
    left = Signal()

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__()
        named(self, "arrive", "从备份恢复、换电脑")
        self._runner = runner
        card = QFrame()
        card.setProperty("kind", "panel")
        card.setFixedWidth(640)
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 20, 28, 20)
        column.addWidget(heading("从备份恢复、换电脑"))
        column.addWidget(
            faint(
                "换电脑：先在旧电脑的“备份”页按“换电脑”，把密库写到U盘；再在这里选U盘上的文件夹。\n"
                "密库坏了：选最近的备份，放回原来的文件夹；现在的密库不会丢，移到旁边名为 aside 的文件夹。"
            )
        )
        form = QFormLayout()
        self.backup, backup_row = self._path("arrive.backup", "备份的文件夹", "备份的文件夹（里面有 vault.db）")
        self.folder, folder_row = self._path("arrive.folder", "密库放在", "密库放在哪个文件夹")
        self.folder.setText(str(default_folder()))
        self.secret = named(QLineEdit(), "arrive.secret", "口令")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.returnPressed.connect(self.look)
        form.addRow("备份的文件夹", backup_row)
        form.addRow("密库放在", folder_row)
        form.addRow("备份的口令", self.secret)
        column.addLayout(form)
        self.words = named(QLabel(wordWrap=True), "arrive.words")
        column.addWidget(self.words)
        self.back = button("返回登录", "arrive.back")
        self.back.clicked.connect(self._leave)
        self.see = button("查看备份", "arrive.look", kind="primary")
        self.see.clicked.connect(self.look)
        self.go = button("恢复到这台电脑", "arrive.go", kind="primary")
        self.go.clicked.connect(self.put)
        column.addLayout(row_of(self.back, 1, self.see, self.go))
        for one in (self.backup, self.folder, self.secret):
            one.textChanged.connect(self._changed)
        put_in_middle(card, self, "arrive.room", "从备份恢复、换电脑")
        self._changed()

    def _path(self, name: str, label: str, question: str) -> tuple[QLineEdit, QHBoxLayout]:
        line = named(QLineEdit(), name, label)
        choose = button("选择……", f"{name}.pick")
        choose.clicked.connect(lambda: self._pick(line, question))
        return line, row_of(line, choose)

    def _pick(self, line: QLineEdit, question: str) -> None:
        if found := QFileDialog.getExistingDirectory(self, question):
            line.setText(found)

    def _changed(self) -> None:
        """Another backup or place: what was seen does not count any more."""
        self.go.hide()
        self.see.show()
        self._say("")

    def _leave(self) -> None:
        self.secret.clear()
        self.left.emit()

    def look(self) -> None:
        """Opens a copy of the backup and says what it holds."""
        backup, folder, secret = Path(self.backup.text().strip()), Path(self.folder.text().strip()), self.secret.text()
        if not self.backup.text().strip() or not self.folder.text().strip() or not secret:
            self._say("请选择备份的文件夹和密库要放的文件夹，并输入口令。", "error")
            return
        self._start("正在查看备份", lambda: look_into_backup(backup, secret, folder), self._looked)

    def _looked(self, found: Contents) -> None:
        self._say(told_contents(found) + "核对无误后按“恢复到这台电脑”。")
        self.see.hide()
        self.go.show()
        self.go.setFocus()

    def put(self) -> None:
        """Puts the backup into the folder."""
        backup, folder, secret = Path(self.backup.text().strip()), Path(self.folder.text().strip()), self.secret.text()

        def done(found: Contents) -> None:
            self.secret.clear()
            self.restored.emit(folder, f"已恢复：{told_contents(found)}{NEXT}")

        self._start("正在恢复备份", lambda: restore_backup(folder, backup, secret), done)

    def _start(self, title: str, work: Callable[[], Contents], done: Callable[[Contents], None]) -> None:
        def arrived(found: Contents) -> None:
            self._set_busy(is_busy=False)
            done(found)

        self._set_busy(is_busy=True)
        self._say(f"{title}……")
        self._runner.start(title, lambda _: work(), arrived, self._refused)

    def _refused(self, error: BaseException) -> None:
        self._set_busy(is_busy=False)
        if not isinstance(error, KnownError):
            raise error
        self._say(str(error), "error")

    def _set_busy(self, *, is_busy: bool) -> None:
        for one in (self.backup, self.folder, self.secret, self.back, self.see, self.go):
            one.setEnabled(not is_busy)

    def _say(self, text: str, kind: str = "") -> None:
        self.words.setProperty("kind", kind)
        restyle(self.words)
        self.words.setText(text)
        self.words.setVisible(bool(text))
