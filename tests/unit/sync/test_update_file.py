"""
Update files (sync/update_file.py).

U01 what was packed is unpacked the same, and the same folder packs to the same payload
U02 whatever is changed, cut off, added or signed by another is refused, each with its code
U03 a payload that is not what its header says is refused before anything is used
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop_app.base.errors import KnownError
from desktop_app.sync.update_file import MAGIC, read_update, unpack_update, write_update

SECRET = "07" * 32
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)).public_key().public_bytes_raw().hex()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A small folder that stands for a built program."""
    folder = tmp_path / "program"
    (folder / "app-0.2.0" / "中文").mkdir(parents=True)
    (folder / "app-0.2.0" / "中文" / "lib.so").write_bytes(bytes(range(256)) * 500)
    (folder / "union-desk").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "union-desk").chmod(0o755)
    return folder


def pack(program: Path, target: Path, secret: str = SECRET) -> Path:
    return write_update(
        program, target, version="0.2.0", system="linux-x64", notes=["新"], made_at=0, secret=secret, level=3
    )


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value.code


def test_u01_round_trip(program: Path, tmp_path: Path) -> None:
    path = pack(program, tmp_path)
    header = read_update(path, [KEY])
    assert (header.version, header.system, header.notes) == ("0.2.0", "linux-x64", ("新",))
    assert path.name == header.file_name
    unpack_update(path, header, tmp_path / "out")
    files = sorted(one.relative_to(program) for one in program.rglob("*") if one.is_file())
    assert files == sorted(one.relative_to(tmp_path / "out") for one in (tmp_path / "out").rglob("*") if one.is_file())
    assert all((tmp_path / "out" / one).read_bytes() == (program / one).read_bytes() for one in files)
    if os.name != "nt":  # Windows asks the name whether a file is a program
        assert (tmp_path / "out" / "union-desk").stat().st_mode & 0o100
    assert pack(program, tmp_path / "again").read_bytes() == path.read_bytes()
    assert sorted(one.name for one in (tmp_path / "again").iterdir()) == [path.name]


def test_u02_refusals(program: Path, tmp_path: Path) -> None:
    path = pack(program, tmp_path)
    whole = path.read_bytes()

    def read(content: bytes, *keys: str) -> str:
        path.write_bytes(content)
        return refused(lambda: read_update(path, keys or (KEY,)))

    assert read(b"") == "update.not_an_update"
    assert read(b"GHPKG" + whole[5:]) == "update.not_an_update"
    assert read(whole[: len(MAGIC) + 4] + b"x" + whole[len(MAGIC) + 5 :]) == "update.tampered"
    assert read(whole.replace(b"0.2.0", b"0.3.0", 1)) == "update.tampered"
    assert read(whole[:-1]) == "package.truncated"
    assert read(whole + b"x") == "update.tampered"
    assert read(whole, "00" * 32) == "update.unknown_key"
    assert read(whole[: len(MAGIC)] + b"\xff" * 4 + whole[len(MAGIC) + 4 :]) == "update.tampered"


@pytest.mark.parametrize("at", [-1, -200, -2000])
def test_u03_payload_is_another(program: Path, tmp_path: Path, at: int) -> None:
    path = pack(program, tmp_path)
    header = read_update(path, [KEY])
    content = bytearray(path.read_bytes())
    at = max(at, 1 - header.payload_bytes)
    content[at] ^= 1
    path.write_bytes(content)
    assert refused(lambda: unpack_update(path, header, tmp_path / "out")) == "update.tampered"


def test_u03_larger_than_it_says(program: Path, tmp_path: Path) -> None:
    path = pack(program, tmp_path)
    header = read_update(path, [KEY])
    small = type(header)(**{**{key: getattr(header, key) for key in header.__struct_fields__}, "unpacked_bytes": 100})
    assert refused(lambda: unpack_update(path, small, tmp_path / "out")) == "update.tampered"
