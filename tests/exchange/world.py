"""
A small world of offices that exchange packages: one city, counties, a stick, a set clock, a small pack.

A copied folder is a clone: the same keys and the same instance, as when a clerk copies the vault to a
second PC or puts an old copy back.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from desktop_app.actions.conflicts import ShownConflict, list_conflicts
from desktop_app.actions.desk import NewDesk, make_desk
from desktop_app.actions.exporting import Exported, export
from desktop_app.actions.importing import Imported, import_package
from desktop_app.actions.pairing import Paired, add_office, enrol_again, init_county
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import KnownError
from desktop_app.base.paths import forms_dir
from desktop_app.domain.history import resolve
from desktop_app.domain.revision import chain
from desktop_app.schema.model import DELETED, PARENT, STATE
from desktop_app.storage import tables
from desktop_app.storage.audit import END
from desktop_app.storage.packages import Office
from desktop_app.storage.recompute import record_revisions
from desktop_app.storage.records import find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.streams import digest_at, streams
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.storage.vetting import NUMBERS

CITY = "620400"
A, B, C, D = COUNTIES = ("620402", "620421", "620422", "620423")
NAMES = {
    CITY: "白银市总工会",
    A: "白银区总工会",
    B: "靖远县总工会",
    C: "会宁县总工会",
    D: "景泰县总工会",
    "620499": "某县总工会",
}
PASSPHRASE = "pass-phrase-1"
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""The year 2025 is over and its report not yet late."""

_PACK = """
schema = 1
version = 1
label = "试验参数包"
[groups]
daily = "日常"
exchange = "上报与接收"
"""
_CHOICES = """
[choices]
topic = { wages = "欠薪", contract = "合同", injury = "工伤" }
"""
_COMMON = """
[field]
is_counted = { type = "flag", label = "计入统计", default = true }
explanation = { type = "long_text", label = "情况说明", max_chars = 500 }
"""
_REGIONS = """
[regions]
620402 = "白银区"
"""
_EMPLOYER = """
schema = 1
key = "employer"
version = 1
label = "用人单位"
group = "daily"
title = "{name}"
[field]
name = { type = "text", label = "名称", required = true }
phone = { type = "text", label = "电话" }
n_workers = { type = "count", label = "职工数", unit = "人" }
[sections]
"基本" = ["name", "phone", "n_workers"]
[list]
columns = ["name"]
order = ["name"]
"""
_DISPUTE = """
schema = 1
key = "dispute"
version = 1
label = "争议"
group = "daily"
title = "{summary}"
[field]
heard_on = { type = "date", label = "接待日期", required = true, default = "today" }
topic = { type = "choice", label = "主题", choices = "topic" }
summary = { type = "text", label = "摘要", max_chars = 60, required = true }
n_people = { type = "count", label = "人数", unit = "人" }
employer = { type = "reference", label = "涉事单位", ledger = "employer" }
files = { type = "attachments", label = "材料" }
[sections]
"登记" = ["heard_on", "topic", "summary", "n_people", "employer", "files"]
[list]
columns = ["summary"]
order = ["-heard_on"]
period = "heard_on"
[workflow]
start = "open"
states = { open = "在办", closed = "办结" }
[workflow.step]
close = { label = "办结", from = ["open"], to = "closed" }
[indicator.disputes]
label = "争议件数"
unit = "件"
measure = "count"
on = "heard_on"
[indicator.people]
label = "涉及人数"
unit = "人"
measure = "sum"
of = "n_people"
on = "heard_on"
"""
_PROGRESS = """
schema = 1
key = "progress"
version = 1
label = "办理进展"
group = "daily"
title = "{note}"
child_of = "dispute"
[field]
note = { type = "text", label = "进展", required = true }
[sections]
"进展" = ["note"]
[list]
columns = ["note"]
"""
_HONOR = """
schema = 1
key = "honor"
version = 1
label = "荣誉"
group = "daily"
title = "{name}"
[field]
name = { type = "text", label = "名称", required = true }
[sections]
"荣誉" = ["name"]
[list]
columns = ["name"]
"""

FILES: Mapping[str, str] = {
    "pack.toml": _PACK,
    "choices.toml": _CHOICES,
    "common.toml": _COMMON,
    "regions.toml": _REGIONS,
    "ledgers/employer.toml": _EMPLOYER,
    "ledgers/dispute.toml": _DISPUTE,
    "ledgers/progress.toml": _PROGRESS,
    **{
        f"ledgers/{name}.toml": forms_dir().joinpath(f"ledgers/{name}.toml").read_text(encoding="utf-8")
        for name in ("period_report", "return_note")
    },
}
NEWER_FILES: Mapping[str, str] = {
    **FILES,
    "pack.toml": _PACK.replace("version = 1", "version = 2"),
    "ledgers/dispute.toml": _DISPUTE.replace(
        "[sections]", 'place = { type = "text", label = "地点" }\n[sections]'
    ).replace('"files"]', '"files", "place"]'),
    "ledgers/honor.toml": _HONOR,
}
"""Version 2 of the pack: a field `place` more in disputes, and a ledger `honor` more."""

DISPUTE: Mapping[str, object] = {"heard_on": "2025-03-05", "summary": "欠薪三个月"}


@dataclass
class World:
    """
    Folders of vaults by name, and a stick; vaults open when first asked for.

    A name is an office's code, or any other name given to a clone or a replaced PC.
    """

    folder: Path
    clock: SetClock
    _open: dict[str, Vault] = field(default_factory=dict)
    _n: int = 0

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    @property
    def city(self) -> Vault:
        return self[CITY]

    def __getitem__(self, name: str) -> Vault:
        if name not in self._open:
            self._open[name] = open_vault(self.folder / name, PASSPHRASE, FILES, self.clock)
        return self._open[name]

    def close(self, *names: str) -> None:
        """Closes vaults, all of them when none is named."""
        for name in names or list(self._open):
            if vault := self._open.pop(name, None):
                vault.close()

    def copy(self, name: str, to: str) -> None:
        """Copies the folder of a vault, in place of another if there is one: a clone, or an old copy put back."""
        self.close(name, to)
        shutil.rmtree(self.folder / to, ignore_errors=True)
        shutil.copytree(self.folder / name, self.folder / to)

    def send(self, sender: str) -> list[Exported]:
        """What an office writes now, in a folder of its own, as on a stick of its own."""
        self._n += 1
        out = self.stick / f"{self._n:04}"
        out.mkdir(parents=True)
        return export(self[sender], out)

    def package(self, sender: str, recipient: str) -> Path:
        """What an office writes now for another."""
        return next(one.file for one in self.send(sender) if one.recipient == self[recipient].owner.office)

    def take(self, name: str, file: Path) -> Imported:
        """One package taken in."""
        return import_package(self[name], file)

    def up(self, county: str) -> Imported:
        """A submission carried to the city."""
        return self.take(CITY, self.package(county, CITY))

    def down(self, county: str) -> Imported:
        """A receipt carried to a county."""
        return self.take(county, self.package(CITY, county))

    def meet(self, *counties: str) -> None:
        """Packages up and down: after one of each, both sides have what the other had."""
        for county in counties:
            self.up(county)
            self.down(county)

    def add(self, name: str, ledger: str = "dispute", /, **values: object) -> str:
        """One record entered; its id."""
        full = {**DISPUTE, **values} if ledger == "dispute" else values
        return add_records(self[name], ledger, [Given(full)]).record_ids[0]

    def shared(self, county: str = A, **values: object) -> str:
        """A dispute that the county and the city both have, and know of each other that they have."""
        record = self.add(county, **values)
        self.meet(county)
        return record

    def check(self) -> None:
        """What must hold in every open vault at any time."""
        for vault in self._open.values():
            check_vault(vault)

    def replace_pc(self, county: str, name: str) -> Paired:
        """The county's PC is replaced: enrolled again, made anew under another name, registered at the city."""
        self._n += 1
        out = self.stick / f"{self._n:04}"
        out.mkdir(parents=True)
        enrolment = enrol_again(self.city, code=county, out=out)
        vault, paired = init_county(new_desk(self.folder / name, self.clock), enrolment=enrolment, out=out)
        self._open[name] = vault
        assert paired.file is not None
        self.take(CITY, paired.file)
        return paired


def new_desk(folder: Path, clock: SetClock) -> NewDesk:
    """What a vault is made with here: the cheapest slot there may be."""
    return NewDesk(folder, PASSPHRASE, "经办人", clock, LIGHT)


def make_world(folder: Path, counties: Iterable[str] = COUNTIES) -> None:
    """Makes the folders of a city and counties that are paired with it."""
    clock = SetClock(datetime(2025, 1, 2, 1, tzinfo=UTC))
    stick = folder / "stick"
    stick.mkdir(parents=True)
    city, _ = make_desk(new_desk(folder / CITY, clock), Office(CITY, NAMES[CITY], "city"), FILES)
    for code in counties:
        enrolment = add_office(city, code=code, name=NAMES[code], out=stick)
        county, paired = init_county(new_desk(folder / code, clock), enrolment=enrolment, out=stick)
        county.close()
        assert paired.file is not None
        import_package(city, paired.file)
    city.close()
    shutil.rmtree(stick)
    stick.mkdir()


def open_world(template: Path, folder: Path) -> World:
    """A copy of a made world."""
    shutil.copytree(template, folder)
    return World(folder, SetClock(START))


# --- what lies in a vault -------------------------------------------------------------------------


def dump(vault: Vault, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """
    Every row of every table but those named and what may differ where nothing else does.

    That is the search index, what spares the next import a look, and the audit, which remembers what was undone.
    """
    with vault.read() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        names = sorted({name for name in found if not name.startswith("search_")} - {"audit", *without})
        return {name: sorted(_rows(connection, name), key=repr) for name in names}


def _rows(connection: Connection, name: str) -> Iterator[tuple[Any, ...]]:
    for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings():  # noqa: S608
        if not str(row.get("key")).startswith((END, NUMBERS)):
            yield tuple(cell for key, cell in row.items() if key != "search_doc")


def record(vault: Vault, record_id: str) -> StoredRecord:
    """A record as it lies in the vault."""
    with vault.read() as connection:
        return find_record(vault, connection, record_id)


def value(vault: Vault, record_id: str, key: str) -> object:
    """One value of a record."""
    return record(vault, record_id).values.get(key)


def conflicts(vault: Vault) -> dict[tuple[str, str], list[tuple[str, object]]]:
    """Record and field of each open conflict → office and value of each choice, the shown one first."""
    found: list[ShownConflict] = list_conflicts(vault)
    codes = {name: code for code, name in NAMES.items()}
    return {(one.record, one.field): [(codes[c.office], c.value) for c in one.choices] for one in found}


def edit(world: World, name: str, record_id: str, /, **values: object) -> None:
    """A change of one record in the vault of this name."""
    assert edit_record(world[name], record_id, values).record_ids == (record_id,)


def both_edit(world: World, first: str, record_id: str, **values: tuple[object, object]) -> None:
    """The county and the city edit, unaware of each other; values are (county's, city's)."""
    for name in (first, CITY if first == A else A):
        edit(world, name, record_id, **{key: pair[name == CITY] for key, pair in values.items()})


def same_content(world: World, county: str = A) -> None:
    """The county and the city have the same of the county's records."""
    assert content(world[county]) == content(world.city, county)


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal, empty when there was none."""
    try:
        call()
    except KnownError as error:
        return error.code
    return ""


def codes(done: Imported) -> set[str]:
    """Codes of the notes of an import."""
    return {one.code for one in done.notes}


def content(vault: Vault, office: str = "") -> dict[str, tuple[object, ...]]:
    """Record → ledger, owner, heads, deleted, values and open conflicts; of one office's records or of all."""
    found: dict[str, tuple[object, ...]] = {}
    with vault.read() as connection:
        c = tables.conflict.c
        listed: dict[str, list[tuple[object, ...]]] = {}
        for row in connection.execute(tables.conflict.select().order_by(c.record, c.field)):
            listed.setdefault(row.record, []).append((row.field, row.choices))
        for key, rows in vault.rows.items():
            for one in connection.execute(rows.table.select()):
                stored = rows.record(one)
                if not office or stored.office == office:
                    values = tuple(sorted(stored.values.items(), key=repr))
                    found[stored.id] = (
                        key,
                        stored.office,
                        stored.heads,
                        stored.is_deleted,
                        values,
                        tuple(listed.get(stored.id, ())),
                    )
    return found


def check_vault(vault: Vault) -> None:
    """What must hold in every vault at any time: chains that add up, and rows that are what `resolve` says."""
    with vault.read() as connection:
        for stream in streams(connection):
            digest = digest_at(connection, stream, stream.base)
            assert digest is not None
            r = tables.revision.c
            query = tables.revision.select().where(r.rev > stream.rev(stream.base), r.rev <= stream.rev(2**40 - 1))
            seq = stream.base
            for row in connection.execute(query.order_by(r.rev)):
                seq, digest = seq + 1, chain(digest, row.body)
                assert (row.rev, row.digest) == (stream.rev(seq), digest), "the chain"
            assert (seq, digest) == (stream.seq, stream.digest), "the end of the chain"
        held = {row.record: row.why for row in connection.execute(tables.held.select())}
        _check_rows(vault, connection, held)


def _check_rows(vault: Vault, connection: Any, held: Mapping[str, str]) -> None:
    listed: dict[str, set[str]] = {}
    for row in connection.execute(tables.conflict.select()):
        listed.setdefault(row.record, set()).add(row.field)
    here: set[str] = set()
    for rows in vault.rows.values():
        known = {*rows.ledger.fields, STATE, PARENT} - {one.key for one in rows.ledger.derived}
        for one in connection.execute(rows.table.select()):
            stored = rows.record(one)
            here.add(stored.id)
            authored, owner = record_revisions(connection, stored.id)
            state = resolve(authored, owner)
            shown = {key: found for key, found in stored.values.items() if key in known}
            wanted = {key: found for key, found in state.values.items() if key in known and found is not None}
            assert (stored.office, stored.heads, shown) == (owner, state.heads, wanted)
            assert stored.is_deleted == bool(state.values.get(DELETED))
            fields = {conflict.field for conflict in state.conflicts}
            assert (stored.n_conflicts, listed.get(stored.id, set())) == (len(fields), fields)
            assert (held.get(stored.id) == "revision") == bool(state.held)
    r = tables.revision.c
    ids = set(connection.execute(tables.revision.select().with_only_columns(r.record)).scalars())
    assert ids - held.keys() <= here, "a record that nobody shows and nobody holds"
    assert here <= ids, "a row without revisions"
