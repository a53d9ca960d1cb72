"""
D01 a file opened while its vault is open in a running program appears there on the receive page, one click from import
D02 nothing that comes through the door can do more, and the program goes on
D04 a window at the log-in takes the file too and opens it once the passphrase is typed; the first window has the door
D03 with nobody at home the second process opens its own window; what a crash left behind is no hindrance
"""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.actions.desk import open_desk
from desktop_app.base.paths import program_dir
from desktop_app.gui import doorbell, start
from desktop_app.gui.doorbell import Doorbell, front_door, ring
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.remembered import remember_vault
from desktop_app.gui.update_page import UpdatePage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_window import frame_of

_SECOND = """
import sys
from pathlib import Path
program, config, *files = map(Path, sys.argv[1:])
sys.path.insert(0, str(program))
from desktop_app.gui import remembered, start
remembered.user_config_path = lambda *_, **__: config  # Windows asks nobody's environment for it
sys.exit(start.run(files))
"""


def second_process(tmp_path: Path, package: Path) -> subprocess.Popen[bytes]:
    """The program started once more by the same user, with a file."""
    return subprocess.Popen([sys.executable, "-c", _SECOND, program_dir(), tmp_path / "config", package])


@pytest.fixture(autouse=True)
def homes(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of the test's own, for this process and those it starts; a socket's path must be short."""
    home = tmp_path_factory.mktemp("h")
    home.chmod(0o700)
    for name in ("XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))


# D01


def test_d01_second_process_hands_over__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    remember_vault(vault.folder)
    package = tmp_path / "620421-000001-submission.ghpkg"
    package.write_bytes(b"whatever")
    second = second_process(tmp_path, package)
    page_of: Callable[[], object] = lambda: frame_of(entered).current()  # noqa: E731
    qtbot.waitUntil(lambda: isinstance(page_of(), ReceivePage), timeout=30_000)
    assert second.wait(30) == 0
    page = page_of()
    assert isinstance(page, ReceivePage)
    assert page.paths() == [package]
    assert page.go.isEnabled()


def test_d01_until_it_is_locked__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    folder = vault.folder
    entered.lock()
    assert not ring([folder], [tmp_path / "a.ghpkg"])
    entered.enter(open_desk(folder, PASSPHRASE))
    assert ring([tmp_path / "other", folder], [tmp_path / "a.ghupdate"])
    qtbot.waitUntil(lambda: isinstance(frame_of(entered).current(), UpdatePage), timeout=5_000)


# D02


@pytest.mark.parametrize("given", [b"{", b'{"a": 1}', b"[1, null]", b"x" * 100_000, b"\xff"], ids=len)
def test_d02_nonsense__error(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot, given: bytes) -> None:
    with suppress(BrokenPipeError), Client(doorbell._address(vault.folder)) as door:
        door.send_bytes(given)
    assert ring([vault.folder], [tmp_path / "a.ghpkg"]), "the next one is heard"
    qtbot.waitUntil(lambda: isinstance(frame_of(entered).current(), ReceivePage), timeout=5_000)


def test_d02_other_files_open_nothing__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    assert ring([vault.folder], [tmp_path / "run.exe"])
    assert ring([vault.folder], [tmp_path / "a.ghpkg"])
    qtbot.waitUntil(lambda: isinstance(frame_of(entered).current(), ReceivePage), timeout=5_000)
    page = frame_of(entered).current()
    assert isinstance(page, ReceivePage)
    assert page.paths() == [tmp_path / "a.ghpkg"]


# D03


def test_d03_nobody_at_home__ok(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.gui.remembered.recent_vaults", lambda: [tmp_path / "gone"])
    assert not start._hand_over([tmp_path / "a.ghpkg"])


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe ends with its program")
def test_d03_left_by_a_crash__ok(tmp_path: Path, qtbot: QtBot) -> None:
    left = Path(doorbell._address(tmp_path))
    left.touch()
    owner = QObject()
    bell = Doorbell(tmp_path, owner)
    assert bell.is_up
    with qtbot.waitSignal(bell.rang, timeout=5_000) as heard:
        assert ring([tmp_path], [tmp_path / "a.ghpkg"])
    assert heard.args == [[tmp_path / "a.ghpkg"]]
    bell.close()
    assert not left.exists()


# D04


def test_d04_at_the_log_in_it_waits_for_the_passphrase__ok(
    window: Window, vault: Vault, tmp_path: Path, qtbot: QtBot
) -> None:
    window.wait_at_door()
    package = tmp_path / "620421-000001-submission.ghpkg"
    package.write_bytes(b"whatever")
    second = second_process(tmp_path, package)
    qtbot.waitUntil(lambda: package.name in window.login.hint.text(), timeout=30_000)
    assert second.wait(30) == 0
    window.enter(vault)
    page = frame_of(window).current()
    assert isinstance(page, ReceivePage)
    assert page.paths() == [package]
    assert not ring([front_door()], [package]), "the vault's own door is used now"
    window.lock()
    assert ring([front_door()], [package])


def test_d04_first_come_first_served__ok(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    window.wait_at_door()
    owner = QObject()
    late = Doorbell(front_door(), owner)
    assert not late.is_up
    assert ring([front_door()], [tmp_path / "a.ghpkg"])
    qtbot.waitUntil(lambda: "a.ghpkg" in window.login.hint.text(), timeout=5_000)
    late.close()
    assert ring([front_door()], [tmp_path / "b.ghpkg"]), "its end is not the end of the first"
