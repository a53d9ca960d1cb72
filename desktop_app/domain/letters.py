"""The words of a letter: its template filled, its articles cited, its number, and what is still open in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from desktop_app.schema.letters import (
    PREVIOUS,
    Article,
    LetterForms,
    LetterKind,
    LetterNote,
    LetterTemplate,
    fill_places,
)
from desktop_app.schema.model import Field, Ledger
from desktop_app.schema.types import show_value

OPEN = "【　】"
"""Stands where a text has a place for something that is not known yet; nothing with it is signed."""

_OPEN = re.compile(r"【[^】]*】")
_NUMBER = re.compile(r"(.+)〔(\d{4})〕([1-9]\d*)号")
_CHINESE = r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’…—]"
_FULL_WIDTH = str.maketrans(",;:?!()", "，；：？！（）")
_HALF_WIDTH = re.compile(rf"(?<={_CHINESE})[,;:?!()]+|[,;:?!()]+(?={_CHINESE})")


@dataclass(frozen=True, slots=True)
class Wording:
    """Title, addressee and paragraphs as they will be printed."""

    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    enclosures: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole, a line for each paragraph: what is kept of a signed letter."""
        enclosed = [f"附件：{'；'.join(self.enclosures)}"] if self.enclosures else []
        return "\n".join([self.title, f"{self.addressee}：", *self.paragraphs, *enclosed])


def cite(articles: Iterable[Article]) -> str:
    """`《中华人民共和国劳动法》第五十条和《保障农民工工资支付条例》第三条、第五十一条`, in the order given."""
    by_law: dict[str, list[str]] = {}
    for one in articles:
        by_law.setdefault(one.law, []).append(one.name)
    cited = [f"《{law}》{'、'.join(names)}" for law, names in by_law.items()]
    return "、".join(cited[:-1]) + ("和" if len(cited) > 1 else "") + cited[-1] if cited else ""


def begun(
    template: LetterTemplate, kind: LetterKind, ledger: Ledger, words: Mapping[str, object], names: Mapping[str, str]
) -> dict[str, object]:
    """
    The values a letter begins with from its template.

    Args:
        words: Values the letter has already, and under `previous.…` those of the letter it follows.
        names: What the places beside the fields stand for.
    """
    limit = limit_words(kind.days, kind.day_kind)
    printed = {**names, "limit": limit, **_printed(ledger, words)}
    texts = {
        key: fill_places(getattr(template, key), printed, OPEN) for key in ("subject", "facts", "demands", "closing")
    }
    if not words.get(f"{PREVIOUS}doc_no"):  # the sentence about a letter that there is not
        texts["facts"] = "\n".join(line for line, raw in _lines(texts["facts"], template.facts) if PREVIOUS not in raw)
    found: dict[str, object] = {key: text for key, text in texts.items() if text}
    found |= {"laws": list(template.laws), "reply_day_kind": kind.day_kind}
    return found | ({"reply_days": kind.days} if kind.days else {})


def _lines(filled: str, raw: str) -> Iterable[tuple[str, str]]:
    return zip(filled.split("\n"), raw.split("\n"), strict=True)


def _printed(ledger: Ledger, values: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for name, value in values.items():
        field = ledger.fields.get(name.removeprefix(PREVIOUS))
        if field is None or value is None or field.private or field.stays:
            continue
        found[name] = _shown(value, field)
    return found


def _shown(value: object, field: Field) -> str:
    """As a letter says it: a day in full, money with its unit, a number without one."""
    if field.type.name == "date":
        day = date.fromisoformat(str(value))
        return f"{day.year}年{day.month}月{day.day}日"
    if field.type.name == "money" and isinstance(value, int):
        in_ten_thousands = value % 10_000 == 0 and value >= 1_000_000
        return f"{value / 1_000_000:g}万元" if in_ten_thousands else f"{value / 100:.2f}元"
    return str(value) if field.type.name == "count" else show_value(value, field)


def limit_words(days: int, day_kind: str) -> str:
    """`15日`, `15个工作日`; empty for no limit."""
    return (f"{days}个工作日" if day_kind == "working" else f"{days}日") if days else ""


def compose(forms: LetterForms, ledger: Ledger, values: Mapping[str, object]) -> Wording:
    """What the letter says with these values."""
    kind = forms.kinds[str(values["kind"])]
    printed = _printed(ledger, values)
    ticked = values.get("laws") or []
    assert isinstance(ticked, list)
    articles = [forms.articles[key] for key in ticked if key in forms.articles]
    basis = str(values.get("basis") or "")
    if not basis and articles:
        basis = fill_places(kind.basis, {**printed, "laws": cite(articles)}, OPEN)
    parts = [values.get("facts"), basis, values.get("demands"), values.get("closing")]
    paragraphs = [line.strip() for part in parts for line in _untabbed(part).splitlines()]
    enclosures = [line.strip() for line in _untabbed(values.get("enclosures")).splitlines()]
    return Wording(
        fill_places(kind.title, printed, OPEN),
        str(values.get("addressee") or OPEN).rstrip("：:"),
        tuple(one for one in paragraphs if one),
        tuple(one for one in enclosures if one),
    )


def _untabbed(text: object) -> str:
    return str(text or "").replace("\t", "")


def compose_note(note: LetterNote, ledger: Ledger, values: Mapping[str, object], title: str) -> Wording:
    """What a note says about a letter with these values and this title."""
    words = {**_printed(ledger, values), "title": title}
    to = words.get(note.to) or OPEN if note.to else str(values.get("addressee") or OPEN)
    lines = (fill_places(text, words, OPEN).splitlines() for text in (note.text, note.enclosures))
    paragraphs, enclosures = (tuple(line.strip() for line in some if line.strip()) for some in lines)
    return Wording(fill_places(note.title, words, OPEN), to.rstrip("：:"), paragraphs, enclosures)


def open_places(wording: Wording) -> list[str]:
    """The `【…】` that somebody still has to fill in."""
    return _OPEN.findall(wording.text)


def half_width(text: str) -> list[str]:
    """Half-width punctuation beside Chinese characters, and tabs: what `tidied` would mend."""
    return _HALF_WIDTH.findall(text) + re.findall(r"\t", text)


def tidied(text: str) -> str:
    """The text with full-width punctuation beside Chinese characters and without tabs."""
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), text.replace("\t", ""))


def letter_number(series: str, year: int, n: int) -> str:
    """`白区工监提〔2025〕1号` (GB/T 9704—2012, 7.2.5: the year in full, no 第, no leading zero)."""
    return f"{series}〔{year}〕{n}号"


def number_parts(doc_no: str) -> tuple[str, int, int] | None:
    """Series, year and running number; None for a text that is no number."""
    match = _NUMBER.fullmatch(doc_no)
    return (match[1], int(match[2]), int(match[3])) if match else None
