"""Letters against LibreOffice converting the same DOCX, and against bare ReportLab drawing the same strings."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from desktop_app.documents.docx import letter_as_docx
from desktop_app.documents.letter import MARK, Letter, Setting, draw_letters
from desktop_app.typeset.grid import BODY, LEFT, NUMBER, PITCH, SIZE, TITLE, TOP, headings
from desktop_app.typeset.paper import MM, Faces, Style
from tests.bench.desks import Bench
from tests.bench.measuring import Line, Watch, Words, compared, interleaved

FAMILY = "letters"
_TEXT = "用人单位应当依法及时足额支付劳动者工资，不得克扣或者无故拖欠；职工认为权益受到侵害的，可以向工会反映。" * 5
LETTER = Letter(
    "白银区总工会",
    "白区工监提〔2025〕1号",
    "关于依法及时足额支付劳动者工资的提示函",
    "甘肃某某建筑工程有限责任公司",
    (_TEXT, "一、及时结清。" + _TEXT[:90], "二、规范台账。" + _TEXT[:90]),
    "白银区总工会",
    "2025-12-31",
)
FACES = Faces()


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    n = bench.n(500, least=25)
    batch = [replace(LETTER, addressee=f"第{k}建筑工程有限责任公司") for k in range(n)]
    lines = [_against_bare("one", [LETTER], bench), _against_bare("batch", batch, bench)]
    if shutil.which("soffice"):
        lines.append(_against_office(batch, bench))
    else:
        bench.told.append("letters: LibreOffice is not there")
    return lines


def _against_bare(name: str, letters: Sequence[Letter], bench: Bench) -> Line:
    strings = [_strings(one) for one in letters]

    def ours(watch: Watch) -> None:
        with watch.running():
            draw_letters(letters, Setting(), FACES)

    def bare(watch: Watch) -> None:
        with watch.running():
            _bare(strings)

    taken = interleaved({"ours": ours, "bare": bare}, bench.runs)
    what = f"{len(letters)} letter{'s' if len(letters) > 1 else ''} as one PDF"
    words = Words(f"{name}_bare", what, "bare ReportLab, same strings and fonts", 1.3, per=len(letters), unit="ms")
    return compared(FAMILY, words, taken["ours"], taken["bare"])


def _strings(letter: Letter) -> list[tuple[str, Style]]:
    """What a letter draws, each string in the font and size it has there: a font more is a subset more to embed."""
    found = [(letter.head, MARK), (letter.doc_no, BODY), (letter.title, TITLE), (letter.addressee, BODY)]
    for text, (end, role) in zip(letter.paragraphs, headings(letter.paragraphs), strict=True):
        found += [(text[:end], Style(role, SIZE)), (text[end:], BODY)]
    return [*found, (letter.issuer, BODY), ("2025年12月31日", BODY), ("— 2 —", NUMBER)]


def _bare(strings: Sequence[Sequence[tuple[str, Style]]]) -> bytes:
    """The strings of each letter, 28 characters a line, without rules, breaking or a check of glyphs."""
    out = io.BytesIO()
    canvas: Any = Canvas(out, initialFontName=FACES["body"].first)
    for one in strings:
        y = 0
        for text, style in one:
            for at in range(0, len(text), 28):
                canvas.setFont(FACES[style.role].first, style.size)
                canvas.drawString(LEFT * MM, (297 - TOP - y % 22 * PITCH) * MM, text[at : at + 28])
                y += 1
                if y % 22 == 0:
                    canvas.showPage()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _against_office(batch: Sequence[Letter], bench: Bench) -> Line:
    few = batch[: max(5, len(batch) // 25)]
    folder = bench.fresh("letters")
    folder.mkdir()
    paths = []
    for n, one in enumerate(few):
        path = folder / f"{n}.docx"
        path.write_bytes(letter_as_docx(one))
        paths.append(path)

    def ours(watch: Watch) -> None:
        with watch.running():
            for one in few:
                draw_letters([one], Setting(), FACES)

    def office(watch: Watch) -> None:
        with watch.running():
            _convert(paths, folder)

    taken = interleaved({"ours": ours, "office": office}, min(3, bench.runs))
    words = Words(
        "office", f"{len(few)} letters, a PDF each", "LibreOffice converting the DOCX", per=len(few), unit="ms"
    )
    return compared(FAMILY, words, taken["ours"], taken["office"])


def _convert(paths: Sequence[Path], folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, capture_output=True, check=True)
