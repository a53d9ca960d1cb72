"""What is typed on a record's page and not saved: taken out for a draft, and typed in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

_TITLE_CHARS = 20


def unsaved(page: RecordPage) -> dict[str, object]:
    """Fields, rows of child tables and fields of steps that are typed and not written; empty for nothing."""
    parts: dict[str, object] = {
        "fields": page.form.changed() if page.is_typed_in else {},
        "rows": {key: rows for key, table in page.children_tables.items() if (rows := table.unkept())},
        "steps": page.steps.typed() if page.steps is not None else {},
    }
    found = {key: value for key, value in parts.items() if value}
    if found and page.shown is not None:
        found["heads"] = list(page.shown.record.heads)
    return found


def type_in(page: RecordPage, content: Mapping[str, object]) -> None:
    """Types a draft into a page; what the forms no longer know is left out."""
    fields, rows, steps = (content.get(key) for key in ("fields", "rows", "steps"))
    if isinstance(steps, dict) and page.steps is not None:
        page.steps.type_in(steps)
    for key, each in rows.items() if isinstance(rows, dict) else ():
        if key in page.children_tables:
            page.children_tables[key].type_in(each)
    if isinstance(fields, dict):
        page.form.uncover_all(fields)
        page.put({key: value for key, value in fields.items() if key in page.form.boxes})
    page.judge()


def draft_title(page: RecordPage) -> str:
    """What a person knows the unsaved text by; nothing private stands in it."""
    if page.shown is not None:
        return page.title
    texts = (
        str(box.editor.value())
        for box in page.form.boxes.values()
        if box.editor is not None and not box.field.private and box.field.type.name in ("text", "long_text")
        if box.editor.value()
    )
    first = next(texts, "")
    return f"新增{page.ledger.label}" + (f"：{first[:_TITLE_CHARS]}" if first else "")
