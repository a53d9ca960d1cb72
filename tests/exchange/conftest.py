"""A world made once, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.world import World, make_world, open_world


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world as it is made."""
    folder = tmp_path_factory.mktemp("exchange") / "template"
    make_world(folder)
    return folder


@pytest.fixture
def world(world_template: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of the world for one test; at its end every vault must be sound."""
    found = open_world(world_template, tmp_path / "world")
    yield found
    found.check()
    found.close()
