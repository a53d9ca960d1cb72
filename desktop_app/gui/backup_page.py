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
    last_test,
    look_into_backup,
    moved_at,
    prepare_move,
    second_place,
    self_test,
    set_second_place,
    stay_here,
    verify,
)
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.storage.integrity import Checked
from desktop_app.storage.rehearsal import Rehearsed
from desktop_app.storage.restore import Contents

DAMAGE = {
    "pages": "数据库页损坏",
    "cipher": "加密页被改动",
    "chain": "修订链断开",
    "attachment": "附件损坏或没有到齐",
    "rows": "记录与修订不符",
    "audit": "审计记录从这一行起被改动",
}


class BackupPage(Page):
    """Everything about the copies of this vault; a restore closes the vault and asks for the passphrase again."""

    manual = "vault"

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
        self.mend = button("修复密库……", "backup.repair", tip="把能读出的全部内容救到一个新密库，原来的不动")
        self.mend.clicked.connect(self._mend)
        self.mend.hide()
        column.addLayout(row_of(self.now, copy, self.check, self.mend, 1))
        self.tested = named(QLabel(), "backup.tested", "备份自检")
        self.test = button("立即自检", "backup.test", tip="把最近的备份恢复到内存里通读一遍")
        self.test.clicked.connect(self.test_now)
        column.addLayout(row_of(self.tested, self.test, 1))
        self.moved = named(QLabel(), "backup.moved", "换电脑")
        self.move_away = button("换电脑……", "backup.move", tip="把密库写到U盘，搬到新电脑", why=desk.why_not("move"))
        self.move_away.clicked.connect(self._move)
        self.stay = button("没有搬成，继续使用", "backup.stay", why=desk.why_not("move"))
        self.stay.clicked.connect(self._stay)
        column.addLayout(row_of(self.moved, self.move_away, self.stay, 1))
        self.place = named(QLabel(), "backup.place", "第二存放处")
        choose = button("设置……", "backup.place.set", why=desk.why_not("backup_place"))
        choose.clicked.connect(self._choose_place)
        clear = button("不再另存", "backup.place.clear", why=desk.why_not("backup_place"))
        clear.clicked.connect(lambda: self._set_place(None))
        column.addLayout(row_of(self.place, choose, clear, 1))
        self.table = PlainTable("backup.table", "备份", "还没有备份。按“立即备份”做第一份；以后每次关闭窗口自动备份。")
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
        tested, at = last_test(self.desk.vault), moved_at(self.desk.vault)
        outcome = f"没有通过：{tested.fault}" if tested.fault else "备份完好"
        self.tested.setText(f"每月自检：{local_text(tested.at)} {outcome}" if tested.at else "每月自检：还没有做过")
        self.moved.setText(f"已于 {local_text(at)} 搬到另一台电脑" if at else "换电脑：把密库写到U盘，再在新电脑上恢复")
        self.move_away.setVisible(not at)
        self.stay.setVisible(bool(at))
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
        self.result.setText(f"{told_contents(found)}{self.desk.why_not('restore')}")
        if self.desk.why_not("restore"):
            return
        question = "用这个备份替换现在的密库吗？"
        detail = f"{told_contents(found)}\n\n备份之后的改动会从密库中消失；现在的密库移到 aside 文件夹，仍可找回。"
        if confirm(self, question, yes="恢复这个备份", no="不恢复", detail=detail):
            self.desk.restore_wanted.emit(*self._chosen)

    # The test of the newest backup, and moving to another PC

    def test_now(self) -> None:
        """Restores the newest backup into memory beside the window."""
        vault = self.desk.vault
        self.desk.run("正在自检备份", lambda _: self_test(vault), self._tested, failed=self._test_failed)

    def _tested(self, found: Rehearsed | None) -> None:
        words = "还没有备份。"
        if found is not None:
            words = (
                f"备份完好：{found.n_records:,} 条记录、{found.n_revisions:,} 次修改、{found.n_attachments:,} 个附件。"
            )
        self.result.setText(words)
        self.refresh()

    def _test_failed(self, error: KnownError) -> None:
        self.result.setText(f"{error}请立即备份一次，再自检。")
        self.refresh()

    def _move(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "把密库写到哪里：U盘上的文件夹")
        if folder:
            vault, to = self.desk.vault, Path(folder)
            self.desk.run("正在把密库写到U盘", lambda _: prepare_move(vault, to), self._moved)

    def _moved(self, folder: Path) -> None:
        self.result.setText(
            f"已写到 {folder}，核对无误，可以拔出。\n下一步：在新电脑上安装程序，登录页点“从备份恢复、换电脑”，"
            "选这个文件夹，用原来的口令登录，然后上报一次。这台电脑上不要再录入。"
        )
        self.refresh()

    def _stay(self) -> None:
        self.desk.act(lambda: stay_here(self.desk.vault))
        self.refresh()

    # The full check, and what follows when it finds something

    def _mend(self) -> None:
        secret, given = QInputDialog.getText(self, "修复密库", "口令", QLineEdit.EchoMode.Password)
        if given and secret:
            self.desk.repair_wanted.emit(secret)

    def check_now(self) -> None:
        """Reads the whole vault beside the window."""
        vault = self.desk.vault
        self.desk.run("正在核对密库", lambda task: verify(vault, task.report), self._checked, can_stop=True)

    def _checked(self, found: Checked) -> None:
        counts = f"{found.n_records:,} 条记录、{found.n_revisions:,} 次修改、{found.n_attachments:,} 个附件"
        self.mend.setVisible(bool(found.damage))
        if not found.damage:
            self.result.setText(f"核对了 {counts}，全部完好。")
            return
        told = "；".join(f"{DAMAGE[one.what]}（{one.where}）" for one in found.damage[:10])
        self.result.setText(
            f"核对了 {counts}，发现 {len(found.damage)} 处损坏：{told}。请按“修复密库”，或恢复最近的备份。"
        )


def told_contents(found: Contents) -> str:
    """What a backup holds, in a sentence."""
    last = local_text(found.last_change) if found.last_change else "没有修改"
    return f"{found.name}：{sum(found.records.values()):,} 条记录，最后修改 {last}，备份完好。{found.lost}"
