"""上报, step by step: check, explanations, the period, the stick, and when it may be pulled out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.declaring import Declared, declare_period, refuse_sheet, write_sheet
from desktop_app.actions.explaining import explain_records
from desktop_app.actions.exporting import Exported, export
from desktop_app.actions.reading import Unfinished, check_records
from desktop_app.actions.status import own_sent
from desktop_app.base.clock import today
from desktop_app.domain.period import parse_period, period_words
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.empty_words import EmptyWords
from desktop_app.gui.explain_table import ExplainTable
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, focus_inside, heading, row_of
from desktop_app.gui.plain_table import PlainTable
from desktop_app.gui.step_bar import StepBar

ID_ROLE = Qt.ItemDataRole.UserRole
CHECK, EXPLAIN, PERIOD, WRITE = range(4)
_MOST_SHOWN = 500


class SubmitPage(Page):
    """A county's submission; without a period it only sends what is new, and the steps in between are short."""

    manual = "exchange"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "上报")
        self._sheet: Path | None = None
        column = column_of(self)
        column.addWidget(heading("上报"))
        self.period = named(QComboBox(), "send.period", "期段")
        self.period.addItem("只报数据，不申报期段", "")
        for label in _periods(desk):
            self.period.addItem(period_words(label), label)
        self.period.currentIndexChanged.connect(self._period_chosen)
        column.addLayout(row_of(QLabel("申报期段"), self.period, 1))
        self.steps = StepBar("send.steps", ("检查", "情况说明", "期段", "写出"))
        self.steps.chosen.connect(self.go_to)
        column.addWidget(self.steps)
        self.stack = QStackedWidget()
        for made in (self._checking(), self._explaining(), self._declaring(), self._writing()):
            self.stack.addWidget(made)
        column.addWidget(self.stack, 1)
        self.back = button("上一步", "send.back")
        self.back.clicked.connect(lambda: self.go_to(self.stack.currentIndex() - 1))
        self.next = button("下一步", "send.next", kind="primary")
        self.next.clicked.connect(lambda: self.go_to(self.stack.currentIndex() + 1))
        column.addLayout(row_of(1, self.back, self.next))
        self._period_chosen()
        self.go_to(CHECK)

    def refresh(self) -> None:
        """Reads anew what has been sent."""
        rows = [((f"{one.number:06}", None), (one.at, None), (one.told, None)) for one in own_sent(self.desk.vault)]
        self.sent.show_rows(("包号", "写出时间", "回执"), rows, n_words=3)

    def go_to(self, at: int) -> None:
        """Brings a step to the front."""
        self.stack.setCurrentIndex(at)
        self.steps.show_step(at)
        self.back.setEnabled(at > CHECK)
        self.back.setToolTip("" if at > CHECK else "这是第一步")
        has_focus = self.next.hasFocus()
        self.next.setVisible(at < WRITE)
        if has_focus and at == WRITE:
            focus_inside(self.stack.currentWidget())  # else it falls to some button outside the page

    # Check

    def _checking(self) -> QWidget:
        box, column = _step("查看本单位的记录里有没有要改正或说明的地方。不申报期段时可以跳过，直接到“写出”。")
        self.check = button("上报前检查", "send.check", kind="primary")
        self.check.clicked.connect(self.check_now)
        column.addLayout(row_of(self.check, 1))
        self.checked = named(QLabel(wordWrap=True), "send.checked")
        column.addWidget(self.checked)
        self.unfinished = named(QListWidget(), "send.unfinished", "要改正的记录")
        EmptyWords(self.unfinished, "要改正和要说明的记录列在这里。")
        self.unfinished.itemActivated.connect(self._open)
        self.unfinished.itemClicked.connect(self._open)
        column.addWidget(self.unfinished, 1)
        return box

    def check_now(self) -> None:
        """Lists the records with something to mend or to explain."""
        vault, label = self.desk.vault, self._label()
        period = parse_period(label) if label else None
        self.checked.setText("正在检查……")
        self.desk.run("正在检查", lambda _: check_records(vault, period), self._checked)

    def _checked(self, found: list[Unfinished]) -> None:
        wrong = [one for one in found if any(each.level == "error" for each in one.problems)]
        asked = [one for one in found if any(each.level == "explain" for each in one.problems)]
        self.unfinished.clear()
        for one in wrong[:_MOST_SHOWN]:
            words = "；".join(each.message for each in one.problems if each.level == "error")
            item = QListWidgetItem(f"{one.title}：{words}")
            item.setData(ID_ROLE, one.record.id)
            self.unfinished.addItem(item)
        self.explanations.show_records(asked[:_MOST_SHOWN])
        self._say_asked(len(asked))
        told = []
        if wrong:
            told.append(f"{len(wrong)} 条记录要改正，点一下就打开；改好后再检查一遍。")
        if asked:
            told.append(f"{len(asked)} 条记录要写情况说明，在下一步填写。")
        self.checked.setText("".join(told) or "检查完毕，没有要处理的记录。")

    def _open(self, item: QListWidgetItem) -> None:
        self.desk.open(f"record/{item.data(ID_ROLE)}")

    # Explanations

    def _explaining(self) -> QWidget:
        box, column = _step("有的情况不算错，但要写明原因。在右边一栏填写，再按“写入情况说明”。")
        self.asked = named(QLabel(wordWrap=True), "send.asked")
        column.addWidget(self.asked)
        self.explanations = ExplainTable("send.explanations")
        self.explanations.wanted.connect(lambda record: self.desk.open(f"record/{record}"))
        column.addWidget(self.explanations, 1)
        self.explain = button("写入情况说明", "send.explain", why=self.desk.why_not("record"))
        self.explain.clicked.connect(self.write_reasons)
        column.addLayout(row_of(self.explain, 1))
        self._say_asked(0)
        return box

    def _say_asked(self, n: int) -> None:
        self.asked.setText(f"还有 {n} 条要说明。" if n else "没有要说明的记录（或还没有检查）。")
        self.explain.setEnabled(bool(n))
        self.explain.setToolTip("" if n else "先在第一步检查")

    def write_reasons(self) -> None:
        """Writes the reasons typed into their records and checks again."""
        self.explanations.setCurrentCell(-1, -1)  # what is still being typed counts
        reasons = self.explanations.typed()
        if not reasons:
            self.desk.messages.say("还没有填写情况说明；请在右边一栏填写。", "hint")
            return
        if self.desk.act(lambda: explain_records(self.desk.vault, reasons), by=self) is not None:
            self.check_now()

    # The period

    def _declaring(self) -> QWidget:
        box, column = _step("申报期段就是声明本期数据完整。程序按记录算出各项指标和核对码，印在签字表上。")
        form = QFormLayout()
        self.filler = named(QLineEdit(self.desk.vault.actor), "send.filler", "填报人")
        self.leader = named(QLineEdit(), "send.leader", "审核领导")
        self.nil = named(QCheckBox("零报告：本期没有发生任何事项"), "send.nil", "零报告")
        form.addRow("填报人", self.filler)
        form.addRow("审核领导", self.leader)
        form.addRow("", self.nil)
        column.addLayout(form)
        self.no_period = faint("现在选的是“只报数据”，这一步不用填；要申报期段，请在上面选择。")
        column.addWidget(self.no_period)
        column.addStretch(1)
        return box

    def _label(self) -> str:
        return str(self.period.currentData() or "")

    def _period_chosen(self, _: int = 0) -> None:
        has_period = bool(self._label())
        for one in (self.filler, self.leader, self.nil):
            one.setEnabled(has_period)
            one.setToolTip("" if has_period else "先选要申报的期段")
        self.no_period.setVisible(not has_period)

    # The stick

    def _writing(self) -> QWidget:
        box, column = _step("写出自上次回执以来的全部内容。U盘丢了也不要紧：没有回执的内容，下一次上报会再带上。")
        self.folder = named(QLineEdit(), "send.folder", "写到哪里")
        self.folder.setPlaceholderText("U盘或文件夹")
        pick = button("选择U盘……", "send.pick")
        pick.clicked.connect(self._pick)
        self.go = button("写出上报包", "send.go", kind="primary", why=self.desk.why_not("send"))
        self.go.clicked.connect(self.send)
        column.addLayout(row_of(self.folder, pick, self.go))
        self.result = named(QLabel(wordWrap=True), "send.result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.result)
        self.sheet = button("打开签字表", "send.sheet", tip="打印后签字、盖章，随U盘一起送市里")
        self.sheet.clicked.connect(self._open_sheet)
        self.sheet.hide()
        column.addLayout(row_of(self.sheet, 1))
        column.addWidget(QLabel("写出过的上报包"))
        self.sent = PlainTable("send.sent", "写出过的上报包", "还没有写出过上报包。")
        self.sent.horizontalHeader().setStretchLastSection(True)
        column.addWidget(self.sent, 1)
        return box

    def _pick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.folder.setText(found)

    def _fault(self) -> str:
        """What keeps the package from being written, in words; empty for nothing."""
        if not self.folder.text().strip() or not Path(self.folder.text().strip()).is_dir():
            return "请先选择U盘或文件夹；它要已经插好、能够打开。"
        if self._label() and not (self.filler.text().strip() and self.leader.text().strip()):
            return "申报期段要写明填报人和审核领导，请回到第三步填写。"
        return ""

    def send(self) -> None:
        """Declares the period if one is chosen, then writes to the stick."""
        if fault := self._fault():
            self.result.setText(fault)
            self.desk.messages.say(fault, "error")
            return
        folder, vault, label = Path(self.folder.text().strip()), self.desk.vault, self._label()
        filler, leader, is_nil = self.filler.text().strip(), self.leader.text().strip(), self.nil.isChecked()
        sheet = folder / f"{vault.owner.office}-{label}-签字表.pdf"
        self.result.setText("正在写出，请不要拔出U盘……")
        self.go.setEnabled(False)
        self.go.setToolTip("正在写出")

        def work(_: object) -> tuple[list[Exported], Declared | None, Path]:
            declared = None
            if label:
                refuse_sheet(vault, label, sheet, filler=filler, leader=leader)
                declared = declare_period(vault, label, filler=filler, leader=leader, is_nil=is_nil)
            written = export(vault, folder)
            if declared is not None:
                write_sheet(vault, declared, sheet, package=written[0].file.name)
            return written, declared, sheet

        self.desk.run("正在写出数据包", work, self._written, by=self, failed=self._refused)

    def _ready(self) -> None:
        self.go.setEnabled(True)
        self.go.setToolTip("")

    def _written(self, found: tuple[list[Exported], Declared | None, Path]) -> None:
        self._ready()
        written, declared, sheet = found
        lines = [f"已写出并核对：{one.file.name}（{one.n_revisions} 项内容）" for one in written]
        if declared is not None:
            lines.append(
                f"{period_words(declared.period)}已申报：{declared.n_records} 条记录，核对码 {declared.check_code}。"
            )
            lines.append(f"签字表：{sheet.name}，请打印后签字盖章。")
        self._sheet = sheet if declared is not None else None
        self.sheet.setVisible(declared is not None)
        self.result.setText("\n".join([*lines, "可以拔出U盘。"]))
        self.refresh()

    def _open_sheet(self) -> None:
        if self._sheet is not None and self._sheet.exists():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._sheet)))
        else:
            self.desk.messages.say("找不到签字表：U盘已拔出。请插好U盘再打开。", "error")

    def _refused(self, error: Exception) -> None:
        self._ready()
        self.result.setText(str(error))
        self.desk.messages.say(str(error).splitlines()[0], "error")


def _step(about: str) -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 6, 0, 0)
    column.addWidget(faint(about))
    return box, column


def _periods(desk: Desk) -> list[str]:
    """Years, quarters and months that are over, the newest of each kind first; then the year that is running."""
    now = today(desk.vault.clock)
    year, quarter = now.year, (now.month - 1) // 3
    labels = [str(year - 1), str(year)]
    labels += [f"{year}-Q{n}" for n in range(quarter, 0, -1)] + [f"{year - 1}-Q{n}" for n in range(4, 0, -1)]
    labels += [f"{year}-{n:02}" for n in range(now.month - 1, 0, -1)] or [f"{year - 1}-12"]
    return labels
