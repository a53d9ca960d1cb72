"""Copies of a filled house to break things in, and what has to hold afterwards."""

import hashlib
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.actions.attaching import attach_file
from desktop_app.actions.desk import identity_of
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package, import_packages
from desktop_app.actions.records import Given, add_records
from desktop_app.storage.packages import Logged
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import SUFFIX, read_header
from desktop_app.sync.package import check_package
from tests.exchange.world import check_vault
from tests.helpers.desks import CITY, COUNTY, DISPUTE, FILES, PASSPHRASE, dump, set_clock

N_DISPUTES = 40
ATTACHMENT_BYTES = 300_000
Dump = dict[str, list[tuple[Any, ...]]]


@contextmanager
def opened(folder: Path) -> Iterator[Vault]:
    """An open vault, closed at the end."""
    vault = open_vault(folder, PASSPHRASE, FILES, set_clock())
    try:
        yield vault
    finally:
        vault.close()


def dumped(folder: Path) -> Dump:
    """The logical content of a vault that must open."""
    with opened(folder) as vault:
        return dump(vault)


def make_filled(house: Path, folder: Path) -> None:
    """A copy of the house in which the county has disputes to send; what it would send lies in `packages`."""
    shutil.copytree(house, folder)
    with opened(folder / COUNTY) as county:
        rows = [Given({**DISPUTE, "summary": f"第 {n} 件", "n_people": n + 1}) for n in range(N_DISPUTES)]
        record = add_records(county, "dispute", rows).record_ids[0]
        paper = folder / "证据.bin"
        paper.write_bytes(random.Random(1).randbytes(ATTACHMENT_BYTES))
        attach_file(county, record, paper, field="files")
        paper.unlink()
    shutil.copytree(folder / COUNTY, folder / "county-of-before")
    (folder / "packages").mkdir()
    with opened(folder / COUNTY) as county:
        export(county, folder / "packages")
    shutil.rmtree(folder / COUNTY)
    (folder / "county-of-before").rename(folder / COUNTY)


@dataclass
class Rig:
    """
    Attributes:
        template: The filled house. folder: Where copies go.
        verify_key: The county's.
    """

    template: Path
    folder: Path
    _old: dict[str, Dump] = field(default_factory=dict)
    _n: int = 0

    @property
    def package(self) -> Path:
        """What the county would send."""
        return next((self.template / "packages").iterdir())

    def copy(self, *names: str) -> Path:
        """A fresh folder with copies of these vaults, and a stick."""
        self._n += 1
        here = self.folder / f"{self._n:05}"
        (here / "stick").mkdir(parents=True)
        for name in names:
            shutil.copytree(self.template / name, here / name)
        return here

    def drop(self, here: Path) -> None:
        """The copy is done with."""
        shutil.rmtree(here)

    def old(self, office: str) -> Dump:
        """What the vault holds before anything."""
        if office not in self._old:
            here = self.copy(office)
            self._old[office] = dumped(here / office)
            self.drop(here)
        return self._old[office]

    def verify_key(self, office: str) -> str:
        """The key that speaks for an office."""
        with opened(self.copy(office) / office) as vault:
            return identity_of(vault).public.verify_key


# --- what must hold -------------------------------------------------------------------------------


def logged(found: Dump) -> list[Logged]:
    """The package log of a dump."""
    return sorted((Logged(*row) for row in found["package"]), key=lambda one: one.id)


def check_stick(stick: Path, verify_key: str) -> dict[str, str]:
    """No file under a final name that is not whole; name → digest of those that are there."""
    found = {}
    for one in stick.iterdir():
        if one.suffix == ".part":
            continue
        assert one.name.endswith(SUFFIX), one
        assert one.name == read_header(one).header.file_name
        found[one.name] = check_package(one, read_header(one), verify_key, COUNTY)
    return found


def check_exported(old: Dump, new: Dump, on_stick: dict[str, str]) -> bool:
    """
    The vault is in the state of before an export or of after it, with nothing in between.

    Returns:
        Whether it is that of after.
    """
    if new == old:
        return False
    log = logged(new)
    assert log[:-1] == logged(old)
    assert on_stick[log[-1].name + SUFFIX] == log[-1].digest, "logged, and not on the stick as logged"
    assert (log[-1].direction, log[-1].kind) == ("out", "submission")
    assert {name for name in old if old[name] != new[name]} == {"package", "stream"}
    was, now = sorted(old["stream"]), sorted(new["stream"])
    sent = {n for a, b in zip(was, now, strict=True) for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y}
    assert len(sent) == 1, "only `sent` moves"
    return True


def check_export_again(here: Path, verify_key: str) -> None:
    """The next export writes a package that the city imports; the numbers of the log rise."""
    with opened(here / COUNTY) as county:
        written = export(county, here / "stick")[0]
        check_vault(county)
    assert not list((here / "stick").glob("*.part"))
    assert not list((here / COUNTY).glob("package-*"))
    assert written.file.name in check_stick(here / "stick", verify_key)
    log = [one.number for one in logged(dumped(here / COUNTY)) if one.direction == "out"]
    assert log == sorted(set(log))
    with opened(here / CITY) as city:
        report = import_package(city, written.file)
        assert (report.outcome, report.n_revisions) == ("imported", written.n_revisions)
        assert report.ledgers["dispute"]["new"] == N_DISPUTES
        check_vault(city)


def check_import_again(here: Path, package: Path, new: Dump) -> None:
    """The next import ends in the state of after it, whether it was there already or not."""
    with opened(here / CITY) as city:
        done, skipped = import_packages(city, [package])
        assert (done[0].outcome in ("imported", "repeated"), skipped) == (True, [])
        assert dump(city) == new
        check_vault(city)


def check_backups(vault: Path) -> int:
    """Every folder that is called a backup opens and holds a whole state; their number."""
    backups = [one for one in (vault / "backups").glob("*") if one.suffix != ".part"]
    for one in backups:
        assert {"vault.db", "vault.keys"} <= {file.name for file in one.iterdir()}, "half a backup"
        copy = one.with_name("opened")
        shutil.copytree(one, copy)
        dumped(copy)
        shutil.rmtree(copy)
    return len(backups)


def sha256(path: Path) -> str:
    """Of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
