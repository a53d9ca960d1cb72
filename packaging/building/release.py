"""
The maintainers' tool for update files: `python release.py new-key FILE` and `python release.py sign …`.

The secret half of the release key lies outside the tree, in a file only its owner reads; the public half stands in
desktop_app/base/release.py. Run with the environment's Python; `dev.py release` does.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = ROOT / "resources" / "help" / "changelog.md"
_BULLET = "- "


def notes_of(version: str, changelog: str) -> list[str]:
    """What the changelog says of a version, a sentence for each bullet; empty when it has no such heading."""
    found = re.search(rf"^## {re.escape(version)}\b.*?$(.*?)(?=^## |\Z)", changelog, flags=re.MULTILINE | re.DOTALL)
    lines = found[1].splitlines() if found else []
    return [line.removeprefix(_BULLET).replace("`", "").strip() for line in lines if line.startswith(_BULLET)]


def new_key(path: Path) -> str:
    """
    Makes a release key; its public half.

    Raises:
        FileExistsError: A key is never overwritten.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 not at import

    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key.private_bytes_raw().hex() + "\n")
    return key.public_key().public_bytes_raw().hex()


def sign(program: Path, key: Path, system: str, target: Path) -> Path:
    """The update file of a built program, for one system."""
    sys.path.insert(0, str(ROOT))
    from desktop_app.base.release import RELEASE_KEYS  # noqa: PLC0415 the program's own, not at import
    from desktop_app.sync.update_file import read_update, write_update  # noqa: PLC0415

    version = (program / "version").read_text(encoding="utf-8").strip()
    notes = notes_of(version, CHANGELOG.read_text(encoding="utf-8"))
    if not notes:
        sys.exit(f"{CHANGELOG} says nothing of {version}")
    epoch = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607 the developer's own git
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    secret = key.read_text(encoding="ascii").strip()
    made = write_update(
        program, target, version=version, system=system, notes=notes, made_at=int(epoch) * 1000, secret=secret
    )
    read_update(made, RELEASE_KEYS)  # a key that the program does not know would sign in vain
    return made


def main(arguments: Sequence[str]) -> None:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(prog="dev.py release", description="Release keys and signed update files.")
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("new-key", help="make a release key outside the tree")
    key.add_argument("file", type=Path)
    signing = commands.add_parser("sign", help="pack and sign a built program")
    signing.add_argument("--key", type=Path, required=True)
    signing.add_argument("--program", type=Path, required=True, help="the built folder, such as dist/union-desk")
    signing.add_argument("--system", required=True, help="windows-x64, linux-x64, linux-arm64")
    signing.add_argument("--to", type=Path, default=ROOT / "dist")
    options = parser.parse_args(arguments)
    if options.command == "new-key":
        print(f'add to RELEASE_KEYS in desktop_app/base/release.py: "{new_key(options.file)}"')
        return
    made = sign(options.program, options.key, options.system, options.to)
    print(f"Signed {made}: {made.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
