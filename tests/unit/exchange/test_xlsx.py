"""
Cells as they come out of a workbook.

X01 texts: shared, rich, with phonetic hints, in the cell, escaped
X02 days by the format of the cell, the Chinese ones too; both calendars
X03 what other programs write: prefixes, cells without a place
X04 the same cells as openpyxl, whatever it can write
X05 merged cells, across the pieces in which a sheet is read
"""

from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from desktop_app.exchange import xml
from desktop_app.exchange.cells import Broken, Cell, Merge, column_index, column_letters
from desktop_app.exchange.opening import open_book

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(
    path: Path, sheet: str, *, texts: str = "", styles: str = "", properties: str = "", prefix: str = ""
) -> Path:
    """A workbook of handwritten parts, as another program may write it."""
    at = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    parts = {
        "[Content_Types].xml": f'<Types><Override ContentType="{_TYPES}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{_DOCUMENT}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<{prefix}workbook {at}="{_MAIN}" xmlns:r="{_DOCUMENT}">{properties}<{prefix}sheets>'
        f'<{prefix}sheet name="表" sheetId="1" r:id="b"/></{prefix}sheets></{prefix}workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + "".join(
            f'<Relationship Id="{key}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
            for key, kind, target in (
                ("b", "worksheet", "worksheets/one.xml"),
                ("c", "sharedStrings", "texts.xml"),
                ("d", "styles", "styles.xml"),
            )
        )
        + "</Relationships>",
        "xl/worksheets/one.xml": f'<{prefix}worksheet {at}="{_MAIN}">{sheet}</{prefix}worksheet>',
        "xl/texts.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


def cells(path: Path, sheet: str = "表") -> list[list[Cell]]:
    with open_book(path) as book:
        return [row.cells for row in book.rows(sheet)]


# --- X01 ------------------------------------------------------------------------------------------


def test_x01_texts__ok(tmp_path: Path) -> None:
    texts = (
        "<si><t>甲</t></si>"
        "<si><r><rPr><b/></rPr><t>乙</t></r><r><t xml:space='preserve'> 丙</t></r>"
        "<rPh sb='0' eb='1'><t>BING</t></rPh></si>"
        "<si><t>一_x000D_\n二</t></si>"
        "<si><t/></si>"
    )
    row = "".join(f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABCD"))
    row += '<c r="F1" t="inlineStr"><is><r><t>丁</t></r><rPh><t>DING</t></rPh></is></c>'
    row += '<c r="G1" t="str"><f>A1</f><v>甲</v></c>'
    row += '<c r="H1" t="b"><v>1</v></c><c r="I1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="J1"><f>1+1</f></c>'
    row += '<c r="K1" t="str"><f>""</f><v></v></c><c r="L1" t="d"><v>2025-03-05T00:00:00</v></c>'
    path = workbook(tmp_path / "a.xlsx", f'<sheetData><row r="1">{row}</row></sheetData>', texts=texts)
    broken = [Broken("excel.error_cell", "#DIV/0!"), Broken("excel.no_result")]
    day = date(2025, 3, 5)
    assert cells(path) == [["甲", "乙 丙", "一\r\n二", None, None, "丁", "甲", True, *broken, None, day]]


# --- X02 ------------------------------------------------------------------------------------------

_STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
    '<numFmt numFmtId="177" formatCode="[Red]#,##0.00&quot;元&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    "<cellXfs>" + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 31, 57, 176, 177, 20)) + "</cellXfs>"
)


def _dated(values: str) -> str:
    row = "".join(f'<c r="{letter}1" s="{n}"><v>{values}</v></c>' for n, letter in enumerate("ABCDEF"))
    return f'<sheetData><row r="1">{row}<c r="G1" s="6"><v>0.604166667</v></c></row></sheetData>'


def test_x02_days_by_format__ok(tmp_path: Path) -> None:
    day = date(2025, 3, 5)
    path = workbook(tmp_path / "a.xlsx", _dated("45721"), styles=_STYLES)
    assert cells(path) == [[45721, day, day, day, day, 45721, "14:30"]]
    later = '<workbookPr date1904="1"/>'
    path = workbook(tmp_path / "b.xlsx", _dated("44259"), styles=_STYLES, properties=later)
    assert cells(path)[0][1] == day


# --- X03 ------------------------------------------------------------------------------------------


def test_x03_other_programs__ok(tmp_path: Path) -> None:
    sheet = "<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t='inlineStr'><x:is><x:t>甲</x:t></x:is></x:c></x:row>"
    sheet += "<x:row/><x:row><x:c/><x:c><x:v>2.5</x:v></x:c></x:row></x:sheetData>"
    path = workbook(tmp_path / "a.xlsx", sheet, prefix="x:")
    with open_book(path) as book:
        assert [(row.number, row.cells) for row in book.rows("表")] == [(1, [1, "甲"]), (3, [None, 2.5])]


@pytest.mark.parametrize("index", [0, 25, 26, 51, 52, 701, 702, 16383])
def test_x03_letters__there_and_back(index: int) -> None:
    assert column_index(column_letters(index)) == index


# --- X04 ------------------------------------------------------------------------------------------

_CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).filter(lambda t: t[:1] != "="),
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12).map(lambda number: round(number, 3)),
    st.booleans(),
    st.dates(date(1949, 1, 1), date(2100, 1, 1)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELLS, min_size=1, max_size=8), min_size=1, max_size=6))
def test_x04_like_openpyxl__same(tmp_path: Path, rows: list[list[Cell]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    theirs = []
    other = load_workbook(tmp_path / "a.xlsx")
    for row in other["表"].iter_rows(values_only=True):
        found = [
            one.date() if isinstance(one, datetime) else one or None if isinstance(one, str) else one for one in row
        ]
        while found and found[-1] is None:
            found.pop()
        if found:
            theirs.append(found)
    assert cells(tmp_path / "a.xlsx") == theirs


# --- X05 ------------------------------------------------------------------------------------------


def test_x05_merged_cells__all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [f"A{n}:C{n + 1}" for n in range(1, 200, 2)]
    marks = "".join(f'<mergeCell ref="{place}"/>' for place in places)
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}"><v>{n}</v></c></row>' for n in range(1, 200))
    sheet = f"<sheetData>{rows}</sheetData><mergeCells>{marks}</mergeCells>"
    path = workbook(tmp_path / "a.xlsx", sheet)
    for size in (7, 64, 1000):
        monkeypatch.setattr(xml, "CHUNK", size)
        with open_book(path) as book:
            assert book.merges("表") == [Merge(n, n + 1, 0, 2) for n in range(1, 200, 2)]
            assert [row.cells for row in book.rows("表")] == [[None, n] for n in range(1, 200)]
