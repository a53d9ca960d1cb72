"""
Values of fields that never leave the office: beside the revisions, which are chained and sent as they are.

They have no history and no conflicts. A backup and a restore hold them like everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, insert, select

from desktop_app.storage import tables


def keep_local(connection: Connection, record: str, values: dict[str, object]) -> None:
    """Keeps values of a record, None for one that was emptied."""
    rows = [
        {"record": record, "field": key, "value": msgspec.json.encode(value).decode()} for key, value in values.items()
    ]
    if rows:
        connection.execute(insert(tables.local_value).prefix_with("OR REPLACE"), rows)


def local_values(
    connection: Connection, records: Sequence[str], fields: Collection[str]
) -> dict[str, dict[str, object]]:
    """Record → what was kept of these fields; at most a chunk of records."""
    v = tables.local_value.c
    found: dict[str, dict[str, object]] = {}
    for row in connection.execute(select(v.record, v.field, v.value).where(v.record.in_(records), v.field.in_(fields))):
        found.setdefault(row.record, {})[row.field] = msgspec.json.decode(row.value)
    return found
