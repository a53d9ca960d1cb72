"""A window on a small desk, driven by real keys and clicks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.gui import remembered
from desktop_app.gui.theme import Theme
from desktop_app.gui.window import Window
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

PASSPHRASE = "pass-phrase-1"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A city's vault with the shipped forms; the window closes it."""
    desk = NewDesk(tmp_path / "vault", PASSPHRASE, cost=LIGHT)
    return init_city(desk, office="620400", name="白银市总工会")[0]


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
