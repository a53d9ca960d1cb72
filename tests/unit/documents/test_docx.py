"""
The letter for a word processor (documents/docx.py).

X01 the words are those of the PDF, in order, with the fonts an office's PC has
X02 LibreOffice opens it, and prints the same words
"""

import io
import shutil
import subprocess
from pathlib import Path

import docx
import pdfplumber
import pytest

from desktop_app.documents.docx import letter_as_docx
from desktop_app.documents.letter import Setting, draw_letters
from tests.unit.documents.test_letter import FACES, LETTER


def test_x01_words_and_fonts() -> None:
    document = docx.Document(io.BytesIO(letter_as_docx(LETTER)))
    texts = [one.text for one in document.paragraphs if one.text]
    assert texts[0] == LETTER.head
    assert "".join(texts[2:4]).startswith(LETTER.title)
    assert LETTER.paragraphs[0] in texts
    assert texts[-3:] == ["白银区总工会", "2025年12月31日", f"（{LETTER.note}）"]
    assert {run.font.name for one in document.paragraphs for run in one.runs} <= {
        "仿宋",
        "黑体",
        "楷体",
        "方正小标宋简体",
    }


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not to be had on this system")
def test_x02_libreoffice_prints_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(letter_as_docx(LETTER))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "letter.docx")], capture_output=True, check=True, timeout=120)
    assert _words((tmp_path / "letter.pdf").read_bytes()) == _words(draw_letters([LETTER], Setting(), FACES))


def _words(content: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return sorted(char["text"] for page in pdf.pages for char in page.chars if char["text"].strip())
