"""What every editor of a field can do."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.schema.model import Field


class Editor(QWidget):
    """
    The editor of one field: `value`, `set_value`, `show_problem`, signal `edited` on every change by the person,
    and `passed_on` when she has chosen from a list of what fits and goes on to the next field.

    Attributes:
        is_wide: Takes both columns of the form.
    """

    edited = Signal()
    passed_on = Signal()
    is_wide: ClassVar[bool] = False

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__()
        self.field = field
        self.desk = desk
        self.name = name
        named(self, f"{name}.editor", field.label)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.main: QWidget = self

    def use(self, main: QWidget) -> None:
        """Makes this the widget that has the focus and shows the problem's colour."""
        self.main = named(main, self.name, self.field.label)
        if self.field.help:
            main.setToolTip(self.field.help)
        self.setFocusProxy(main)

    def value(self) -> object:
        """What stands there, raw: text as typed or a canonical value; None for nothing."""
        raise NotImplementedError  # each editor has its own; Qt's metaclass leaves no room for ABC's

    def set_value(self, value: object) -> None:
        """Shows a canonical value, or raw text that was kept in a draft; says nothing through `edited`."""
        raise NotImplementedError  # as above

    def set_read_only(self, is_read_only: bool) -> None:
        """Lets the person read and copy, and no more."""
        self.main.setEnabled(not is_read_only)

    def show_problem(self, level: str) -> None:
        """Colours the editor; `level` error, explain, hint or empty. The words stand beside it."""
        if self.main.property("state") != level:
            self.main.setProperty("state", level)
            restyle(self.main)
