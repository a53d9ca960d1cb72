"""
What an import of a sheet would do, row by row; nothing is written here.

A preview shows the plan, an import carries the same plan out: both make it anew from the file, inside
their own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.actions.excel.judging import Judge
from desktop_app.actions.excel.lines import Kind, Line, Plan, Tell
from desktop_app.actions.excel.options import Memory, SheetOptions
from desktop_app.actions.excel.references import References, parts_of, resolve
from desktop_app.actions.excel.sheets import Sheet, data_rows
from desktop_app.base.errors import Problem, problem
from desktop_app.base.ids import is_id
from desktop_app.exchange.cells import Row, plain_text
from desktop_app.exchange.layout import RowFilter
from desktop_app.exchange.opening import Book
from desktop_app.exchange.values import ColumnReader, Masked
from desktop_app.schema.model import STATE, Ledger
from desktop_app.schema.suggest import some
from desktop_app.schema.types import ValueFault
from desktop_app.storage.engine import Connection
from desktop_app.storage.matching import Key, Known, find_by_key
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

_EVERY = 2000


class Planner:
    """Makes the plan of one sheet. Thread: that of the connection."""

    def __init__(
        self,
        vault: Vault,
        connection: Connection,
        sheet: Sheet,
        *,
        memory: Memory,
        options: SheetOptions,
        tell: Tell = lambda *_: None,
    ) -> None:
        self._vault = vault
        self._connection = connection
        self._reading = Reading(vault, connection)
        self._sheet = sheet
        self._ledger: Ledger = sheet.ledger
        self._tell = tell
        self._judge = Judge(vault, connection, self._reading, sheet.ledger, options.note)
        self._readers = [
            (
                one.index,
                ColumnReader(
                    sheet.ledger.fields[one.key],
                    year=sheet.year,
                    unit=one.unit or "元",
                    known=memory.values.get(one.key),
                ),
            )
            for one in sheet.read_columns
        ]
        self._references: dict[str, References] = {}

    def plan(self, book: Book) -> Plan:
        """
        Raises:
            SheetError: damaged.
        """
        plan = Plan(self._sheet)
        skip = RowFilter(self._sheet.layout, [at for at, _ in self._readers])
        for row in data_rows(book, self._sheet):
            if reason := skip.reason(row.cells):
                if reason != "blank":
                    plan.skipped.setdefault(reason, []).append(row.number)
                continue
            plan.lines.append(self._line(row))
            if len(plan.lines) % _EVERY == 0:
                self._tell(len(plan.lines), 0)
        self._resolve(plan.lines)
        self._match(plan.lines)
        for n, line in enumerate(plan.lines):
            self._settle(line)
            if n % _EVERY == 0:
                self._tell(n, len(plan.lines))
        self._refuse_repeated(plan.lines)
        return plan

    # One row

    def _line(self, row: Row) -> Line:
        cells = row.cells
        n = len(cells)
        line = Line(row.number, cells)
        for at, reader in self._readers:
            if at >= n or cells[at] is None:
                continue
            try:
                found = reader.read(cells[at])
            except ValueFault as fault:
                line.wrong.append(Problem(fault.code, str(fault), "", reader.field.key))
                continue
            if found is None:
                continue
            if isinstance(found, Masked):
                line.masked[reader.field.key] = found.shown
                continue
            line.values[reader.field.key] = found.value
            if found.doubt is not None:
                line.doubts.append(found.doubt)
                line.guessed += [(reader.field.key, *one) for one in found.guessed]
        at_id = self._sheet.id_column
        if at_id is not None and at_id < n:
            line.id_text = plain_text(cells[at_id]).strip()
        return line

    # References

    def _resolve(self, lines: list[Line]) -> None:
        """Texts that name records become ids; what is unclear stays a text, for a record that may say the same."""
        fields = [reader.field for _, reader in self._readers if reader.field.ledger]
        for one in fields:
            there = self._vault.pack.ledgers[one.ledger]
            found = self._references.setdefault(
                one.ledger, References(self._vault, self._connection, self._reading, there)
            )
            texts = {str(line.values[one.key]) for line in lines if one.key in line.values}
            found.learn(part for text in texts for part in parts_of(text, one))
            known = {text: resolve(text, one, found, there.label) for text in texts}
            for line in lines:
                if one.key in line.values:
                    value, fault = known[str(line.values[one.key])]
                    line.values[one.key] = _Unclear(str(line.values[one.key]), fault) if fault else value

    # Matching

    def _match(self, lines: list[Line]) -> None:
        """Gives each row the record it is, where it is one."""
        self._by_id(lines)
        waiting = [line for line in lines if not line.id_text]
        for keys in self._ledger.keys:
            here: dict[Key, list[Line]] = defaultdict(list)
            rest = []
            for line in waiting:
                key = _key(line, keys)
                if key is None:
                    rest.append(line)
                else:
                    here[key].append(line)
            if here:
                self._by_key(keys, here)
            waiting = rest

    def _by_id(self, lines: list[Line]) -> None:
        rows = self._vault.rows[self._ledger.key]
        found = rows.load(self._connection, list({line.id_text for line in lines if is_id(line.id_text)}))
        for line in lines:
            if not line.id_text:
                continue
            line.record = found.get(line.id_text)
            if line.record is None:
                line.wrong.append(problem("excel.unknown_id", value=line.id_text[:40], ledger=self._ledger.label))
            elif line.record.is_deleted:
                line.wrong.append(problem("excel.deleted_id", value=line.id_text))

    def _by_key(self, keys: tuple[str, ...], here: Mapping[Key, list[Line]]) -> None:
        rows = self._vault.rows[self._ledger.key]
        found = find_by_key(self._connection, rows, keys, here)
        own = self._vault.owner.office
        records = rows.load(self._connection, [one.id for known in found.values() for one in known])
        named = "、".join(self._ledger.fields[key].label for key in keys)
        for key, lines in here.items():
            known = found.get(key, [])
            mine = [one for one in known if one.office == own] or known
            self._pair(lines, mine, records, named, is_strong=len(keys) == 1)

    def _pair(
        self, lines: list[Line], known: list[Known], records: Mapping[str, StoredRecord], named: str, *, is_strong: bool
    ) -> None:
        """Rows and records that have the same key: first those that agree in everything, then one with one."""
        free = [records[one.id] for one in known]
        unpaired = []
        for line in lines:
            same = next((one for one in free if not self._differences(line, one)), None)
            if same is None:
                unpaired.append(line)
            else:
                line.record = same
                free.remove(same)
        first = lines[0]
        for line in unpaired:
            if len(free) > 1:
                line.wrong.append(problem("excel.many_records", n=len(free), keys=named))
            elif free:
                line.record = free.pop()
            if line.record is None and line is not first:
                where = line.wrong if is_strong else line.doubts
                where.append(problem("excel.same_row", row=first.number, keys=named))

    def _differences(self, line: Line, record: StoredRecord) -> dict[str, Any]:
        """What the row says otherwise than the record; the state of a record is not for a sheet to change."""
        found: dict[str, Any] = {}
        for key, value in line.values.items():
            if key == STATE:
                continue
            before = record.values.get(key)
            if isinstance(value, _Unclear):
                if before is None or self._printed(key, before) != value.text:
                    found[key] = value
            elif value != before:
                found[key] = value
        return found

    def _printed(self, key: str, value: object) -> str:
        """A reference as an export prints it."""
        ids = value if isinstance(value, list) else [value]
        return "、".join(self._reading.title_of(self._ledger.fields[key].ledger, str(one)) for one in ids)

    # Judging

    def _settle(self, line: Line) -> None:
        if line.record is not None:
            self._settle_known(line, line.record)
        elif line.id_text:
            line.kind = "wrong"
        else:
            self._settle_new(line)

    def _settle_new(self, line: Line) -> None:
        for key, shown in line.masked.items():
            line.wrong.append(problem("excel.masked_new", key=key, label=self._ledger.fields[key].label, value=shown))
        line.wrong += [one.fault for one in line.values.values() if isinstance(one, _Unclear)]
        clear = {key: value for key, value in line.values.items() if not isinstance(value, _Unclear)}
        line.fields, found = self._judge.new(clear)
        self._verdict(line, found, "new")

    def _settle_known(self, line: Line, record: StoredRecord) -> None:
        fields = self._differences(line, record)
        if STATE in line.values and line.values[STATE] != record.values.get(STATE) and self._ledger.workflow:
            states = self._ledger.workflow.states
            state, value = (states.get(str(one), "") for one in (record.values.get(STATE), line.values[STATE]))
            line.notes.append(problem("excel.state_differs", level="hint", key=STATE, value=value, state=state))
        line.wrong += [one.fault for one in fields.values() if isinstance(one, _Unclear)]
        if not fields and not line.wrong:
            line.kind = "same"
            return
        line.fields = {key: value for key, value in fields.items() if not isinstance(value, _Unclear)}
        found = self._judge.changed(record, line.fields)
        if record.office != self._vault.owner.office and not line.id_text:
            office = self._reading.office_name(record.office)
            named = some(self._ledger.fields[key].label for key in self._ledger.keys[0])
            line.doubts.append(problem("excel.others_record", office=office, keys=named))
        self._verdict(line, found, "changed")

    def _verdict(self, line: Line, found: Iterable[Problem], kind: Kind) -> None:
        unread = {one.key for one in line.wrong}  # a value that cannot be read is not also missing
        for one in found:
            if one.key not in unread or not one.key:
                (line.wrong if one.level == "error" else line.notes).append(one)
        line.kind = "wrong" if line.wrong else "doubtful" if line.doubts else kind

    def _refuse_repeated(self, lines: list[Line]) -> None:
        """Numbers that are given once only, given twice in the sheet or taken by another record."""
        for key in (one.key for one in self._ledger.entered if one.unique):
            wanted = {(line.fields[key],) for line in lines if line.kind != "wrong" and line.fields.get(key)}
            if not wanted:
                continue
            rows = self._vault.rows[self._ledger.key]
            taken = find_by_key(self._connection, rows, [key], wanted, with_deleted=True)
            own = self._vault.owner.office
            label = self._ledger.fields[key].label
            seen: set[object] = set()
            for line in lines:
                value = line.fields.get(key)
                if line.kind == "wrong" or value is None:
                    continue
                there = [one for one in taken.get((value,), ()) if one.office == own]
                mine = line.record.id if line.record else ""
                if value in seen or any(one.id != mine for one in there):
                    line.wrong.append(problem("value.not_unique", key=key, label=label, value=value))
                    line.kind = "wrong"
                seen.add(value)


@dataclass(frozen=True, slots=True)
class _Unclear:
    """A text that names no record, or several."""

    text: str
    fault: Problem


def _key(line: Line, keys: tuple[str, ...]) -> Key | None:
    found = tuple(line.values.get(key) for key in keys)
    if any(one is None or isinstance(one, _Unclear | list) for one in found):
        return None
    return found
