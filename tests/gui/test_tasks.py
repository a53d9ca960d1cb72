"""
T01 work under way as its window goes ends in peace: nothing is said, and what reports between its steps stops there
"""

import threading

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from desktop_app.gui.tasks import Cancelled, Task, TaskRunner


def test_t01_window_goes_first__ok(qapp: QApplication, capfd: pytest.CaptureFixture[str]) -> None:
    gone, ends = threading.Event(), list[str]()

    def works_on(task: Task) -> None:
        gone.wait(20)
        try:
            task.report(1, 2)
        except Cancelled:
            ends.append("stopped")
            raise

    runner = TaskRunner()
    runner.start("正在导入", works_on, done=lambda _: ends.append("told"))
    threading.Timer(0.1, gone.set).start()
    delete(runner)  # waits for its thread
    qapp.processEvents()
    assert ends == ["stopped"]
    assert capfd.readouterr().err == ""
