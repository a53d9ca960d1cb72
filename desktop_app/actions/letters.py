"""Beginning a letter: from a template, or from the letter it follows; mending its punctuation."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.actions.changes import Changes
from desktop_app.actions.letterhead import read_letterhead
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.letters import begun, half_width, tidied
from desktop_app.domain.validate import read_values
from desktop_app.schema.clauses import Frame
from desktop_app.schema.letters import LETTER, PREVIOUS, LetterTemplate
from desktop_app.schema.model import STATE, Clause
from desktop_app.schema.suggest import hint
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import children, list_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault
from desktop_app.typeset.grid import day_words

RECIPIENT = "letter_recipient"
TEXTS = ("subject", "addressee", "facts", "basis", "demands", "closing", "enclosures")
_KEPT = (
    *("theme", "matters", "clue_source", "complainant", "n_people", "amount_fen", "contact", "contact_phone"),
    *("investigator_1", "investigator_2"),
)
"""What the next letter takes over from the one before."""


def find_template(vault: Vault, name: str, kind: str, theme: str) -> LetterTemplate:
    """
    The template of this key or label; without a name the one meant for kind and theme.

    Raises:
        ActionRefused: letter.no_forms, letter.unknown_template.
    """
    forms = vault.pack.letters
    possible = forms.for_kind(kind, theme)
    if not possible:
        raise ActionRefused("letter.no_forms")
    if not name:
        return possible[0]
    found = forms.templates.get(name) or next((one for one in possible if one.label == name), None)
    if found is None or found.kind != kind:
        known = [one.key for one in possible]
        raise ActionRefused("letter.unknown_template", name=name, hint=hint(name, known), known="、".join(known))
    return found


def draft_letter(vault: Vault, given: Mapping[str, object], *, template: str = "") -> Changes:
    """
    A new letter with the words of a template; what is given stands over them.

    Raises:
        ActionRefused: letter.no_forms, letter.unknown_template. RecordInvalid: As `add_records`.
    """
    values, _ = read_values(vault.pack.ledgers[LETTER], given)  # what cannot be read is told when it is added
    words = beginning(vault, values, template=template)
    return add_records(vault, LETTER, [Given({**words, **given})])


def beginning(vault: Vault, values: Mapping[str, object], *, template: str = "") -> dict[str, object]:
    """
    The words a letter of these values begins with.

    Raises:
        ActionRefused: letter.no_forms, letter.unknown_template.
    """
    forms, kind = vault.pack.letters, str(values.get("kind", ""))
    found = find_template(vault, template, kind, str(values.get("theme", "")))
    day = day_words(today(vault.clock).isoformat())
    names = {"office": read_letterhead(vault).issuer, "today": day}
    with vault.read() as connection:
        previous = _previous(vault, connection, values)
    return begun(found, forms.kinds[kind], vault.pack.ledgers[LETTER], {**values, **previous}, names)


def _previous(vault: Vault, connection: Connection, values: Mapping[str, object]) -> dict[str, object]:
    parent = values.get("previous_letter")
    found = vault.rows[LETTER].load(connection, [str(parent)]).get(str(parent)) if parent else None
    return {f"{PREVIOUS}{key}": value for key, value in found.values.items()} if found else {}


class Escalation:
    """The effect of the step 升级: the next kind is begun, with what the first letter said and what came of it."""

    def __init__(self, vault: Vault, connection: Connection, writing: Writing) -> None:
        self._vault = vault
        self._connection = connection
        self._writing = writing
        self.created: list[str] = []

    def prepare(self, record: StoredRecord, given: Mapping[str, object]) -> Mapping[str, object]:
        """
        Raises:
            ActionRefused: letter.last_kind, letter.no_forms.
        """
        del given
        forms, kind = self._vault.pack.letters, str(record.values["kind"])
        if kind not in forms.kinds:
            raise ActionRefused("letter.no_forms")
        if not forms.kinds[kind].follows:
            title = Reading(self._vault, self._connection).title(record)
            raise ActionRefused("letter.last_kind", title=title)
        return {}

    def complete(self, record: StoredRecord, values: Mapping[str, object]) -> Mapping[str, object]:
        """Writes the new letter and its recipients, unless there is one that follows this letter already."""
        del values
        where = (Clause("previous_letter", "is", record.id),)
        if list_records(self._vault, self._connection, LETTER, where=where, frame=Frame(today="")):
            return {}
        vault, old = self._vault, record.values
        ledger = vault.pack.ledgers[LETTER]
        kind = vault.pack.letters.kinds[str(old["kind"])].follows
        new = {key: old[key] for key in _KEPT if old.get(key) is not None}
        is_to_department = not vault.pack.letters.kinds[kind].follows  # the last kind goes to who may punish
        new |= {
            "kind": kind,
            "previous_letter": record.id,
            "escalation": self._reason(record),
            "is_public": False,
            "is_counted": True,
            STATE: ledger.workflow.start if ledger.workflow else "",
        }
        if not is_to_department:
            new["addressee"] = old["addressee"]
        template = find_template(vault, "", kind, str(old["theme"]))
        names = {"office": vault.owner.name, "today": day_words(today(vault.clock).isoformat())}
        previous = {f"{PREVIOUS}{key}": value for key, value in old.items()}
        new = {**begun(template, vault.pack.letters.kinds[kind], ledger, {**new, **previous}, names), **new}
        new.setdefault("addressee", "【有关行政部门】")
        (made,) = self._writing.add(LETTER, [new], owner=record.office)
        self.created.append(made)
        if not is_to_department:
            rows = children(vault, self._connection, record).get(RECIPIENT, ())
            again = [
                {**{k: v for k, v in row.values.items() if k in ("recipient_type", "employer", "name")}, "parent": made}
                for row in rows
            ]
            self._writing.add(RECIPIENT, again, owner=record.office)
        return {}

    def _reason(self, record: StoredRecord) -> str:
        if record.values.get(STATE) == "refused":
            return "refused"
        return "unmended" if record.values.get("replied_on") else "overdue"


def untidy(values: Mapping[str, object]) -> dict[str, str]:
    """Field → text with full-width punctuation, of those that have half-width marks beside Chinese characters."""
    texts = {key: str(values.get(key) or "") for key in TEXTS}
    return {key: tidied(text) for key, text in texts.items() if half_width(text)}


def tidy_letter(vault: Vault, record_id: str) -> Changes:
    """
    Makes the punctuation of a draft full-width.

    Raises:
        ActionRefused: not_found, frozen.
    """
    with vault.read() as connection:
        record = find_record(vault, connection, record_id)
    found = untidy(record.values)
    return edit_record(vault, record.id, found) if found else Changes(frozenset())
