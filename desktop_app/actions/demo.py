"""The whole circle on a sample year: six desks, their records, packages, the city's record and its figures."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.narrating import write_text
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records, change_by_step
from desktop_app.actions.reporting import Report, make_report
from desktop_app.actions.sample.year import Batch, Ref, load_scenario, sample_batches, scenario_offices
from desktop_app.base.clock import Clock, SetClock
from desktop_app.base.paths import sample_dir
from desktop_app.domain.period import Period, year_period
from desktop_app.storage.slots import Cost, calibrated_cost
from desktop_app.storage.vault import Vault

PASSPHRASE = "sample-year-2025"  # noqa: S105 of vaults that hold invented data only
STICK = "stick"

Say = Callable[[str], None]


@dataclass
class Circle:
    """
    What the demo came to.

    Attributes:
        expected: Indicator → text that the year's summary has; empty for a scenario without one.
        narrative: The yearly text. seconds: By stage.
        n_records: By office, child rows among them.
    """

    period: Period
    report: Report | None = None
    expected: Mapping[str, str] = field(default_factory=dict)
    narrative: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    n_records: dict[str, int] = field(default_factory=dict)

    def differences(self) -> list[str]:
        """Indicators whose text is not the summary's."""
        assert self.report is not None
        return [key for key, text in self.expected.items() if self.report.row(key).text != text]


def run_circle(folder: Path, scenario_path: Path | None = None, *, say: Say, cost: Cost | None = None) -> Circle:
    """
    Plays a scenario in an empty folder: a vault for each office, and the stick between them.

    Args:
        scenario_path: A scenario with `words.toml` beside it; the sample year when None.
        say: Told each stage as it begins.

    Raises:
        ScenarioInvalid: The scenario has faults. VaultError, PackageError: The disk.
    """
    path = scenario_path or sample_dir() / "2025.toml"
    scenario = load_scenario(path)
    summary = path.with_name(f"summary-{path.stem}.toml")
    circle = Circle(year_period(int(str(scenario["year"]))))
    if summary.exists():
        circle.expected = tomllib.loads(summary.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STICK).mkdir()
    play = _Play(folder, scenario, circle, say, cost)
    try:
        play.run()
    finally:
        play.close()
    return circle


def play_offices(
    folder: Path, *, say: Say, cost: Cost | None = None, only: str = "", clock: Clock | None = None
) -> tuple[str, list[str]]:
    """
    Makes the sample year's desks in an empty folder and leaves them closed, each under its office's code.

    Args:
        only: The county to make; all when empty.
        clock: What the desks go by; the January after the year when None.

    Returns:
        The codes of the city and of its counties.

    Raises:
        ScenarioInvalid: The scenario has faults. VaultError, PackageError: The disk.
    """
    scenario = load_scenario(sample_dir() / "2025.toml")
    circle = Circle(year_period(int(str(scenario["year"]))))
    (folder / STICK).mkdir(parents=True)
    play = _Play(folder, scenario, circle, say, cost, only=only, clock=clock)
    try:
        play.make()
    finally:
        play.close()
    return play.codes()


class _Play:
    """One run; keeps the open vaults by office code."""

    def __init__(
        self,
        folder: Path,
        scenario: Mapping[str, object],
        circle: Circle,
        say: Say,
        cost: Cost | None,
        *,
        only: str = "",
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._scenario = scenario
        self._circle = circle
        self._say = say
        self._cost = cost
        # The year is over and its last papers are in: nothing in it is due any more.
        self._clock: Clock = clock or SetClock(datetime(circle.period.year + 1, 1, 15, 1, tzinfo=UTC))
        every = scenario_offices(scenario)
        self._offices = [one for one in every if one[2] == "city" or only in ("", one[0])]
        self._city = next(code for code, _, role in self._offices if role == "city")
        self._vaults: dict[str, Vault] = {}

    def codes(self) -> tuple[str, list[str]]:
        """Of the city and of its counties."""
        return self._city, self._counties()

    def run(self) -> None:
        """All stages."""
        self.make()
        with self._stage("年度指标与文稿"):
            city = self._vaults[self._city]
            self._circle.report = make_report(city, self._circle.period, compared=True)
            self._circle.narrative = write_text(city, self._circle.period).plain()

    def make(self) -> None:
        """The desks, their records, what the counties send and what the city answers."""
        stick, city = self._folder / STICK, self._city
        with self._stage("建立密库、入网登记"):
            self._open_desks(stick)
        with self._stage("录入"):
            self._enter()
        with self._stage("县区导出"):
            files = [export(self._vaults[code], stick)[0].file for code in self._counties()]
        with self._stage("市级汇总"):
            import_packages(self._vaults[city], files)
        with self._stage("回执"):
            receipts = {one.recipient: one.file for one in export(self._vaults[city], stick)}
            for code in self._counties():
                import_packages(self._vaults[code], [receipts[code]])

    def close(self) -> None:
        """Closes every vault."""
        for vault in self._vaults.values():
            vault.close()

    @contextmanager
    def _stage(self, label: str) -> Iterator[None]:
        self._say(f"{label}……")
        start = time.perf_counter()
        yield
        self._circle.seconds[label] = time.perf_counter() - start

    def _counties(self) -> list[str]:
        return [code for code, _, role in self._offices if role == "county"]

    def _desk(self, code: str) -> NewDesk:
        cost = self._cost or calibrated_cost()
        self._cost = cost
        return NewDesk(self._folder / code, PASSPHRASE, clock=self._clock, cost=cost)

    def _open_desks(self, stick: Path) -> None:
        names = {code: name for code, name, _ in self._offices}
        city, _ = init_city(self._desk(self._city), office=self._city, name=names[self._city])
        self._vaults[self._city] = city
        for code in self._counties():
            enrolment = add_office(city, code=code, name=names[code], out=stick)
            vault, paired = init_county(self._desk(code), enrolment=enrolment, out=stick)
            self._vaults[code] = vault
            assert paired.file is not None
            import_packages(city, [paired.file])

    def _enter(self) -> None:
        ids: dict[str, str] = {}
        pack = self._vaults[self._city].pack
        for batch in sample_batches(self._scenario, pack):
            if batch.office not in self._vaults:
                continue
            enter_batch(self._vaults[batch.office], batch, ids)
            counts = self._circle.n_records
            counts[batch.office] = counts.get(batch.office, 0) + len(batch.rows)


def enter_batch(vault: Vault, batch: Batch, ids: dict[str, str]) -> None:
    """Enters the rows of a batch like a clerk would, steps and all; `ids` learns the new records by key."""
    given = [Given({key: _resolved(value, ids) for key, value in row.values.items()}, row.key) for row in batch.rows]
    added = add_records(vault, batch.ledger, given).record_ids
    ids.update(zip((row.key for row in batch.rows), added, strict=True))
    for row, record in zip(batch.rows, added, strict=True):
        for step, fields in row.steps:
            values = {key: _resolved(value, ids) for key, value in fields.items()}
            change_by_step(vault, record, step, values, effects={})  # the year tells what followed by itself


def _resolved(value: object, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Ref):
        return ids[value.key]
    return [_resolved(one, ids) for one in value] if isinstance(value, list | tuple) else value
