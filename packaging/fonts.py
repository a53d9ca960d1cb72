"""
Makes the fonts of official letters for a computer that has none: `python packaging/fonts.py FOLDER`.

The free fonts have PostScript outlines, which the PDF library cannot embed; here they are cut down to the
characters an office writes and turned into TrueType. Run by `dev.py setup`, with the environment's Python.
"""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
NOTO = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
PACKAGE = "texlive-lang-chinese"  # taken apart, not installed: no TeX is needed
RARE = "䶮㛃喆堃镕珺䓬㙍䲟昇玥甯龑翀昉祎頔煊𬭼"
MAX_ERROR = 1.0
"""Of the new outlines, in thousandths of an em."""


def characters() -> set[int]:
    """GB 2312, its symbols, Latin, and characters of names beyond it."""
    found = set(range(0x20, 0x7F)) | {ord(char) for char in RARE}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            char = bytes([row, cell]).decode("gb2312", "ignore")
            found.update(map(ord, char))
    return found | {ord(char) for char in "—…·〔〕〇①②③④⑤⑥⑦⑧⑨⑩℃‰§×÷±≤≥“”‘’＿￥"}


def convert(source: Path, index: int, target: Path) -> None:
    """One font cut down, with TrueType outlines."""
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"], drop_tables=[])
    font = TTFont(source, fontNumber=index)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    glyphs, outlines = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MAX_ERROR * font["head"].unitsPerEm / 1000, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], table = newTable("loca"), newTable("glyf")
    table.glyphOrder, table.glyphs = font.getGlyphOrder(), outlines
    font["glyf"] = table
    font["maxp"].tableVersion = 0x00010000
    for key, value in {
        "maxZones": 1, "maxTwilightPoints": 0, "maxStorage": 0, "maxFunctionDefs": 0, "maxInstructionDefs": 0,
        "maxStackElements": 0, "maxSizeOfInstructions": 0, "maxComponentElements": 0,
    }.items():  # fmt: skip
        setattr(font["maxp"], key, value)
    font["post"].formatType = 3.0
    for tag in ("CFF ", "VORG", "GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\0\1\0\0"
    half = target.with_suffix(".part")
    font.save(half)
    half.replace(target)


def main(folder: Path) -> None:
    """Makes every font that is not there yet."""
    wanted = {"FandolFang-Regular": 0, "FandolKai-Regular": 0, "FandolHei-Regular": 0, "FandolSong-Regular": 0}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="union-desk-fonts-") as work:
        missing = [name for name in wanted if not (folder / f"{name}.ttf").exists()]
        if missing:
            _unpack(Path(work))
        jobs = [(Path(work) / FANDOL / f"{name}.otf", 0, folder / f"{name}.ttf") for name in missing]
        title = folder / "NotoSerifCJKsc-Bold.ttf"
        if NOTO.exists() and not title.exists():
            jobs.append((NOTO, 2, title))
        with multiprocessing.Pool(2) as pool:
            pool.starmap(convert, [job for job in jobs if job[0].exists()])


def _unpack(work: Path) -> None:
    """The fonts out of the system's package; without network or apt there are none, and the program says so."""
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not apt or not dpkg:
        return
    if subprocess.run([apt, "download", "--quiet", PACKAGE], cwd=work, check=False).returncode:
        return
    for package in work.glob("*.deb"):
        subprocess.run([dpkg, "--extract", package, work], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
