"""接收: packages from the stick, looked at before they are taken in, and taken back if need be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QListWidget, QListWidgetItem, QTextBrowser

from desktop_app.actions.files import replace_file
from desktop_app.actions.importing import (
    Imported,
    Preview,
    Skipped,
    import_packages,
    packages_in,
    preview_package,
    undo_last_import,
)
from desktop_app.actions.lookup import title_of
from desktop_app.actions.telling import CHANGE_KINDS, import_report, ledger_labels, told_import
from desktop_app.actions.updating import newer_updates
from desktop_app.base.errors import KnownError, PackageError
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.empty_words import EmptyWords
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.tasks import Cancelled, Task
from desktop_app.schema.model import Field
from desktop_app.schema.types import show_value
from desktop_app.storage.watch import Difference

PATH_ROLE = Qt.ItemDataRole.UserRole
_MOST_RECORDS = 200


class ReceivePage(Page):
    """Drop files here or pick the stick; preview; take in; report; undo."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "接收" if desk.is_city else "接收回执")
        self.setAcceptDrops(True)
        self._update = Path()
        self._came: tuple[list[Imported], list[Skipped]] = ([], [])
        column = column_of(self)
        column.addWidget(heading(self.title))
        column.addWidget(faint("把数据包文件拖到这里，或选择U盘。接收前会自动备份；接收后可以撤销最近一次。"))
        files = button("选择文件……", "receive.files")
        files.clicked.connect(self._pick_files)
        stick = button("选择U盘……", "receive.stick")
        stick.clicked.connect(self._pick_stick)
        self.clear = button("清空", "receive.clear", tip="从下面的单子里去掉全部文件；文件本身不动")
        self.clear.clicked.connect(self._clear)
        self.preview = button("预览", "receive.preview", tip="看看会改动什么，不写入", why=desk.why_not("receive"))
        self.preview.clicked.connect(self.look)
        self.go = button("接收", "receive.go", kind="primary", why=desk.why_not("receive"))
        self.go.clicked.connect(self.take_in)
        self.undo = button("撤销最近一次接收……", "receive.undo", why=desk.why_not("receive"))
        self.undo.clicked.connect(self.take_back)
        column.addLayout(row_of(files, stick, self.clear, 1, self.undo, self.preview, self.go))
        self.files = named(QListWidget(), "receive.list", "要接收的文件")
        EmptyWords(self.files, "还没有选择文件。把数据包拖到这里，或者用上面的按钮选择。")
        self.files.setFixedHeight(self.files.fontMetrics().lineSpacing() * 6 + 12)
        column.addWidget(self.files)
        self.state = named(QLabel(wordWrap=True), "receive.state")
        self.update_found = button("程序更新", "receive.update", kind="link")
        self.update_found.clicked.connect(lambda: self.desk.open("update", file=self._update))
        self.update_found.hide()
        self.keep = button("接收报告（PDF）……", "receive.keep", tip="存成 PDF，可打印存档；以后在“收发记录”里还能找到")
        self.keep.clicked.connect(self._keep_report)
        self.keep.hide()
        column.addLayout(row_of(self.state, 1, self.keep))
        column.addWidget(self.update_found, 0, Qt.AlignmentFlag.AlignLeft)
        self.report = named(QTextBrowser(), "receive.report", "接收情况")
        self.report.setPlaceholderText("预览和接收的结果显示在这里。")
        column.addWidget(self.report, 1)
        self._enable()
        self.reopen(address)

    def manual_page(self) -> str:
        """Each side has its own."""
        return "city" if self.desk.is_city else "exchange"

    def reopen(self, address: Address) -> None:
        """Asked for again, with files that were opened from outside."""
        super().reopen(address)
        files = address.options.get("files")
        self.add([one for one in files if isinstance(one, Path)] if isinstance(files, list) else [])

    def add(self, paths: list[Path]) -> None:
        """Lists files; of a folder every package in it."""
        known = set(self.paths())
        told = []
        for path in paths:
            found = [path]
            if path.is_dir():
                try:
                    found, n_others = packages_in(path)
                except PackageError as error:
                    self.state.setText(str(error))
                    continue
                if not found:
                    told.append(f"“{path}”里没有数据包（看过 {n_others} 个文件）。请换一个位置，或确认对方已经写出。")
                elif n_others:
                    told.append(f"“{path}”里另有 {n_others} 个文件不是数据包，不读。")
            for one in found:
                if one not in known:
                    item = QListWidgetItem(str(one))
                    item.setData(PATH_ROLE, one)
                    self.files.addItem(item)
            if path.is_dir() and (updates := newer_updates(path)):
                self._update = updates[-1]
                self.update_found.setText(f"U盘上有程序更新“{self._update.name}”，点这里查看、安装")
                self.update_found.show()
        self.state.setText("".join(told))
        self._enable()

    def paths(self) -> list[Path]:
        """The files listed."""
        return [self.files.item(row).data(PATH_ROLE) for row in range(self.files.count())]

    def _clear(self) -> None:
        self.files.clear()
        self.state.clear()
        self._enable()

    def _enable(self) -> None:
        has_files = self.files.count() > 0
        for one, tip in ((self.preview, "看看会改动什么，不写入"), (self.go, ""), (self.clear, "")):
            one.setEnabled(has_files)
            one.setToolTip(tip if has_files else "先选择要接收的文件")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 Qt's name
        """Files may be dropped, nothing else."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 Qt's name
        """Lists what was dropped."""
        event.acceptProposedAction()  # else the file manager shows it flying back
        self.add([Path(one.toLocalFile()) for one in event.mimeData().urls() if one.isLocalFile()])

    def _pick_files(self) -> None:
        found, _ = QFileDialog.getOpenFileNames(self, "选择数据包", filter="数据包 (*.ghpkg)")
        self.add([Path(one) for one in found])

    def _pick_stick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.add([Path(found)])

    # Preview

    def look(self) -> None:
        """Shows what taking in the files would change; nothing is written."""
        vault, paths = self.desk.vault, self.paths()

        def work(task: Task) -> list[Preview | Skipped]:
            found: list[Preview | Skipped] = []
            for at, path in enumerate(paths):
                task.report(at, len(paths))
                try:
                    found.append(preview_package(vault, path))
                except KnownError as error:
                    found.append(Skipped(path.name, error.code, str(error)))
            return found

        self.desk.run("正在预览", work, self._looked, can_stop=True)

    def _looked(self, found: list[Preview | Skipped]) -> None:
        parts = []
        for one in found:
            if isinstance(one, Skipped):
                parts.append(_skipped(one))
                continue
            parts.append(self._told(one.imported))
            parts += [self._compared(each, one.titles) for each in one.differences[:_MOST_RECORDS]]
            if len(one.differences) > _MOST_RECORDS:
                parts.append(f"<p>……另有 {len(one.differences) - _MOST_RECORDS} 条记录。</p>")
        self.report.setHtml("".join(parts))
        self.keep.hide()
        self.state.setText("这是预览，还没有写入。")

    # Import

    def take_in(self) -> None:
        """Takes the files in, one transaction each, after a checked backup; it can be stopped."""
        vault, paths = self.desk.vault, self.paths()
        self.go.setEnabled(False)
        self.go.setToolTip("正在接收")

        def work(task: Task) -> tuple[list[Imported], list[Skipped]]:
            def goes_on(done: int, expected: int) -> bool:
                try:
                    task.report(done, expected)
                except Cancelled:
                    return False
                return True

            return import_packages(vault, paths, goes_on)

        self.desk.run("正在接收", work, self._taken, failed=self._refused, can_stop=True)

    def _taken(self, found: tuple[list[Imported], list[Skipped]]) -> None:
        done, skipped = self._came = found
        self.files.clear()
        self._enable()
        self.report.setHtml("".join([*map(self._told, done), *map(_skipped, skipped)]))
        words = f"已处理 {len(done)} 个数据包"
        self.state.setText(f"{words}，{len(skipped)} 个未接收，原因见下。" if skipped else f"{words}。")
        self.keep.show()
        self._everything_changed()
        if any(one.outcome == "adopted" for one in done):
            self.state.setText(f"{self.state.text()}导航和打开的列表、记录已按新参数包重新显示；没有保存的内容都在。")
            self.desk.forms_changed.emit(self)

    def _refused(self, error: KnownError) -> None:
        self._enable()
        self.keep.hide()
        self.state.setText("未接收，数据没有改动。")
        self.report.setPlainText(str(error))

    def _keep_report(self) -> None:
        place = QFileDialog.getSaveFileName(self, "接收报告", "接收报告.pdf", "PDF (*.pdf)")[0]
        if place and self.write_report(Path(place)):
            QDesktopServices.openUrl(QUrl.fromLocalFile(place))

    def write_report(self, path: Path) -> bool:
        """Writes what the last import came to as PDF, in place of a file of this name."""
        done, skipped = self._came
        vault = self.desk.vault
        return self.desk.act(lambda: replace_file(path, import_report(vault, done, skipped))) is not None

    def take_back(self) -> None:
        """Undoes the last import after a question."""
        if not confirm(self, "撤销最近一次接收？", yes="撤销", detail="数据回到接收之前；数据包可以再次接收。"):
            return
        found = self.desk.act(lambda: undo_last_import(self.desk.vault))
        if found is not None:
            self.state.setText(f"已撤销：{found[0]}")
            self.keep.hide()
            self.desk.changed.emit(found[1], None)

    def _everything_changed(self) -> None:
        """What a package changed may stand on any page."""
        pages: Iterable[Page] = self.window().findChildren(Page)
        for page in pages:
            page.is_stale = page is not self

    # In words

    def _compared(self, one: Difference, titles: Mapping[str, str]) -> str:
        """A record with its fields before and after, side by side."""
        ledger = self.desk.vault.pack.ledgers[one.record.ledger]
        head = f"{CHANGE_KINDS.get(one.kind, one.kind)}　{ledger.label}　{titles.get(one.record.id, one.record.id)}"
        rows = []
        for key, before, after in one.fields if one.kind != "new" else ():
            if key in ledger.fields:
                field = ledger.fields[key]
                texts = [masked(field, self._shown(field, value)) or "（空）" for value in (before, after)]
                cells = "".join(f"<td width='38%'>{_plain(text)}</td>" for text in texts)
                rows.append(f"<tr><td width='24%'>{_plain(field.label)}</td>{cells}</tr>")
        if not rows:
            return f"<p style='margin-left:1em'>{_plain(head)}</p>"
        top = "<tr><th align='left'>字段</th><th align='left'>现在</th><th align='left'>接收后</th></tr>"
        table = f"<table width='96%' border='1' cellspacing='0' cellpadding='3'>{top}{''.join(rows)}</table>"
        return f"<p style='margin-left:1em'><b>{_plain(head)}</b></p>{table}"

    def _shown(self, field: Field, value: object) -> str:
        if field.ledger and value is not None:
            ids = value if isinstance(value, list) else [value]
            return "、".join(title_of(self.desk.vault, field.ledger, str(one)) for one in ids)
        return show_value(value, field)

    def _told(self, one: Imported) -> str:
        head, *rest = told_import(one, ledger_labels(self.desk.vault))
        lines = [f"<p><b>{_plain(head)}</b></p>"]
        return "".join([*lines, *(f"<p style='margin-left:1em'>{_plain(line)}</p>" for line in rest)])


def _skipped(one: Skipped) -> str:
    return f"<p><b>{_plain(one.file)}</b>　未接收：{_plain(one.message)}</p>"


def _plain(text: str) -> str:
    """Text from a package is shown as text, whatever stands in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
