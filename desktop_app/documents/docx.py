"""The same letter for a word processor, for offices that have to paste it into another system."""

from __future__ import annotations

from typing import Any

from desktop_app.documents.letter import Letter
from desktop_app.typeset.docx import TITLE_CHARS, WordPaper
from desktop_app.typeset.grid import day_words, headings
from desktop_app.typeset.title import title_lines


def letter_as_docx(letter: Letter) -> bytes:
    """The letter as Office Open XML; the red lines are borders, the words those of the PDF."""
    from docx.shared import RGBColor  # noqa: PLC0415 only who asks for it waits for the library

    writer = WordPaper(title=letter.title, author=letter.issuer)
    head = writer.line(letter.head, "title", 36, align="center", pitch=0)
    head.runs[0].font.color.rgb = RGBColor(255, 0, 0)
    _double_rule(head)
    writer.line(letter.doc_no, align="right")
    writer.empty(2)
    for line in title_lines(letter.title, TITLE_CHARS):
        writer.line(line, "title", 22, align="center", pitch=34)
    writer.empty(1)
    writer.line(f"{letter.addressee}：")
    for text, (end, role) in zip(letter.paragraphs, headings(letter.paragraphs), strict=True):
        writer.line(text[:end], role, indent=2, rest=text[end:])
    if letter.enclosures:
        writer.empty(1)
        several = len(letter.enclosures) > 1
        for n, name in enumerate(letter.enclosures, 1):
            number = f"{n}." if several else ""
            writer.line(("附件：" if n == 1 else "　　　") + number + name, indent=2)
    writer.empty(2)
    writer.line(letter.issuer, align="right", right=3)
    writer.line(day_words(letter.signed_on), align="right", right=4)
    if letter.note:
        writer.line(f"（{letter.note}）", indent=2)
    if letter.copied_to:
        writer.empty(1)
        writer.line(f"抄送：{letter.copied_to.rstrip('。')}。", size=14)
    return writer.finish()


def _double_rule(paragraph: Any) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above
    from docx.oxml.ns import qn  # noqa: PLC0415 as above

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "6"), ("color", "FF0000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._element.get_or_add_pPr().append(borders)
