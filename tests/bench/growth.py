"""What single operations cost as a vault grows: a line that is not flat is a defect to explain or mend."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path

from desktop_app.actions.exporting import export
from desktop_app.actions.home import todays_work
from desktop_app.actions.listing import RecordList
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.actions.search import search
from desktop_app.storage.vault import Vault
from tests.bench.desks import LEDGER, Bench, acknowledge_all, consultations
from tests.bench.lists import NEEDLES, PAGE, indexed
from tests.bench.measuring import Line, Side, Watch, Words, compared, interleaved

FAMILY = "growth"
SIZES = (10_000, 100_000, 1_000_000)
TIMES = 10
"""So many times in one run."""


def measure(bench: Bench) -> list[Line]:
    """Two lines for each operation: the middle size and the large one, each by the small one."""
    lines = []
    with ExitStack() as stack:
        sizes = [bench.n(one) for one in SIZES]
        vaults = [stack.enter_context(indexed(bench, one)) for one in sizes]
        for name, operation in _operations(bench).items():
            sides = {str(at): _side(operation, vault) for at, vault in enumerate(vaults)}
            taken = interleaved(sides, bench.runs)
            for at in (1, 2):
                words = Words(
                    f"{name}_{at}", f"{name}, at {sizes[at]:,}", f"at {sizes[0]:,}", unit="ms", per=TIMES, n_rows=1
                )
                lines.append(compared(FAMILY, words, taken[str(at)], taken["0"]))
    return lines


def _side(operation: Callable[[Vault], object], vault: Vault) -> Side:
    def run(watch: Watch) -> None:
        with watch.running():
            for _ in range(TIMES):
                operation(vault)

    return run


def _operations(bench: Bench) -> Mapping[str, Callable[[Vault], object]]:
    numbers, stick = count(), bench.fresh("stick")
    stick.mkdir()

    def any_record(vault: Vault) -> str:
        records = RecordList(vault, LEDGER)
        n_rows = records.count()
        return records.rows(random.Random(next(numbers)).randrange(n_rows), 1, n_rows)[0].record_id

    def enter(vault: Vault) -> object:
        return add_records(vault, LEDGER, [Given(row) for row in consultations(random.Random(next(numbers)), 1)])

    return {
        "enter one record": enter,
        "find, open and change one record": lambda vault: edit_record(
            vault, show_record(vault, any_record(vault)).record.id, {"remark": f"改 {next(numbers)}"}
        ),
        "count a list": lambda vault: RecordList(vault, LEDGER).count(),
        "search three characters": lambda vault: search(vault, NEEDLES["three"], limit=PAGE),
        "home page": todays_work,
        "enter one, export it": partial(_export, enter, stick),
    }


def _export(enter: Callable[[Vault], object], stick: Path, vault: Vault) -> None:
    enter(vault)
    folder = stick / vault.folder.name
    folder.mkdir(exist_ok=True)
    export(vault, folder)
    acknowledge_all(vault)
