"""What the frame knows of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.changes import Changes
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named


class Tall(QWidget):
    """Its least height lets wrapped sentences be read whole in the width there is; Qt's own counts one line of each."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """What the layout needs."""
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is not None and layout.hasHeightForWidth():
            width = max(self.width(), least.width())
            least.setHeight(max(least.height(), layout.minimumHeightForWidth(width)))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        """Another width, other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Page(Tall):
    """
    One tab of the frame.

    Signals: `titled(str)` when the words on its tab change; `finished()` when it wants to be closed.
    """

    titled = Signal(str)
    finished = Signal()
    manual: ClassVar[str] = "start"
    """The page of the manual that speaks of this one, by its file's name."""

    def __init__(self, desk: Desk, address: Address, title: str) -> None:
        super().__init__()
        self.desk = desk
        self.address = address
        self.title = title
        self.is_stale = True
        named(self, f"page.{address.kind}", title)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Nothing behind another tab: the page in front is not to be scrolled for the needs of those."""
        return QSize(0, 0) if self.isHidden() else super().minimumSizeHint()

    def manual_page(self) -> str:
        """The page of the manual for what is shown just now; a page that shows several things overrides it."""
        return self.manual

    def set_title(self, title: str) -> None:
        """Changes the words on the tab."""
        self.title = title
        self.setAccessibleName(title)
        self.titled.emit(title)

    def show_now(self) -> None:
        """Called by the frame each time the page comes to the front."""
        if self.is_stale:
            self.is_stale = False
            self.refresh()

    def refresh(self) -> None:
        """Reads and draws anew; a page overrides it."""

    def take_focus(self) -> None:
        """Called by the frame when the page was opened, or came to the front and nothing in it has the focus."""
        focus_inside(self)

    def reopen(self, address: Address) -> None:
        """Called when the page is asked for again, with new options."""
        self.address = address

    def concerns(self, changes: Changes) -> bool:
        """Whether a change means drawing anew; a page that shows one ledger narrows this."""
        return bool(changes.ledgers or changes.settings)

    def heard(self, changes: Changes, initiator: QObject | None) -> None:
        """Told of every write; drawn anew when it is next in front."""
        if initiator is not self and self.concerns(changes):
            self.is_stale = True
            if self.isVisible():
                self.show_now()

    def may_leave(self) -> bool:
        """Asked before the tab closes, the vault locks or the program ends; False keeps everything as it is."""
        return True


def stops(root: QWidget) -> list[QWidget]:
    """What the Tab key stops at inside a widget, in the order in which it was made."""
    inside: Iterable[QWidget] = root.findChildren(QWidget)
    here = [one for one in inside if one.window() is root.window()]  # no lists that open in windows of their own
    return [one for one in here if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]


def focus_inside(root: QWidget) -> None:
    """Gives the focus to the first place inside a widget that can be seen and takes keys."""
    for one in stops(root):
        if one.isVisible() and one.isEnabled():
            one.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def heading(text: str) -> QLabel:
    """The title line of a page."""
    label = QLabel(text)
    label.setProperty("kind", "title")
    return label


def faint(text: str) -> QLabel:
    """A sentence that explains, in a faint colour and wrapped."""
    label = QLabel(text, wordWrap=True)
    label.setProperty("kind", "faint")
    return label


class Elided(QLabel):
    """A line that gives way: what there is no room for is left out, and the whole is said by the tool tip."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802 Qt's name
        """The whole text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Some characters and the dots."""
        return QSize(self.fontMetrics().averageCharWidth() * 8, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        """The text, or as much as there is room for."""
        del event
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), self.alignment(), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )


class _Barred(QPushButton):
    """What the user's role does not allow: grey, and saying why, whatever else the page would say of it."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        super().setEnabled(False)
        super().setToolTip(why)
        self.setAccessibleDescription(why)

    def setEnabled(self, _: bool) -> None:  # noqa: N802 Qt's name
        """It stays as it is."""

    def setToolTip(self, _: str) -> None:  # noqa: N802 Qt's name
        """The reason stays."""


def button(text: str, object_name: str, *, kind: str = "", tip: str = "", why: str = "") -> QPushButton:
    """
    A push button.

    Args:
        kind: primary, flat, link or empty.
        why: Why the user's role does not allow it (`Desk.why_not`); it is grey then, and says this.
    """
    made = named(_Barred(text, why) if why else QPushButton(text), object_name, text)
    made.setAutoDefault(True)  # Enter presses it when it has the focus, in a window as in a dialog
    if kind:
        made.setProperty("kind", kind)
    if tip:
        made.setToolTip(tip)
    return made


def tool_button(text: str, object_name: str, accessible_name: str) -> QToolButton:
    """A small button with a sign on it."""
    made = named(QToolButton(), object_name, accessible_name)
    made.setText(text)
    return made


def row_of(*widgets: QWidget | int) -> QHBoxLayout:
    """A row of widgets; an int is a stretch."""
    row = QHBoxLayout()
    for one in widgets:
        if isinstance(one, int):
            row.addStretch(one)
        else:
            row.addWidget(one)
    return row


def column_of(parent: QWidget, *, margin: int = 16, spacing: int = 10) -> QVBoxLayout:
    """The column layout that pages stand in."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(spacing)
    return column


def put_in_middle(card: QFrame, page: QWidget, object_name: str, accessible_name: str) -> None:
    """Puts a card in the middle of a page, scrolled where the text is too large for the screen."""
    field = QWidget()
    QVBoxLayout(field).addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
    scroll = named(QScrollArea(), object_name, accessible_name)
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(field)
    column_of(page, margin=0).addWidget(scroll)
