"""回执: what the city answers, written for one county after another or for all at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QLineEdit

from desktop_app.actions.exporting import Exported, export, waiting_offices
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import PlainTable

_HEADS = ("单位", "要不要回执")


class ReceiptPage(Page):
    """The city's receipts for all offices at once."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "回执")
        column = column_of(self)
        column.addWidget(heading("回执"))
        column.addWidget(
            faint("给每个有新上报或有改动的县区写一份回执：每个包接收、退回还是没有收到，退回修改、市级更正和裁决。")
        )
        self.table = PlainTable("receipt.table", "各县区", "还没有登记县区，没有要写的回执。")
        column.addWidget(self.table, 1)
        self.everyone = named(QCheckBox("给所有县区都写（本单位恢复过备份之后要这样做）"), "receipt.all", "所有县区")
        column.addWidget(self.everyone)
        self.folder = named(QLineEdit(), "receipt.folder", "写到哪里")
        self.folder.setPlaceholderText("U盘或文件夹")
        pick = button("选择U盘……", "receipt.pick")
        pick.clicked.connect(self._pick)
        self.go = button("写出全部回执", "receipt.go", kind="primary", why=desk.why_not("send"))
        self.go.clicked.connect(self.send)
        column.addLayout(row_of(self.folder, pick, self.go))
        self.result = named(QLabel(wordWrap=True), "receipt.result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.result)

    def refresh(self) -> None:
        """Reads anew who waits for an answer."""
        found = self.desk.act(lambda: waiting_offices(self.desk.vault)) or []
        rows = [((one.name, one.code), ("有新内容，等回执" if waits else "没有新内容", None)) for one, waits in found]
        self.table.show_rows(_HEADS, rows, n_words=2)

    def _pick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.folder.setText(found)

    def send(self) -> None:
        """Writes a receipt for each county that waits, or for all."""
        folder = Path(self.folder.text().strip())
        if not self.folder.text().strip() or not folder.is_dir():
            self.desk.messages.say("请先选择U盘或文件夹；它要已经插好、能够打开。", "error")
            return
        vault, everyone = self.desk.vault, self.everyone.isChecked()
        self.result.setText("正在写出，请不要拔出U盘……")
        self.go.setEnabled(False)
        self.go.setToolTip("正在写出")
        self.desk.run(
            "正在写出回执", lambda _: export(vault, folder, everyone=everyone), self._written, failed=self._refused
        )

    def _written(self, written: list[Exported]) -> None:
        self._ready()
        if not written:
            self.result.setText("没有要写出的回执：没有新的上报，也没有改动。")
            return
        lines = [f"已写出并核对：{one.file.name}（{one.n_revisions} 项内容）" for one in written]
        self.result.setText("\n".join([*lines, f"共 {len(written)} 份。可以拔出U盘。"]))
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._ready()
        self.result.setText(str(error))
        self.desk.messages.say(str(error).splitlines()[0], "error")

    def _ready(self) -> None:
        self.go.setEnabled(True)
        self.go.setToolTip("")
