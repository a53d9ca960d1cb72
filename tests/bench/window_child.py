"""One process of the window's measures: `unlock`, `empty` or `pages` on a closed vault."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop_app.gui.window import Window

PASSPHRASE = "bench-passphrase"
LEDGER = "consultation"
_SHARE = 10_000
_WORDS = ("工会", "欠薪", "ghfl", "调解", "139", "劳动", "职工", "社保", "加班", "协商")


def opened(folder: Path) -> tuple[QApplication, Window, float]:
    """The program with its first page painted, and how many seconds that was from the passphrase on."""
    from desktop_app.actions.desk import open_desk  # noqa: PLC0415 each mode pays for its own imports
    from desktop_app.gui import start  # noqa: PLC0415
    from desktop_app.gui.theme import Theme  # noqa: PLC0415
    from desktop_app.gui.window import Window  # noqa: PLC0415

    app = start.make_app(["bench"])
    window = Window(Theme(app))
    window.show()
    app.processEvents()
    start._load()  # as it is by the time a passphrase is typed
    begun = time.perf_counter()
    window.enter(open_desk(folder, PASSPHRASE))
    app.processEvents()
    window.grab()
    return app, window, time.perf_counter() - begun


def unlock(folder: Path) -> None:
    """Prints the seconds from the passphrase to the first list painted."""
    from desktop_app.gui.desk import Address  # noqa: PLC0415

    _, window, seconds = opened(folder)
    assert window.frame is not None
    begun = time.perf_counter()
    window.frame.open(Address.parse(f"list/{LEDGER}"))
    window.grab()
    sys.stdout.write(str(seconds + time.perf_counter() - begun))
    sys.stdout.flush()


def empty(folder: Path) -> None:
    """A window with nothing in it, and the key of the vault derived."""
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415

    from desktop_app.storage.slot_users import SLOTS  # noqa: PLC0415
    from desktop_app.storage.slots import open_slot, read_slots  # noqa: PLC0415

    app = QApplication(["bench"])
    window = QMainWindow()
    window.show()
    open_slot(read_slots(folder / SLOTS), PASSPHRASE, folder / SLOTS)
    app.processEvents()
    window.grab()


class Pages:
    """Opens pages of one window over and over."""

    def __init__(self, folder: Path) -> None:
        from desktop_app.gui.list_page import ListPage  # noqa: PLC0415

        self._app, self._window, _ = opened(folder)
        self._words = cycle(_WORDS)
        self._index()
        listed = self.shown(f"list/{LEDGER}")
        assert isinstance(listed, ListPage)
        self.record = f"record/{listed.model.row(0).record_id}"

    def _index(self) -> None:
        """Takes every row into the index, as the window does by itself while nobody types."""
        from desktop_app.storage.search import catch_up  # noqa: PLC0415

        assert self._window.desk is not None
        vault = self._window.desk.vault
        n_left = 1
        while n_left:
            with vault.write("") as connection:
                n_left = catch_up(connection, vault.rows, _SHARE)

    def shown(self, address: str) -> object:
        """The page of an address, painted."""
        from desktop_app.gui.desk import Address  # noqa: PLC0415

        assert self._window.frame is not None
        page = self._window.frame.open(Address.parse(address))
        self._window.grab()
        return page

    def close(self, address: str) -> None:
        """Closes a page, so that the next time it is made anew, and lets it go as the window's own loop does."""
        from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415

        from desktop_app.gui.desk import Address  # noqa: PLC0415

        assert self._window.frame is not None
        self._window.frame.drop(self._window.frame.open(Address.parse(address)))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def search(self) -> None:
        """One search, its results painted."""
        from desktop_app.gui.search_page import SearchPage  # noqa: PLC0415

        page = self.shown("search")
        assert isinstance(page, SearchPage)
        page.text.setText(next(self._words))
        page.search_now()
        self._window.grab()

    def taken(self, runs: int) -> dict[str, list[float]]:
        """Seconds of each kind in each run, after one to warm up."""
        kinds: dict[str, Callable[[], object]] = {
            "list": lambda: self.shown(f"list/{LEDGER}"),
            "record": lambda: self.shown(self.record),
            "search": self.search,
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(runs + 1):
            self.close(f"list/{LEDGER}")
            self.close(self.record)
            for name, step in kinds.items():
                while self._window.runner.is_busy:
                    self._app.processEvents()
                start = time.perf_counter()
                step()
                if turn:
                    found[name].append(time.perf_counter() - start)
        return found


if __name__ == "__main__":
    mode, place = sys.argv[1], Path(sys.argv[2])
    if mode == "pages":
        sys.stdout.write(json.dumps(Pages(place).taken(int(sys.argv[3]))))
        sys.stdout.flush()
    else:
        {"unlock": unlock, "empty": empty}[mode](place)
        os._exit(0)  # what runs beside the window, and the way out, are not part of it
