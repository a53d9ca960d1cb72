"""Starts the window."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.base.frozen import keep_own_modules
from desktop_app.base.paths import fonts_dir, icons_dir
from desktop_app.gui.greeting import TITLE, Greeting

if TYPE_CHECKING:
    from desktop_app.gui.window import Window

_DOOR_MS = 700
"""The first picture of the log-in does not wait for what a door needs."""


def make_app(arguments: list[str]) -> QApplication:
    """The one application object, in Chinese, in the style that looks the same on every system."""
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    app = QApplication(arguments)
    app.setApplicationName("union-desk")
    app.setApplicationDisplayName(TITLE)
    app.setDesktopFileName("org.uniondesk.app")  # how Linux finds the icon of the running program
    app.setWindowIcon(QIcon(str(icons_dir() / "union-desk.svg")))
    app.setStyle("Fusion")
    _ensure_chinese(app)
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    return app


def _ensure_chinese(app: QApplication) -> None:
    """On a system without a Chinese font the window is drawn with one that letters bring along."""
    if QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        return
    for path in fonts_dir().glob("FandolHei*.ttf"):
        families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
        if families:
            font = app.font()
            font.setFamilies([*families, font.family()])
            app.setFont(font)
            return


def _hand_over(files: Sequence[Path]) -> bool:
    """Whether a window of this user has taken the files."""
    from desktop_app.gui.doorbell import front_door, ring  # noqa: PLC0415 only when a file was opened
    from desktop_app.gui.remembered import recent_vaults  # noqa: PLC0415

    return ring([*recent_vaults(), front_door()], files)


def _make_window(app: QApplication) -> Window:
    """The window at its log-in; errors of our own go into a report from here on."""
    from desktop_app.gui.bug_report import BugReport  # noqa: PLC0415 the greeting does not wait for these
    from desktop_app.gui.theme import Theme  # noqa: PLC0415
    from desktop_app.gui.window import Window  # noqa: PLC0415

    window = Window(Theme(app))
    sys.excepthook = BugReport(window).show_bug
    return window


def _load() -> None:
    import_module("desktop_app.gui.inside")
    import_module("desktop_app.gui.pages").load_pages()
    import_module("desktop_app.gui.inside").read_forms()
    keep_own_modules()  # a command beside us may install an update at any time
    gc.freeze()  # all this stays to the end: to go through it takes a tenth of a second, mostly while a vault is opened


def run(files: Sequence[Path] = (), vault: Path | None = None) -> int:
    """
    Shows the window until it is closed.

    Args:
        files: Packages to take in and updates to install, once a vault is open.
        vault: The one that the log-in asks for, before those used lately.

    Returns:
        The exit status.
    """
    if files and _hand_over(files):
        return 0
    app = make_app(sys.argv[:1])
    greeting = Greeting()
    greeting.show()
    app.processEvents()
    window = _make_window(app)
    if vault is not None:
        window.login.show_vaults(vault)
    window.show()
    greeting.deleteLater()
    # Beside the log-in: a second's loading is done by the time a passphrase is typed.
    QTimer.singleShot(0, threading.Thread(target=_load, daemon=True).start)
    QTimer.singleShot(_DOOR_MS, window.wait_at_door)
    window.open_files(files)
    return app.exec()
