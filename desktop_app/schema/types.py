"""
Field types: one row in `TYPES` each, saying how a value is stored, parsed, shown and doubted.

A canonical value is what revisions and tables hold and JSON can carry: text, int, bool, or a list of
them. Dates are ISO text, money is fen, references are record ids. `parse` takes a canonical value or
what a person types; an empty text never reaches it. Numbers in JSON are canonical, texts are read as
typed by a person: the money text "12.5万元" and the JSON number 12500000 are the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from stdnum.cn import ric, uscc

from desktop_app.base.errors import KnownError, Problem, problem
from desktop_app.base.ids import is_id
from desktop_app.schema.suggest import hint, some

if TYPE_CHECKING:
    from desktop_app.schema.model import Field

Column = Literal["text", "integer", "flag", "json"]


class ValueFault(KnownError):
    """One value cannot be read; the sentence names the field by its label."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """
    Attributes:
        column: How the value lies in a table; `json` is a list as JSON text, `flag` is 0 or 1.
        parse: Raw → canonical; raises ValueFault.
        show: Canonical → what is printed (a reference shows its id; titles are looked up elsewhere).
        doubt: A canonical value that may be kept but should be looked at, as a hint.
        operators: Clause operators that make sense for it.
        day_like: Compares as ISO days.
    """

    name: str
    label: str
    column: Column
    parse: Callable[[object, Field], object]
    show: Callable[[object, Field], str]
    operators: frozenset[str]
    doubt: Callable[[object, Field], Problem | None] | None = None
    day_like: bool = False


def parse_value(raw: object, field: Field) -> object:
    """
    The canonical value, None for nothing.

    Raises:
        ValueFault: It cannot be read as a value of this field.
    """
    if raw is None or raw == [] or (isinstance(raw, str) and not raw.strip()):
        return None
    found = field.type.parse(raw, field)
    return None if found == [] else found


def show_value(value: object, field: Field) -> str:
    """What is printed for a canonical value; empty for None."""
    return "" if value is None else field.type.show(value, field)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_DATE = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})[日号]?(?:T?[0-9]{2}:[0-9]{2}(?::[0-9.]+)?)?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PERIOD = re.compile(r"[12][0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?")
_YEAR_PART = re.compile(r"([12][0-9]{3})年(?:第?([一二三四1-4])季度?|(1[0-2]|0?[1-9])月份?)")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[0-9]{5,8}")
_BETWEEN_PHONES = re.compile(r"[\s、,;/]+")
_DOC_NO = re.compile(r"[^\s〔〕]{1,12}〔20[0-9]{2}〕[1-9][0-9]{0,5}号")
_MONEY = re.compile(r"¥?(-?[0-9]+(?:\.[0-9]{1,10})?)(亿元|万元|万|元|)")
_PAIR = re.compile(r"([0-9]{1,13})/([0-9]{1,13})")
_MAX_COUNT = 10**12
_FEN = {"万元": 1_000_000, "亿元": 10_000_000_000, "元": 100, "万": 1_000_000, "": 100}


def _plain(raw: object, field: Field, wanted: str) -> str:
    """The text with full-width digits and letters made half-width, all spaces gone."""
    if not isinstance(raw, str):
        raise ValueFault("value.type", label=field.label, wanted=wanted, value=raw)
    return "".join(unicodedata.normalize("NFKC", raw).split())


def _text(raw: object, field: Field) -> str:
    if type(raw) is not str:
        raise ValueFault("value.type", label=field.label, wanted="文字", value=raw)
    text = raw if raw.isascii() else unicodedata.normalize("NFC", raw)
    text = text.replace("\r\n", "\n").strip()
    if _CONTROL.search(text):
        raise ValueFault("value.control_character", label=field.label)
    if field.max_chars and len(text) > field.max_chars:
        raise ValueFault("value.too_long", label=field.label, max_chars=field.max_chars, n=len(text))
    return text


def _count(raw: object, field: Field) -> int:
    number: object = raw
    if isinstance(raw, str):
        digits = _plain(raw, field, "整数").replace(",", "").removesuffix(field.unit)
        number = int(digits) if re.fullmatch(r"-?[0-9]{1,15}", digits) else raw
    elif isinstance(raw, float) and raw.is_integer():
        number = int(raw)
    if isinstance(number, bool) or not isinstance(number, int):
        raise ValueFault("value.number", label=field.label, value=raw)
    return _in_range(number, field)


def _in_range(number: int, field: Field) -> int:
    if number < 0:
        raise ValueFault("value.negative", label=field.label, value=number)
    if number > _MAX_COUNT:
        raise ValueFault("value.too_large", label=field.label, value=number)
    return number


def _money(raw: object, field: Field) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _in_range(raw, field)
    found = _MONEY.fullmatch(_plain(raw, field, "金额").replace(",", ""))
    if found and len(found[1]) > 30:
        raise ValueFault("value.too_large", label=field.label, value=found[1][:12] + "…")
    fen = Decimal(found[1]) * _FEN[found[2]] if found else None
    if fen is None or fen != fen.to_integral_value():
        raise ValueFault("value.money", label=field.label, value=raw)
    return _in_range(int(fen), field)


def _show_money(value: object, _: Field) -> str:
    assert isinstance(value, int)
    return f"{value // 100}.{value % 100:02}"


def _date(raw: object, field: Field) -> str:
    text = _plain(raw, field, "日期")
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValueFault("value.date", label=field.label, value=raw)
    if not 1949 <= day.year <= 2100:
        raise ValueFault("value.date_range", label=field.label, value=raw)
    return day.isoformat()


def _period(raw: object, field: Field) -> str:
    text = str(raw) if type(raw) is int else _plain(raw, field, "期段").removesuffix("年").upper()
    if found := _YEAR_PART.fullmatch(text):
        text = f"{found[1]}-Q{_QUARTERS[found[2]]}" if found[2] else f"{found[1]}-{int(found[3]):02}"
    if not _PERIOD.fullmatch(text):
        raise ValueFault("value.period", label=field.label, value=raw)
    return text


def _code(raw: object, field: Field, code: str) -> str:
    """The code of a choice given by code or by label."""
    labels = field.choices.labels if field.choices else {}
    if isinstance(raw, str):
        text = raw.strip()
        if text in labels:
            return text
        for known, label in labels.items():
            if label == text:
                return known
    near = hint(str(raw), [*labels, *labels.values()])
    raise ValueFault(code, label=field.label, value=raw, hint=near, allowed=some(labels.values()))


def _choice(raw: object, field: Field) -> str:
    return _code(raw, field, "value.choice")


def _choices(raw: object, field: Field) -> list[str]:
    items = re.split(r"[、,，;；\n]", raw) if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise ValueFault("value.type", label=field.label, wanted="若干选项", value=raw)
    chosen = {_code(one, field, "value.choice") for one in items if not isinstance(one, str) or one.strip()}
    return [code for code in (field.choices.labels if field.choices else ()) if code in chosen]


def _show_choice(value: object, field: Field) -> str:
    return field.choices.labels.get(str(value), str(value)) if field.choices else str(value)


def _show_choices(value: object, field: Field) -> str:
    assert isinstance(value, list)
    return "、".join(_show_choice(one, field) for one in value)


_YES = {"是", "有", "已", "对", "√", "✓", "✔", "☑", "true", "1", "y", "yes"}
_NO = {"否", "无", "未", "没有", "不是", "×", "✗", "✘", "☐", "false", "0", "n", "no"}


def _flag(raw: object, field: Field) -> bool:
    if isinstance(raw, bool):
        return raw
    word = "".join(str(raw).split()).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueFault("value.type", label=field.label, wanted="是或否", value=raw)


def _uscc(raw: object, field: Field) -> str:
    text = _plain(raw, field, "统一社会信用代码").upper()
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", text):
        raise ValueFault("value.uscc_format", label=field.label, value=raw)
    return text


def _doubt_uscc(value: object, field: Field) -> Problem | None:
    """GB 32100 check character; real codes that fail it exist, so it warns (domain.md 4.1)."""
    if uscc.is_valid(str(value)):
        return None
    return problem("value.uscc_check", key=field.key, level="hint", label=field.label, value=value)


_PROVINCES = {
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
    81,
    82,
    83,
}
"""GB/T 2260: first two digits of every province, with 83 for residents from Taiwan."""


def _resident_id(raw: object, field: Field) -> str:
    """
    GB 11643: province, birth date and check character; the message never repeats the number.

    Counties are not looked up: codes have changed over the decades, and people keep their numbers.
    """
    text = _plain(raw, field, "身份证号").upper()
    detail = ""
    if not re.fullmatch(r"\d{17}[\dX]", text):
        detail = "应为 18 位"
    elif int(text[:2]) not in _PROVINCES:
        detail = "前两位不是省级代码"
    elif ric.calc_check_digit(text) != text[-1]:
        detail = "校验位不符"
    else:
        try:
            date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        except ValueError:
            detail = "出生日期不存在"
    if detail:
        raise ValueFault("value.resident_id", label=field.label, detail=detail)
    return text


def _phone(raw: object, field: Field) -> str:
    """One number, or several of one person, joined by 、."""
    text = str(raw) if type(raw) is int else _plain(raw, field, "电话")
    if _PHONE.fullmatch(text):
        return text
    numbers = [one for one in _BETWEEN_PHONES.split(unicodedata.normalize("NFKC", str(raw)).strip()) if one]
    if len(numbers) < 2 or not all(map(_PHONE.fullmatch, numbers)):
        raise ValueFault("value.phone", label=field.label, value=raw)
    return "、".join(dict.fromkeys(numbers))


def _doc_no(raw: object, field: Field) -> str:
    text = _text(raw, field)
    if not _DOC_NO.fullmatch(text):
        raise ValueFault("value.doc_no", label=field.label, value=raw)
    return text


def _region(raw: object, field: Field) -> str:
    return _code(str(raw), field, "value.region")


def _pair(raw: object, field: Field) -> list[int]:
    found: object = raw
    if isinstance(raw, str):
        parts = _PAIR.fullmatch(_plain(raw, field, "分子/分母"))
        found = [int(parts[1]), int(parts[2])] if parts else raw
    match found:
        case [int(top), int(bottom)] if (
            0 <= top <= bottom <= _MAX_COUNT and bottom > 0 and bool not in map(type, found)
        ):
            return [top, bottom]
    raise ValueFault("value.pair", label=field.label, value=raw)


def _show_pair(value: object, _: Field) -> str:
    assert isinstance(value, list)
    return f"{value[0]}/{value[1]}"


def _references(raw: object, field: Field) -> list[str]:
    items = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise ValueFault("value.reference_id", label=field.label, value=raw)
    return list(dict.fromkeys(_reference(one, field) for one in items))


def _reference(raw: object, field: Field) -> str:
    text = raw.strip().replace("-", "").lower() if isinstance(raw, str) else ""
    if not is_id(text):
        raise ValueFault("value.reference_id", label=field.label, value=raw)
    return text


def _show_reference(value: object, _: Field) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _attachments(raw: object, field: Field) -> list[dict[str, object]]:
    """Attachments as `{digest, name, n_bytes}`; the contents lie beside the records, by digest."""
    items: list[Any] = raw if isinstance(raw, list) else [None]
    for one in items:
        if not is_attachment(one):
            raise ValueFault("value.attachment", label=field.label)
    return items


def is_attachment(value: object) -> bool:
    """Whether this is `{digest, name, n_bytes}`, the digest 64 hexadecimal digits."""
    match value:
        case {"digest": str(digest), "name": str(name), "n_bytes": int(n_bytes), **rest}:
            return not rest and bool(name) and n_bytes >= 0 and re.fullmatch(r"[0-9a-f]{64}", digest) is not None
    return False


def _show_attachments(value: object, _: Field) -> str:
    assert isinstance(value, list)
    return "、".join(str(one["name"]) for one in value)


def _show_text(value: object, _: Field) -> str:
    return str(value)


def _show_count(value: object, field: Field) -> str:
    return f"{value}{field.unit}"


def _show_flag(value: object, _: Field) -> str:
    return "是" if value else "否"


_WORDS = frozenset({"is", "in", "not_in", "is_set"})
_NUMBERS = frozenset({"is", "in", "is_set", "min", "max"})
_DAYS = frozenset({"is", "is_set", "before", "not_before", "after", "not_after"})
_LISTS = frozenset({"has", "is_set"})
_SET = frozenset({"is_set"})

TYPES: dict[str, FieldType] = {
    one.name: one
    for one in (
        FieldType("text", "文字", "text", _text, _show_text, _WORDS),
        FieldType("long_text", "长文字", "text", _text, _show_text, _SET),
        FieldType("count", "数量", "integer", _count, _show_count, _NUMBERS),
        FieldType("money", "金额", "integer", _money, _show_money, _NUMBERS),
        FieldType("pair", "分子分母", "json", _pair, _show_pair, _SET),
        FieldType("date", "日期", "text", _date, _show_text, _DAYS, day_like=True),
        FieldType("period", "期段", "text", _period, _show_text, _WORDS),
        FieldType("choice", "单选", "text", _choice, _show_choice, _WORDS),
        FieldType("choices", "多选", "json", _choices, _show_choices, _LISTS),
        FieldType("flag", "是否", "flag", _flag, _show_flag, frozenset({"is", "is_set"})),
        FieldType("uscc", "统一社会信用代码", "text", _uscc, _show_text, _WORDS, _doubt_uscc),
        FieldType("resident_id", "身份证号", "text", _resident_id, _show_text, _SET),
        FieldType("phone", "电话", "text", _phone, _show_text, _SET),
        FieldType("reference", "关联记录", "text", _reference, _show_reference, _WORDS),
        FieldType("references", "关联多条记录", "json", _references, _show_reference, _LISTS),
        FieldType("region", "行政区划", "text", _region, _show_choice, _WORDS),
        FieldType("doc_no", "发文字号", "text", _doc_no, _show_text, _WORDS),
        FieldType("serial", "编号", "text", _text, _show_text, _WORDS),
        FieldType("attachments", "附件", "json", _attachments, _show_attachments, _SET),
    )
}
