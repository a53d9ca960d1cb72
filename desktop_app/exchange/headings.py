"""
Which column of a sheet holds which field.

A heading may be ours, one that was chosen before, a usual word for a kind of field, or something near it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from desktop_app.schema.model import Field, Ledger

Certainty = Literal["chosen", "label", "usual", "near"]

RECORD_ID, OWNER, REASON, ORIGINAL_ROW = "系统编号", "登记单位", "未导入的原因", "原行号"
"""Headings of our own sheets that are no field."""
_OURS = frozenset({RECORD_ID, OWNER, REASON, ORIGINAL_ROW})
_NUMBERING = frozenset({"序号", "序", "行号", "no", "no.", "№", "次序"})
_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_NOISE = re.compile(r"[\s*:：、,，。．._\-—/]+")
_LEAST = 0.6

_USUAL: Mapping[str, frozenset[str]] = {
    "phone": frozenset({"电话", "联系电话", "联系方式", "电话号码", "手机", "手机号", "手机号码", "联系手机"}),
    "resident_id": frozenset({"身份证", "身份证号", "身份证号码", "公民身份号码", "居民身份证号码", "证件号码"}),
    "uscc": frozenset({"信用代码", "统一社会信用代码", "社会信用代码", "统一信用代码", "组织机构代码"}),
    "doc_no": frozenset({"文号", "发文字号", "发文号", "文件编号", "文书编号"}),
    "serial": frozenset({"编号", "案号", "登记号", "登记编号", "档案号"}),
    "region": frozenset({"县区", "区县", "所在县区", "所属县区", "地区", "所属区县"}),
}
"""Usual words for a field, where a ledger has one of that type only."""
_EMPLOYER = frozenset(
    {"单位", "单位名称", "企业", "企业名称", "用人单位", "用人单位名称", "公司", "公司名称", "用工单位"}
)
_PERSON = frozenset(
    {"姓名", "信访人", "来访人", "来信人", "信访人姓名", "申请人", "受援人", "当事人", "咨询人", "反映人", "职工姓名"}
)
_DAY = frozenset({"日期", "时间", "登记时间", "发生时间", "开展时间", "活动时间"})
_DATE, _DATE_WORDS = "日期", ("时间", "日", "年月日")
"""Offices say 申请时间 where a form has 申请日期."""


@dataclass(frozen=True, slots=True)
class Match:
    """A field for a column, and how sure that is: from 0 to 1."""

    key: str
    certainty: Certainty
    score: float


@lru_cache(maxsize=4096)
def full_heading(text: str) -> str:
    """A heading without spaces and signs, in half-width letters."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=4096)
def plain_heading(text: str) -> str:
    """A heading without what stands in brackets, too."""
    full = full_heading(text)
    return _BRACKETS.sub("", full) or full


def is_numbering(heading: str) -> bool:
    """Whether this column only counts the rows."""
    return plain_heading(heading) in _NUMBERING


class Matcher:
    """
    The headings of one ledger.

    Args:
        chosen: Full heading → field key (empty: not read), as it was chosen before.
    """

    def __init__(self, ledger: Ledger, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen = dict(chosen or {})
        self._fields = {key: field for key, field in ledger.fields.items() if field.type.name != "attachments"}
        self._labels = {plain_heading(field.label): key for key, field in self._fields.items()}
        self._exact = {full_heading(field.label): key for key, field in self._fields.items()}
        self._exact.update({key: key for key in self._fields if key not in self._exact})
        self._usual = dict(self._usual_words(ledger))
        self._known: dict[str, list[Match]] = {}

    def _usual_words(self, ledger: Ledger) -> Iterable[tuple[str, str]]:
        kinds: dict[str, list[Field]] = {}
        for field in self._fields.values():
            if not field.derive:
                kinds.setdefault(field.type.name, []).append(field)
        for kind, words in _USUAL.items():
            if len(kinds.get(kind, ())) == 1:
                yield from ((word, kinds[kind][0].key) for word in words)
        employers = [one for one in kinds.get("reference", ()) if one.ledger == "employer"]
        if len(employers) == 1:
            yield from ((word, employers[0].key) for word in _EMPLOYER)
        elif ledger.key == "employer" and "name" in self._fields:
            yield from ((word, "name") for word in _EMPLOYER)
        people = [one for one in kinds.get("text", ()) if one.private and not one.stays]
        if len(people) == 1:
            yield from ((word, people[0].key) for word in _PERSON)
        if ledger.list.period:
            yield from ((word, ledger.list.period) for word in _DAY)
        for field in kinds.get("date", ()):
            stem = plain_heading(field.label).removesuffix(_DATE)
            yield from ((stem + word, field.key) for word in _DATE_WORDS if stem and field.label.endswith(_DATE))

    def best(self, heading: str) -> Match | None:
        """The surest field of a heading."""
        found = self.all(heading)
        return found[0] if found else None

    def all(self, heading: str) -> list[Match]:
        """The fields a heading may stand for, the surest first."""
        full = full_heading(heading)
        if full not in self._known:
            self._known[full] = sorted(self._search(full, plain_heading(heading)), key=lambda one: -one.score)
        return self._known[full]

    def _search(self, full: str, plain: str) -> Iterable[Match]:
        if not plain or plain in _NUMBERING or plain in _OURS:
            return
        if full in self._chosen:
            if self._chosen[full] in self._fields:
                yield Match(self._chosen[full], "chosen", 1.0)
            return
        if full in self._exact:
            yield Match(self._exact[full], "label", 1.0)
            return
        if plain in self._labels:
            yield Match(self._labels[plain], "label", 0.99)
            return
        if plain in self._usual and self._usual[plain] in self._fields:
            yield Match(self._usual[plain], "usual", 0.95)
        if len(plain) > 20:
            return  # a sentence
        for label, key in self._labels.items():
            if not label.isascii() and (score := _likeness(plain, label)) >= _LEAST:
                yield Match(key, "near", score * 0.9)


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; a heading that stands whole in the other is near it."""
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and short in long:
        return 0.6 + 0.4 * len(short) / len(long)
    if not set(one) & set(other):
        return 0.0
    return SequenceMatcher(None, one, other).ratio()


def assign(headings: Mapping[int, str], matcher: Matcher) -> dict[int, Match]:
    """Column → field; the surest pairs first, each field once. Of equal headings the first column has it."""
    pairs = [(-match.score, column, match) for column, heading in headings.items() for match in matcher.all(heading)]
    found: dict[int, Match] = {}
    taken: set[str] = set()
    for _, column, match in sorted(pairs, key=lambda one: one[:2]):
        if column not in found and match.key not in taken:
            found[column] = match
            taken.add(match.key)
    return found
