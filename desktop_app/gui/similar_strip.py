"""The line above a form that names records much like what is being typed; a click opens one for comparison."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desktop_app.actions.lookup import Candidate
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import button

_MOST_CHARS = 24


class SimilarStrip(QFrame):
    """Hidden while nothing is alike; it warns and hinders nobody from saving."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "record.similar", "相似记录")
        self.setProperty("kind", "message-hint")
        self._desk = desk
        self._shown: list[Candidate] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self.words = named(QLabel("已有很像的记录，请点开核对，避免重复登记："), "record.similar.text")
        self._row.addWidget(self.words)
        self._row.addStretch(1)
        self.hide()

    def show_records(self, found: list[Candidate]) -> None:
        """Names these records."""
        if found == self._shown:
            return
        self._shown = found
        while self._row.count() > 2:
            item = self._row.takeAt(1)
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for at, one in enumerate(found):
            title = one.title if len(one.title) <= _MOST_CHARS else one.title[: _MOST_CHARS - 1] + "…"
            link = button(title, f"record.similar.{at}", kind="link", tip=one.title)
            link.clicked.connect(partial(self._open, one.record_id))
            self._row.insertWidget(1 + at, link)
        self.setVisible(bool(found))

    def _open(self, record_id: str, _: bool = False) -> None:
        self._desk.open(f"record/{record_id}")
