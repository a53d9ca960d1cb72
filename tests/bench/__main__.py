"""
Measures the targets of the design: `python packaging/dev.py bench`.

Every figure is a ratio within one run: ours and a yardstick take turns on the same data with the same
durability, after a warm-up; medians are shown. A target that does not hold is said so and changes no
exit code: the table is a report, not a gate.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import figures, letters, packages, records, window
from tests.bench.desks import Bench
from tests.bench.measuring import Line, table

FAMILIES: Mapping[str, Callable[[Bench], list[Line]]] = {
    "records": records.measure,
    "packages": packages.measure,
    "figures": figures.measure,
    "letters": letters.measure,
    "window": window.measure,
}
QUICK = 20


def run(names: Sequence[str], *, divide: int, runs: int, tell: Callable[[str], None] = print) -> list[Line]:
    """The lines of the named families; `tell` hears what is going on."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="union-desk-bench-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), divide, runs)
        for name in names:
            start = time.perf_counter()
            lines += FAMILIES[name](bench)
            tell(f"{name}: {time.perf_counter() - start:.0f} s")
        for sentence in bench.told:
            tell(sentence)
    return lines


def main(arguments: Sequence[str]) -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure the targets of the design.")
    parser.add_argument("names", nargs="*", metavar="family", help=f"{', '.join(FAMILIES)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help=f"sizes divided by {QUICK}: says little of the targets")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each side, after the warm-up (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there as JSON too")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in FAMILIES]:
        parser.error(f"unknown family: {', '.join(unknown)}")
    lines = run(given.names or list(FAMILIES), divide=QUICK if given.quick else 1, runs=given.runs)
    print("\n" + table(lines))
    if given.json:
        found = {"quick": given.quick, "lines": [one.as_json() for one in lines]}
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
