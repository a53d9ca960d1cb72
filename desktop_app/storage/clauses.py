"""Clauses compiled to SQL; a property test holds them equal to `schema.clauses`, empty values and all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, func, literal, or_, select, true

from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import Clause, Day, Ledger, Other
from desktop_app.storage.json_lists import list_items

Column = ColumnElement[Any]


class Compiler:
    """
    Compiles the clauses of one ledger.

    Args:
        table: The ledger's table or an alias of it.
        tables: The tables of all ledgers, for `reference.field`.
    """

    def __init__(self, ledger: Ledger, table: Any, tables: Mapping[str, Table], frame: Frame) -> None:
        self._ledger = ledger
        self._table = table
        self._tables = tables
        self._frame = frame

    def where(self, clauses: Iterable[Clause]) -> ColumnElement[bool]:
        """All clauses, ANDed; an empty list is true."""
        return and_(true(), *(self._one(clause) for clause in clauses))

    def column(self, path: str) -> Column:
        """The column of a field, or of a field of the record that a reference names."""
        key, _, inner = path.partition(".")
        own: Column = self._table.c[key]
        if not inner:
            return own
        there = self._tables[self._ledger.fields[key].ledger].alias()
        return select(there.c[inner]).where(there.c.id == own).scalar_subquery()

    def _one(self, clause: Clause) -> ColumnElement[bool]:
        operand = self._operand(clause.operand)
        if clause.operator == "has":
            return self._has(clause.path, operand)
        column = self.column(clause.path)
        if clause.operator == "is_set":
            return column.is_not(None) if operand else column.is_(None)
        if clause.operator == "not_in":
            return or_(column.is_(None), column.not_in(operand))
        if clause.operator == "is":
            return func.coalesce(column, 0) == 0 if operand is False else column == operand
        if clause.operator == "in":
            return and_(column.is_not(None), column.in_(operand))
        return _COMPARE[clause.operator](column, operand)

    def _has(self, path: str, operand: Any) -> ColumnElement[bool]:
        key, _, inner = path.partition(".")
        cell: Column = self._table.c[key]
        if not inner:
            items = list_items(cell)
            return exists(select(literal(1)).select_from(items).where(items.c.value.in_(operand)))
        there = self._tables[self._ledger.fields[key].ledger].alias()
        items = list_items(there.c[inner])
        source = there.join(items, true())
        return exists(select(literal(1)).select_from(source).where(there.c.id == cell, items.c.value.in_(operand)))

    def _operand(self, operand: object) -> Any:
        if isinstance(operand, Other):
            return self._table.c[operand.key]
        return self._frame.day(operand) if isinstance(operand, Day) else operand


_COMPARE: dict[str, Callable[[Column, Any], ColumnElement[bool]]] = {
    "min": lambda column, operand: column >= operand,
    "max": lambda column, operand: column <= operand,
    "before": lambda column, operand: column < operand,
    "not_before": lambda column, operand: column >= operand,
    "after": lambda column, operand: column > operand,
    "not_after": lambda column, operand: column <= operand,
}
