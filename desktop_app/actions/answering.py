"""What became of each submission of a county: the city's answers in a receipt, and what it refused to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from desktop_app.actions.packing import incoming
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import today
from desktop_app.base.errors import KnownError, PackageError
from desktop_app.schema.clauses import Frame
from desktop_app.schema.model import STATE, Clause, Ledger
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import list_records
from desktop_app.storage.packages import (
    carriers,
    find_office,
    find_package,
    missing_numbers,
    numbers_from,
    put_refused,
    refusals,
)
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.seals import PERIOD_REPORT, RETURN_NOTE
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import peek_header
from desktop_app.sync.lines import Answer, Outcome

N_ANSWERED = 50
"""So many of a county's newest submissions are answered in each receipt."""
_MOST_REASONS = 3
_SentBack = tuple[Outcome, list[str]]
_ACCEPTED: _SentBack = ("accepted", [])


def answers(vault: Vault, connection: Connection, sender: str) -> Iterator[Answer]:
    """What became of an office's newest submissions; said in each receipt, since a receipt may be lost too."""
    missing = set(missing_numbers(connection, sender, vault.owner.office))
    refused = refusals(connection, sender)
    came = set(numbers_from(connection, sender))
    sent_back = _sent_back(vault, connection, sender)
    for number in sorted(came | missing | refused.keys())[-N_ANSWERED:]:
        if number in came:
            outcome, reasons = sent_back.get(number, _ACCEPTED)
            more = f"；等 {len(reasons)} 处" if len(reasons) > _MOST_REASONS else ""
            yield Answer(number, outcome, "；".join(reasons[:_MOST_REASONS]) + more)
        elif number in refused:
            yield Answer(number, "refused", refused[number])
        else:
            yield Answer(number, "missing")


def _sent_back(vault: Vault, connection: Connection, sender: str) -> dict[int, _SentBack]:
    """Number of a package → returned or refused, and why: by the records it brought last."""
    reasons: dict[str, tuple[str, str]] = {}
    for note in _those(vault, connection, RETURN_NOTE, sender, ("open",)):
        reasons[str(note.values["record"])] = ("returned", _of_note(note))
    for report in _those(vault, connection, PERIOD_REPORT, sender, ("returned", "refused")):
        reasons[report.id] = (str(report.values[STATE]), _of_report(vault.pack.ledgers[PERIOD_REPORT], report))
    found: dict[int, _SentBack] = {}
    by_number: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for record, number in carriers(connection, reasons, sender).items():
        by_number[number].append(reasons[record])
    for number, some in by_number.items():
        outcome: Outcome = "refused" if any(one == "refused" for one, _ in some) else "returned"
        found[number] = (outcome, [reason for _, reason in some])
    return found


def _those(vault: Vault, connection: Connection, ledger: str, office: str, states: Iterable[str]) -> list[StoredRecord]:
    if ledger not in vault.rows:
        return []
    frame = Frame(today=today(vault.clock).isoformat())
    found = list_records(vault, connection, ledger, where=[Clause(STATE, "in", tuple(states))], frame=frame)
    return [one for one in found if one.office == office]


def _of_note(note: StoredRecord) -> str:
    field = f"“{note.values['field_label']}”" if note.values.get("field_label") else ""
    v = note.values
    return f"退回“{v['record_title']}”{field}：{v['comment']}（{v['reply_by']} 前修改）"


def _of_report(ledger: Ledger, report: StoredRecord) -> str:
    assert ledger.workflow is not None
    v = report.values
    last_day = f"（{v['reply_by']} 前重新上报）" if v.get("reply_by") and v[STATE] == "returned" else ""
    return f"期段 {v['period']} {ledger.workflow.states[str(v[STATE])]}：{v.get('opinion', '')}{last_day}"


def note_refused(vault: Vault, path: Path, error: KnownError) -> None:
    """
    Notes that a submission was refused, so that the next receipt tells its sender why; nothing else is changed.

    Only of a package that the sender's own key has signed: nobody else can make the city say anything.
    """
    if vault.owner.role != "city" or not isinstance(error, PackageError) or error.code == "package.read":
        return
    try:
        sealed = peek_header(path)
    except PackageError:
        return
    header = sealed.header
    if header.kind != "submission" or header.recipient != vault.owner.office:
        return
    with vault.write(PERMITS["receive"]) as connection:
        office = find_office(connection, header.sender)
        if office is None or office.verify_key != header.signer or find_package(connection, header.package):
            return
        reason = msgspec.json.encode({"code": error.code, "reason": str(error).splitlines()[0]}).decode()
        put_refused(connection, incoming(vault, header, ""), reason)
