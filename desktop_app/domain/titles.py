"""Templates with `{field}` places filled from a record: its title, an event's words."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.schema.model import Field, Ledger
from desktop_app.schema.types import show_value

MASK = "***"


def fill_template(
    template: str, ledger: Ledger, values: Mapping[str, object], names: Mapping[str, str] | None = None
) -> str:
    """
    The template with the record's values printed, runs of spaces made one.

    Args:
        names: Id → title of records referred to; an id that is not in it is left out.
    """
    return " ".join(template.format_map(_Shown(ledger, values, names or {})).split())


class _Shown(dict[str, str]):
    """Field → its value printed; a template asks for two or three of many."""

    def __init__(self, ledger: Ledger, values: Mapping[str, object], names: Mapping[str, str]) -> None:
        super().__init__()
        self._ledger, self._values, self._names = ledger, values, names

    def __missing__(self, key: str) -> str:
        return _shown(self._ledger.fields[key], self._values.get(key), self._names)


def _shown(field: Field, value: object, names: Mapping[str, str]) -> str:
    if field.ledger and value is not None:
        ids = map(str, value) if isinstance(value, list) else [str(value)]
        return "、".join(names[one] for one in ids if one in names)
    return masked(field, show_value(value, field))


def masked(field: Field, text: str) -> str:
    """The text, or for a private field its first character and stars; the text's length is not told."""
    return text[:1] + MASK if field.private and text else text


def title_references(ledger: Ledger, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Ledger and id of each record whose title stands in this record's title."""
    found = []
    for key, field in ledger.fields.items():
        value = values.get(key)
        if field.ledger and value is not None and f"{{{key}}}" in ledger.title:
            found += [(field.ledger, str(one)) for one in (value if isinstance(value, list) else [value])]
    return found
