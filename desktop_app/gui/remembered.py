"""
What the program remembers before a vault is open: where the last vaults lie, who opened each last.

Nothing of what is in them; the names stand in the key slots for everybody to read.
"""

from __future__ import annotations

import json
from pathlib import Path

from platformdirs import user_config_path, user_data_path

_FILE = "window.json"
_MOST = 5


def default_folder() -> Path:
    """Where a new vault goes unless the person says otherwise: on the PC's own disk."""
    return user_data_path("union-desk", appauthor=False) / "密库"


def recent_vaults() -> list[Path]:
    """Folders of the vaults opened last that are still there, newest first."""
    found = _read().get("vaults")
    paths = [Path(one) for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return [one for one in paths if (one / "vault.db").exists()]


def last_user(folder: Path) -> str:
    """Who opened this vault last on this PC; empty when not known."""
    found = _read().get("users")
    name = found.get(str(folder.resolve())) if isinstance(found, dict) else None
    return name if isinstance(name, str) else ""


def remember_vault(folder: Path, user: str = "") -> None:
    """Puts a vault first, and who opened it; what cannot be written is forgotten."""
    kept = [folder.resolve(), *(one for one in recent_vaults() if one.resolve() != folder.resolve())][:_MOST]
    users = {str(one): last_user(one) for one in kept}
    users[str(folder.resolve())] = user or last_user(folder)
    content = {"vaults": [str(one) for one in kept], "users": users}
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        _path().write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    except OSError:
        return


def _read() -> dict[str, object]:
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # nothing kept yet, or spoilt: it is only a convenience
        return {}
    return found if isinstance(found, dict) else {}


def _path() -> Path:
    return user_config_path("union-desk", appauthor=False) / _FILE
