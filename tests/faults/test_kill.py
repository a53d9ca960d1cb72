"""
The process ends without a word, anywhere.

K01 An export that is killed leaves the vault in the state of before or of after, and no torn file under a final name.
K02 After a killed export the next one writes a package that the city imports.
K03 An import that is killed leaves the vault in the state of before or of after; the next try ends in that of after.
K04 A folder that is called a backup is a whole one.
K05 Making a vault that is killed leaves no vault or a whole one, and what is left over does not hinder the next try.
"""

import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.actions.desk import identity_of
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.base.clock import SetClock
from desktop_app.storage.backup import make_backup
from desktop_app.storage.packages import find_office
from tests.faults.child import HAS_FORK, KILLED, Job, run
from tests.faults.rig import (
    Rig,
    check_backups,
    check_export_again,
    check_exported,
    check_import_again,
    check_stick,
    dumped,
    opened,
)
from tests.helpers.desks import CITY, COUNTY, make_city, new_desk, set_clock

Sweep = Callable[[int, int], int]
ON_LINUX = sys.platform != "win32"
_NEW = "620499"


def spread(n_points: int, n_wanted: int) -> list[int]:
    """Some of 1 … n_points, first and last among them, evenly in between."""
    if n_wanted >= n_points:
        return list(range(1, n_points + 1))
    return sorted({1 + round(n * (n_points - 1) / (n_wanted - 1)) for n in range(n_wanted)})


def sizes(largest: int, n_wanted: int) -> list[int]:
    """Some sizes up to `largest`, evenly, beginning with nothing at all."""
    return [round(n * largest / (n_wanted - 1)) for n in range(n_wanted)] if ON_LINUX else []


@pytest.fixture
def exporting(rig: Rig) -> Callable[..., bool]:
    """Kills one export; what must hold. Returns whether the vault had got to the state of after."""
    key, old = rig.verify_key(COUNTY), rig.old(COUNTY)

    def check(kill_at: int = 0, kill_bytes: int = -1) -> bool:
        here = rig.copy(COUNTY, CITY)
        outcome = run(Job("export", str(here / COUNTY), str(here / "stick"), kill_at, kill_bytes))
        assert outcome.code == KILLED
        on_stick = check_stick(here / "stick", key)
        is_done = check_exported(old, dumped(here / COUNTY), on_stick)
        check_export_again(here, key)
        rig.drop(here)
        return is_done

    return check


@pytest.fixture
def imported(rig: Rig) -> dict[str, list[tuple[object, ...]]]:
    """What the city holds after the import."""
    here = rig.copy(CITY)
    outcome = run(Job("import", str(here / CITY), str(rig.package)))
    assert outcome.code == ""
    return dumped(here / CITY)


@pytest.fixture
def importing(rig: Rig, imported: dict[str, list[tuple[object, ...]]]) -> Callable[..., bool]:
    """Kills one import; what must hold. Returns whether the vault had got to the state of after."""

    def check(kill_at: int = 0, kill_bytes: int = -1) -> bool:
        here = rig.copy(CITY)
        outcome = run(Job("import", str(here / CITY), str(rig.package), kill_at, kill_bytes))
        assert outcome.code == KILLED
        found = dumped(here / CITY)
        assert found in (rig.old(CITY), imported)
        check_backups(here / CITY)
        check_import_again(here, rig.package, imported)
        assert check_backups(here / CITY) >= 1
        rig.drop(here)
        return found == imported

    return check


def places(rig: Rig, action: str, office: str) -> tuple[str, ...]:
    """What an undisturbed action goes through."""
    here = rig.copy(office)
    other = here / "stick" if action == "export" else rig.package
    outcome = run(Job(action, str(here / office), str(other)))
    assert outcome.code == ""
    rig.drop(here)
    return outcome.places


def test_k01_k02_export_killed_at_an_operation__ok(rig: Rig, exporting: Callable[..., bool], sweep: Sweep) -> None:
    found = places(rig, "export", COUNTY)
    assert {"write .part", "after fsync", "after replace", "before commit", "after transaction"} <= set(found)
    done = [exporting(kill_at=n) for n in spread(len(found), sweep(9, 1000))]
    assert done == sorted(done), "once the state of after, always the state of after"
    assert set(done) == {False, True}


def test_k01_export_killed_around_the_commit__ok(rig: Rig, exporting: Callable[..., bool]) -> None:
    """The package has its name, the vault does not know of it yet: the next one takes another number."""
    found = places(rig, "export", COUNTY)
    renamed = found.index("after replace") + 1
    commit = renamed + found[renamed:].index("before commit") + 1
    assert [exporting(kill_at=renamed), exporting(kill_at=commit), exporting(kill_at=commit + 1)] == [
        False,
        False,
        True,
    ]


@pytest.mark.long
def test_k01_k02_export_killed_inside_a_write__ok(rig: Rig, exporting: Callable[..., bool], sweep: Sweep) -> None:
    """The write that reaches the byte is torn there, whatever file it goes to: log, database or package."""
    for n_bytes in sizes(rig.package.stat().st_size - 2000, sweep(4, 60)):
        exporting(kill_bytes=n_bytes)


def test_k03_k04_import_killed_at_an_operation__ok(rig: Rig, importing: Callable[..., bool], sweep: Sweep) -> None:
    found = places(rig, "import", CITY)
    assert {"after mkdir", "inside a statement", "before copyfile", "before commit"} <= set(found)
    done = [importing(kill_at=n) for n in spread(len(found), sweep(9, 1000))]
    assert done == sorted(done)
    assert set(done) == {False, True}


@pytest.mark.long
def test_k03_k04_import_killed_inside_a_write__ok(rig: Rig, importing: Callable[..., bool], sweep: Sweep) -> None:
    for n_bytes in sizes(rig.package.stat().st_size - 2000, sweep(4, 60)):
        importing(kill_bytes=n_bytes)


def _city_is_whole(vault: Path) -> None:
    with opened(vault) as city, city.read() as connection:
        assert city.owner.office == CITY
        own = find_office(connection, CITY)
        assert own is not None, "the office does not know itself"
        assert own.verify_key == identity_of(city).public.verify_key


def _replaces(found: tuple[str, ...]) -> list[int]:
    """Places of the renames of a making: the key slots, the vault, the county's registration."""
    return [n + 1 for n, one in enumerate(found) if one == "before replace"]


def _ended(found: tuple[str, ...]) -> int:
    """The place at which the last transaction is committed for good."""
    return max(n + 1 for n, one in enumerate(found) if one == "after transaction")


def test_k05_city_killed_before_it_has_its_name__ok(tmp_path: Path, sweep: Sweep) -> None:
    (tmp_path / "x").mkdir()
    named = _replaces(run(Job("city", str(tmp_path / "x" / CITY), "")).places)[1]
    n_left = 0
    for n in spread(named, sweep(6, 1000)):
        vault = tmp_path / f"{n}" / "密库" / CITY
        vault.parent.mkdir(parents=True)
        assert run(Job("city", str(vault), "", kill_at=n)).code == KILLED
        assert not vault.exists()
        n_left += vault.with_name(CITY + ".part").exists()
        make_city(vault, set_clock()).close()
        _city_is_whole(vault)
        assert {one.name for one in vault.parent.iterdir()} <= {CITY, "answer.json"}
        shutil.rmtree(tmp_path / f"{n}")
    assert n_left, "something is left over of most"


def test_k05_city_killed_inside_a_write__ok(tmp_path: Path, sweep: Sweep) -> None:
    for n_bytes in sizes(160_000, sweep(4, 40)):
        vault = tmp_path / f"{n_bytes}" / CITY
        vault.parent.mkdir()
        is_killed = run(Job("city", str(vault), "", kill_bytes=n_bytes)).code == KILLED
        assert is_killed or n_bytes > 100_000
        if not vault.exists():
            make_city(vault, set_clock()).close()
        _city_is_whole(vault)
        shutil.rmtree(vault.parent)


def test_k05_city_killed_once_it_has_its_name__ok(tmp_path: Path, sweep: Sweep) -> None:
    found = run(Job("city", str(tmp_path / CITY), "")).places
    shutil.rmtree(tmp_path / CITY)
    named = _replaces(found)[1]
    for n in spread(len(found) - named, sweep(6, 1000)):
        vault = tmp_path / f"{n}" / CITY
        vault.parent.mkdir()
        assert run(Job("city", str(vault), "", kill_at=named + n)).code == KILLED
        _city_is_whole(vault)
        shutil.rmtree(vault.parent)


@pytest.fixture
def enrolled(rig: Rig) -> Callable[[], tuple[Path, Path]]:
    """A folder with a city that has enrolled one more county, and the enrolment file."""
    city = rig.copy(CITY)
    with opened(city / CITY) as vault:
        add_office(vault, code=_NEW, name="某县总工会", out=city / "stick")

    def make() -> tuple[Path, Path]:
        here = city.with_name(f"{len(list(city.parent.iterdir()))}-new")
        shutil.copytree(city, here)
        return here / _NEW, next((here / "stick").iterdir())

    return make


def _county_is_whole(vault: Path) -> None:
    """It knows both offices, and the city takes its registration."""
    with opened(vault) as county, county.read() as connection:
        own, city = find_office(connection, _NEW), find_office(connection, CITY)
        assert own is not None
        assert city is not None
        assert own.verify_key == identity_of(county).public.verify_key
    files = sorted((vault.parent / "stick").glob("*registration*"))
    with opened(vault.parent / CITY) as receiver:
        assert import_package(receiver, files[-1]).outcome == "registered"


def test_k05_county_killed_before_it_has_its_name__ok(enrolled: Callable[[], tuple[Path, Path]], sweep: Sweep) -> None:
    vault, enrolment = enrolled()
    named = _replaces(run(Job("county", str(vault), str(enrolment))).places)[1]
    for n in spread(named, sweep(4, 60)):
        vault, enrolment = enrolled()
        assert run(Job("county", str(vault), str(enrolment), kill_at=n)).code == KILLED
        assert not vault.exists()
        init_county(new_desk(vault, set_clock()), enrolment=enrolment, out=enrolment.parent)[0].close()
        _county_is_whole(vault)


def test_k05_county_killed_once_it_has_its_name__ok(enrolled: Callable[[], tuple[Path, Path]], sweep: Sweep) -> None:
    vault, enrolment = enrolled()
    found = run(Job("county", str(vault), str(enrolment))).places
    named = _replaces(found)[1]
    for n in spread(_ended(found) - named, sweep(6, 1000)):
        vault, enrolment = enrolled()
        assert run(Job("county", str(vault), str(enrolment), kill_at=named + n)).code == KILLED
        if not list(enrolment.parent.glob("*registration*ghpkg")):
            init_county(new_desk(vault, set_clock()), enrolment=enrolment, out=enrolment.parent)[0].close()
        _county_is_whole(vault)


def test_k05_county_killed_after_the_last_commit__ok(enrolled: Callable[[], tuple[Path, Path]]) -> None:
    vault, enrolment = enrolled()
    ended = _ended(run(Job("county", str(vault), str(enrolment))).places)
    vault, enrolment = enrolled()
    assert run(Job("county", str(vault), str(enrolment), kill_at=ended)).code == KILLED
    _county_is_whole(vault)


def test_k04_half_a_backup_goes_the_next_day__ok(rig: Rig) -> None:
    here = rig.copy(CITY)
    found = places(rig, "import", CITY)
    assert run(Job("import", str(here / CITY), str(rig.package), kill_at=found.index("before copyfile") + 1)).code
    assert [one.suffix for one in (here / CITY / "backups").iterdir()] == [".part"]
    with opened(here / CITY) as city:
        make_backup(city, "before-import")
        left = {one.suffix for one in (here / CITY / "backups").iterdir()}
        assert left == {".part", ""}, "of today: another process may be making it"
        assert isinstance(city.clock, SetClock)
        city.clock.at += timedelta(days=1)
        make_backup(city, "before-import")
    assert {one.suffix for one in (here / CITY / "backups").iterdir()} == {""}


def test_subprocess_breaks_as_the_fork_does__ok(rig: Rig) -> None:
    """The harness where there is no `fork`; one place by each way ends the same."""
    found = places(rig, "export", COUNTY)
    at = found.index("before replace") + 1
    left = []
    for forked in (False, HAS_FORK):
        here = rig.copy(COUNTY)
        job = Job("export", str(here / COUNTY), str(here / "stick"), kill_at=at)
        assert run(job, forked=forked).code == KILLED
        left.append(sorted(one.name for one in (here / "stick").iterdir()))
        assert dumped(here / COUNTY) == rig.old(COUNTY)
    assert left[0] == left[1] == [rig.package.name + ".part"]
