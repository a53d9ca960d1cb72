"""冲突裁决: the values that were set side by side, who set each and when; a person decides."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop_app.actions.conflicts import ShownConflict, decide_conflict, list_conflicts
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of

_MOST_SHOWN = 100


class ConflictPage(Page):
    """One panel for each conflict; the decision is written at once and travels like any other change."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "冲突裁决")
        column = column_of(self, margin=10, spacing=6)
        self.head = heading("冲突裁决")
        column.addWidget(self.head)
        column.addWidget(faint("同一字段被两边改成不同的值时，两个值都留着；选定一个，裁决随回执下发。"))
        self.note = named(QLineEdit(), "conflicts.note", "裁决说明")
        self.note.setPlaceholderText("裁决说明（可不填），记入历史")
        column.addWidget(self.note)
        self.area = named(QScrollArea(), "conflicts.area", "冲突")
        self.area.setWidgetResizable(True)
        column.addWidget(self.area, 1)

    def refresh(self) -> None:
        """Reads anew."""
        found = self.desk.act(lambda: list_conflicts(self.desk.vault)) or []
        self.head.setText(f"冲突裁决：{len(found)} 处" if found else "冲突裁决")
        inner = QWidget()
        column = QVBoxLayout(inner)
        if not found:
            column.addWidget(faint("没有待裁决的冲突。"))
        for at, one in enumerate(found[:_MOST_SHOWN]):
            column.addWidget(self._panel(at, one))
        if len(found) > _MOST_SHOWN:
            column.addWidget(faint(f"先显示 {_MOST_SHOWN} 处，裁决后显示其余的。"))
        column.addStretch(1)
        self.area.setWidget(inner)

    def _panel(self, at: int, one: ShownConflict) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "panel")
        column = QVBoxLayout(frame)
        ledger = self.desk.vault.pack.ledgers[one.ledger]
        go = button(f"{ledger.label}：{one.title}", f"conflicts.{at}.open", kind="link", tip="打开这条记录")
        go.clicked.connect(partial(self.desk.open, f"record/{one.record}"))
        column.addWidget(go)
        column.addWidget(QLabel(f"字段：{one.label}"))
        for place, choice in enumerate(one.choices):
            field = ledger.fields.get(one.field)
            text = (masked(field, choice.text) if field else choice.text) or "空"
            about = f"{choice.office}　{choice.actor}　{choice.at}{'　（现在显示的）' if place == 0 else ''}"
            take = button(f"采用“{text}”", f"conflicts.{at}.take{place}")
            take.clicked.connect(partial(self.decide, one, choice.revision))
            column.addLayout(row_of(take, QLabel(about), 1))
        return frame

    def decide(self, one: ShownConflict, revision: str) -> None:
        """Takes one of the values."""
        note = self.note.text().strip()
        vault = self.desk.vault
        if self.desk.act(lambda: decide_conflict(vault, one.record, one.field, revision, note=note)) is not None:
            self.desk.messages.say(f"已裁决：{one.title}，{one.label}")
