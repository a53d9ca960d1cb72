"""The entry form of a record, drawn from the sections of its ledger: labels, editors, and problems in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.base.errors import Problem
from desktop_app.domain.titles import masked
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.editors.table import editor_for
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import button
from desktop_app.schema.model import Field, Ledger
from desktop_app.schema.types import show_value

_KIND = {"error": "error", "explain": "warning", "hint": "faint"}


class FieldBox(QWidget):
    """One field: its label, its editor (or the printed value of a derived field), and its problem under it."""

    edited = Signal(str)

    def __init__(self, field: Field, desk: Desk, name: str) -> None:
        super().__init__()
        self.field = field
        self._desk = desk
        self._name = f"{name}.{field.key}"
        self.is_sticky = False
        self.label = named(QLabel(), f"{self._name}.label")
        self.problem = named(QLabel(wordWrap=True), f"{self._name}.problem")
        self.problem.hide()
        self.editor: Editor | None = None
        self._printed: QLabel | None = None
        self._cover: QPushButton | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.label)
        if field.derive:
            self._printed = named(QLabel(), self._name, field.label)
            self._printed.setProperty("kind", "faint")
            self._printed.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(self._printed)
        else:
            self.editor = editor_for(field, desk, self._name)
            self.editor.edited.connect(self._edited)
            self.label.setBuddy(self.editor.main)
            column.addWidget(self.editor)
        column.addWidget(self.problem)
        self._column = column
        self._write_label()

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of the form."""
        return self.editor is not None and self.editor.is_wide

    def _write_label(self) -> None:
        star = " <span style='color:#b3261e'>*</span>" if self.field.required else ""
        sticky = " 〔固定〕" if self.is_sticky else ""
        self.label.setText(f"{self.field.label}{star}{sticky}")
        self.label.setToolTip("\n".join(part for part in (self.field.help, self.field.source) if part))

    def set_sticky(self, is_sticky: bool) -> None:
        """A sticky value stays in the form for the next record."""
        self.is_sticky = is_sticky
        self._write_label()

    def cover(self, printed: str, uncover: Callable[[], None], why: str) -> None:
        """
        Puts a button in place of a private value, which is not in the editor; `uncover` shows it.

        Args:
            why: Why the user's role does not allow to look at it, empty when it does.
        """
        assert self.editor is not None
        if self._cover is not None:
            return
        self.editor.hide()
        self._cover = button(f"{printed}　显示", f"{self._name}.uncover", tip="隐私内容，点击显示", why=why)
        self._cover.setAccessibleName(f"显示{self.field.label}")
        self._cover.clicked.connect(uncover)
        self._column.insertWidget(1, self._cover)

    def uncover(self) -> None:
        """Takes the button away."""
        if self._cover is not None and self.editor is not None:
            self._cover.deleteLater()
            self._cover = None
            self.editor.show()
            self.editor.setFocus()

    @property
    def is_covered(self) -> bool:
        """Whether its value is not shown; it then counts as not typed."""
        return self._cover is not None

    def show_derived(self, text: str) -> None:
        """The printed value of a derived field."""
        if self._printed is not None:
            self._printed.setText(masked(self.field, text) or "—")

    def show_problem(self, found: Problem | None) -> None:
        """The words of a problem, or none."""
        level = found.level if found else ""
        if self.editor is not None:
            self.editor.show_problem(level)
        self.problem.setVisible(found is not None)
        if found is not None:
            self.problem.setProperty("kind", _KIND[found.level])
            self.problem.setText(found.message)
            restyle(self.problem)

    def _edited(self) -> None:
        self.edited.emit(self.field.key)


class SectionForm(QScrollArea):
    """One section in two columns; long texts and lists take both."""

    def __init__(self, boxes: list[FieldBox], name: str, label: str) -> None:
        super().__init__()
        named(self, name, label)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        outer = QHBoxLayout(inner)
        outer.setContentsMargins(14, 12, 14, 12)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        outer.addLayout(self._grid)
        for box in boxes:
            box.setParent(inner)  # what is shown without a parent flashes as a window of its own
        self._boxes = boxes
        self._places: list[tuple[FieldBox, bool]] = []
        self.setWidget(inner)
        self.arrange({box.field.key for box in boxes})

    def arrange(self, shown: Iterable[str]) -> None:
        """Places the fields that are shown, so that hidden ones leave no holes."""
        keys = set(shown)
        places = [(box, box.field.key in keys) for box in self._boxes]
        if places == self._places:
            return
        self._places = places
        row, column = 0, 0
        for box, is_shown in places:
            self._grid.removeWidget(box)
            box.setVisible(is_shown)
            if not is_shown:
                continue
            if box.is_wide:
                row, column = row + (1 if column else 0), 0
                self._grid.addWidget(box, row, 0, 1, 2)
                row += 1
            else:
                self._grid.addWidget(box, row, column, Qt.AlignmentFlag.AlignTop)
                row, column = (row, 1) if column == 0 else (row + 1, 0)
        for at in range(row + 2):
            self._grid.setRowStretch(at, 0)
        self._grid.setRowStretch(row + 2, 1)


class RecordForm(QObject):
    """
    The boxes of all fields of a ledger, by section; knows what was typed since the record was shown.

    Signal `edited(key)` on every change by the person.
    """

    edited = Signal(str)

    def __init__(self, ledger: Ledger, desk: Desk, name: str, *, skip: Iterable[str] = ()) -> None:
        super().__init__()
        self.ledger = ledger
        self._before: dict[str, object] = {}
        self._seen: set[str] = set()
        left_out = {*skip, "state", "parent"}
        self.boxes: dict[str, FieldBox] = {}
        self.sections: dict[str, SectionForm] = {}
        for at, section in enumerate(ledger.sections):
            keys = [key for key in section.fields if key in ledger.fields and key not in left_out]
            boxes = [FieldBox(ledger.fields[key], desk, name) for key in keys]
            if not boxes:
                continue
            for box in boxes:
                self.boxes[box.field.key] = box
                box.edited.connect(self.edited)
            self.sections[section.label] = SectionForm(boxes, f"{name}.section{at}", section.label)
        for section_form in self.sections.values():
            section_form.widget().installEventFilter(self)
        self._watch_enter()

    def _watch_enter(self) -> None:
        for box in self.boxes.values():
            if box.editor is not None and not isinstance(box.editor.main, QPlainTextEdit):
                box.editor.main.installEventFilter(self)
                box.editor.passed_on.connect(partial(self._move_on, box.editor.main))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """Enter moves on to the next field, as in the tables clerks know."""
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QWidget):  # type: ignore[attr-defined]
            if isinstance(watched, QPushButton | QToolButton) or QApplication.activePopupWidget() is not None:
                return False
            box = self._box_of(watched)
            if box is not None and getattr(getattr(box.editor, "popup", None), "isVisible", bool)():
                return False  # the list of found records takes it
            self._move_on(watched)
            return True
        return super().eventFilter(watched, event)

    def _box_of(self, widget: QWidget) -> FieldBox | None:
        return next((box for box in self.boxes.values() if box.editor is not None and box.editor.main is widget), None)

    def _move_on(self, widget: QWidget) -> None:
        """To the next editor of the form that can be seen; `editingFinished` comes with the loss of focus."""
        order = [
            box.editor.main for box in self.boxes.values() if box.editor is not None and box.isVisibleTo(box.window())
        ]
        order = [one for one in order if one.isVisible()]
        if widget in order and order[-1] is not widget:
            order[order.index(widget) + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            widget.clearFocus()

    # Values

    def fill(self, values: Mapping[str, object]) -> None:
        """Shows a record; what is typed from now on counts as changed."""
        for key, box in self.boxes.items():
            if box.editor is not None:
                box.editor.set_value(values.get(key))
            else:
                box.show_derived(show_value(values.get(key), box.field))
        self._before = {key: box.editor.value() for key, box in self.boxes.items() if box.editor is not None}

    def cover_private(self, values: Mapping[str, object], reveal: Callable[[str], bool]) -> None:
        """
        Leaves the private values of a kept record out of the editors until the person asks for each.

        Args:
            reveal: Asked with the field's key; False when the person may not see it.
        """
        for key, box in self.boxes.items():
            if box.field.private and values.get(key) is not None and box.editor is not None and key not in self._seen:
                printed = masked(box.field, show_value(values[key], box.field))
                box.editor.set_value(None)
                box.cover(printed, partial(self._uncover, key, values[key], reveal), box.editor.desk.why_not("private"))

    def _uncover(self, key: str, value: object, reveal: Callable[[str], bool]) -> None:
        if not reveal(key):
            return
        self._seen.add(key)
        box = self.boxes[key]
        assert box.editor is not None
        box.editor.set_value(value)
        self._before[key] = box.editor.value()
        box.uncover()

    def uncover_all(self, keys: Iterable[str]) -> None:
        """Takes the covers off these fields, which the person has typed into."""
        for key in keys:
            if key in self.boxes and self.boxes[key].is_covered:
                self._seen.add(key)
                self.boxes[key].uncover()

    def leave_uncovered(self) -> None:
        """What the person has typed just now need not be hidden from her."""
        self._seen.update(self.boxes)

    def type_in(self, raw: Mapping[str, object]) -> None:
        """Puts values in as if typed, such as those of a draft."""
        for key, value in raw.items():
            box = self.boxes.get(key)
            if box is not None and box.editor is not None:
                box.editor.set_value(value)

    def raw(self) -> dict[str, object]:
        """Everything that stands in the form, by field key; None for empty."""
        return {
            key: box.editor.value() for key, box in self.boxes.items() if box.editor is not None and not box.is_covered
        }

    def changed(self) -> dict[str, object]:
        """What differs from what was shown at first."""
        return {key: value for key, value in self.raw().items() if value != self._before.get(key)}

    def set_read_only(self, is_read_only: bool, also: Collection[str] = ()) -> None:
        """For a record that belongs to another office or is deleted; `also` are fields that are fixed by now."""
        for key, box in self.boxes.items():
            if box.editor is not None:
                box.editor.set_read_only(is_read_only or key in also)

    # What the rules say

    def show_look(self, derived: Mapping[str, str], shown: Iterable[str], problems: Iterable[Problem]) -> None:
        """Derived values, fields that come and go, problems beside their fields; one problem a field, the worst."""
        for key, text in derived.items():
            if key in self.boxes:
                self.boxes[key].show_derived(text)
        raw = self.raw()
        visible = {*shown, *(key for key, value in raw.items() if value is not None)}
        for section in self.sections.values():
            section.arrange(visible)
        first: dict[str, Problem] = {}
        for one in problems:
            first.setdefault(one.key, one)
        for key, box in self.boxes.items():
            box.show_problem(first.get(key))

    def focused(self) -> FieldBox | None:
        """The box the person is in."""
        widget = QApplication.focusWidget()
        while widget is not None:
            if isinstance(widget, FieldBox) and self.boxes.get(widget.field.key) is widget:
                return widget
            widget = widget.parentWidget()
        return None
