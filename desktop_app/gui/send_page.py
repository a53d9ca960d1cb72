"""上报 and 回执: what is still to be mended, the period, the stick, and when it may be pulled out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from desktop_app.actions.declaring import Declared, declare_period, refuse_sheet, write_sheet
from desktop_app.actions.exporting import Exported, export
from desktop_app.actions.reading import Unfinished, check_records
from desktop_app.actions.status import own_sent
from desktop_app.base.clock import today
from desktop_app.domain.period import parse_period
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import PlainTable

ID_ROLE = Qt.ItemDataRole.UserRole
_MOST_SHOWN = 500


class SendPage(Page):
    """A county's submission, with or without declaring a period; the city's receipts."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "回执" if desk.is_city else "上报")
        self._declared: Declared | None = None
        column = column_of(self)
        column.addWidget(heading(self.title))
        column.addWidget(faint(self._about()))
        self.declaring = self._declaring()
        self.declaring.setVisible(not desk.is_city)
        column.addWidget(self.declaring)
        self.folder = named(QLineEdit(), "send.folder", "写到哪里")
        self.folder.setPlaceholderText("U盘或文件夹")
        pick = button("选择U盘……", "send.pick")
        pick.clicked.connect(self._pick)
        self.go = button("写出回执" if desk.is_city else "写出上报包", "send.go", kind="primary")
        self.go.clicked.connect(self.send)
        column.addLayout(row_of(self.folder, pick, self.go))
        self.result = named(QLabel(wordWrap=True), "send.result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.result)
        self.unfinished = named(QListWidget(), "send.unfinished", "还要处理的记录")
        self.unfinished.itemActivated.connect(self._open)
        self.unfinished.itemClicked.connect(self._open)
        self.unfinished.hide()
        column.addWidget(self.unfinished, 1)
        self.sent = PlainTable("send.sent", "写出过的上报包")
        self.sent.setVisible(not desk.is_city)
        column.addWidget(self.sent, 1)
        self._show_sent()
        column.addStretch(0)

    def _show_sent(self) -> None:
        if self.desk.is_city:
            return
        rows = [((f"{one.number:06}", None), (one.at, None), (one.told, None)) for one in own_sent(self.desk.vault)]
        self.sent.show_rows(("包号", "写出时间", "回执"), rows, n_words=3)

    def _about(self) -> str:
        if self.desk.is_city:
            return "给每个有新上报或有改动的县区写一份回执：已接收到哪里、退回修改、市级更正和裁决。"
        return "写出自上次回执以来的全部内容。U盘丢了也不要紧，下一次上报会把没有回执的内容一并带上。"

    def _declaring(self) -> QWidget:
        box = QWidget()
        form = QFormLayout(box)
        form.setContentsMargins(0, 0, 0, 0)
        self.period = named(QComboBox(), "send.period", "期段")
        self.period.addItem("只报数据，不申报期段", "")
        year = today(self.desk.vault.clock).year
        for label in (str(year), str(year - 1), *(f"{year}-Q{q}" for q in range(1, 5))):
            self.period.addItem(_words(label), label)
        self.period.currentIndexChanged.connect(self._period_chosen)
        self.filler = named(QLineEdit(), "send.filler", "填报人")
        self.leader = named(QLineEdit(), "send.leader", "审核领导")
        self.nil = named(QCheckBox("零报告：本期没有发生任何事项"), "send.nil", "零报告")
        self.check = button("上报前检查", "send.check")
        self.check.clicked.connect(self.check_now)
        for label, widget in (("申报期段", self.period), ("填报人", self.filler), ("审核领导", self.leader)):
            form.addRow(label, widget)
        form.addRow("", self.nil)
        form.addRow("", self.check)
        self._period_chosen()
        return box

    def _period_chosen(self, _: int = 0) -> None:
        has_period = bool(self.period.currentData())
        for one in (self.filler, self.leader, self.nil):
            one.setEnabled(has_period)
            one.setToolTip("" if has_period else "先选要申报的期段")

    def _pick(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "选择U盘")
        if found:
            self.folder.setText(found)

    def check_now(self) -> None:
        """Lists the records with something to mend or to explain."""
        vault, label = self.desk.vault, str(self.period.currentData() or "")
        period = parse_period(label) if label else None
        self.desk.run("正在检查", lambda _: check_records(vault, period), self._checked)

    def _checked(self, found: list[Unfinished]) -> None:
        stopping = [one for one in found if any(each.level != "hint" for each in one.problems)]
        self.unfinished.clear()
        for one in stopping[:_MOST_SHOWN]:
            item = QListWidgetItem(f"{one.title}：" + "；".join(each.message for each in one.problems))
            item.setData(ID_ROLE, one.record.id)
            self.unfinished.addItem(item)
        self.unfinished.setVisible(bool(stopping))
        words = f"{len(stopping)} 条记录还要改正或说明，点一下就打开。" if stopping else "检查完毕，没有要处理的记录。"
        self.result.setText(words)

    def _open(self, item: QListWidgetItem) -> None:
        self.desk.open(f"record/{item.data(ID_ROLE)}")

    def send(self) -> None:
        """Declares the period if one is chosen, then writes to the stick."""
        folder = Path(self.folder.text().strip())
        if not self.folder.text().strip() or not folder.is_dir():
            self.desk.messages.say("请先选择U盘或文件夹；它要已经插好、能够打开。", "error")
            return
        vault, label = self.desk.vault, str(self.period.currentData() or "")
        filler, leader, is_nil = self.filler.text().strip(), self.leader.text().strip(), self.nil.isChecked()
        sheet = folder / f"{vault.owner.office}-{label}-签字表.pdf"
        self.result.setText("正在写出，请不要拔出U盘……")
        self.go.setEnabled(False)

        def work(_: object) -> tuple[list[Exported], Declared | None]:
            declared = None
            if label:
                refuse_sheet(vault, label, sheet, filler=filler, leader=leader)
                declared = declare_period(vault, label, filler=filler, leader=leader, is_nil=is_nil)
            written = export(vault, folder)
            if declared is not None:
                write_sheet(vault, declared, sheet, package=written[0].file.name)
            return written, declared

        self.desk.run("正在写出数据包", work, self._written, by=self, failed=self._refused)

    def _written(self, found: tuple[list[Exported], Declared | None]) -> None:
        self.go.setEnabled(True)
        written, declared = found
        if not written:
            self.result.setText("没有要写出的内容：没有新的上报，也没有改动。")
            return
        lines = [f"已写出并核对：{one.file.name}（{one.n_revisions} 项内容）" for one in written]
        if declared is not None:
            lines.append(f"期段 {declared.period} 已申报，核对码 {declared.check_code}；签字表在同一位置。")
        self.result.setText("\n".join([*lines, "可以拔出U盘。"]))
        self._show_sent()

    def _refused(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.result.setText(str(error))
        self.desk.messages.say(str(error).splitlines()[0], "error")


def _words(label: str) -> str:
    year, _, quarter = label.partition("-Q")
    return f"{year}年第{'一二三四'[int(quarter) - 1]}季度" if quarter else f"{year}年"
