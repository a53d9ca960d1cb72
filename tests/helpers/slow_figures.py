"""Every indicator worked out record by record in plain Python, without a word of SQL: slow, and easy to believe."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from desktop_app.base.clock import today
from desktop_app.domain.period import Period
from desktop_app.schema.clauses import Frame, Values, holds
from desktop_app.schema.model import Indicator
from desktop_app.storage.lists import list_records
from desktop_app.storage.packages import offices
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

Slow = tuple[int, int | None, bool]
"""Amount, denominator, whether it is approximate."""


class SlowFigures:
    """All records of a vault in memory, and the figures over one period."""

    def __init__(self, vault: Vault, period: Period) -> None:
        self._pack = vault.pack
        self._period = period
        self._today = min(period.end, today(vault.clock).isoformat())
        with vault.read() as connection:
            frame = Frame(today=self._today)
            self._records = {
                key: {one.id: one for one in list_records(vault, connection, key, frame=frame)} for key in vault.rows
            }
            self._deleted = {  # two contracts of one employer are of one employer, whatever became of its record
                key: vault.rows[key].load(connection, self._gone(key)) for key in vault.rows
            }
            self._counties = [one.code for one in offices(connection) if one.role == "county"]

    def figure(self, key: str, office: str = "") -> Slow:
        """One indicator, of one office or of all."""
        one = self._pack.indicators[key]
        if one.measure == "offices":
            return len([code for code in self._counties if office in ("", code)]), None, False
        if one.measure == "ratio":
            top, bottom = (self.figure(part, office) for part in one.of)
            return top[0], bottom[0], False
        if one.measure == "total":
            parts = [self.figure(part, office) for part in one.of]
            return sum(part[0] for part in parts), None, any(part[2] for part in parts)
        found = [record for record in self._counted(one) if office in ("", record.office)]
        about = any(record.values.get(one.approximate) for record in found) if one.approximate else False
        return self._amount(one, found), None, about

    def records(self, key: str) -> set[str]:
        """Ids of the records that a count counts."""
        return {record.id for record in self._counted(self._pack.indicators[key])}

    def _amount(self, one: Indicator, found: list[StoredRecord]) -> int:
        if one.measure == "count":
            return len(found)
        if one.measure == "sum":
            return sum(_number(record.values.get(one.of[0])) for record in found)
        if one.measure == "distinct":
            return len({thing for record in found for thing in self._things(one, record)})
        largest: dict[object, int] = defaultdict(int)
        for record in found:
            thing = self._named(one.ledger, one.per, record.values) or record.id
            largest[thing] = max(largest[thing], _number(record.values.get(one.of[0])))
        return sum(largest.values())

    def _counted(self, one: Indicator) -> Iterator[StoredRecord]:
        frame = self._frame(one.ledger)
        parent_ledger = self._pack.ledgers[one.ledger].child_of
        for record in self._records[one.ledger].values():
            parent = self._records[parent_ledger].get(str(record.values.get("parent"))) if parent_ledger else record
            is_out = parent is None or any(each.values.get("is_counted") is False for each in (parent, record))
            if not is_out and self._is_in_time(one, record.values) and holds(one.where, record.values, frame):
                yield record

    def _frame(self, ledger: str) -> Frame:
        return Frame(
            today=self._today,
            period_start=self._period.start,
            period_end=self._period.end,
            lookup=lambda key, record: self._there(ledger, key, record),
        )

    def _is_in_time(self, one: Indicator, values: Values) -> bool:
        period = self._period
        if one.semantics == "stock" and one.since:
            ends = [values.get(key) for key in one.until]
            since = values.get(one.since)
            return (
                since is not None and str(since) <= period.end and all(e is None or str(e) >= period.end for e in ends)
            )
        day = values.get(one.on)
        if day is None:
            return False
        if self._pack.ledgers[one.ledger].fields[one.on].type.name == "period":
            return _holds_label(str(day), period, at_end=one.semantics == "stock")
        start, end = period.start, period.end
        if one.semantics == "window":
            window = self._pack.windows[one.window]
            first, last = window.years.get(period.end[:4], (window.start, window.end))
            start, end = max(start, f"{period.end[:4]}-{first}"), min(end, f"{period.end[:4]}-{last}")
        return start <= str(day) <= end

    def _things(self, one: Indicator, record: StoredRecord) -> Iterator[object]:
        value = record.office if one.of[0] == "office" else record.values.get(one.of[0])
        field = self._pack.ledgers[one.ledger].fields.get(one.of[0])
        for each in value if isinstance(value, list) else [] if value is None else [value]:
            if field is None or not field.ledger:
                yield each
                continue
            there = self._records[field.ledger].get(str(each))
            if there is not None and holds(one.each, there.values, self._frame(field.ledger)):
                yield self._identity(field.ledger, there)

    def _named(self, ledger: str, key: str, values: Values) -> object:
        field, value = self._pack.ledgers[ledger].fields[key], values.get(key)
        if not field.ledger or value is None:
            return value
        ids = value if isinstance(value, list) else [value]
        there = {**self._deleted[field.ledger], **self._records[field.ledger]}
        found = [there.get(str(one)) for one in ids]
        return tuple(sorted(str(self._identity(field.ledger, one)) for one in found if one is not None)) or None

    def _gone(self, ledger: str) -> list[str]:
        """Ids that records refer to in a ledger and that are no records any more."""
        keys = [
            (one.key, f.key) for one in self._pack.ledgers.values() for f in one.fields.values() if f.ledger == ledger
        ]
        named = [record.values.get(key) for of, key in keys for record in self._records[of].values()]
        ids = [str(one) for each in named if each for one in (each if isinstance(each, list) else [each])]
        return sorted(set(ids) - self._records[ledger].keys())

    def _identity(self, ledger: str, record: StoredRecord) -> object:
        identity = self._pack.ledgers[ledger].identity
        return (record.values.get(identity) if identity else None) or record.id

    def _there(self, ledger: str, key: str, record: str) -> Values | None:
        found = self._records[self._pack.ledgers[ledger].fields[key].ledger].get(record)
        return found.values if found else None


def _number(value: Any) -> int:
    return int(value) if value is not None else 0


def _holds_label(label: str, period: Period, *, at_end: bool) -> bool:
    """A record's own year, quarter or month: within the period, or around its last day."""
    start, end = label + "-01-01", label + "-12-31"
    if "Q" in label:
        first = 3 * int(label[6]) - 2
        start, end = f"{label[:4]}-{first:02}-01", f"{label[:4]}-{first + 2:02}-31"
    elif len(label) > len("2025"):
        start, end = label + "-01", label + "-31"
    if at_end:
        return start <= period.end <= end
    return period.start <= start and (end <= period.end or (end[:7] == period.end[:7] and period.end[8:] >= "28"))
