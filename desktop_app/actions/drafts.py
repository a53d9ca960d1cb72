"""Unsaved text of forms: kept while it is typed, offered again, and gone when it is saved or discarded."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.base.clock import millis
from desktop_app.base.errors import ActionRefused
from desktop_app.storage.drafts import Draft, drafts_of, drop_draft, put_draft
from desktop_app.storage.vault import Vault


def new_draft_id(vault: Vault) -> str:
    """The id under which one form keeps its text."""
    return vault.ids.new()


def keep_draft(
    vault: Vault, draft_id: str, *, ledger: str, title: str, content: Mapping[str, object], record: str = ""
) -> None:
    """
    Keeps the unsaved text of a form for the present user.

    Args:
        content: What JSON can hold.
        record: The record being changed; empty for a new one.

    Raises:
        VaultError: disk_full, locked, io.
    """
    one = Draft(draft_id, vault.actor, ledger, record, title, millis(vault.clock.now()), content)
    with vault.write("") as connection:
        put_draft(connection, one)


def my_drafts(vault: Vault, *, ledger: str = "", record: str | None = None) -> list[Draft]:
    """
    Drafts of the present user, the newest first; those of ledgers the parameter pack no longer has are left out.

    Args:
        ledger: Only of this ledger. record: Only of this record, empty for those of new ones; None for all.
    """
    with vault.read() as connection:
        found = drafts_of(connection, vault.actor)
    return [
        one for one in found if one.ledger in vault.rows and ledger in ("", one.ledger) and record in (None, one.record)
    ]


def discard_draft(vault: Vault, draft_id: str) -> bool:
    """Forgets a draft; False when it was never kept, which is no fault."""
    with vault.write("") as connection:
        return drop_draft(connection, draft_id, vault.actor)


def find_draft(vault: Vault, beginning: str) -> Draft:
    """
    The one draft of the present user whose id begins so.

    Raises:
        ActionRefused: draft.not_found.
    """
    found = [one for one in my_drafts(vault) if one.id.startswith(beginning)]
    if len(found) != 1:
        raise ActionRefused("draft.not_found", id=beginning)
    return found[0]
