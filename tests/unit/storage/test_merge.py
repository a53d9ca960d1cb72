"""
The state of a record follows from the set of its revisions, however they arrive.

M01 any order of streams, cut anywhere, gives the row, the conflicts and the waiting that `resolve` gives
M02 what is here already is the same, and nothing is written twice
M03 a revision whose parents are not here waits, and is released when they come
M04 a chain that does not fit is refused
M05 nobody writes into another office's record, under whatever ledger
M06 a copied vault's chain is kept as a fork
M07 two revisions of a record under one number are refused, whatever was remembered of the numbers that are here
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from desktop_app.base.errors import PackageError
from desktop_app.domain.history import Authored, resolve
from desktop_app.domain.revision import Revision, chain, chain_start, encode_revision
from desktop_app.schema.clauses import Frame
from desktop_app.storage import tables
from desktop_app.storage.lists import list_records
from desktop_app.storage.merge import Merge, Received
from desktop_app.storage.streams import Line, append, cut, find_stream
from desktop_app.storage.vault import Vault
from tests.helpers.desks import CITY, COUNTY, OTHER, House, add_dispute, dump

RECORDS = [f"{n:032x}" for n in (1, 2)]
BASE = {"heard_on": "2025-03-05", "topic": "wages", "summary": "始", "n_people": 1}


@dataclass
class Author:
    """One vault that writes: its stream, and the revisions it knows."""

    office: str
    instance: str
    scope: str = COUNTY
    stream: list[Revision] = field(default_factory=list)
    known: dict[str, Authored] = field(default_factory=dict)

    def write(self, id_: str, record: str, fields: dict[str, Any], ledger: str = "dispute") -> Revision:
        of_record = [one for one in self.known.values() if one.revision.record == record]
        heads = resolve(of_record, self.scope).heads
        one = Revision(id_, record, ledger, fields, "甲", 0, 1, heads)
        self.stream.append(one)
        self.known[id_] = Authored(one, self.office)
        return one

    def digest(self, seq: int) -> bytes:
        found = chain_start(self.office, self.instance, self.scope)
        for one in self.stream[:seq]:
            found = chain(found, encode_revision(one))
        return found


def deliver(merge: Merge, author: Author, first: int, last: int) -> None:
    """Revisions `first` to `last` of an author's stream, as a package would bring them."""
    start = {"office": author.office, "instance": author.instance, "scope": author.scope}
    merge.begin_stream(**start, first=first, previous=author.digest(first - 1).hex())
    for one in author.stream[first - 1 : last]:
        merge.take(Received(one, encode_revision(one)))
    merge.flush()


class _Undo(Exception):
    pass


@contextmanager
def passing(vault: Vault) -> Iterator[Connection]:
    """A transaction of which nothing stays."""
    try:
        with vault.write() as connection:
            yield connection
            raise _Undo
    except _Undo:
        pass


def check(vault: Vault, connection: Connection, arrived: Sequence[Authored]) -> None:
    """Every record is what its revisions say, no more and no less."""
    rows = vault.rows["dispute"]
    loaded = rows.load(connection, RECORDS)
    conflicts = connection.execute(select(tables.conflict.c.record, tables.conflict.c.field, tables.conflict.c.choices))
    listed = {(one.record, one.field): msgspec.json.decode(one.choices) for one in conflicts}
    waiting = set(connection.execute(select(tables.held.c.record)).scalars())
    for record in RECORDS:
        state = resolve([one for one in arrived if one.revision.record == record], COUNTY)
        assert (record in waiting) == bool(state.held), "waiting"
        assert (record in loaded) == bool(state.heads), "there"
        choices = {(record, one.field): [list(pair) for pair in one.values] for one in state.conflicts}
        assert {key: value for key, value in listed.items() if key[0] == record} == choices
        if not state.heads:
            continue
        row = loaded[record]
        assert (row.heads, row.office, row.n_conflicts) == (state.heads, COUNTY, len(state.conflicts))
        assert row.is_deleted == bool(state.values.get("deleted"))
        wanted = {key: value for key, value in state.values.items() if value is not None and key != "deleted"}
        assert {key: row.values.get(key) for key in wanted} == wanted
        assert row.values.get("facts") == state.values.get("facts")


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "summary": st.sampled_from(["甲", "乙", "丙"]),
        "n_people": st.sampled_from([1, 2, 7]),
        "facts": st.sampled_from([None, "事"]),
        "deleted": st.booleans(),
    },
).filter(bool)


@st.composite
def histories(draw: st.DrawFn) -> list[Author]:
    """Three vaults that write about the same records and see each other's work now and then."""
    authors = [Author(COUNTY, "a" * 32), Author(CITY, "b" * 32), Author(COUNTY, "c" * 32)]
    order = draw(st.permutations(range(1, 40)))
    ids = iter(f"{n:032x}" for n in order)
    for record in RECORDS:
        authors[0].write(next(ids), record, dict(BASE))
    for _ in range(draw(st.integers(1, 9))):
        author = authors[draw(st.integers(0, 2))]
        if draw(st.booleans()):
            author.known.update(authors[draw(st.integers(0, 2))].known)
        record = draw(st.sampled_from(RECORDS))
        if any(one.revision.record == record for one in author.known.values()):
            author.write(next(ids), record, draw(FIELDS))
    return authors


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.data())
def test_m01_any_order__ok(city: Vault, authors: list[Author], data: st.DataObject) -> None:
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        done = [0, 0, 0]
        arrived: list[Authored] = []
        while any(n < len(one.stream) for n, one in zip(done, authors, strict=True)):
            open_ones = [i for i, one in enumerate(authors) if done[i] < len(one.stream)]
            i = data.draw(st.sampled_from(open_ones))
            author = authors[i]
            last = data.draw(st.integers(done[i] + 1, len(author.stream)))
            first = data.draw(st.integers(1, done[i] + 1))  # a package may bring again what is here
            deliver(merge, author, first, last)
            arrived += [Authored(one, author.office) for one in author.stream[done[i] : last]]
            done[i] = last
            check(city, connection, arrived)


@pytest.mark.long
def test_m01_long_histories__ok(city: Vault, sweep: Any) -> None:
    """Many revisions of many records in one go, in small batches and in one."""
    author, n = Author(COUNTY, "a" * 32), sweep(60, 3000)
    for i in range(n):
        author.write(f"{i:032x}", f"{i:032x}", dict(BASE))
    for i in range(n):
        author.write(f"{n + i:032x}", f"{i * 7 % n:032x}", {"summary": f"改{i}"})
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, author, 1, 2 * n)
        whole = city.rows["dispute"].load(connection, [f"{i:032x}" for i in range(n)])
        assert merge.counts.ledgers["dispute"]["new"] == n
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        for first in range(1, 2 * n + 1, 7):
            deliver(merge, author, first, min(first + 6, 2 * n))
        assert city.rows["dispute"].load(connection, list(whole)) == whole


# --- M02, M03, M04 --------------------------------------------------------------------------------


def test_m02_again__ok(city: Vault) -> None:
    author = Author(COUNTY, "a" * 32)
    author.write("1" * 32, RECORDS[0], dict(BASE))
    author.write("2" * 32, RECORDS[0], {"summary": "后"})
    with city.write() as connection:
        deliver(Merge(city, connection, 1, "x.ghpkg"), author, 1, 2)
    before = dump(city)
    with city.write() as connection:
        merge = Merge(city, connection, 2, "x.ghpkg")
        deliver(merge, author, 1, 2)
        deliver(merge, author, 2, 2)
    assert dump(city) == before
    assert {key: value for key, value in merge.counts.ledgers["dispute"].items() if value} == {"same": 3}


def test_m03_released_on_an_existing_record__ok(city: Vault) -> None:
    """The city's copy lacks what a correction is built on: it shows the old state until the rest comes."""
    county, there = Author(COUNTY, "a" * 32), Author(CITY, "b" * 32)
    county.write("1" * 32, RECORDS[0], dict(BASE))
    county.write("2" * 32, RECORDS[0], {"summary": "二"})
    county.write("3" * 32, RECORDS[0], {"n_people": 3})
    there.known.update(county.known)
    there.write("4" * 32, RECORDS[0], {"facts": "四"})
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, county, 1, 1)
        deliver(merge, there, 1, 1)
        row = city.rows["dispute"].load(connection, RECORDS)[RECORDS[0]]
        assert (row.values["summary"], row.values.get("facts")) == ("始", None)
        assert merge.finish().total("held") == 1
        deliver(merge, county, 2, 2)
        deliver(merge, county, 3, 3)
        row = city.rows["dispute"].load(connection, RECORDS)[RECORDS[0]]
        assert (row.values["summary"], row.values["n_people"], row.values.get("facts")) == ("二", 3, "四")
        assert connection.execute(select(tables.held)).all() == []


def test_m03_correction_before_the_record__ok(city: Vault) -> None:
    county, there = Author(COUNTY, "a" * 32), Author(CITY, "b" * 32)
    county.write("1" * 32, RECORDS[0], dict(BASE))
    there.known.update(county.known)
    there.write("4" * 32, RECORDS[0], {"facts": "四"})
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, there, 1, 1)
        assert city.rows["dispute"].load(connection, RECORDS) == {}
        deliver(merge, county, 1, 1)
        assert city.rows["dispute"].load(connection, RECORDS)[RECORDS[0]].values["facts"] == "四"
        assert connection.execute(select(tables.held)).all() == []


@pytest.mark.parametrize(("first", "previous"), [(2, None), (1, b"\0" * 32), (3, None), (0, None)])
def test_m04_chain__error(city: Vault, first: int, previous: bytes | None) -> None:
    author = Author(COUNTY, "a" * 32)
    for n in range(3):
        author.write(f"{n:032x}", RECORDS[0], dict(BASE))
    with city.write() as connection, pytest.raises(PackageError) as caught:
        Merge(city, connection, 1, "包.ghpkg").begin_stream(
            office=COUNTY,
            instance="a" * 32,
            scope=COUNTY,
            first=first,
            previous=author.digest(max(first - 1, 0)).hex() if previous is None else previous.hex(),
        )
    assert caught.value.code == "package.chain"
    assert "包.ghpkg" in str(caught.value)
    assert str(first) in str(caught.value)


# --- M05, M06 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ledger", ["dispute", "employer", "unheard_of"])
def test_m05_record_of_another_office__error(house: House, ledger: str) -> None:
    record = add_dispute(house.other)
    house.carry(house.other, house.city)
    intruder = Author(COUNTY, "a" * 32)
    intruder.write("f" * 32, record, {"summary": "冒名", "name": "冒名"}, ledger)
    with passing(house.city) as connection, pytest.raises(PackageError) as caught:
        deliver(Merge(house.city, connection, 1, "包.ghpkg"), intruder, 1, 1)
    assert caught.value.code == "package.mismatch"
    assert "包.ghpkg" in str(caught.value)


def test_m05_head_of_another_office__error(house: House) -> None:
    """It names the record's head, as its owner would: nothing is changed on that condition alone."""
    record = add_dispute(house.other)
    house.carry(house.other, house.city)
    with passing(house.city) as connection:
        (head,) = house.city.rows["dispute"].load(connection, [record])[record].heads
        line = Revision("f" * 32, record, "dispute", {"summary": "冒名"}, "甲", 0, 1, (head,))
        intruder = Author(COUNTY, "a" * 32, stream=[line])
        with pytest.raises(PackageError) as caught:
            deliver(Merge(house.city, connection, 1, "包.ghpkg"), intruder, 1, 1)
    assert caught.value.code == "package.mismatch"


@pytest.mark.parametrize(("scope", "ledger"), [(OTHER, "dispute"), (COUNTY, "employer")])
def test_m05_record_that_waits_has_its_place__error(city: Vault, scope: str, ledger: str) -> None:
    """A record of which nothing is to be seen yet belongs to the office and ledger of what waits for it."""
    first = Author(COUNTY, "a" * 32)
    first.stream.append(Revision("b" * 32, RECORDS[0], "dispute", {"facts": "早"}, "甲", 0, 1, ("9" * 32,)))
    second = Author(scope, "b" * 32, scope)
    second.stream.append(Revision("c" * 32, RECORDS[0], ledger, {"name": "后"}, "甲", 0, 1, ()))
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "包.ghpkg")
        deliver(merge, first, 1, 1)
        with pytest.raises(PackageError) as caught:
            deliver(merge, second, 1, 1)
    assert caught.value.code == "package.mismatch"


def test_m01_conflict_that_one_head_leaves_open__ok(city: Vault) -> None:
    """Both heads were seen and nothing decided; the revision after that decides."""
    county, there = Author(COUNTY, "a" * 32), Author(CITY, "b" * 32)
    county.write("1" * 32, RECORDS[0], dict(BASE))
    there.known.update(county.known)
    county.write("2" * 32, RECORDS[0], {"summary": "县"})
    there.write("3" * 32, RECORDS[0], {"summary": "市"})
    county.known.update(there.known)
    county.write("4" * 32, RECORDS[0], {"n_people": 4})
    county.write("5" * 32, RECORDS[0], {"summary": "定"})
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, county, 1, 2)
        deliver(merge, there, 1, 1)
        deliver(merge, county, 3, 3)
        assert city.rows["dispute"].load(connection, RECORDS)[RECORDS[0]].n_conflicts == 1
        deliver(Merge(city, connection, 2, "y.ghpkg"), county, 4, 4)
        check(city, connection, [*county.known.values()])


def test_m05_own_scope_only__ok(city: Vault) -> None:
    here, there = Author(COUNTY, "a" * 32), Author(OTHER, "b" * 32, OTHER)
    here.write("1" * 32, RECORDS[0], dict(BASE))
    there.write("2" * 32, RECORDS[1], dict(BASE))
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, here, 1, 1)
        deliver(merge, there, 1, 1)
        rows = city.rows["dispute"].load(connection, RECORDS)
        assert {record: row.office for record, row in rows.items()} == {RECORDS[0]: COUNTY, RECORDS[1]: OTHER}
        assert len(list_records(city, connection, "dispute", frame=Frame(today=""))) == 2


def test_m06_copied_vault__ok(city: Vault) -> None:
    """Both copies were worked in: nothing of either is lost, and later packages of both go on."""
    first = Author(COUNTY, "a" * 32)
    first.write("1" * 32, RECORDS[0], dict(BASE))
    second = Author(COUNTY, "a" * 32, stream=list(first.stream), known=dict(first.known))
    first.write("2" * 32, RECORDS[0], {"n_people": 2})
    second.write("3" * 32, RECORDS[0], {"facts": "三"})
    second.write("4" * 32, RECORDS[1], dict(BASE))
    with passing(city) as connection:
        merge = Merge(city, connection, 1, "x.ghpkg")
        deliver(merge, first, 1, 2)
        deliver(merge, second, 1, 3)
        assert merge.counts.forks == {"3" * 32}
        first.write("5" * 32, RECORDS[0], {"summary": "五"})
        second.write("6" * 32, RECORDS[1], {"summary": "六"})
        deliver(merge, first, 3, 3)
        deliver(merge, second, 4, 4)
        deliver(merge, second, 1, 4)
        rows = city.rows["dispute"].load(connection, RECORDS)
        values = rows[RECORDS[0]].values
        assert (values["n_people"], values["facts"], values["summary"]) == (2, "三", "五")
        assert rows[RECORDS[1]].values["summary"] == "六"
        check(city, connection, [*{**first.known, **second.known}.values()])


@pytest.mark.parametrize("is_cut", [True, False])
def test_m07_number_taken_behind_its_back__error(city: Vault, *, is_cut: bool) -> None:
    """An older program, an undo or a repair changes streams without a word about numbers."""
    author, forger = Author(COUNTY, "a" * 32), Author(CITY, "b" * 32)
    author.write("1" * 32, RECORDS[0], dict(BASE))
    forger.known.update(author.known)
    author.write("5" * 32, RECORDS[0], {"summary": "五"})
    with passing(city) as connection:
        deliver(Merge(city, connection, 1, "x.ghpkg"), author, 1, 2)
        stream = find_stream(connection, author.office, author.instance, COUNTY)
        if is_cut:
            cut(connection, stream, 1)
            stream = find_stream(connection, author.office, author.instance, COUNTY)
        body = encode_revision(author.write("9" * 32, RECORDS[0], {"summary": "九"}))
        append(connection, stream, [Line("9" * 32, RECORDS[0], body)])
        forger.write("9" * 32, RECORDS[0], {"summary": "伪"})
        with pytest.raises(PackageError) as caught:
            deliver(Merge(city, connection, 2, "x.ghpkg"), forger, 1, 1)
    assert caught.value.code == "package.mismatch"
