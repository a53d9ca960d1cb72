"""Finding records and options by a few typed characters, for editors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from desktop_app.actions.records import find_ledger
from desktop_app.storage.lists import matching
from desktop_app.storage.reading import Reading
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a reference may point at."""

    record_id: str
    title: str


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """First letters of the pinyin of each character, lower case; other characters as they are."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def candidates(vault: Vault, ledger_name: str, text: str, *, limit: int = 20) -> list[Candidate]:
    """
    Records of a ledger in whose title or search fields the text stands, newest first.

    Raises:
        ActionRefused: unknown_ledger.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.read() as connection:
        reading = Reading(vault, connection)
        found = matching(vault, connection, ledger.key, text.strip(), limit)
        titles = reading.titles(found)
    return [Candidate(one.id, titles[one.id]) for one in found]


def title_of(vault: Vault, ledger_name: str, record_id: str) -> str:
    """
    The title of a record, the beginning of its id when it is not there.

    Raises:
        ActionRefused: unknown_ledger.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.read() as connection:
        return Reading(vault, connection).title_of(ledger.key, record_id)
