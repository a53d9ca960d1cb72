"""How a person likes the window: kept in the vault for each user, never sent anywhere."""

from __future__ import annotations

import json

from desktop_app.storage.vault import Vault


def read_setting(vault: Vault, name: str) -> object:
    """A setting of the present user, None when it was never set."""
    with vault.read() as connection:
        text = vault.meta(connection, f"setting/{vault.actor}/{name}")
    return json.loads(text) if text else None


def write_setting(vault: Vault, name: str, value: object) -> None:
    """Keeps a setting of the present user; the value is what JSON can hold."""
    with vault.write("") as connection:
        vault.set_meta(connection, f"setting/{vault.actor}/{name}", json.dumps(value, ensure_ascii=False))
