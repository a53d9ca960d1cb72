"""Letters as data, `forms/letters/` and `forms/law.toml`: the kinds, their templates, the articles they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from desktop_app.schema.model import Choices, Ledger
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

LAW, KINDS, FOLDER = "law.toml", "letters/kinds.toml", "letters/"
LETTER = "letter"
"""The ledger whose records are letters."""

LAW_CHOICES = "law_article"
PLACES = ("office", "laws", "limit", "title", "today")
"""What a text may name beside the fields of the letter: `{office}` who writes, `{laws}` the articles ticked,
`{limit}` 15个工作日, `{title}` the title of the letter that a note follows, `{today}` the day of drafting."""

PREVIOUS = "previous."
"""Before a field's key: that field of the letter this one follows."""

_PARTING = re.compile(r"[，、；,;]")
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Article:
    """One article: `name` as it is cited (第二十三条第（一）项), `version_on` of the text it was checked against."""

    key: str
    law: str
    name: str
    version_on: str
    gist: str


@dataclass(frozen=True, slots=True)
class LetterKind:
    """
    What all letters of a kind share.

    Attributes:
        title, basis: Templates; `basis` is the sentence with the articles.
        series: Template of the words before 〔year〕 in the number; `{short}` stands for the office.
        follows: The kind that comes next when this one had no effect; empty for the last.
        days, day_kind: Suggested limit of the reply.
    """

    key: str
    title: str
    basis: str
    series: str
    follows: str
    days: int
    day_kind: str


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """The words a letter begins with; `themes` are those it is meant for, none for any."""

    key: str
    label: str
    kind: str
    themes: tuple[str, ...]
    subject: str
    facts: str
    demands: str
    closing: str
    laws: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterNote:
    """A short letter that follows another; `to` is the field that says who gets it, empty: who got the other."""

    key: str
    label: str
    title: str
    text: str
    to: str
    enclosures: str


@dataclass(frozen=True, slots=True)
class LetterForms:
    """Everything the pack says about letters; `shorts` is office code → its short name in numbers."""

    kinds: Mapping[str, LetterKind] = field(default_factory=dict)
    templates: Mapping[str, LetterTemplate] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    shorts: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, LetterNote] = field(default_factory=dict)

    def for_kind(self, kind: str, theme: str = "") -> list[LetterTemplate]:
        """Templates of a kind, those meant for the theme first."""
        found = [one for one in self.templates.values() if one.kind == kind]
        return sorted(found, key=lambda one: (theme not in one.themes, bool(one.themes), one.key))


def read_articles(file: SourceFile) -> dict[str, Article]:
    """`[[law]]` with its `articles`: key → `[name, gist]`."""
    root = file.root()
    found: dict[str, Article] = {}
    for law in root.tables("law"):
        name, short = law.text("name", required=True), law.text("key", required=True)
        version_on = law.text("version_on", required=True)
        articles = law.table("articles", required=True)
        for key in articles.data if articles else ():
            assert articles is not None
            words = articles.texts(key)
            if len(words) != 2:
                articles.fault("form.wrong_type", key, name=key, wanted="[条款, 摘要]", found=repr(words))
                continue
            found[f"{short}_{key}"] = Article(f"{short}_{key}", name, words[0], version_on, words[1])
        law.close()
    root.text("source", required=True)
    root.close()
    return found


def law_choices(articles: Mapping[str, Article]) -> Choices:
    """The articles as a list to tick; a label holds no mark that would part it in a list of several."""
    return Choices(
        LAW_CHOICES, {one.key: f"{one.law}{one.name}：{_PARTING.sub(' ', one.gist)}" for one in articles.values()}
    )


def read_letters(
    files: Mapping[str, SourceFile], articles: Mapping[str, Article], ledgers: Mapping[str, Ledger]
) -> LetterForms:
    """All files of `letters/`; every name in them is checked."""
    if KINDS not in files or LETTER not in ledgers:
        return LetterForms(articles=articles)
    reader = _Reader(ledgers[LETTER], articles)
    root = files[KINDS].root()
    kinds = {key: reader.kind(key, table) for key, table in root.named("kind")}
    for key, one in kinds.items():
        if one.follows and one.follows not in kinds:
            root.fault("form.bad_value", "kind", name=key, value=one.follows, hint="", allowed="、".join(kinds))
    notes = {key: reader.note(key, table) for key, table in root.named("note")}
    inside = root.table("short")
    shorts = {code: inside.text(code) for code in inside.data} if inside else {}
    root.close()
    templates = {}
    for name, file in files.items():
        if name != KINDS:
            template = reader.template(file, kinds)
            templates[template.key] = template
    return LetterForms(kinds, templates, articles, shorts, notes)


class _Reader:
    def __init__(self, ledger: Ledger, articles: Mapping[str, Article]) -> None:
        self._ledger = ledger
        self._articles = articles

    def kind(self, key: str, table: Table) -> LetterKind:
        found = LetterKind(
            key,
            self._text(table, "title", required=True),
            self._text(table, "basis", required=True),
            table.text("series", required=True),
            table.text("follows"),
            table.number("days", 0),
            table.one_of("day_kind", ("calendar", "working"), default="calendar"),
        )
        kinds = self._ledger.fields["kind"].choices
        if kinds and key not in kinds.labels:
            table.fault("form.unknown_choice", "title", choices="kind", name=key, hint=hint(key, kinds.labels))
        table.close()
        return found

    def note(self, key: str, table: Table) -> LetterNote:
        to = table.text("to")
        if to and to not in self._ledger.fields:
            table.fault("form.unknown_field", "to", name=to, hint=hint(to, self._ledger.fields))
        found = LetterNote(
            key,
            table.text("label", required=True),
            self._text(table, "title", required=True),
            self._text(table, "text", required=True),
            to,
            self._text(table, "enclosures"),
        )
        table.close()
        return found

    def template(self, file: SourceFile, kinds: Mapping[str, LetterKind]) -> LetterTemplate:
        root = file.root()
        key = file.name.removeprefix(FOLDER).removesuffix(".toml")
        laws = root.texts("laws")
        for name in laws:
            if name not in self._articles:
                root.fault(
                    "form.unknown_choice", "laws", choices="law.toml", name=name, hint=hint(name, self._articles)
                )
        themes, known = root.texts("themes"), self._ledger.fields["theme"].choices
        for name in themes:
            if known and name not in known.labels:
                root.fault("form.unknown_choice", "themes", choices="theme", name=name, hint=hint(name, known.labels))
        found = LetterTemplate(
            key,
            root.text("label", required=True),
            root.one_of("kind", kinds),
            themes,
            self._text(root, "subject", required=True),
            self._text(root, "facts"),
            self._text(root, "demands", required=True),
            self._text(root, "closing", required=True),
            laws,
        )
        root.close()
        return found

    def _text(self, table: Table, key: str, *, required: bool = False) -> str:
        """A text whose places all name something that may stand in a letter."""
        text = table.text(key, required=required)
        for name in places_of(text):
            if name in PLACES:
                continue
            bare = name.removeprefix(PREVIOUS)
            one = self._ledger.fields.get(bare)
            if one is None:
                known = [*PLACES, *self._ledger.fields]
                table.fault("form.bad_template", key, value=text[:30], name=name, hint=hint(bare, known))
            elif one.private or one.stays:
                table.fault("form.private_shown", key, name=bare, where="文书模板")
        return text.strip()


def places_of(text: str) -> Iterator[str]:
    """The names in `{…}`."""
    return (match[1] for match in _PLACE.finditer(text))


def fill_places(text: str, words: Mapping[str, str], missing: str) -> str:
    """The text with its places filled; `missing` where there is nothing to put."""
    return _PLACE.sub(lambda match: words.get(match[1]) or missing, text)
