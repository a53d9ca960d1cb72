"""
The list of a ledger: counted, and read a page at a time from whichever end is nearer.

No list of ids is kept: an index gives the order, and skipping rows in it costs tens of nanoseconds each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, inspect, literal_column, null, or_, select
from sqlalchemy.sql.elements import UnaryExpression

from desktop_app.domain.period import Period
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause
from desktop_app.storage.clauses import Compiler
from desktop_app.storage.rows import LedgerRows, StoredRecord
from desktop_app.storage.search import condition
from desktop_app.storage.vault import Vault

_ROWID: ColumnElement[int] = literal_column("rowid")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """
    Which records of a ledger, in which order.

    Attributes:
        text: Words that all stand in the ledger's search fields; empty for all.
        sort: Field key, `-` before it for descending; empty for the form's own order.
        is_deleted: The deleted records instead of the others.
    """

    ledger: str
    where: tuple[Clause, ...] = ()
    text: str = ""
    period: Period | None = None
    office: str = ""
    sort: str = ""
    is_deleted: bool = False

    @property
    def has_conditions(self) -> bool:
        """Whether what stands in a record's fields decides that it belongs."""
        return bool(self.where or self.text or self.period)


MANY = 20_000
"""Rows that are sorted in a blink without an index."""


def prepare_order(vault: Vault, ledger: str, sort: str) -> None:
    """
    Makes an index for an order that somebody asks for, where the ledger is large: once, a second or two for a million.

    Not made beforehand: an index on each shown column would cost every write, and few are ever sorted by.
    """
    rows, key = vault.rows[ledger], sort.lstrip("-")
    own = rows.ledger.list.order
    if not key or (own and own[0].lstrip("-") == key):
        return
    table, name = rows.table, f"{rows.table.name}_by_{key}"
    with vault.read() as connection:
        last = connection.execute(select(func.max(_ROWID)).select_from(table)).scalar()
        if (last or 0) <= MANY or any(one["name"] == name for one in inspect(connection).get_indexes(table.name)):
            return
    with vault.write("") as connection:
        connection.exec_driver_sql(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table.name}" (deleted, "{key}")')


class Listing:
    """
    One query on one ledger. Thread: any; each call takes the caller's connection.

    Args:
        frame: Today, for clauses that name it.
    """

    def __init__(self, vault: Vault, query: ListQuery, frame: Frame) -> None:
        self._rows: LedgerRows = vault.rows[query.ledger]
        self._table = self._rows.table
        compiler = Compiler(self._rows.ledger, self._table, {key: one.table for key, one in vault.rows.items()}, frame)
        c = self._table.c
        parts = [c.deleted == int(query.is_deleted), compiler.where(query.where)]
        if query.office:
            parts.append(c.office == query.office)
        if query.period is not None and (key := self._rows.ledger.list.period):
            period = query.period
            parts.append(or_(c[key].between(period.start, period.end), c[key].in_(period.labels_within())))
        if query.text:
            parts.append(condition(self._rows, query.text))
            parts[0] = c.deleted + 0 == int(query.is_deleted)  # hits first: walking an index of all rows is slower
        self._where: ColumnElement[bool] = and_(*parts)
        # A sum reads every row: in the order in which they lie, not by the list's index from one page to another.
        self._summed: ColumnElement[bool] = and_(c.deleted + 0 == int(query.is_deleted), *parts[1:])
        self._is_search = bool(query.text)
        self._order = [query.sort] if query.sort else list(self._rows.ledger.list.order)

    def count(self, connection: Connection) -> int:
        """How many records there are."""
        return int(connection.execute(select(func.count()).select_from(self._table).where(self._where)).scalar_one())

    def page(self, connection: Connection, start: int, count: int, n_rows: int) -> list[StoredRecord]:
        """
        The records from place `start` on.

        Args:
            n_rows: What `count` said, so that the second half is read from the end.
        """
        count = min(count, n_rows - start)
        is_from_end = start > n_rows // 2
        skip = n_rows - start - count if is_from_end else start
        c = self._table.c
        query = select(c.id).where(self._where).order_by(*self._ordered(is_reversed=is_from_end))
        ids = list(connection.execute(query.limit(count).offset(skip)).scalars())
        found = self._rows.load(connection, ids)
        return [found[one] for one in (reversed(ids) if is_from_end else ids)]

    def every(self, connection: Connection, size: int) -> Iterator[list[StoredRecord]]:
        """All records in order, so many at a time."""
        query = select(self._table).where(self._where).order_by(*self._ordered(is_reversed=False))
        found = connection.execute(query.execution_options(yield_per=size))
        for part in found.partitions():
            yield [self._rows.record(row) for row in part]

    def _ordered(self, *, is_reversed: bool) -> list[UnaryExpression[object]]:
        keys = []
        for key in self._order:
            column: ColumnElement[Any] = self._table.c[key.lstrip("-")]
            if self._is_search:
                column = func.coalesce(column, null())  # as above
            keys.append(column.desc() if key.startswith("-") != is_reversed else column.asc())
        is_down = bool(self._order) and self._order[0].startswith("-")
        keys.append(_ROWID.desc() if is_down != is_reversed else _ROWID.asc())
        return keys

    def totals(self, connection: Connection, keys: Sequence[str]) -> dict[str, int]:
        """Sums of count and money fields over all records of the list."""
        if not keys:
            return {}
        sums = [func.coalesce(func.sum(self._table.c[key]), 0) for key in keys]
        row = connection.execute(select(*sums).where(self._summed)).one()
        return dict(zip(keys, (int(one) for one in row), strict=True))
