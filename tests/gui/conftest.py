"""A window on a small desk, driven by real keys and clicks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop_app.actions.desk import PROGRAM, NewDesk, init_city
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.base.clock import SystemClock
from desktop_app.base.paths import forms_dir
from desktop_app.gui import remembered
from desktop_app.gui.theme import Theme
from desktop_app.gui.window import Window
from desktop_app.schema.load import read_files
from desktop_app.storage.holding import Hold
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault

PASSPHRASE = "pass-phrase-1"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city's vault with the shipped forms, made once; it is only copied."""
    folder = tmp_path_factory.mktemp("city") / "vault"
    init_city(NewDesk(folder, PASSPHRASE, cost=LIGHT), office="620400", name="白银市总工会")[0].close()
    return folder


@pytest.fixture(scope="session")
def pair(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's vault and that of a county paired with it, made once; they are only copied."""
    folder = tmp_path_factory.mktemp("pair")
    shutil.copytree(city, folder / "city")
    own = open_vault(folder / "city", PASSPHRASE, read_files(forms_dir()), SystemClock())
    enrolment = add_office(own, code="620421", name="靖远县总工会", out=folder)
    desk = NewDesk(folder / "county", PASSPHRASE, cost=LIGHT)
    county, paired = init_county(desk, enrolment=enrolment, out=folder)
    assert paired.file is not None
    import_package(own, paired.file)
    for one in (own, county):
        one.close()
    return folder


@pytest.fixture
def vault(request: pytest.FixtureRequest, city: Path, tmp_path: Path) -> Vault:
    """The city's vault, as open as it is right after it was made; the window closes it. Paired if there is a county."""
    if "county" in request.fixturenames:
        pair: Path = request.getfixturevalue("pair")
        city = pair / "city"
    return open_copy(city, tmp_path / "vault")


def open_copy(made: Path, folder: Path) -> Vault:
    """A copy of a vault, held and open."""
    clock = SystemClock()
    shutil.copytree(made, folder)
    opened = open_vault(folder, PASSPHRASE, read_files(forms_dir()), clock)
    opened.hold = Hold(folder, PROGRAM, clock)
    return opened


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """A window at the log-in that remembers nothing outside the test's folder."""
    monkeypatch.setattr(remembered, "user_config_path", lambda *_, **__: tmp_path / "config")
    made = Window(Theme(qapp))
    made.show()
    yield made
    if made.frame is not None:
        for page in made.frame.pages():
            made.frame.drop(page)  # no question about unsaved text at the end of a test
    made.close()
    made.deleteLater()
    # Else every window of the session lives on, and each change of colours draws them all.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def entered(window: Window, vault: Vault) -> Window:
    """The window with the vault open."""
    window.enter(vault)
    return window
