"""Reasons for what the checks ask, written into many records at once."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.actions.changes import Changes
from desktop_app.actions.records import edit_record
from desktop_app.domain.validate import EXPLANATION
from desktop_app.storage.vault import Vault


def explain_records(vault: Vault, reasons: Mapping[str, str], *, note: str = "") -> Changes:
    """
    Writes 情况说明 of each record; one transaction a record, so that what is refused stops only the rest.

    Raises:
        ActionRefused: not_found, deleted, not_owner, sealed. RecordInvalid: The record has errors, or the text.
    """
    ledgers: frozenset[str] = frozenset()
    done: list[str] = []
    for record_id, reason in reasons.items():
        changes = edit_record(vault, record_id, {EXPLANATION: reason}, note=note)
        ledgers |= changes.ledgers
        done += changes.record_ids
    return Changes(ledgers, tuple(done))
