"""The list page of a ledger: which records, in which order, what each cell says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from desktop_app.actions.records import find_ledger
from desktop_app.actions.search import keep_up
from desktop_app.base.clock import today
from desktop_app.domain.period import Period
from desktop_app.domain.titles import masked
from desktop_app.schema.clauses import Frame, holds
from desktop_app.schema.model import Clause, Field, Ledger
from desktop_app.schema.types import show_value
from desktop_app.storage.engine import Connection
from desktop_app.storage.listing import Listing, ListQuery, prepare_order
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.sending import sending_of
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class ListRow:
    """
    One line of a list.

    Attributes:
        cells: Printed values in the order of the columns, private ones masked, references by title.
        style: Word of the first mark that holds, empty for none.
        sending: unsent, sent, received; empty where it says nothing.
    """

    record_id: str
    cells: tuple[str, ...]
    style: str
    has_conflict: bool
    office: str
    sending: str


class RecordList:
    """
    One list, as it is when it is asked.

    Args:
        columns: Field keys; the form's own columns when empty.
        where: Field key → codes, True, False or text that the record is to have; None for “not filled in”.

    Raises:
        ActionRefused: unknown_ledger.

    Thread: any; every call opens its own reading.
    """

    def __init__(
        self,
        vault: Vault,
        ledger_name: str,
        *,
        columns: Iterable[str] = (),
        where: Mapping[str, object] | None = None,
        text: str = "",
        period: Period | None = None,
        office: str = "",
        sort: str = "",
        is_deleted: bool = False,
    ) -> None:
        self.vault = vault
        self.ledger: Ledger = find_ledger(vault, ledger_name)
        self.columns = [key for key in columns if key in self.ledger.fields] or list(self.ledger.list.columns)
        clauses = tuple(_clause(self.ledger.fields[key], value) for key, value in (where or {}).items())
        self._query = ListQuery(self.ledger.key, clauses, text.strip(), period, office, sort, is_deleted)
        self._frame = Frame(today=today(vault.clock).isoformat())
        if self._query.text:
            keep_up(vault)
        prepare_order(vault, self.ledger.key, sort)
        self._listing = Listing(vault, self._query, self._frame)

    def sorted_by(self, key: str) -> RecordList:
        """The same records in another order; `-` before the key for descending."""
        other = RecordList(self.vault, self.ledger.key, columns=self.columns, sort=key)
        other._query = replace(self._query, sort=key)
        other._listing = Listing(self.vault, other._query, self._frame)
        return other

    def count(self) -> int:
        """How many records there are; counted once until something is written that may tell otherwise."""
        counted = self.vault.counted if self._query.has_conditions else self.vault.sizes
        key = replace(self._query, sort=""), self._frame.today
        if key not in counted:
            with self.vault.read() as connection:
                counted[key] = self._listing.count(connection)
        return counted[key]

    def rows(self, start: int, count: int, n_rows: int) -> list[ListRow]:
        """
        The lines from place `start` on.

        Args:
            n_rows: What `count` said.
        """
        with self.vault.read() as connection:
            records = self._listing.page(connection, start, count, n_rows)
            reading = Reading(self.vault, connection)
            fields = [self.ledger.fields[key] for key in self.columns]
            for field in fields:
                if field.ledger:
                    reading.preload(field.ledger, _referred(field, records))
            sending = sending_of(connection, [one.id for one in records]) if self._is_county else {}
            return [self._row(reading, fields, one, sending.get(one.id, "")) for one in records]

    def pages(self, connection: Connection, size: int) -> Iterator[tuple[list[StoredRecord], int]]:
        """All records, so many at a time, each time with how many there are in all."""
        total = self._listing.count(connection)
        for found in self._listing.every(connection, size):
            yield found, total

    @property
    def _is_county(self) -> bool:
        return self.vault.owner.role == "county"

    def _row(self, reading: Reading, fields: list[Field], record: StoredRecord, sending: str) -> ListRow:
        cells = tuple(_printed(field, record.values.get(field.key), reading) for field in fields)
        style = next((one.style for one in self.ledger.list.marks if holds(one.where, record.values, self._frame)), "")
        return ListRow(record.id, cells, style, bool(record.n_conflicts), record.office, sending)

    def totals(self) -> dict[str, str]:
        """Label → printed sum, of the fields that the form wants summed."""
        keys = self.ledger.list.totals
        with self.vault.read() as connection:
            sums = self._listing.totals(connection, keys)
        return {self.ledger.fields[key].label: show_value(sums[key], self.ledger.fields[key]) for key in keys}


def _clause(field: Field, value: object) -> Clause:
    if value is None:
        return Clause(field.key, "is_set", False)
    if field.type.column == "json":
        return Clause(field.key, "has", (value,))
    if isinstance(value, bool):
        return Clause(field.key, "is", value)
    return Clause(field.key, "in", (value,))


def _referred(field: Field, records: Iterable[StoredRecord]) -> Iterable[str]:
    for record in records:
        value = record.values.get(field.key)
        if value is not None:
            yield from map(str, value if isinstance(value, list) else [value])


def _printed(field: Field, value: object, reading: Reading) -> str:
    if value is None:
        return ""
    if field.ledger:
        ids = value if isinstance(value, list) else [value]
        return "、".join(reading.title_of(field.ledger, str(one)) for one in ids)
    return masked(field, show_value(value, field))
