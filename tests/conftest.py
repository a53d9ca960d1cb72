"""What every test has: the size of a sweep, hypothesis profiles, and silence in the log."""

import logging
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from desktop_app.storage import slots

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# Before Qt is loaded. The rig hands no QT_ variable on: there UNION_DESK_PLATFORM says which screen is meant.
os.environ.setdefault("QT_QPA_PLATFORM", os.environ.get("UNION_DESK_PLATFORM", "offscreen"))

hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("long", deadline=None, max_examples=1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long sweeps whole")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "ci")


@pytest.fixture(scope="session")
def qapp() -> "QApplication":
    """The program's own application object: there can be only one in a process."""
    from PySide6.QtCore import QCoreApplication, Qt  # noqa: PLC0415 tests without a window load no Qt

    from desktop_app.gui.start import make_app  # noqa: PLC0415

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)  # a test types into Qt's own
    return make_app(["union-desk"])


@pytest.fixture(scope="session")
def sweep(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`sweep(n_ci, n_long)`: how many rounds this run is worth; a sweep shrinks but is never skipped."""
    is_long = bool(request.config.getoption("--long"))
    return lambda n_ci, n_long: n_long if is_long else n_ci


@pytest.fixture(autouse=True)
def _light_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is derived in milliseconds; the test of the measuring itself has kept the function."""
    monkeypatch.setattr(slots, "calibrated_cost", lambda: slots.LIGHT)


class _Unexpected(logging.Handler):
    """Keeps what nobody announced with `caplog.at_level(<that level>)`."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._caplog = caplog

    def emit(self, record: logging.LogRecord) -> None:
        if self._caplog.handler.level != record.levelno:
            self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _log_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log that the test did not expect fails it."""
    handler = _Unexpected(caplog)
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.lines:
        pytest.fail("unexpected in the log:\n" + "\n".join(handler.lines))
