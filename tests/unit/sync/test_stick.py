"""
On the stick there is the whole file or nothing.

S01 what is written is read back, under its name, and nothing else is left
S02 no room, a failing device, a stick that lies: its own code, no half file, no file under the name
S03 what is there is not overwritten
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop_app.base.errors import PackageError
from desktop_app.sync.lines import encode_line
from desktop_app.sync.package import write_package
from desktop_app.sync.stick import pieces_of, write_to_stick
from tests.unit.sync.test_package import DRAFT, LINES, READER, SENDER

CONTENT = [b"a" * 1000, b"", b"b" * 500]
NAME = "620402-000017-submission.ghpkg"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "U 盘"
    folder.mkdir()
    return folder / NAME


def refused(target: Path, pieces: Iterator[bytes] | None = None) -> PackageError:
    """The refusal; nothing is left on the stick."""
    with pytest.raises(PackageError) as caught:
        write_to_stick(target, pieces or iter(CONTENT), 1500)
    assert list(target.parent.iterdir()) == []
    assert str(target.parent) in str(caught.value)
    return caught.value


def test_s01_written__ok(target: Path) -> None:
    digest = write_to_stick(target, iter(CONTENT), 1500)
    assert target.read_bytes() == b"".join(CONTENT)
    assert digest == hashlib.sha256(b"".join(CONTENT)).hexdigest()
    assert list(target.parent.iterdir()) == [target]


def test_s01_leftover_of_a_pulled_stick__ok(target: Path) -> None:
    target.with_name(NAME + ".part").write_bytes(b"x" * 9999)
    write_to_stick(target, iter(CONTENT), 1500)
    assert [one.name for one in target.parent.iterdir()] == [NAME]
    assert target.stat().st_size == 1500


def test_s01_flushed_before_it_has_its_name__ok(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, bool]] = []
    fsync = os.fsync

    def watching(fd: int) -> None:
        seen.append((os.fstat(fd).st_size, target.exists()))
        fsync(fd)

    monkeypatch.setattr(os, "fsync", watching)
    write_to_stick(target, iter(CONTENT), 1500)
    assert seen[0] == (1500, False)
    assert len(seen) == 2


def test_s02_no_room__error(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1400))
    error = refused(target)
    assert error.code == "package.no_space"
    assert "1500" in str(error)
    assert "1400" in str(error)


def test_s02_just_enough_room__ok(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1500 + 1024 * 1024))
    write_to_stick(target, iter(CONTENT), 1500)
    assert target.exists()


@pytest.mark.parametrize("n_pieces", [0, 1, 2])
def test_s02_full_after_some_bytes__error(target: Path, n_pieces: int) -> None:
    def pieces() -> Iterator[bytes]:
        yield from CONTENT[:n_pieces]
        raise OSError(errno.ENOSPC, "No space left on device")

    error = refused(target, pieces())
    assert error.code == "package.write"
    assert "No space left" in str(error)


def test_s02_write_fails_after_some_bytes__error(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.open

    def opened(path: Path, mode: str = "r", **more: Any) -> Any:
        out = whole(path, mode, **more)
        if mode != "wb":
            return out
        limit = SimpleNamespace(left=1200)

        class Failing:
            def __enter__(self) -> "Failing":
                return self

            def __exit__(self, *_: object) -> None:
                out.close()

            def write(self, data: bytes) -> int:
                limit.left -= len(data)
                if limit.left < 0:
                    raise OSError(errno.EIO, "Input/output error")
                return int(out.write(data))

            def flush(self) -> None:
                out.flush()

            def fileno(self) -> int:
                return int(out.fileno())

        return Failing()

    monkeypatch.setattr(Path, "open", opened)
    assert refused(target).code == "package.write"


@pytest.mark.parametrize("call", [one for one in ("fsync", "posix_fadvise") if hasattr(os, one)])
def test_s02_device_fails__error(target: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    assert refused(target).code == "package.write"


def test_s02_stick_pulled_before_the_name_is_safe__error(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last flush fails: the number is used again, so no file may stand under it."""
    fsync, n_calls = os.fsync, 0

    def second_fails(fd: int) -> None:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 2:
            raise OSError(errno.EIO, "Input/output error")
        fsync(fd)

    monkeypatch.setattr(os, "fsync", second_fails)
    assert refused(target).code == "package.write"


@pytest.mark.parametrize("lie", [lambda content: content[:-1], lambda _: b"", lambda content: content[:-1] + b"c"])
def test_s02_stick_lies__error(target: Path, monkeypatch: pytest.MonkeyPatch, lie: Any) -> None:
    """A stick with less memory than it says takes every byte and gives others back."""
    fsync = os.fsync

    def lying(fd: int) -> None:
        fsync(fd)
        part = target.with_name(NAME + ".part")
        part.write_bytes(lie(part.read_bytes()))

    monkeypatch.setattr(os, "fsync", lying)
    assert refused(target).code == "package.read_back"


def test_s02_no_such_folder__error(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        write_to_stick(tmp_path / "gone" / NAME, iter(CONTENT), 1500)
    assert caught.value.code == "package.write"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_s03_taken__error(target: Path, what: str) -> None:
    if what == "file":
        target.write_bytes(b"old")
    else:
        target.mkdir()
    with pytest.raises(PackageError) as caught:
        write_to_stick(target, iter(CONTENT), 1500)
    assert caught.value.code == "package.exists"
    assert str(target) in str(caught.value)
    assert target.is_dir() or target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("where", ["stick", "workplace"])
def test_s02_whole_package__error(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left in the workplace either."""
    folder, work = tmp_path / "stick", tmp_path / "work"
    for one in (folder, work):
        one.mkdir()

    def lines() -> Iterator[bytes]:
        yield from map(encode_line, LINES)
        if where == "workplace":
            raise OSError(errno.ENOSPC, "No space left on device")

    if where == "stick":
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(PackageError) as caught:
        write_package(folder, DRAFT, lines(), identity=SENDER, readers=[READER.public], workplace=work)
    assert caught.value.code == {"stick": "package.no_space", "workplace": "package.write"}[where]
    assert list(folder.iterdir()) == list(work.iterdir()) == []


def test_pieces_of_a_file__ok(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(2_500_000))
    assert [len(one) for one in pieces_of(tmp_path / "f")] == [1024 * 1024, 1024 * 1024, 2_500_000 - 2 * 1024 * 1024]
