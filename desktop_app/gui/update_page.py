"""程序更新: a newer program from the stick, its signature checked, and the way back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLabel

from desktop_app import __version__
from desktop_app.actions.program_place import installed_place
from desktop_app.actions.updating import (
    Installed,
    go_back,
    hand_out,
    install_update,
    look_at_update,
    newer_updates,
    updates_in,
)
from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.tasks import Task

_HOW = "选择市级发来的更新文件（.ghupdate）。安装前先备份密库；新版本装在原来的旁边，自检通过才更换，不通过则原样不动。"


class UpdatePage(Page):
    """Pick a file or the stick; read what it brings; install; or go back."""

    manual = "install"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "程序更新")
        self._file: Path | None = None
        column = column_of(self)
        column.addWidget(heading(f"程序更新（现在是 {__version__} 版）"))
        column.addWidget(faint(_HOW))
        file = button("选择更新文件……", "update.file")
        file.clicked.connect(self._pick_file)
        stick = button("选择U盘……", "update.stick")
        stick.clicked.connect(self._pick_stick)
        self.go = button("安装", "update.go", kind="primary", why=desk.why_not("update"))
        self.go.clicked.connect(self.install)
        self.copy = button("拷到U盘，发给县区……", "update.copy", tip="核对签名后写到U盘，可以和回执放在一起")
        self.copy.clicked.connect(self.copy_out)
        if not desk.is_city:
            self.copy.hide()
        self.back = button("退回上一版……", "update.back", why=desk.why_not("update"))
        self.back.clicked.connect(self.take_back)
        column.addLayout(row_of(file, stick, 1, self.copy, self.back, self.go))
        self.state = named(QLabel(wordWrap=True), "update.state")
        self.news = named(QLabel(wordWrap=True), "update.news")
        column.addWidget(self.state)
        column.addWidget(self.news)
        column.addStretch(1)
        self._choose(None)
        self.reopen(address)

    def reopen(self, address: Address) -> None:
        """Asked for again, with the file that was opened."""
        super().reopen(address)
        if file := address.options.get("file"):
            self.show_file(Path(str(file)))

    def show_file(self, path: Path) -> None:
        """What a file is, or why it is refused."""
        self._choose(None)
        try:
            header = look_at_update(path)
        except KnownError as error:
            self.state.setText(str(error))
            return
        self._choose(path)
        self.state.setText(f"“{path.name}”：{header.version} 版，签名有效。")
        self.news.setText("\n".join(f"· {one}" for one in header.notes))

    def _choose(self, path: Path | None) -> None:
        self._file = path
        self.go.setEnabled(path is not None)
        self.go.setToolTip("" if path else "先选择更新文件")
        self.news.clear()

    def _pick_file(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, "选择更新文件", filter="更新文件 (*.ghupdate)")
        if found:
            self.show_file(Path(found))

    def _pick_stick(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "选择U盘")
        if not folder:
            return
        # One stick serves several systems: what this PC can use goes before what is merely there, and is refused.
        found = newer_updates(Path(folder)) or updates_in(Path(folder))
        if found:
            self.show_file(found[-1])
        else:
            self._choose(None)
            self.state.setText(f"“{folder}”里没有更新文件（.ghupdate）。请换一个位置，或向市级领取。")

    def install(self) -> None:
        """Beside the window; the program that runs stays as it is until it is closed."""
        path, vault = self._file, self.desk.vault
        if path is None:
            return

        def work(task: Task) -> Installed:
            return install_update(path, installed_place(), vault=vault, tell=task.report)

        self.go.setEnabled(False)
        self.state.setText("正在安装：先备份，再安装、自检，约需几分钟；期间可以继续工作。")
        self.desk.run("正在安装更新", work, self._installed, failed=self._refused)

    def _installed(self, done: Installed) -> None:
        self._choose(None)
        kept = f"{done.previous} 版" if done.previous else "原来的版本"
        self.state.setText(f"{done.version} 版已装好。关闭程序再打开，就是新版本；{kept}保留着。")

    def _refused(self, error: KnownError) -> None:
        self.go.setEnabled(self._file is not None)
        self.state.setText(str(error))

    def copy_out(self) -> None:
        """An update for any system, from a file to the stick."""
        source, _ = QFileDialog.getOpenFileName(self, "发给县区的更新文件", filter="更新文件 (*.ghupdate)")
        folder = QFileDialog.getExistingDirectory(self, "选择U盘") if source else ""
        if folder:
            self.desk.run(
                "正在写到U盘", lambda _: hand_out(Path(source), Path(folder)), self._copied, failed=self._refused
            )

    def _copied(self, made: Path) -> None:
        self.state.setText(f"已写出并读回核对：{made}。可以拔出U盘。")

    def take_back(self) -> None:
        """Back to the version before, after a question."""
        if not confirm(self, "退回上一版？", yes="退回", detail="下次打开程序时是上一版；数据不变。"):
            return
        done = self.desk.act(lambda: go_back(installed_place(), vault=self.desk.vault), failed=self._refused)
        if done is not None:
            self.state.setText(f"已退回 {done.version} 版，关闭程序再打开后生效。")
