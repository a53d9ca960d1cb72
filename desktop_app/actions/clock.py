"""The PC's clock against the last time the vault was used."""

from __future__ import annotations

from desktop_app.base.clock import local_text, millis
from desktop_app.base.codes import sentence
from desktop_app.storage.vault import Vault

_SEEN_AT = "seen_at"
_SLACK_MS = 60 * 60 * 1000
"""A clock that was put right by some minutes is no reason to alarm anybody."""


def look_at_clock(vault: Vault) -> str:
    """
    Notes that the vault is used now.

    Returns:
        A sentence when the clock has been set back since the last time; empty when it runs on.
    """
    now = millis(vault.clock.now())
    with vault.write("") as connection:
        before = int(vault.meta(connection, _SEEN_AT) or 0)
        vault.set_meta(connection, _SEEN_AT, str(now))
    if now >= before - _SLACK_MS:
        return ""
    return sentence("vault.clock_back", now=local_text(now), before=local_text(before))
