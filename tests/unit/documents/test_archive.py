"""
The frozen page of a letter as PDF/A (documents/archive.py; ISO 19005).

A01 it is PDF/A-2b by the library that wrote it, read back
A02 the same page saved as 1b is found valid by another program: Apache PDFBox Preflight
"""

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pikepdf.pdfa
import pytest

from desktop_app.documents.archive import as_pdfa
from desktop_app.documents.letter import Letter, Setting, draw_letters
from desktop_app.typeset.paper import Faces

_NAMES = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in _NAMES]
LETTER = Letter(
    "白银市总工会",
    "市工监提〔2025〕1号",
    "关于依法支付工资的提示函",
    "某某公司",
    ("一、按月支付。工资按月以货币支付。" * 30, "（一）核对。逐人核对䶮𬭼。"),
    "白银市总工会",
    "2025-12-31",
)


@pytest.fixture(scope="module")
def drawn() -> bytes:
    """Two pages with every font of a letter."""
    return draw_letters([LETTER], Setting(), Faces())


def test_a01_kept_as_2b(drawn: bytes) -> None:
    kept = as_pdfa(drawn)
    assert pikepdf.pdfa.validate_written(io.BytesIO(kept), "2b").passed


@pytest.mark.skipif(
    not shutil.which("java") or not all(jar.exists() for jar in JARS),
    reason="Java or PDFBox Preflight is not on this computer; the library's own check is made all the same",
)
def test_a02_preflight_agrees(drawn: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        for page in pdf.pages:
            del page["/Trans"]
        pikepdf.pdfa.save(pdf, path, "1b")
    command = ["java", "-cp", ":".join(map(str, JARS)), "org.apache.pdfbox.preflight.Validator_A1b", str(path)]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "valid PDF/A-1b" in answer.stdout
