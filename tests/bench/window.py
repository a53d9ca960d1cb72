"""The window: the first one against an empty one, and what must not slow as the vault grows; each in a process.

A search is measured on an index that is up to date, as it is once the window has stood idle; before the first opening
of a vault that was just filled it is far behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.desks import Bench
from tests.bench.measuring import Line, Taken, Watch, Words, compared, interleaved

FAMILY = "window"
_WHAT = {
    "list": "open a list",
    "search": "a search over every ledger, all rows in the index",
    "record": "open a record",
}


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    few, many = bench.n(10_000, least=100), bench.n(1_000_000, least=500)
    small, large = bench.filled(few), bench.filled(many)
    return [_first(bench, small), *_growth(bench, {few: small, many: large})]


def _first(bench: Bench, folder: Path) -> Line:
    """From the passphrase to the first list, against a whole start of an empty window and the same key derived."""

    def ours(watch: Watch) -> None:
        watch.seconds += float(_child("unlock", folder))

    def empty(watch: Watch) -> None:
        with watch.running():
            _child("empty", folder)

    taken = interleaved({"ours": ours, "empty": empty}, bench.runs)
    words = Words("first", "unlock to the first list", "start of an empty window and the key derivation", 1.5)
    return compared(FAMILY, words, Taken(taken["ours"].values), Taken(taken["empty"].values))


def _growth(bench: Bench, folders: dict[int, Path]) -> list[Line]:
    few, many = folders
    taken = {n: json.loads(_child("pages", folder, str(bench.runs))) for n, folder in folders.items()}
    return [
        compared(
            FAMILY,
            Words(name, f"{what}, of {many:,} records", f"of {few:,}", 1.5, unit="ms"),
            Taken(taken[many][name]),
            Taken(taken[few][name]),
        )
        for name, what in _WHAT.items()
    ]


def _child(mode: str, folder: Path, *more: str) -> str:
    command = [sys.executable, "-m", "tests.bench.window_child", mode, str(folder), *more]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, encoding="utf-8")
    return done.stdout
