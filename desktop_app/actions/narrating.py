"""The text of a period from the same figures as the table, and the passages the writer keeps for it."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.actions.changes import Changes
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.reporting import Report, make_report
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import Figure
from desktop_app.domain.period import Period, period_kind
from desktop_app.reports.narrative import Facts, Written, write
from desktop_app.schema.clauses import Frame
from desktop_app.schema.load_narrative import read_passage
from desktop_app.schema.model import DELETED, Clause
from desktop_app.schema.narratives import Narrative, Pieces
from desktop_app.schema.suggest import hint
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import list_records
from desktop_app.storage.records import Writing
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

PASSAGE = "report_passage"


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage of a period: `suggested` by the pack, `text` as it stands now, `is_own` when the writer changed it."""

    key: str
    label: str
    suggested: str
    text: str
    is_own: bool


def narratives_for(vault: Vault, period: Period) -> list[Narrative]:
    """The texts that are written for this kind of period."""
    kind = period_kind(period)
    return [one for one in vault.pack.narratives.values() if kind in one.kinds]


def find_narrative(vault: Vault, key: str) -> Narrative:
    """
    Raises:
        ActionRefused: report.unknown_narrative.
    """
    known = vault.pack.narratives
    if key not in known:
        raise ActionRefused("report.unknown_narrative", name=key, hint=hint(key, known), known="、".join(known))
    return known[key]


def write_text(vault: Vault, period: Period, narrative: str = "annual", report: Report | None = None) -> Written:
    """
    A text with its figures and passages in place.

    Args:
        report: The table of the same period with last year beside it, when it is at hand.

    Raises:
        ActionRefused: report.unknown_narrative.
    """
    found = find_narrative(vault, narrative)
    report = report or make_report(vault, period, compared=True)
    figures = {
        row.indicator.key: Figure(row.indicator, row.total)
        for row in report.rows
        if row.value is not None or row.indicator.is_words
    }
    passages: dict[str, Pieces] = {}
    with vault.read() as connection:
        for key, record in _own(vault, connection, period, narrative).items():
            # A figure that a newer pack no longer has leaves the words around it standing.
            passages[key] = read_passage(str(record.values.get("text", "")), vault.pack.indicators)[0]
    before = {row.indicator.key: row.before for row in report.rows if row.before is not None}
    return write(found, Facts(period, vault.owner.name, figures, before, passages))


def list_passages(vault: Vault, period: Period, narrative: str = "annual") -> list[ShownPassage]:
    """
    The passages of a text, in the order of the pack.

    Raises:
        ActionRefused: report.unknown_narrative.
    """
    found = find_narrative(vault, narrative)
    with vault.read() as connection:
        own = _own(vault, connection, period, narrative)
    shown = []
    for key, one in found.passages.items():
        text = str(own[key].values.get("text", "")) if key in own else one.text
        shown.append(ShownPassage(key, one.label, one.text, text, key in own))
    return shown


def write_passage(vault: Vault, period: Period, narrative: str, key: str, text: str) -> Changes:
    """
    Keeps the writer's words for a passage of this period; empty words leave it out.

    Raises:
        ActionRefused: report.unknown_narrative, report.unknown_passage, report.bad_passage.
    """
    found = find_narrative(vault, narrative)
    passage = found.passages.get(key)
    if passage is None:
        raise ActionRefused("report.unknown_passage", name=key, hint=hint(key, found.passages))
    text = text.strip()
    faults = read_passage(text, vault.pack.indicators)[1]
    if faults:
        raise ActionRefused("report.bad_passage", label=passage.label, detail=faults[0].message)
    with vault.write(PERMITS["passage"]) as connection:
        writing = Writing(vault, connection)
        before = _own(vault, connection, period, narrative).get(key)
        value = text or None
        if before is None:
            values = {"narrative": narrative, "period": period.label, "passage": key, "label": passage.label}
            ids = tuple(writing.add(PASSAGE, [{**values, **({"text": value} if value else {})}]))
        else:
            ids = (before.id,)
            if before.values.get("text") != value:
                writing.change(before, {"text": value})
    return Changes(frozenset({PASSAGE}), ids)


def reset_passage(vault: Vault, period: Period, narrative: str, key: str) -> Changes:
    """
    Puts the pack's words back.

    Raises:
        ActionRefused: report.unknown_narrative.
    """
    find_narrative(vault, narrative)
    with vault.write(PERMITS["passage"]) as connection:
        before = _own(vault, connection, period, narrative).get(key)
        if before is None:
            return Changes()
        Writing(vault, connection).change(before, {DELETED: True})
    return Changes(frozenset({PASSAGE}), (before.id,))


def _own(vault: Vault, connection: Connection, period: Period, narrative: str) -> dict[str, StoredRecord]:
    """The writer's passages of a period by key; those of another office are its own affair."""
    if PASSAGE not in vault.rows:
        return {}
    where = [Clause("narrative", "is", narrative), Clause("period", "is", period.label)]
    frame = Frame(today=today(vault.clock).isoformat())
    found = list_records(vault, connection, PASSAGE, where=where, frame=frame)
    return {str(one.values["passage"]): one for one in found if one.office == vault.owner.office}
