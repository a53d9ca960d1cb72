"""Where the rows go that an import leaves out, with the reason beside each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.naming import named
from desktop_app.gui.page import button, row_of


class RejectsPlace(QWidget):
    """A workbook that is not there yet: beside the one that is read, unless another place is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.path = Path()
        self._words = named(QLabel(wordWrap=True), "excel.place")
        other = button("换一个位置……", "excel.other_place")
        other.clicked.connect(self._pick)
        row = row_of(self._words, other)
        row.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)

    def stand_beside(self, workbook: Path) -> None:
        """The usual place."""
        self._put(workbook.with_name(f"{workbook.stem}-没有导入.xlsx"))

    def _put(self, path: Path) -> None:
        self.path = _free(path)
        self._words.setText(f"没有导入的行连同原因写到：{self.path}")

    def _pick(self) -> None:
        found, _ = QFileDialog.getSaveFileName(self, "没有导入的行写到", str(self.path), "工作簿 (*.xlsx)")
        if found:
            self._put(Path(found))


def _free(path: Path) -> Path:
    """The path, or one with a number behind its name that is not there yet."""
    found, n = path, 2
    while found.exists():
        found = path.with_name(f"{path.stem}-{n}{path.suffix}")
        n += 1
    return found
