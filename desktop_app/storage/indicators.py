"""
Indicators measured in SQL: how many, and which records, for each office and for all together.

A thing known across offices by its identity (an employer by its 信用代码) counts once in the total,
whoever recorded it; the offices' own figures may then add up to more than the total.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, literal, or_, select

from desktop_app.base.clock import today
from desktop_app.domain.indicators import Figure, Measured
from desktop_app.domain.period import Period, window_span
from desktop_app.domain.titles import fill_template
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause, Indicator, Ledger
from desktop_app.storage import tables
from desktop_app.storage.clauses import Compiler
from desktop_app.storage.json_lists import list_items
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

Column = ColumnElement[Any]
IS_COUNTED = "is_counted"


class Indicators:
    """
    The indicators of a vault over one period.

    Args:
        office: Only this office's records; all when empty.
    """

    def __init__(self, vault: Vault, connection: Connection, period: Period, office: str = "") -> None:
        self._vault = vault
        self._connection = connection
        self._period = period
        self._office = office
        reached = min(period.end, today(vault.clock).isoformat())  # a running year has no later day to judge by
        self._frame = Frame(today=reached, period_start=period.start, period_end=period.end)
        self._tables = {key: rows.table for key, rows in vault.rows.items()}
        self._known: dict[str, Figure] = {}

    def figure(self, indicator: Indicator) -> Figure:
        """How many: the total and each office's part."""
        if indicator.key not in self._known:
            self._known[indicator.key] = self._measure(indicator)
        return self._known[indicator.key]

    def records(self, indicator: Indicator) -> list[str]:
        """Which records: the ids behind the figure, numerator of a ratio, in order of id."""
        if indicator.measure == "offices":
            return []
        if indicator.measure in ("ratio", "total"):
            parts = indicator.of[:1] if indicator.measure == "ratio" else indicator.of
            ids = {one for key in parts for one in self.records(self._vault.pack.indicators[key])}
            return sorted(ids)
        table, ledger = self._table(indicator)
        query = select(table.c.id).where(self._condition(indicator, table, ledger))
        if indicator.measure == "distinct":
            _, source, kept = self._thing(indicator.of[0], indicator, table, ledger)
            query = query.select_from(source).where(kept).distinct()
        return list(self._connection.execute(query.order_by(table.c.id)).scalars())

    def has_begun(self, indicator: Indicator) -> bool:
        """Whether the ledger was kept by the end of the period: it has a record of that day or before."""
        table, ledger = self._table(indicator)
        on = ledger.list.period
        if not on:
            return False
        query = select(table.c[on]).where(table.c.deleted == 0, table.c[on].is_not(None))
        if self._office:
            query = query.where(table.c.office == self._office)
        first = self._connection.execute(query.order_by(table.c[on]).limit(1)).scalar()
        if first is None:
            return False
        n_compared = len(self._period.end) if ledger.fields[on].type.day_like else len("2025")
        return str(first)[:n_compared] <= self._period.end[:n_compared]

    def _measure(self, indicator: Indicator) -> Figure:
        if indicator.measure == "offices":
            return self._offices(indicator)
        if indicator.measure == "ratio":
            top, bottom = (self.figure(self._vault.pack.indicators[key]) for key in indicator.of)
            return _combined(indicator, [top, bottom], _ratio)
        if indicator.measure == "total":
            return _combined(indicator, [self.figure(self._vault.pack.indicators[key]) for key in indicator.of], _sum)
        if indicator.semantics == "event":
            return self._event(indicator)
        grouped = self._query(indicator, by_office=True)
        by_office = {row.office: _measured(row) for row in self._connection.execute(grouped)}
        if indicator.measure in ("count", "sum"):  # a record is of one office: what the offices have adds up
            return Figure(indicator, _sum(list(by_office.values())), by_office)
        total = self._connection.execute(self._query(indicator, by_office=False)).one()
        return Figure(indicator, _measured(total), by_office)

    def _offices(self, indicator: Indicator) -> Figure:
        query = select(tables.office.c.code).where(tables.office.c.role == "county")
        codes = [one for one in self._connection.execute(query).scalars() if self._office in ("", one)]
        return Figure(indicator, Measured(len(codes)), {code: Measured(1) for code in codes})

    def _query(self, indicator: Indicator, *, by_office: bool) -> Select[Any]:
        """One row of `office, amount, approximate`, or one for each office."""
        table, ledger = self._table(indicator)
        condition = self._condition(indicator, table, ledger)
        approximate = table.c[indicator.approximate] if indicator.approximate else literal(0)
        office = table.c.office if by_office else literal("")
        source: FromClause = table
        amount: Column
        if indicator.measure == "sum_max":
            thing = self._list_key(table, indicator, ledger)
            inner = (
                select(
                    office.label("office"),
                    func.max(table.c[indicator.of[0]]).label("amount"),
                    func.max(approximate).label("a"),
                )
                .where(condition)
                .group_by(office, thing)
                .subquery()
            )
            amount = func.coalesce(func.sum(inner.c.amount), 0).label("amount")
            outer = inner.c.office if by_office else literal("").label("office")
            query = select(outer, amount, func.max(inner.c.a).label("a"))
            return query.group_by(inner.c.office) if by_office else query
        amount = func.count()
        if indicator.measure == "sum":
            amount = func.coalesce(func.sum(table.c[indicator.of[0]]), 0)
        elif indicator.measure == "distinct":
            thing, source, kept = self._thing(indicator.of[0], indicator, table, ledger)
            amount, condition = func.count(thing.distinct()), and_(condition, kept)
        query = select(office.label("office"), amount.label("amount"), func.max(approximate).label("a"))
        query = query.select_from(source).where(condition)
        return query.group_by(table.c.office) if by_office else query

    def _table(self, indicator: Indicator) -> tuple[Any, Ledger]:
        rows = self._vault.rows[indicator.ledger]
        return rows.table, rows.ledger

    def _compiler(self, ledger: Ledger, table: Any) -> Compiler:
        return Compiler(ledger, table, self._tables, self._frame)

    def _condition(self, indicator: Indicator, table: Any, ledger: Ledger) -> ColumnElement[bool]:
        """Present, counted, in time, and as the clauses ask."""
        found = [table.c.deleted == 0, self._in_time(indicator, table, ledger)]
        if IS_COUNTED in ledger.fields:
            found.append(func.coalesce(table.c[IS_COUNTED], 1) == 1)
        if self._office:
            found.append(table.c.office == self._office)
        if ledger.child_of:
            found.append(table.c.parent.in_(self._present_parents(ledger.child_of)))
        return and_(*found, self._compiler(ledger, table).where(indicator.where))

    def _present_parents(self, key: str) -> Select[Any]:
        """Ids of records whose child rows count."""
        parent, ledger = self._tables[key], self._vault.pack.ledgers[key]
        query = select(parent.c.id).where(parent.c.deleted == 0)
        return query.where(func.coalesce(parent.c[IS_COUNTED], 1) == 1) if IS_COUNTED in ledger.fields else query

    def _in_time(self, indicator: Indicator, table: Any, ledger: Ledger) -> ColumnElement[bool]:
        period = self._period
        if indicator.semantics == "stock" and indicator.since:
            open_ended = [or_(table.c[k].is_(None), table.c[k] >= period.end) for k in indicator.until]
            since: Column = table.c[indicator.since]
            return and_(since <= period.end, *open_ended)
        on: Column = table.c[indicator.on]
        if ledger.fields[indicator.on].type.name == "period":
            labels = period.labels_at_end() if indicator.semantics == "stock" else period.labels_within()
            return on.in_(labels)
        start, end = period.start, period.end
        if indicator.semantics == "window":
            start, end = window_span(self._vault.pack.windows[indicator.window], period)
        return on.between(start, end)

    def _thing(
        self, key: str, indicator: Indicator, table: Any, ledger: Ledger
    ) -> tuple[Column, FromClause, ColumnElement[bool]]:
        """What is told apart, where it is found, and which of it counts."""
        field = ledger.fields.get(key)
        cell: Column = table.c[key]
        source: FromClause = table
        if field is not None and field.type.column == "json":
            items = list_items(cell)
            source, cell = table.join(items, literal(1) == 1), items.c.value
        if field is None or not field.ledger:
            return cell, source, cell.is_not(None)
        there = self._tables[field.ledger].alias("there")
        target = self._vault.pack.ledgers[field.ledger]
        identity = func.coalesce(there.c[target.identity], there.c.id) if target.identity else there.c.id
        kept = self._compiler(target, there).where(indicator.each)
        return identity, source.join(there, there.c.id == cell), and_(there.c.deleted == 0, kept)

    def _list_key(self, table: Any, indicator: Indicator, ledger: Ledger) -> Column:
        """What `per` names, by identity, a list as one sorted text; the record's own id where it is empty."""
        field = ledger.fields[indicator.per]
        cell: Column = table.c[indicator.per]
        if not field.ledger:
            return func.coalesce(cell, table.c.id)
        there = self._tables[field.ledger].alias("there")
        target = self._vault.pack.ledgers[field.ledger]
        identity: Column = func.coalesce(there.c[target.identity], there.c.id) if target.identity else there.c.id
        if field.type.column != "json":
            return func.coalesce(select(identity).where(there.c.id == cell).scalar_subquery(), table.c.id)
        items = list_items(cell)
        joined = items.join(there, there.c.id == items.c.value)
        ordered = select(identity.label("one")).select_from(joined).order_by("one").correlate(table).subquery()
        return func.coalesce(select(func.group_concat(ordered.c.one)).scalar_subquery(), table.c.id)

    def _event(self, indicator: Indicator) -> Figure:
        """Events are few: their records are read and shown in order of date."""
        table, ledger = self._table(indicator)
        rows = self._vault.rows[indicator.ledger]
        query = (
            select(table).where(self._condition(indicator, table, ledger)).order_by(table.c[indicator.on], table.c.id)
        )
        found = [rows.record(row) for row in self._connection.execute(query)]
        by_office: dict[str, list[StoredRecord]] = {}
        for one in found:
            by_office.setdefault(one.office, []).append(one)
        return Figure(
            indicator,
            _shown(indicator, ledger, found),
            {code: _shown(indicator, ledger, ones) for code, ones in by_office.items()},
        )


def one_choice(indicator: Indicator, choice: str) -> Indicator:
    """The indicator over the records that have one choice: `field=code`."""
    field, _, code = choice.partition("=")
    return replace(indicator, key=f"{indicator.key}/{choice}", where=(*indicator.where, Clause(field, "in", (code,))))


def _shown(indicator: Indicator, ledger: Ledger, records: list[StoredRecord]) -> Measured:
    texts = [fill_template(indicator.shows, ledger, one.values) for one in records if indicator.shows]
    days = [str(one.values[indicator.on]) for one in records]
    return Measured(len(records), texts=tuple(texts), days=tuple(days))


def _measured(row: Any) -> Measured:
    return Measured(int(row.amount or 0), is_approximate=bool(row.a))


def _ratio(parts: list[Measured]) -> Measured:
    return Measured(parts[0].amount, denominator=parts[1].amount)


def _sum(parts: list[Measured]) -> Measured:
    return Measured(sum(one.amount for one in parts), is_approximate=any(one.is_approximate for one in parts))


def _combined(indicator: Indicator, parts: list[Figure], combine: Any) -> Figure:
    offices = sorted({code for part in parts for code in part.by_office})
    return Figure(
        indicator,
        combine([part.total for part in parts]),
        {code: combine([part.by_office.get(code, Measured()) for part in parts]) for code in offices},
    )
