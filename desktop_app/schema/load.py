"""Reads the parameter pack: all faults of all files in one run, then frozen definitions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_app.base.errors import FormsInvalid, Problem
from desktop_app.schema.charts import ChartPage, read_charts
from desktop_app.schema.letters import FOLDER, LAW, LAW_CHOICES, law_choices, read_articles, read_letters
from desktop_app.schema.load_fields import Scope, finish_field, read_choices, read_fields
from desktop_app.schema.load_indicators import check_indicators
from desktop_app.schema.load_ledger import GRAMMAR, draft_ledger, finish_ledger
from desktop_app.schema.load_narrative import read_narrative
from desktop_app.schema.model import Choices, Field, Indicator, Ledger, Pack
from desktop_app.schema.narratives import Narrative
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.statistics import StatisticalForm, read_statistics

PACK, CHOICES, COMMON, REGIONS = "pack.toml", "choices.toml", "common.toml", "regions.toml"
_NAMES = ("form.unknown_ledger", "form.unknown_indicator", "form.unknown_choices", "form.missing_file")
_REPORTING = {"year": 15, "quarter": 10, "month": 5}
"""Days where the pack does not say; a suggestion that the city changes in `pack.toml`."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


def read_files(folder: Path) -> dict[str, str]:
    """
    The texts of a pack on disk, by path inside the folder with `/`, in order of path.

    Raises:
        OSError: The folder or a file cannot be read.
    """
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.toml"))
    }


def pack_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over names and contents; line ends do not count, since sticks and editors change them."""
    whole = hashlib.sha256()
    for name in sorted(files):
        text = files[name].replace("\r\n", "\n")
        whole.update(f"{name}\0{len(text)}\0{text}".encode())
    return whole.hexdigest()


def load_pack(files: Mapping[str, str]) -> Pack:
    """
    The pack these files say; the one read last is kept, as most vaults have the program's own.

    Raises:
        FormsInvalid: With every fault of every file.
    """
    if (known := _last.get(pack_digest(files))) is not None:
        return known
    faults: list[Problem] = []
    pack = _Reader(files, faults).read()
    faults = _worth_saying(faults)
    if faults:
        raise FormsInvalid("form.invalid", faults)
    _last.clear()
    _last[pack.digest] = pack
    return pack


_last: dict[str, Pack] = {}
"""By digest: reading takes a tenth of a second, between a passphrase and the first page."""


def _worth_saying(faults: list[Problem]) -> list[Problem]:
    """
    Each fault once, since the common fields are read for every ledger; and nothing about names that may
    well stand in a file that could not be read.
    """
    is_broken = any(one.code == "form.toml" for one in faults)
    hidden = _NAMES if is_broken else ()
    return [one for one in dict.fromkeys(faults) if one.code not in hidden]


class _Reader:
    """One reading of a pack; holds what the files share while they are read."""

    def __init__(self, files: Mapping[str, str], faults: list[Problem]) -> None:
        self.files = files
        self.faults = faults

    def read(self) -> Pack:
        root = self._root(PACK)
        if root.number("schema", required=True) > GRAMMAR:
            root.fault("form.bad_value", "schema", name="schema", value=root.data["schema"], hint="", allowed=GRAMMAR)
        groups = self._labels(root, "groups")
        version, label = root.number("version", required=True), root.text("label", required=True)
        reporting = self._reporting(root)
        root.close()
        articles = read_articles(self._file(LAW)) if LAW in self.files else {}
        shared = {**self._shared_choices(), **({LAW_CHOICES: law_choices(articles)} if articles else {})}
        regions = Choices("regions", self._regions())
        common = self._common(shared, regions)
        drafts = {
            name: draft_ledger(self._file(name), shared, regions, common)
            for name in self.files
            if name.startswith("ledgers/")
        }
        drafts = {name: one for name, one in drafts.items() if not one.root.file.is_broken}
        by_key = {one.key: one for one in drafts.values()}
        ledgers = {one.key: finish_ledger(one, by_key, groups) for one in drafts.values()}
        check_indicators(ledgers, {key: one.root for key, one in by_key.items()})
        return Pack(
            version,
            label,
            pack_digest(self.files),
            dict(self.files),
            groups,
            shared,
            regions.labels,
            ledgers,
            *self._reports({i.key: i for one in ledgers.values() for i in one.indicators}, ledgers),
            reporting,
            self._holidays(),
            read_letters({n: self._file(n) for n in self.files if n.startswith(FOLDER)}, articles, ledgers),
        )

    def _file(self, name: str) -> SourceFile:
        return SourceFile(name, self.files[name], self.faults)

    def _root(self, name: str) -> Table:
        """A file that every pack has."""
        if name in self.files:
            return self._file(name).root()
        file = SourceFile(name, "", self.faults)
        file.fault("form.missing_file", (), name=name)
        return file.root()

    @staticmethod
    def _labels(table: Table, key: str) -> dict[str, str]:
        inside = table.table(key, required=True)
        return {name: inside.text(name) for name in inside.data} if inside else {}

    @staticmethod
    def _reporting(root: Table) -> dict[str, int]:
        """`[reporting]`: days after the end of a year, quarter or month within which it is to be reported."""
        table = root.table("reporting")
        days = {kind: table.number(kind, default) if table else default for kind, default in _REPORTING.items()}
        if table:
            table.close()
        return days

    def _shared_choices(self) -> dict[str, Choices]:
        root = self._root(CHOICES)
        found = read_choices(root, "choices")
        root.close()
        return found

    def _regions(self) -> dict[str, str]:
        root = self._root(REGIONS)
        found = self._labels(root, "regions")
        root.close()
        return found

    def _common(self, shared: Mapping[str, Choices], regions: Choices) -> dict[str, tuple[Field, Table]]:
        """The fields that every ledger without a parent has beside its own."""
        root = self._root(COMMON)
        drafts = read_fields(root, shared, regions)
        scope = Scope({key: one for key, (one, _) in drafts.items()}, {})
        for one, table in drafts.values():
            finish_field(one, table, scope)
        root.close()
        return drafts

    def _reports(
        self, indicators: Mapping[str, Indicator], ledgers: Mapping[str, Ledger]
    ) -> tuple[dict[str, Narrative], ChartPage, dict[str, StatisticalForm]]:
        """`reports/*.toml`; what a file holds is its `kind`."""
        narratives: dict[str, Narrative] = {}
        charts = ChartPage("")
        statistics: dict[str, StatisticalForm] = {}
        for name in self.files:
            if not name.startswith("reports/"):
                continue
            file = self._file(name)
            kind = str(file.data.get("kind", "narrative"))
            if kind == "narrative":
                text = read_narrative(file, indicators)
                narratives[text.key] = text
            elif kind == "statistics":
                form = read_statistics(file, indicators)
                statistics[form.key] = form
            elif kind == "charts":
                charts = read_charts(file, indicators, ledgers)
            else:
                file.fault("form.report_kind", ("kind",), value=kind, allowed="narrative、charts、statistics")
        return narratives, charts, statistics

    def _holidays(self) -> dict[str, bool]:
        """`calendar/*.toml`: `rest` and `work` days that stand over the library's."""
        days: dict[str, bool] = {}
        for name in self.files:
            if name.startswith("calendar/"):
                root = self._file(name).root()
                root.text("source", required=True)
                for key, is_rest in (("rest", True), ("work", False)):
                    days.update(dict.fromkeys(self._days(root, key), is_rest))
                root.close()
        return days

    @staticmethod
    def _days(root: Table, key: str) -> list[Any]:
        days = root.texts(key)
        for day in days:
            if not _DAY.match(day):
                root.fault("form.bad_value", key, name=key, value=day, hint="", allowed="如 2026-01-01")
        return list(days)
