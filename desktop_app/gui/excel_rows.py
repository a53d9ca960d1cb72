"""What becomes of each row of a sheet, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHeaderView

from desktop_app.actions.excel.importing import RowView
from desktop_app.gui.plain_table import PlainTable

KINDS = {"new": "新增", "changed": "更新", "same": "相同", "doubtful": "存疑", "wrong": "有误"}
_WIDEST = 4000
_TITLE, _SAID = 2, 3


class RowTable(PlainTable):
    """The rows of a preview; a reason that is too long for its cell is whole in the tip."""

    def __init__(self) -> None:
        super().__init__("excel.rows", "各行怎样处理")

    def show_preview(self, rows: Sequence[RowView]) -> None:
        """Shows them in the order of the sheet."""
        self.show_rows(("行", "结果", "记录", "说明"), [_cells(one) for one in rows], n_words=4)
        header = self.horizontalHeader()
        header.setMaximumSectionSize(_WIDEST)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(_TITLE, 24 * self.fontMetrics().averageCharWidth())
        header.setSectionResizeMode(_SAID, QHeaderView.ResizeMode.Stretch)
        for at, one in enumerate(rows):
            if cell := self.item(at, _SAID):
                cell.setToolTip("\n".join(_said(one)))


def _cells(one: RowView) -> list[tuple[str, object]]:
    return [(str(one.row), None), (KINDS[one.kind], one.kind), (one.title, None), ("；".join(_said(one)), None)]


def _said(one: RowView) -> list[str]:
    """What is wrong with a row, or what it changes."""
    said = [each.message for each in one.problems]
    if one.kind == "changed":
        said += [f"{label}：{before or '空'} → {after}" for label, before, after in one.changes]
    return said
