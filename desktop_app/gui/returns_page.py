"""退回修改一览: the county's to-do list, the city's waiting list."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QTableWidgetItem

from desktop_app.actions.returns import list_returns
from desktop_app.actions.steps import take_step, why_not_step
from desktop_app.base.clock import today
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import RETURN_NOTE

_HEADS = ("修改期限", "状态", "记录", "字段", "修改意见", "退回日期", "重新上报")


class ReturnsPage(Page):
    """Both sides see the same lines; a double click opens the record."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "退回修改")
        column = column_of(self, margin=10, spacing=6)
        column.addWidget(heading("退回修改"))
        about = (
            "县区改过的记录标为“已修改”；看过后按“了结”，没有改好按“再次退回”。新的退回在记录页按“退回县区修改”。"
            if desk.is_city
            else "市里要求修改的记录。双击打开，改好保存后自动标为“已修改”，下次上报带上。"
        )
        column.addWidget(faint(about))
        self.settled = named(QCheckBox("也列出已了结的"), "returns.settled", "也列出已了结的")
        self.settled.toggled.connect(self.refresh)
        self.settle = button(
            "了结", "returns.settle", tip="改好了", why=why_not_step(desk.vault, RETURN_NOTE, "settle")
        )
        self.settle.clicked.connect(lambda: self._step("settle"))
        self.reopen_it = button(
            "再次退回", "returns.reopen", tip="还没有改好", why=why_not_step(desk.vault, RETURN_NOTE, "reopen")
        )
        self.reopen_it.clicked.connect(lambda: self._step("reopen"))
        if not desk.is_city:
            self.settle.hide()
            self.reopen_it.hide()
        column.addLayout(row_of(self.settled, 1, self.settle, self.reopen_it))
        self.empty = faint("没有退回修改的记录。")
        column.addWidget(self.empty)
        self.table = PlainTable("returns.table", "退回修改", "退回修改的记录列在这里。")
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)
        self._found: dict[str, StoredRecord] = {}

    def manual_page(self) -> str:
        """Each side has its own."""
        return "city" if self.desk.is_city else "exchange"

    def refresh(self) -> None:
        """Reads anew."""
        vault, all_ = self.desk.vault, self.settled.isChecked()
        found = self.desk.act(lambda: list_returns(vault, with_settled=all_)) or []
        self._found = {one.id: one for one in found}
        self.empty.setVisible(not found)
        self.table.show_rows(_HEADS, [self._cells(one) for one in found], n_words=len(_HEADS))

    def _cells(self, one: StoredRecord) -> list[tuple[str, object]]:
        v = one.values
        workflow = self.desk.vault.pack.ledgers[RETURN_NOTE].workflow
        state = workflow.states.get(str(v["state"]), "") if workflow else ""
        is_late = v["state"] == "open" and str(v["reply_by"]) < today(self.desk.vault.clock).isoformat()
        due = f"{v['reply_by']}{'　已逾期' if is_late else ''}"
        texts = [due, state, v["record_title"], v.get("field_label") or "", v["comment"], v["returned_on"]]
        return [(str(text), one.id) for text in [*texts, v.get("resubmitted_on") or ""]]

    def _open(self, item: QTableWidgetItem) -> None:
        self.desk.open(f"record/{self._found[str(item.data(DATA_ROLE))].values['record']}")

    def _step(self, step: str) -> None:
        rows = {item.row() for item in self.table.selectedItems()}
        if not rows:
            self.desk.messages.say("请先在表里选一行或几行。", "hint")
            return
        cells = [self.table.item(at, 0) for at in sorted(rows)]
        for note in [str(one.data(DATA_ROLE)) for one in cells if one is not None]:
            self.desk.act(partial(take_step, self.desk.vault, note, step, {}), by=self)
        self.refresh()
