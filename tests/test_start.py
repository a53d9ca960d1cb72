"""
The program's name is on screen before the window is loaded, and the log-in before the database is: nothing
that they are made of may ask for it.
"""

import subprocess
import sys

from desktop_app.base.paths import program_dir

_LOADED = (
    "import sys; from desktop_app.gui import start, window; print(*{one.partition('.')[0] for one in sys.modules})"
)
_HEAVY = {
    "argon2",
    "cryptography",
    "msgspec",
    "openpyxl",
    "pyrage",
    "reportlab",
    "sqlalchemy",
    "sqlcipher3",
    "typer",
    "zstandard",
}


_FIRST = """
import sys, desktop_app.gui.inside
from desktop_app.gui import home_page, list_page, pages
print(*sys.modules)
pages.load_pages()
print(*sys.modules)
"""


def test_first_list_waits_for_no_other_page__ok() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _FIRST], cwd=program_dir(), capture_output=True, encoding="utf-8", check=True
    )
    first, every = (set(line.split()) for line in told.stdout.splitlines())
    others = {f"desktop_app.gui.{one}_page" for one in ("report", "conflict", "submit", "receipt", "board")}
    assert not others & first
    assert others <= every
    assert not {"openpyxl", "docx", "xlrd", "lxml", "PIL", "reportlab"} & every


def test_what_was_loaded_is_not_gone_through_again__ok() -> None:
    script = "import gc; from desktop_app.gui import start; start._load(); print(gc.get_freeze_count(), gc.isenabled())"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=program_dir(), capture_output=True, encoding="utf-8", check=True
    )
    n_frozen, is_enabled = told.stdout.split()
    assert int(n_frozen) > 50_000
    assert is_enabled == "True"


def test_log_in_waits_for_nothing__ok() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _LOADED], cwd=program_dir(), capture_output=True, encoding="utf-8", check=True
    )
    assert not _HEAVY & set(told.stdout.split())


_GREETED = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from desktop_app.gui import start

def tell():
    print(*[one.objectName() for one in QApplication.topLevelWidgets() if one.isVisible()])

def make(app, made=start._make_window):
    tell()
    print("desktop_app.gui.window" in sys.modules)
    return made(app)

def execute(_):
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    tell()
    (window,) = [one for one in QApplication.topLevelWidgets() if one.objectName() == "window"]
    print(window.login.vaults.currentText())
    return 0

start._make_window, QApplication.exec = make, execute
start.run(vault=Path("jingyuan"))
"""


def test_name_is_there_until_the_window_is__ok() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _GREETED],
        cwd=program_dir(),
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,  # a fault of ours would stand in a box and wait
    )
    assert told.stdout.split() == ["greeting", "False", "window", "jingyuan"]
