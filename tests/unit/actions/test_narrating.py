"""
Texts of a period (actions/narrating.py, reports/narrative.py, reports/document.py).

N01 a passage keeps the writer's words for its period alone, with live figures, and its history; the pack's come back
N02 a missing figure takes its clause with it; a condition asks what a figure is
N03 events are listed, dated or named by month; a change against last year is said in words
N04 PDF and DOCX hold the same words; LibreOffice opens the DOCX and the numbers survive
N05 every kind of period has its text; a text nobody wrote is refused
"""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.narrating import list_passages, narratives_for, reset_passage, write_passage, write_text
from desktop_app.actions.reading import show_history
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.report_files import save_text
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import Figure, Measured
from desktop_app.domain.period import Period, parse_range
from desktop_app.reports.document import Annex, document_as_docx, draw_document
from desktop_app.reports.narrative import Facts, write
from desktop_app.schema.load_narrative import read_passage
from desktop_app.schema.model import Indicator
from desktop_app.schema.narratives import Narrative, Paragraph
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault
from desktop_app.typeset.paper import Faces

CASES = Indicator("cases", "x", "案件", "件", "count", "flow", on="on")
RATE = Indicator("rate", "x", "比率", "%", "ratio", "flow", of=("a", "b"), digits=1)
PRIZES = Indicator("prizes", "x", "荣誉", "项", "count", "event", on="on", shows="{name}")
KNOWN = {one.key: one for one in (CASES, RATE, PRIZES)}
FIGURES = {
    "cases": Figure(CASES, Measured(120)),
    "rate": Figure(RATE, Measured(93, 100)),
    "prizes": Figure(PRIZES, Measured(2, texts=("甲", "乙"), days=("2025-04-01", "2025-08-09"))),
}


def period(label: str) -> Period:
    found = parse_range(label)
    assert found
    return found


YEAR = period("2025")


def written(text: str, **missing: None) -> str:
    pieces, faults = read_passage(text, KNOWN)
    assert faults == []
    narrative = Narrative("n", "文稿", ("year",), (), (Paragraph("", pieces),))
    figures = {key: one for key, one in FIGURES.items() if key not in missing}
    found = write(narrative, Facts(YEAR, "某总工会", figures, {"cases": 100, "rate": 95.5}))
    return "\n".join(found.lines())


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Vault]:
    clock = SetClock(datetime(2025, 12, 31, 1, tzinfo=UTC))
    vault, _ = init_city(
        NewDesk(tmp_path / "city", "pass-phrase-1", clock=clock, cost=LIGHT), office="620400", name="白银市总工会"
    )
    yield vault
    vault.close()


def outreach(vault: Vault, n_people: int) -> None:
    values = {"held_on": "2025-03-05", "form": "lecture", "topic": "工会法", "n_sessions": 1, "n_people": n_people}
    add_records(
        vault, "outreach", [Given({**values, "place": "会议室", "organizer": "市总工会", "is_open_to_all": True})]
    )


# --- N01 ------------------------------------------------------------------------------------------


def test_n01_passage__ok(city: Vault) -> None:
    outreach(city, 137)
    suggested = write_text(city, YEAR).plain()
    changes = write_passage(
        city, YEAR, "annual", "services", "宣讲覆盖{lecture_audience}人。[函{letters_tip}份。]\n另起一段。"
    )
    text = write_text(city, YEAR).plain()
    assert "宣讲覆盖137人。" in text
    assert "函0" not in text
    assert "\n　　另起一段。" in text
    outreach(city, 3)
    assert "宣讲覆盖140人。" in write_text(city, YEAR).plain()
    assert "宣讲覆盖" not in write_text(city, period("2024")).plain()
    shown = {one.key: one for one in list_passages(city, YEAR)}
    assert (shown["services"].is_own, shown["opening"].is_own) == (True, False)
    write_passage(city, YEAR, "annual", "services", "")
    assert "宣讲覆盖" not in write_text(city, YEAR).plain()
    assert len(show_history(city, changes.record_ids[0])) == 2
    reset_passage(city, YEAR, "annual", "services")
    assert write_text(city, YEAR).plain() == suggested.replace("1场次、覆盖职工137人", "2场次、覆盖职工140人")


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("nothing", "", "report.unknown_passage"),
        ("services", "{no_such_figure}", "report.bad_passage"),
        ("services", "[没有完", "report.bad_passage"),
        ("services", "{letters_tip:month}", "report.bad_passage"),
        ("services", "{passage.opening}", "report.bad_passage"),
    ],
)
def test_n01_passage_is_refused(city: Vault, key: str, text: str, code: str) -> None:
    with pytest.raises(ActionRefused) as caught:
        write_passage(city, YEAR, "annual", key, text)
    assert caught.value.code == code
    assert not any(one.is_own for one in list_passages(city, YEAR))


# --- N02, N03 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "without"),
    [
        ("共[办案{cases}件，]完。", "共办案120件，完。", "共完。"),
        ("[cases>100|多][cases=120|恰][cases<120|少]", "多恰", ""),
        ("[cases>100,rate<90|又][cases>100,rate>90|且]", "且", ""),
        ("[{cases}件][，增{cases:change}]。", "120件，增增长20%。", ""),
        ("[共{cases}件]；", "共120件。", ""),
        ("动态稳定在{rate:floor10}%以上[{cases}]", "动态稳定在90%以上120", "动态稳定在90%以上"),
    ],
)
def test_n02_clauses(text: str, words: str, without: str) -> None:
    assert written(text) == words
    assert written(text, cases=None) == without


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{prizes:list}", "甲、乙"),
        ("{prizes:dated}", "4月份，甲；8月份，乙"),
        ("{prizes:month}", "4"),
        ("{prizes}", "甲；乙"),
        ("{rate:change}", "下降2.5个百分点"),
        ("{cases:change}", "增长20%"),
        ("{year}年{last_year}年{period}{office}", "2025年2024年2025年度某总工会"),
    ],
)
def test_n03_ways_of_writing(text: str, words: str) -> None:
    assert written(text) == words


# --- N04, N05 -------------------------------------------------------------------------------------


def test_n04_pdf_and_docx__ok(city: Vault, tmp_path: Path) -> None:
    outreach(city, 6607)
    text = write_text(city, YEAR)
    pdf = draw_document(text, issuer="白银市总工会", signed_on="2025-12-31", faces=Faces())
    wanted = sorted(re.sub(r"\s", "", text.plain() + "白银市总工会2025年12月31日"))
    assert _chars(pdf) == wanted
    if not shutil.which("soffice"):
        return
    (tmp_path / "a.docx").write_bytes(document_as_docx(text, issuer="白银市总工会", signed_on="2025-12-31"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], capture_output=True, check=True, timeout=120)
    assert _chars((tmp_path / "a.pdf").read_bytes()) == wanted


def test_n04_annex_is_announced__ok(city: Vault) -> None:
    outreach(city, 6607)
    text = write_text(city, YEAR)
    annex = Annex("2025年度法律保障工作图表", lambda paper, _: paper.page())
    pdf = draw_document(text, issuer="白银市总工会", signed_on="2025-12-31", faces=Faces(), annex=annex)
    wanted = text.plain() + "附件：2025年度法律保障工作图表白银市总工会2025年12月31日"
    assert _chars(pdf) == sorted(re.sub(r"\s", "", wanted))


def test_n04_a_page_holds_22_lines__ok(city: Vault) -> None:
    document = docx.Document(io.BytesIO(document_as_docx(write_text(city, YEAR), issuer="市", signed_on="2025-12-31")))
    section: Any = document.sections[0]
    room = section.page_height - section.top_margin - section.bottom_margin
    paragraphs: list[Any] = document.paragraphs[2:]
    assert {room // one.paragraph_format.line_spacing for one in paragraphs} == {22}


def _chars(pdf: bytes) -> list[str]:
    """Every character within the type area; page numbers stand below it."""
    with pdfplumber.open(io.BytesIO(pdf)) as read:
        found = [char for page in read.pages for char in page.chars if char["bottom"] < 265 * 72 / 25.4]
    return sorted(char["text"] for char in found if char["text"].strip())


def test_n05_texts_of_periods__ok(city: Vault, tmp_path: Path) -> None:
    found = {
        label: [one.key for one in narratives_for(city, period(label))] for label in ("2025", "2025-Q1", "2025-03")
    }
    assert found == {"2025": ["annual"], "2025-Q1": ["quarterly"], "2025-03": ["monthly"]}
    assert write_text(city, period("2025-Q1"), "quarterly").title == "2025年第一季度工会法律保障工作简报"
    with pytest.raises(ActionRefused) as caught:
        save_text(city, YEAR, "anual", tmp_path / "a.pdf")
    assert caught.value.code == "report.unknown_narrative"
    with pytest.raises(ActionRefused) as caught:
        save_text(city, YEAR, "annual", tmp_path / "a.odt")
    assert caught.value.code == "report.bad_format"
    (tmp_path / "a.txt").write_text("里面有东西", encoding="utf-8")
    with pytest.raises(ActionRefused) as caught:
        save_text(city, YEAR, "annual", tmp_path / "a.txt")
    assert caught.value.code == "record.file_exists"
