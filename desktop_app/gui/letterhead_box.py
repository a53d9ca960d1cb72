"""单位设置: what stands on every letter of this office, and where a printer has to be helped."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.actions.files import replace_file
from desktop_app.actions.letterhead import Letterhead, read_letterhead, series_of, write_letterhead
from desktop_app.actions.printing import calibration_page
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, row_of

_TEXTS = {
    "head": "发文机关标志",
    "issuer": "落款单位",
    "contact": "联系人",
    "phone": "联系电话",
    "address": "地址",
}
MOST_MM = 20.0


class LetterheadBox(QWidget):
    """Kept in the vault for the whole office; a changed 代字 is for later numbers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        form = QFormLayout()
        found, forms = read_letterhead(desk.vault), desk.vault.pack.letters
        self.texts: dict[str, QLineEdit] = {}
        for key, label in _TEXTS.items():
            self.texts[key] = self._line(form, f"letterhead.{key}", label, str(getattr(found, key)))
        self.series: dict[str, QLineEdit] = {}
        choices = desk.vault.pack.ledgers["letter"].fields["kind"].choices if forms.kinds else None
        for kind in forms.kinds:
            label = f"{choices.labels[kind] if choices else kind}代字"
            text = series_of(forms, found, desk.vault.owner.office, kind)
            self.series[kind] = self._line(form, f"letterhead.series.{kind}", label, text)
        self.shifts: dict[str, QDoubleSpinBox] = {}
        for key, label in (("shift_right", "套打右移（毫米）"), ("shift_down", "套打下移（毫米）")):
            box = named(QDoubleSpinBox(), f"letterhead.{key}", label)
            box.setRange(-MOST_MM, MOST_MM)
            box.setDecimals(1)
            box.setSingleStep(0.1)
            box.setValue(getattr(found, key) / 10)
            form.addRow(label, box)
            self.shifts[key] = box
        self.save = button("保存单位设置", "letterhead.save", kind="primary", why=desk.why_not("office"))
        self.save.clicked.connect(self._save)
        test = button(
            "套打校准页……", "letterhead.test", tip="印在红头纸上，量出要移动的毫米数", why=desk.why_not("office")
        )
        test.clicked.connect(self._test)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(faint("用于本单位的全部文书。代字改动后只影响新的文号。"))
        column.addLayout(form)
        column.addLayout(row_of(self.save, test, 1))

    @staticmethod
    def _line(form: QFormLayout, name: str, label: str, text: str) -> QLineEdit:
        line = named(QLineEdit(text), name, label)
        form.addRow(label, line)
        return line

    def _letterhead(self) -> Letterhead:
        values = {key: line.text().strip() for key, line in self.texts.items()}
        series = {kind: text for kind, line in self.series.items() if (text := line.text().strip())}
        shifts = {key: round(box.value() * 10) for key, box in self.shifts.items()}
        return msgspec.convert({**values, "series": series, **shifts}, Letterhead)

    def _save(self) -> bool:
        vault, letterhead = self._desk.vault, self._letterhead()

        def write() -> bool:
            write_letterhead(vault, letterhead)
            return True

        if self._desk.act(write) is None:
            return False
        self._desk.messages.say("已保存单位设置。")
        return True

    def _test(self) -> None:
        if not self._save():
            return
        content = self._desk.act(lambda: calibration_page(self._desk.vault))
        place = QFileDialog.getSaveFileName(self, "套打校准页", "套打校准页.pdf", "PDF (*.pdf)")[0]
        if content is not None and place:
            self._desk.act(lambda: replace_file(Path(place), content))
            self._desk.messages.say(f"已保存：{place}")
