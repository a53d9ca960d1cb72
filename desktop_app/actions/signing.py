"""The signature of a letter: number, page and words, fixed in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desktop_app.actions.letterhead import Letterhead, read_letterhead, series_of
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.documents.archive import as_pdfa
from desktop_app.documents.letter import Letter, Setting, draw_letters
from desktop_app.domain.letters import Wording, compose, letter_number, number_parts, open_places
from desktop_app.schema.letters import LETTER
from desktop_app.storage.attachments import PART_BYTES, put_attachment
from desktop_app.storage.engine import Connection
from desktop_app.storage.numbers import taken_numbers
from desktop_app.storage.records import Writing
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault
from desktop_app.typeset.paper import Faces


class Signing:
    """
    The effect of the step 签发.

    A number that is given is a historic one, as of a letter that was signed on paper before; otherwise the
    next of office, kind and year is taken.
    """

    def __init__(self, vault: Vault, connection: Connection, writing: Writing) -> None:
        self._vault = vault
        self._connection = connection
        self._writing = writing
        self._letterhead = read_letterhead(vault)
        self._is_historic = False
        self.created: list[str] = []

    def prepare(self, record: StoredRecord, given: Mapping[str, object]) -> Mapping[str, object]:
        """
        The number.

        Raises:
            ActionRefused: letter.no_forms.
        """
        number = given.get("doc_no") or given.get("发文字号") or record.values.get("doc_no")
        if number:
            self._is_historic = True
            return {"doc_no": number}
        forms, kind = self._vault.pack.letters, str(record.values["kind"])
        if kind not in forms.kinds:
            raise ActionRefused("letter.no_forms")
        signed_on = given.get("signed_on") or given.get("签发日期")
        year = _year(str(signed_on)) if signed_on else today(self._vault.clock).year
        series = series_of(forms, self._letterhead, record.office, kind)
        rows = self._vault.rows[LETTER]
        taken = taken_numbers(self._connection, rows, "doc_no", record.office, f"{series}〔{year}〕")
        n = max((parts[2] for one in taken if (parts := number_parts(one))), default=0) + 1
        return {"doc_no": letter_number(series, year, n)}

    def complete(self, record: StoredRecord, values: Mapping[str, object]) -> Mapping[str, object]:
        """
        The frozen page and words.

        Raises:
            ActionRefused: letter.empty, letter.open_places. KnownError: font.missing, font.missing_glyph.
        """
        if str(values["kind"]) not in self._vault.pack.letters.kinds:
            return {}
        wording = compose(self._vault.pack.letters, self._vault.pack.ledgers[LETTER], values)
        title = wording.title
        if not values.get("facts") and not values.get("demands"):
            if self._is_historic:  # signed on paper; there is nothing to keep
                return {}
            raise ActionRefused("letter.empty", title=title)
        if places := open_places(wording):
            raise ActionRefused("letter.open_places", title=title, n=len(places), places="、".join(places[:3]))
        content = as_pdfa(draw_letters([letter_of(wording, values, self._letterhead)], Setting(), Faces()))
        pieces = (content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES))
        digest, n_bytes = put_attachment(self._connection, self._writing.next_rev(record.office), pieces)
        kept = {"digest": digest, "name": f"{values['doc_no']}.pdf", "n_bytes": n_bytes}
        return {"signed_text": wording.text, "signed_pdf": [kept], "body_digest": digest}


def _year(day: str) -> int:
    try:
        return date.fromisoformat(day).year
    except ValueError:
        return int(day[:4]) if day[:4].isdigit() else 0  # the check of the field tells what is wrong


def letter_of(wording: Wording, values: Mapping[str, object], letterhead: Letterhead, *, addressee: str = "") -> Letter:
    """The letter as it is laid out; `addressee` in place of the wording's own."""
    phone = values.get("contact_phone") or letterhead.phone
    contact = values.get("contact") or letterhead.contact
    note = "，".join(
        part
        for part in (
            f"联系人：{contact}" if contact else "",
            f"联系电话：{phone}" if phone else "",
            f"地址：{letterhead.address}" if letterhead.address else "",
        )
        if part
    )
    return Letter(
        head=letterhead.head,
        doc_no=str(values["doc_no"] if values.get("doc_no") is not None else "〔　　〕　号"),
        title=wording.title,
        addressee=addressee or wording.addressee,
        paragraphs=wording.paragraphs,
        issuer=letterhead.issuer,
        signed_on=str(values.get("signed_on") or ""),
        enclosures=wording.enclosures,
        note=note,
        copied_to=str(values.get("copied_to") or ""),
    )
