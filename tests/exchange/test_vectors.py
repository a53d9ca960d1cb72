"""
Real package files, each with the one answer it must get: the files lie in tests/vectors, the answers in its index.

V01 every file is answered with exactly its code, the sentence names the file, and the vault is as it was
V02 the index names every file, and every file is in the index
V03 a preview answers like the import
V04 the script that makes the files makes all of them, and they are answered alike
V05 the good package with any byte flipped, cut anywhere or longer: refused with a `package.*` code, and the files
    of the vault keep every byte; afterwards it is taken in
"""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.importing import import_package, preview_package
from desktop_app.base.clock import SetClock
from desktop_app.base.codes import SENTENCES
from desktop_app.base.errors import KnownError
from desktop_app.storage.vault import Vault
from tests.exchange.world import CITY, content, dump
from tests.vectors.make import HERE, MADE_AT, main, vault_with_keys

INDEX: list[dict[str, str]] = tomllib.loads(HERE.joinpath("index.toml").read_text(encoding="utf-8"))["vector"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """The city's vault with the keys of the vectors; no refused file may change it, so it serves them all."""
    vault = vault_with_keys(tmp_path_factory.mktemp("vectors") / "city", CITY, SetClock(MADE_AT))
    yield vault
    vault.close()


def answer(call: Any, vault: Vault, file: Path, names: str = "") -> str:
    """The code of the answer to a file that must not change the vault."""
    before = dump(vault)
    with pytest.raises(KnownError) as caught:
        call(vault, file)
    assert dump(vault) == before
    assert file.name in str(caught.value)
    assert names in str(caught.value)
    return caught.value.code


REFUSED = pytest.mark.parametrize(
    "vector", [one for one in INDEX if one["code"] != "imported"], ids=lambda one: str(one["file"])
)


# --- V01, V03 -------------------------------------------------------------------------------------


@REFUSED
@pytest.mark.parametrize("call", [import_package, preview_package])
def test_v01_refused__error(city: Vault, vector: dict[str, str], call: Any) -> None:
    assert vector["code"] in SENTENCES
    assert answer(call, city, HERE / vector["file"], vector.get("names", "")) == vector["code"]


def test_v01_good_package__ok(tmp_path: Path) -> None:
    """In a vault of its own, after every refused file was tried: nothing of them stayed in the way."""
    vault = vault_with_keys(tmp_path / "city", CITY, SetClock(MADE_AT))
    for one in INDEX:
        if one["code"] != "imported":
            answer(import_package, vault, HERE / one["file"])
    seen = preview_package(vault, HERE / "good.ghpkg")
    done = import_package(vault, HERE / "good.ghpkg")
    assert (done.outcome, done.n_revisions, done.ledgers) == ("imported", 1, {"dispute": {"new": 1}})
    assert (seen.imported.ledgers, len(seen.differences)) == (done.ledgers, 1)
    assert done.notes == ()
    assert len(content(vault)) == 1
    before = dump(vault)
    assert import_package(vault, HERE / "good.ghpkg").outcome == "repeated"
    assert dump(vault) == before
    vault.close()


# --- V05 ------------------------------------------------------------------------------------------


def damaged(whole: bytes, step: int) -> Iterator[bytes]:
    """Every `step`-th byte flipped in two ways, every `step`-th length, and a byte more."""
    for place in range(0, len(whole), step):
        for flip in (0x01, 0xFF):
            yield whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :]
        yield whole[:place]
    yield whole + b"\0"


def files_of(folder: Path) -> dict[str, bytes]:
    """What lies in a vault's folder, without the shared memory of readers."""
    return {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file() and one.suffix != ".db-shm"}


@pytest.mark.long
def test_v05_every_byte__error(tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    vault = vault_with_keys(tmp_path / "city", CITY, SetClock(MADE_AT))
    before, file = files_of(tmp_path / "city"), tmp_path / "good.ghpkg"
    for changed in damaged(HERE.joinpath("good.ghpkg").read_bytes(), sweep(19, 1)):
        file.write_bytes(changed)
        with pytest.raises(KnownError) as caught:
            import_package(vault, file)
        assert caught.value.code.startswith("package."), caught.value.code
    assert files_of(tmp_path / "city") == before
    assert import_package(vault, HERE / "good.ghpkg").outcome == "imported"
    vault.close()


# --- V02, V04 -------------------------------------------------------------------------------------


def test_v02_index_is_whole__ok() -> None:
    listed = [one["file"] for one in INDEX]
    assert sorted(listed) == sorted(one.name for one in HERE.glob("*.ghpkg"))
    assert len(listed) == len(set(listed))
    assert all(one["is"] for one in INDEX)


def test_v04_made_again__ok(city: Vault, tmp_path: Path) -> None:
    main(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(one["file"] for one in INDEX)
    for one in INDEX:
        if one["code"] == "imported":
            assert preview_package(city, tmp_path / one["file"]).imported.outcome == "previewed"
        else:
            assert answer(import_package, city, tmp_path / one["file"], one.get("names", "")) == one["code"], one
