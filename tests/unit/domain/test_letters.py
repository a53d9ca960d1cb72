"""
The words of letters (domain/letters.py).

W01 articles are cited by law, in the order they were ticked
W02 what a template cannot know stays open, and is counted; a sentence about a letter before falls away without one
W03 punctuation beside Chinese characters becomes full-width, and only that
W04 numbers are written and read back
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.paths import forms_dir
from desktop_app.domain.letters import (
    OPEN,
    begun,
    cite,
    compose,
    compose_note,
    half_width,
    letter_number,
    limit_words,
    number_parts,
    open_places,
    tidied,
)
from desktop_app.schema.letters import Article, fill_places, places_of
from desktop_app.schema.load import load_pack, read_files

PACK = load_pack(read_files(forms_dir()))
FORMS, LEDGER = PACK.letters, PACK.ledgers["letter"]


def article(law: str, name: str) -> Article:
    return Article("", law, name, "2025-01-01", "")


def test_w01_cite() -> None:
    labor, wages = "中华人民共和国劳动法", "保障农民工工资支付条例"
    ticked = [article(labor, "第五十条"), article(wages, "第三条"), article(labor, "第九十条")]
    assert cite(ticked) == "《中华人民共和国劳动法》第五十条、第九十条和《保障农民工工资支付条例》第三条"
    assert cite(ticked[:1]) == "《中华人民共和国劳动法》第五十条"
    assert cite([]) == ""


def test_w01_own_sentence_stands_over_the_ticks() -> None:
    values = {"kind": "tip", "subject": "某事", "laws": ["labor_50"], "basis": "依法。", "facts": "一\n\n 二 "}
    assert compose(FORMS, LEDGER, values).paragraphs == ("一", "二", "依法。")
    assert "第五十条" in compose(FORMS, LEDGER, {**values, "basis": ""}).paragraphs[2]
    gone = compose(FORMS, LEDGER, {**values, "basis": "", "laws": ["not_there_any_more"]})
    assert gone.paragraphs == ("一", "二")


def test_w02_open_places() -> None:
    template, kind = FORMS.templates["opinion_wage_arrears"], FORMS.kinds["opinion"]
    words = begun(template, kind, LEDGER, {"kind": "opinion", "n_people": 3}, {})
    assert not any("{" in str(one) for one in words.values())
    assert "提示函" not in str(words["facts"])
    assert OPEN in str(words["facts"])
    wording = compose(FORMS, LEDGER, {**words, "kind": "opinion", "addressee": "某公司："})
    assert wording.addressee == "某公司"
    assert len(open_places(wording)) >= 3
    after = {"kind": "opinion", "previous.doc_no": "某〔2025〕1号", "previous.issued_on": "2025-03-05"}
    facts = str(begun(template, kind, LEDGER, after, {})["facts"])
    assert facts.startswith("我会于2025年3月5日向你单位发出提示函（某〔2025〕1号）")


def test_w02_private_values_never_fill_a_place() -> None:
    template, kind = FORMS.templates["tip_general"], FORMS.kinds["tip"]
    words = begun(template, kind, LEDGER, {"complainant": "赵六"}, {})
    assert "赵六" not in str(words)
    assert fill_places("{complainant}", {}, "—") == "—"


def test_w02_notes() -> None:
    note = FORMS.notes["handover"]
    wording = compose_note(note, LEDGER, {"doc_no": "某〔2025〕1号", "handed_to": "court"}, "关于某事的提示函")
    assert wording.addressee == "法院"
    assert wording.enclosures[0] == "《关于某事的提示函》（某〔2025〕1号）复印件"
    assert not open_places(wording)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请核对,反馈.", "请核对，反馈."),
        ("金额(元):3,500.50", "金额（元）：3,500.50"),
        ("Ratio 1:2, see (a)", "Ratio 1:2, see (a)"),
        ("一\t二", "一二"),
        ("是否属实?属实!", "是否属实？属实！"),
    ],
)
def test_w03_tidied(text: str, expected: str) -> None:
    assert tidied(text) == expected
    assert not half_width(tidied(text))
    assert bool(half_width(text)) == (text != expected)


@given(st.text("工会（），。,;:()?! \t1a", max_size=30))
def test_w03_once_is_enough(text: str) -> None:
    assert tidied(tidied(text)) == tidied(text)


@given(st.integers(1, 99999), st.integers(1950, 2099))
def test_w04_numbers(n: int, year: int) -> None:
    assert number_parts(letter_number("白区工监提", year, n)) == ("白区工监提", year, n)


@pytest.mark.parametrize("text", ["", "白区工监提〔2025〕01号", "白区工监提(2025)1号", "白区工监提〔2025〕1"])
def test_w04_no_number(text: str) -> None:
    assert number_parts(text) is None


def test_w04_limits() -> None:
    assert [limit_words(15, "working"), limit_words(30, "calendar"), limit_words(0, "calendar")] == [
        "15个工作日",
        "30日",
        "",
    ]


def test_w02_every_place_of_the_shipped_templates_is_known() -> None:
    for one in FORMS.templates.values():
        for text in (one.subject, one.facts, one.demands, one.closing):
            assert all(not name.startswith("complainant") for name in places_of(text))
    assert {one.kind for one in FORMS.templates.values()} == set(FORMS.kinds)
