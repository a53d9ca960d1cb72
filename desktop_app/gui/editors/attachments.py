"""Files of a record: dropped, added, looked at, saved elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem

from desktop_app.actions.attaching import attach_file, save_attachment
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.page import button, row_of
from desktop_app.schema.model import Field

FILE_ROLE = Qt.ItemDataRole.UserRole


class AttachmentsEditor(Editor):
    """
    A list of files. A file that is added is kept at once, by a revision of its own; `record_id` must be set.

    A file is looked at from a temporary copy, which the system's viewer needs; it is removed when the program ends.
    """

    is_wide = True

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.record_id = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.list = QListWidget()
        self.list.setFixedHeight(self.list.fontMetrics().lineSpacing() * 4 + 14)
        self.list.itemActivated.connect(self._view)
        self.use(self.list)
        self.setAcceptDrops(True)
        self._add = button("添加文件……", f"{name}.add", tip="也可以把文件拖到这里", why=desk.why_not("record"))
        self._add.clicked.connect(self._pick)
        self._look = button("查看", f"{name}.view")
        self._look.clicked.connect(self._view_current)
        self._save = button("另存为……", f"{name}.save")
        self._save.clicked.connect(self._save_current)
        self._take_out = button("移除", f"{name}.remove", why=desk.why_not("record"))
        self._take_out.clicked.connect(self._remove)
        self._column.addWidget(self.list)
        self._column.addLayout(row_of(self._add, self._look, self._save, self._take_out, 1))

    def value(self) -> object:
        """The files as `{digest, name, n_bytes}`."""
        items = [self.list.item(row).data(FILE_ROLE) for row in range(self.list.count())]
        return items or None

    def set_value(self, value: object) -> None:
        """Lists the files."""
        self.list.clear()
        for one in value if isinstance(value, list) else []:
            item = QListWidgetItem(f"{one['name']}（{_size(one['n_bytes'])}）")
            item.setData(FILE_ROLE, one)
            self.list.addItem(item)

    def set_read_only(self, is_read_only: bool) -> None:
        """Files can still be looked at and saved."""
        self.setAcceptDrops(not is_read_only)
        self._add.setEnabled(not is_read_only)
        self._take_out.setEnabled(not is_read_only)

    def add(self, paths: list[Path]) -> None:
        """Keeps files in the record, one after the other."""
        if not self.record_id:
            self.desk.messages.say("请先保存本记录（Ctrl+S），再添加附件。", "hint")
            return
        for path in paths:
            self._add_one(path)

    def _add_one(self, path: Path) -> None:
        vault, record_id, key = self.desk.vault, self.record_id, self.field.key
        title = f"正在加入附件“{path.name}”"
        self.desk.run(title, lambda _: attach_file(vault, record_id, path, field=key), lambda _: None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 Qt's name
        """Files may be dropped, nothing else."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 Qt's name
        """Adds what was dropped."""
        event.acceptProposedAction()  # else the file manager shows it flying back
        self.add([Path(one.toLocalFile()) for one in event.mimeData().urls() if one.isLocalFile()])

    def _pick(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "添加附件")
        self.add([Path(one) for one in paths])

    def _view(self, item: QListWidgetItem) -> None:
        self.list.setCurrentItem(item)
        self._view_current()

    def _view_current(self) -> None:
        if (name := self._name()) is None:
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="union-desk-", ignore_cleanup_errors=True)
        there = Path(self._folder.name) / Path(name).name
        there.unlink(missing_ok=True)
        path = self.desk.act(lambda: save_attachment(self.desk.vault, self.record_id, name, there.parent))
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _save_current(self) -> None:
        if (name := self._name()) is None:
            return
        folder = QFileDialog.getExistingDirectory(self, "保存到文件夹")
        if folder:
            path = self.desk.act(lambda: save_attachment(self.desk.vault, self.record_id, name, Path(folder)))
            if path is not None:
                self.desk.messages.say(f"已保存：{path}")

    def _remove(self) -> None:
        if self._name() is not None:
            self.list.takeItem(self.list.currentRow())
            self.edited.emit()

    def _name(self) -> str | None:
        item = self.list.item(0) if self.list.count() == 1 else self.list.currentItem()
        if item is None:
            self.desk.messages.say("请先选一个附件。", "hint")
            return None
        return str(item.data(FILE_ROLE)["name"])


def _size(n_bytes: int) -> str:
    if n_bytes < 1024 * 1024:
        return f"{max(1, n_bytes // 1024)} KB"
    return f"{n_bytes / 1024 / 1024:.1f} MB"
