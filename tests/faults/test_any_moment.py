"""
The process is killed at random moments, by the clock and not at a chosen operation: wherever it happens to be.

Whatever was acknowledged, told to the outside by the process before it died, is there afterwards; the vault opens,
its chains add up, and the next try works.

R01 entry: every record and change that was acknowledged
R02 import: the state of before or of after, and of after once it was acknowledged
R03 upgrade of an old vault: everything is there, and the copy of before was made first
R04 backup: every folder that is called one is whole, and each acknowledged one is there
R05 change of passphrase: the acknowledged one opens, or the one that was being set
"""

import json
import os
import random
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_app.actions.backups import backups_of
from desktop_app.actions.desk import open_desk
from desktop_app.actions.importing import import_packages
from desktop_app.actions.records import edit_record
from desktop_app.storage import slots
from desktop_app.storage.backup import make_backup
from desktop_app.storage.integrity import check_integrity
from desktop_app.storage.records import find_record
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import open_vault
from tests.exchange.test_old_vaults import HERE, INDEX
from tests.exchange.world import check_vault, code_of
from tests.faults.child import HAS_FORK
from tests.faults.rig import Rig, check_backups, check_import_again, dumped, opened
from tests.helpers.desks import CITY, COUNTY, FILES, PASSPHRASE, add_dispute, dump, set_clock

Sweep = Callable[[int, int], int]
Acknowledged = list[list[object]]
OLD = INDEX["1.0"]
pytestmark = pytest.mark.skipif(not HAS_FORK, reason="a copy of the running test is made by fork")


@dataclass(frozen=True)
class Scenario:
    """What a process does, yielding what it acknowledges; and what must hold when it was killed meanwhile."""

    work: Callable[[Path, Path], Iterator[list[object]]]
    office: str


def _enter(folder: Path, _: Path) -> Iterator[list[object]]:
    with opened(folder) as vault:
        for n in range(6):
            record = add_dispute(vault, summary=f"新登记 {n}", n_people=1)
            yield ["add", record, 1]
            for n_people in (2, 3):
                edit_record(vault, record, {"n_people": n_people})
                yield ["edit", record, n_people]


def _import(folder: Path, package: Path) -> Iterator[list[object]]:
    with opened(folder) as vault:
        done, _ = import_packages(vault, [package])
        yield [done[0].outcome]


def _upgrade(folder: Path, _: Path) -> Iterator[list[object]]:
    vault = open_desk(folder, OLD["passphrase"])
    yield ["open"]
    vault.close()


def _back_up(folder: Path, _: Path) -> Iterator[list[object]]:
    with opened(folder) as vault:
        for _n in range(4):
            yield [make_backup(vault, "on-demand").name]


def _set_passphrase(folder: Path, _: Path) -> Iterator[list[object]]:
    with opened(folder) as vault:
        for n in range(8):
            vault.put_slot(vault.actor, f"new-passphrase-{n}", LIGHT)
            yield [n]


def run_until(scenario: Scenario, folder: Path, package: Path, seconds: float | None) -> tuple[Acknowledged, bool]:
    """What was acknowledged before the process was killed, and whether it was; with None it comes to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            for one in scenario.work(folder, package):
                os.write(writing, json.dumps(one).encode() + b"\n")
        except BaseException:
            os.write(2, traceback.format_exc().encode())
            os._exit(3)
        finally:
            os._exit(0)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)  # the moment; nothing is asserted of it
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as stream:
        lines = stream.read().splitlines()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return [json.loads(line) for line in lines], status != 0


@dataclass
class Moments:
    """Kills of one scenario at moments spread over its whole length."""

    rig: Rig
    scenario: Scenario
    template: Path | None = None

    def copy(self) -> Path:
        """A fresh vault to be killed in."""
        here = self.rig.copy(*([self.scenario.office] if self.template is None else []))
        if self.template is not None:
            shutil.copytree(self.template, here / self.scenario.office)
        return here

    def sweep(self, n_kills: int, check: Callable[[Path, Acknowledged], None]) -> None:
        """Kills so often; of a process that is done before its moment another is tried."""
        package = self.rig.package
        chance = random.Random(f"{self.scenario.work.__name__} {n_kills}")
        here, begun = self.copy(), time.monotonic()
        whole, _ = run_until(self.scenario, here / self.scenario.office, package, None)
        assert whole, "undisturbed it gets to its end"
        longest = time.monotonic() - begun
        self.rig.drop(here)
        n_done = 0
        for _ in range(20 + 4 * n_kills):
            here = self.copy()
            moment = chance.uniform(0, longest)
            there, was_killed = run_until(self.scenario, here / self.scenario.office, package, moment)
            n_done += was_killed
            if not was_killed:  # the first run was slower than this one: a busy machine, or a cold one
                longest = (longest + moment) / 2
            check(here, there)
            self.rig.drop(here)
            if n_done == n_kills:
                return
        raise AssertionError("hardly ever killed: too late each time")


def check_sound(folder: Path) -> None:
    """The vault opens, every row is what its revisions say, and every page is readable."""
    with opened(folder) as vault:
        check_vault(vault)
        assert check_integrity(vault).damage == ()


@pytest.mark.long
def test_r01_entry__ok(rig: Rig, sweep: Sweep) -> None:
    def check(here: Path, acknowledged: Acknowledged) -> None:
        check_sound(here / COUNTY)
        last = {str(record): int(str(n_people)) for _, record, n_people in acknowledged}
        with opened(here / COUNTY) as vault, vault.read() as connection:
            for record, n_people in last.items():
                there = find_record(vault, connection, record).values["n_people"]
                assert there in (n_people, n_people + 1), "the change under way may have got there"
        with opened(here / COUNTY) as vault:
            add_dispute(vault)

    Moments(rig, Scenario(_enter, COUNTY)).sweep(sweep(3, 140), check)


@pytest.mark.long
def test_r02_import__ok(rig: Rig, sweep: Sweep) -> None:
    here = rig.copy(CITY)
    with opened(here / CITY) as city:
        import_packages(city, [rig.package])
        new = dump(city)

    def check(here: Path, acknowledged: Acknowledged) -> None:
        found = dumped(here / CITY)
        assert found == new or (found == rig.old(CITY) and not acknowledged)
        check_sound(here / CITY)
        check_backups(here / CITY)
        check_import_again(here, rig.package, new)

    Moments(rig, Scenario(_import, CITY)).sweep(sweep(2, 90), check)


@pytest.mark.long
def test_r03_upgrade__ok(rig: Rig, sweep: Sweep) -> None:
    def check(here: Path, acknowledged: Acknowledged) -> None:
        folder = here / COUNTY
        was_copied = bool(backups_of(folder))
        assert was_copied or not acknowledged
        vault = open_desk(folder, OLD["passphrase"])
        found = check_integrity(vault)
        vault.close()
        assert (found.damage, found.n_revisions) == ((), OLD["n_revisions"])
        assert backups_of(folder)

    Moments(rig, Scenario(_upgrade, COUNTY), HERE / "1.0").sweep(sweep(1, 90), check)


@pytest.mark.long
def test_r04_backup__ok(rig: Rig, sweep: Sweep) -> None:
    def check(here: Path, acknowledged: Acknowledged) -> None:
        assert {name for (name,) in acknowledged} <= {one.folder.name for one in backups_of(here / COUNTY)}
        check_backups(here / COUNTY)
        assert dumped(here / COUNTY) == rig.old(COUNTY)

    Moments(rig, Scenario(_back_up, COUNTY)).sweep(sweep(2, 90), check)


@pytest.mark.long
def test_r05_change_of_passphrase__ok(rig: Rig, sweep: Sweep) -> None:
    def check(here: Path, acknowledged: Acknowledged) -> None:
        path = here / COUNTY / SLOTS
        last = int(str(acknowledged[-1][0])) if acknowledged else -1
        tried = [PASSPHRASE if last < 0 else f"new-passphrase-{last}", f"new-passphrase-{last + 1}"]
        file = slots.read_slots(path)
        assert [one.kind for one in file.slots] == ["passphrase", "recovery"]
        assert sum(_opens(here / COUNTY / SLOTS, secret) for secret in tried) == 1
        secret = next(one for one in tried if _opens(path, one))
        open_vault(here / COUNTY, secret, FILES, set_clock()).close()

    Moments(rig, Scenario(_set_passphrase, COUNTY)).sweep(sweep(2, 90), check)


def _opens(path: Path, secret: str) -> bool:
    return not code_of(lambda: slots.open_slot(slots.read_slots(path), secret, path))
