"""The house of the unit tests, filled: a county with disputes to send and an attachment, a city that waits."""

from pathlib import Path

import pytest

from tests.faults.rig import Rig, make_filled
from tests.helpers.desks import clock, house_template

__all__ = ["clock", "filled", "house_template", "rig"]


@pytest.fixture(scope="session")
def filled(house_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled house as it is made once."""
    folder = tmp_path_factory.mktemp("faults") / "filled"
    make_filled(house_template, folder)
    return folder


@pytest.fixture
def rig(filled: Path, tmp_path: Path) -> Rig:
    """A place to break copies of the filled house in."""
    return Rig(filled, tmp_path)
