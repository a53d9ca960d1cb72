"""The text of a period, the passages its writer changes, and where it is saved."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
)

from desktop_app.actions.narrating import (
    ShownPassage,
    list_passages,
    narratives_for,
    reset_passage,
    write_passage,
    write_text,
)
from desktop_app.actions.report_files import save_text
from desktop_app.actions.reporting import Report
from desktop_app.domain.period import Period, period_words
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Tall, button, faint, row_of
from desktop_app.gui.tasks import Task
from desktop_app.reports.narrative import Written

_TOLD = (
    "段落里的 {…} 是活的数字，数据变了自己跟着变；[…] 里的子句没有数字时自动省去。"
    "改写只对这个期段有效，保存在密库里，每次修改都留有历史。"
)


class TextTab(QSplitter):
    """The text on the left, the passages on the right. Signal `wanted()` when it is to be written anew."""

    wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "report.text_tab", "文稿")
        self._desk = desk
        self._period: Period | None = None
        self._passages: list[ShownPassage] = []
        self.text = named(QTextBrowser(), "report.text", "文稿")
        self.which = named(QComboBox(), "report.text.which", "哪份文稿")
        self.which.activated.connect(self.wanted)
        self.passage = named(QComboBox(), "report.passage", "段落")
        for box in (self.which, self.passage):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.passage.currentIndexChanged.connect(self._show_passage)
        self.words = named(QPlainTextEdit(), "report.passage.words", "段落内容")
        self.keep = button("保存段落", "report.passage.keep", kind="primary", why=desk.why_not("passage"))
        self.keep.clicked.connect(self._keep)
        self.reset = button("恢复范文", "report.passage.reset", tip="用参数包里的原文", why=desk.why_not("passage"))
        self.reset.clicked.connect(self._reset)
        self._saves = [
            button(f"存为 {ending.upper()}", f"report.text.{ending}", tip=tip)
            for ending, tip in (("docx", "公文格式，可用 WPS 打开"), ("pdf", "公文格式，附图表"))
        ]
        for one, ending in zip(self._saves, ("docx", "pdf"), strict=True):
            one.clicked.connect(partial(self._save, ending))
        side = Tall()
        column = QVBoxLayout(side)
        column.addLayout(row_of(QLabel("文稿"), self.which, *self._saves, 1))
        column.addLayout(row_of(QLabel("段落"), self.passage, 1))
        column.addWidget(self.words, 1)
        column.addLayout(row_of(self.keep, self.reset, 1))
        column.addWidget(faint(_TOLD))
        self.addWidget(self.text)
        self.addWidget(side)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)

    def chosen(self, period: Period) -> str:
        """Which text is to be written for a period; empty when the pack has none."""
        fitting = narratives_for(self._desk.vault, period)
        current = str(self.which.currentData() or "")
        keys = [one.key for one in fitting]
        if keys != [self.which.itemData(n) for n in range(self.which.count())]:
            self.which.clear()
            for one in fitting:
                self.which.addItem(one.label, one.key)
        if current in keys:
            self.which.setCurrentIndex(keys.index(current))
        return current if current in keys else (keys[0] if keys else "")

    def write(self, report: Report, key: str) -> tuple[Written, list[ShownPassage]] | None:
        """The text and its passages; not on the window's thread."""
        if not key:
            return None
        vault = self._desk.vault
        return write_text(vault, report.period, key, report), list_passages(vault, report.period, key)

    def show_written(self, period: Period, found: tuple[Written, list[ShownPassage]] | None) -> None:
        """Shows what `write` gave."""
        self._period = period
        for widget in (self.keep, self.reset, self.words, *self._saves):
            widget.setEnabled(found is not None)
        if found is None:
            self.text.setPlainText(f"{period_words(period.label)}没有对应的文稿。")
            self._passages = []
            self.passage.clear()
            return
        written, self._passages = found
        self.text.setPlainText(written.plain())
        current = self.passage.currentData()
        self.passage.blockSignals(True)  # filled anew, not chosen
        self.passage.clear()
        for one in self._passages:
            self.passage.addItem(f"{one.label}（已改写）" if one.is_own else one.label, one.key)
        self.passage.setCurrentIndex(max(0, self.passage.findData(current)))
        self.passage.blockSignals(False)
        self._show_passage()

    def _show_passage(self) -> None:
        one = next((one for one in self._passages if one.key == self.passage.currentData()), None)
        self.words.setPlainText(one.text if one else "")
        self.reset.setEnabled(bool(one and one.is_own))

    def _keep(self) -> None:
        period, key, passage = self._period, self.which.currentData(), self.passage.currentData()
        text = self.words.toPlainText()
        if period is None:
            return
        if self._desk.act(lambda: write_passage(self._desk.vault, period, key, passage, text)) is not None:
            self._desk.messages.say("段落已保存。")

    def _reset(self) -> None:
        period, key, passage = self._period, self.which.currentData(), self.passage.currentData()
        if period is not None:
            self._desk.act(lambda: reset_passage(self._desk.vault, period, key, passage))

    def _save(self, ending: str) -> None:
        period, key = self._period, str(self.which.currentData())
        if period is None:
            return
        name = f"{period_words(period.label)}{self.which.currentText()}.{ending}"
        place = QFileDialog.getSaveFileName(self, "存到哪里", name, f"{ending.upper()} (*.{ending})")[0]
        if place:
            self.save_to(period, key, Path(place))

    def save_to(self, period: Period, key: str, path: Path) -> None:
        """Saves beside the window; the person has agreed to replace a file that is there."""
        vault = self._desk.vault

        def work(_: Task) -> Path:
            save_text(vault, period, key, path, replaces=True)
            return path

        self._desk.run("正在保存文稿", work, self._saved)

    def _saved(self, path: Path) -> None:
        self._desk.messages.say(f"已保存：{path}")
