"""A county's vault with the shipped forms, and workbooks as offices keep them."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.actions.desk import NewDesk, make_desk
from desktop_app.base.clock import SetClock
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import read_files
from desktop_app.storage.packages import Office
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault

PASSPHRASE = "pass-phrase-1"
COUNTY = Office("620402", "白银区总工会", "county")
CITY = Office("620400", "白银市总工会", "city")
NOW = datetime(2025, 12, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vault as it is made once."""
    folder = tmp_path_factory.mktemp("excel") / "county"
    desk = NewDesk(folder, PASSPHRASE, clock=SetClock(NOW), cost=LIGHT)
    make_desk(desk, COUNTY, read_files(forms_dir()), others=[CITY])[0].close()
    return folder


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Iterator[Vault]:
    """A copy of it for one test."""
    folder = tmp_path / "vault"
    shutil.copytree(made, folder)
    found = open_vault(folder, PASSPHRASE, read_files(forms_dir()), SetClock(NOW))
    yield found
    found.close()
