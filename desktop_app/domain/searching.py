"""
What of a record is found by typing, and when a text stands in it; pure functions.

Text is compared without case, width, spaces and punctuation, so that `〔2025〕3号` is found by `20253号`.
Letters also stand for the pinyin initials of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from desktop_app.domain.pinyin import readings
from desktop_app.schema.model import Ledger

_NO_WORD = re.compile(r"[\W_]+")
_TEXTS = frozenset({"text", "long_text", "serial", "doc_no", "uscc", "period", "phone", "resident_id"})
_ALWAYS = frozenset({"serial", "doc_no", "uscc"})
"""Types that identify a record on paper: found even where the form does not list them."""


def search_keys(ledger: Ledger) -> tuple[str, ...]:
    """
    The fields in which a record of the ledger is found.

    Those that the form names (its columns when it names none), those of the title, and numbers on paper.
    A private field is searched only where the form names it.
    """
    view = ledger.list
    named = view.search or tuple(key for key in view.columns if not ledger.fields[key].private)
    found = []
    for key, field in ledger.fields.items():
        is_shown = not field.private and (f"{{{key}}}" in ledger.title or field.type.name in _ALWAYS)
        if field.type.name in _TEXTS and not field.derive and (key in named or is_shown):
            found.append(key)
    return tuple(found)


def normalized(text: str) -> str:
    """A text as it is compared."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NO_WORD.sub("", text).lower()


def words(text: str) -> tuple[str, ...]:
    """What was typed, as words that are all to be found."""
    return tuple(dict.fromkeys(one for one in map(normalized, text.split()) if one))


def runs(values: Iterable[object]) -> list[str]:
    """The texts of a record's search fields in every form in which they are found, each once."""
    found: dict[str, None] = {}
    for value in values:
        if isinstance(value, str) and (text := normalized(value)):
            found[text] = None
            if not text.isascii():
                found.update(dict.fromkeys(readings(text)))
    return list(found)


def stand_in(wanted: Sequence[str], values: Iterable[object]) -> bool:
    """Whether each of the words stands in one of the values, as characters or as their initials."""
    texts = runs(values)
    return all(any(word in text for text in texts) for word in wanted)


def where_found(wanted: Sequence[str], keys: Iterable[str], values: Mapping[str, object]) -> str:
    """The first of the fields in which one of the words stands, empty when none does."""
    found = (key for key in keys if any(stand_in([word], [values.get(key)]) for word in wanted))
    return next(found, "")
