"""期段审定: what a county declared beside what is found here, its explanations, and the city's decision."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLabel, QLineEdit, QTableWidgetItem

from desktop_app.actions.periods import DeclaredPeriod, decide_period, declared_period
from desktop_app.base.clock import today
from desktop_app.domain.period import period_words
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.editors.day import complete_date
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable

STATES = {"missing": "未报", "submitted": "已报", "accepted": "已接收", "returned": "退回", "refused": "不予接收"}
_DECISIONS = {"accept": "接收", "return": "退回重报", "refuse": "不予接收"}


class PeriodPage(Page):
    """`period/<office>/<period>`, for the city."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        self.office, _, self.label = address.key.partition("/")
        super().__init__(desk, address, f"期段审定 {self.label}")
        column = column_of(self)
        self.head = heading("期段审定")
        column.addWidget(self.head)
        self.about = named(QLabel(wordWrap=True), "period.about")
        column.addWidget(self.about)
        self.code = named(QLabel(wordWrap=True), "period.code")
        column.addWidget(self.code)
        self.different = PlainTable("period.different", "不一致的指标", "自报和重算没有不一致的指标。")
        column.addWidget(self.different, 1)
        self.explained_head = faint("县区写的情况说明（双击打开记录）：")
        column.addWidget(self.explained_head)
        self.explained = PlainTable("period.explained", "情况说明", "这个期段没有情况说明。")
        self.explained.itemActivated.connect(self._open)
        column.addWidget(self.explained, 1)
        self.opinion = named(QLineEdit(), "period.opinion", "市级意见")
        self.opinion.setPlaceholderText("市级意见（退回和不予接收时必填）")
        self.reply_by = named(QLineEdit(), "period.reply_by", "重新上报期限")
        self.reply_by.setPlaceholderText("重新上报期限（退回时必填），如 2026-02-10")
        column.addLayout(row_of(self.opinion, self.reply_by))
        why = desk.why_not("period")
        self.buttons = {key: button(label, f"period.{key}", why=why) for key, label in _DECISIONS.items()}
        self.buttons["accept"].setProperty("kind", "primary")
        for key, one in self.buttons.items():
            one.clicked.connect(partial(self.decide, key))
        column.addLayout(row_of(1, *reversed(self.buttons.values())))
        column.addStretch(0)

    def refresh(self) -> None:
        """Reads anew; the figures of the period are computed once more."""
        vault, office, label = self.desk.vault, self.office, self.label
        self.desk.run("正在核对期段", lambda _: declared_period(vault, office, label), self._show, failed=self._missing)

    def _missing(self, error: Exception) -> None:
        self.about.setText(str(error))
        for one in self.buttons.values():
            one.setEnabled(False)
            one.setToolTip(str(error))

    def _show(self, found: DeclaredPeriod) -> None:
        nil = "零报告" if found.is_nil else f"{found.n_records} 条记录"
        self.head.setText(f"{found.office_name}　{period_words(found.period)}：{STATES[found.state]}")
        told = [nil, f"{found.declared_on} 上报", f"填报人 {found.filler}", f"审核领导 {found.leader}"]
        told += [f"市级意见：{found.opinion}"] if found.opinion else []
        told += [f"{found.reply_by} 前重新上报"] if found.reply_by and found.state == "returned" else []
        self.about.setText("　".join(told))
        is_same = found.check_code == found.code_here
        same = "与本库按记录计算的一致" if is_same else f"本库按记录计算的是 {found.code_here}，不一致，见下表"
        self.code.setText(f"核对码 {found.check_code}：{same}。请与签字表上印的核对。")
        self.code.setProperty("kind", "good" if is_same else "warning")
        restyle(self.code)
        rows = [[(one.label, None), (str(one.declared), None), (str(one.found), None)] for one in found.different]
        self.different.show_rows(("指标", "县区自报", "按记录计算"), rows)
        self.different.setVisible(bool(rows))
        told_rows = [[(one.title, one.record), (one.text, one.record)] for one in found.explained]
        self.explained.show_rows(("记录", "情况说明"), told_rows, n_words=2)
        for one in (self.explained_head, self.explained):
            one.setVisible(bool(told_rows))
        steps = {"submitted": ("accept", "return", "refuse"), "accepted": ("return",)}.get(found.state, ())
        for key, push in self.buttons.items():
            push.setEnabled(key in steps)
            push.setToolTip("" if key in steps else f"现在是“{STATES[found.state]}”，不能{_DECISIONS[key]}")

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{item.data(DATA_ROLE)}")

    def decide(self, decision: str) -> None:
        """Writes the decision; it goes to the county with the next receipt."""
        fields: dict[str, object] = {}
        if opinion := self.opinion.text().strip():
            fields["opinion"] = opinion
        if decision == "return":
            fields["reply_by"] = complete_date(self.reply_by.text().strip(), today(self.desk.vault.clock))
        vault, office, label = self.desk.vault, self.office, self.label
        if self.desk.act(lambda: decide_period(vault, office, label, decision, fields), by=self) is not None:
            self.desk.messages.say(f"已办理：{_DECISIONS[decision]}，随下次回执送达。")
            self.opinion.clear()
            self.refresh()
