"""What makes typing a record quicker: values to start with, copies of the last record, fields that keep their value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desktop_app.actions.entry import last_values

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage


def start_values(page: RecordPage) -> None:
    """Types in what the address brings: values kept from the record before, or the words that were searched for."""
    kept = page.address.options.get("kept")
    if isinstance(kept, Mapping):
        page.form.type_in(kept)
        for key in kept:
            page.form.boxes[key].set_sticky(True)
    typed = str(page.address.options.get("typed") or "")
    first_text = next((key for key, box in page.form.boxes.items() if box.field.type.name == "text"), None)
    if typed and first_text:
        page.form.type_in({first_text: typed})
    page.judge()


def focus_first(page: RecordPage) -> None:
    """Puts the cursor into the first empty field."""
    for box in page.form.boxes.values():
        if box.editor is not None and box.editor.value() is None and box.isVisibleTo(page):
            box.editor.main.setFocus()
            return


def copy_last(page: RecordPage) -> None:
    """F2: the value that the last record of this ledger has in this field."""
    box, messages = page.form.focused(), page.desk.messages
    if box is None or box.editor is None:
        messages.say("请先把光标放在要填的字段里，再按 F2 复制上一条的值。", "hint")
        return
    value = last_values(page.desk.vault, page.ledger.key).get(box.field.key)
    if value is None:
        messages.say(f"上一条记录的“{box.field.label}”是空的。", "hint")
        return
    page.put({box.field.key: value})


def toggle_sticky(page: RecordPage) -> None:
    """F3: the field in front keeps its value for the next record, or no longer does."""
    box = page.form.focused()
    if box is not None:
        box.set_sticky(not box.is_sticky)


def leave_field(page: RecordPage) -> None:
    """Ends typing in the field in front, so that its text takes its usual form."""
    box = page.form.focused()
    tidy = getattr(box.editor, "tidy", None) if box else None
    if tidy is not None:
        tidy()
