"""Packages: writing them, taking them in, and what the vault's size and the number of packages do to that."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage
import zstandard

from desktop_app.actions.desk import identity_of
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package, import_packages
from desktop_app.actions.packing import incoming
from desktop_app.base.clock import millis
from desktop_app.base.paths import program_dir
from desktop_app.domain.revision import Revision, encode_revision
from desktop_app.storage.merge import Merge, Received
from desktop_app.storage.packages import log_package, offices
from desktop_app.storage.records import Writing
from desktop_app.storage.rows import Change
from desktop_app.storage.streams import Line as Appended
from desktop_app.storage.streams import append, find_stream
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import read_header
from desktop_app.sync.lines import AnyLine, StreamStart
from desktop_app.sync.payload import LEVEL, read_payload
from tests.bench.desks import COUNTY, LEDGER, Bench, acknowledge_all, bare, consultations, opened
from tests.bench.measuring import Line, Taken, Watch, Words, compared, interleaved

FAMILY = "packages"
CHANGED = ("workplace", "answerer", "answer", "outcome", "satisfaction")
"""The five fields of an update; none is indexed, for the product as for the yardstick."""
BESIDE = CHANGED[1:3]
"""Two in five of them the city changed at the same time, to other values, in every record."""


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    return [*_exports(bench), *_exports_of_few(bench), *_imports(bench), *_batches(bench)]


def _path(vault: Vault, folder: Path) -> Path:
    """Exports the vault's one package."""
    folder.mkdir(exist_ok=True)
    return export(vault, folder)[0].file


def _add(vault: Vault, rows: Iterator[dict[str, object]], owner: str = "") -> None:
    with vault.write() as connection:
        Writing(vault, connection).add(LEDGER, rows, owner=owner)


def _payload(vault: Vault, path: Path) -> tuple[list[tuple[AnyLine, bytes]], bytes]:
    """The lines of a package for this vault after the preamble, decoded, and the whole as one text."""
    lines: list[tuple[AnyLine, bytes]] = []
    read_payload(path, read_header(path), identity_of(vault), lambda line, body: lines.append((line, body)))
    return lines, b"".join(body + b"\n" for _, body in lines)


def _exports(bench: Bench) -> list[Line]:
    """Everything a county has written, against packing and encrypting the same bytes into a file."""
    n = bench.n(100_000)
    with bench.copy(bench.pair() / "county") as folder, opened(folder) as vault:
        _add(vault, consultations(random.Random(2), n))
        stick = bench.fresh("stick")
        _, text = _payload(vault, _path(vault, stick))
        with vault.read() as connection:
            city = next(one for one in offices(connection) if one.role == "city")
        keys = (city.recipient, identity_of(vault).public.recipient)
        recipients = [pyrage.x25519.Recipient.from_str(one) for one in keys]

        def write(watch: Watch) -> None:
            with watch.running():
                _path(vault, stick)

        def pack(watch: Watch) -> None:
            path = bench.fresh("packed")
            with watch.running(), path.open("wb") as out:
                packed = zstandard.ZstdCompressor(level=LEVEL).stream_reader(io.BytesIO(text))
                pyrage.encrypt_io(packed, out, recipients)
                out.flush()
                os.fsync(out.fileno())
            path.unlink()

        taken = interleaved({"write": write, "pack": pack}, bench.runs)
        shutil.rmtree(stick)
    words = Words("export", f"export {n:,} revisions", "zstd 3 + age + fsync of the same bytes", 2, n_rows=n)
    return [compared(FAMILY, words, taken["write"], taken["pack"])]


def _exports_of_few(bench: Bench) -> list[Line]:
    """A hundred new revisions out of a large vault and out of a small one."""
    small, large, new = bench.n(10_000), bench.n(1_000_000), 100
    stick = bench.fresh("stick")
    stick.mkdir()
    with (
        bench.copy(bench.filled(small)) as first,
        bench.copy(bench.filled(large)) as second,
        opened(first) as few,
        opened(second) as many,
    ):
        for vault in (few, many):
            acknowledge_all(vault)
            _add(vault, consultations(random.Random(3), new), COUNTY)

        def write(watch: Watch, vault: Vault) -> None:
            with watch.running():
                _path(vault, stick / vault.folder.name)

        sides = {"few": lambda watch: write(watch, few), "many": lambda watch: write(watch, many)}
        taken = interleaved(sides, bench.runs * 3)
    shutil.rmtree(stick)
    words = Words(
        "export_few", f"export {new} new revisions, of {large:,} records", f"of {small:,}", 1.5, unit="ms", n_rows=new
    )
    return [compared(FAMILY, words, taken["many"], taken["few"])]


@dataclass(frozen=True, slots=True)
class _Imports:
    """
    What the imports of updates are measured with.

    Attributes:
        linear, concurrent: City vaults before the import; in the second the city changed the records too.
        package, part: Packages of all updates and of the first tenth.
        rows: Cells of the plain UPDATE: five fields and the id.
        received: The package's revisions, read.
    """

    n: int
    linear: Path
    concurrent: Path
    package: Path
    part: Path
    rows: list[tuple[object, ...]]
    start: StreamStart
    received: list[Received]


@contextmanager
def _prepared(bench: Bench) -> Iterator[_Imports]:
    """A county and its city that share all records; then the county changes five fields of each."""
    n = bench.n(200_000)
    folder = bench.fresh("updates")
    shutil.copytree(bench.pair(), folder)
    linear, concurrent, stick = folder / "city", folder / "beside", folder / "stick"
    with opened(folder / "county") as county, opened(linear) as city:
        _add(county, consultations(random.Random(4), n))
        import_package(city, _path(county, stick))
        acknowledge_all(county)
        ids = _ids(county)
        _change(county, ids[: max(1, n // 10)], CHANGED, "县")
        part = _path(county, stick)
        _change(county, ids[max(1, n // 10) :], CHANGED, "县")
        package = _path(county, stick)
        lines, _ = _payload(city, package)
    shutil.copytree(linear, concurrent)
    with opened(concurrent) as city:
        _change(city, ids, BESIDE, "市")
    received = [Received(line, body) for line, body in lines if isinstance(line, Revision)]
    start = next(line for line, _ in lines if isinstance(line, StreamStart))
    rows = [(*(one.revision.fields[key] for key in CHANGED), one.revision.record) for one in received]
    yield _Imports(n, linear, concurrent, package, part, rows, start, received)
    shutil.rmtree(folder)


def _ids(vault: Vault) -> list[str]:
    table = vault.rows[LEDGER].table
    with vault.read() as connection:
        return list(connection.execute(table.select().with_only_columns(table.c.id).order_by(table.c.id)).scalars())


def _change(vault: Vault, ids: list[str], keys: tuple[str, ...], who: str) -> None:
    """Every record changed once, as `Writing.change` does it, but set-wise: preparing is not measured."""
    rows, at = vault.rows[LEDGER], millis(vault.clock.now())
    with vault.write() as connection:
        stream = find_stream(connection, vault.owner.office, vault.owner.instance, COUNTY)
        heads = rows.heads(connection, ids)
        made = []
        for record in ids:
            fields = {key: _new_value(key, who, record) for key in keys}
            made.append(
                Revision(
                    id=vault.ids.new(),
                    record=record,
                    ledger=LEDGER,
                    fields=fields,
                    actor=vault.actor,
                    at=at,
                    pack=vault.pack.version,
                    parents=tuple(heads[record][0].split()),
                )
            )
        append(connection, stream, [Appended(one.id, one.record, encode_revision(one)) for one in made])
        rows.change(connection, [Change(one.record, one.id, one.pack, one.fields) for one in made])


def _new_value(key: str, who: str, record: str) -> object:
    return {"outcome": "mediation", "satisfaction": "not"}.get(key) or f"{who}改 {record[-12:]}"


def _imports(bench: Bench) -> list[Line]:
    """Updates taken in: the merge alone, everything, with two in five fields concurrent; and what memory it takes."""
    with _prepared(bench) as world:
        taken = interleaved(
            {
                "update": lambda watch: _run_update(bench, world, watch),
                "merge": lambda watch: _run_merge(bench, world, watch),
                "linear": lambda watch: _run_import(bench, world.linear, world.package, watch),
                "concurrent": lambda watch: _run_import(bench, world.concurrent, world.package, watch),
            },
            bench.runs,
        )
        memory = _memory(bench, world)
    n, what = world.n, f"{world.n:,} revisions of {len(CHANGED)} fields"
    plain = "plain UPDATE of the same rows"
    merge = Words("merge", f"merge {what}, history kept", plain, 1.5, n_rows=n)
    linear = Words("import", f"import (verify, merge) {what}", plain, 3, n_rows=n)
    concurrent = Words("import_concurrent", "the same, 40 % of the fields concurrent", "linear import", 2, n_rows=n)
    return [
        compared(FAMILY, merge, taken["merge"], taken["update"]),
        compared(FAMILY, linear, taken["linear"], taken["update"]),
        compared(FAMILY, concurrent, taken["concurrent"], taken["linear"]),
        *memory,
    ]


def _run_update(bench: Bench, world: _Imports, watch: Watch) -> None:
    sets = ", ".join(f"{key} = ?" for key in CHANGED)
    with bench.copy(world.linear) as folder, bare(folder) as driver, watch.running():
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"UPDATE ledger_{LEDGER} SET {sets} WHERE id = ?", world.rows)  # noqa: S608 our own words
        driver.execute("COMMIT")


def _run_merge(bench: Bench, world: _Imports, watch: Watch) -> None:
    start, header = world.start, read_header(world.package).header
    with bench.copy(world.linear) as folder, opened(folder) as city, watch.running(), city.write() as connection:
        log_id = log_package(connection, incoming(city, header, "0" * 64))
        merge = Merge(city, connection, log_id, world.package.name)
        merge.begin_stream(
            office=start.office,
            instance=start.instance,
            scope=start.scope,
            first=start.first,
            previous=start.previous,
        )
        for one in world.received:
            merge.take(one)
        merge.finish()


def _run_import(bench: Bench, vault: Path, package: Path, watch: Watch) -> None:
    with bench.copy(vault) as folder, opened(folder) as city, watch.running():
        found = import_package(city, package)
    assert found.outcome == "imported"


def _memory(bench: Bench, world: _Imports) -> list[Line]:
    """How far a fresh process grows while it takes the package in; where the system does not tell, no line."""
    if not Path("/proc/self/status").exists():
        return []
    whole = [_growth_of(bench, world.linear, world.package) for _ in range(min(3, bench.runs))]
    tenth = [_growth_of(bench, world.linear, world.part) for _ in range(min(3, bench.runs))]
    part = max(1, world.n // 10)
    note = "peak resident memory over that of the open vault; the page cache of 32 MB is in it"
    words = Words("memory", f"memory to import {world.n:,} revisions", f"to import {part:,}", unit="MB", note=note)
    return [compared(FAMILY, words, Taken(whole), Taken(tenth))]


def _growth_of(bench: Bench, vault: Path, package: Path) -> float:
    with bench.copy(vault) as folder:
        call = f"from tests.bench.packages import tell_growth; tell_growth({str(folder)!r}, {str(package)!r})"
        told = subprocess.run(
            [sys.executable, "-c", call], cwd=program_dir(), capture_output=True, encoding="utf-8", check=True
        )
        return float(told.stdout)


def tell_growth(folder: str, package: str) -> None:
    """Prints the megabytes by which this process grew; run in a process of its own."""
    with opened(Path(folder)) as vault:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # else the peak is that of the key derivation
        before = _resident("VmRSS")
        import_package(vault, Path(package))
        print((_resident("VmHWM") - before) / 1000)


def _resident(name: str) -> int:
    """Kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(name))


def _batches(bench: Bench) -> list[Line]:
    """The same new records as many packages in one batch, and as one package."""
    n, n_packages = bench.n(100_000), bench.n(100)
    each = n // n_packages
    many, one = bench.fresh("many"), bench.fresh("one")
    city = bench.pair() / "city"
    rows = list(consultations(random.Random(5), each * n_packages))
    with bench.copy(bench.pair() / "county") as folder, opened(folder) as county:
        for i in range(n_packages):
            _add(county, iter(rows[i * each : (i + 1) * each]))
            _path(county, many)
            acknowledge_all(county)
    with bench.copy(bench.pair() / "county") as folder, opened(folder) as county:
        _add(county, iter(rows))
        _path(county, one)

    def run(watch: Watch, source: Path) -> None:
        with bench.copy(city) as folder, opened(folder) as vault:
            with watch.running():
                done, skipped = import_packages(vault, [source])
            assert not skipped
            assert sum(one.n_revisions for one in done) == each * n_packages
            with vault.read() as connection:
                county = find_stream(connection, COUNTY, read_header(done_path(source)).header.instance, COUNTY)
            assert county.seq == each * n_packages

    taken = interleaved({"many": lambda watch: run(watch, many), "one": lambda watch: run(watch, one)}, bench.runs)
    words = Words(
        "import_batch",
        f"import {n_packages} packages of {each:,} revisions in one batch",
        f"one of {each * n_packages:,}",
        1.5,
        n_rows=each * n_packages,
    )
    for folder in (many, one):
        shutil.rmtree(folder)
    return [compared(FAMILY, words, taken["many"], taken["one"])]


def done_path(folder: Path) -> Path:
    """Any package of a folder."""
    return next(folder.iterdir())
