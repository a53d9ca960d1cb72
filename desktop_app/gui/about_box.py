"""What runs here: versions, the parameter pack, holidays, fonts; and a file for those who maintain the program."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QVBoxLayout, QWidget

from desktop_app import __version__
from desktop_app.actions.diagnosis import fonts_used, known_years, write_diagnosis
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, row_of

_ROLES = {"body": "正文（仿宋）", "heading": "标题（黑体）", "kai": "楷体", "title": "大标题（小标宋）", "song": "宋体"}


class AboutBox(QWidget):
    """Lines that a clerk reads out on the telephone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "settings.about", "关于")
        self._desk = desk
        vault, pack = desk.vault, desk.vault.pack
        years = known_years(vault)
        lines = {
            "密库位置": str(desk.folder),
            "参数包": f"{pack.label} 第 {pack.version} 版",
            "节假日表": "、".join(f"{one} 年" for one in years) if years else "没有；期限按周末推算",
            "程序版本": __version__,
            "运行环境": f"Python {platform.python_version()}，Qt {qVersion()}，{sys.platform}",
            **{f"文书字体：{_ROLES.get(role, role)}": name for role, name in fonts_used().items()},
        }
        form = QFormLayout()
        for label, text in lines.items():
            name = "settings.version" if text is __version__ else "settings.about.line"
            shown = named(QLabel(text, wordWrap=True), name, label)
            form.addRow(label, shown)
        save = button("保存诊断文件……", "settings.diagnosis", tip="版本、大小和条数，没有任何登记的内容")
        save.clicked.connect(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(
            faint("程序有问题时，把诊断文件发给维护人员；里面只有版本、大小和条数，没有姓名和登记的内容。")
        )
        column.addLayout(row_of(save, 1))

    def _pick(self) -> None:
        place = QFileDialog.getSaveFileName(self, "保存诊断文件", "工作台诊断.txt", "文本 (*.txt)")[0]
        if place:
            self.save(Path(place))

    def save(self, path: Path) -> None:
        """Writes the file and says so."""
        if self._desk.act(lambda: write_diagnosis(self._desk.vault, path)) is not None:
            self._desk.messages.say(f"已保存诊断文件：{path}")
