"""审计: what was done with the vault beside its records. For administrators."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit

from desktop_app.actions.auditing import Line, audit_fault, audit_lines, look_into_cut, missing_line, print_audit
from desktop_app.domain.audit import KINDS
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import ask_reason
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import PlainTable

MOST = 1000
"""Lines on screen; print or `audit list` gives them all."""


class AuditPage(Page):
    """Newest first, by kind and words."""

    manual = "vault"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "审计")
        column = column_of(self)
        column.addWidget(heading("审计"))
        column.addWidget(
            faint("登录（包括失败的）、导出、查看隐私内容、裁决、恢复、用户变动等；只增不改，每行与上一行相接。")
        )
        self.kind = named(QComboBox(), "audit.kind", "事项")
        self.kind.addItem("全部事项", "")
        for code, label in KINDS.items():
            self.kind.addItem(label, code)
        self.kind.currentIndexChanged.connect(self.refresh)
        self.words = named(QLineEdit(), "audit.words", "查找")
        self.words.setPlaceholderText("用户名或内容里的字，按回车查找")
        self.words.returnPressed.connect(self.refresh)
        self.print_button = button("存为 PDF……", "audit.print", why=desk.why_not("audit"))
        self.print_button.clicked.connect(self._print)
        column.addLayout(row_of(self.kind, self.words, self.print_button))
        self.table = PlainTable("audit.table", "审计", "没有符合的行。可以换一个事项，或者清除查找的内容。")
        column.addWidget(self.table, 1)
        self.state = named(QLabel(wordWrap=True), "audit.state")
        column.addWidget(self.state)
        self.explain = button("说明缺行的原因……", "audit.explain", why=desk.why_not("audit"))
        self.explain.clicked.connect(self._explain)
        self.explain.hide()
        column.addLayout(row_of(self.explain))
        why = desk.why_not("audit")
        for one in (self.kind, self.words):
            one.setEnabled(not why)
            one.setToolTip(why)
        self.state.setText(why)

    def refresh(self) -> None:
        """Reads the lines anew."""
        if self.desk.why_not("audit"):
            return
        kind = str(self.kind.currentData())
        found = self.desk.act(
            lambda: audit_lines(
                self.desk.vault, what=[kind] if kind else (), words=self.words.text().strip(), limit=MOST
            )
        )
        lines: list[Line] = found or []
        rows = [[(text, one.id) for text in (one.at, one.actor, one.kind, one.detail)] for one in lines]
        self.table.show_rows(("时间", "用户", "事项", "内容"), rows, n_words=4)
        fault = audit_fault(self.desk.vault)
        count = f"{len(lines)} 行" if len(lines) < MOST else f"最近 {MOST} 行，更早的请存为 PDF"
        chain = f"第 {fault} 行起与链不符，记录被改动过！" if fault else "各行首尾相接，没有改动。"
        self.state.setText(f"{count}。{chain}")
        self.explain.setVisible(bool(missing_line(self.desk.vault)))

    def _explain(self) -> None:
        why = ask_reason(self, "审计末尾有行被删去。核对、对照备份以后，请写明查到的原因；写下后首页不再提示。")
        if why:
            self.desk.act(lambda: look_into_cut(self.desk.vault, why))
            self.refresh()

    def _print(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "审计记录存到", "审计记录.pdf", "PDF (*.pdf)")
        if path:
            self.print_to(Path(path))

    def print_to(self, path: Path) -> None:
        """Writes the lines that are looked for as PDF, beside the window."""
        vault, kind, words = self.desk.vault, str(self.kind.currentData()), self.words.text().strip()
        what = [kind] if kind else []
        self.desk.run("正在生成 PDF", lambda _: print_audit(vault, path, what=what, words=words), self._printed)

    def _printed(self, n: int) -> None:
        self.desk.messages.say(f"已存为 PDF：{n} 行。")
