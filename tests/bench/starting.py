"""Start and memory of the program, against an empty window of the same toolkit; each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from desktop_app.base.paths import program_dir
from tests.bench.desks import PASSPHRASE, Bench
from tests.bench.measuring import Line, Taken, Watch, Words, compared, interleaved

FAMILY = "starting"
_EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1366, 720)
"""
_LOADED = """
from PySide6.QtWidgets import QLabel
window.setCentralWidget(QLabel("工会法律保障工作台"))
import argon2.low_level, cryptography.hazmat.primitives.ciphers.aead, msgspec, pyrage, sqlalchemy, sqlcipher3.dbapi2
"""
"""The floor: a Chinese word, so that a font is loaded, and the libraries without which there is no vault."""
_GREETING = """
import sys
from desktop_app.gui.start import Greeting, make_app
app = make_app(sys.argv[:1])
window = Greeting()
"""
_OURS = """
import sys
from desktop_app.gui.start import Greeting, make_app
app = make_app(sys.argv[:1])
greeting = Greeting()
greeting.show()
app.processEvents()
from desktop_app.gui.theme import Theme
from desktop_app.gui.window import Window
window = Window(Theme(app))
"""
_SHOWN = """
window.show()
app.processEvents()
"""
_FIRST_LIST = """
from pathlib import Path
from desktop_app.actions.desk import open_desk
from desktop_app.gui import start
from desktop_app.gui.list_page import ListPage
start._load()
window.enter(open_desk(Path({folder!r}), {passphrase!r}))
window.desk.open("list/consultation")
while window.findChild(ListPage).model.rowCount() == 0:
    app.processEvents()
app.processEvents()
"""
_MEMORY = """
lines = open("/proc/self/status", encoding="utf-8").read().splitlines()
print(next(int(one.split()[1]) for one in lines if one.startswith("VmRSS")))
"""


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    script = _FIRST_LIST.format(folder=str(bench.filled(bench.n(10_000))), passphrase=PASSPHRASE)
    whole = _OURS + _SHOWN + script

    def run(watch: Watch, text: str) -> None:
        before = os.times()
        start = time.perf_counter()
        _python(text)
        watch.seconds += time.perf_counter() - start
        after = os.times()
        watch.cpu += after.children_user - before.children_user + after.children_system - before.children_system

    taken = interleaved(
        {
            "empty": lambda watch: run(watch, _EMPTY + _SHOWN),
            "greeting": lambda watch: run(watch, _GREETING + _SHOWN),
            "window": lambda watch: run(watch, _OURS + _SHOWN),
        },
        bench.runs,
    )
    against = "empty PySide6 window"
    lines = [
        compared(
            FAMILY, Words("greeting", "start to the first window", against, 1.5), taken["greeting"], taken["empty"]
        ),
        compared(FAMILY, Words("window", "start to the log-in", against, 1.5), taken["window"], taken["empty"]),
    ]
    if sys.platform == "linux":
        idle, empty, loaded = (
            Taken([float(_python(text + _MEMORY)) / 1000 for _ in range(min(3, bench.runs))])
            for text in (whole, _EMPTY + _SHOWN, _EMPTY + _LOADED + _SHOWN)
        )
        words = Words("memory", "memory of the open program, idle", "empty PySide6 window", 2.5, unit="MB")
        lines.append(compared(FAMILY, words, idle, empty))
        words = Words("memory_floor", "the same", "a window with one word, and the libraries loaded", unit="MB")
        lines.append(compared(FAMILY, words, idle, loaded))
    return lines


def _python(text: str) -> str:
    """What a fresh process prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=program_dir(),
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout
