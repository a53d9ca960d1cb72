"""Searching all ledgers at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.actions.records import find_ledger
from desktop_app.domain.searching import where_found, words
from desktop_app.domain.titles import masked
from desktop_app.schema.model import Ledger
from desktop_app.schema.types import show_value
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.search import behind, catch_up, find
from desktop_app.storage.vault import Vault

FEW = 2_000
"""Rows that a search looks at one by one without anybody noticing."""
SHARE = 10_000
BIT = 200
"""Rows that the index takes in while a person would not notice that something else is going on."""
_AROUND = 12
"""Characters shown on each side of what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    A record that was found.

    Attributes:
        title: As in lists, private values masked.
        snippet: The field in which the text stands and what is around it, masked when the field is private.
    """

    record_id: str
    ledger: str
    title: str
    office_name: str
    snippet: str


def search(vault: Vault, text: str, *, ledgers: Iterable[str] = (), limit: int = 50) -> list[Found]:
    """
    Records that are not deleted in whose search fields all words of the text stand, those changed last first.

    Args:
        text: Words with spaces between them; letters also stand for the pinyin initials of characters.
        ledgers: Only these, by key or label; all when empty.

    Raises:
        ActionRefused: unknown_ledger.
    """
    within = [find_ledger(vault, name).key for name in ledgers]
    wanted = words(text)
    keep_up(vault)
    with vault.read() as connection:
        reading = Reading(vault, connection)
        records = find(connection, vault.rows, text, ledgers=within, limit=limit)
        titles = reading.titles(records)
        return [
            Found(
                one.id,
                one.ledger,
                titles[one.id],
                reading.office_name(one.office),
                _snippet(vault.pack.ledgers[one.ledger], one, wanted, vault.rows[one.ledger].search_keys),
            )
            for one in records
        ]


def _snippet(ledger: Ledger, record: StoredRecord, wanted: tuple[str, ...], keys: tuple[str, ...]) -> str:
    key = where_found(wanted, keys, record.values)
    if not key:
        return ""
    field = ledger.fields[key]
    text = show_value(record.values[key], field)
    if field.private:
        return f"{field.label}：{masked(field, text)}"
    lower = text.lower()
    at = next((place for word in wanted if (place := lower.find(word)) >= 0), 0)
    start, end = max(0, at - _AROUND), at + 2 * _AROUND
    return f"{field.label}：{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def keep_up(vault: Vault) -> None:
    """
    Takes new rows into the index when there are so many that a search would notice; before one, and after much was
    written. One call does a share: a second's work at most.
    """
    with vault.read() as connection:
        if behind(connection) <= FEW:
            return
    with vault.write("") as connection:
        catch_up(connection, vault.rows, SHARE)


def index_some(vault: Vault) -> int:
    """
    Takes a bit into the index, for a program that has nothing else to do.

    Returns:
        How many rows are left to take; 0 when a search would not notice them.
    """
    with vault.read() as connection:
        if behind(connection) <= FEW:
            return 0
    with vault.write("") as connection:
        n_left = catch_up(connection, vault.rows, BIT)
    return n_left if n_left > FEW else 0
