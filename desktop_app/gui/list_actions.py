"""What a list page does with several records at once, and with the whole list on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QMenu

from desktop_app.actions.records import delete_record
from desktop_app.actions.steps import Taken, take_for_each, why_not_step
from desktop_app.base.clock import today
from desktop_app.gui.list_print import MOST_ROWS, print_list
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.tasks import Task
from desktop_app.schema.letters import LETTER

if TYPE_CHECKING:
    from desktop_app.gui.list_page import ListPage

_ONE_BY_ONE = {LETTER: ("sign", "escalate", "void")}
"""Steps that a person takes with the record before her eyes."""
_MOST_SHOWN = 3
_MOST_COPIED = 50_000


def copy_chosen(page: ListPage) -> None:
    """The selected rows as text with tabs, headings first, for a spreadsheet."""
    rows = sorted(index.row() for index in page.table.selectionModel().selectedRows())
    if len(rows) > _MOST_COPIED:
        page.desk.messages.say(f"一次最多复制 {_MOST_COPIED} 行，请减少所选行数。", "hint")
        return
    if not rows:
        return
    model = page.model
    heads = [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in range(model.columnCount())]
    lines = [heads, *(model.row(at).cells for at in rows)]
    flat = ["\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line) for line in lines]
    QGuiApplication.clipboard().setText("\n".join(flat))
    page.desk.messages.say(f"已复制 {len(rows)} 行。")


def delete_chosen(page: ListPage) -> None:
    """Deletes the selected records after one question; each can be restored."""
    ids, desk = page.chosen(), page.desk
    if not ids:
        desk.messages.say("请先选中要删除的记录。", "hint")
        return
    if not confirm(page, f"删除选中的 {len(ids)} 条记录？", yes="删除", detail="历史仍保留，可以随时恢复。"):
        return
    done = [one for one in ids if desk.act(partial(delete_record, desk.vault, one)) is not None]
    if done:
        desk.messages.say(f"已删除 {len(done)} 条。")


def steps_menu(page: ListPage) -> QMenu:
    """The steps that may be taken for several records at once; those that may not are left to the record's page."""
    menu = named(QMenu(page), f"list.{page.ledger.key}.steps.menu", "给所选记录办理")
    menu.setToolTipsVisible(True)
    workflow, role = page.ledger.workflow, page.desk.vault.owner.role
    assert workflow is not None
    for key, step in workflow.steps.items():
        if key in _ONE_BY_ONE.get(page.ledger.key, ()) or (step.by and step.by != role):
            continue
        states = "、".join(workflow.states[one] for one in step.origins)
        action = menu.addAction(f"{step.label}（{states}）")
        action.setData(key)
        if why := why_not_step(page.desk.vault, page.ledger.key, key):
            action.setEnabled(False)
            action.setToolTip(why)
    return menu


def take_step_for_chosen(page: ListPage, key: str) -> None:
    """Asks once, then takes the step for each selected record beside the window."""
    ids, desk, workflow = page.chosen(), page.desk, page.ledger.workflow
    assert workflow is not None
    step = workflow.steps[key]
    if not ids or not confirm(page, f"给选中的 {len(ids)} 条记录办理“{step.label}”？", yes="办理"):
        return

    def work(task: Task) -> Taken:
        return take_for_each(desk.vault, ids, step.key, task.report)

    def done(found: Taken) -> None:
        if not found.refused:
            desk.messages.say(f"已办理“{step.label}”：{found.n_taken} 条。")
            return
        some = "；".join(found.refused[:_MOST_SHOWN])
        more = f" 等 {len(found.refused)} 条" if len(found.refused) > _MOST_SHOWN else ""
        desk.messages.say(f"办理了 {found.n_taken} 条，没有办理的：{some}{more}", "hint")

    desk.run(f"正在办理“{step.label}”", work, done, by=None, can_stop=False)


def print_now(page: ListPage) -> None:
    """Asks for the printer and prints the list as it is filtered and sorted."""
    desk, records = page.desk, page.model.records
    if records is None or not page.model.rowCount():
        desk.messages.say("没有可以打印的记录。", "hint")
        return
    if not QPrinterInfo.availablePrinterNames():
        desk.messages.say("这台电脑没有安装打印机；可以复制到 WPS 表格，拿到别的电脑上打印。", "error")
        return
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = named(QPrintDialog(printer, page), f"list.{page.ledger.key}.printer", "选择打印机")
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return
    done = desk.act(lambda: print_list(records, page.ledger.label, note_of(page), printer, order_of(page)))
    if done:
        desk.messages.say(f"已送往打印机：{page.ledger.label}")
    elif done is False:
        desk.messages.say("打印机没有准备好，什么也没有打印；请检查打印机后再试。", "error")


def order_of(page: ListPage) -> list[int]:
    """The places of the columns from left to right, as the person has moved them."""
    header = page.table.horizontalHeader()
    return [header.logicalIndex(at) for at in range(page.model.columnCount())]


def note_of(page: ListPage) -> str:
    """The line under the heading of a printed list."""
    n_rows = page.model.rowCount()
    parts = [page.desk.vault.owner.name, f"打印日期 {today(page.desk.vault.clock).isoformat()}", f"共 {n_rows:,} 条"]
    if period := page.period_label():
        parts.insert(1, f"期段 {period}")
    if n_rows > MOST_ROWS:
        parts.append(f"只印前 {MOST_ROWS:,} 条，全部请导出 Excel")
    return "　".join(parts)
