"""The vaults that are measured, made by the product itself, and the bare driver on the same files."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from desktop_app.actions.desk import NewDesk, init_city, open_desk
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.storage.engine import open_engine
from desktop_app.storage.records import Writing
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT, open_slot, read_slots
from desktop_app.storage.streams import acknowledge, streams
from desktop_app.storage.vault import DATABASE, Vault

CITY, COUNTY = "620400", "620402"
NAMES = {"620402": "白银区", "620403": "平川区", "620421": "靖远县", "620422": "会宁县", "620423": "景泰县"}
PASSPHRASE = "bench-passphrase"
LEDGER = "consultation"
"""The ledger with most records; its table has the usual index by date and no workflow."""
SHARES = {"consultation": 50, "petition": 20, "mediation": 20, "risk": 5, "outreach": 5}
"""Percent of a whole vault's records by ledger: with and without workflow, derived fields and lists."""

Row = dict[str, object]


@dataclass
class Bench:
    """
    A folder to work in, and how much there is to measure.

    Attributes:
        divide: Sizes are divided by this.
        runs: Of each side, after the warm-up.
        is_cold: Copies of vaults are not left in the disk's cache.
        told: Sentences about how the vaults were made.
    """

    folder: Path
    divide: int = 1
    runs: int = 5
    is_cold: bool = False
    told: list[str] = field(default_factory=list)
    _made: dict[str, Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def n(self, whole: int, *, least: int = 5) -> int:
        """A size, divided."""
        return max(least, whole // self.divide)

    def fresh(self, name: str = "work") -> Path:
        """A path that is not there yet."""
        return self.folder / f"{name}-{next(self._numbers)}"

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Path]:
        """A copy of a closed vault for one run."""
        path = self.fresh()
        shutil.copytree(folder, path)
        if self.is_cold:
            _forget(path / DATABASE)
        try:
            yield path
        finally:
            shutil.rmtree(path)

    def pair(self) -> Path:
        """A folder with the empty vaults `city` and `county`, paired; the shipped forms."""
        if "pair" not in self._made:
            folder = self.fresh("pair")
            stick = folder / "stick"
            stick.mkdir(parents=True)
            city, _ = init_city(_new(folder / "city"), office=CITY, name="白银市总工会")
            for code, name in NAMES.items():
                path = add_office(city, code=code, name=f"{name}总工会", out=stick)
                if code == COUNTY:
                    county, paired = init_county(_new(folder / "county"), enrolment=path, out=stick)
                    county.close()
                    assert paired.file is not None
                    import_package(city, paired.file)
            city.close()
            self._made["pair"] = folder
        return self._made["pair"]

    def filled(self, n: int) -> Path:
        """A city's vault with `n` records of five ledgers and five counties, acknowledged; made once."""
        name = f"filled-{n}"
        if name not in self._made:
            folder = self.fresh(name)
            shutil.copytree(self.pair() / "city", folder)
            start = time.perf_counter()
            with opened(folder) as vault:
                for ledger, share in SHARES.items():
                    for i, office in enumerate(NAMES):
                        part = max(1, n * share // 100 // len(NAMES))
                        rows = _ROWS[ledger](random.Random(f"{ledger}{i}"), part)
                        with vault.write() as connection:
                            Writing(vault, connection).add(ledger, rows, owner=office)
                acknowledge_all(vault)
            seconds = time.perf_counter() - start
            size = (folder / DATABASE).stat().st_size / 1e6
            self.told.append(
                f"A vault of {n:,} records by Writing.add: {seconds:.1f} s, {n / seconds:,.0f}/s, {size:,.0f} MB."
            )
            self._made[name] = folder
        return self._made[name]


def _forget(path: Path) -> None:
    """Drops a file from the system's cache, where the system lets one."""
    if sys.platform == "linux":
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _new(folder: Path) -> NewDesk:
    return NewDesk(folder, PASSPHRASE, cost=LIGHT)


@contextmanager
def opened(folder: Path) -> Iterator[Vault]:
    """The vault of a folder, open."""
    vault = open_desk(folder, PASSPHRASE)
    try:
        yield vault
    finally:
        vault.close()


@contextmanager
def bare(folder: Path) -> Iterator[Any]:
    """
    The driver's own connection to a vault's file, outside of any transaction.

    It comes from `storage.engine`, so that key, pragmas and durability are the product's by construction.
    """
    key = open_slot(read_slots(folder / SLOTS), PASSPHRASE, folder / SLOTS).key
    engine = open_engine(folder / DATABASE, key)
    lent = engine.raw_connection()
    try:
        yield lent.driver_connection
    finally:
        lent.close()
        engine.dispose()


def acknowledge_all(vault: Vault) -> None:
    """As if a receipt for everything had come."""
    with vault.write() as connection:
        here = streams(connection)
        for scope in {one.scope for one in here}:
            acknowledge(connection, scope, "", {one.id: one.seq for one in here if one.scope == scope})


def _day(chance: random.Random) -> str:
    return f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _words(chance: random.Random, n: int) -> str:
    return "".join(
        chance.choices("工会法律保障职工维权欠薪合同调解仲裁劳动争议协商咨询答复单位经办社保工伤加班休息", k=n)
    )


def _common() -> Row:
    return {"handler": "王经办", "sensitivity": "internal", "is_counted": True, "origin": "entry"}


def consultations(chance: random.Random, n: int) -> Iterator[Row]:
    """Records of `LEDGER` in canonical form, some 600 bytes each."""
    for i in range(n):
        yield {
            "asked_on": _day(chance),
            "channel": chance.choice(("visit", "phone", "hotline_12351", "web")),
            "inquirer": _words(chance, 3),
            "worker_kind": chance.choice(("worker", "migrant", "new_form")),
            "sex": chance.choice(("male", "female")),
            "phone": f"139{chance.randrange(10**8):08}",
            "workplace": f"{_words(chance, 8)}有限公司",
            "dispute_type": chance.choice(("wages", "contract", "injury", "hours")),
            "question": _words(chance, 40),
            "n_people": 1 + i % 7,
            "answerer": _words(chance, 3),
            "answer": _words(chance, 30),
            "outcome": "answered",
            "satisfaction": chance.choice(("very", "satisfied", "fair")),
            **_common(),
        }


def _petitions(chance: random.Random, n: int) -> Iterator[Row]:
    for i in range(n):
        on, accepted = _day(chance), _day(chance)
        row: Row = {
            "registered_on": on,
            "channel": "visit",
            "petitioner": _words(chance, 3),
            "n_people": 1 + i % 9,
            "class": "appeal",
            "topic": chance.choice(("wages", "insurance", "contract")),
            "summary": _words(chance, 20),
            "facts": _words(chance, 50),
            "accepted_on": accepted,
            "state": "accepted",
            **_common(),
        }
        if i % 3:
            row |= {"replied_on": max(accepted, _day(chance)), "is_unreachable": i % 11 == 0}
        if i % 2:
            row |= {"closed_on": f"2026-01-{1 + i % 28:02}" if i % 5 == 0 else max(accepted, _day(chance))}
        yield row


def _mediations(chance: random.Random, n: int) -> Iterator[Row]:
    for i in range(n):
        row: Row = {
            "applied_on": _day(chance),
            "applicant": _words(chance, 3),
            "n_applicants": 1 + i % 4,
            "dispute_type": "wages",
            "amount_fen": chance.randrange(10**7),
            "facts": _words(chance, 50),
            "accepted_on": _day(chance),
            "limit_from_on": _day(chance),
            "state": "mediating",
            **_common(),
        }
        if i % 4:
            row |= {"result": chance.choice(("settled", "partly", "failed")), "agreed_on": _day(chance)}
            row |= {"agreed_fen": chance.randrange(10**6)}
        yield row


def _risks(chance: random.Random, n: int) -> Iterator[Row]:
    for i in range(n):
        yield {
            "found_on": _day(chance),
            "target": "area",
            "region": "620402",
            "risk_type": "wage_arrears",
            "level": "yellow",
            "summary": _words(chance, 20),
            "n_people": 1 + i % 30,
            "state": "watching",
            **_common(),
        }


def _outreaches(chance: random.Random, n: int) -> Iterator[Row]:
    for i in range(n):
        yield {
            "held_on": _day(chance),
            "form": chance.choice(("checkup", "lecture", "talk", "handout")),
            "topic": _words(chance, 12),
            "node": chance.choice(("women_week", "civil_code", "anti_drug", "constitution")),
            "organizer": "市总工会法律保障部",
            "place": _words(chance, 6),
            "is_open_to_all": True,
            "n_sessions": 1 + i % 3,
            "n_people": 10 + i % 300,
            "is_approximate": i % 10 == 0,
            **_common(),
        }


_ROWS: Mapping[str, Any] = {
    "consultation": consultations,
    "petition": _petitions,
    "mediation": _mediations,
    "risk": _risks,
    "outreach": _outreaches,
}
