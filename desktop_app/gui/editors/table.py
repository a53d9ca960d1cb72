"""Which editor a kind of field has: one row each."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.attachments import AttachmentsEditor
from desktop_app.gui.editors.choice import ChoiceEditor, FlagEditor
from desktop_app.gui.editors.choices import ChoicesEditor
from desktop_app.gui.editors.day import DayEditor
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.editors.line import LineEditor, MoneyEditor, ResidentIdEditor
from desktop_app.gui.editors.long_text import LongTextEditor
from desktop_app.gui.editors.reference import ReferenceEditor
from desktop_app.schema.model import Field

EDITORS: Mapping[str, type[Editor]] = {
    "text": LineEditor,
    "long_text": LongTextEditor,
    "count": LineEditor,
    "money": MoneyEditor,
    "pair": LineEditor,
    "date": DayEditor,
    "period": LineEditor,
    "choice": ChoiceEditor,
    "choices": ChoicesEditor,
    "flag": FlagEditor,
    "uscc": LineEditor,
    "resident_id": ResidentIdEditor,
    "phone": LineEditor,
    "reference": ReferenceEditor,
    "references": ReferenceEditor,
    "region": ChoiceEditor,
    "doc_no": LineEditor,
    "serial": LineEditor,
    "attachments": AttachmentsEditor,
}


def editor_for(field: Field, desk: Desk, name: str) -> Editor:
    """The editor of a field; `name` is its object name."""
    return EDITORS[field.type.name](field, desk, name)
