"""Periods the city has accepted: a county may still change what lies in them, but says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from desktop_app.base.errors import ActionRefused
from desktop_app.domain.period import parse_period
from desktop_app.schema.model import PARENT, Ledger
from desktop_app.storage.rows import LedgerRows

if TYPE_CHECKING:
    from desktop_app.storage.vault import Owner

ANSWERING = PERIOD_REPORT, RETURN_NOTE = "period_report", "return_note"
"""The two ledgers by which offices answer each other; they travel like any other, and only the program writes them."""
ACCEPTED = "accepted"


class Seals:
    """
    The accepted periods of a county's vault, read once for a transaction; a city has none of its own.

    Args:
        ledgers: The tables, by ledger; without one of period reports nothing is accepted.
    """

    def __init__(self, owner: Owner, ledgers: Mapping[str, LedgerRows], connection: Connection) -> None:
        self._ledgers = ledgers
        self._connection = connection
        self._spans: list[tuple[str, str, str]] = []
        reports = ledgers.get(PERIOD_REPORT)
        if owner.role != "county" or reports is None:
            return
        table = reports.table
        query = select(table.c.period).where(table.c.state == ACCEPTED, table.c.deleted == 0)
        for label in connection.execute(query).scalars():
            if period := parse_period(label):
                self._spans.append((period.start, period.end, label))

    def label(self, ledger: Ledger, values: Mapping[str, object]) -> str:
        """
        The accepted period in which a record lies, empty when there is none.

        A line of a child table without a date of its own lies where its record lies.
        """
        if not self._spans or ledger.key in ANSWERING:
            return ""
        if ledger.child_of and not ledger.list.period:
            parent = str(values.get(PARENT, ""))
            found = self._ledgers[ledger.child_of].load(self._connection, [parent]).get(parent)
            return self.label(self._ledgers[ledger.child_of].ledger, found.values) if found else ""
        on = values.get(ledger.list.period) if ledger.list.period else None
        if not isinstance(on, str):
            return ""
        period = parse_period(on)
        start, end = (period.start, period.end) if period else (on, on)
        return next((label for first, last, label in self._spans if first <= end and start <= last), "")

    def checked(self, ledger: Ledger, versions: Iterable[Mapping[str, object]], note: str) -> str:
        """
        The accepted period that a change touches, by the record before or after it.

        Raises:
            ActionRefused: record.sealed: there is one and no reason was given.
        """
        if not self._spans:
            return ""
        found = next((label for values in versions if (label := self.label(ledger, values))), "")
        if found and not note:
            raise ActionRefused("record.sealed", period=found)
        return found
