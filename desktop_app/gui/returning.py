"""Where a person is, to come back to: after the vault was locked, and after other forms came into force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from desktop_app.gui.desk import Address
from desktop_app.gui.frame import Frame
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.record_page import RecordPage


@dataclass(frozen=True, slots=True)
class Place:
    """
    Whose place in which vault; addresses and names of widgets only, nothing that was typed.

    Attributes:
        pages: Address and draft of each open page; the draft holds what was not saved, encrypted.
        tab: Of the record page in front.
        widget: Object name of what had the cursor. cursor: Where in its text.
    """

    folder: Path
    user: str
    pages: Sequence[tuple[str, str]]
    front: int
    tab: int = 0
    widget: str = ""
    cursor: int = 0


def remember_place(frame: Frame, focus: QWidget | None) -> Place:
    """
    Where the person is.

    Args:
        focus: What had the cursor before the drafts were kept.
    """
    pages = frame.pages()
    current = frame.current()
    kept = [(str(one.address), one.drafting.draft_id if isinstance(one, RecordPage) else "") for one in pages]
    inside = focus is not None and current is not None and current.isAncestorOf(focus)
    return Place(
        folder=frame.desk.folder,
        user=frame.desk.vault.actor,
        pages=tuple(kept),
        front=frame.tabs.currentIndex(),
        tab=current.tabs.currentIndex() if isinstance(current, RecordPage) else 0,
        widget=focus.objectName() if inside and focus is not None else "",
        cursor=_cursor(focus) if inside else 0,
    )


def go_back(frame: Frame, place: Place) -> None:
    """Opens the pages again, if they are this user's in this vault; a record that is gone is left out."""
    if (place.folder, place.user) != (frame.desk.folder, frame.desk.vault.actor):
        return
    for address, draft in place.pages:
        options = {"draft": draft} if draft else {}
        frame.desk.act(lambda address=address, options=options: frame.desk.open(address, **options))  # type: ignore[misc]
    _to_place(frame, place)


def draw_anew(frame: Frame, but: QObject) -> None:
    """
    Draws the navigation, the lists and the records by the forms now in force; the other pages read them anew.

    What is typed moves over as a draft, filters of a list stay; a page whose text cannot be kept stays as it is.

    Args:
        but: The page that brought the forms; it stays as it is.
    """
    focus = frame.window().focusWidget()
    place = remember_place(frame, focus)
    frame.draw_navigation()
    for page in frame.pages():
        if page is but:
            continue
        if not isinstance(page, ListPage | RecordPage):
            page.is_stale = True
        elif isinstance(page, ListPage) or page.drafting.keep():
            _replace(frame, page)
    _to_place(frame, place)
    if (current := frame.current()) is not None:
        current.show_now()
        frame.navigation.point_at(str(current.address))


def _replace(frame: Frame, page: ListPage | RecordPage) -> None:
    at = frame.tabs.indexOf(page)
    options = page.choices() if isinstance(page, ListPage) else {"draft": page.drafting.draft_id}
    frame.drop(page)
    made = frame.open(Address(page.address.kind, page.address.key, options))
    frame.tabs.tabBar().moveTab(frame.tabs.indexOf(made), at)


def _to_place(frame: Frame, place: Place) -> None:
    frame.tabs.setCurrentIndex(place.front)
    current = frame.current()
    if isinstance(current, RecordPage):
        current.tabs.setCurrentIndex(place.tab)
    found = current.findChild(QWidget, place.widget) if current is not None and place.widget else None
    if isinstance(found, QWidget):
        found.setFocus()
        _put_cursor(found, place.cursor)


def _cursor(widget: QWidget | None) -> int:
    if isinstance(widget, QLineEdit):
        return widget.cursorPosition()
    return widget.textCursor().position() if isinstance(widget, QPlainTextEdit | QTextEdit) else 0


def _put_cursor(widget: QWidget, at: int) -> None:
    if isinstance(widget, QLineEdit):
        widget.setCursorPosition(at)
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        cursor = widget.textCursor()
        cursor.setPosition(min(at, len(widget.toPlainText())), QTextCursor.MoveMode.MoveAnchor)
        widget.setTextCursor(cursor)
