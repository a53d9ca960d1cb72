"""
`--self-test`: the program tries itself and says so in lines that are always the same.

The build, the installer and an update run it: any other line, or an exit status that is not 0, and the program
they have in hand is not used. With `--report FILE` the lines go to a file, as a program without a console needs.
"""

from __future__ import annotations

import faulthandler
import sys
import tempfile
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop_app import __version__
from desktop_app.actions.self_test import COUNTY, SelfTest, SelfTestFailed
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.pages import last_entries
from desktop_app.gui.start import make_app
from desktop_app.gui.theme import Theme
from desktop_app.gui.window import Window

REPORT = "--report"
# What the offscreen screen says of itself, the last two on Windows.
_OFFSCREEN = ("does not support propagateSizeHints", "Cannot find font directory", "Qt no longer ships fonts")
_MOST_SECONDS = 1500
"""Less than an update waits: whatever hangs ends with lines that say where."""
_LOOK_MS = 500


def run(arguments: list[str]) -> int:
    """
    Tries everything and writes one line for each part.

    Args:
        arguments: `--report FILE`; whatever else there is goes to Qt, such as `-platform offscreen`.

    Returns:
        0 when all parts are as they should be, else 1.
    """
    report, rest = _report(arguments)
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if report is None and sys.stdout is not None:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # a Chinese Windows console says 936
    if sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(_MOST_SECONDS, exit=True, file=sys.__stderr__)
    is_good = _try_all(rest, say)
    faulthandler.cancel_dump_traceback_later()
    if report is not None:
        report.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return 0 if is_good else 1


def _report(arguments: list[str]) -> tuple[Path | None, list[str]]:
    if REPORT not in arguments[:-1]:
        return None, arguments
    at = arguments.index(REPORT)
    return Path(arguments[at + 1]), [*arguments[:at], *arguments[at + 2 :]]


def _try_all(qt_arguments: list[str], say: Callable[[str], None]) -> bool:
    say(f"union-desk {__version__}")
    # Qt's warnings are lines that nobody expects; without a console they would be lost.
    qInstallMessageHandler(lambda kind, context, text: _qt_said(say, kind, context, text))
    with tempfile.TemporaryDirectory(prefix="union-desk-", ignore_cleanup_errors=True) as folder:
        test = SelfTest(Path(folder))
        parts = {**test.parts(), "界面": lambda: _draw_pages(test, ["union-desk", *qt_arguments])}
        good = [_part(label, part, say) for label, part in parts.items()]
    qInstallMessageHandler(None)
    say("自检通过" if all(good) else "自检没有通过")
    return all(good)


def _part(label: str, part: Callable[[], object], say: Callable[[str], None]) -> bool:
    try:
        part()
    except Exception:  # whatever it is, the part has failed, and the next one may tell more
        say(f"{label}：失败")
        for line in traceback.format_exc().splitlines():
            say(f"    {line}")
        return False
    say(f"{label}：通过")
    return True


def _qt_said(say: Callable[[str], None], kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if kind in {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg} and not any(
        one in text for one in _OFFSCREEN
    ):
        say(f"Qt：{text}")


def _draw_pages(test: SelfTest, arguments: list[str]) -> None:
    """Every page is drawn, with the list and the entry form of every ledger; nothing appears on the screen."""
    app = make_app(arguments)
    asked: list[str] = []
    look = QTimer(interval=_LOOK_MS)
    look.timeout.connect(lambda: _refuse_question(asked))
    look.start()
    window = Window(Theme(app))
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    window.enter(test.open(COUNTY))
    assert window.desk is not None
    assert window.frame is not None
    try:
        for address in _addresses(window.desk):
            page = window.frame.open(Address.parse(address))
            app.processEvents()
            if window.grab().isNull():
                raise SelfTestFailed(address)
            if address != "home":
                window.frame.drop(page)
    finally:
        window.close()
        look.stop()
    if asked:
        raise SelfTestFailed(f"意外的提问：{'；'.join(asked)}")


def _refuse_question(asked: list[str]) -> None:
    """A box that waits for a person would wait for ever here."""
    box = QApplication.activeModalWidget()
    if box is not None:
        asked.append(box.accessibleName() or box.windowTitle() or box.objectName())
        box.close()


def _addresses(desk: Desk) -> list[str]:
    ledgers = [one.key for one in desk.vault.pack.in_order() if not one.child_of]
    lists, forms = [f"list/{key}" for key in ledgers], [f"new/{key}" for key in ledgers]
    return ["home", *lists, *forms, *(address for address, _ in last_entries(desk))]
