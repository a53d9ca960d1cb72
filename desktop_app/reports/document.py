"""The text of a period as an official document (GB/T 9704—2012, section 7, without a red head): PDF and DOCX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.reports.narrative import Written
from desktop_app.typeset.docx import TITLE_CHARS, WordPaper
from desktop_app.typeset.grid import (
    BODY,
    CELL,
    TOP,
    WIDTH,
    Flow,
    Grid,
    Row,
    day_words,
    headings,
    paginate,
)
from desktop_app.typeset.paper import MM, Faces, Paper, plain
from desktop_app.typeset.title import title_lines


@dataclass(frozen=True, slots=True)
class Annex:
    """What follows the text: its name, and who draws it on the paper from the page of a number."""

    name: str
    draw: Callable[[Paper, int], None]


def draw_document(written: Written, *, issuer: str, signed_on: str, faces: Faces, annex: Annex | None = None) -> bytes:
    """
    The text as PDF.

    Args:
        signed_on: ISO day.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    paper = Paper(faces, title=written.title, author=issuer)
    grid = Grid(faces, paper)
    flow = grid.set_paragraphs(written.lines())
    if annex:
        flow += _annex_note(grid, annex.name)
    closing = _signature(faces, issuer, signed_on)
    paper.page()
    first = grid.title(written.title, TOP)
    pages = paginate(flow, len(closing), first)
    for number, rows in enumerate(pages, 1):
        if number > 1:
            paper.page()
        grid.number(number)
        start = first if number == 1 else 0
        grid.rows(rows, start)
        if number == len(pages):
            grid.rows(closing, start + len(rows))
    if annex:
        annex.draw(paper, len(pages) + 1)
    return paper.finish()


def _annex_note(grid: Grid, name: str) -> Flow:
    """`附件：` and the name, one row below the text and two characters in (7.3.4)."""
    words = plain(f"附件：{name}", BODY, "附件说明")
    return [None, *grid.set(words, first_indent=2 * CELL, hanging=5 * CELL)]


def _signature(faces: Faces, issuer: str, signed_on: str) -> Flow:
    """Issuer and date without a seal (7.3.5.3): one row below the text, the wider of the two by two characters in."""
    names = plain(issuer, BODY, "署名"), plain(day_words(signed_on), BODY, "成文日期")
    wide, narrow = (sum(faces.advance(char, BODY, one.place) for char in one.text) for one in names)
    right = WIDTH * MM - 2 * CELL
    left = right - wide
    day_left = left + 2 * CELL
    if day_left + narrow > right:
        day_left = right - narrow
        left = day_left - 2 * CELL
    rows: Flow = [None]
    for words, x in zip(names, (left, day_left), strict=True):
        rows.append(Row(words, faces.lines(words, WIDTH + 1, first_indent=max(0.0, x))[0]))
    return rows


def document_as_docx(written: Written, *, issuer: str, signed_on: str) -> bytes:
    """The same words for a word processor, page numbers at the outer edge."""
    paper = WordPaper(title=written.title, author=issuer)
    paper.number_pages()
    for line in title_lines(written.title, TITLE_CHARS):
        paper.line(line, "title", 22, align="center", pitch=34)
    paper.empty(1)
    lines = written.lines()
    for n, (text, (end, role)) in enumerate(zip(lines, headings(lines), strict=True), 1):
        keeps = end == len(text) or n == len(lines)  # no heading alone, and text with the signature
        paper.line(text[:end], role, indent=2, rest=text[end:], keeps=keeps)
    paper.line("", keeps=True)
    day = day_words(signed_on)
    longer = max(len(issuer), _cells(day) + 2)
    paper.line(issuer, align="right", right=2 + longer - len(issuer), keeps=True)
    paper.line(day, align="right", right=2)
    return paper.finish()


def _cells(day: str) -> int:
    """Width of a date in full-width characters: its digits are half as wide."""
    return -(-sum(1 if one.isdigit() else 2 for one in day) // 2)
