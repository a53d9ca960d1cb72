"""Running children, and the one kind of failure a developer is told in a sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class DevError(Exception):
    """A sentence for the developer; the command ends with exit code 1."""


def child_environment(**extra: str) -> dict[str, str]:
    """
    The environment every child gets.

    PYTHONUTF8 is taken away: it would hide a forgotten `encoding=` that breaks on a Chinese Windows.
    Output alone is fixed to UTF-8, so that a pipe with a narrow code page cannot stop a run.
    """
    environment = {key: value for key, value in os.environ.items() if key.upper() != "PYTHONUTF8"}
    return environment | {"PYTHONIOENCODING": "utf-8"} | extra


def run(command: Sequence[str | Path], *, cwd: Path | None = ROOT, **extra: str) -> int:
    """Exit code of the command; `cwd=None` keeps the caller's directory."""
    sys.stdout.flush()  # ours before the child's, also when both go into a pipe
    return subprocess.call([str(part) for part in command], cwd=cwd, env=child_environment(**extra))


def run_or_stop(command: Sequence[str | Path], what: str, **extra: str) -> None:
    """
    Raises:
        DevError: The command failed; `what` is what it was to do.
    """
    if code := run(command, cwd=ROOT, **extra):
        raise DevError(f"{what} failed (exit code {code}); the lines above say why.")


def lines_of(command: Sequence[str | Path], *, given: str = "", **extra: str) -> tuple[int, list[str]]:
    """
    Exit code and every line of both outputs.

    Args:
        given: What it reads from its standard input.
        extra: Variables of its environment.

    Through a pipe, never a file: a Windows Python in the rig does not start when its output is a plain file.
    """
    sys.stdout.flush()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=child_environment(**extra),
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, [line.rstrip() for line in done.stdout.splitlines() if line.strip()]


def program_version() -> str:
    """`desktop_app.__version__`, read and not imported."""
    text = (ROOT / "desktop_app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([0-9]+\.[0-9]+\.[0-9]+)"$', text, flags=re.MULTILINE)
    if not found:
        raise DevError('desktop_app/__init__.py has no line `__version__ = "1.2.3"`.')
    return found[1]
