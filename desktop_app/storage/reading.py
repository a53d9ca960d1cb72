"""Reading across records in one transaction: what references point at, titles, names of offices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from desktop_app.domain.titles import fill_template, title_references
from desktop_app.schema.clauses import Lookup, Values
from desktop_app.schema.model import Ledger
from desktop_app.storage import tables
from desktop_app.storage.conflicts import OpenConflict, open_conflicts
from desktop_app.storage.numbers import is_taken
from desktop_app.storage.records import missing_ids
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault


class Reading:
    """
    Remembers what it has read, so that a batch asks for each record once.

    Thread: that of the connection.
    """

    def __init__(self, vault: Vault, connection: Connection) -> None:
        self._vault = vault
        self._connection = connection
        self._records: dict[tuple[str, str], StoredRecord | None] = {}
        self._offices: dict[str, str] | None = None

    def record(self, ledger: str, record_id: str) -> StoredRecord | None:
        """A record of a ledger, None when there is none."""
        key = (ledger, record_id)
        if key not in self._records:
            found = self._vault.rows[ledger].load(self._connection, [record_id])
            self._records[key] = found.get(record_id)
        return self._records[key]

    def preload(self, ledger: str, ids: Iterable[str]) -> None:
        """Reads many records of a ledger at once, for what is asked of them later."""
        wanted = [one for one in dict.fromkeys(ids) if (ledger, one) not in self._records]
        found = self._vault.rows[ledger].load(self._connection, wanted)
        self._records.update({(ledger, one): found.get(one) for one in wanted})

    def lookup(self, ledger: Ledger) -> Lookup:
        """The lookup of clauses that name fields of records referred to."""

        def there(key: str, record_id: str) -> Values | None:
            found = self.record(ledger.fields[key].ledger, record_id)
            return found.values if found else None

        return there

    def missing(self, ledger: str, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are no record of the ledger."""
        return missing_ids(self._vault, self._connection, ledger, ids)

    def is_taken(self, ledger: str, field: str, office: str, value: object, *, but: str) -> bool:
        """Whether another record of the office than `but` has this value."""
        return is_taken(self._connection, self._vault.rows[ledger], field=field, office=office, value=value, but=but)

    def conflicts(self, record: StoredRecord) -> list[OpenConflict]:
        """The open conflicts of a record."""
        return open_conflicts(self._connection, record.id) if record.n_conflicts else []

    def title(self, record: StoredRecord) -> str:
        """The record's title, with the titles of records it names."""
        return self.titles([record])[record.id]

    def titles(self, records: Iterable[StoredRecord]) -> Mapping[str, str]:
        """Titles by id."""
        found = {}
        for record in records:
            ledger = self._vault.pack.ledgers[record.ledger]
            names = {}
            for other_ledger, other_id in title_references(ledger, record.values):
                if other := self.record(other_ledger, other_id):
                    there = self._vault.pack.ledgers[other_ledger]
                    names[other_id] = fill_template(there.title, there, other.values)
            found[record.id] = fill_template(ledger.title, ledger, record.values, names) or record.id[:8]
        return found

    def title_of(self, ledger: str, record_id: str) -> str:
        """The title of a record by its id, the beginning of the id when it is not there."""
        found = self.record(ledger, record_id)
        return self.title(found) if found else record_id[:8]

    def office_name(self, code: str) -> str:
        """The name of an office, its code when it is not known."""
        if self._offices is None:
            query = select(tables.office.c.code, tables.office.c.name)
            self._offices = {row[0]: row[1] for row in self._connection.execute(query)}
        return self._offices.get(code, code)
