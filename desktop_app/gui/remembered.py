"""What the program remembers before a vault is open: where the last vaults lie. Nothing of what is in them."""

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
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))["vaults"]
        return [Path(one) for one in found if (Path(one) / "vault.db").exists()]
    except (OSError, ValueError, KeyError, TypeError):  # nothing kept yet, or spoilt: it is only a convenience
        return []


def remember_vault(folder: Path) -> None:
    """Puts a vault first; what cannot be written is forgotten."""
    kept = [folder.resolve(), *(one for one in recent_vaults() if one.resolve() != folder.resolve())]
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        _path().write_text(json.dumps({"vaults": [str(one) for one in kept[:_MOST]]}, ensure_ascii=False), "utf-8")
    except OSError:
        return


def _path() -> Path:
    return user_config_path("union-desk", appauthor=False) / _FILE
