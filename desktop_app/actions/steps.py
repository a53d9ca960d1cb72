"""Taking a step, with what some steps do beside their fields: the signature of a letter numbers and freezes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop_app.actions.changes import Changes
from desktop_app.actions.letters import Escalation
from desktop_app.actions.records import Effects, change_by_step, permission_of
from desktop_app.actions.signing import Signing
from desktop_app.base.errors import ActionRefused, RecordInvalid
from desktop_app.schema.letters import LETTER
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record
from desktop_app.storage.vault import Vault

SIGN, ESCALATE = "sign", "escalate"
_EFFECTS: Effects = {(LETTER, SIGN): Signing, (LETTER, ESCALATE): Escalation}


def take_step(vault: Vault, record_id: str, step_name: str, raw: Mapping[str, object], *, note: str = "") -> Changes:
    """
    Takes a step of the workflow, with the fields that go with it.

    Raises:
        ActionRefused: not_found, deleted, not_owner, sealed, frozen, no_workflow, unknown_step, step_not_open,
            step_not_yours; letter.empty, letter.open_places.
        RecordInvalid: A value, a rule, or a field the step requires.
        KnownError: font.missing, font.missing_glyph.
    """
    return change_by_step(vault, record_id, step_name, raw, note=note, effects=_EFFECTS)


def why_not_step(vault: Vault, ledger: str, step: str) -> str:
    """Why the user's role does not allow a step, as a sentence; empty when it does."""
    workflow = vault.pack.ledgers[ledger].workflow
    assert workflow is not None
    return vault.why_not(permission_of(workflow.steps[step]))


@dataclass(frozen=True, slots=True)
class Taken:
    """A step taken for several records; `refused` are sentences, each with its record."""

    changes: Changes
    n_taken: int
    refused: tuple[str, ...]


def take_for_each(
    vault: Vault, ids: Sequence[str], step_name: str, report: Callable[[int, int], None] = lambda *_: None
) -> Taken:
    """
    Takes a step for each of the records that allows it, with no more than what the step itself sets.

    Args:
        report: Told before each record how many are done of how many.
    """
    done: list[Changes] = []
    refused: list[str] = []
    for at, one in enumerate(ids):
        report(at, len(ids))
        try:
            done.append(take_step(vault, one, step_name, {}))
        except RecordInvalid as error:
            refused.append(f"{_title(vault, one)}：{'；'.join(problem.message for problem in error.found)}")
        except ActionRefused as error:
            refused.append(f"{_title(vault, one)}：{error}")
    ledgers = frozenset(key for changes in done for key in changes.ledgers)
    changed = tuple(one for changes in done for one in changes.record_ids)
    return Taken(Changes(ledgers, changed), len(done), tuple(refused))


def _title(vault: Vault, record_id: str) -> str:
    with vault.read() as connection:
        return Reading(vault, connection).title(find_record(vault, connection, record_id))
