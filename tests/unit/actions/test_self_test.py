"""
The program's test of itself (actions/self_test.py, gui/self_test.py).

Z01 a program that works says so in lines that are always the same, and leaves nothing behind
Z02 a part that fails is named, the others go on, and the exit status says it
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox

from desktop_app import __version__
from desktop_app.actions import self_test
from desktop_app.actions.self_test import SelfTest, SelfTestFailed
from desktop_app.gui import self_test as face

GOOD = [
    f"union-desk {__version__}",
    *(f"{part}：通过" for part in ("密库", "文书", "数据包", "备份", "界面")),
    "自检通过",
]


def test_z01_lines(tmp_path: Path) -> None:
    report = tmp_path / "自检.txt"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    places = {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    command = [sys.executable, "-m", "desktop_app", "--self-test", "--report", str(report), "-platform", "offscreen"]
    done = subprocess.run(command, env=os.environ | places, capture_output=True, encoding="utf-8", check=False)
    assert report.read_text(encoding="utf-8").splitlines() == GOOD
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(temporary.iterdir())


def test_z02_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(_: SelfTest) -> None:
        raise SelfTestFailed("两次打印不一致")

    for part in ("vaults", "packages", "backup"):
        monkeypatch.setattr(self_test.SelfTest, part, lambda _: None)
    monkeypatch.setattr(self_test.SelfTest, "letter", fails)
    monkeypatch.setattr(face, "_draw_pages", lambda *_: None)
    assert face.run([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "文书：失败" in lines
    assert "数据包：通过" in lines
    assert lines[-1] == "自检没有通过"


def test_z02_question_is_closed(qapp: object) -> None:
    asked: list[str] = []
    look = QTimer(interval=50)
    look.timeout.connect(lambda: face._refuse_question(asked))
    look.start()
    box = QMessageBox()
    box.setObjectName("messages.question")
    box.exec()  # would wait for ever
    assert asked == ["messages.question"]
