"""The line below a list with the sums of some of its fields."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from desktop_app.actions.listing import RecordList
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.tasks import Task

_HEAD, _GAP = "合计", "　"


class TotalsLine(QLabel):
    """
    The sums of the list shown last; “…” stands for each until it has come.

    They are summed beside the window, since a sum looks at every record; that of a list that is no longer shown is
    given up, or dropped when it comes.
    """

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        named(self, f"{name}.totals", _HEAD)
        self._desk = desk
        self._task: Task | None = None
        self._asked: RecordList | None = None

    def show_sums(self, records: RecordList, n_rows: int) -> None:
        """Sums this list; nothing is shown of an empty one."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        labels = [records.ledger.fields[key].label for key in records.ledger.list.totals] if n_rows else []
        self._asked = records if labels else None
        self.setVisible(bool(labels))
        self.setText(_line(dict.fromkeys(labels, "…")))
        if not labels:
            return

        def work(task: Task) -> tuple[RecordList, dict[str, str]]:
            return records, {} if task.is_cancelled else records.totals()

        self._task = self._desk.run("正在合计", work, self._came, can_stop=True)

    def _came(self, found: tuple[RecordList, dict[str, str]]) -> None:
        records, sums = found
        if records is self._asked:
            self._task = None
            self.setText(_line(sums) if sums else "")


def _line(sums: dict[str, str]) -> str:
    return _GAP.join([_HEAD, *(f"{label} {text}" for label, text in sums.items())])
