"""Records known again by what stands in them, for many rows of a sheet at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from desktop_app.storage.rows import CHUNK, LedgerRows

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A record with a key that was asked for."""

    id: str
    office: str


def find_by_key(
    connection: Connection,
    rows: LedgerRows,
    fields: Sequence[str],
    keys: Collection[Key],
    *,
    with_deleted: bool = False,
) -> dict[Key, list[Known]]:
    """
    Key → the records that have it, in order of entry.

    Few keys are looked for by their first field, many in one going over the table.
    """
    c = rows.table.c
    query = select(c.id, c.office, *(c[key] for key in fields)).order_by(c.id)
    if not with_deleted:
        query = query.where(c.deleted == 0)
    firsts = {key[0] for key in keys}
    if len(firsts) <= CHUNK:
        query = query.where(c[fields[0]].in_(firsts))
    found: dict[Key, list[Known]] = defaultdict(list)
    wanted = set(keys)
    for row in connection.execute(query):
        key = tuple(row[2:])
        if key in wanted:
            found[key].append(Known(row[0], row[1]))
    return found
