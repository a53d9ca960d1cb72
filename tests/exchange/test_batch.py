"""
A whole stick at once, and what is kept of it.

N01 a folder full of other files takes no time and says so; the bad packages are skipped with their reasons
N02 the report of each import is kept and can be read and printed later
"""

from pathlib import Path

import pytest

from desktop_app.actions.importing import import_packages
from desktop_app.actions.journal import package_report, packages_log
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.telling import import_report, ledger_labels, told_import
from desktop_app.base.errors import ActionRefused, PackageError
from tests.exchange.world import CITY, A, B, World, content, dump


def litter(folder: Path, n: int) -> None:
    for at in range(n):
        (folder / f"照片{at:03}.jpg").write_bytes(b"\xff\xd8" + bytes(2000))


# --- N01 ------------------------------------------------------------------------------------------


def test_n01_nothing_but_other_files__error(world: World, tmp_path: Path) -> None:
    litter(tmp_path, 300)
    before = dump(world.city)
    with pytest.raises(PackageError) as caught:
        import_packages(world.city, [tmp_path])
    assert caught.value.code == "package.none_found"
    assert "300" in str(caught.value)
    assert dump(world.city) == before


def test_n01_good_ones_among_bad__ok(world: World, tmp_path: Path) -> None:
    """300 files with the packages' ending that are none, photographs, and two packages; one in capitals."""
    litter(tmp_path, 20)
    for at in range(300):
        (tmp_path / f"{at:06}-坏.ghpkg").write_bytes(bytes([at % 256]) * at)
    ids = {world.add(A), world.add(B)}
    first, second = world.package(A, CITY), world.package(B, CITY)
    (tmp_path / first.name).write_bytes(first.read_bytes())
    (tmp_path / second.name.upper()).write_bytes(second.read_bytes())
    done, skipped = import_packages(world.city, [tmp_path])
    assert [one.sender for one in done] == [A, B]
    assert len(skipped) == 300
    assert {one.code for one in skipped} == {"package.empty", "package.not_a_package"}
    assert all(one.file in one.message for one in skipped)
    assert set(content(world.city)) == ids


def test_n01_refused_in_the_middle_does_not_stop_the_rest__ok(world: World) -> None:
    world.add(A)
    early = world.package(A, CITY)
    early.write_bytes(early.read_bytes()[:-1])
    world.add(A)
    late = world.package(A, CITY)
    done, skipped = import_packages(world.city, [early, late])
    assert [one.outcome for one in done] == ["imported"]
    assert [one.code for one in skipped] == ["package.truncated"]
    assert len(content(world.city)) == 2  # each package brings everything since the last receipt


def test_n01_stopped_between_packages__ok(world: World) -> None:
    world.add(A)
    world.add(B)
    files = [world.package(A, CITY), world.package(B, CITY)]
    done, skipped = import_packages(world.city, files, lambda at, _: at == 0)
    assert [one.sender for one in done] == [A]
    assert [one.code for one in skipped] == ["package.stopped"]


def test_n01_stopped_within_a_package__ok(world: World) -> None:
    """The package is dropped whole, and can be taken in later."""
    records = add_records(world[A], "employer", [Given({"name": f"第{n}厂"}) for n in range(1200)])
    file = world.package(A, CITY)
    seen: list[tuple[int, int]] = []

    def goes_on(done: int, expected: int) -> bool:
        seen.append((done, expected))
        return done < 1000

    done, skipped = import_packages(world.city, [file], goes_on)
    assert (done, [one.code for one in skipped]) == ([], ["package.stopped"])
    assert seen == [(0, 1), (500, 1200), (1000, 1200)]
    assert content(world.city) == {}
    assert world.take(CITY, file).n_revisions == len(records.record_ids)


# --- N02 ------------------------------------------------------------------------------------------


def test_n02_report_is_kept__ok(world: World) -> None:
    world.add(A)
    done = world.up(A)
    world.down(A)
    found = packages_log(world.city)
    assert [(one.direction, one.kind) for one in found[:2]] == [("out", "receipt"), ("in", "submission")]
    assert found[1].report == done
    assert found[1].name == done.file.removesuffix(".ghpkg")
    assert package_report(world.city, found[1].name).report == done
    told = told_import(done, ledger_labels(world.city))
    assert any("新增 1" in one for one in told)


def test_n02_unknown_name__error(world: World) -> None:
    for name in ("", "620499"):
        with pytest.raises(ActionRefused) as caught:
            package_report(world.city, name)
        assert caught.value.code == "package.not_logged"


def test_n02_printed__ok(world: World) -> None:
    world.add(A)
    cut = world.package(A, CITY)
    cut.write_bytes(cut.read_bytes()[:-1])
    done, skipped = import_packages(world.city, [cut, world.package(A, CITY)])
    made = import_report(world.city, done, skipped * 200)
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") > 3
