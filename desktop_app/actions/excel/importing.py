"""Taking a workbook in: look at it, preview it, write it in one transaction, take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.actions.changes import Changes
from desktop_app.actions.excel.lines import Line, Plan, Tell
from desktop_app.actions.excel.options import Memory, SheetOptions, recall, remember
from desktop_app.actions.excel.plan import Planner
from desktop_app.actions.excel.rejects import write_rejects
from desktop_app.actions.excel.sheets import Sheet, Wanted, find_sheet, importable, is_sequence, samples
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.records import find_ledger
from desktop_app.base.errors import ActionRefused, Problem, SheetError
from desktop_app.domain.titles import masked
from desktop_app.exchange.headings import full_heading
from desktop_app.exchange.opening import open_book
from desktop_app.schema.model import STATE, Field, Ledger
from desktop_app.schema.types import show_value
from desktop_app.storage.engine import Connection
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing
from desktop_app.storage.seals import ANSWERING
from desktop_app.storage.sheet_imports import Mark
from desktop_app.storage.vault import Vault

MOST_SHOWN = 300
"""Rows of each kind that a preview lists."""
_SILENT: Tell = lambda *_: None  # noqa: E731
_REASONED = frozenset({"record.sealed", "record.needs_reason"})


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """
    What becomes of one column.

    Attributes:
        key, label: The field; empty when it is not read.
        certainty: `chosen`, `label`, `usual`, `near`, `none`; `id` for our own numbers, `sequence`, `derived`.
        unit: Of money. sample: Some of its texts.
    """

    letters: str
    heading: str
    key: str
    label: str
    certainty: str
    unit: str
    sample: str


@dataclass(frozen=True, slots=True)
class Outline:
    """
    A sheet before its rows are judged.

    Attributes:
        sheets: The sheets of the workbook that can be seen.
        missing: Labels of required fields that no column is read into.
        twice: Headings that stand over two columns, which a person has to decide.
        has_macros: Macros are never run.
    """

    file: str
    sheet: str
    sheets: tuple[str, ...]
    header: str
    columns: tuple[ColumnUse, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    year: int | None
    has_macros: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a preview; `changes` are label, before, after, private values masked."""

    row: int
    kind: str
    title: str
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """
    What an import would do, or did.

    Attributes:
        digest: Of the file, so that what is written is what was looked at.
        counts: `new`, `changed`, `same`, `doubtful`, `wrong` → rows.
        skipped: `sum`, `heading`, `foot` → numbers of rows that are no records.
        rows: The first of each kind but `same`.
        asks_reason: Some rows are wrong only for want of `SheetOptions.note`.
    """

    outline: Outline
    digest: str
    counts: dict[str, int]
    skipped: dict[str, list[int]]
    rows: tuple[RowView, ...]
    asks_reason: bool


@dataclass(frozen=True, slots=True)
class SheetImported:
    """
    What an import did.

    Attributes:
        n_new, n_changed: Records written.
        left_out: Rows that were not; they are in `rejects`, None when there were none or no place was given.
    """

    preview: SheetPreview
    n_new: int
    n_changed: int
    left_out: int
    rejects: Path | None
    changes: Changes = field(default_factory=Changes)


def look_at_workbook(vault: Vault, ledger_name: str, path: Path, options: SheetOptions) -> Outline:
    """
    Which sheet, which headings, what each column would become; its rows are not judged yet.

    Raises:
        ActionRefused: unknown_ledger, excel.answering.
        SheetError: It is no workbook, or no sheet of it is such a ledger.
    """
    ledger = _find_ledger(vault, ledger_name)
    with open_book(path) as book:
        with vault.read() as connection:
            memory = recall(vault, connection, ledger.key)
        sheet = find_sheet(book, vault.pack, Wanted(path, ledger, memory, options), is_asked=True)
        names = tuple(one.name for one in book.sheets if not one.is_hidden)
        return _outline(path, sheet, names, samples(book, sheet), has_macros=book.has_macros)


def preview_workbook(
    vault: Vault, ledger_name: str, path: Path, options: SheetOptions, *, tell: Tell = _SILENT
) -> SheetPreview:
    """
    What `import_workbook` would do; nothing is written.

    Args:
        tell: Hears how many rows of how many are judged; what it raises ends the work.

    Raises:
        ActionRefused: unknown_ledger, excel.answering.
        SheetError: As `look_at_workbook`; heading_twice, no_rows.
    """
    ledger = _find_ledger(vault, ledger_name)
    digest = _digest(path)
    job = _Job(vault, ledger, path, options, tell)
    with vault.read() as connection, _planned(job, connection) as (plan, outline):
        return _preview(Reading(vault, connection), plan, outline, digest)


def import_workbook(
    vault: Vault,
    ledger_name: str,
    path: Path,
    options: SheetOptions,
    *,
    expect: str = "",
    rejects: Path | None = None,
    tell: Tell = _SILENT,
) -> SheetImported:
    """
    Writes what is new and what is changed, all in one transaction.

    Args:
        expect: `SheetPreview.digest` of the file that was looked at.
        rejects: Where the rows that are left out go, with the reason; it must not exist.

    Raises:
        ActionRefused: unknown_ledger, excel.answering, role.not_allowed, record.file_exists.
        SheetError: As `preview_workbook`; file_changed.
    """
    ledger = _find_ledger(vault, ledger_name)
    digest = _digest(path)
    if expect and digest != expect:
        raise SheetError("excel.file_changed", name=path.name)
    if rejects is not None and rejects.exists():
        raise ActionRefused("record.file_exists", path=rejects)
    job = _Job(vault, ledger, path, options, tell)
    with vault.write(PERMITS["sheet"]) as connection, _planned(job, connection) as (plan, outline):
        kinds = {"new", "changed", "doubtful"} if options.with_doubtful else {"new", "changed"}
        new = [line for line in plan.lines if line.kind in kinds and line.record is None]
        changed = [line for line in plan.lines if line.kind in kinds and line.record is not None]
        _require_approval(vault, ledger, new)
        preview = _preview(Reading(vault, connection), plan, outline, digest)
        left = [
            line for line in plan.lines if line.kind == "wrong" or (line.kind == "doubtful" and line.kind not in kinds)
        ]
        written = write_rejects(rejects, plan.sheet, left) if rejects is not None and left else None
        try:
            ids = _write(job, connection, plan, new, changed)
        except BaseException:
            if written is not None:
                written.unlink(missing_ok=True)
            raise
    changes = Changes(frozenset({ledger.key}) if ids else frozenset(), tuple(ids))
    return SheetImported(preview, len(new), len(changed), len(left), written, changes)


def _write(job: _Job, connection: Connection, plan: Plan, new: list[Line], changed: list[Line]) -> list[str]:
    vault, ledger = job.vault, job.ledger
    if not new and not changed:
        return []
    guesses: dict[str, dict[str, str]] = {}
    for key, text, code in (one for line in (*new, *changed) for one in line.guessed):
        guesses.setdefault(key, {})[text] = code
    remember(vault, connection, ledger.key, Memory(_chosen_headings(plan.sheet), guesses))
    mark = Mark(connection)
    writing = Writing(vault, connection, note=job.options.note)
    ids = writing.add(ledger.key, [line.fields for line in new])
    writing.change_all(ledger.key, [(line.record, line.fields) for line in changed if line.record])
    mark.log(vault, ledger.key, job.path.name)
    return ids + [line.record.id for line in changed if line.record]


def _chosen_headings(sheet: Sheet) -> dict[str, str]:
    """What is remembered: every heading that was not ours, with what became of it."""
    return {
        full_heading(one.heading): one.key
        for one in sheet.columns
        if one.heading and one.certainty in ("chosen", "near", "usual") and one.letters
    }


def _require_approval(vault: Vault, ledger: Ledger, new: list[Line]) -> None:
    """Records that come in as signed need who may sign."""
    frozen = ledger.workflow.frozen if ledger.workflow else None
    if frozen and any(line.fields.get(STATE) in frozen.states for line in new):
        vault.require(PERMITS["sheet_signed"])


@dataclass(frozen=True, slots=True)
class _Job:
    """One workbook to be taken in, or looked at."""

    vault: Vault
    ledger: Ledger
    path: Path
    options: SheetOptions
    tell: Tell


@contextmanager
def _planned(job: _Job, connection: Connection) -> Iterator[tuple[Plan, Outline]]:
    vault = job.vault
    with open_book(job.path) as book:
        memory = recall(vault, connection, job.ledger.key)
        sheet = find_sheet(book, vault.pack, Wanted(job.path, job.ledger, memory, job.options))
        plan = Planner(vault, connection, sheet, memory=memory, options=job.options, tell=job.tell).plan(book)
        if not plan.lines:
            raise SheetError("excel.no_rows", sheet=sheet.name)
        names = tuple(one.name for one in book.sheets if not one.is_hidden)
        outline = _outline(job.path, sheet, names, {}, has_macros=book.has_macros)
    yield plan, outline


def _find_ledger(vault: Vault, name: str) -> Ledger:
    ledger = find_ledger(vault, name)
    if ledger.key in ANSWERING:
        raise ActionRefused("excel.answering", ledger=ledger.label)
    return ledger


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SheetError("excel.unreadable", path=path, detail=error.strerror or error) from error


def _outline(
    path: Path, sheet: Sheet, names: tuple[str, ...], texts: Mapping[int, str], *, has_macros: bool
) -> Outline:
    layout = sheet.layout
    fields = sheet.ledger.fields
    uses = []
    for one in sheet.columns:
        certainty = "sequence" if not one.key and is_sequence(one) else one.certainty
        certainty = "derived" if one.key and fields[one.key].derive else certainty
        label = fields[one.key].label if one.key else ""
        uses.append(ColumnUse(one.letters, one.heading, one.key, label, certainty, one.unit, texts.get(one.index, "")))
    read = {one.key for one in sheet.read_columns}
    missing = tuple(
        one.label
        for one in importable(sheet.ledger).values()
        if one.required and not one.show_if and one.key not in read and one.default in (None, "today")
    )
    header = str(layout.first) if layout.first == layout.last else f"{layout.first}-{layout.last}"
    return Outline(
        path.name, sheet.name, names, header, tuple(uses), missing, tuple(sheet.twice), sheet.year, has_macros
    )


def _preview(reading: Reading, plan: Plan, outline: Outline, digest: str) -> SheetPreview:
    shown: dict[str, int] = {}
    rows = []
    for line in plan.lines:
        if line.kind == "same" and not line.notes:
            continue
        shown[line.kind] = shown.get(line.kind, 0) + 1
        if shown[line.kind] <= MOST_SHOWN:
            rows.append(_view(reading, plan.sheet.ledger, line))
    asks_reason = any(one.code in _REASONED for line in plan.lines for one in line.wrong)
    return SheetPreview(outline, digest, plan.counts(), plan.skipped, tuple(rows), asks_reason)


def _view(reading: Reading, ledger: Ledger, line: Line) -> RowView:
    before: Mapping[str, object] = line.record.values if line.record else {}
    changes = tuple(
        (ledger.fields[key].label, _shown(reading, ledger.fields[key], before.get(key)), text)
        for key, value in line.fields.items()
        if key in ledger.fields and (text := _shown(reading, ledger.fields[key], value))
    )
    title = reading.title(line.record) if line.record else "，".join(text for _, _, text in changes[:3])
    return RowView(line.number, line.kind, title, changes, (*line.wrong, *line.doubts, *line.notes))


def _shown(reading: Reading, field_: Field, value: object) -> str:
    if value is None:
        return ""
    if field_.ledger:
        ids = value if isinstance(value, list) else [value]
        return "、".join(reading.title_of(field_.ledger, str(one)) for one in ids)
    return masked(field_, show_value(value, field_))
