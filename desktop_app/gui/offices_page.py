"""县区: who belongs to the city, their enrolment files, and what to do when a PC is replaced or stolen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QLineEdit

from desktop_app.actions.journal import KnownOffice, known_counties
from desktop_app.actions.pairing import add_office, enrol_again, revoke_office
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import PlainTable

_HEADS = ("代码", "单位", "登记", "核对码", "最近一包", "参数包")


class OfficesPage(Page):
    """For the city."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "县区")
        column = column_of(self)
        column.addWidget(heading("县区"))
        column.addWidget(
            faint(
                "登记一个县区：写出入网文件交给它，它建库后把登记文件带回来，在“接收”里收下。"
                "两边屏幕显示同一个核对码，请打电话核对，一致才算登记成功。"
            )
        )
        self.table = PlainTable("offices.table", "县区", "还没有登记县区。填写下面三栏，按“登记新县区”。")
        column.addWidget(self.table, 1)
        self.code = named(QLineEdit(), "offices.code", "单位代码")
        self.code.setPlaceholderText("6 位行政区划代码，如 620421")
        self.name = named(QLineEdit(), "offices.name", "单位名称")
        self.folder = named(QLineEdit(), "offices.folder", "写到哪里")
        self.folder.setPlaceholderText("U盘或文件夹")
        pick = button("选择U盘……", "offices.pick")
        pick.clicked.connect(self._pick)
        form = QFormLayout()
        form.addRow("单位代码", self.code)
        form.addRow("单位名称", self.name)
        form.addRow("入网文件写到", row_of(self.folder, pick))
        column.addLayout(form)
        self.add = button("登记新县区", "offices.add", kind="primary", tip="写出入网文件", why=desk.why_not("counties"))
        self.add.clicked.connect(self.add_county)
        self.again = button(
            "县区换了电脑",
            "offices.again",
            tip="给上表选中的县区写新的入网文件；登记后旧钥匙停用",
            why=desk.why_not("counties"),
        )
        self.again.clicked.connect(self.enrol_chosen)
        self.revoke = button(
            "立即停用钥匙……", "offices.revoke", tip="上表选中的县区电脑被盗时用", why=desk.why_not("counties")
        )
        self.revoke.clicked.connect(self.revoke_chosen)
        column.addLayout(row_of(self.revoke, 1, self.again, self.add))
        self.result = named(QLabel(wordWrap=True), "offices.result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.result)
        self._found: list[KnownOffice] = []

    def refresh(self) -> None:
        """Reads anew."""
        self._found = self.desk.act(lambda: known_counties(self.desk.vault)) or []
        self.table.show_rows(_HEADS, [_cells(one) for one in self._found], n_words=len(_HEADS))

    def _pick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.folder.setText(found)

    def _chosen(self) -> KnownOffice | None:
        at = self.table.currentRow()
        if 0 <= at < len(self._found):
            return self._found[at]
        self.desk.messages.say("请先在上面的表里选一个县区。", "hint")
        return None

    def add_county(self) -> None:
        """Enters a county and writes its enrolment file."""
        code, name = self.code.text().strip(), self.name.text().strip()
        if not name:
            self.desk.messages.say("请填写单位名称。", "error")
            return
        self._write(lambda out: add_office(self.desk.vault, code=code, name=name, out=out), name)

    def enrol_chosen(self) -> None:
        """Writes a new enrolment file for the county that is chosen."""
        one = self._chosen()
        if one is not None:
            self._write(lambda out: enrol_again(self.desk.vault, code=one.code, out=out), one.name)

    def _write(self, action: Callable[[Path], Path], name: str) -> None:
        folder = Path(self.folder.text().strip())
        if not self.folder.text().strip() or not folder.is_dir():
            self.desk.messages.say("请先选择入网文件写到哪里：U盘要已经插好、能够打开。", "error")
            return
        path = self.desk.act(lambda: action(folder))
        if path is None:
            return
        self.result.setText(
            f"{name}的入网文件已写出并核对：{path.name}。可以拔出U盘。\n"
            "县区第一次启动程序时选择这个文件；它的登记文件带回后在“接收”里收下，再打电话核对核对码。"
        )
        self.code.clear()
        self.name.clear()
        self.refresh()

    def revoke_chosen(self) -> None:
        """Stops the key of the county that is chosen, after a question."""
        one = self._chosen()
        if one is None:
            return
        detail = "它写的包不再接收；已经接收的内容不变。换好电脑后按“县区换了电脑”重新入网。"
        if not confirm(self, f"立即停用{one.name}的钥匙？", yes="停用", detail=detail):
            return
        if self.desk.act(lambda: revoke_office(self.desk.vault, code=one.code), by=self) is not None:
            self.result.setText(f"{one.name}的钥匙已停用。")
            self.refresh()


def _cells(one: KnownOffice) -> list[tuple[str, object]]:
    paired = "已登记" if one.is_paired else "等登记文件" if one.is_enrolled else "未登记"
    texts = [one.code, one.name, paired, one.short_code, one.last_package or "从未来过", str(one.pack or "")]
    return [(text, one.code) for text in texts]
