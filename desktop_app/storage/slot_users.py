"""
Who has a passphrase for a vault.

Read without what it takes to open one: the log-in, which shows it, does not wait for ciphers to be loaded.
"""

from __future__ import annotations

import json
from pathlib import Path

SLOTS = "vault.keys"
"""The file beside the database; `storage.slots` knows all of it."""
PASSPHRASE = "passphrase"  # noqa: S105 a kind, not one of them
"""The kind of slot that is a user's."""


def users_of(folder: Path) -> list[str]:
    """Who has a passphrase, as the log-in lists them; nobody when the file cannot be read."""
    try:
        file = json.loads((folder / SLOTS).read_bytes())
        return sorted({str(one["user"]) for one in file["slots"] if one["kind"] == PASSPHRASE})
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # of lists in lists without end
        return []
