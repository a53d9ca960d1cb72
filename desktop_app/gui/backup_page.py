"""备份: what there is, making one now, a second place, looking into one and putting it back, the full check."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QLineEdit

from desktop_app.actions.backups import (
    ON_DEMAND,
    REASONS,
    BackedUp,
    back_up,
    backups_of,
    look_into_backup,
    second_place,
    set_second_place,
    verify,
)
from desktop_app.base.clock import local_text
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.storage.integrity import Checked
from desktop_app.storage.restore import Contents

DAMAGE = {
    "pages": "数据库页损坏",
    "cipher": "加密页被改动",
    "chain": "修订链断开",
    "attachment": "附件损坏或没有到齐",
    "rows": "记录与修订不符",
}


class BackupPage(Page):
    """Everything about the copies of this vault; a restore closes the vault and asks for the passphrase again."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "备份")
        column = column_of(self)
        column.addWidget(heading("备份与核对"))
        column.addWidget(
            faint("每次关闭、接收之前自动备份，写成后核对；保留最近 12 天、10 周、9 个月。备份用同样的口令加密。")
        )
        self.now = button("立即备份", "backup.now", kind="primary")
        self.now.clicked.connect(lambda: self.back_up(None))
        copy = button("备份并另存一份……", "backup.copy", tip="拷到U盘或另一块硬盘")
        copy.clicked.connect(self._copy)
        self.check = button("全面核对密库", "backup.check")
        self.check.clicked.connect(self.check_now)
        column.addLayout(row_of(self.now, copy, self.check, 1))
        self.place = named(QLabel(), "backup.place", "第二存放处")
        choose = button("设置……", "backup.place.set")
        choose.clicked.connect(self._choose_place)
        clear = button("不再另存", "backup.place.clear")
        clear.clicked.connect(lambda: self._set_place(None))
        column.addLayout(row_of(self.place, choose, clear, 1))
        self.table = PlainTable("backup.table", "备份")
        column.addWidget(self.table, 1)
        self.look = button("查看所选备份……", "backup.look", tip="看里面有多少记录，再决定是否恢复")
        self.look.clicked.connect(self.look_into)
        column.addLayout(row_of(self.look, 1))
        self.result = named(QLabel(wordWrap=True), "backup.result")
        column.addWidget(self.result)

    def refresh(self) -> None:
        """Reads the folder anew."""
        rows = [
            [
                (f"{one.at:%Y-%m-%d %H:%M}", one.folder),
                (REASONS.get(one.reason, one.reason), one.folder),
                (f"{one.n_bytes / 2**20:.1f} MB", one.folder),
            ]
            for one in backups_of(self.desk.folder)
        ]
        self.table.show_rows(("时间", "缘由", "大小"), rows, n_words=2)
        place = second_place(self.desk.vault)
        self.place.setText(f"第二存放处：{place}" if place else "第二存放处：没有设置")

    def back_up(self, to: Path | None) -> None:
        """Makes a backup beside the window."""
        vault = self.desk.vault
        self.desk.run("正在备份", lambda _: back_up(vault, ON_DEMAND, to=to), self._backed_up)

    def _backed_up(self, done: BackedUp) -> None:
        words = ["已备份并核对。", f"另存一份：{done.copy}" if done.copy else "", done.trouble]
        self.result.setText("".join(one for one in words if one))
        self.refresh()

    def _copy(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "另存到哪里")
        if folder:
            self.back_up(Path(folder))

    def _choose_place(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "以后每次备份另存到哪里")
        if folder:
            self._set_place(Path(folder))

    def _set_place(self, place: Path | None) -> None:
        self.desk.act(lambda: set_second_place(self.desk.vault, place))
        self.refresh()

    # Looking into one, and putting it back

    def look_into(self) -> None:
        """Asks for the passphrase, opens a copy of the backup and says what it holds."""
        item = self.table.currentItem()
        if item is None:
            self.desk.messages.say("请先在表中选择一个备份。", "hint")
            return
        backup: Path = item.data(DATA_ROLE)
        secret, given = QInputDialog.getText(self, "查看备份", "口令", QLineEdit.EchoMode.Password)
        if not given or not secret:
            return
        folder = self.desk.folder
        self._chosen = (backup, secret)
        self.desk.run("正在查看备份", lambda _: look_into_backup(backup, secret, folder), self._looked)

    def _looked(self, found: Contents) -> None:
        self.result.setText(told_contents(found))
        question = "用这个备份替换现在的密库吗？"
        detail = f"{told_contents(found)}\n\n备份之后的改动会从密库中消失；现在的密库移到 aside 文件夹，仍可找回。"
        if confirm(self, question, yes="恢复这个备份", no="不恢复", detail=detail):
            self.desk.restore_wanted.emit(*self._chosen)

    # The full check

    def check_now(self) -> None:
        """Reads the whole vault beside the window."""
        vault = self.desk.vault
        self.desk.run("正在核对密库", lambda task: verify(vault, task.report), self._checked, can_stop=True)

    def _checked(self, found: Checked) -> None:
        counts = f"{found.n_records:,} 条记录、{found.n_revisions:,} 次修改、{found.n_attachments:,} 个附件"
        if not found.damage:
            self.result.setText(f"核对了 {counts}，全部完好。")
            return
        told = "；".join(f"{DAMAGE[one.what]}（{one.where}）" for one in found.damage[:10])
        self.result.setText(f"核对了 {counts}，发现 {len(found.damage)} 处损坏：{told}。请恢复最近的备份。")


def told_contents(found: Contents) -> str:
    """What a backup holds, in a sentence."""
    last = local_text(found.last_change) if found.last_change else "没有修改"
    return f"{found.name}：{sum(found.records.values()):,} 条记录，最后修改 {last}，备份完好。"
