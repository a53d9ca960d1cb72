"""What each deed asks of a user's role: the one table. The actions require it, both faces ask it beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from desktop_app.domain.roles import Permission
from desktop_app.storage.vault import Vault

Deed = Literal[
    "record", "passage", "freeze", "sheet", "private",
    "send", "receive", "export_private",
    "conflict", "sheet_signed",
    "give_back", "period", "counties", "publish",
    "users", "audit", "office", "backup_place", "move", "restore", "recovery", "update",
]  # fmt: skip
PERMITS: Mapping[Deed, Permission] = {
    "record": "enter",
    "passage": "enter",
    "freeze": "enter",
    "sheet": "enter",
    "private": "enter",
    "send": "exchange",
    "receive": "exchange",
    "export_private": "exchange",
    "conflict": "approve",
    "sheet_signed": "approve",
    "give_back": "direct",
    "period": "direct",
    "counties": "direct",
    "publish": "direct",
    "users": "administer",
    "audit": "administer",
    "office": "administer",
    "backup_place": "administer",
    "move": "administer",
    "restore": "administer",
    "recovery": "administer",
    "update": "administer",
}
"""`sheet` is a workbook that is taken in, `office` what stands on this office's letters, `move` to another PC."""


def why_not(vault: Vault, deed: Deed) -> str:
    """Why the user's role does not allow a deed, as a sentence; empty when it does."""
    return vault.why_not(PERMITS[deed])
