"""
A newer program from a stick (actions/updating.py), with shell scripts that stand for built programs.

V01 the new version is tried and then stands in place, the old one is kept, older ones go; the vault was backed up
V02 a version that fails its self-test changes nothing
V03 going back is a change of names, and going back again is the way forth
V04 what is not newer, for another system, or signed by another is refused before anything is written
V05 a name that cannot be changed undoes the ones before
V06 the city copies an update to a stick for any system; a county finds there what it can use
V07 with a vault open, an administrator installs it
V08 until the program was opened anew, no other update is laid on top; what was gone back from can be installed again
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop_app.actions import updating
from desktop_app.actions.backups import backups_of
from desktop_app.actions.program_place import Place, installed_place
from desktop_app.actions.updating import (
    go_back,
    hand_out,
    install_update,
    look_at_update,
    newer_updates,
)
from desktop_app.base.errors import KnownError
from desktop_app.base.release import system_name
from desktop_app.storage.vault import Vault
from desktop_app.sync.update_file import write_update

SECRET = "07" * 32
KEYS = (Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)).public_key().public_bytes_raw().hex(),)
NEXT, AFTER = "7.0.0", "8.0.0"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script that starts with #! is no program there")


def build(folder: Path, version: str, *, is_good: bool = True) -> Path:
    """A program whose self-test ends well or not."""
    (folder / f"app-{version}").mkdir(parents=True)
    (folder / f"app-{version}" / "lib").write_text(version, encoding="utf-8")
    (folder / "version").write_text(version, encoding="utf-8")
    told = "界面：通过" if is_good else "界面：失败"
    for name in ("union-desk", "union-desk-window"):
        (folder / name).write_text(f'#!/bin/sh\necho {told} > "$3"\nexit {int(not is_good)}\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def make_update(folder: Path, version: str, *, is_good: bool = True, system: str = "") -> Path:
    return write_update(
        build(folder / f"built-{version}-{is_good}", version, is_good=is_good), folder / "stick",
        version=version, system=system or system_name(), notes=["新"], made_at=0, secret=SECRET, level=3,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An installed program of version 0.0.1."""
    return Place(build(tmp_path / "place", "0.0.1"))


def content(place: Place) -> dict[str, bytes]:
    return {
        one.relative_to(place.folder).as_posix(): one.read_bytes() for one in place.folder.rglob("*") if one.is_file()
    }


def refused(call: Callable[[], object]) -> KnownError:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value


def restart(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(updating, "__version__", place.version())


def test_v01_in_place(place: Place, tmp_path: Path, city: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    done = install_update(make_update(tmp_path, NEXT), place, vault=city, keys=KEYS)
    assert (done.version, done.previous) == (NEXT, "0.0.1")
    assert [one.reason for one in backups_of(city.folder)] == ["before-upgrade"]
    assert (place.version(), place.version("previous-")) == (NEXT, "0.0.1")
    restart(monkeypatch, place)
    install_update(make_update(tmp_path, AFTER), place, vault=None, keys=KEYS)
    assert sorted(one.name for one in place.folder.glob("app-*")) == [f"app-{NEXT}", f"app-{AFTER}"]
    assert not [one for name in ("new-*", "older-*", "incoming*") for one in place.folder.glob(name)]


def test_v07_asks_for_the_role(place: Place, tmp_path: Path, city: Vault) -> None:
    city.role, before = "entry", content(place)
    update = make_update(tmp_path, NEXT)
    error = refused(lambda: install_update(update, place, vault=city, keys=KEYS))
    assert (error.code, content(place), backups_of(city.folder)) == ("role.not_allowed", before, [])
    without = refused(lambda: install_update(update, place, vault=city, with_backup=False, keys=KEYS))
    assert (without.code, content(place)) == ("role.not_allowed", before)


def test_v07_asks_for_the_role_to_go_back(place: Place, tmp_path: Path, city: Vault) -> None:
    install_update(make_update(tmp_path, NEXT), place, vault=city, with_backup=False, keys=KEYS)
    assert backups_of(city.folder) == []
    city.role, before = "entry", content(place)
    assert (refused(lambda: go_back(place, vault=city)).code, content(place)) == ("role.not_allowed", before)


def test_v08_again_before_the_restart(place: Place, tmp_path: Path, city: Vault) -> None:
    update = make_update(tmp_path, NEXT)
    install_update(update, place, vault=None, keys=KEYS)
    before = content(place)
    for path in (update, make_update(tmp_path, AFTER)):
        error = refused(lambda path=path: install_update(path, place, vault=city, keys=KEYS))  # type: ignore[misc]
        assert (error.code, content(place), backups_of(city.folder)) == ("update.restart", before, [])
    assert NEXT in str(error)
    assert go_back(place, vault=None).version == "0.0.1"


def test_v08_what_was_gone_back_from(place: Place, tmp_path: Path) -> None:
    update = make_update(tmp_path, NEXT)
    install_update(update, place, vault=None, keys=KEYS)
    whole = content(place)
    go_back(place, vault=None)
    (place.folder / f"app-{NEXT}" / "lib").unlink()  # as a virus scanner may have
    done = install_update(update, place, vault=None, keys=KEYS)
    assert (done.version, done.previous, content(place)) == (NEXT, "0.0.1", whole)


def test_v08_fails_when_installed_again(place: Place, tmp_path: Path) -> None:
    install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS)
    go_back(place, vault=None)
    before, bad = content(place), make_update(tmp_path, NEXT, is_good=False)
    assert refused(lambda: install_update(bad, place, vault=None, keys=KEYS)).code == "update.self_test"
    after = content(place)
    after.pop("self-test.txt")
    assert after == before


def test_v01_first_in_a_place_of_ones_own(tmp_path: Path) -> None:
    place = Place(tmp_path / "own" / "program")
    done = install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS)
    assert (done.previous, place.version()) == ("", NEXT)


def test_v03_back_to_the_one_for_all_users(tmp_path: Path) -> None:
    place = Place(tmp_path / "own" / "program", below="0.0.1")
    assert refused(lambda: go_back(place, vault=None)).code == "update.nothing_before"
    assert install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS).previous == "0.0.1"
    assert go_back(place, vault=None).version == "0.0.1"
    assert place.version() == ""
    assert go_back(place, vault=None).version == NEXT
    assert place.version() == NEXT


def test_v02_self_test_fails(place: Place, tmp_path: Path) -> None:
    before = content(place)
    error = refused(lambda: install_update(make_update(tmp_path, NEXT, is_good=False), place, vault=None, keys=KEYS))
    assert error.code == "update.self_test"
    assert "界面：失败" in str(error)
    after = content(place)
    after.pop("self-test.txt")  # what the maintainers ask for
    assert after == before


def test_v03_back_and_forth(place: Place, tmp_path: Path) -> None:
    assert refused(lambda: go_back(place, vault=None)).code == "update.nothing_before"
    install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS)
    after = content(place)
    assert go_back(place, vault=None).version == "0.0.1"
    assert place.version() == "0.0.1"
    assert go_back(place, vault=None).version == NEXT
    assert content(place) == after


def test_v04_refused(place: Place, tmp_path: Path) -> None:
    before = content(place)
    for path, code in (
        (make_update(tmp_path, "0.0.2"), "update.not_newer"),
        (make_update(tmp_path, NEXT, system="windows-sw64"), "update.other_system"),
    ):
        assert refused(lambda path=path: install_update(path, place, vault=None, keys=KEYS)).code == code  # type: ignore[misc]
    update = make_update(tmp_path, AFTER)
    assert refused(lambda: look_at_update(update, ["00" * 32])).code == "update.unknown_key"
    assert refused(installed_place).code == "update.not_installed"
    assert content(place) == before


def test_v06_handed_out_and_found(tmp_path: Path) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    update, elsewhere = make_update(tmp_path, NEXT), make_update(tmp_path, AFTER, system="windows-sw64")
    for path in (update, elsewhere):
        assert hand_out(path, stick, KEYS).read_bytes() == path.read_bytes()
    assert refused(lambda: hand_out(update, stick, KEYS)).code == "package.exists"
    assert refused(lambda: hand_out(update, tmp_path)).code == "update.unknown_key"
    (stick / "spoilt.ghupdate").write_bytes(b"x")
    assert newer_updates(stick, KEYS) == [stick / update.name]


def test_v04_no_room(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(place)
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    error = refused(lambda: install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS))
    assert error.code == "update.no_space"
    assert content(place) == before


def test_v05_a_name_is_held(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_update(make_update(tmp_path, NEXT), place, vault=None, keys=KEYS)
    restart(monkeypatch, place)
    before = content(place)
    update, real = make_update(tmp_path, AFTER), Path.rename

    def held(path: Path, target: Path) -> Path:
        if path.name == "new-union-desk-window":
            raise PermissionError(13, "in use")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", held)
    assert refused(lambda: install_update(update, place, vault=None, keys=KEYS)).code == "update.busy"
    assert content(place) == before


def test_v01_place_of_the_program_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for_all, own = build(tmp_path / "opt", "0.0.1"), tmp_path / "data" / "union-desk" / "program"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(for_all / "union-desk"))
    assert installed_place() == Place(for_all)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert installed_place() == Place(own, "", "0.0.1")
    monkeypatch.setattr(os, "access", lambda *_: True)
    monkeypatch.setattr(sys, "executable", str(own / "union-desk"))
    assert installed_place() == Place(own)
    monkeypatch.setenv("UNION_DESK_FOR_ALL", str(for_all))
    assert installed_place() == Place(own, "", "0.0.1")
