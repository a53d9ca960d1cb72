"""Open conflicts and held records, as the merge left them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desktop_app.storage import tables
from desktop_app.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """
    One field of one record with different values.

    Attributes:
        choices: Revision id and value, the shown one first.
    """

    record: str
    ledger: str
    field: str
    choices: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """
    A record with something that waits.

    Attributes:
        why: `ledger`: unknown to the pack; `revision`: one it builds on has not arrived; `parent`: a row of a
            child table whose record has not arrived.
    """

    record: str
    ledger: str
    why: str


def open_conflicts(connection: Connection, record: str = "") -> list[OpenConflict]:
    """All open conflicts, or those of one record, by record and field."""
    c = tables.conflict.c
    query = select(c.record, c.ledger, c.field, c.choices).order_by(c.record, c.field)
    rows = connection.execute(query.where(c.record == record) if record else query)
    return [OpenConflict(r, ledger, key, tuple(map(tuple, msgspec.json.decode(text)))) for r, ledger, key, text in rows]


def held_records(vault: Vault, connection: Connection) -> list[Held]:
    """Everything that waits, by ledger and record; it comes free by itself when the missing part arrives."""
    h = tables.held.c
    found = [Held(*row) for row in connection.execute(select(h.record, h.ledger, h.why))]
    for key, rows in vault.rows.items():
        if rows.ledger.child_of:
            child, parent = rows.table.c, vault.rows[rows.ledger.child_of].table.c
            alone = select(child.id).where(child.deleted == 0, child.parent.not_in(select(parent.id)))
            found += [Held(record, key, "parent") for record in connection.execute(alone).scalars()]
    return sorted(found, key=lambda one: (one.ledger, one.record))
