"""The import made last, which can be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_app.actions.excel.undoing import last_sheet, undo_last_sheet
from desktop_app.base.clock import local_text
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, row_of
from desktop_app.schema.model import Ledger


class LastImport(QWidget):
    """
    Names it, when it was one of this ledger.

    Args:
        undone: Gets what is to be said once an import has been taken back.
    """

    def __init__(self, desk: Desk, ledger: Ledger, undone: Callable[[str], None]) -> None:
        super().__init__()
        self._desk = desk
        self._ledger = ledger
        self._undone = undone
        self._words = named(QLabel(wordWrap=True), "excel.last")
        self._undo = button("撤销这次导入……", "excel.undo_last", why=desk.why_not("sheet"))
        self._undo.clicked.connect(self.take_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row_of(self._words, self._undo, 1))
        self.read()

    def read(self) -> None:
        """Reads anew which it is."""
        entry = last_sheet(self._desk.vault)
        has_one = entry is not None and entry.ledger == self._ledger.key
        self._words.setText(f"上次导入：{entry.file}（{local_text(entry.at)}）" if entry and has_one else "")
        self._undo.setVisible(has_one)

    def take_back(self) -> None:
        """Undoes it after a question."""
        if not confirm(self, "撤销最近一次表格导入？", yes="撤销", detail="数据回到导入之前；表格可以再次导入。"):
            return
        vault = self._desk.vault
        self._desk.run("正在撤销", lambda task: undo_last_sheet(vault, tell=task.report), self._came_back)

    def _came_back(self, done: tuple[str, object]) -> None:
        self._desk.changed.emit(done[1], None)
        self.read()
        self._undone(f"已撤销：{done[0]}，数据回到导入之前。")
