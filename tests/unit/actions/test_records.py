"""
What a clerk does with records: all or nothing, and told what is wrong and where.

B01 a batch is entered whole or not at all, every problem with its line
B02 references and parents have to be there
B03 child rows hang on their parent
B04 steps: only those open, with what they set and require
B05 delete and restore
B06 who may change what
"""

from typing import Any

import pytest

from desktop_app.actions.reading import check_records, show_history, show_record, show_records
from desktop_app.actions.records import (
    Given,
    add_records,
    delete_record,
    edit_record,
    restore_record,
)
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import ActionRefused, RecordInvalid, problem
from desktop_app.storage.rows import NewRow
from desktop_app.storage.streams import Line, append, find_stream
from desktop_app.storage.vault import Vault
from tests.helpers.desks import CITY, COUNTY, DISPUTE, NAMES, TODAY, House, add, add_dispute, dump, record_of


def invalid(call: Any, *args: Any, **more: Any) -> list[tuple[str, str, str]]:
    """Place, code and key of each problem."""
    with pytest.raises(RecordInvalid) as caught:
        call(*args, **more)
    assert caught.value.code == "record.invalid"
    assert all(one.place in str(caught.value) for one in caught.value.found)
    return [(one.place, one.code, one.key) for one in caught.value.found]


def refused(call: Any, *args: Any, **more: Any) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        call(*args, **more)
    return caught.value


# --- B01 ------------------------------------------------------------------------------------------


def test_b01_all_or_nothing__error(county: Vault) -> None:
    before = dump(county)
    rows: list[dict[str, object]] = [
        dict(DISPUTE),
        {**DISPUTE, "topic": "工资", "amount": "很多"},
        {**DISPUTE, "summary": ""},
        {**DISPUTE, "accepted_on": "2025-03-04"},
        {**DISPUTE, "summery": "x", "is_group": True},
    ]
    given = [Given(values, f"第 {n} 行") for n, values in enumerate(rows, 1)]
    assert invalid(add_records, county, "dispute", given) == [
        ("第 2 行", "value.choice", "topic"),
        ("第 2 行", "value.money", "amount"),
        ("第 3 行", "value.required", "summary"),
        ("第 4 行", "ledger.check", "accepted_on"),
        ("第 5 行", "value.unknown_field", "summery"),
        ("第 5 行", "value.derived", "is_group"),
    ]
    assert dump(county) == before


def test_b01_line_that_cannot_be_read__error(county: Vault) -> None:
    fault = problem("record.not_json", place="第 2 行", detail="x")
    assert invalid(add_records, county, "dispute", [Given(DISPUTE), Given({}, "第 2 行", fault)]) == [
        ("第 2 行", "record.not_json", "")
    ]


def test_b01_stops_at_the_wrong_file__error(county: Vault) -> None:
    n_read = 0

    def rows() -> Any:
        nonlocal n_read
        for n in range(10_000):
            n_read += 1
            yield Given({"x": 1}, f"第 {n} 行")

    assert len(invalid(add_records, county, "dispute", rows())) == 100
    assert n_read < 200


def test_b01_entered__ok(county: Vault) -> None:
    given = [Given({"接待日期": "2025/3/5", "主题": "欠薪", "摘要": "一", "金额": "1.5万元"}), Given(DISPUTE)]
    changes = add_records(county, "争议", given)
    assert changes.ledgers == {"dispute"}
    first, second = (record_of(county, one).values for one in changes.record_ids)
    assert (first["heard_on"], first["topic"], first["amount"]) == ("2025-03-05", "wages", 1_500_000)
    assert (second["n_people"], second["state"], second["is_counted"]) == (1, "registered", True)


def test_b01_defaults__ok(county: Vault) -> None:
    values = record_of(county, add(county, "dispute", topic="wages", summary="一")).values
    assert values["heard_on"] == TODAY


def test_b01_unknown_ledger__error(county: Vault) -> None:
    error = refused(add_records, county, "disputes", [])
    assert error.code == "record.unknown_ledger"
    assert "dispute" in str(error)


def test_b01_notes_do_not_stop__ok(county: Vault) -> None:
    changes = add_records(county, "dispute", [Given({**DISPUTE, "n_people": 1, "n_settled": 2}, "第 1 行")])
    assert [(one.code, one.level, one.key) for one in changes.notes] == [("record.explain", "explain", "n_settled")]
    assert [one.record.id for one in check_records(county)] == list(changes.record_ids)
    edit_record(county, changes.record_ids[0], {"explanation": "补录"})
    assert check_records(county) == []


# --- B02, B03 -------------------------------------------------------------------------------------


def test_b02_reference_to_nothing__error(county: Vault) -> None:
    there, gone = add(county, "employer", name="甲"), add(county, "employer", name="乙")
    delete_record(county, gone)
    rows = [
        Given({**DISPUTE, "employer": there}, "第 1 行"),
        Given({**DISPUTE, "employer": "0" * 32}, "第 2 行"),
        Given({**DISPUTE, "witnesses": [there, gone]}, "第 3 行"),
        Given({**DISPUTE, "employer": add_dispute(county)}, "第 4 行"),
    ]
    found = invalid(add_records, county, "dispute", rows)
    assert sorted(found) == [
        ("第 2 行", "value.reference_missing", "employer"),
        ("第 3 行", "value.reference_missing", "witnesses"),
        ("第 4 行", "value.reference_missing", "employer"),
    ]


def test_b02_reference_that_is_kept_is_not_asked_again__ok(county: Vault) -> None:
    there = add(county, "employer", name="甲")
    record = add_dispute(county, employer=there)
    delete_record(county, there)
    edit_record(county, record, {"summary": "二"})
    assert invalid(edit_record, county, record, {"witnesses": [there]})[0][1] == "value.reference_missing"


def test_b03_child_rows__ok(county: Vault) -> None:
    parent, other = add_dispute(county), add_dispute(county)
    rows = [add(county, "progress", parent=parent, done_on=f"2025-03-0{n}", note=f"第{n}次") for n in (7, 6)]
    add(county, "progress", parent=other, done_on="2025-03-05", note="另案")
    gone = add(county, "progress", parent=parent, done_on="2025-03-08", note="误")
    delete_record(county, gone)
    shown = show_record(county, parent)
    assert [one.id for one in shown.children["progress"]] == rows
    assert show_record(county, rows[0]).children == {}


@pytest.mark.parametrize(
    ("parent", "code"),
    [
        (None, "value.required"),
        ("0" * 32, "record.parent_missing"),
        ("x", "value.reference_id"),
        ("own", "record.parent_missing"),
    ],
)
def test_b03_parent__error(county: Vault, parent: str | None, code: str) -> None:
    dispute = add_dispute(county)
    row = add(county, "progress", parent=dispute, done_on="2025-03-05", note="进展")
    values = {"done_on": "2025-03-06", "note": "二", "parent": row if parent == "own" else parent}
    assert invalid(add_records, county, "progress", [Given(values, "第 1 行")]) == [("第 1 行", code, "parent")]


# --- B04 ------------------------------------------------------------------------------------------


def test_b04_steps__ok(county: Vault) -> None:
    record = add_dispute(county)
    assert show_record(county, record).steps == {"accept": "受理"}
    take_step(county, record, "受理", {"summary": "已受理"})
    values = record_of(county, record).values
    assert (values["state"], values["accepted_on"], values["summary"]) == ("accepted", TODAY, "已受理")
    assert (values["finish_by"], values["due_on"]) == ("2025-08-14", "2025-08-14")
    take_step(county, record, "close", {}, note="调解成功")
    values = record_of(county, record).values
    assert (values["state"], "due_on" in values) == ("closed", False)
    assert show_record(county, record).steps == {}
    events = show_history(county, record)
    assert [(one.step, one.note) for one in events] == [("", ""), ("accept", ""), ("close", "调解成功")]
    assert ("state", "accepted", "closed") in events[-1].changes


def test_b04_given_day_goes_before_the_set_one__ok(county: Vault) -> None:
    record = add_dispute(county)
    take_step(county, record, "accept", {"accepted_on": "2025-03-10"})
    assert record_of(county, record).values["accepted_on"] == "2025-03-10"


def test_b04_required_by_a_step__error(county: Vault) -> None:
    record = add_dispute(county)
    take_step(county, record, "accept", {})
    before = record_of(county, record)
    assert invalid(take_step, county, record, "close", {"accepted_on": ""}) == [("", "value.required", "accepted_on")]
    assert record_of(county, record) == before


@pytest.mark.parametrize(
    ("step", "code", "named"),
    [("close", "record.step_not_open", "受理"), ("closs", "record.unknown_step", "close"), ("", "", "")],
)
def test_b04_step__error(county: Vault, step: str, code: str, named: str) -> None:
    record = add_dispute(county)
    if step:
        error = refused(take_step, county, record, step, {})
        assert (error.code, named in str(error)) == (code, True)
    else:
        employer = add(county, "employer", name="甲")
        assert refused(take_step, county, employer, "accept", {}).code == "record.no_workflow"
    assert record_of(county, record).values["state"] == "registered"


def test_b04_state_is_not_typed__error(county: Vault) -> None:
    record = add_dispute(county)
    assert invalid(edit_record, county, record, {"state": "closed"}) == [("", "value.derived", "state")]


# --- B05, B06 -------------------------------------------------------------------------------------


def test_b05_delete_and_restore__ok(county: Vault) -> None:
    record = add_dispute(county)
    before = record_of(county, record).values
    delete_record(county, record, note="重复")
    assert record_of(county, record).is_deleted
    assert show_records(county, "dispute") == []
    restore_record(county, record)
    assert record_of(county, record).values == before
    assert len(show_records(county, "dispute")) == 1
    assert [one.note for one in show_history(county, record)] == ["", "重复", ""]


def test_b05_not_twice__error(county: Vault) -> None:
    record = add_dispute(county)
    error = refused(restore_record, county, record)
    assert error.code == "record.not_deleted"
    assert "ZY2025-0001" in str(error)
    delete_record(county, record)
    assert refused(delete_record, county, record).code == "record.deleted"
    assert refused(edit_record, county, record, {}).code == "record.deleted"
    assert refused(take_step, county, record, "accept", {}).code == "record.deleted"


def test_b06_county_changes_its_own__ok(house: House) -> None:
    record = add_dispute(house.other)
    house.carry(house.other, house.city)
    edit_record(house.city, record, {"summary": "市级更正"})
    assert record_of(house.city, record).office == house.other.owner.office


def test_b06_not_the_owner__error(house: House) -> None:
    """A record of the city's lies in a county's vault: the county reads it."""

    record = add_dispute(house.county)
    with house.county.write() as connection:
        stream = find_stream(connection, CITY, "x", CITY)
        row = record_of(house.county, record)
        head = row.heads[0]
        body = connection.exec_driver_sql("SELECT body FROM revision WHERE id = ?", (head,)).scalar_one()
        append(connection, stream, [Line("9" * 32, "8" * 32, body.replace(record.encode(), b"8" * 32))])
        house.county.rows["dispute"].put(connection, [NewRow("8" * 32, CITY, "9" * 32, 1, dict(DISPUTE))])
    for error in (
        refused(delete_record, house.county, "8" * 32),
        refused(edit_record, house.county, "8" * 32, {"summary": "x"}),
    ):
        assert error.code == "record.not_owner"
        assert NAMES[CITY] in str(error)
    assert record_of(house.county, record).office == COUNTY


def test_lists_and_masks__ok(county: Vault) -> None:
    employer = add(county, "employer", name="甲公司", phone="13912345678")
    ids = [
        add_dispute(county, heard_on=day, employer=employer, is_urgent=day.endswith("6"))
        for day in ("2025-03-05", "2025-03-06")
    ]
    assert [one.record.id for one in show_records(county, "dispute")] == ids[::-1]
    assert [one.record.id for one in show_records(county, "dispute", ["紧急=是"])] == ids[1:]
    assert [
        one.record.id for one in show_records(county, "dispute", ["employer=" + employer, "heard_on=2025-3-5"])
    ] == ids[:1]
    assert show_records(county, "dispute", ["amount="], limit=1)[0].title == "ZY2025-0002 欠薪三个月"
    assert dict(show_record(county, employer).fields)["电话"] == "1***"
    assert dict(show_record(county, ids[0]).fields)["涉事单位"] == "甲公司"
    assert refused(show_records, county, "dispute", ["紧急"]).code == "record.assignment"
    assert refused(show_records, county, "dispute", ["紧即=是"]).code == "value.unknown_field"
