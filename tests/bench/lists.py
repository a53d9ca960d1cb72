"""Lists and searching, in a small vault and in a large one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from desktop_app.actions.listing import RecordList
from desktop_app.actions.search import search
from desktop_app.storage.records import Writing
from desktop_app.storage.search import catch_up
from desktop_app.storage.vault import Vault
from tests.bench.desks import COUNTY, LEDGER, SHARES, Bench, bare, consultations, opened
from tests.bench.measuring import Line, Side, Watch, Words, compared, interleaved

FAMILY = "lists"
PAGE = 50
N_NEEDLES = 20
ROUNDS = 20
"""So many pages or searches are one run; its time is divided by them."""
MOST = 0.05
"""Seconds in which a page is to be there, whatever it is compared with."""
NEEDLES = {"two characters": "鑫磊", "three": "鑫磊淼", "six": "鑫磊淼森焱垚", "pinyin initials": "xlmsyy"}
"""What no other record holds: a scan has to look at every row, as it does for most of what people look for."""


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    small, large = bench.n(10_000), bench.n(1_000_000)
    with indexed(bench, small) as few, indexed(bench, large) as many:
        return [*_pages(bench, few, many, large, small), *_searches(bench, few, many, large, small)]


@contextmanager
def indexed(bench: Bench, n: int) -> Iterator[Vault]:
    """A copy of a filled vault with a few records to look for, all of it in the search index."""
    with bench.copy(bench.filled(n)) as folder, opened(folder) as vault:
        needles = [{**row, "workplace": NEEDLES["six"]} for row in consultations(random.Random(8), N_NEEDLES)]
        with vault.write() as connection:
            Writing(vault, connection).add(LEDGER, needles, owner=COUNTY)
        behind = 1
        while behind:
            with vault.write() as connection:
                behind = catch_up(connection, vault.rows, 20_000)
        yield vault


def _pages(bench: Bench, few: Vault, many: Vault, large: int, small: int) -> list[Line]:
    """First page, last page, and the first page in the order of each shown column in turn."""
    columns = list(few.rows[LEDGER].ledger.list.columns)
    numbers = count()

    def first(records: RecordList, n: int) -> None:
        records.rows(0, PAGE, n)

    def last(records: RecordList, n: int) -> None:
        records.rows(n - PAGE, PAGE, n)

    def sorted_by_one(records: RecordList, n: int) -> None:
        at = next(numbers)
        key = columns[at % len(columns)]
        records.sorted_by(f"-{key}" if at % 2 else key).rows(0, PAGE, n)

    lines = []
    for name, what, look in (
        ("first_page", "first page of a list", first),
        ("last_page", "jump to its end", last),
        ("sorted_page", "first page by any shown column", sorted_by_one),
    ):
        sides: dict[str, Side] = {}
        for side, vault in (("few", few), ("many", many)):
            records = RecordList(vault, LEDGER)
            n_rows = records.count()
            for key in columns:
                records.sorted_by(key).rows(0, 1, n_rows)  # an index is made when somebody first asks

            def run(watch: Watch, records: RecordList = records, n_rows: int = n_rows, look: object = look) -> None:
                assert callable(look)
                with watch.running():
                    for _ in range(ROUNDS):
                        look(records, n_rows)

            sides[side] = run
        taken = interleaved(sides, bench.runs)
        words = Words(name, f"{what}, {large:,} records", f"{small:,}", 2, unit="ms", per=ROUNDS)
        line = compared(FAMILY, words, taken["many"], taken["few"])
        kept = "yes" if line.ours <= MOST else "NO"
        lines.append(replace(line, note=f"within {MOST * 1000:.0f} ms: {kept}"))
    return lines


def _searches(bench: Bench, few: Vault, many: Vault, large: int, small: int) -> list[Line]:
    """The first 50 hits against a LIKE scan of the same fields; then the same search in a small vault."""
    lines = []
    with bare(many.folder) as driver:
        for name, needle in NEEDLES.items():
            statements = [_scan(many, ledger) for ledger in SHARES]

            sides = {
                "many": partial(_find, many, needle),
                "few": partial(_find, few, needle),
                "scan": partial(_run_scan, driver, statements, needle),
            }
            taken = interleaved(sides, bench.runs)
            for one in ("many", "few"):
                taken[one].values[:] = [value / ROUNDS for value in taken[one].values]
                taken[one].cpu[:] = [value / ROUNDS for value in taken[one].cpu]
            key = name.replace(" ", "_")
            words = Words(f"search_{key}", f"search, {name}, {large:,} records", "LIKE scan", 0.05, unit="ms")
            lines.append(compared(FAMILY, words, taken["many"], taken["scan"]))
            words = Words(f"search_{key}_growth", "the same", f"{small:,} records", unit="ms")
            lines.append(compared(FAMILY, words, taken["many"], taken["few"]))
    return lines


def _find(vault: Vault, needle: str, watch: Watch) -> None:
    with watch.running():
        for _ in range(ROUNDS):
            found = search(vault, needle, limit=PAGE)
    assert len(found) == N_NEEDLES


def _run_scan(driver: Any, statements: list[str], needle: str, watch: Watch) -> None:
    with watch.running():
        for statement in statements:
            driver.execute(statement, {"like": f"%{needle}%", "n": PAGE}).fetchall()


def _scan(vault: Vault, ledger: str) -> str:
    likes = " OR ".join(f'"{key}" LIKE :like' for key in vault.rows[ledger].search_keys)
    return f"SELECT * FROM ledger_{ledger} WHERE deleted = 0 AND ({likes}) LIMIT :n"  # noqa: S608 the table's own columns
