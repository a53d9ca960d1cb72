"""
A disk that really is full, read-only, fails after some bytes, or loses what it had promised to keep.

F01 full: entry, backup, passphrase, upgrade and repair are refused with the sentence, what was acknowledged stays
F02 read-only: opening is refused with the sentence, and nothing is changed
F03 every size at which a write of the vault's own disk can fail
F04 a disk that had said “written” and lost the end of the log: the vault opens in an earlier whole state
"""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.actions.desk import open_desk
from desktop_app.base.errors import KnownError
from desktop_app.storage.backup import make_backup
from desktop_app.storage.integrity import check_integrity
from desktop_app.storage.records import find_record
from desktop_app.storage.salvage import salvage
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import DATABASE, Vault
from tests.exchange.test_old_vaults import HERE, INDEX
from tests.exchange.world import check_vault, code_of
from tests.faults.child import Job, run
from tests.faults.rig import Rig, check_backups, dumped, opened
from tests.faults.test_any_moment import check_sound
from tests.helpers.desks import COUNTY, FILES, PASSPHRASE, add_dispute, dump, set_clock

Sweep = Callable[[int, int], int]
MIB = 1024 * 1024


def _mount(*words: str) -> bool:
    if sys.platform != "linux" or not shutil.which("mount"):
        return False
    return subprocess.run([*words], capture_output=True, check=False).returncode == 0


@contextmanager
def disk(folder: Path, n_bytes: int) -> Iterator[Path]:
    """A disk of its own with so much room; skips where nobody may make one."""
    folder.mkdir()
    if not _mount("mount", "-t", "tmpfs", "-o", f"size={n_bytes}", "tmpfs", str(folder)):
        pytest.skip("making a disk takes root on Linux")
    try:
        yield folder
    finally:
        _mount("umount", "-l", str(folder))


def size_of(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


# --- F01, F02 -------------------------------------------------------------------------------------


def test_f01_full_while_entering__error(rig: Rig, tmp_path: Path) -> None:
    """Records are entered until the disk is full; then room is made, and work goes on."""
    with disk(tmp_path / "disk", size_of(rig.template / COUNTY) + MIB) as here:
        shutil.copytree(rig.template / COUNTY, here / COUNTY)
        known: list[str] = []
        with opened(here / COUNTY) as vault:
            code = ""
            for n in range(3000):
                code = code_of(lambda n=n: known.append(add_dispute(vault, summary=f"第 {n} 件", facts="事" * 1500)))  # type: ignore[misc]
                if code:
                    break
            assert code == "vault.disk_full"
            assert len(known) > 5
            check_vault(vault)
            assert code_of(lambda: make_backup(vault, "on-demand")) in {"vault.disk_full", "vault.io"}
            assert not list((here / COUNTY).glob("backups/*"))
            assert code_of(lambda: vault.put_slot(vault.actor, "another-passphrase", LIGHT)) in {"", "vault.io"}
        secret = PASSPHRASE if not code_of(lambda: opened(here / COUNTY).__enter__().close()) else "another-passphrase"
        assert secret == PASSPHRASE
        _mount("mount", "-o", f"remount,size={32 * MIB}", str(here))
        with opened(here / COUNTY) as vault:
            with vault.read() as connection:
                for record in known:
                    find_record(vault, connection, record)
            add_dispute(vault)
            assert check_integrity(vault).damage == ()


def test_f01_full_while_upgrading_and_repairing__error(tmp_path: Path) -> None:
    old, known = HERE / "1.0", INDEX["1.0"]
    with disk(tmp_path / "disk", size_of(old) + 300_000) as here:
        shutil.copytree(old, here / "old")
        before = (here / "old" / DATABASE).read_bytes()
        error = _refusal(lambda: open_desk(here / "old", known["passphrase"]))
        assert error.code in {"vault.disk_full", "vault.io"}
        assert str(here) in str(error)
        assert (here / "old" / DATABASE).read_bytes() == before, "no copy, no upgrade"
        arguments = (here / "old", known["passphrase"], here / "saved")
        assert code_of(lambda: salvage(*arguments, files=FILES, clock=set_clock())) in {"vault.disk_full", "vault.io"}
        assert not list(here.glob("saved*"))
        _mount("mount", "-o", f"remount,size={16 * MIB}", str(here))
        open_desk(here / "old", known["passphrase"]).close()


def test_f02_read_only__error(rig: Rig, tmp_path: Path) -> None:
    with disk(tmp_path / "disk", size_of(rig.template / COUNTY) + 4 * MIB) as here:
        shutil.copytree(rig.template / COUNTY, here / COUNTY)
        before = (here / COUNTY / DATABASE).read_bytes()
        assert _mount("mount", "-o", "remount,ro", str(here))
        error = _refusal(lambda: opened(here / COUNTY).__enter__())
        assert error.code == "vault.io"
        assert str(here / COUNTY) in str(error)
        assert _refusal(lambda: open_desk(here / COUNTY, PASSPHRASE)).code == "vault.io"
        _mount("mount", "-o", "remount,rw", str(here))
        assert (here / COUNTY / DATABASE).read_bytes() == before
        assert dumped(here / COUNTY) == rig.old(COUNTY)


def _refusal(call: Callable[[], object]) -> KnownError:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value


# --- F03 ------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on file sizes is of other systems")
@pytest.mark.parametrize("action", ["enter", "back_up", "passphrase", "upgrade"])
def test_f03_fails_after_some_bytes__error(rig: Rig, sweep: Sweep, action: str) -> None:
    """RLIMIT_FSIZE: whichever file reaches the limit first."""
    old = INDEX["1.0"]
    template = HERE / "1.0" if action == "upgrade" else rig.template / COUNTY
    largest = {"enter": 50_000, "passphrase": 600}.get(action, (template / DATABASE).stat().st_size)
    n_sizes = sweep(3, 60)
    for n in range(n_sizes):
        here = rig.copy()
        shutil.copytree(template, here / COUNTY)
        outcome = run(Job(action, str(here / COUNTY), old["passphrase"], full_bytes=round(n * largest / n_sizes)))
        assert outcome.code in {"vault.io", "vault.disk_full"}, outcome
        assert str(here) in outcome.message
        if action == "upgrade":
            vault = open_desk(here / COUNTY, old["passphrase"])
            assert check_integrity(vault).n_revisions == old["n_revisions"]
            vault.close()
        else:
            assert (here / COUNTY / SLOTS).read_bytes() == (template / SLOTS).read_bytes()
            assert dumped(here / COUNTY) == rig.old(COUNTY)
            check_backups(here / COUNTY)
        rig.drop(here)


# --- F04 ------------------------------------------------------------------------------------------


def _copied_while_open(vault: Vault, to: Path) -> Path:
    """What lies on the disk at this moment, as after a power cut."""
    shutil.copytree(vault.folder, to)
    (to / f"{DATABASE}-shm").unlink(missing_ok=True)
    return to


@pytest.mark.long
def test_f04_disk_that_lied__ok(rig: Rig, sweep: Sweep) -> None:
    """
    The end of the log, cut anywhere or with blocks of it never written, in any order.

    Nothing can bring back what such a disk has lost; the vault must be whole all the same, at an earlier moment.
    """
    here = rig.copy(COUNTY)
    states = []
    with opened(here / COUNTY) as vault:
        states.append(dump(vault))
        for n in range(6):
            add_dispute(vault, summary=f"第 {n} 件")
            states.append(dump(vault))
        cut = _copied_while_open(vault, here / "cut")
    log = (cut / f"{DATABASE}-wal").read_bytes()
    chance = random.Random(2)
    seen = set()
    for n in range(sweep(12, 400)):
        lost = bytearray(log)
        if n % 2:
            del lost[chance.randrange(len(log)) :]
        else:
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(log) // 512) * 512
                lost[at : at + 512] = bytes(512)
        shutil.rmtree(here / "lost", ignore_errors=True)
        shutil.copytree(cut, here / "lost")
        (here / "lost" / f"{DATABASE}-wal").write_bytes(lost)
        found = dumped(here / "lost")
        assert found in states, "a state that never was"
        seen.add(states.index(found))
        check_sound(here / "lost")
    assert len(seen) > 2
