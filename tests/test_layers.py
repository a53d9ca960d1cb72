"""
The layer rule is a test (design §3).

L01 arrows go down only, siblings do not meet, each heavy library has its door
L02 every third-party library in use has a door, or is named here as free for all layers
L03 a door lets its own layers in and reports everybody else
"""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration

from tests.helpers.doors import DoorContract

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = read_configuration(str(ROOT / "pyproject.toml"))

# Frozen structures are wanted in every layer, and the library is light.
FREE_FOR_ALL = {"msgspec"}


def test_l01_layers__ok() -> None:
    # A process of its own, because import-linter takes over logging and the module search path.
    lint = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", lint, "--no-cache"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_l02_every_library_has_a_door__ok() -> None:
    graph = grimp.build_graph("desktop_app", include_external_packages=True, cache_dir=None)
    outside = {name for name in graph.modules if graph.is_module_squashed(name)}
    doors = {name for door in _doors() for name in door["protected_modules"]}
    assert outside - set(sys.stdlib_module_names) - doors - FREE_FOR_ALL == set()


def test_l02_doors_open_into_layers__ok() -> None:
    layers = next(entry for entry in CONFIGURATION["contracts_options"] if entry["type"] == "layers")
    known = {f"desktop_app.{name.strip('() ')}" for row in layers["layers"] for name in row.split("|")}
    assert {name for door in _doors() for name in door["allowed_importers"]} <= known


@pytest.mark.parametrize(
    ("importer", "is_kept"),
    [("house.storage.vault", True), ("house.storage", True), ("house.cli", False)],
)
def test_l03_door(importer: str, is_kept: bool) -> None:
    graph = grimp.ImportGraph()
    graph.add_module("heavy", is_squashed=True)
    graph.add_module("house.storage")
    graph.add_import(importer=importer, imported="heavy")
    assert _door("heavy").check(graph, verbose=False).kept is is_kept


def test_l03_door_to_what_is_not_there__ok() -> None:
    assert _door("absent").check(grimp.ImportGraph(), verbose=False).kept


def _doors() -> list[dict[str, list[str]]]:
    return [entry for entry in CONFIGURATION["contracts_options"] if entry["type"] == "door"]


def _door(library: str) -> DoorContract:
    options = {"protected_modules": [library], "allowed_importers": ["house.storage"]}
    return DoorContract(name="door", session_options={}, contract_options=options)
