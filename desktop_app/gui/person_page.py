"""个人资料: finding what is held of a person, printing it for that person, and what may be removed by now."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit

from desktop_app.actions.privacy import Found, find_person, print_person, print_removable, removable
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable


class PersonPage(Page):
    """Private values stay masked on screen; the printed page has them and is noted."""

    manual = "vault"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "个人资料")
        column = column_of(self)
        column.addWidget(heading("个人资料"))
        column.addWidget(
            faint("本人要求查询、更正自己的资料时使用。每次查找、打印都记入审计。双击一行（或按回车）打开记录。")
        )
        self.words = named(QLineEdit(), "person.words", "姓名、身份证号或电话")
        self.words.setPlaceholderText("姓名、身份证号或电话，按回车查找")
        self.words.returnPressed.connect(self.look_for)
        why = desk.why_not("private")
        self.go = button("查找", "person.find", kind="primary", why=why)
        self.go.clicked.connect(self.look_for)
        self.print_button = button("存为 PDF 交本人……", "person.print", why=why)
        self.print_button.clicked.connect(self._print)
        column.addLayout(row_of(self.words, self.go, self.print_button))
        self.table = PlainTable("person.table", "查到的记录", "查到的记录列在这里。先在上面输入，按回车。")
        self.table.itemActivated.connect(lambda item: desk.open(f"record/{item.data(DATA_ROLE)}"))
        column.addWidget(self.table, 1)
        column.addWidget(heading("保管年限"))
        column.addWidget(
            faint("各台账的保管年限写在参数包里，建议值，可按本单位档案规定修改；到期只列出，不自动删除。")
        )
        self.expired = button("列出今年到期可清理的记录", "person.expired")
        self.expired.clicked.connect(self.list_removable)
        self.print_expired = button("存为 PDF 报批……", "person.expired.print")
        self.print_expired.clicked.connect(self._print_removable)
        column.addLayout(row_of(self.expired, self.print_expired, 1))
        self.words.setEnabled(not why)
        self.words.setToolTip(why)

    def look_for(self) -> None:
        """Looks through every ledger beside the window."""
        vault, words = self.desk.vault, self.words.text()
        self.desk.run("正在查找", lambda _: find_person(vault, words), self._found)

    def _found(self, found: list[Found]) -> None:
        rows = [
            [(text, one.id) for text in (one.ledger, one.title, "已删除" if one.is_deleted else "")] for one in found
        ]
        self.table.show_rows(("台账", "记录", "状态"), rows, n_words=3)
        self.desk.messages.say(f"查到 {len(found)} 条记录。", "hint")

    def _print(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "存到（交本人后删除这个文件）", "个人资料.pdf", "PDF (*.pdf)")
        if path:
            self.print_to(Path(path))

    def print_to(self, path: Path) -> None:
        """Writes what is held of the person as PDF."""
        vault, words = self.desk.vault, self.words.text()
        self.desk.run("正在生成 PDF", lambda _: print_person(vault, words, path), self._printed)

    def _printed(self, n: int) -> None:
        self.desk.messages.say(f"已存为 PDF：{n} 条记录。")

    def list_removable(self) -> None:
        """Shows what has been kept long enough."""
        found = self.desk.act(lambda: removable(self.desk.vault)) or []
        rows = [[(text, one.id) for text in (one.ledger, one.title, f"{one.on}，{one.years} 年")] for one in found]
        self.table.show_rows(("台账", "记录", "日期和保管年限"), rows, n_words=3)
        self.desk.messages.say(f"到期 {len(found)} 条。", "hint")

    def _print_removable(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "存到", "到期可清理资料清单.pdf", "PDF (*.pdf)")
        if path:
            vault = self.desk.vault
            self.desk.run("正在生成 PDF", lambda _: print_removable(vault, Path(path)), self._printed)
