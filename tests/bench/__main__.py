"""
Measures the targets of the design: `python packaging/dev.py bench`.

Every figure is a ratio within one run: ours and a yardstick take turns on the same data with the same
durability, after a warm-up; medians are shown. A target that does not hold is said so and changes no
exit code: the table is a report, not a gate.
"""

from __future__ import annotations

import argparse
import compileall
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from desktop_app.base.paths import program_dir
from tests.bench import figures, growth, letters, lists, packages, province, records, sheets, starting, window
from tests.bench.desks import Bench
from tests.bench.measuring import Line, table

if sys.platform != "win32":
    import resource

FAMILIES: Mapping[str, Callable[[Bench], list[Line]]] = {
    "starting": starting.measure,
    "lists": lists.measure,
    "growth": growth.measure,
    "records": records.measure,
    "packages": packages.measure,
    "figures": figures.measure,
    "letters": letters.measure,
    "window": window.measure,
    "province": province.measure,
    "sheets": sheets.measure,
}
QUICK = 20


def run(
    names: Sequence[str],
    *,
    divide: int,
    runs: int,
    is_cold: bool = False,
    tell: Callable[[str], None] = print,
    keep: Callable[[list[Line]], None] = lambda _: None,
) -> list[Line]:
    """
    The lines of the named families, which take an hour at full size.

    Args:
        tell: Hears what is going on, and each family's table when it is done.
        keep: Gets all lines so far after each family, so that a run that is cut short has not measured for nothing.
    """
    compileall.compile_dir(program_dir() / "desktop_app", quiet=1)  # as it is installed, whatever Python is told here
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="union-desk-bench-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), divide, runs, is_cold)
        for name in names:
            start = time.perf_counter()
            found = FAMILIES[name](bench)
            lines += found
            tell(f"{name}: {time.perf_counter() - start:.0f} s\n{table(found)}\n")
            keep(lines)
        for sentence in bench.told:
            tell(sentence)
    return lines


def _limit(gigabytes: float) -> None:
    """Memory of this process and those it starts; where the system has no such limit, nothing happens."""
    if sys.platform == "win32":
        return
    n_bytes = int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (n_bytes, n_bytes))


def main(arguments: Sequence[str]) -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure the targets of the design.")
    parser.add_argument("names", nargs="*", metavar="family", help=f"{', '.join(FAMILIES)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help=f"sizes divided by {QUICK}: says little of the targets")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each side, after the warm-up (5)")
    parser.add_argument("--divide", type=int, default=1, metavar="N", help="all sizes divided by N, for a slower PC")
    parser.add_argument("--cold", action="store_true", help="each copy of a vault is read from the disk, not its cache")
    parser.add_argument("--memory", type=float, metavar="GB", help="no more memory than this")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there as JSON too")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in FAMILIES]:
        parser.error(f"unknown family: {', '.join(unknown)}")
    if given.memory:
        _limit(given.memory)
    divide = QUICK if given.quick else given.divide

    def keep(lines: list[Line]) -> None:
        if given.json:
            measured = [one.as_json() for one in lines]
            found = {"divide": divide, "cold": given.cold, "memory": given.memory, "lines": measured}
            given.json.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    lines = run(given.names or list(FAMILIES), divide=divide, runs=given.runs, is_cold=given.cold, keep=keep)
    print("\n" + table(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
