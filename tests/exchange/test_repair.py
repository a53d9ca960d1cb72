"""
What is saved of a damaged vault (storage/salvage.py and what it is made of).

S01 of a whole vault everything comes out, under a new instance, and the old one is not touched
S02 whatever pages break: what the database itself can still read comes out, and nothing that was never there
S03 the newest backup fills in; what was undone does not come back
S04 behind a gap work goes on: county and city meet again and agree
S05 the start of the file, the key slots, the catalogue, or the ends of the streams are lost
S06 what stands only in the log beside the database
S07 what cannot be repaired says so
S08 stopped at any moment it leaves nothing, and the damaged vault as it was; how far it is, is told in pages
"""

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.actions.attaching import attach_file
from desktop_app.actions.backups import back_up
from desktop_app.actions.importing import undo_last_import
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.repairing import repair_vault
from desktop_app.actions.search import search
from desktop_app.base.errors import KnownError, VaultError
from desktop_app.storage import slots, tables
from desktop_app.storage.carving import Carver
from desktop_app.storage.engine import open_engine
from desktop_app.storage.integrity import check_integrity
from desktop_app.storage.pages import PAGE_BYTES, PageFile
from desktop_app.storage.salvage import Salvaged, salvage
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE, open_vault
from tests.exchange.world import CITY, FILES, PASSPHRASE, A, B, World, code_of, conflicts, content, open_world, value

Sweep = Callable[[int, int], int]


def key_of(folder: Path) -> bytes:
    return slots.open_slot(slots.read_slots(folder / SLOTS), PASSPHRASE, folder / SLOTS).key


def break_pages(folder: Path, pages: Iterable[int], chance: random.Random | None = None) -> None:
    """One byte of each page is another."""
    whole = bytearray((folder / DATABASE).read_bytes())
    for page in pages:
        whole[(page - 1) * PAGE_BYTES + (chance.randrange(PAGE_BYTES) if chance else 2000)] ^= 0x55
    (folder / DATABASE).write_bytes(whole)


def pages_of(folder: Path, table: str) -> list[int]:
    """The pages that the tree of a table is made of, its root first."""
    with PageFile(folder / DATABASE, key_of(folder)) as pages:
        carver = Carver(pages)
        listed = {one.name: one.root for one in carver.catalogue()}
        asked: list[int] = []
        whole = pages.read

        def read(number: int) -> bytes | None:
            asked.append(number)
            return whole(number)

        pages.read = read  # type: ignore[method-assign]
        list(carver.rows(listed[table]))
        return list(dict.fromkeys(asked))


def saved(world: World, name: str, to: str = "saved") -> Salvaged:
    """The salvage of a closed vault; the new one opens under the name `to` and is sound."""
    world.close(name, to)
    shutil.rmtree(world.folder / to, ignore_errors=True)
    found = salvage(world.folder / name, PASSPHRASE, world.folder / to, files=FILES, clock=world.clock)
    assert check_integrity(world[to]).damage == ()
    return found


def fill(world: World, n: int = 60) -> None:
    """Records with an attachment, changes and a deletion in the county; what came first is known to the city."""
    records = [world.add(A, summary=f"第{k}件" + "甲" * 40) for k in range(n)]
    paper = world.folder / "证据.bin"
    paper.write_bytes(random.Random(3).randbytes(300_000))
    attach_file(world[A], records[0], paper, field="files")
    world.meet(A)
    for k, record in enumerate(records[::2]):
        edit_record(world[A], record, {"n_people": k})
    delete_record(world[A], records[-1])
    world.close()
    shutil.rmtree(world.stick)


@pytest.fixture(scope="session")
def filled_template(world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled world as it is made once."""
    made = open_world(world_template, tmp_path_factory.mktemp("repair") / "template")
    fill(made)
    return made.folder


@pytest.fixture
def world(filled_template: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of the filled world; at its end every vault that is open must be sound."""
    found = open_world(filled_template, tmp_path / "world")
    found.clock.at += timedelta(hours=1)
    yield found
    found.check()
    found.close()


@pytest.fixture
def records(world: World) -> list[str]:
    """The disputes in the order in which they were entered."""
    found = sorted(content(world[A]))
    world.close(A)
    return found


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value.code


# --- S01 ------------------------------------------------------------------------------------------


def test_s01_whole_vault(world: World, records: list[str]) -> None:
    before = content(world[A])
    world.close(A)
    files = {one.name: one.read_bytes() for one in (world.folder / A).iterdir() if one.is_file()}
    found = saved(world, A)
    assert content(world["saved"]) == before
    assert (found.lost, found.lost_files, found.n_waiting, found.n_written_anew) == ((), (), 0, 0)
    assert (found.n_unreadable, found.n_records, found.n_attachments, found.is_end_known) == (0, 60, 1, True)
    assert [one.title for one in search(world["saved"], "第7件")] == ["第7件" + "甲" * 40]
    assert world["saved"].owner.instance != world[A].owner.instance
    world.close(A)
    assert {one.name: one.read_bytes() for one in (world.folder / A).iterdir() if one.is_file()} == files


# --- S02 ------------------------------------------------------------------------------------------


def still_readable(folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """What the database itself reads, row by row: revisions, and the heads of disputes."""
    engine = open_engine(folder / DATABASE, key_of(folder))
    revisions: dict[str, bytes] = {}
    heads: dict[str, str] = {}
    for n in range(1, 130):
        with suppress(Exception), engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, body FROM revision WHERE rev = ?", (1 << tables.SEQ_BITS | n,)
            )
            revisions.update({row[0]: row[1] for row in rows})
        with suppress(Exception), engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT id, head FROM ledger_dispute WHERE rowid = ?", (n,))
            heads.update({row[0]: row[1] for row in rows})
    engine.dispose()
    return revisions, heads


@pytest.mark.long
def test_s02_random_pages(world: World, sweep: Sweep) -> None:
    """Noticed, never a crash, and what is readable is saved."""
    before = content(world[A])
    whole = still_readable(world.folder / A)[0]
    world.close(A)
    n_pages = (world.folder / A / DATABASE).stat().st_size // PAGE_BYTES
    vital = {1, *pages_of(world.folder / A, "meta")}
    chance = random.Random(11)
    for round_ in range(sweep(6, 1000)):
        world.copy(A, "broken")
        folder = world.folder / "broken"
        pages = chance.sample(range(1, n_pages + 1), chance.choice((1, 2, 5, 20)))
        break_pages(folder, pages, chance)
        assert noticed(folder, world), (round_, pages)
        revisions, heads = still_readable(folder)
        for one in folder.glob(f"{DATABASE}-*"):
            one.unlink()
        code = code_of(lambda: saved(world, "broken"))
        if code:  # whose vault it is stood on a broken page, and there is no backup
            assert (code, bool(vital & set(pages))) == ("vault.beyond_repair", True), (round_, pages)
            continue
        r = tables.revision.c
        with world["saved"].read() as connection:
            query = tables.revision.select().with_only_columns(r.id, r.body)
            there = {row.id: row.body for row in connection.execute(query)}
        assert revisions.items() <= there.items(), (round_, pages)
        assert {one for one, body in there.items() if one in whole and body != whole[one]} == set(), "another content"
        after = content(world["saved"])
        for record, row in heads.items():
            assert record in after, (round_, pages, record)
            assert after[record][3:5] == before[record][3:5], (round_, pages, row)


def noticed(folder: Path, world: World) -> bool:
    """Whether opening or checking a vault tells that it is damaged."""
    try:
        vault = open_vault(folder, PASSPHRASE, FILES, world.clock)
    except VaultError:
        return True
    try:
        return bool(check_integrity(vault).damage)
    except VaultError:
        return True
    finally:
        vault.close()


# --- S03 ------------------------------------------------------------------------------------------


def test_s03_backup_fills_in(world: World, records: list[str]) -> None:
    back_up(world[A])
    later = [world.add(A, summary=f"备份之后{n}") for n in range(30)]
    world.close(A)
    leaves = pages_of(world.folder / A, "revision")[1:]
    break_pages(world.folder / A, leaves[:4])
    found = saved(world, A)
    assert found.backup is not None
    assert found.n_from_backup > 10
    assert (found.lost, found.n_waiting) == ((), 0)
    assert set(content(world["saved"])) >= {*records, *later}


def test_s03_undone_import_stays_undone(world: World) -> None:
    world.shared()
    world.add(A, summary="撤销的一件")
    world.up(A)
    undo_last_import(world.city)
    before = content(world.city)
    world.close(CITY)
    break_pages(world.folder / CITY, pages_of(world.folder / CITY, "ledger_employer"))
    found = saved(world, CITY)
    assert found.backup is not None, "it has the import that was undone"
    assert content(world["saved"]) == before
    assert found.lost == ()


# --- S04 ------------------------------------------------------------------------------------------


def meet(world: World, name: str, city: str) -> None:
    """Packages both ways until neither side has anything new for the other."""
    for _ in range(3):
        world.take(city, world.package(name, city))
        world.take(name, world.package(city, name))


@pytest.mark.parametrize("at", [1, 2, -1])
def test_s04_county_goes_on(world: World, records: list[str], at: int) -> None:
    before = content(world[A])
    world.close(A)
    leaves = pages_of(world.folder / A, "revision")
    break_pages(world.folder / A, [leaves[at]])
    found = saved(world, A)
    assert found.lost
    edit_record(world["saved"], records[3], {"summary": "修复之后"})
    meet(world, "saved", CITY)
    after = content(world.city, A)
    assert after == content(world["saved"])
    for record in before:
        if record != records[3]:
            assert after[record][3:5] == before[record][3:5]
    assert value(world.city, records[3], "summary") == "修复之后"
    assert check_integrity(world["saved"]).damage == check_integrity(world.city).damage == ()
    world.close(A)


@pytest.mark.parametrize("at", [1, -2])
def test_s04_city_goes_on(world: World, records: list[str], at: int) -> None:
    world.up(A)
    world.shared(B, summary="另一个县")
    edit_record(world.city, records[5], {"summary": "市改"})
    before = content(world.city)
    world.close(CITY)
    leaves = pages_of(world.folder / CITY, "revision")
    break_pages(world.folder / CITY, leaves[at:][:2])
    found = saved(world, CITY)
    assert found.lost
    world.close(CITY)
    with suppress(KnownError):  # the county's chain goes on where ours ends: first the receipt, as after a restore
        world.take("saved", world.package(A, "saved"))
    from desktop_app.actions.exporting import export  # noqa: PLC0415 only here

    out = world.stick / "all"
    out.mkdir()
    for one in export(world["saved"], out, everyone=True):
        if one.recipient == A:
            world.take(A, one.file)
    meet(world, A, "saved")
    after = content(world["saved"])
    assert content(world[A]) == content(world["saved"], A)
    both = conflicts(world["saved"]).get((records[5], "summary"), [])
    assert value(world["saved"], records[5], "summary") == "市改" or (CITY, "市改") in both
    for record, row in before.items():
        assert record == records[5] or after[record][3:5] == row[3:5]
    world.close(CITY)


# --- S05, S06 -------------------------------------------------------------------------------------


def test_s05_salt_is_lost(world: World) -> None:
    before = content(world[A])
    world.close(A)
    whole = (world.folder / A / DATABASE).read_bytes()
    (world.folder / A / DATABASE).write_bytes(bytes(16) + whole[16:])
    assert saved(world, A).lost == ()
    assert content(world["saved"]) == before


def test_s05_slots_come_from_the_backup(world: World, records: list[str]) -> None:
    back_up(world[A])
    world.close(A)
    (world.folder / A / SLOTS).write_bytes(b"{")
    assert saved(world, A).n_records == 60


@pytest.mark.parametrize("has_backup", [False, True])
def test_s05_catalogue_is_lost(world: World, has_backup: bool) -> None:
    """Without it the rows are known by their shape."""
    before = content(world[A])
    if has_backup:
        back_up(world[A])
    world.close(A)
    break_pages(world.folder / A, [1])
    found = saved(world, A)
    assert (found.lost, found.n_waiting) == ((), 0)
    assert content(world["saved"]) == before


def test_s05_ends_of_streams_are_lost(world: World, records: list[str]) -> None:
    before = content(world[A])
    world.close(A)
    break_pages(world.folder / A, pages_of(world.folder / A, "stream"))
    found = saved(world, A)
    assert not found.is_end_known
    assert content(world["saved"]) == before
    assert found.n_records == 60


def test_s05_damage_makes_nobody_an_administrator(world: World) -> None:
    """The table of users is broken and there is no backup: everybody may look, and the recovery code decides."""
    break_pages(world.folder / A, pages_of(world.folder / A, "user"))
    saved(world, A)
    assert world["saved"].role == "reader"
    assert len(content(world["saved"])) == 60


def test_s06_log_beside_the_database(world: World) -> None:
    """As a crash leaves it: the last changes are in the log only, and a page of the database is broken."""
    last = world.add(A, summary="只在日志里")
    shutil.copytree(world.folder / A, world.folder / "crashed")
    assert (world.folder / "crashed" / f"{DATABASE}-wal").stat().st_size > 0
    before = content(world[A])
    break_pages(world.folder / "crashed", pages_of(world.folder / "crashed", "ledger_employer"))
    assert saved(world, "crashed").lost == ()
    assert content(world["saved"]) == before
    assert value(world["saved"], last, "summary") == "只在日志里"


# --- S07 ------------------------------------------------------------------------------------------


def test_s07_refused(world: World) -> None:
    folder = world.folder / A

    def attempt(secret: str = PASSPHRASE, into: str = "saved") -> str:
        return refused(lambda: salvage(folder, secret, world.folder / into, files=FILES, clock=world.clock))

    assert attempt("wrong-passphrase") == "vault.wrong_passphrase"
    assert attempt(into=CITY) == "vault.exists"
    break_pages(folder, pages_of(folder, "meta"))
    assert attempt() == "vault.beyond_repair"
    (folder / DATABASE).unlink()
    assert attempt() == "vault.not_found"
    assert not (world.folder / "saved").exists()
    assert not list(world.folder.glob("*.part"))


# --- S08 ------------------------------------------------------------------------------------------


class Stopped(Exception):
    pass


def test_s08_stopped(world: World, sweep: Sweep) -> None:
    folder = world.folder / A
    back_up(world[A])
    world.close(A)
    break_pages(folder, pages_of(folder, "revision")[1:2])
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    beside = set(world.folder.iterdir())
    told: list[tuple[int, int]] = []

    def attempt(last: int) -> None:
        told.clear()

        def tell(done: int, n_all: int) -> None:
            told.append((done, n_all))
            if len(told) == last:
                raise Stopped

        salvage(folder, PASSPHRASE, world.folder / "saved", files=FILES, clock=world.clock, tell=tell)

    attempt(0)
    dones, n_told = [done for done, _ in told], len(told)
    assert dones == sorted(dones)
    assert len({n_all for _, n_all in told}) == 1
    assert 0 < dones[-1] <= told[0][1]
    shutil.rmtree(world.folder / "saved")
    for last in sorted({1, n_told, *range(1, n_told, max(1, n_told // sweep(4, 40)))}):
        with pytest.raises(Stopped):
            attempt(last)
        assert set(world.folder.iterdir()) == beside
        assert {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()} == before


def test_s08_stopped_in_the_last_check(world: World) -> None:
    world.close(A)
    beside, told = set(world.folder.iterdir()), list[int]()

    def repair(last: int) -> None:
        told.clear()

        def tell(done: int, _: int) -> None:
            told.append(done)
            if len(told) == last:
                raise Stopped

        repair_vault(world.folder / A, PASSPHRASE, world.folder / "saved", clock=world.clock, tell=tell)

    repair(0)
    shutil.rmtree(world.folder / "saved")
    with pytest.raises(Stopped):
        repair(len(told))
    assert set(world.folder.iterdir()) == beside


def test_s08_cut_off_by_a_power_cut(world: World) -> None:
    """What a repair had made then goes at the next one; what another vault's left stays."""
    world.close(A)
    left, other = (world.folder / f"{name}-修复-20260101T000000.part" for name in (A, B))
    for one in (left, other):
        one.mkdir()
        (one / DATABASE).write_bytes(b"half")
    found = repair_vault(world.folder / A, PASSPHRASE, clock=world.clock)
    assert found.salvaged.folder.is_dir()
    assert (left.exists(), other.exists()) == (False, True)
