"""
Offices that work, copy, lose and exchange in any order come to the same records, and nothing is lost.

Z01 once all have met, every desk of a county has the city's records of that county: values, deletions,
    open conflicts
Z02 every value ever entered in a vault that is still there, or sent in a package that is still there, is in
    the history of its record
Z03 at every moment each chain of digests adds up and each row is what `resolve` makes of its revisions
Z04 importing again changes nothing, a preview writes nothing, and an undo leaves nothing
"""

import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.importing import Imported, preview_package, undo_last_import
from desktop_app.actions.records import delete_record, edit_record, restore_record
from desktop_app.actions.returns import ReturnGiven, add_return
from desktop_app.domain.revision import decode_revision
from desktop_app.storage import tables
from desktop_app.storage.conflicts import held_records
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault
from tests.exchange.world import CITY, COUNTIES, NEWER_FILES, World, check_vault, code_of, content, dump, open_world

Entered = tuple[str, str, str]
"""Record, field, value as JSON."""
MOST_DESKS = 5
ROUNDS = 8
DATA = st.data()


@dataclass
class Desk:
    """One vault's folder, and what was ever entered in it."""

    name: str
    office: str
    entered: set[Entered] = field(default_factory=set)


@dataclass
class Sent:
    """One package that lies somewhere, and what had been entered where it was written."""

    file: Path
    recipient: str
    entered: frozenset[Entered]
    is_delivered: bool = False


class Offices(RuleBasedStateMachine):
    """A city, one to four counties, and the copies made of the counties' vaults."""

    template: ClassVar[Path]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.world: World = open_world(self.template, Path(tempfile.mkdtemp(dir=self.folder)) / "world")
        self.desks = {CITY: Desk(CITY, CITY)}
        self.kept: dict[str, Desk] = {}
        self.sent: list[Sent] = []
        self.texts = (f"文{n}" for n in itertools.count())

    @initialize(n_counties=st.integers(1, MOST_DESKS - 1))
    def open_counties(self, n_counties: int) -> None:
        self.desks |= {name: Desk(name, name) for name in COUNTIES[:n_counties]}

    # --- drawing ----------------------------------------------------------------------------------

    def draw_desk(self, data: Any, *, is_county: bool = False) -> Desk:
        names = sorted(name for name in self.desks if name != CITY or not is_county)
        return self.desks[data.draw(st.sampled_from(names), label="desk")]

    def draw_record(self, data: Any, desk: Desk, *, is_deleted: bool = False, ledger: str = "") -> StoredRecord | None:
        """A record that this desk may change."""
        vault, found = self.world[desk.name], []
        with vault.read() as connection:
            for key in sorted(vault.rows):
                if key in ("return_note", "period_report") or (ledger and key != ledger):
                    continue
                rows = vault.rows[key]
                found += [rows.record(row) for row in connection.execute(rows.table.select())]
        found = sorted((one for one in found if one.is_deleted == is_deleted), key=lambda one: one.id)
        return data.draw(st.sampled_from(found), label="record") if found else None

    def note(self, desk: Desk, record: str, fields: dict[str, Any]) -> None:
        desk.entered |= {(record, key, msgspec.json.encode(value).decode()) for key, value in fields.items()}
        check_vault(self.world[desk.name])

    def fields(self, data: Any, vault: Vault, ledger: str) -> dict[str, Any]:
        """A change: texts are never the same twice, numbers often are."""
        text = {"dispute": "summary", "employer": "name", "progress": "note", "honor": "name"}[ledger]
        possible: dict[str, st.SearchStrategy[Any]] = {text: st.just(next(self.texts))}
        if ledger == "dispute":
            possible |= {"n_people": st.sampled_from([None, 1, 2]), "topic": st.sampled_from(["wages", "injury"])}
            if "place" in vault.pack.ledgers["dispute"].fields:
                possible["place"] = st.sampled_from(["东", "西"])
        if ledger == "employer":
            possible["n_workers"] = st.sampled_from([None, 10, 20])
        keys = data.draw(st.sets(st.sampled_from(sorted(possible)), min_size=1), label="fields")
        return {key: data.draw(possible[key]) for key in sorted(keys)}

    # --- work -------------------------------------------------------------------------------------

    @rule(data=DATA)
    def add(self, data: Any) -> None:
        desk = self.draw_desk(data, is_county=True)
        vault = self.world[desk.name]
        known = [key for key in ("dispute", "dispute", "employer", "progress", "honor") if key in vault.rows]
        ledger = data.draw(st.sampled_from(known), label="ledger")
        values = {"name": next(self.texts)} if ledger in ("employer", "honor") else {"summary": next(self.texts)}
        if ledger == "progress":
            parent = self.draw_record(data, desk, ledger="dispute")
            if parent is None:
                return
            values = {"note": next(self.texts), "parent": parent.id}
        if ledger == "dispute" and (employer := self.draw_record(data, desk, ledger="employer")):
            values["employer"] = employer.id
        self.note(desk, self.world.add(desk.name, ledger, **values), values)

    @rule(data=DATA)
    def edit(self, data: Any) -> None:
        desk = self.draw_desk(data)
        if record := self.draw_record(data, desk):
            fields = self.fields(data, self.world[desk.name], record.ledger)
            if edit_record(self.world[desk.name], record.id, fields).record_ids:
                changed = {key: value for key, value in fields.items() if record.values.get(key) != value}
                self.note(desk, record.id, changed)

    @rule(data=DATA, is_deleted=st.booleans())
    def delete_or_restore(self, data: Any, is_deleted: bool) -> None:
        desk = self.draw_desk(data)
        if record := self.draw_record(data, desk, is_deleted=is_deleted):
            (restore_record if is_deleted else delete_record)(self.world[desk.name], record.id)
            self.note(desk, record.id, {"deleted": not is_deleted})

    @rule(data=DATA)
    def decide(self, data: Any) -> None:
        desk = self.draw_desk(data)
        found = list_conflicts(self.world[desk.name])
        if found:
            one = data.draw(st.sampled_from(found), label="conflict")
            choice = data.draw(st.sampled_from(one.choices), label="choice")
            decide_conflict(self.world[desk.name], one.record, one.field, choice.revision)
            self.note(desk, one.record, {one.field: choice.value})

    @rule(data=DATA)
    def send_back(self, data: Any) -> None:
        record = self.draw_record(data, self.desks[CITY])
        if record is not None:
            add_return(self.world.city, ReturnGiven(record.id, "请核对"))

    @rule(data=DATA)
    def learn_pack(self, data: Any) -> None:
        self.world[self.draw_desk(data).name].adopt(NEWER_FILES, "package")

    # --- packages ---------------------------------------------------------------------------------

    @rule(data=DATA)
    def write_packages(self, data: Any) -> None:
        self.write(self.draw_desk(data))

    def write(self, desk: Desk) -> list[Sent]:
        known = frozenset(desk.entered)
        new = [
            Sent(one.file, one.recipient, known) for one in self.world.send(desk.name) if one.recipient in self.desks
        ]
        self.sent += new
        return new

    @precondition(lambda self: self.sent)
    @rule(data=DATA, is_previewed=st.booleans(), is_undone=st.booleans())
    def deliver(self, data: Any, is_previewed: bool, is_undone: bool) -> None:
        """Any package that was ever written, to any desk of the office it is for: late, twice, out of order."""
        sent = data.draw(st.sampled_from(self.sent), label="package")
        names = sorted(name for name, desk in self.desks.items() if desk.office == sent.recipient)
        name = data.draw(st.sampled_from(names), label="to")
        self.take(sent, name, is_previewed=is_previewed, is_undone=is_undone)

    def take(self, sent: Sent, name: str, *, is_previewed: bool = False, is_undone: bool = False) -> None:
        vault = self.world[name]
        before = dump(vault)
        if is_previewed:
            seen = code_of(lambda: preview_package(vault, sent.file))
            assert dump(vault) == before, "a preview that writes"
        done: list[Imported] = []
        code = code_of(lambda: done.append(self.world.take(name, sent.file)))
        assert not is_previewed or seen == code
        if is_undone and done and done[0].outcome == "imported":
            undo_last_import(vault)
            assert dump(vault) == before, "an undo that leaves something"
            done = [self.world.take(name, sent.file)]
            assert done[0].outcome == "imported"
        if code:
            assert (code, name != CITY) == ("package.chain", True)  # a receipt for what was lost since
            assert dump(vault) == before, "a refusal that writes"
        else:
            sent.is_delivered = True
        check_vault(vault)

    @precondition(lambda self: any(not one.is_delivered for one in self.sent))
    @rule(data=DATA)
    def lose(self, data: Any) -> None:
        gone = data.draw(st.sampled_from([one for one in self.sent if not one.is_delivered]), label="lost")
        self.sent.remove(gone)

    @rule(data=DATA)
    def undo(self, data: Any) -> None:
        desk = self.draw_desk(data)
        code = code_of(lambda: undo_last_import(self.world[desk.name]))
        assert code in ("", "undo.nothing", "undo.answered", "undo.changed")
        check_vault(self.world[desk.name])

    # --- copies -----------------------------------------------------------------------------------

    @rule(data=DATA)
    def keep_copy(self, data: Any) -> None:
        """Somebody copies the folder of a county's vault away."""
        desk = self.draw_desk(data, is_county=True)
        self.world.copy(desk.name, f"kept-{desk.name}")
        self.kept[desk.name] = Desk(desk.name, desk.office, set(desk.entered))

    @precondition(lambda self: self.kept)
    @rule(data=DATA)
    def put_back(self, data: Any) -> None:
        """The vault is lost, and the copy takes its place."""
        name = data.draw(st.sampled_from(sorted(self.kept)), label="put back")
        self.world.copy(f"kept-{name}", name)
        self.desks[name] = Desk(name, self.kept[name].office, set(self.kept[name].entered))

    @precondition(lambda self: len(self.desks) < MOST_DESKS)
    @rule(data=DATA)
    def clone(self, data: Any) -> None:
        """The vault is copied to a second PC, and both are worked in from then on."""
        desk = self.draw_desk(data, is_county=True)
        name = f"clone{len(self.desks)}"
        self.world.copy(desk.name, name)
        self.desks[name] = Desk(name, desk.office, set(desk.entered))

    # --- the end ----------------------------------------------------------------------------------

    def teardown(self) -> None:
        """All meet."""
        try:
            self.let_all_meet()
            self.check_all_alike()
            self.check_nothing_lost()
            self.check_again_changes_nothing()
        finally:
            self.world.close()
            shutil.rmtree(self.world.folder)

    def let_all_meet(self) -> None:
        for desk in self.desks.values():
            self.world[desk.name].adopt(NEWER_FILES, "package")
        for sent in [one for one in self.sent if one.recipient == CITY]:
            self.take(sent, CITY)
        for _ in range(ROUNDS):
            n_new = 0
            for name in sorted(self.desks.keys() - {CITY}):
                n_new += self.world.take(CITY, self.world.package(name, CITY)).n_revisions
                n_new += self.world.take(name, self.world.package(CITY, name)).n_revisions
            if not n_new:
                return
        raise AssertionError(f"still something new after {ROUNDS} rounds")

    def check_all_alike(self) -> None:
        for name, desk in self.desks.items():
            vault = self.world[name]
            check_vault(vault)
            with vault.read() as connection:
                assert held_records(vault, connection) == [], "something still waits"
            if name != CITY:
                assert content(vault) == content(self.world.city, desk.office)

    def check_nothing_lost(self) -> None:
        with self.world.city.read() as connection:
            bodies = connection.execute(tables.revision.select().with_only_columns(tables.revision.c.body)).scalars()
            known = {
                (one.record, key, msgspec.json.encode(value).decode())
                for one in map(decode_revision, bodies)
                for key, value in one.fields.items()
            }
        wanted = set[Entered]().union(*(desk.entered for desk in self.desks.values()))
        wanted |= set[Entered]().union(*(one.entered for one in self.sent))
        assert wanted <= known, "a value that was entered is nowhere"

    def check_again_changes_nothing(self) -> None:
        before = dump(self.world.city)
        for sent in [one for one in self.sent if one.recipient == CITY]:
            assert self.world.take(CITY, sent.file).outcome == "repeated"
        assert dump(self.world.city) == before


@pytest.mark.long
def test_offices_in_any_order__ok(world_template: Path, tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    class Here(Offices):
        template, folder = world_template, tmp_path

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=sweep(10, 400),
            stateful_step_count=sweep(16, 40),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
