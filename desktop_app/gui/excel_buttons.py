"""The way from a list to its workbooks."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from desktop_app.gui.desk import Desk
from desktop_app.gui.list_model import ListModel
from desktop_app.gui.page import button
from desktop_app.storage.seals import ANSWERING


def sheet_buttons(desk: Desk, ledger: str, model: ListModel) -> tuple[QPushButton, QPushButton]:
    """Buttons that take a workbook in, and write one of what the list shows when it is pressed."""
    into = button(
        "导入……", f"list.{ledger}.import", tip="导入单位自己的台账（WPS、Excel 表格）", why=desk.why_not("sheet")
    )
    into.clicked.connect(lambda: desk.open(f"excel/{ledger}"))
    if ledger in ANSWERING:
        into.setEnabled(False)
        into.setToolTip("由程序在上报、退回时登记，不能从表格导入")
    out = button("导出……", f"list.{ledger}.export", tip="把列表写成表格；空白模板也在这里")
    out.clicked.connect(lambda: desk.open(f"excel/{ledger}", out=True, records=model.records))
    return into, out
