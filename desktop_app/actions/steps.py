"""Taking a step, with what some steps do beside their fields: the signature of a letter numbers and freezes it."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.actions.changes import Changes
from desktop_app.actions.letters import Escalation
from desktop_app.actions.records import Effects, change_by_step
from desktop_app.actions.signing import Signing
from desktop_app.schema.letters import LETTER
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
