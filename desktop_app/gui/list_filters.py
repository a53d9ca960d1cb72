"""What narrows a list: text to find, a year and a part of it, one option of each field that has a short list."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.domain.period import Period, parse_period
from desktop_app.gui.editors.choice import ChoiceBox
from desktop_app.gui.naming import named
from desktop_app.gui.page import row_of
from desktop_app.schema.model import STATE, Field, Ledger

_YEARS_BACK = 6
_TEXT_CHARS = 16
_BESIDE_CHARS, _BESIDE_PIXELS = 2, 40
"""What a box needs beside its words: its arrow, as large as the text, and its edges."""
_SEASONS = {
    "": "全年",
    **{f"-Q{q}": f"第{word}季度" for q, word in zip(range(1, 5), "一二三四", strict=True)},
    **{f"-{m:02}": f"{m} 月" for m in range(1, 13)},
}


class FilterBar(QWidget):
    """
    One line, or several where one has no room for the name of each field.

    Signal `changed()` when something was typed or chosen.
    """

    changed = Signal()

    def __init__(self, ledger: Ledger, name: str, this_year: int) -> None:
        super().__init__()
        named(self, f"{name}.filters", "查找和筛选")
        self._ledger = ledger
        self.text = named(QLineEdit(), f"{name}.text", "在本台账中查找")
        self.text.setPlaceholderText("在本台账中查找（Ctrl+F）")
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._tell)
        self.year = named(QComboBox(), f"{name}.year", "年份")
        self.season = named(QComboBox(), f"{name}.season", "季度或月份")
        self._upper = row_of(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._upper)
        if ledger.list.period:
            self._add_period(this_year)
        self.filters: dict[str, ChoiceBox] = {}
        self._add_filters(name)
        self._placed = [list(self.filters)]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _add_period(self, this_year: int) -> None:
        self.year.addItem("全部年份", "")
        for year in range(this_year, this_year - _YEARS_BACK, -1):
            self.year.addItem(f"{year}年", str(year))
        for suffix, label in _SEASONS.items():
            self.season.addItem(label, suffix)
        self.season.setEnabled(False)
        self.season.setToolTip("先选年份")
        for one in (self.year, self.season):
            one.currentIndexChanged.connect(self._tell)
            self._upper.addWidget(one)

    def _add_filters(self, name: str) -> None:
        for key in self._ledger.list.filters:
            options = _options(self._ledger, self._ledger.fields.get(key), key)
            if not options:
                continue
            label = "状态" if key == STATE else self._ledger.fields[key].label
            box = named(ChoiceBox(options, f"{name}.filter.{key}", label), f"{name}.filter.{key}", label)
            line = box.lineEdit()
            assert line is not None
            line.setPlaceholderText(label)
            box.setToolTip(label)
            box.currentIndexChanged.connect(self._tell)
            self.filters[key] = box
            self._upper.addWidget(box)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        """The boxes stand in lines below where the names of their fields would be cut."""
        super().resizeEvent(event)
        metrics, gap, room = self.fontMetrics(), self._upper.spacing(), self.width()
        em = metrics.horizontalAdvance("字")
        widths = {}
        for key, box in self.filters.items():
            wanted = metrics.horizontalAdvance(box.toolTip()) + _BESIDE_CHARS * em + _BESIDE_PIXELS
            widths[key] = min(wanted, room)
            box.setMinimumWidth(widths[key])
        first = em * _TEXT_CHARS
        for one in (self.year, self.season) if self._ledger.list.period else ():
            first += one.sizeHint().width() + gap
        if first + sum(widths.values()) + gap * len(widths) <= room:
            self._place([list(widths)])
        else:
            self._place([[], *_in_lines(widths, room, gap)])

    def _place(self, lines: list[list[str]]) -> None:
        """Puts the boxes into the lines; the first is the one of the text."""
        if lines == self._placed:
            return
        self._placed = lines
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        while column.count() < len(lines):
            column.addLayout(QHBoxLayout())
        for at, keys in enumerate(lines):
            row = column.itemAt(at).layout()
            assert isinstance(row, QHBoxLayout)
            for key in keys:
                row.addWidget(self.filters[key])

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """It never keeps the window from being made smaller; the boxes give way."""
        return QSize(0, super().minimumSizeHint().height())

    # What is chosen

    def _tell(self, _: object = None) -> None:
        self.season.setEnabled(bool(self.year.currentData()))
        self.changed.emit()

    def where(self) -> dict[str, object]:
        """Field → the value asked for."""
        return {
            key: _value(self._ledger.fields.get(key), box.code()) for key, box in self.filters.items() if box.code()
        }

    def period(self) -> Period | None:
        """The period that is chosen; None for all years."""
        year = str(self.year.currentData() or "")
        return parse_period(year + str(self.season.currentData() or "")) if year else None

    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.where() or self.text.text().strip() or self.period())

    def apply(self, options: Mapping[str, object]) -> None:
        """Puts in what a page was opened with."""
        where = options.get("where")
        for key, value in where.items() if isinstance(where, Mapping) else ():
            if key in self.filters:
                self.filters[key].choose(value)
        self.text.setText(str(options.get("text") or self.text.text()))
        if period := str(options.get("period") or ""):
            self.year.setCurrentIndex(max(0, self.year.findData(period[:4])))
            self.season.setCurrentIndex(max(0, self.season.findData(period[4:])))

    def choices(self) -> dict[str, object]:
        """What is asked for, as `apply` takes it."""
        period = self.period()
        where = {key: box.code() for key, box in self.filters.items() if box.code()}
        return {"where": where, "period": period.label if period else "", "text": self.text.text()}


def _in_lines(widths: Mapping[str, int], room: int, gap: int) -> list[list[str]]:
    lines, left = [list[str]()], room
    for key, width in widths.items():
        if lines[-1] and width > left:
            lines.append([])
            left = room
        lines[-1].append(key)
        left -= width + gap
    return lines


def _options(ledger: Ledger, field: Field | None, key: str) -> dict[str, str]:
    """Code → label of a filter; empty for a field that has no short list."""
    if key == STATE:
        return dict(ledger.workflow.states) if ledger.workflow else {}
    if field is None:
        return {}
    if field.type.name == "flag":
        return {"true": "是", "false": "否"}
    return dict(field.choices.labels) if field.choices else {}


def _value(field: Field | None, code: str | None) -> object:
    if field is not None and field.type.name == "flag":
        return code == "true"
    return code
