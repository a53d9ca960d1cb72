"""A simulated province: many counties with a year of packages each, and thousands of offices with small ones."""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from desktop_app.actions.desk import NewDesk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.storage.records import Writing
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import DATABASE, Vault
from tests.bench.desks import LEDGER, PASSPHRASE, Bench, acknowledge_all, consultations, opened
from tests.bench.measuring import Line, Taken, Words, compared

FAMILY = "province"


def measure(bench: Bench) -> list[Line]:
    """Every line of this family; each province is taken in once, in two orders."""
    return [
        _province(bench, "counties", bench.n(90, least=2), bench.n(12, least=2), bench.n(2000)),
        _province(bench, "offices", bench.n(3000, least=3), 1, 20),
    ]


def _province(bench: Bench, name: str, n_offices: int, n_packages: int, each: int) -> Line:
    folder = bench.fresh(name)
    stick = folder / "stick"
    stick.mkdir(parents=True)
    with bench.copy(bench.pair() / "city") as city:
        with opened(city) as vault:
            packages = [_office(vault, stick, i, n_packages, each) for i in range(n_offices)]
        in_order = [path for paths in packages for path in paths]
        shuffled = _shuffled(packages)
        taken, digests = [], []
        for order in (in_order, shuffled):
            with bench.copy(city) as copy, opened(copy) as vault:
                start, cpu = time.perf_counter(), time.process_time()
                for path in order:
                    assert import_package(vault, path).outcome == "imported"
                taken.append(Taken([time.perf_counter() - start], [time.process_time() - cpu]))
                digests.append(_digest(vault))
                size = (copy / DATABASE).stat().st_size / 1e6
    assert digests[0] == digests[1], "another order came to another record"
    n = n_offices * n_packages * each
    bench.told.append(
        f"{name}: {n_offices} offices, {n_packages} packages each, {each} revisions each: "
        f"{taken[0].values[0]:.1f} s, {n / taken[0].values[0]:,.0f}/s, {size:,.0f} MB; the same record in either order."
    )
    words = Words(name, f"{len(in_order):,} packages of {n_offices:,} {name}, shuffled", "office by office", n_rows=n)
    return compared(FAMILY, words, taken[1], taken[0])


def _office(city: Vault, stick: Path, number: int, n_packages: int, each: int) -> list[Path]:
    """The packages of one new office, one after the other."""
    code = f"{700000 + number}"
    desk = NewDesk(stick.parent / code, PASSPHRASE, cost=LIGHT)
    enrolment = add_office(city, code=code, name=f"第{number}县总工会", out=stick)
    county, paired = init_county(desk, enrolment=enrolment, out=stick)
    assert paired.file is not None
    import_package(city, paired.file)
    made = []
    for part in range(n_packages):
        with county.write() as connection:
            Writing(county, connection).add(LEDGER, consultations(random.Random(f"{code}{part}"), each))
        made.append(export(county, stick)[0].file)
        acknowledge_all(county)
    county.close()
    shutil.rmtree(desk.folder)
    return made


def _shuffled(packages: Sequence[Sequence[Path]]) -> list[Path]:
    """Of all offices mixed; those of one office stay in their order, since each begins where the last one ended."""
    turns = [at for at, paths in enumerate(packages) for _ in paths]
    random.Random(9).shuffle(turns)
    left = [iter(paths) for paths in packages]
    return [next(left[at]) for at in turns]


def _digest(vault: Vault) -> str:
    """Of every record as it stands, and of the heads it has."""
    found = hashlib.sha256()
    table = vault.rows[LEDGER].table
    columns = [one for one in table.c if one.key != "search_doc"]
    with vault.read() as connection:
        for row in connection.execute(table.select().with_only_columns(*columns).order_by(table.c.id)):
            found.update(repr(tuple(row)).encode())
    return found.hexdigest()
