"""Adding a batch of records, and saving one in a small vault and in a large one."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.storage.records import Writing
from desktop_app.storage.vault import Vault
from tests.bench.desks import COUNTY, LEDGER, Bench, bare, consultations, opened
from tests.bench.measuring import Line, Side, Watch, Words, compared, interleaved

FAMILY = "records"
SAVES = 50
"""At most so many are saved one after the other in one run; its time is divided by them."""


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    return [*_batch(bench), *_single(bench)]


def _batch(bench: Bench) -> list[Line]:
    """A batch into a county's new vault: as checked values, and as typed text that is read and checked first."""
    n = bench.n(100_000)
    template = bench.pair() / "county"
    rows = list(consultations(random.Random(1), n))
    typed = [Given({key: _typed(value) for key, value in row.items()}, f"第 {i} 行") for i, row in enumerate(rows)]
    names, cells = _cells(bench, rows)
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO ledger_{LEDGER} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 the table's own columns

    def add(watch: Watch) -> None:
        with bench.copy(template) as folder, opened(folder) as vault, watch.running(), vault.write() as connection:
            Writing(vault, connection).add(LEDGER, rows)

    def enter(watch: Watch) -> None:
        with bench.copy(template) as folder, opened(folder) as vault, watch.running():
            add_records(vault, LEDGER, typed)

    def insert(watch: Watch) -> None:
        with bench.copy(template) as folder, bare(folder) as driver, watch.running():
            driver.execute("BEGIN IMMEDIATE")
            driver.executemany(statement, cells)
            driver.execute("COMMIT")

    taken = interleaved({"add": add, "enter": enter, "insert": insert}, bench.runs)
    against = "bare executemany of the same rows"
    return [
        compared(
            FAMILY,
            Words("add_batch", f"add {n:,} checked records in one batch (Writing.add)", against, 2.5, n_rows=n),
            taken["add"],
            taken["insert"],
        ),
        compared(
            FAMILY,
            Words("enter_batch", f"enter {n:,} records as text in one batch (add_records)", against, 2.5, n_rows=n),
            taken["enter"],
            taken["insert"],
        ),
    ]


def _typed(value: object) -> object:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def _cells(bench: Bench, rows: list[dict[str, object]]) -> tuple[list[str], list[tuple[object, ...]]]:
    """The very rows that the product makes of the records, for the bare driver."""
    with bench.copy(bench.pair() / "county") as folder:
        with opened(folder) as vault, vault.write() as connection:
            Writing(vault, connection).add(LEDGER, rows)
        with bare(folder) as driver:
            found = driver.execute(f"SELECT * FROM ledger_{LEDGER} ORDER BY id")  # noqa: S608 our own name
            return [one[0] for one in found.description], found.fetchall()


def _single(bench: Bench) -> list[Line]:
    """One record saved by itself: entered, and any record changed."""
    small, large, saves = bench.n(10_000), bench.n(1_000_000), min(SAVES, bench.n(1000))
    with opened(bench.filled(small)) as few, opened(bench.filled(large)) as many:
        ids = {vault: _ids(vault) for vault in (few, many)}
        numbers = count()

        def enter(vault: Vault) -> None:
            for row in consultations(random.Random(next(numbers)), saves):
                add_records(vault, LEDGER, [Given(row)])

        def change(vault: Vault) -> None:
            for record in random.Random(next(numbers)).choices(ids[vault], k=saves):
                edit_record(vault, record, {"remark": f"改 {next(numbers)}"})

        def side(save: Callable[[Vault], None], vault: Vault) -> Side:
            def run(watch: Watch) -> None:
                with watch.running():
                    save(vault)

            return run

        taken = interleaved(
            {
                "enter few": side(enter, few),
                "enter many": side(enter, many),
                "change few": side(change, few),
                "change many": side(change, many),
            },
            bench.runs * 3,
        )
    lines = []
    for name, what in (("enter", "enter one record"), ("change", "change one record, any")):
        words = Words(f"{name}_one", f"{what}, at {large:,}", f"at {small:,}", 1.2, unit="ms", per=saves, n_rows=1)
        lines.append(compared(FAMILY, words, taken[f"{name} many"], taken[f"{name} few"]))
    return lines


def _ids(vault: Vault) -> list[str]:
    c = vault.rows[LEDGER].table.c
    with vault.read() as connection:
        query = vault.rows[LEDGER].table.select().with_only_columns(c.id).where(c.office == COUNTY)
        return list(connection.execute(query).scalars())
