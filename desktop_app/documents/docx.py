"""The same letter for a word processor, for offices that have to paste it into another system."""

from __future__ import annotations

import io
from typing import Any

from desktop_app.documents.letter import HEIGHT, LEFT, PITCH, TOP, WIDTH, Letter, day_words, heading_end
from desktop_app.documents.title import title_lines
from desktop_app.typeset.paper import HEIGHT_MM, MM, WIDTH_MM

FACES = {"body": "仿宋", "heading": "黑体", "kai": "楷体", "title": "方正小标宋简体"}
"""Names of fonts as an office's PC knows them; the word processor takes another where one is missing."""

TITLE_CHARS = int(WIDTH * MM // 22)


def letter_as_docx(letter: Letter) -> bytes:
    """The letter as Office Open XML; the red lines are borders, the words those of the PDF."""
    from docx import Document  # noqa: PLC0415 only who asks for it waits for the library
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 as above
    from docx.shared import Mm, RGBColor  # noqa: PLC0415 as above

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(WIDTH_MM - LEFT - WIDTH)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(HEIGHT_MM - TOP - HEIGHT)
    document.core_properties.title, document.core_properties.author = letter.title, letter.issuer
    writer = _Writer(document)
    head = writer.line(letter.head, "title", 36, align=WD_ALIGN_PARAGRAPH.CENTER, pitch=0)
    head.runs[0].font.color.rgb = RGBColor(255, 0, 0)
    _double_rule(head)
    writer.line(letter.doc_no, align=WD_ALIGN_PARAGRAPH.RIGHT)
    writer.empty(2)
    for line in title_lines(letter.title, TITLE_CHARS):
        writer.line(line, "title", 22, align=WD_ALIGN_PARAGRAPH.CENTER, pitch=34)
    writer.empty(1)
    writer.line(f"{letter.addressee}：")
    for text in letter.paragraphs:
        end, role = heading_end(text)
        writer.line(text[:end], role, indent=2, rest=text[end:])
    if letter.enclosures:
        writer.empty(1)
        several = len(letter.enclosures) > 1
        for n, name in enumerate(letter.enclosures, 1):
            number = f"{n}." if several else ""
            writer.line(("附件：" if n == 1 else "　　　") + number + name, indent=2)
    writer.empty(2)
    writer.line(letter.issuer, align=WD_ALIGN_PARAGRAPH.RIGHT, right=3)
    writer.line(day_words(letter.signed_on), align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)
    if letter.note:
        writer.line(f"（{letter.note}）", indent=2)
    if letter.copied_to:
        writer.empty(1)
        writer.line(f"抄送：{letter.copied_to.rstrip('。')}。", size=14)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    def __init__(self, document: Any) -> None:
        self._document = document

    def line(
        self,
        text: str,
        role: str = "body",
        size: float = 16,
        *,
        align: Any = None,
        indent: int = 0,
        right: int = 0,
        pitch: float = PITCH * MM,
        rest: str = "",
    ) -> Any:
        """A paragraph; `indent` and `right` in characters, `pitch` in points, `rest` goes on in 仿宋."""
        from docx.shared import Pt  # noqa: PLC0415 as above

        paragraph = self._document.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        if pitch:
            form.line_spacing = Pt(pitch)
        form.alignment = align
        form.first_line_indent = Pt(indent * 16)
        form.right_indent = Pt(right * 16)
        for words, face in ((text, role), (rest, "body")):
            if words:
                self._run(paragraph, words, face, Pt(size))
        return paragraph

    def empty(self, n: int) -> None:
        """Empty lines."""
        for _ in range(n):
            self.line("")

    @staticmethod
    def _run(paragraph: Any, words: str, role: str, size: Any) -> None:
        from docx.oxml.ns import qn  # noqa: PLC0415 as above

        run = paragraph.add_run(words)
        run.font.size = size
        run.font.name = FACES[role]
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACES[role])


def _double_rule(paragraph: Any) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above
    from docx.oxml.ns import qn  # noqa: PLC0415 as above

    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "6"), ("color", "FF0000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._element.get_or_add_pPr().append(borders)
