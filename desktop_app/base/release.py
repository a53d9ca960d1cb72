"""Who may release the program, and for which system this one was built."""

from __future__ import annotations

import platform
import sys

RELEASE_KEYS: tuple[str, ...] = ("324fc0509c0d51ce00861acc34a07ca9bc0907f2f74ee565a2fe53670dcb193a",)
"""
Ed25519 public keys, hexadecimal, whose updates this program takes; the secret halves are kept by the maintainers,
outside the tree. A new key comes with an update that an older one has signed.
"""


def system_name() -> str:
    """As it stands in update files: `windows-x64`, `linux-arm64`."""
    machine = platform.machine().lower()
    short = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine)
    return f"{'windows' if sys.platform == 'win32' else sys.platform}-{short}"
