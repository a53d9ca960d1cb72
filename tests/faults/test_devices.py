"""
The disk or the stick fails while something is written, and the program lives on to say so.

D01 A stick that fails or is full: package.write names the file, nothing is left on it, the vault is as it was.
D02 The disk of the vault is full for the payload: the same.
D03 The disk of the vault is full for the database: a refusal that names the place, the vault opens as it was.
D04 A stick that is pulled out: package.write, the vault is as it was.
D05 A vault on a medium that cannot be written: a refusal that names the place, the vault is as it was.
D06 A vault that cannot be made leaves nothing behind.
D07 After each the same action works.
"""

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.base.errors import KnownError
from desktop_app.storage.backup import make_backup
from tests.faults.child import Job, run
from tests.faults.rig import Rig, check_backups, check_export_again, check_import_again, dumped, opened
from tests.helpers.desks import CITY, COUNTY, make_city, new_desk, set_clock

Sweep = Callable[[int, int], int]
FAULTS = ("ENOSPC", "EIO", "ENODEV")
HAS_LIMIT = pytest.mark.skipif(sys.platform == "win32", reason="the limit on file sizes is of other systems")
SLACK_BYTES = 2000
"""By so much two packages of the same content may differ in size: age adds noise of random length."""


def spread(largest: int, n_wanted: int) -> list[int]:
    """Numbers of bytes from 0 to less than `largest`, evenly."""
    return [round(n * largest / n_wanted) for n in range(n_wanted)]


def check_nothing_exported(rig: Rig, here: Path, key: str) -> None:
    """The stick and the vault are as they were, and the next export is whole."""
    assert list((here / "stick").iterdir()) == []
    assert dumped(here / COUNTY) == rig.old(COUNTY)
    assert not list((here / COUNTY).glob("package-*"))
    check_export_again(here, key)
    rig.drop(here)


def test_d01_stick_fails_after_some_bytes__error(rig: Rig, sweep: Sweep) -> None:
    key = rig.verify_key(COUNTY)
    largest = rig.package.stat().st_size - SLACK_BYTES
    for n, n_bytes in enumerate([*spread(largest, sweep(5, 60)), largest]):
        fault = FAULTS[n % len(FAULTS)]
        here = rig.copy(COUNTY, CITY)
        job = Job("export", str(here / COUNTY), str(here / "stick"), device=f"stick {fault} {n_bytes}")
        outcome = run(job)
        assert outcome.code == "package.write"
        assert str(here / "stick" / rig.package.name) in outcome.message
        assert os.strerror(getattr(errno, fault)) in outcome.message
        check_nothing_exported(rig, here, key)


def test_d02_no_room_for_the_payload__error(rig: Rig, sweep: Sweep) -> None:
    key = rig.verify_key(COUNTY)
    for n_bytes in spread(rig.package.stat().st_size - SLACK_BYTES, sweep(3, 40)):
        here = rig.copy(COUNTY, CITY)
        outcome = run(Job("export", str(here / COUNTY), str(here / "stick"), device=f"vault ENOSPC {n_bytes}"))
        assert outcome.code == "package.write"
        assert str(here / COUNTY) in outcome.message
        check_nothing_exported(rig, here, key)


@HAS_LIMIT
def test_d03_no_room_for_anything_of_an_export__error(rig: Rig, sweep: Sweep) -> None:
    """Whichever file reaches the limit: the database's log, the payload, or the package on the stick."""
    key, seen = rig.verify_key(COUNTY), set()
    for n_bytes in spread(rig.package.stat().st_size - SLACK_BYTES, sweep(4, 60)):
        here = rig.copy(COUNTY, CITY)
        outcome = run(Job("export", str(here / COUNTY), str(here / "stick"), full_bytes=n_bytes))
        assert outcome.code in {"package.write", "vault.io", "vault.disk_full"}
        assert str(here) in outcome.message
        seen.add(outcome.code)
        check_nothing_exported(rig, here, key)
    assert "package.write" in seen


def imports_of(rig: Rig) -> dict[str, list[tuple[Any, ...]]]:
    """What the city holds after the import."""
    here = rig.copy(CITY)
    with opened(here / CITY) as city:
        import_packages(city, [rig.package])
    return dumped(here / CITY)


@HAS_LIMIT
def test_d03_no_room_for_an_import__error(rig: Rig, sweep: Sweep) -> None:
    new, seen = imports_of(rig), []
    enough_for_a_backup = (rig.template / CITY / "vault.db").stat().st_size + SLACK_BYTES
    points = [*spread(rig.package.stat().st_size - SLACK_BYTES, sweep(5, 60)), enough_for_a_backup]
    for n_bytes in points:
        here = rig.copy(CITY)
        outcome = run(Job("import", str(here / CITY), str(rig.package), full_bytes=n_bytes))
        assert outcome.code in {"vault.io", "vault.disk_full"}
        assert str(here / CITY) in outcome.message
        assert dumped(here / CITY) == rig.old(CITY)
        seen.append(check_backups(here / CITY))
        check_import_again(here, rig.package, new)
        rig.drop(here)
    assert set(seen) == {0, 1}, "some had no room for the backup, some for the import itself"


@HAS_LIMIT
def test_d06_no_room_for_a_new_vault__error(tmp_path: Path, sweep: Sweep) -> None:
    for n_bytes in spread(150_000, sweep(5, 40)):
        vault = tmp_path / f"{n_bytes}" / CITY
        vault.parent.mkdir()
        outcome = run(Job("city", str(vault), "", full_bytes=n_bytes))
        assert outcome.code in {"vault.io", "vault.disk_full"}
        assert str(vault) in outcome.message
        assert [one.name for one in vault.parent.iterdir()] == ["answer.json"]
        make_city(vault, set_clock()).close()


# --- in the process of the test: what is pulled out or read-only ----------------------------------


def when(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int, do: Callable[[], None]) -> None:
    """Does something in place of the `at`-th call of a function and lets the call follow."""
    whole, n_calls = getattr(owner, name), 0

    def around(*args: Any, **more: Any) -> Any:
        nonlocal n_calls
        n_calls += 1
        if n_calls == at:
            do()
        return whole(*args, **more)

    monkeypatch.setattr(owner, name, around)


_READ_BACK = pytest.param("posix_fadvise", marks=pytest.mark.skipif(os.name == "nt", reason="not of Windows"))


@pytest.mark.parametrize("moment", ["disk_usage", "fsync", _READ_BACK, "replace", "folder"])
def test_d04_stick_pulled_out__error(rig: Rig, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Its folder is gone: before the first byte, before the flush, the read-back, the rename, the folder's flush."""
    here = rig.copy(COUNTY, CITY)
    key = rig.verify_key(COUNTY)
    owner: Any = {"disk_usage": shutil, "replace": Path}.get(moment, os)
    name, at = ("fsync", 2) if moment == "folder" else (moment, 1)
    with opened(here / COUNTY) as county, monkeypatch.context() as patch:
        when(patch, owner, name, at, (lambda: vanish(here)) if moment != "folder" else (lambda: fail(errno.ENODEV)))
        error = refused(lambda: export(county, here / "stick"))
    assert error.code == "package.write"
    assert str(here / "stick" / rig.package.name) in str(error)
    (here / "stick").mkdir(exist_ok=True)
    check_nothing_exported(rig, here, key)


def refused(call: Callable[[], object]) -> KnownError:
    """The refusal."""
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value


def vanish(here: Path) -> None:
    """The stick is pulled out; what had been written goes with it."""
    shutil.rmtree(here / "stick")


def fail(number: int) -> None:
    """A device's answer."""
    raise OSError(number, os.strerror(number))


def test_d04_stick_not_there_at_all__error(rig: Rig) -> None:
    here = rig.copy(COUNTY, CITY)
    vanish(here)
    with opened(here / COUNTY) as county:
        error = refused(lambda: export(county, here / "stick"))
    assert error.code == "package.write"
    assert str(here / "stick") in str(error)
    assert not (here / "stick").exists()
    assert dumped(here / COUNTY) == rig.old(COUNTY)


def test_d04_package_pulled_out_while_it_is_read__error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it was verified, while it is merged: the transaction is dropped."""
    here = rig.copy(CITY)
    package = here / "stick" / rig.package.name
    shutil.copyfile(rig.package, package)
    whole = Path.open
    n_opened = 0

    class Pulled:
        def __init__(self, stream: Any) -> None:
            self._stream, self._n_bytes = stream, 0

        def __enter__(self) -> "Pulled":
            return self

        def __exit__(self, *_: object) -> None:
            self._stream.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

        def read(self, size: int = -1) -> bytes:
            self._n_bytes += 1
            if self._n_bytes > 2:
                fail(errno.ENODEV)
            return bytes(self._stream.read(min(size, 70_000)))

    def opened_as(path: Path, mode: str = "r", **more: Any) -> Any:
        nonlocal n_opened
        stream = whole(path, mode, **more)
        if path != package:
            return stream
        n_opened += 1
        return Pulled(stream) if n_opened == 3 else stream  # header, verification, payload

    with opened(here / CITY) as city:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", opened_as)
            error = refused(lambda: import_packages(city, [package]))
        assert n_opened == 3
        assert error.code == "package.read"
        assert str(package) in str(error)
    assert dumped(here / CITY) == rig.old(CITY)
    check_import_again(here, rig.package, imports_of(rig))


@pytest.mark.parametrize("call", ["mkdir", "open"])
def test_d05_read_only_disk__error(rig: Rig, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """What root sees of a read-only medium: EROFS at each attempt to make something in the vault's folder."""
    here = rig.copy(COUNTY, CITY)
    vault = here / (CITY if call == "mkdir" else COUNTY)
    whole = getattr(Path, call)

    def refusing(path: Path, *args: Any, **more: Any) -> Any:
        if vault in path.parents and (call == "mkdir" or args[:1] == ("wb",)):
            fail(errno.EROFS)
        return whole(path, *args, **more)

    with opened(vault) as desk, monkeypatch.context() as patch:
        patch.setattr(Path, call, refusing)
        if call == "mkdir":
            error = refused(lambda: import_packages(desk, [rig.package]))
        else:
            error = refused(lambda: export(desk, here / "stick"))
    assert error.code == {"mkdir": "vault.io", "open": "package.write"}[call]
    assert str(vault) in str(error)
    assert os.strerror(errno.EROFS) in str(error)
    assert list((here / "stick").iterdir()) == []
    assert dumped(vault) == rig.old(vault.name)
    assert check_backups(vault) == 0


def test_d05_read_only_folder_for_a_new_vault__error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.mkdir

    def refusing(path: Path, *args: Any, **more: Any) -> None:
        if tmp_path in path.parents:
            fail(errno.EROFS)
        whole(path, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refusing)
        error = refused(lambda: make_city(tmp_path / CITY, set_clock()))
    assert error.code == "vault.io"
    assert str(tmp_path / CITY) in str(error)
    assert list(tmp_path.iterdir()) == []
    make_city(tmp_path / CITY, set_clock()).close()


def test_d05_backup_cannot_be_named__error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    here = rig.copy(CITY)
    with opened(here / CITY) as city:
        with monkeypatch.context() as patch:
            when(patch, Path, "replace", 1, lambda: fail(errno.EIO))
            error = refused(lambda: make_backup(city, "before-import"))
        assert error.code == "vault.io"
        assert str(here / CITY / "backups") in str(error)
        assert list((here / CITY / "backups").iterdir()) == []
        make_backup(city, "before-import")
    assert check_backups(here / CITY) == 1


def test_d06_registration_cannot_be_written__error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick is pulled out while a county's vault is made: there is no vault, and the next try works."""
    here = rig.copy(CITY)
    with opened(here / CITY) as city:
        enrolment = add_office(city, code="620499", name="某县总工会", out=here)
    desk = new_desk(here / "620499", set_clock())
    with monkeypatch.context() as patch:
        when(patch, shutil, "disk_usage", 1, lambda: fail(errno.ENODEV))
        error = refused(lambda: init_county(desk, enrolment=enrolment, out=here / "stick"))
    assert error.code == "package.write"
    assert str(here / "stick") in str(error)
    assert not (here / "620499").exists()
    assert list((here / "stick").iterdir()) == []
    init_county(desk, enrolment=enrolment, out=here / "stick")[0].close()
