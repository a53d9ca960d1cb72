"""Programs of the system that a build needs and the rest of the work does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from building.running import DevError, run


def ensure_tools(wanted: Mapping[str, str]) -> None:
    """
    Installs what is missing where we may, else says how.

    Args:
        wanted: Debian's package by the program that it brings.

    Raises:
        DevError: Something is missing still.
    """
    missing = _missing(wanted)
    if missing and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Installing system packages: {' '.join(missing)}")
        run(["apt-get", "update", "--quiet"])
        run(["apt-get", "install", "-y", "--no-install-recommends", *missing], DEBIAN_FRONTEND="noninteractive")
        missing = _missing(wanted)
    if missing:
        raise DevError(f"missing: sudo apt-get install -y --no-install-recommends {' '.join(missing)}")


def _missing(wanted: Mapping[str, str]) -> list[str]:
    return sorted({package for program, package in wanted.items() if not shutil.which(program)})
