"""
The developer's door works on a fresh machine.

D01 the set-up is done again when lock, project file, Python or folder change, and only then
D02 without root rights the missing system packages are named, with the command to install them
D03 the lock pins and hashes everything it names, and names no registry
D04 arguments after a command reach the child untouched
D05 children get no PYTHONUTF8, which would hide a forgotten encoding
"""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from building.running import child_environment

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def dev() -> ModuleType:
    # By path: `packaging` is also the name of a library the test tools use.
    spec = importlib.util.spec_from_file_location("union_desk_dev", ROOT / "packaging" / "dev.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository with a finished environment, in a folder with a space and Chinese."""
    root = tmp_path / "法律 保障"
    _write(root / "pyproject.toml", "[project]")
    _write(root / "requirements.lock", "click==8.0")
    places = {"ROOT": root, "VENV": root / ".venv", "STAMP": root / ".venv" / "stamp"}
    files = {"PYPROJECT": root / "pyproject.toml", "LOCK": root / "requirements.lock"}
    for name, path in (places | files).items():
        monkeypatch.setattr(dev, name, path)
    _write(dev.python_in(dev.VENV), "")
    _write(dev.STAMP, f"{dev.home_digest()}\n{dev.content_digest()}")
    return root


@pytest.fixture
def children(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been started; all of them succeed."""
    started: list[list[str]] = []

    def record(command: Sequence[str | Path], **_: object) -> int:
        started.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(dev, "run", record)
    return started


def test_d01_second_setup_does_nothing__ok(dev: ModuleType, house: Path, children: list[list[str]]) -> None:
    assert dev.main(["setup"]) == 0
    assert children == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_d01_changed_file__ok(dev: ModuleType, house: Path, name: str) -> None:
    _write(house / name, "changed")
    assert not dev.is_ready()
    assert dev.read_stamp()[0] == dev.home_digest(), "the environment itself can stay"


def test_d01_moved_folder__ok(dev: ModuleType, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "ROOT", house / "moved")
    assert not dev.is_ready()
    assert dev.read_stamp()[0] != dev.home_digest()


def test_d01_other_python__ok(dev: ModuleType, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.platform, "python_version", lambda: "3.99.0")
    assert dev.read_stamp()[0] != dev.home_digest()


def test_d01_no_interpreter__ok(dev: ModuleType, house: Path) -> None:
    dev.python_in(dev.VENV).unlink()
    assert not dev.is_ready()


def test_d02_advice__ok(dev: ModuleType) -> None:
    advice = dev.apt_advice(["age"])
    assert advice.endswith("sudo apt-get install -y --no-install-recommends age")
    assert dev.APT_PACKAGES["age"] in advice


@pytest.mark.parametrize(("missing", "is_stopped"), [(["age"], False), (["python3-venv", "age"], True)])
def test_d02_not_root(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    children: list[list[str]],
    missing: list[str],
    is_stopped: bool,
) -> None:
    monkeypatch.setattr(dev, "missing_system_packages", lambda: missing)
    monkeypatch.setattr(dev, "is_root", lambda: False)
    if is_stopped:
        with pytest.raises(dev.DevError, match="python3-venv"):
            dev.install_system_packages()
    else:
        dev.install_system_packages()
    assert "sudo apt-get install" in capsys.readouterr().out
    assert children == []


def test_d02_root_installs_only_what_is_missing__ok(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, children: list[list[str]]
) -> None:
    monkeypatch.setattr(dev, "missing_system_packages", lambda: ["age"])
    monkeypatch.setattr(dev, "is_root", lambda: True)
    dev.install_system_packages()
    assert [command[:2] for command in children] == [["apt-get", "update"], ["apt-get", "install"]]
    assert children[1][-1] == "age"


def test_d02_one_unknown_package_stops_no_other__ok(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def run(command: Sequence[str], **environment: str) -> int:
        if "no-such" in command:
            return 100
        done.extend(command[4:])
        return 0

    monkeypatch.setattr(dev, "run", run)
    monkeypatch.setattr(dev, "missing_system_packages", lambda: ["age", "no-such", "binutils"])
    monkeypatch.setattr(dev, "is_root", lambda: True)
    dev.install_system_packages()
    assert done == ["age", "binutils"]
    assert capsys.readouterr().out.splitlines()[-1] == "apt-get could not install: no-such"


def test_d02_no_apt__ok(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    assert dev.missing_system_packages() == []


def test_d03_lock_is_pinned_and_hashed__ok(dev: ModuleType) -> None:
    text = dev.LOCK.read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 30
    bad = [entry.split()[0] for entry in entries if not re.match(r"[\w.-]+==\S+ ", entry) or "sha256:" not in entry]
    assert bad == []


def test_d03_lock_names_no_registry__ok(dev: ModuleType) -> None:
    """Names, versions and hashes only; these are the words by which a lock would name where it was made."""
    text = dev.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|find-links|trusted-host", text)
    assert "python packaging/dev.py lock" in text.partition("==")[0]


def test_d03_lock_holds_what_the_project_asks_for__ok(dev: ModuleType) -> None:
    project = tomllib.loads(dev.PYPROJECT.read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["dependency-groups"]["install"],
    ]
    pinned = set(re.findall(r"^([\w.-]+)==", dev.LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {re.split(r"[<>=!~\[; ]", name)[0].lower() for name in asked} - pinned == set()


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        (["run", "--help"], ["-m", "desktop_app", "--help"]),
        (["demo", "--json", "案件 一"], ["-m", "desktop_app", "demo", "--json", "案件 一"]),
        (["test", "--long", "-k", "a or b"], ["-m", "pytest", "--long", "-k", "a or b"]),
        (["bench", "--", "x"], ["-m", "tests.bench", "--", "x"]),
    ],
)
def test_d04_arguments__ok(
    dev: ModuleType, house: Path, children: list[list[str]], given: list[str], handed_on: list[str]
) -> None:
    assert dev.main(given) == 0
    assert children == [[str(dev.python_in(dev.VENV)), *handed_on]]


@pytest.mark.parametrize("rest", [[], ["--long"]])
@pytest.mark.parametrize(("n_cores", "n_processes"), [(None, "1"), (2, "2"), (64, "4")])
def test_d04_whole_suite_in_parallel__ok(
    dev: ModuleType,
    house: Path,
    children: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    rest: list[str],
    n_cores: int | None,
    n_processes: str,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: n_cores)
    assert dev.main(["test", *rest]) == 0
    assert children[0][1:] == ["-m", "pytest", "-n", n_processes, "--dist", "loadfile", *rest]


def test_d04_check_takes_none__error(
    dev: ModuleType, house: Path, children: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["check", "--fast"]) == 1
    assert "--fast" in capsys.readouterr().err
    assert children == []


def test_d04_check_runs_all_and_reports_any_failure__error(
    dev: ModuleType, house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "run", lambda command: 1 if "mypy" in command else 0)
    assert dev.main(["check"]) == 1
    assert re.findall(r"^(ok|FAILED) +(\w+)$", capsys.readouterr().out, flags=re.MULTILINE) == [
        ("ok", "format"),
        ("ok", "lint"),
        ("FAILED", "types"),
        ("ok", "layers"),
    ]


def test_d05_environment__ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUTF8", "1")
    environment = child_environment(EXTRA="1")
    assert "PYTHONUTF8" not in environment
    assert (environment["PYTHONIOENCODING"], environment["EXTRA"]) == ("utf-8", "1")


def test_help_from_any_folder__ok(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "packaging" / "dev.py"), "--help"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert re.findall(r"^  (\w+) +[A-Z]", answer.stdout, flags=re.MULTILINE) == [
        "setup",
        "demo",
        "run",
        "test",
        "check",
        "bench",
        "build",
        "release",
        "lock",
    ]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
