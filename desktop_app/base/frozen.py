"""What a built program needs of its own file while it runs."""

from __future__ import annotations

import io
import sys
from pathlib import Path

_LOADER = "pyimod01_archive"
"""The part of PyInstaller in a built program that reads modules; not there when it runs from its source."""


def keep_own_modules() -> None:
    """
    Reads the program's file into memory, from where modules are loaded from then on.

    The loader opens the program by its name each time a module is first imported. An update, also one by another
    process, puts a newer program under that name; what was read there at the old places would be rubbish. Nor may the
    file be held open: on Windows it could not be renamed then.
    """
    loader = sys.modules.get(_LOADER)
    if loader is None or "open" in vars(loader):
        return
    content = Path(sys.executable).read_bytes()
    vars(loader)["open"] = lambda _name, _mode: io.BytesIO(content)
