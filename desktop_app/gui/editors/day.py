"""A date: typed in any usual way, or picked from a calendar."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCalendarWidget

from desktop_app.base.clock import today
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.line import LineEditor
from desktop_app.gui.naming import named
from desktop_app.gui.page import tool_button
from desktop_app.schema.model import Field

_MONTH_DAY = re.compile(r"([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_SHORT_YEAR = re.compile(r"([0-9]{2})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_WEEKDAYS = "一二三四五六日"


def complete_date(text: str, day: date) -> str:
    """
    What a short date stands for: `3-5` this year, `25.3.5` this century, `今天`, `昨天`; other text as it is.

    Args:
        day: Today.
    """
    plain = text.strip()
    if plain in ("今天", "今", "t"):
        return day.isoformat()
    if plain in ("昨天", "昨"):
        return date.fromordinal(day.toordinal() - 1).isoformat()
    if found := _MONTH_DAY.fullmatch(plain):
        return f"{day.year}-{found[1]}-{found[2]}"
    if found := _SHORT_YEAR.fullmatch(plain):
        return f"20{found[1]}-{found[2]}-{found[3]}"
    return text


class DayEditor(LineEditor):
    """A line for a date with a calendar behind a button (Alt+↓)."""

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__(field, desk, name)
        self.line.setPlaceholderText("如 20250305、3-5、2025.3.5")
        pick = tool_button("▾", f"{name}.calendar", f"{field.label}：打开日历")
        pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        pick.clicked.connect(self._open_calendar)
        self._pick = pick
        self._row.addWidget(pick)
        self._calendar: QCalendarWidget | None = None
        QShortcut(QKeySequence("Alt+Down"), self.line, self._open_calendar, context=Qt.ShortcutContext.WidgetShortcut)

    def completed(self, text: str) -> str:
        """Short dates are of this year."""
        return complete_date(text, today(self.desk.vault.clock))

    def value(self) -> object:
        """The date, short forms completed."""
        found = super().value()
        return self.completed(found) if isinstance(found, str) else found

    def explain(self) -> None:
        """The weekday, for a limit that is to be met."""
        try:
            day = date.fromisoformat(self.line.text())
        except ValueError:
            self.set_note("")
            return
        self.line.setToolTip(f"星期{_WEEKDAYS[day.weekday()]}")

    def set_read_only(self, is_read_only: bool) -> None:
        """The calendar goes too."""
        super().set_read_only(is_read_only)
        self._pick.setEnabled(not is_read_only)

    def _open_calendar(self) -> None:
        if self._calendar is None:
            self._calendar = named(QCalendarWidget(self), f"{self.name}.days", f"{self.field.label}：日历")
            self._calendar.setWindowFlag(Qt.WindowType.Popup)
            self._calendar.setLocale(QLocale(QLocale.Language.Chinese))
            self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
            self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            self._calendar.activated.connect(self._picked)
            self._calendar.clicked.connect(self._picked)
        shown = QDate.fromString(self.line.text(), "yyyy-MM-dd")
        day = today(self.desk.vault.clock)
        self._calendar.setSelectedDate(shown if shown.isValid() else QDate(day.year, day.month, day.day))
        self._calendar.move(self.line.mapToGlobal(QPoint(0, self.line.height())))
        self._calendar.show()
        self._calendar.setFocus()

    def _picked(self, day: QDate) -> None:
        assert self._calendar is not None
        self._calendar.hide()
        self.line.setText(day.toString("yyyy-MM-dd"))
        self.line.setFocus()
        self.explain()
        self.edited.emit()
