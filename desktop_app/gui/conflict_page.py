"""冲突裁决: the values that were set side by side, field by field; a person decides, one by one or by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop_app.actions.conflicts import RULES, ShownConflict, decide_conflict, decide_conflicts, list_conflicts
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of

_MOST_SHOWN = 100
_MOST_CHARS = 30
"""Of a value on its button; the whole stands under the mouse."""


class ConflictPage(Page):
    """One panel for each record; the decision is written at once and travels like any other change."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "冲突裁决")
        self._found: list[ShownConflict] = []
        column = column_of(self, margin=10, spacing=6)
        self.head = heading("冲突裁决")
        column.addWidget(self.head)
        column.addWidget(faint("同一字段被两边改成不同的值时，两个值都留着；选定一个，裁决随回执下发。"))
        self.note = named(QLineEdit(), "conflicts.note", "裁决说明")
        self.note.setPlaceholderText("裁决说明（可不填），记入历史")
        column.addWidget(self.note)
        self.ledger = named(QComboBox(), "conflicts.ledger", "台账")
        self.ledger.currentIndexChanged.connect(self._draw)
        self.rule = named(QComboBox(), "conflicts.rule", "裁决规则")
        for key, label in RULES.items():
            self.rule.addItem(label, key)
        self.all = button("全部按此裁决……", "conflicts.all", why=desk.why_not("conflict"))
        self.all.clicked.connect(self.decide_all)
        column.addLayout(row_of(QLabel("台账"), self.ledger, 1, self.rule, self.all))
        self.area = named(QScrollArea(), "conflicts.area", "冲突")
        self.area.setWidgetResizable(True)
        column.addWidget(self.area, 1)

    def manual_page(self) -> str:
        """Each side has its own."""
        return "city" if self.desk.is_city else "exchange"

    def refresh(self) -> None:
        """Reads anew."""
        self._found = self.desk.act(lambda: list_conflicts(self.desk.vault)) or []
        n = len(self._found)
        self.head.setText(f"冲突裁决：{n} 处" if n else "冲突裁决")
        ledgers = self.desk.vault.pack.ledgers
        chosen = self.ledger.currentData()
        self.ledger.blockSignals(True)
        self.ledger.clear()
        self.ledger.addItem("全部台账", "")
        for key in sorted({one.ledger for one in self._found}):
            self.ledger.addItem(ledgers[key].label, key)
        self.ledger.setCurrentIndex(max(0, self.ledger.findData(chosen)))
        self.ledger.blockSignals(False)
        for one in (self.rule, self.all):
            one.setEnabled(bool(n))
            one.setToolTip("" if n else "没有待裁决的冲突")
        self._draw()

    def _listed(self) -> list[ShownConflict]:
        ledger = self.ledger.currentData()
        return [one for one in self._found if not ledger or one.ledger == ledger]

    def _draw(self, _: int = 0) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        listed = self._listed()
        if not listed:
            column.addWidget(faint("没有待裁决的冲突。"))
        numbered = list(enumerate(listed[:_MOST_SHOWN]))
        for _record, some in groupby(numbered, key=lambda pair: pair[1].record):
            column.addWidget(self._panel(list(some)))
        if len(listed) > _MOST_SHOWN:
            column.addWidget(faint(f"先显示 {_MOST_SHOWN} 处，裁决后显示其余的。"))
        column.addStretch(1)
        self.area.setWidget(inner)

    def _panel(self, some: Sequence[tuple[int, ShownConflict]]) -> QFrame:
        """A record: a line for each of its fields, the values beside each other."""
        frame = QFrame()
        frame.setProperty("kind", "panel")
        column = QVBoxLayout(frame)
        at, one = some[0]
        ledger = self.desk.vault.pack.ledgers[one.ledger]
        go = button(f"{ledger.label}：{one.title}", f"conflicts.{at}.open", kind="link", tip="打开这条记录")
        go.clicked.connect(partial(self.desk.open, f"record/{one.record}"))
        column.addWidget(go)
        grid = QGridLayout()
        why = self.desk.why_not("conflict")
        grid.setColumnStretch(max(len(each.choices) for _, each in some) + 1, 1)
        for row, (number, each) in enumerate(some):
            name = QLabel(each.label)
            name.setProperty("kind", "heading")
            grid.addWidget(name, row, 0)
            field = ledger.fields.get(each.field)
            for place, choice in enumerate(each.choices):
                text = (masked(field, choice.text) if field else choice.text) or "（空）"
                about = f"{choice.office}　{choice.actor}　{choice.at}{'（现在显示）' if place == 0 else ''}"
                short = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}……"
                take = button(f"采用“{short}”", f"conflicts.{number}.take{place}", tip=text, why=why)
                take.clicked.connect(partial(self.decide, each, choice.revision))
                cell = QVBoxLayout()
                cell.addWidget(take)
                who = faint(about)
                who.setWordWrap(False)
                cell.addWidget(who)
                grid.addLayout(cell, row, place + 1)
        column.addLayout(grid)
        return frame

    def decide(self, one: ShownConflict, revision: str) -> None:
        """Takes one of the values."""
        note = self.note.text().strip()
        vault = self.desk.vault
        if self.desk.act(lambda: decide_conflict(vault, one.record, one.field, revision, note=note)) is not None:
            self.desk.messages.say(f"已裁决：{one.title}，{one.label}")

    def decide_all(self) -> None:
        """Decides all that are listed by the rule that is chosen, after a question."""
        ledger, rule, note = (
            str(self.ledger.currentData() or ""),
            str(self.rule.currentData()),
            self.note.text().strip(),
        )
        question = f"{self.ledger.currentText()}的 {len(self._listed())} 处冲突，全部{self.rule.currentText()}？"
        if not confirm(self, question, yes="全部裁决", detail="每一处都记入历史，没有采用的值也留着。"):
            return
        done = self.desk.act(lambda: decide_conflicts(self.desk.vault, rule, ledger=ledger, note=note))
        if done is not None:
            left = f"，{done.n_left} 处不适用，请逐条裁决" if done.n_left else ""
            self.desk.messages.say(f"已裁决 {done.n_decided} 处{left}。")
