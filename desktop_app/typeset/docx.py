"""A4 for a word processor: the type area, sizes and spacing of GB/T 9704—2012 in Office Open XML."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Literal

from desktop_app.typeset.grid import HEIGHT, LEFT, N_ROWS, PAGE_NUMBER, TOP, WIDTH
from desktop_app.typeset.paper import HEIGHT_MM, MM, WIDTH_MM

FACES = {"body": "仿宋", "heading": "黑体", "kai": "楷体", "title": "方正小标宋简体", "song": "宋体"}
"""Names of fonts as an office's PC knows them; the word processor takes another where one is missing."""

Align = Literal["both", "left", "center", "right"]
_ALIGNED: dict[str, str] = {"both": "JUSTIFY", "left": "LEFT", "center": "CENTER", "right": "RIGHT"}

SLIM = 15.0
"""Margin of a landscape page with a table, mm."""

TITLE_CHARS = int(WIDTH * MM // 22)
LINE = HEIGHT * MM * 20 // N_ROWS / 20
"""Points of a line, in whole twentieths: a word processor gives the last line of a page its full height, too."""

CELL_MARGIN = 1.2
"""Between a line of a table and the words, mm."""


class WordPaper:
    """A document with one section; `document` is the library's own, for what only one kind of paper has."""

    def __init__(self, *, title: str, author: str, is_landscape: bool = False) -> None:
        from docx import Document  # noqa: PLC0415 only who asks for it waits for the library
        from docx.enum.section import WD_ORIENT  # noqa: PLC0415 as above
        from docx.shared import Mm  # noqa: PLC0415 as above

        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
        section.left_margin, section.right_margin = Mm(LEFT), Mm(WIDTH_MM - LEFT - WIDTH)
        section.top_margin, section.bottom_margin = Mm(TOP), Mm(HEIGHT_MM - TOP - HEIGHT)
        if is_landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(HEIGHT_MM), Mm(WIDTH_MM)
            section.left_margin = section.right_margin = Mm(SLIM)
            section.top_margin = section.bottom_margin = Mm(SLIM)
        self.document.core_properties.title, self.document.core_properties.author = title, author

    def number_pages(self) -> None:
        """`— 1 —` in 四号宋体, odd pages right and even ones left, a character in."""
        from docx.shared import Mm, Pt  # noqa: PLC0415 as above

        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        section.footer_distance = Mm(HEIGHT_MM - PAGE_NUMBER - 14 / MM)
        for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            form = paragraph.paragraph_format
            form.alignment = _alignment(align)
            form.left_indent = form.right_indent = Pt(14)
            for part in ("— ", None, " —"):
                run = self._run(paragraph, part or "", "song", Pt(14))
                if part is None:
                    _page_field(run)

    def finish(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def line(
        self,
        text: str,
        role: str = "body",
        size: float = 16,
        *,
        align: Align = "both",
        indent: int = 0,
        right: int = 0,
        pitch: float = LINE,
        rest: str = "",
        keeps: bool = False,
    ) -> Any:
        """
        A paragraph; `indent` and `right` in characters, `pitch` in points, `rest` goes on in 仿宋.

        Args:
            keeps: It stays on the page of the next one.
        """
        from docx.shared import Pt  # noqa: PLC0415 as above

        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        if pitch:
            form.line_spacing = Pt(pitch)
        form.alignment = _alignment(align)
        form.first_line_indent = Pt(indent * 16)
        form.right_indent = Pt(right * 16)
        form.keep_with_next = keeps
        for words, face in ((text, role), (rest, "body")):
            if words:
                self._run(paragraph, words, face, Pt(size))
        return paragraph

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, n_words: int
    ) -> None:
        """
        A table with borders whose heads come again on every page.

        Args:
            widths: In millimetres.
            n_words: So many columns from the left hold words; figures stand right.
        """
        from docx.enum.table import WD_ALIGN_VERTICAL  # noqa: PLC0415 as above
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 as above
        from docx.shared import Mm, Pt  # noqa: PLC0415 as above

        made = self.document.add_table(rows=len(rows) + 1, cols=len(heads), style="Table Grid")
        made.autofit = False
        _narrow_cells(made)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)
        for at, (row, texts) in enumerate(zip(made.rows, (heads, *rows), strict=True)):
            for n, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = Mm(widths[n])
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                body = WD_ALIGN_PARAGRAPH.RIGHT if n >= n_words else WD_ALIGN_PARAGRAPH.LEFT
                paragraph.alignment = body if at else WD_ALIGN_PARAGRAPH.CENTER
                self._run(paragraph, text, "body" if at else "heading", Pt(9))
            _keeps_whole(row)
        _repeats(made.rows[0])

    def empty(self, n: int) -> None:
        """Empty lines."""
        for _ in range(n):
            self.line("")

    @staticmethod
    def _run(paragraph: Any, words: str, role: str, size: Any) -> Any:
        from docx.oxml.ns import qn  # noqa: PLC0415 as above

        run = paragraph.add_run(words)
        run.font.size = size
        run.font.name = FACES[role]
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACES[role])
        return run


def _repeats(row: Any) -> None:
    """The row comes again on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keeps_whole(row: Any) -> None:
    """The row is not torn between two pages."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _narrow_cells(table: Any) -> None:
    """Room for figures: the margins of the cells are those of the printed table."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above
    from docx.oxml.ns import qn  # noqa: PLC0415 as above

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(CELL_MARGIN * MM * 20)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)  # the order of these is fixed


def _alignment(align: str) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 as above

    return getattr(WD_ALIGN_PARAGRAPH, _ALIGNED[align])


def _page_field(run: Any) -> None:
    """The page's number, which the word processor counts."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 as above
    from docx.oxml.ns import qn  # noqa: PLC0415 as above

    for kind in ("begin", "", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        run._element.append(part)
