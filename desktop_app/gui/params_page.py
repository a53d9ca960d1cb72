"""参数包: the city checks a changed pack, puts it in force, and writes it for its counties."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QTextBrowser

from desktop_app.actions.exporting import Exported
from desktop_app.actions.publishing import PackCheck, check_forms, publish_forms
from desktop_app.base.errors import KnownError, Problems
from desktop_app.base.paths import forms_dir
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.schema.load import read_files


class ParamsPage(Page):
    """For the city."""

    manual = "city"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "参数包")
        column = column_of(self)
        column.addWidget(heading("参数包"))
        column.addWidget(
            faint(
                "参数包是台账、字段、规则、期限和指标的定义。改好后把 pack.toml 里的 version 加大，"
                "在这里检查、启用并写给各县区；县区在“接收回执”里收下。旧记录保留原来的版本。"
            )
        )
        self.now = named(QLabel(), "params.now")
        column.addWidget(self.now)
        self.forms = named(QLineEdit(str(forms_dir())), "params.forms", "参数包文件夹")
        pick_forms = button("选择文件夹……", "params.forms.pick")
        pick_forms.clicked.connect(self._pick_forms)
        self.check = button("检查", "params.check", tip="列出全部错误，或与现用版本的差别；不写入")
        self.check.clicked.connect(self.look)
        column.addLayout(row_of(QLabel("参数包文件夹"), self.forms, pick_forms, self.check))
        self.report = named(QTextBrowser(), "params.report", "检查结果")
        self.report.setPlaceholderText("按“检查”，新的参数包改了什么、有没有错误，显示在这里。")
        column.addWidget(self.report, 1)
        self.folder = named(QLineEdit(), "params.folder", "写到哪里")
        self.folder.setPlaceholderText("U盘或文件夹")
        pick = button("选择U盘……", "params.pick")
        pick.clicked.connect(self._pick)
        self.go = button("启用并写给各县区", "params.go", kind="primary", why=desk.why_not("publish"))
        self.go.clicked.connect(self.publish)
        column.addLayout(row_of(self.folder, pick, self.go))
        self.result = named(QLabel(wordWrap=True), "params.result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.result)

    def refresh(self) -> None:
        """Reads which version is in force."""
        pack = self.desk.vault.pack
        self.now.setText(f"现用：第 {pack.version} 版，{len(pack.ledgers)} 个台账，{len(pack.indicators)} 个指标")

    def _pick_forms(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择参数包文件夹"):
            self.forms.setText(found)

    def _pick(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "选择U盘"):
            self.folder.setText(found)

    def _files(self) -> dict[str, str] | None:
        folder = Path(self.forms.text().strip())
        if not self.forms.text().strip() or not folder.is_dir():
            self.desk.messages.say("请先选择参数包所在的文件夹（里面有 pack.toml）。", "error")
            return None
        try:
            return read_files(folder)
        except (OSError, UnicodeDecodeError) as error:
            self.desk.messages.say(f"读不到参数包“{folder}”：{error}。请检查文件是否为 UTF-8 文本。", "error")
            return None

    def look(self) -> None:
        """Shows every fault of the pack, or what is new in it."""
        files = self._files()
        if files is not None:
            vault = self.desk.vault
            self.desk.run("正在检查参数包", lambda _: check_forms(vault, files), self._looked, failed=self._faulty)

    def _looked(self, found: PackCheck) -> None:
        lines = [f"第 {found.version} 版，没有错误。"]
        lines += [f"新增台账：{one}" for one in found.new_ledgers]
        lines += [f"新增字段：{one}" for one in found.new_fields]
        if found.is_same:
            lines.append("与现用的参数包相同；可以再写给县区一次。")
        elif found.version <= found.current:
            lines.append(f"版本不高于现用的第 {found.current} 版，不能启用：请把 pack.toml 中的 version 加大。")
        self.report.setPlainText("\n".join(lines))

    def _faulty(self, error: KnownError) -> None:
        self.report.setPlainText(str(error))
        n = len(error.found) if isinstance(error, Problems) else 1
        self.desk.messages.say(f"参数包有 {n} 处错误，没有启用。", "error")

    def publish(self) -> None:
        """Makes the pack the city's own and writes it for every county."""
        files, folder = self._files(), Path(self.folder.text().strip())
        if files is None:
            return
        if not self.folder.text().strip() or not folder.is_dir():
            self.desk.messages.say("请先选择U盘或文件夹；它要已经插好、能够打开。", "error")
            return
        vault = self.desk.vault
        self.go.setEnabled(False)
        self.go.setToolTip("正在写出")
        self.desk.run(
            "正在下发参数包", lambda _: publish_forms(vault, files, folder), self._published, failed=self._refused
        )

    def _published(self, written: list[Exported]) -> None:
        self._ready()
        lines = [f"第 {self.desk.vault.pack.version} 版已启用。"]
        lines += [f"已写出并核对：{one.file.name}" for one in written]
        lines.append("可以拔出U盘。" if written else "还没有登记完成的县区。")
        lines.append("导航和打开的列表、记录已按新版重新显示；没有保存的内容都在。")
        self.result.setText("\n".join(lines))
        self.refresh()
        self.desk.forms_changed.emit(self)

    def _refused(self, error: KnownError) -> None:
        self._ready()
        self._faulty(error)

    def _ready(self) -> None:
        self.go.setEnabled(True)
        self.go.setToolTip("")
