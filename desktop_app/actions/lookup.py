"""Finding records by a few typed characters, for editors that refer to them."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.actions.records import find_ledger
from desktop_app.storage.reading import Reading
from desktop_app.storage.search import find
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a reference may point at."""

    record_id: str
    title: str


def candidates(vault: Vault, ledger_name: str, text: str, *, limit: int = 20) -> list[Candidate]:
    """
    Records of a ledger in whose search fields all words of the text stand, those entered or changed last first.

    Raises:
        ActionRefused: unknown_ledger.
    """
    ledger = find_ledger(vault, ledger_name)
    with vault.read() as connection:
        reading = Reading(vault, connection)
        found = find(connection, vault.rows, text, ledgers=[ledger.key], limit=limit)
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
