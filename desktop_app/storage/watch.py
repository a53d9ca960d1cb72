"""What a merge did to each record, field by field: for the preview before an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from desktop_app.storage.rows import LedgerRows, StoredRecord

MOST_RECORDS = 20_000
"""More differences than anyone reads; the counts stay whole beyond it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One record that the merge touched.

    Attributes:
        kind: new, changed, deleted, restored or conflict.
        fields: Key, value before, value after; derived fields are left out.
    """

    record: StoredRecord
    kind: str
    fields: tuple[tuple[str, object, object], ...]


class Watch:
    """Remembers records as they stood before a merge first touched them."""

    def __init__(self) -> None:
        self._before: dict[str, StoredRecord | None] = {}
        self._ledgers: dict[str, str] = {}

    def see(self, connection: Connection, rows: LedgerRows, ids: Iterable[str]) -> None:
        """To be called before a change to these records."""
        fresh = [one for one in ids if one not in self._before][: MOST_RECORDS - len(self._before)]
        there = rows.load(connection, fresh)
        for one in fresh:
            self._before[one] = there.get(one)
            self._ledgers[one] = rows.ledger.key

    def differences(self, connection: Connection, rows: Mapping[str, LedgerRows]) -> list[Difference]:
        """Every record that is different now, by ledger and id."""
        found = []
        for key in sorted(set(self._ledgers.values())):
            ids = sorted(one for one, ledger in self._ledgers.items() if ledger == key)
            after = rows[key].load(connection, ids)
            entered = {field.key for field in rows[key].ledger.entered}
            pairs = (_difference(self._before[one], after[one], entered) for one in ids if one in after)
            found += [one for one in pairs if one]
        return found


def _difference(before: StoredRecord | None, after: StoredRecord, entered: set[str]) -> Difference | None:
    old = before.values if before else {}
    keys = [key for key in {**old, **after.values} if key in entered]
    fields = tuple((key, old.get(key), after.values.get(key)) for key in keys if old.get(key) != after.values.get(key))
    was_deleted = before.is_deleted if before else False
    if before is None:
        kind = "new"
    elif after.n_conflicts > before.n_conflicts:
        kind = "conflict"
    elif after.is_deleted != was_deleted:
        kind = "deleted" if after.is_deleted else "restored"
    else:
        kind = "changed"
    return Difference(after, kind, fields) if fields or kind != "changed" else None
