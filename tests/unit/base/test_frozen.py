"""A built program goes on when an update has taken its name (base/frozen.py), with PyInstaller's own reader."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from desktop_app.base.frozen import keep_own_modules

writers = pytest.importorskip("PyInstaller.archive.writers")
_NAME = "late"


def program(path: Path, answer: int, *, padding: int = 0) -> Path:
    """A file with a module in it; the padding moves the module, as in a next version."""
    source = path.with_name("late.py")
    source.write_text(f"ANSWER = {answer}\n", encoding="utf-8")
    first = compile("#" * padding + f"\nTEXT = {'x' * padding!r}", "first", "exec")
    code = {_NAME: compile(source.read_text(encoding="utf-8"), "late", "exec"), "first": first}
    entries = [("first", "first.py", "PYMODULE"), (_NAME, str(source), "PYMODULE")]
    writers.ZlibArchiveWriter(str(path), entries, code)
    return path


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The reader as it stands in a built program; a copy, since it is changed."""
    found = importlib.util.find_spec("PyInstaller.loader.pyimod01_archive")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "pyimod01_archive", module)
    return module


def test_modules_after_the_name_changed(loader: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = program(tmp_path / "union-desk", 1)
    monkeypatch.setattr(sys, "executable", str(running))
    archive = loader.ZlibArchiveReader(f"{running}?0")
    keep_own_modules()
    running.rename(tmp_path / "previous-union-desk")
    program(running, 2, padding=5000)
    keep_own_modules()  # asked for again, it does not take the newer one
    assert 1 in archive.extract(_NAME).co_consts


def test_from_its_source_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pyimod01_archive", raising=False)
    monkeypatch.setattr(sys, "executable", "nothing there")
    keep_own_modules()
