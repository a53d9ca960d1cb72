"""Our own faults: shown with a report that can be copied; the window lives on."""

from __future__ import annotations

import sys
from types import TracebackType

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.base.codes import sentence
from desktop_app.base.crashes import report_text
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, row_of


class BugReport:
    """
    The event loop's last resort, set as `sys.excepthook`.

    The report holds where in the program it happened and which versions run; not the text of the exception, which
    may quote what a person has typed.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._is_open = False

    def show_bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Called by Qt for what a slot raised. One dialog at a time: a fault in a timer would bury the window."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if self._is_open:
            return
        self._is_open = True
        try:
            self.dialog(kind, trace).exec()
        finally:
            self._is_open = False

    def dialog(self, kind: type[BaseException], trace: TracebackType | None) -> QDialog:
        """The dialog with the report."""
        dialog = named(QDialog(self._window), "bug", "程序出错")
        dialog.setWindowTitle("程序出错")
        dialog.resize(640, 420)
        words = QLabel(sentence("bug.unexpected", detail=kind.__name__), wordWrap=True)
        report = named(QPlainTextEdit(report_text(kind, trace)), "bug.report", "错误报告")
        report.setReadOnly(True)
        copy = button("复制报告", "bug.copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report.toPlainText()))
        close = button("继续使用", "bug.close", kind="primary")
        close.clicked.connect(dialog.accept)
        column = QVBoxLayout(dialog)
        column.addWidget(words)
        column.addWidget(report, 1)
        column.addLayout(row_of(copy, 1, close))
        return dialog
