"""表格: the workbooks of one ledger, in at the left, out at the right."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QRadioButton, QTabWidget, QWidget

from desktop_app.actions.changes import Changes
from desktop_app.actions.excel.exporting import Exported, export_list, make_template
from desktop_app.actions.listing import RecordList
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.excel_import import ImportWizard
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.schema.model import Ledger

IN, OUT = range(2)


class ExcelPage(Page):
    """
    Two tabs: taking a workbook in, writing one.

    Options of the address: `out` for the second tab, `records` with the list that is in front.
    """

    manual = "excel"

    def __init__(self, desk: Desk, address: Address) -> None:
        self.ledger: Ledger = desk.vault.pack.ledgers[address.key]
        super().__init__(desk, address, f"{self.ledger.label}表格")
        column = column_of(self)
        column.addLayout(row_of(heading(self.title), 1, *self._others()))
        self.tabs = named(QTabWidget(), "excel.tabs", "导入或导出")
        self.importing = ImportWizard(desk, self.ledger)
        self.exporting = ExportBox(desk, self.ledger)
        self.tabs.addTab(self.importing, "导入")
        self.tabs.addTab(self.exporting, "导出和模板")
        column.addWidget(self.tabs, 1)
        self.reopen(address)

    def _others(self) -> list[QWidget]:
        """Ways to the workbooks of what belongs to this ledger, or of what this one belongs to."""
        pack = self.desk.vault.pack
        parent = pack.ledgers[self.ledger.child_of] if self.ledger.child_of else None
        made: list[QWidget] = []
        for one in (parent,) if parent else pack.children(self.ledger.key):
            other = button(f"{one.label}表格", f"excel.other.{one.key}", kind="link")
            other.clicked.connect(partial(self.desk.open, f"excel/{one.key}"))
            made.append(other)
        return made

    def reopen(self, address: Address) -> None:
        """Asked for again, from the list as it is now."""
        super().reopen(address)
        records = address.options.get("records")
        self.exporting.show_list(records if isinstance(records, RecordList) else None)
        self.tabs.setCurrentIndex(OUT if address.options.get("out") else IN)

    def concerns(self, changes: Changes) -> bool:
        """How many records there are to write."""
        return self.ledger.key in changes.ledgers

    def refresh(self) -> None:
        """Counts anew."""
        self.exporting.count()


class ExportBox(QWidget):
    """What the list shows, or all of it; private values only when asked for."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        super().__init__()
        self.desk = desk
        self.ledger = ledger
        self._shown: RecordList | None = None
        column = column_of(self, margin=6)
        column.addWidget(faint("导出的表可以在 WPS 表格里修改，再从“导入”收回；凭最后一列“系统编号”认出是哪一条。"))
        self.listed = named(QRadioButton(), "excel.listed")
        self.all = named(QRadioButton(), "excel.all")
        self.whole = named(QCheckBox("全部字段（不选时只写列表上的列）"), "excel.whole")
        self.whole.setChecked(True)
        self.private = named(QCheckBox("包含不公开内容（姓名、电话、身份证号等）；记入审计日志"), "excel.private")
        if not any(one.private for one in ledger.fields.values()):
            self.private.hide()
        why = desk.why_not("export_private")
        self.private.setEnabled(not why)
        self.private.setToolTip(why)
        for one in (self.listed, self.all, self.whole, self.private):
            column.addWidget(one)
        go = button("导出……", "excel.export", kind="primary")
        go.clicked.connect(self._pick_export)
        column.addLayout(row_of(go, 1))
        column.addWidget(faint("还没有台账、从头登记的，可以用空白模板：表头、下拉列表和填写说明都已备好。"))
        template = button("写出空白模板……", "excel.template")
        template.clicked.connect(self._pick_template)
        column.addLayout(row_of(template, 1))
        self.result = named(QLabel(wordWrap=True), "excel.exported", "结果")
        column.addWidget(self.result)
        column.addStretch(1)
        self.show_list(None)

    def show_list(self, records: RecordList | None) -> None:
        """What stands in the list that is in front, None when none is."""
        self._shown = records
        self.listed.setVisible(records is not None)
        (self.listed if records is not None else self.all).setChecked(True)
        self.count()

    def count(self) -> None:
        """Says how many records each choice writes."""
        if self._shown is not None:
            self.listed.setText(f"列表上现在显示的 {self._shown.count():,} 条")
        self.all.setText(f"全部 {RecordList(self.desk.vault, self.ledger.key).count():,} 条")

    def _pick(self, title: str, name: str) -> Path | None:
        found, _ = QFileDialog.getSaveFileName(self, title, name, "工作簿 (*.xlsx)")
        return Path(found if found.endswith(".xlsx") else f"{found}.xlsx") if found else None

    def _pick_export(self) -> None:
        if path := self._pick("导出到", f"{self.ledger.label}.xlsx"):
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Writes the workbook; the dialog has asked about a file that is there."""
        records = self._shown if self._shown and self.listed.isChecked() else None
        chosen = records or RecordList(self.desk.vault, self.ledger.key)
        vault, whole, private = self.desk.vault, self.whole.isChecked(), self.private.isChecked()
        self.desk.run(
            "正在导出",
            lambda task: export_list(
                vault, chosen, path, all_fields=whole, with_private=private, overwrite=True, tell=task.report
            ),
            self._exported,
            can_stop=True,
        )

    def _exported(self, done: Exported) -> None:
        words = f"已导出 {done.n_rows:,} 条：{done.file}"
        if done.covered:
            words += f"\n{'、'.join(done.covered)}已遮住。"
        self.result.setText(words)

    def _pick_template(self) -> None:
        if path := self._pick("模板写到", f"{self.ledger.label}模板.xlsx"):
            self.template_to(path)

    def template_to(self, path: Path) -> None:
        """Writes the template."""
        done = self.desk.act(lambda: make_template(self.desk.vault, self.ledger.key, path, overwrite=True))
        if done is not None:
            self.result.setText(f"已写出模板：{done}")
