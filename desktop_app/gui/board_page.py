"""催报一览: every county and period, what came, what is late, what is missing."""

from __future__ import annotations

from desktop_app.actions.status import BoardRow, board
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.page import Page, column_of, faint, heading
from desktop_app.gui.plain_table import PlainTable

_STATES = {"missing": "未报", "submitted": "已报", "accepted": "已接收", "returned": "退回", "refused": "不予接收"}
_HEADS = ["单位", "期段", "状态", "期限", "逾期天数", "核对码", "缺的包", "最近一包", "参数包", "未改的退回"]


class BoardPage(Page):
    """For the city."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "催报一览")
        column = column_of(self, margin=10, spacing=6)
        column.addWidget(heading("催报一览"))
        self.empty = faint("还没有登记县区。请先登记县区、写出入网文件。")
        column.addWidget(self.empty)
        self.table = PlainTable("board.table", "催报一览")
        column.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Reads anew."""
        rows = self.desk.act(lambda: board(self.desk.vault)) or []
        self.empty.setVisible(not rows)
        self.table.show_rows(_HEADS, [_cells(one) for one in rows], n_words=len(_HEADS))


def _cells(one: BoardRow) -> list[tuple[str, object]]:
    late = f"{one.n_days_overdue}" if one.n_days_overdue else "迟报" if one.is_late else ""
    gaps = "、".join(f"{n:06}" for n in one.gaps)
    texts = [one.office_name, one.period, _STATES.get(one.state, one.state), one.due_by, late, one.check_code, gaps]
    texts += [one.last_package or "从未来过", str(one.pack or ""), str(one.n_open_returns or "")]
    return [(text, one.office) for text in texts]
