"""Choosing a period: a year and a part of it, or any two days."""

from __future__ import annotations

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QWidget

from desktop_app.domain.period import SPAN, Period, parse_range
from desktop_app.gui.naming import named

_YEARS_BACK = 6
_ANY = "any"
_PARTS = {
    "": "全年",
    "-01-01..-06-30": "上半年",
    "-07-01..-12-31": "下半年",
    **{f"-Q{q}": f"第{word}季度" for q, word in zip(range(1, 5), "一二三四", strict=True)},
    **{f"-{m:02}": f"{m} 月" for m in range(1, 13)},
    _ANY: "起止日期…",
}


class PeriodBar(QWidget):
    """Signal `changed()` when another period is chosen."""

    changed = Signal()

    def __init__(self, name: str, this_year: int) -> None:
        super().__init__()
        named(self, name, "期段")
        self.year = named(QComboBox(), f"{name}.year", "年份")
        for year in range(this_year, this_year - _YEARS_BACK, -1):
            self.year.addItem(f"{year}年", str(year))
        self.part = named(QComboBox(), f"{name}.part", "全年、季度、月份或起止日期")
        for suffix, label in _PARTS.items():
            self.part.addItem(label, suffix)
        self.start = named(QDateEdit(QDate(this_year, 1, 1)), f"{name}.start", "开始日期")
        self.end = named(QDateEdit(QDate(this_year, 12, 31)), f"{name}.end", "结束日期")
        self._between = QLabel("至")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for one in (self.year, self.part, self.start, self._between, self.end):
            row.addWidget(one)
        for day in (self.start, self.end):
            day.setDisplayFormat("yyyy-MM-dd")
            day.setCalendarPopup(True)
            day.dateChanged.connect(self._moved)
        self.year.currentIndexChanged.connect(self._moved)
        self.part.currentIndexChanged.connect(self._moved)
        self._show_days()

    def period(self) -> Period | None:
        """The period that is chosen; None while the last day is before the first."""
        part = str(self.part.currentData())
        if part == _ANY:
            return parse_range(SPAN.join(one.date().toString("yyyy-MM-dd") for one in (self.start, self.end)))
        year = str(self.year.currentData())
        return parse_range(SPAN.join(year + one for one in part.split(SPAN)))

    def choose(self, label: str) -> None:
        """Chooses a year, quarter or month by its label."""
        self.year.setCurrentIndex(self.year.findData(label[:4]))
        self.part.setCurrentIndex(self.part.findData(label[4:]))

    def _moved(self) -> None:
        self._show_days()
        self.changed.emit()

    def _show_days(self) -> None:
        is_any = self.part.currentData() == _ANY
        self.year.setHidden(is_any)
        for one in (self.start, self._between, self.end):
            one.setVisible(is_any)
