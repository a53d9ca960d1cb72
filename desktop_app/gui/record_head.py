"""The lines above a record's form: its title, where it stands, what can be done with it, and why something cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_app.actions.reading import Shown
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import Elided, button, row_of
from desktop_app.schema.model import Ledger

SENDING = {"unsent": "待报", "sent": "已报", "received": "已接收", "returned": "退回"}
_TIPS = ("Ctrl+S", "Ctrl+Shift+S；固定的字段保留")


class RecordHead(QWidget):
    """Title, state and buttons of a record; the page connects the buttons."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger
        self._title = named(Elided(), "record.title")
        self._title.setProperty("kind", "title")
        self._state = named(QLabel(), "record.state")
        self._state.setProperty("kind", "faint")
        self.save = button("保存", "record.save", kind="primary", tip=_TIPS[0], why=desk.why_not("record"))
        self.save_next = button("保存并新增下一条", "record.save_next", tip=_TIPS[1], why=desk.why_not("record"))
        self.discard = button("放弃修改", "record.discard", tip="丢弃没有保存的内容")
        self.delete = button("删除", "record.delete", why=desk.why_not("record"))
        self.give_back = button(
            "退回县区修改……", "record.give_back", tip="写明意见，随下次回执送达", why=desk.why_not("give_back")
        )
        self.give_back.hide()
        self.reason = named(QLabel(wordWrap=True), "record.reason")
        self.reason.setProperty("kind", "warning")
        self.reason.hide()
        self.discard.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(
            row_of(self._title, self._state, 1, self.save, self.save_next, self.discard, self.give_back, self.delete)
        )
        column.addWidget(self.reason)
        restyle(self.reason)

    def show_record(self, title: str, shown: Shown | None, why_locked: str) -> None:
        """Shows a record as it stands; `why_locked` says why it cannot be changed, empty when it can."""
        self._title.setText(title)
        state = ""
        if shown is not None and self._ledger.workflow:
            state = self._ledger.workflow.states.get(str(shown.record.values.get("state")), "")
        sending = SENDING.get(shown.sending, "") if shown else ""
        self._state.setText("　".join(one for one in (state, sending) if one))
        self.reason.setText(why_locked)
        self.reason.setVisible(bool(why_locked))
        for one, tip in zip((self.save, self.save_next), _TIPS, strict=True):
            one.setEnabled(not why_locked)
            one.setToolTip(why_locked or tip)
        self.delete.setVisible(shown is not None)
        self.delete.setText("恢复" if shown and shown.record.is_deleted else "删除")
