"""Printing a letter and what goes with it; a signed one comes out as the bytes that were signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop_app.actions.files import safe_name
from desktop_app.actions.letterhead import Letterhead, read_letterhead
from desktop_app.actions.signing import letter_of
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.documents.companions import COMPANIONS, About, companion
from desktop_app.documents.docx import letter_as_docx
from desktop_app.documents.letter import Letter, Setting, draw_letters
from desktop_app.documents.notice import draw_notice
from desktop_app.documents.table import draw_forms
from desktop_app.domain.letters import Wording, compose, compose_note
from desktop_app.schema.clauses import Frame
from desktop_app.schema.letters import LETTER, LetterNote
from desktop_app.schema.model import STATE, Clause
from desktop_app.schema.suggest import hint
from desktop_app.schema.types import show_value
from desktop_app.storage.attachments import check_here, read_attachment
from desktop_app.storage.engine import Connection
from desktop_app.storage.lists import children, list_records
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault
from desktop_app.typeset.grid import day_words
from desktop_app.typeset.paper import Faces

NOTICE = "policy_document"
RECIPIENT, RECTIFICATION = "letter_recipient", "rectification"
UNSIGNED = frozenset({"draft", "reviewed"})


@dataclass(frozen=True, slots=True)
class Printed:
    """What is to be printed; `is_frozen` when these are the very bytes that were signed."""

    content: bytes
    name: str
    fonts: tuple[str, ...] = ()
    is_frozen: bool = False


def print_letter(
    vault: Vault,
    record_id: str,
    *,
    form: str = "",
    is_preprinted: bool = False,
    each: bool = False,
    is_counted: bool = True,
) -> Printed:
    """
    A letter or one of the forms that go with it, as PDF; a signed one is counted.

    Args:
        form: A key or label of `form_labels`; empty for the letter itself.
        is_preprinted: For paper with a red head: the head is left out and the page moved by the letterhead's shift.
        each: One for every employer it goes to, in one file.
        is_counted: Whether it goes to paper; what is only looked at is not counted.

    Raises:
        ActionRefused: not_found, letter.not_a_letter, letter.unknown_form, letter.pdf_missing,
            letter.no_recipients. KnownError: font.missing, font.missing_glyph.
    """
    with vault.read() as connection:
        record = find_record(vault, connection, record_id)
        if record.ledger == NOTICE and not form:
            return _notice(vault, record)
        sheet = _Sheet(vault, connection, record)
        if form:
            return sheet.form(form, each=each)
        printed = sheet.letter(is_preprinted=is_preprinted, each=each)
    if sheet.is_signed and is_counted:
        _count(vault, sheet.record.id)
    return printed


def print_each(vault: Vault, record_id: str) -> list[Printed]:
    """
    One PDF for every employer a letter goes to, named after it; counted as one printing.

    Raises:
        ActionRefused: not_found, letter.not_a_letter, letter.no_recipients. KnownError: font.missing,
            font.missing_glyph.
    """
    with vault.read() as connection:
        sheet = _Sheet(vault, connection, find_record(vault, connection, record_id))
        found = list(sheet.singly())
    if sheet.is_signed:
        _count(vault, sheet.record.id)
    return found


def _count(vault: Vault, record_id: str) -> None:
    with vault.write("") as connection:
        record = find_record(vault, connection, record_id)
        n = record.values.get("n_printed")
        Writing(vault, connection).change(record, {"n_printed": (n if isinstance(n, int) else 0) + 1})


def preview_letter(vault: Vault, values: Mapping[str, object]) -> Printed:
    """
    How a letter with these values would look; nothing is written.

    Raises:
        KnownError: font.missing, font.missing_glyph. ActionRefused: letter.no_forms.
    """
    wording = _worded(vault, values)
    letter = letter_of(wording, values, read_letterhead(vault))
    faces = Faces()
    content = draw_letters([letter], Setting(is_draft=values.get(STATE) in (None, *UNSIGNED)), faces)
    return Printed(content, f"{wording.title}.pdf", _font_notes(faces))


def letter_docx(vault: Vault, record_id: str) -> bytes:
    """
    The letter for a word processor.

    Raises:
        ActionRefused: not_found, letter.not_a_letter.
    """
    with vault.read() as connection:
        sheet = _Sheet(vault, connection, find_record(vault, connection, record_id))
    return letter_as_docx(sheet.laid_out())


def calibration_page(vault: Vault) -> bytes:
    """A letter of filling words for adjusting paper with a printed head."""
    head = read_letterhead(vault)
    words = ("这是套打校准页。请把它打印在预印红头的纸上，量出文字应当移动的毫米数，填入“单位设置”。",) * 3
    letter = Letter(head.head, "〔　　〕　号", "套打校准页", "各单位", words, head.issuer)
    return draw_letters([letter], Setting(is_preprinted=True, shift=_shift(head)), Faces())


def form_labels(vault: Vault) -> dict[str, str]:
    """Key → label of everything that can be printed with a letter."""
    return {**COMPANIONS, **{key: note.label for key, note in vault.pack.letters.notes.items()}}


def _worded(vault: Vault, values: Mapping[str, object]) -> Wording:
    forms = vault.pack.letters
    if str(values.get("kind")) not in forms.kinds:
        raise ActionRefused("letter.no_forms")
    return compose(forms, vault.pack.ledgers[LETTER], values)


def _shift(head: Letterhead) -> tuple[float, float]:
    return head.shift_right / 10, head.shift_down / 10


def _font_notes(faces: Faces) -> tuple[str, ...]:
    """What is said of the fonts in use: a substitute is called one."""
    roles = {"body": "仿宋", "heading": "黑体", "kai": "楷体", "title": "小标宋", "song": "宋体"}
    return tuple(
        f"{roles[role]}：{name}" + ("" if official else "（替代字体）")
        for role, (name, official) in faces.used().items()
    )


def _notice(vault: Vault, record: StoredRecord) -> Printed:
    """A paper of the office in the document format."""
    values, head = record.values, read_letterhead(vault)
    title = str(values["title_text"])
    if not values.get("body"):
        raise ActionRefused("letter.empty", title=title)
    paragraphs, enclosures = (
        tuple(line.strip() for line in str(values.get(key) or "").replace("\t", "").splitlines() if line.strip())
        for key in ("body", "enclosures")
    )
    notice = Letter(
        head=head.head,
        doc_no=str(values.get("doc_no") or ""),
        title=title,
        addressee=str(values.get("addressee") or "各单位").rstrip("：:"),
        paragraphs=paragraphs,
        issuer=head.issuer,
        signed_on=str(values["issued_on"]),
        enclosures=enclosures,
        copied_to=str(values.get("copied_to") or ""),
    )
    faces = Faces()
    content = draw_notice(notice, Setting(), faces, printed_on=day_words(notice.signed_on))
    return Printed(content, f"{notice.doc_no or title}.pdf", _font_notes(faces))


class _Sheet:
    """One letter with all that is needed to print it, read in one transaction."""

    def __init__(self, vault: Vault, connection: Connection, record: StoredRecord) -> None:
        self._vault = vault
        self._connection = connection
        self._reading = Reading(vault, connection)
        self.record = record
        self._title = self._reading.title(self.record)
        if self.record.ledger != LETTER:
            raise ActionRefused("letter.not_a_letter", title=self._title)
        self._letterhead = read_letterhead(vault)
        self._recipients = list(self._read_recipients())
        self.is_signed = self.record.values.get(STATE) not in UNSIGNED

    def _read_recipients(self) -> Iterable[tuple[str, str]]:
        """Name and 信用代码 of each employer or department."""
        ledger = self._vault.pack.ledgers[RECIPIENT]
        for row in children(self._vault, self._connection, self.record).get(RECIPIENT, ()):
            employer = self._reading.record("employer", str(row.values.get("employer", "")))
            if employer:
                yield str(employer.values.get("name", "")), str(employer.values.get("uscc", ""))
            elif row.values.get("name"):
                yield str(row.values["name"]), ""
            else:
                yield show_value(row.values.get("department"), ledger.fields["department"]), ""

    def laid_out(self, addressee: str = "") -> Letter:
        """The letter for the typesetter."""
        values = self.record.values
        return letter_of(_worded(self._vault, values), values, self._letterhead, addressee=addressee)

    def letter(self, *, is_preprinted: bool, each: bool) -> Printed:
        name = str(self.record.values.get("doc_no") or self._title)
        if each and not self._recipients:
            raise ActionRefused("letter.no_recipients", title=self._title)
        if self.is_signed and not each and not is_preprinted:
            return Printed(self._frozen(), f"{name}.pdf", is_frozen=True)
        faces = Faces()
        letters = [self.laid_out(to) for to, _ in self._recipients] if each else [self.laid_out()]
        shift = _shift(self._letterhead) if is_preprinted else (0.0, 0.0)
        setting = Setting(is_draft=not self.is_signed, is_preprinted=is_preprinted, shift=shift)
        return Printed(draw_letters(letters, setting, faces), f"{name}.pdf", _font_notes(faces))

    def singly(self) -> Iterator[Printed]:
        """The letter for each recipient by itself."""
        if not self._recipients:
            raise ActionRefused("letter.no_recipients", title=self._title)
        faces, name = Faces(), str(self.record.values.get("doc_no") or self._title)
        for n, (to, _) in enumerate(self._recipients, 1):
            content = draw_letters([self.laid_out(to)], Setting(is_draft=not self.is_signed), faces)
            yield Printed(content, f"{name}-{n:03}-{safe_name(to)}.pdf", _font_notes(faces))

    def _frozen(self) -> bytes:
        kept = self.record.values.get("signed_pdf") or []
        assert isinstance(kept, list)
        if not kept:
            raise ActionRefused("letter.on_paper", title=self._title)
        try:
            check_here(self._connection, kept[0]["digest"], kept[0]["name"])
        except ActionRefused as error:
            raise ActionRefused("letter.pdf_missing", title=self._title) from error
        return b"".join(read_attachment(self._connection, kept[0]["digest"]))

    def form(self, name: str, *, each: bool) -> Printed:
        labels = form_labels(self._vault)
        key = name if name in labels else next((k for k, label in labels.items() if label == name), "")
        if not key:
            known = "、".join(labels)
            raise ActionRefused("letter.unknown_form", name=name, hint=hint(name, labels), known=known)
        faces = Faces()
        file = f"{self.record.values.get('doc_no') or self._title}-{labels[key]}.pdf"
        if note := self._vault.pack.letters.notes.get(key):
            return Printed(draw_letters([self._note(note)], Setting(), faces), file, _font_notes(faces))
        about = self._about()
        to = self._recipients if each else self._recipients[:1]
        several = [replace(about, recipient=one, uscc=uscc) for one, uscc in to] or [about]
        content = draw_forms([companion(key, one) for one in several], faces, author=self._letterhead.issuer)
        return Printed(content, file, _font_notes(faces))

    def _about(self) -> About:
        v, ledger = self.record.values, self._vault.pack.ledgers[LETTER]

        def text(key: str) -> str:
            return show_value(v.get(key), ledger.fields[key])

        return About(
            office=self._letterhead.issuer,
            kind=text("kind"),
            doc_no=text("doc_no"),
            title=_worded(self._vault, v).title,
            recipient=text("addressee"),
            delivery_way=text("delivery_way"),
            reply_by=day_words(str(v["reply_by"])) if v.get("reply_by") else "",
            drafter=text("drafter"),
            reviewer=text("reviewer"),
            signer=text("signer"),
            signer_post=text("signer_post"),
            signed_on=day_words(str(v["signed_on"])) if v.get("signed_on") else "",
            n_copies=str(len(self._recipients) or 1),
            contact=text("contact") or self._letterhead.contact,
            phone=text("contact_phone") or self._letterhead.phone,
            problems=tuple(self._problems()),
        )

    def _problems(self) -> Iterable[tuple[str, str]]:
        if RECTIFICATION not in self._vault.rows:
            return
        where: Sequence[Clause] = (Clause("letter", "is", self.record.id),)
        frame = Frame(today=today(self._vault.clock).isoformat())
        for one in list_records(self._vault, self._connection, RECTIFICATION, where=where, frame=frame):
            yield f"{one.values['problem']}：{one.values['demand']}", str(one.values["finish_by"])

    def _note(self, note: LetterNote) -> Letter:
        values = self.record.values
        if not values.get("doc_no"):
            raise ActionRefused("letter.not_signed", title=self._title, what=f"印{note.label}")
        ledger = self._vault.pack.ledgers[LETTER]
        wording = compose_note(note, ledger, values, _worded(self._vault, values).title)
        now = today(self._vault.clock).isoformat()
        day = {"doc_no": "", "signed_on": now, "copied_to": None}
        return letter_of(wording, {**values, **day}, self._letterhead)
