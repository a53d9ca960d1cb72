"""
Every write is a revision, and the tables say what the revisions say.

R01 serial numbers run on per year without a gap, also after a refused batch
R02 the chain: digests recomputed from the bodies are those stored
R03 a change writes the changed fields only, built on the heads
R04 values of every type come back as they went in
R05 a record is found by its id or the beginning of it
R06 history has parents before children
R07 what is due is found by the index of limits
"""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.actions.steps import take_step
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import ActionRefused, RecordInvalid
from desktop_app.domain.history import resolve
from desktop_app.domain.revision import chain_start, decode_revision
from desktop_app.schema.model import Pack
from desktop_app.storage import tables
from desktop_app.storage.lists import due_records
from desktop_app.storage.recompute import record_revisions
from desktop_app.storage.records import Writing, find_record, history, missing_ids
from desktop_app.storage.vault import Vault
from tests.helpers.desks import DISPUTE, House, add, add_dispute, record_of
from tests.unit.storage.values import values_for


def stored_revisions(vault: Vault) -> list[Any]:
    with vault.read() as connection:
        return list(connection.execute(tables.revision.select().order_by(tables.revision.c.rev)))


def serials(vault: Vault, *ids: str) -> list[object]:
    return [record_of(vault, one).values["case_no"] for one in ids]


# --- R01 ------------------------------------------------------------------------------------------


def test_r01_per_year_of_the_record__ok(county: Vault) -> None:
    days = ["2025-03-05", "2024-12-31", "2025-01-01", "2026-01-01", "2024-01-01"]
    ids = add_records(county, "dispute", [Given({**DISPUTE, "heard_on": day}) for day in days]).record_ids
    wanted = ["ZY2025-0001", "ZY2024-0001", "ZY2025-0002", "ZY2026-0001", "ZY2024-0002"]
    assert serials(county, *ids) == wanted
    assert serials(county, add_dispute(county)) == ["ZY2025-0003"]


def test_r01_refused_batch_leaves_no_gap__ok(county: Vault) -> None:
    add_dispute(county)
    with pytest.raises(RecordInvalid):
        add_records(county, "dispute", [Given(DISPUTE), Given({**DISPUTE, "topic": "none"})])
    assert serials(county, add_dispute(county)) == ["ZY2025-0002"]


def test_r01_failed_write_leaves_no_gap__ok(county: Vault) -> None:
    def fails(_: object) -> None:
        with county.write() as connection:
            Writing(county, connection).add("dispute", [DISPUTE])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails(None)
    assert serials(county, add_dispute(county)) == ["ZY2025-0001"]


def test_r01_given_number_stays__ok(county: Vault) -> None:
    given = add_dispute(county, case_no="旧-7")
    assert serials(county, given, add_dispute(county)) == ["旧-7", "ZY2025-0001"]


def test_r01_over_batches__ok(county: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.storage.records._BATCH", 3)
    ids = add_records(county, "dispute", [Given(DISPUTE) for _ in range(8)]).record_ids
    assert serials(county, *ids) == [f"ZY2025-{n:04}" for n in range(1, 9)]
    assert list(ids) == sorted(ids)


def test_r01_counts_on_after_closing__ok(house: House) -> None:
    add_dispute(house.county)
    house.close()
    assert serials(house.county, add_dispute(house.county)) == ["ZY2025-0002"]


# --- R02 ------------------------------------------------------------------------------------------


def test_r02_digests_follow_from_the_bodies__ok(house: House) -> None:
    county = house.county
    first = add_dispute(county)
    take_step(county, first, "accept", {})
    edit_record(county, first, {"summary": "改"}, note="更正")
    add(county, "employer", name="甲")
    owner = county.owner
    digest = chain_start(owner.office, owner.instance, owner.office)
    assert (
        digest
        == hashlib.sha256(f"union-desk/stream/1\0{owner.office}\0{owner.instance}\0{owner.office}".encode()).digest()
    )
    rows = stored_revisions(county)
    assert len(rows) == 4
    for seq, row in enumerate(rows, 1):
        digest = hashlib.sha256(digest + row.body).digest()
        assert row.digest == digest
        assert row.rev & ((1 << tables.SEQ_BITS) - 1) == seq
        assert b"\n" not in row.body
        assert (decode_revision(row.body).id, decode_revision(row.body).record) == (row.id, row.record)
    house.carry(county, house.city)
    assert [row.digest for row in stored_revisions(house.city)] == [row.digest for row in rows]


def test_r02_scopes_have_chains_of_their_own__ok(house: House) -> None:
    here, there = add_dispute(house.county), add_dispute(house.other)
    for county in (house.county, house.other):
        house.carry(county, house.city)
    for record in (here, there, here):
        edit_record(house.city, record, {"summary": f"更正{record[-6:]}{house.clock.at}"})
    with house.city.read() as connection:
        rows = connection.execute(tables.stream.select().where(tables.stream.c.office == house.city.owner.office))
        assert {row.scope: row.seq for row in rows} == {house.county.owner.office: 2, house.other.owner.office: 1}


# --- R03 ------------------------------------------------------------------------------------------


def test_r03_only_what_changed__ok(county: Vault) -> None:
    record = add_dispute(county, n_people=3)
    head = record_of(county, record).heads
    edit_record(county, record, {"n_people": 3, "summary": "新的摘要", "facts": None}, note="笔误")
    one = decode_revision(stored_revisions(county)[-1].body)
    assert (one.fields, one.parents, one.note, one.actor) == ({"summary": "新的摘要"}, head, "笔误", "经办人")


def test_r03_no_change_writes_nothing__ok(county: Vault) -> None:
    record = add_dispute(county, partners=["court"])
    n_before = len(stored_revisions(county))
    changes = edit_record(county, record, {"partners": "法院", "amount": "", "heard_on": "2025年3月5日"})
    assert changes.record_ids == ()
    assert len(stored_revisions(county)) == n_before


def test_r03_made_empty__ok(county: Vault) -> None:
    record = add_dispute(county, facts="事实", partners=["court"])
    edit_record(county, record, {"facts": "", "partners": []})
    assert decode_revision(stored_revisions(county)[-1].body).fields == {"facts": None, "partners": None}
    assert not {"facts", "partners"} & record_of(county, record).values.keys()


def test_r03_derived_follows__ok(county: Vault) -> None:
    record = add_dispute(county, n_people=6, n_settled=2)
    assert (record_of(county, record).values["n_left"], record_of(county, record).values["is_group"]) == (4, True)
    edit_record(county, record, {"n_people": 4})
    values = record_of(county, record).values
    assert (values["n_left"], values["is_group"]) == (2, False)


# --- R04 ------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_r04_values_come_back__ok(pack: Pack, county: Vault, data: st.DataObject) -> None:
    fields = [one for one in pack.ledgers["dispute"].entered if one.key not in ("state", "employer", "witnesses")]
    values = {one.key: data.draw(values_for(one), label=one.key) for one in fields}
    first = {key: value for key, value in values.items() if value is not None}
    with county.write() as connection:
        writing = Writing(county, connection)
        (record,) = writing.add("dispute", [first])
        stored = find_record(county, connection, record)
        expected = {"case_no": stored.values["case_no"], **first}
        assert {key: stored.values.get(key) for key in expected} == expected
        later = {one.key: data.draw(values_for(one)) for one in fields[:5]}
        writing.change(stored, later)
        changed = find_record(county, connection, record)
        assert {key: changed.values.get(key) for key in values} == {**dict.fromkeys(values), **expected, **later}
        state = resolve(*record_revisions(connection, record))
        assert {key: value for key, value in state.values.items() if value is not None} == {
            key: value for key, value in changed.values.items() if key in state.values
        }
        assert changed.heads == state.heads


# --- R05, R06 -------------------------------------------------------------------------------------


def test_r05_by_beginning__ok(county: Vault, clock: SetClock) -> None:
    first, second = add_dispute(county), add(county, "employer", name="甲")
    with county.read() as connection:
        assert find_record(county, connection, first).id == first
        assert find_record(county, connection, second[:30]).ledger == "employer"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (lambda id_: id_[:4], "record.ambiguous_id"),
        (lambda _: "", "record.not_found"),
        (lambda _: "zz", "record.not_found"),
        (lambda id_: id_ + "0", "record.not_found"),
        (lambda _: "%", "record.not_found"),
        (lambda _: "é", "record.not_found"),
    ],
)
def test_r05_not_one_record__error(county: Vault, start: Callable[[str], str], code: str) -> None:
    first, _ = add_dispute(county), add_dispute(county)
    with county.read() as connection, pytest.raises(ActionRefused) as caught:
        find_record(county, connection, start(first))
    assert caught.value.code == code
    assert start(first) in str(caught.value)


def test_r05_missing_ids__ok(county: Vault) -> None:
    ids = [add(county, "employer", name=f"甲{n}") for n in range(3)]
    with county.write() as connection:
        writing = Writing(county, connection)
        writing.change(find_record(county, connection, ids[0]), {"deleted": True})
        asked = [*ids, "f" * 32, *(f"{n:032x}" for n in range(1200))]
        assert missing_ids(county, connection, "employer", asked) == {*asked} - {ids[1], ids[2]}


def test_r06_parents_first__ok(house: House) -> None:
    record = add_dispute(house.county)
    house.carry(house.county, house.city)
    edit_record(house.city, record, {"summary": "市"})
    edit_record(house.county, record, {"n_people": 9})
    house.carry(house.county, house.city)
    edit_record(house.city, record, {"facts": "后"})
    with house.city.read() as connection:
        entries = history(connection, record)
    done: set[str] = set()
    for one in entries:
        assert done.issuperset(one.revision.parents)
        done.add(one.revision.id)
    assert len(entries) == 4
    assert len(entries[-1].revision.parents) == 2


# --- R07 ------------------------------------------------------------------------------------------


def test_r07_what_is_due_is_found_by_its_day(house: House) -> None:
    """Cost follows what is due, not the vault: neither all rows are walked, nor are they sorted."""
    asked: list[tuple[str, Any]] = []
    with house.county.read() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *it: asked.append((it[2], it[3])))
        due_records(house.county, connection, "dispute", until="2025-12-31", office="", limit=5)
        (statement, values) = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "ledger_dispute_due" in plan[0].detail
