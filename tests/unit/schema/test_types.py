"""
What a person types becomes one canonical value, and what cannot be read is refused by code.

T01 canonical and typed values read as the same canonical value
T02 refusals have a code, and the sentence names the field
T03 reading again changes nothing; what is printed reads as the value it was printed from
T04 whatever is given, parse takes it or refuses it with a ValueFault, in JSON values only
T05 uscc: a wrong check character is a hint, never an error (domain.md 4.1); 身份证 is refused and never repeated
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_app.schema.model import Choices, Field
from desktop_app.schema.types import TYPES, ValueFault, parse_value, show_value

CHOICES = Choices("topic", {"wages": "欠薪", "hours": "工时休假", "A": "农业"})
REGIONS = Choices("regions", {"620402": "白银区", "620421": "靖远县"})
ID, OTHER_ID = "0" * 31 + "1", "a" * 32
FILE = {"digest": "0" * 64, "name": "一.pdf", "n_bytes": 7}

FIELDS: Mapping[str, Field] = {
    name: Field(
        "f",
        "某栏",
        kind,
        unit="人" if name == "count" else "",
        max_chars=10 if name in ("text", "long_text") else 0,
        choices=CHOICES if name.startswith("choice") else REGIONS if name == "region" else None,
        ledger="other" if name.startswith("reference") else "",
    )
    for name, kind in TYPES.items()
}


READ: list[tuple[str, object, object]] = [
    ("text", "  欠薪三个月 \n", "欠薪三个月"),
    ("text", "e\u0301", "\u00e9"),
    ("text", "一\r\n二", "一\n二"),
    ("text", "１２", "１２"),  # words stay as they are typed
    ("long_text", "一\t二", "一\t二"),
    ("serial", "XF2025-00001", "XF2025-00001"),
    ("count", 12, 12),
    ("count", 12.0, 12),
    ("count", "12", 12),
    ("count", "１２", 12),
    ("count", " 1,234 人", 1234),
    ("count", "１，２３４人", 1234),
    ("count", "0", 0),
    ("count", 10**12, 10**12),
    ("money", 123450, 123450),
    ("money", "1234.50", 123450),
    ("money", "1234.5元", 123450),
    ("money", "￥1,234.50", 123450),
    ("money", "¥１２３４．５", 123450),
    ("money", "12.5万元", 12_500_000),
    ("money", "12.5万", 12_500_000),
    ("money", "0.000001万元", 1),
    ("money", "1亿元", 10_000_000_000),
    ("money", "0", 0),
    ("pair", [19, 23], [19, 23]),
    ("pair", "19/23", [19, 23]),
    ("pair", "１９／２３", [19, 23]),
    ("pair", "0/1", [0, 1]),
    ("date", "2025-03-05", "2025-03-05"),
    ("date", "2025.3.5", "2025-03-05"),
    ("date", "2025/3/5", "2025-03-05"),
    ("date", "2025年3月5日", "2025-03-05"),
    ("date", "2025 年 3 月 5 日", "2025-03-05"),
    ("date", "２０２５年３月５日", "2025-03-05"),
    ("date", "20250305", "2025-03-05"),
    ("date", "2024-02-29", "2024-02-29"),
    ("date", "1949-01-01", "1949-01-01"),
    ("date", "2100-12-31", "2100-12-31"),
    ("period", "2025", "2025"),
    ("period", 2025, "2025"),
    ("period", "2025年", "2025"),
    ("period", "2025-q1", "2025-Q1"),
    ("period", "２０２５－０３", "2025-03"),
    ("choice", "wages", "wages"),
    ("choice", " 欠薪 ", "wages"),
    ("choices", ["hours", "wages"], ["wages", "hours"]),
    ("choices", "欠薪、工时休假", ["wages", "hours"]),
    ("choices", "工时休假；欠薪，欠薪", ["wages", "hours"]),
    ("choices", "hours\nA", ["hours", "A"]),
    ("flag", True, True),
    ("flag", "是", True),
    ("flag", "√", True),
    ("flag", 1, True),
    ("flag", "TRUE", True),
    ("flag", False, False),
    ("flag", "否", False),
    ("flag", "无", False),
    ("flag", 0, False),
    ("uscc", "91110000101623741K", "91110000101623741K"),
    ("uscc", "91110000 101623741k", "91110000101623741K"),
    ("uscc", "９１１１００００１０１６２３７４１Ｋ", "91110000101623741K"),
    ("uscc", "91350211M0000XUF46", "91350211M0000XUF46"),
    ("resident_id", "11010519491231002X", "11010519491231002X"),
    ("resident_id", "110105 19491231 002x", "11010519491231002X"),
    ("resident_id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("phone", "13800000000", "13800000000"),
    ("phone", 13800000000, "13800000000"),
    ("phone", "１３８ ００００ ００００", "13800000000"),
    ("phone", "0943-8221234", "0943-8221234"),
    ("phone", "12351", "12351"),
    ("doc_no", "白区工监提〔2025〕1号", "白区工监提〔2025〕1号"),
    ("doc_no", " 市工监意〔2025〕120号 ", "市工监意〔2025〕120号"),
    ("region", "620402", "620402"),
    ("region", 620402, "620402"),
    ("region", "靖远县", "620421"),
    ("reference", ID, ID),
    ("reference", "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA", OTHER_ID),
    ("references", [OTHER_ID, ID, OTHER_ID], [OTHER_ID, ID]),
    ("references", f"{OTHER_ID},{ID}", [OTHER_ID, ID]),
    ("attachments", [FILE], [FILE]),
]


@pytest.mark.parametrize(("kind", "raw", "canonical"), READ, ids=[f"{k}-{n}__ok" for n, (k, _, _) in enumerate(READ)])
def test_t01_typed_and_canonical(kind: str, raw: object, canonical: object) -> None:
    value = parse_value(raw, FIELDS[kind])
    assert value == canonical
    assert type(value) is type(canonical)
    assert parse_value(value, FIELDS[kind]) == canonical


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("raw", [None, "", "  \n", "\u3000", []])
def test_t01_nothing_is_none(kind: str, raw: object) -> None:
    assert parse_value(raw, FIELDS[kind]) is None
    assert show_value(None, FIELDS[kind]) == ""


@pytest.mark.parametrize("raw", ["、", "，，", [""], " ; "])
def test_t01_choices_of_separators_only_are_nothing(raw: object) -> None:
    assert parse_value(raw, FIELDS["choices"]) is None


REFUSED: list[tuple[str, object, str]] = [
    ("text", 7, "value.type"),
    ("text", ["一"], "value.type"),
    ("text", "一二三四五六七八九十甲", "value.too_long"),
    ("text", "一\x00二", "value.control_character"),
    ("text", "一\u2028二", "value.control_character"),
    ("text", "一\r二", "value.control_character"),
    ("long_text", "一" * 11, "value.too_long"),
    ("serial", True, "value.type"),
    ("count", "十二", "value.number"),
    ("count", "1.5", "value.number"),
    ("count", 1.5, "value.number"),
    ("count", True, "value.number"),
    ("count", [1], "value.number"),
    ("count", "12家", "value.number"),
    ("count", "-1", "value.negative"),
    ("count", -1, "value.negative"),
    ("count", 10**12 + 1, "value.too_large"),
    ("count", "9" * 15, "value.too_large"),
    ("money", "一千元", "value.money"),
    ("money", "1.2.3", "value.money"),
    ("money", ".", "value.money"),
    ("money", "0.001", "value.money"),
    ("money", "1e5", "value.money"),
    ("money", "5美元", "value.money"),
    ("money", 1.5, "value.type"),
    ("money", True, "value.type"),
    ("money", "-5", "value.negative"),
    ("money", -5, "value.negative"),
    ("money", "999亿元", "value.too_large"),
    ("pair", "19", "value.pair"),
    ("pair", "24/23", "value.pair"),
    ("pair", "0/0", "value.pair"),
    ("pair", "-1/2", "value.pair"),
    ("pair", "82.6", "value.pair"),
    ("pair", [1, 2, 3], "value.pair"),
    ("pair", [1, 2.0], "value.pair"),
    ("pair", [True, 2], "value.pair"),
    ("pair", "፩/፪", "value.pair"),
    ("pair", 1, "value.pair"),
    ("date", "2025-02-29", "value.date"),
    ("date", "2025-13-01", "value.date"),
    ("date", "昨天", "value.date"),
    ("date", "05-03-2025", "value.date"),
    ("date", "2025-03", "value.date"),
    ("date", "1948-12-31", "value.date_range"),
    ("date", "2101-01-01", "value.date_range"),
    ("date", 20250305, "value.type"),
    ("period", "2025-Q5", "value.period"),
    ("period", "2025-13", "value.period"),
    ("period", "2025-3", "value.period"),
    ("period", "去年", "value.period"),
    ("period", "0000", "value.period"),
    ("period", True, "value.type"),
    ("choice", "欠", "value.choice"),
    ("choice", 1, "value.choice"),
    ("choices", "欠薪、合同", "value.choice"),
    ("choices", [1], "value.choice"),
    ("choices", 1, "value.type"),
    ("flag", "也许", "value.type"),
    ("flag", 2, "value.type"),
    ("uscc", "91110000101623741", "value.uscc_format"),
    ("uscc", "9111000010162374IO", "value.uscc_format"),
    ("uscc", "911A0000101623741K", "value.uscc_format"),
    ("uscc", 911101066976941872, "value.type"),
    ("resident_id", "110105194912310021", "value.resident_id"),
    ("resident_id", "11010519491331002X", "value.resident_id"),
    ("resident_id", "1101051949123100", "value.resident_id"),
    ("resident_id", "一" * 18, "value.resident_id"),
    ("resident_id", 110105194912310020, "value.type"),
    ("phone", "1380000000", "value.phone"),
    ("phone", "12800000000", "value.phone"),
    ("phone", "+8613800000000", "value.phone"),
    ("phone", True, "value.type"),
    ("doc_no", "白区工监提[2025]1号", "value.doc_no"),
    ("doc_no", "白区工监提〔2025〕01号", "value.doc_no"),
    ("doc_no", "白区工监提〔2025〕第1号", "value.doc_no"),
    ("doc_no", "白区工监提〔20２５〕1１号", "value.doc_no"),  # a second spelling of a number that exists
    ("doc_no", 1, "value.type"),
    ("region", "620499", "value.region"),
    ("region", "靖远", "value.region"),
    ("reference", "三月的案子", "value.reference_id"),
    ("reference", ID[:-1], "value.reference_id"),
    ("reference", 1, "value.reference_id"),
    ("references", [ID, "x"], "value.reference_id"),
    ("references", 1, "value.reference_id"),
    ("attachments", "一.pdf", "value.attachment"),
    ("attachments", [{"digest": "0" * 64, "name": "一.pdf"}], "value.attachment"),
    ("attachments", [FILE | {"path": "/etc"}], "value.attachment"),
    ("attachments", [FILE | {"digest": 1}], "value.attachment"),
    ("attachments", [FILE | {"name": None}], "value.attachment"),
    ("attachments", [FILE | {"n_bytes": "7"}], "value.attachment"),
]


@pytest.mark.parametrize(
    ("kind", "raw", "code"), REFUSED, ids=[f"{c}-{n}__error" for n, (_, _, c) in enumerate(REFUSED)]
)
def test_t02_refused(kind: str, raw: object, code: str) -> None:
    with pytest.raises(ValueFault) as caught:
        parse_value(raw, FIELDS[kind])
    assert caught.value.code == code
    assert "“某栏”" in str(caught.value)


def test_t02_near_choice_is_named__error() -> None:
    with pytest.raises(ValueFault, match="是不是“工时休假”"):
        parse_value("工时休", FIELDS["choice"])


def test_t02_message_of_resident_id_keeps_the_number_out__error() -> None:
    for number in ("110105194912310021", "1101051949123100"):
        with pytest.raises(ValueFault) as caught:
            parse_value(number, FIELDS["resident_id"])
        assert number not in str(caught.value)
        assert not {"value", "number"} & caught.value.context.keys()


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("money", "9" * 5000, "value.too_large"),
        ("count", "9" * 5000, "value.number"),
        ("pair", "1/" + "9" * 5000, "value.pair"),
        ("date", "9" * 5000, "value.date"),
        ("money", "1000." + "0" * 40 + "1", "value.money"),
    ],
    ids=["money", "count", "pair", "date", "money_of_too_fine_a_coin"],
)
def test_t02_number_of_absurd_length__error(kind: str, raw: str, code: str) -> None:
    with pytest.raises(ValueFault) as caught:
        parse_value(raw, FIELDS[kind])
    assert caught.value.code == code


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=10).filter(str.strip)
_IDS = st.integers(0, 2**128 - 1).map("{:032x}".format)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = st.text(_ALPHABET, min_size=10, max_size=10)


def _with_check(first_17: str) -> str:
    """GB 11643 as domain.md 4.1 writes it."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_17 + "10X98765432"[sum(int(c) * w for c, w in zip(first_17, weights, strict=True)) % 11]


CANONICAL: Mapping[str, st.SearchStrategy[Any]] = {
    "text": _TEXT.map(lambda text: parse_value(text, FIELDS["text"])),
    "long_text": _TEXT.map(lambda text: parse_value(text, FIELDS["long_text"])),
    "serial": st.from_regex(r"[A-Z]{2}20\d\d-\d{5}", fullmatch=True, alphabet=st.characters(max_codepoint=127)),
    "count": st.integers(0, 10**12),
    "money": st.integers(0, 10**12),
    "pair": st.integers(1, 10**12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)).map(list)),
    "date": st.dates(date(1949, 1, 1), date(2100, 12, 31)).map(str),
    "period": st.from_regex(
        r"20\d\d(-Q[1-4]|-0[1-9]|-1[0-2])?", fullmatch=True, alphabet=st.characters(max_codepoint=127)
    ),
    "choice": st.sampled_from(list(CHOICES.labels)),
    "choices": st.sets(st.sampled_from(list(CHOICES.labels)), min_size=1).map(
        lambda some: [code for code in CHOICES.labels if code in some]
    ),
    "flag": st.booleans(),
    "uscc": st.tuples(st.sampled_from(["91", "52", "81"]), st.integers(0, 999_999), _CODE).map(
        lambda parts: f"{parts[0]}{parts[1]:06}{parts[2]}"
    ),
    "resident_id": st.builds(
        lambda region, day, n: _with_check(f"{region}{day:%Y%m%d}{n:03}"),
        st.sampled_from(["110105", "620402", "620499", "659001", "830000"]),
        st.dates(date(1900, 1, 1), date(2025, 12, 31)),
        st.integers(0, 999),
    ),
    "phone": st.integers(13_000_000_000, 19_999_999_999).map(str),
    "doc_no": st.builds("白区工监提〔20{:02}〕{}号".format, st.integers(0, 99), st.integers(1, 9999)),
    "region": st.sampled_from(list(REGIONS.labels)),
    "reference": _IDS,
    "references": st.lists(_IDS, min_size=1, max_size=3, unique=True),
    "attachments": st.just([FILE]),
}
READS_WHAT_IT_SHOWS = sorted(TYPES.keys() - {"references", "attachments"})
"""A list of records is shown by their titles and attachments by their names; neither is typed back."""


def test_t03_every_type_is_drawn() -> None:
    assert CANONICAL.keys() == TYPES.keys() == FIELDS.keys()


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
def test_t03_canonical_stays(kind: str, data: st.DataObject) -> None:
    value = data.draw(CANONICAL[kind])
    assert parse_value(value, FIELDS[kind]) == value
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize("kind", READS_WHAT_IT_SHOWS)
@given(data=st.data())
def test_t03_shown_reads_back(kind: str, data: st.DataObject) -> None:
    value = data.draw(CANONICAL[kind])
    assert parse_value(show_value(value, FIELDS[kind]), FIELDS[kind]) == value


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("count", 12, "12人"),
        ("money", 123405, "1234.05"),
        ("money", 7, "0.07"),
        ("pair", [19, 23], "19/23"),
        ("choice", "wages", "欠薪"),
        ("choice", "gone", "gone"),
        ("choices", ["wages", "A"], "欠薪、农业"),
        ("flag", True, "是"),
        ("flag", False, "否"),
        ("region", "620402", "白银区"),
        ("date", "2025-03-05", "2025-03-05"),
        ("references", [ID, OTHER_ID], f"{ID}、{OTHER_ID}"),
        ("attachments", [FILE, FILE | {"name": "二.pdf"}], "一.pdf、二.pdf"),
    ],
)
def test_t03_shown_text(kind: str, value: object, shown: str) -> None:
    assert show_value(value, FIELDS[kind]) == shown


_PIECES = st.sampled_from(
    [
        *"0123456789０９.,，、/-+年月日人元万亿〔〕号XQIO ²①፩٣",
        "2025",
        "91",
        "620402",
        "白银区",
        "欠薪",
        "wages",
        "\n",
        "\x00",
    ]
)
_TYPED = st.text(max_size=20) | st.lists(_PIECES, max_size=20).map("".join)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TYPED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


@pytest.mark.parametrize("kind", TYPES)
@given(raw=_JSON)
def test_t04_taken_or_refused(kind: str, raw: object) -> None:
    field = FIELDS[kind]
    try:
        value = parse_value(raw, field)
    except ValueFault:
        return
    assert parse_value(value, field) == value
    assert (value is None) == (parse_value(value, field) is None)
    assert value != []
    assert isinstance(show_value(value, field), str)
    assume(value is not None)
    assert isinstance(value, {"text": str, "integer": int, "flag": bool, "json": list}[field.type.column])


@pytest.mark.parametrize("number", ["91110000101623741K", "911101066976941872"])
def test_t05_uscc_in_order__ok(number: str) -> None:
    doubt = TYPES["uscc"].doubt
    assert doubt
    assert doubt(parse_value(number, FIELDS["uscc"]), FIELDS["uscc"]) is None


def test_t05_resident_id_of_domain_md__ok() -> None:
    assert _with_check("11010519491231002") == "11010519491231002X"
    assert parse_value("11010519491231002X", FIELDS["resident_id"]) == "11010519491231002X"


@pytest.mark.parametrize("first_17", ["99010519491231002", "11010519490230002", "11010519491331002"])
def test_t05_resident_id_with_its_check_character_but_no_such_place_or_day__error(first_17: str) -> None:
    with pytest.raises(ValueFault) as caught:
        parse_value(_with_check(first_17), FIELDS["resident_id"])
    assert caught.value.code == "value.resident_id"


@pytest.mark.parametrize("at", range(18))
def test_t05_resident_id_with_one_wrong_character__error(at: int) -> None:
    good = "11010519491231002X"
    with pytest.raises(ValueFault) as caught:
        parse_value(good[:at] + ("2" if good[at] != "2" else "3") + good[at + 1 :], FIELDS["resident_id"])
    assert caught.value.code == "value.resident_id"


def test_t05_uscc_of_a_real_employer_with_a_wrong_check_character__warn() -> None:
    doubt = TYPES["uscc"].doubt
    assert doubt
    found = doubt(parse_value("91350211M0000XUF46", FIELDS["uscc"]), FIELDS["uscc"])
    assert found
    assert (found.code, found.level, found.key) == ("value.uscc_check", "hint", "f")


@pytest.mark.parametrize("at", range(18))
def test_t05_uscc_one_wrong_character__warn(at: int) -> None:
    good = "91110000101623741K"
    other = "2" if good[at] != "2" else "3"
    doubt = TYPES["uscc"].doubt
    assert doubt
    assert doubt(good[:at] + other + good[at + 1 :], FIELDS["uscc"])


def test_t05_text_without_a_limit_is_not_cut__ok() -> None:
    field = dataclasses.replace(FIELDS["text"], max_chars=0)
    assert parse_value("一" * 500, field) == "一" * 500
