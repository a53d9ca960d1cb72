"""Columns that hold a JSON list, taken apart; the words for it are SQLite's own and stand only here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, TableValuedAlias, column, func


def list_items(cell: ColumnElement[Any]) -> TableValuedAlias:
    """The items of a list column as rows with one column `value`; an empty cell has none."""
    return func.json_each(cell).table_valued(column("value", String))
