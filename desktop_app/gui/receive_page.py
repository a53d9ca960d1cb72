"""接收: packages from the stick, looked at before they are taken in, and taken back if need be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QListWidget, QListWidgetItem, QTextBrowser

from desktop_app.actions.importing import Imported, Preview, Skipped, import_packages, preview_package, undo_last_import
from desktop_app.actions.lookup import title_of
from desktop_app.actions.updating import newer_updates
from desktop_app.base.errors import KnownError
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.tasks import Task
from desktop_app.schema.model import Field
from desktop_app.schema.types import show_value
from desktop_app.storage.watch import Difference

PATH_ROLE = Qt.ItemDataRole.UserRole
_OUTCOMES = {
    "imported": "已接收",
    "registered": "已登记",
    "adopted": "参数包已启用",
    "repeated": "以前已接收",
    "previewed": "预览",
}
_COUNTS = {
    "new": "新增",
    "changed": "修改",
    "same": "相同",
    "merged": "合并",
    "conflict": "冲突",
    "deleted": "删除",
    "held": "等待",
}
_KINDS = {"new": "新增", "changed": "修改", "deleted": "删除", "restored": "恢复", "conflict": "冲突"}
_MOST_RECORDS = 200


class ReceivePage(Page):
    """Drop files here or pick the stick; preview; take in; report; undo."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "接收" if desk.is_city else "接收回执")
        self.setAcceptDrops(True)
        self._update = Path()
        column = column_of(self)
        column.addWidget(heading(self.title))
        column.addWidget(faint("把数据包文件拖到这里，或选择U盘。接收前会自动备份；接收后可以撤销最近一次。"))
        files = button("选择文件……", "receive.files")
        files.clicked.connect(self._pick_files)
        stick = button("选择U盘……", "receive.stick")
        stick.clicked.connect(self._pick_stick)
        self.preview = button("预览", "receive.preview", tip="看看会改动什么，不写入")
        self.preview.clicked.connect(self.look)
        self.go = button("接收", "receive.go", kind="primary")
        self.go.clicked.connect(self.take_in)
        self.undo = button("撤销最近一次接收……", "receive.undo")
        self.undo.clicked.connect(self.take_back)
        column.addLayout(row_of(files, stick, 1, self.undo, self.preview, self.go))
        self.files = named(QListWidget(), "receive.list", "要接收的文件")
        self.files.setFixedHeight(self.files.fontMetrics().lineSpacing() * 6 + 12)
        column.addWidget(self.files)
        self.state = named(QLabel(wordWrap=True), "receive.state")
        column.addWidget(self.state)
        self.update_found = button("", "receive.update", kind="link")
        self.update_found.clicked.connect(lambda: self.desk.open("update", file=self._update))
        self.update_found.hide()
        column.addWidget(self.update_found, 0, Qt.AlignmentFlag.AlignLeft)
        self.report = named(QTextBrowser(), "receive.report", "接收情况")
        column.addWidget(self.report, 1)
        self._enable()
        self.reopen(address)

    def reopen(self, address: Address) -> None:
        """Asked for again, with files that were opened from outside."""
        super().reopen(address)
        files = address.options.get("files")
        self.add([one for one in files if isinstance(one, Path)] if isinstance(files, list) else [])

    def add(self, paths: list[Path]) -> None:
        """Lists files; of a folder every package in it."""
        known = set(self.paths())
        for path in paths:
            for one in sorted(path.glob("*.ghpkg")) if path.is_dir() else [path]:
                if one not in known:
                    item = QListWidgetItem(str(one))
                    item.setData(PATH_ROLE, one)
                    self.files.addItem(item)
            if path.is_dir() and not list(path.glob("*.ghpkg")):
                self.state.setText(f"“{path}”里没有数据包（.ghpkg）。请换一个位置，或确认对方已经写出。")
            if path.is_dir() and (updates := newer_updates(path)):
                self._update = updates[-1]
                self.update_found.setText(f"U盘上有程序更新“{self._update.name}”，点这里查看、安装")
                self.update_found.show()
        self._enable()

    def paths(self) -> list[Path]:
        """The files listed."""
        return [self.files.item(row).data(PATH_ROLE) for row in range(self.files.count())]

    def _enable(self) -> None:
        has_files = self.files.count() > 0
        for one in (self.preview, self.go):
            one.setEnabled(has_files)
            one.setToolTip("" if has_files else "先选择要接收的文件")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 Qt's name
        """Files may be dropped, nothing else."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 Qt's name
        """Lists what was dropped."""
        self.add([Path(one.toLocalFile()) for one in event.mimeData().urls() if one.isLocalFile()])

    def _pick_files(self) -> None:
        found, _ = QFileDialog.getOpenFileNames(self, "选择数据包", filter="数据包 (*.ghpkg)")
        self.add([Path(one) for one in found])

    def _pick_stick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.add([Path(found)])

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
        self.state.setText("这是预览，还没有写入。")

    def take_in(self) -> None:
        """Takes the files in, one transaction each, after a checked backup."""
        vault, paths = self.desk.vault, self.paths()
        self.go.setEnabled(False)
        self.desk.run("正在接收", lambda _: import_packages(vault, paths), self._taken, failed=self._refused)

    def _taken(self, found: tuple[list[Imported], list[Skipped]]) -> None:
        done, skipped = found
        self.files.clear()
        self._enable()
        self.report.setHtml("".join([*map(self._told, done), *map(_skipped, skipped)]))
        words = f"已处理 {len(done)} 个数据包"
        self.state.setText(f"{words}，{len(skipped)} 个未接收，原因见下。" if skipped else f"{words}。")
        self._everything_changed()

    def _refused(self, error: KnownError) -> None:
        self._enable()
        self.state.setText("未接收，数据没有改动。")
        self.report.setPlainText(str(error))

    def take_back(self) -> None:
        """Undoes the last import after a question."""
        if not confirm(self, "撤销最近一次接收？", yes="撤销", detail="数据回到接收之前；数据包可以再次接收。"):
            return
        found = self.desk.act(lambda: undo_last_import(self.desk.vault))
        if found is not None:
            self.state.setText(f"已撤销：{found[0]}")
            self.desk.changed.emit(found[1], None)

    def _everything_changed(self) -> None:
        """What a package changed may stand on any page."""
        pages: Iterable[Page] = self.window().findChildren(Page)
        for page in pages:
            page.is_stale = page is not self

    def _compared(self, one: Difference, titles: Mapping[str, str]) -> str:
        """A record with its fields before and after."""
        fields = self.desk.vault.pack.ledgers[one.record.ledger].fields
        head = f"{_KINDS.get(one.kind, one.kind)}　{titles.get(one.record.id, one.record.id)}"
        lines = [f"<p style='margin-left:1em'><b>{_plain(head)}</b>"]
        for key, before, after in one.fields if one.kind != "new" else ():
            if key in fields:
                texts = [masked(fields[key], self._shown(fields[key], value)) or "空" for value in (before, after)]
                lines.append(f"<br>{_plain(fields[key].label)}：{_plain(texts[0])} → {_plain(texts[1])}")
        return "".join([*lines, "</p>"])

    def _shown(self, field: Field, value: object) -> str:
        if field.ledger and value is not None:
            ids = value if isinstance(value, list) else [value]
            return "、".join(title_of(self.desk.vault, field.ledger, str(one)) for one in ids)
        return show_value(value, field)

    def _told(self, one: Imported) -> str:
        ledgers = self.desk.vault.pack.ledgers
        lines = [f"<p><b>{_plain(one.file)}</b>　{_OUTCOMES.get(one.outcome, one.outcome)}</p>"]
        if one.first_import:
            lines.append(f"<p>首次接收：{one.first_import}，这次没有改动。</p>")
        if one.short_code:
            lines.append(f"<p>核对码：<b>{_plain(one.short_code)}</b>，请与对方电话核对。</p>")
        for key, counts in one.ledgers.items():
            label = ledgers[key].label if key in ledgers else key
            lines.append(f"<p style='margin-left:1em'>{_plain(label)}：{_counted(counts)}</p>")
        lines += [f"<p>⚠ {_plain(note.message)}</p>" for note in one.notes]
        return "".join(lines)


def _counted(counts: Mapping[str, int]) -> str:
    return "，".join(f"{_COUNTS.get(key, key)} {n}" for key, n in counts.items() if n)


def _skipped(one: Skipped) -> str:
    return f"<p><b>{_plain(one.file)}</b>　未接收：{_plain(one.message)}</p>"


def _plain(text: str) -> str:
    """Text from a package is shown as text, whatever stands in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
