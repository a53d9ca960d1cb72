"""导入: a ledger as an office keeps it, step by step: file, columns, preview, report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QIntValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.excel.importing import (
    Outline,
    SheetImported,
    SheetPreview,
    import_workbook,
    look_at_workbook,
    preview_workbook,
)
from desktop_app.actions.excel.options import UNITS, SheetOptions
from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Desk
from desktop_app.gui.excel_columns import ColumnTable
from desktop_app.gui.excel_last import LastImport
from desktop_app.gui.excel_rejects import RejectsPlace
from desktop_app.gui.excel_rows import KINDS, RowTable
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, column_of, faint, focus_inside, row_of
from desktop_app.gui.step_bar import StepBar
from desktop_app.schema.model import Ledger

FILE, COLUMNS, PREVIEW, REPORT = range(4)
_SKIPPED = {"sum": "合计行", "heading": "重复的表头", "foot": "表尾"}
_FILTER = "工作簿 (*.xlsx *.xls *.xlsm *.et);;所有文件 (*)"


class ImportWizard(QWidget):
    """Nothing is written before the last step; what was written can be taken back."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        super().__init__()
        self.desk = desk
        self.ledger = ledger
        self._path: Path | None = None
        self._seen: SheetPreview | None = None
        self.setAcceptDrops(True)
        column = column_of(self, margin=6)
        self.steps = StepBar("excel.steps", ("选择文件", "核对各列", "预览", "结果"))
        self.steps.chosen.connect(self.go_to)
        column.addWidget(self.steps)
        self.stack = QStackedWidget()
        for made in (self._choosing(), self._matching(), self._previewing(), self._reporting()):
            self.stack.addWidget(made)
        column.addWidget(self.stack, 1)
        self.state = named(QLabel(wordWrap=True), "excel.state")
        column.addWidget(self.state)
        self.back = button("上一步", "excel.back")
        self.back.clicked.connect(lambda: self.go_to(self.stack.currentIndex() - 1))
        self.next = button("下一步", "excel.next", kind="primary", why=self.desk.why_not("sheet"))
        self.next.clicked.connect(self.go_on)
        column.addLayout(row_of(1, self.back, self.next))
        self.go_to(FILE)

    # The steps

    def _choosing(self) -> QWidget:
        page, column = _step()
        column.addWidget(
            faint(
                "选择单位现在用的台账（.xlsx、.xls），或把文件拖到这里。表上面的标题、序号、合计行会自动认出；"
                "写入之前先预览，写入之后可以撤销。"
            )
        )
        self.file = named(QLineEdit(readOnly=True), "excel.file", "工作簿")
        pick = button("选择文件……", "excel.pick")
        pick.clicked.connect(self._pick)
        column.addLayout(row_of(self.file, pick))
        self.last = LastImport(self.desk, self.ledger, self._undone)
        column.addWidget(self.last)
        column.addStretch(1)
        return page

    def _matching(self) -> QWidget:
        page, column = _step()
        self.sheet = named(QComboBox(), "excel.sheet", "工作表")
        self.sheet.activated.connect(self._look_again)
        self.header = named(QLineEdit(), "excel.header", "表头在第几行")
        self.header.setFixedWidth(70)
        self.header.editingFinished.connect(self._header_typed)
        self.year = named(QLineEdit(), "excel.year", "没有年份的日期是哪一年")
        self.year.setValidator(QIntValidator(1949, 2100, self.year))
        self.year.setFixedWidth(70)
        self.unit = named(QComboBox(), "excel.unit", "没有写明单位的金额")
        self.unit.addItem("按表头，没有写的按元", "")
        for one in UNITS:
            self.unit.addItem(f"按{one}", one)
        column.addLayout(
            row_of(
                *(QLabel("工作表"), self.sheet, QLabel("表头在第几行"), self.header),
                *(QLabel("日期没有年份时是"), self.year, QLabel("年　金额"), self.unit, 1),
            )
        )
        self.columns = ColumnTable(self.ledger)
        self.columns.chosen.connect(self._say_missing)
        column.addWidget(self.columns, 1)
        self.missing = named(QLabel(wordWrap=True), "excel.missing")
        column.addWidget(self.missing)
        return page

    def _previewing(self) -> QWidget:
        page, column = _step()
        self.counts = named(QLabel(wordWrap=True), "excel.counts")
        column.addWidget(self.counts)
        self.rows = RowTable()
        column.addWidget(self.rows, 1)
        self.doubtful = named(QCheckBox("存疑的行核对无误，也写入"), "excel.doubtful")
        self.doubtful.toggled.connect(self._enable)
        column.addWidget(self.doubtful)
        self.note = named(QLineEdit(), "excel.note", "更改理由")
        self.note.setPlaceholderText("有的行落在已接收的期段或已签发的文书里，写明理由才能写入；理由记入历史")
        self.judge = button("按这个理由重新核对", "excel.judge", why=self.desk.why_not("sheet"))
        self.judge.clicked.connect(self.look_at_rows)
        self.note.returnPressed.connect(self.look_at_rows)
        self.reason = QWidget()
        reason = row_of(QLabel("更改理由"), self.note, self.judge)
        reason.setContentsMargins(0, 0, 0, 0)
        self.reason.setLayout(reason)
        column.addWidget(self.reason)
        self.rejects = RejectsPlace()
        column.addWidget(self.rejects)
        return page

    def _reporting(self) -> QWidget:
        page, column = _step()
        self.result = named(QLabel(wordWrap=True), "excel.result", "结果")
        column.addWidget(self.result)
        self.open_rejects = button("打开没有导入的行", "excel.open_rejects")
        self.open_rejects.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.rejects.path))))
        self.undo = button("撤销这次导入……", "excel.undo", why=self.desk.why_not("sheet"))
        self.undo.clicked.connect(self.last.take_back)
        listed = self.desk.vault.pack.ledgers[self.ledger.child_of or self.ledger.key]
        show = button(f"看{listed.label}列表", "excel.list")
        show.clicked.connect(lambda: self.desk.open(f"list/{listed.key}"))
        again = button("再导入一个", "excel.again")
        again.clicked.connect(lambda: self.go_to(FILE))
        column.addLayout(row_of(self.open_rejects, self.undo, show, again, 1))
        column.addStretch(1)
        return page

    def go_to(self, at: int) -> None:
        """Brings a step to the front; those behind it follow from it and wait for their turn."""
        self.stack.setCurrentIndex(at)
        self.steps.show_step(at)
        for n, one in enumerate(self.steps.buttons):
            one.setEnabled(n <= at < REPORT or n == at)
        self._enable()

    def _enable(self) -> None:
        at = self.stack.currentIndex()
        has_focus = self.next.hasFocus()
        self.back.setVisible(at in (COLUMNS, PREVIEW))
        self.next.setVisible(at != REPORT)
        if has_focus and at == REPORT:
            focus_inside(self.stack.currentWidget())  # else it falls to some button outside the page
        n = self._n_to_write()
        self.next.setText(f"写入 {n} 条" if at == PREVIEW else "下一步")
        missing = {FILE: "" if self._path else "先选择文件", PREVIEW: "" if n else "没有要写入的行"}.get(at, "")
        self.next.setEnabled(not missing)
        self.next.setToolTip(missing)

    def _n_to_write(self) -> int:
        found = self._seen.counts if self._seen else {}
        kinds = ("new", "changed", "doubtful") if self.doubtful.isChecked() else ("new", "changed")
        return sum(found.get(kind, 0) for kind in kinds)

    def go_on(self) -> None:
        """The button at the right: looks at the file, previews it, or writes."""
        {FILE: self._look, COLUMNS: self.look_at_rows, PREVIEW: self.write}[self.stack.currentIndex()]()

    # File

    def choose(self, path: Path) -> None:
        """Takes a file."""
        self._path = path
        self.file.setText(str(path))
        self.note.clear()
        self.state.setText("")
        self.go_to(FILE)

    def _pick(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, "选择工作簿", filter=_FILTER)
        if found:
            self.choose(Path(found))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 Qt's name
        """A file may be dropped, nothing else."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 Qt's name
        """Takes the first file that was dropped."""
        event.acceptProposedAction()  # else the file manager shows it flying back
        files = [Path(one.toLocalFile()) for one in event.mimeData().urls() if one.isLocalFile()]
        if files:
            self.choose(files[0])

    def _options(self, *, is_matched: bool = True) -> SheetOptions:
        year = self.year.text()
        return SheetOptions(
            sheet=str(self.sheet.currentData() or "") if is_matched else "",
            header=self.header.text() if is_matched else "",
            columns=self.columns.decided() if is_matched else {},
            year=int(year) if self.year.hasAcceptableInput() else None,
            unit=str(self.unit.currentData()),
            with_doubtful=self.doubtful.isChecked(),
            note=self.note.text().strip(),
        )

    # Columns

    def _look(self, options: SheetOptions | None = None) -> None:
        path, asked = self._path, options or SheetOptions()
        if path is not None:
            vault, ledger = self.desk.vault, self.ledger.key
            work = lambda _: look_at_workbook(vault, ledger, path, asked)  # noqa: E731
            self.desk.run("正在看工作簿", work, self._looked, failed=self._refused)

    def _looked(self, outline: Outline) -> None:
        self.sheet.clear()
        for name in outline.sheets:
            self.sheet.addItem(name, name)
        self.sheet.setCurrentIndex(self.sheet.findData(outline.sheet))
        self.header.setText(outline.header)
        self.header.setModified(False)
        if outline.year:
            self.year.setText(str(outline.year))
        self.columns.show_outline(outline)
        self.state.setText("这个工作簿带有宏；宏不会运行，只读入内容。" if outline.has_macros else "")
        self._say_missing()
        self.go_to(COLUMNS)

    def _look_again(self) -> None:
        self._look(SheetOptions(sheet=str(self.sheet.currentData() or "")))

    def _header_typed(self) -> None:
        if self.header.isModified():
            self.header.setModified(False)
            self._look(SheetOptions(sheet=str(self.sheet.currentData() or ""), header=self.header.text()))

    def _say_missing(self) -> None:
        read = self.columns.read_keys()
        needed = [
            one.label
            for one in self.ledger.entered
            if one.required and not one.show_if and one.default in (None, "today") and one.key not in read
        ]
        self.missing.setText(f"新记录必填、表里还没有对应的列：{'、'.join(needed)}" if needed else "")
        self.missing.setVisible(bool(needed))

    # Preview

    def look_at_rows(self) -> None:
        """Judges every row; nothing is written."""
        path, options = self._path, self._options()
        if path is not None:
            vault, ledger = self.desk.vault, self.ledger.key
            self.desk.run(
                "正在预览",
                lambda task: preview_workbook(vault, ledger, path, options, tell=task.report),
                self._previewed,
                failed=self._refused,
                can_stop=True,
            )

    def _previewed(self, found: SheetPreview) -> None:
        self._seen = found
        words = [f"{KINDS[kind]} {n} 行" for kind, n in found.counts.items() if n]
        skipped = [f"{_SKIPPED[kind]} {len(rows)} 行" for kind, rows in found.skipped.items()]
        told = "，".join(words) + (f"；不是记录、没有读入：{'，'.join(skipped)}" if skipped else "") + "。"
        if set(found.counts) - {"same"} and not self._n_to_write() and not found.counts["doubtful"]:
            told += "没有需要写入的内容。"
        self.counts.setText(told)
        self.rows.show_preview(found.rows)
        self.doubtful.setVisible(found.counts["doubtful"] > 0)
        self.reason.setVisible(found.asks_reason or bool(self.note.text()))
        assert self._path is not None
        self.rejects.stand_beside(self._path)
        self.state.setText("这是预览，还没有写入。")
        self.go_to(PREVIEW)

    # Writing

    def write(self) -> None:
        """Writes what the preview showed, in one transaction."""
        path, seen, options, rejects = self._path, self._seen, self._options(), self.rejects.path
        if path is None or seen is None:
            return
        vault, ledger = self.desk.vault, self.ledger.key
        self.next.setEnabled(False)
        self.desk.run(
            "正在写入",
            lambda task: import_workbook(
                vault, ledger, path, options, expect=seen.digest, rejects=rejects, tell=task.report
            ),
            self._written,
            failed=self._refused,
            can_stop=True,
        )

    def _written(self, done: SheetImported) -> None:
        same = done.preview.counts["same"]
        words = f"已写入：新增 {done.n_new} 条，更新 {done.n_changed} 条；与库里相同 {same} 行，没有改动。"
        if done.left_out:
            words += f"\n{done.left_out} 行没有导入，连同原因写到了 {done.rejects}；改好后可以直接再次导入那个文件。"
        self.result.setText(words)
        self.open_rejects.setVisible(done.rejects is not None)
        self.undo.setVisible(done.n_new + done.n_changed > 0)
        self.state.setText("")
        self._seen = None
        self.last.read()
        self.go_to(REPORT)

    def _undone(self, words: str) -> None:
        self.result.setText(words)
        self.undo.hide()
        self.open_rejects.hide()
        self.go_to(REPORT)

    def _refused(self, error: KnownError) -> None:
        self.state.setText(f"没有写入：{error}" if self.stack.currentIndex() == PREVIEW else str(error))
        self._enable()


def _step() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    return page, column_of(page, margin=4, spacing=6)
