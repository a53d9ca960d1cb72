"""
Two processes on one vault: two windows, or the window and the command line.

W01 While one process writes, another's reading goes on and sees the state of before.
W02 A second writer waits for the first and then goes on.
W03 A second writer that has waited long enough gets vault.locked, and nothing of its work is there.
W04 Two exports at once give two numbers, and two whole packages.
W05 A package that another process has taken in meanwhile is a repeated one.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions import importing
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package, import_packages
from desktop_app.base.errors import VaultError
from desktop_app.storage.vault import Vault
from desktop_app.sync.package import check_package
from tests.exchange.world import check_vault
from tests.faults.child import ROOT
from tests.faults.rig import Rig, check_stick, dumped, logged, opened
from tests.helpers.desks import CITY, COUNTY, add_dispute, dump

_START = """
import json, sys
from pathlib import Path
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.base.errors import KnownError
from tests.faults.rig import opened
action, vault, other = sys.argv[1:]
with opened(Path(vault)) as desk:
    print("open", flush=True)
    sys.stdin.readline()
    answer = ""
    try:
        if action == "hold":
            with desk.write() as connection:
                connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('held', 'yes')")
                print("written", flush=True)
                sys.stdin.readline()
        elif action == "export":
            answer = export(desk, Path(other))[0].file.name
        else:
            answer = import_packages(desk, [Path(other)])[0][0].outcome
    except KnownError as error:
        answer = error.code
print(json.dumps(answer), flush=True)
"""


class Other:
    """Another process with an open vault, which does one thing when it is told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.hear()

    def go(self) -> None:
        """Lets it go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        """Waits for its next word."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def answer(self) -> str:
        """What it came to."""
        found = json.loads(self.hear())
        assert self._process.wait() == 0
        return str(found)


@contextmanager
def other(action: str, vault: Path, path: Path | str = "") -> Iterator[Other]:
    """Another process, ended at the end in any case."""
    command = [sys.executable, "-X", "utf8", "-c", _START, action, str(vault), str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield Other(process)
        finally:
            process.kill()


def impatient(vault: Vault) -> None:
    """The wait of 10 seconds made short, on the one connection the vault has pooled."""
    with vault.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")


def test_w01_w02_reading_goes_on_and_the_writer_waits__ok(rig: Rig) -> None:
    here = rig.copy(COUNTY)
    with other("hold", here / COUNTY) as holder, opened(here / COUNTY) as county:
        holder.go()
        assert holder.hear() == "written"
        assert dump(county) == rig.old(COUNTY)
        with other("export", here / COUNTY, here / "stick") as writer:
            writer.go()
            assert dump(county) == rig.old(COUNTY)
            assert list((here / "stick").iterdir()) == [], "it waits at the start of its work"
            holder.go()
            assert holder.answer() == ""
            assert writer.answer() == rig.package.name
        with county.read() as connection:
            assert county.meta(connection, "held") == "yes"
        assert logged(dump(county))[-1].direction == "out"


def test_w03_writer_that_waited_long_enough__error(rig: Rig) -> None:
    """And a holder that dies locks nobody out."""
    here = rig.copy(COUNTY)
    with opened(here / COUNTY) as county:
        impatient(county)
        with other("hold", here / COUNTY) as holder:
            holder.go()
            assert holder.hear() == "written"
            for write in (lambda: add_dispute(county), lambda: export(county, here / "stick")):
                with pytest.raises(VaultError) as caught:
                    write()
                assert caught.value.code == "vault.locked"
                assert str(here / COUNTY / "vault.db") in str(caught.value)
            assert list((here / "stick").iterdir()) == []
            assert dump(county) == rig.old(COUNTY)
        assert dump(county) == rig.old(COUNTY)
        add_dispute(county)
        check_vault(county)


def test_w03_import_that_waited_long_enough__error(rig: Rig) -> None:
    """The backup before it needs no writing and does not wait."""
    here = rig.copy(CITY)
    with other("hold", here / CITY) as holder, opened(here / CITY) as city:
        impatient(city)
        holder.go()
        assert holder.hear() == "written"
        with pytest.raises(VaultError) as caught:
            import_packages(city, [rig.package])
        assert caught.value.code == "vault.locked"
        assert dump(city) == rig.old(CITY)
        holder.go()
        assert holder.answer() == ""
        done, _ = import_packages(city, [rig.package])
        assert done[0].outcome == "imported"


def test_w04_two_exports_at_once__ok(rig: Rig) -> None:
    here = rig.copy(COUNTY)
    with ExitStack() as stack:
        others = [stack.enter_context(other("export", here / COUNTY, here / "stick")) for _ in range(2)]
        for one in others:
            one.go()
        names = [one.answer() for one in others]
    assert len(set(names)) == 2
    on_stick = check_stick(here / "stick", rig.verify_key(COUNTY))
    assert sorted(on_stick) == sorted(names)
    log = logged(dumped(here / COUNTY))[-2:]
    assert [one.digest for one in log] == [on_stick[name] for name in sorted(names)]
    assert log[1].number == log[0].number + 1


def test_w05_package_taken_in_by_another_meanwhile__ok(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """While this one verifies the package, the other window takes it in."""
    here = rig.copy(CITY)
    done: list[str] = []

    def slowly(*args: Any) -> str:
        if not done:
            done.append("other")
            with opened(here / CITY) as second:
                done.append(import_package(second, rig.package).outcome)
        return check_package(*args)

    monkeypatch.setattr(importing, "check_package", slowly)
    with opened(here / CITY) as city:
        assert import_package(city, rig.package).outcome == "repeated"
        assert done == ["other", "imported"]
        check_vault(city)
    assert [one.kind for one in logged(dumped(here / CITY))].count("submission") == 1
