"""
Records found by a few characters: exactly, at once, and whatever the index has taken in.

S01 two characters and more, across words and punctuation, whole; one character too
S02 pinyin initials, with two readings of a character
S03 a change, a deletion, a restoring and a merge are seen at once, before and after the index takes them in
S04 numbers on paper are found where the form does not name them; a private field only where it does
S05 an index that is missing is made again; a pack with other search fields finds by them
S06 what is found is what looking at every row finds
S07 the newest first, up to the limit, within the ledgers named
"""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import Given, add_records, delete_record, edit_record, restore_record
from desktop_app.actions.search import search
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.searching import stand_in, words
from desktop_app.storage.search import catch_up
from desktop_app.storage.vault import Vault
from tests.helpers.desks import DISPUTE, FILES, House, add, add_dispute, record_of, with_version


def index_all(vault: Vault) -> None:
    with vault.write() as connection:
        catch_up(connection, vault.rows, 1_000_000)


def found(vault: Vault, text: str, *ledgers: str) -> list[str]:
    return [one.record_id for one in search(vault, text, ledgers=ledgers)]


def listed(vault: Vault, text: str) -> set[str]:
    records = RecordList(vault, "dispute", text=text)
    n_rows = records.count()
    return {one.record_id for one in records.rows(0, n_rows, n_rows)}


@pytest.fixture(params=["fresh", "indexed"])
def settle(request: pytest.FixtureRequest) -> Callable[[Vault], None]:
    """Each test runs with rows that the index has not taken in, and with those it has."""
    return index_all if request.param == "indexed" else lambda _vault: None


# --- S01, S02 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "欠薪",
        "薪三",
        "欠薪三个月",
        "月",
        "欠",
        "欠薪 三个",
        "QXSG",
        "qxsgy",
        "sgy",
        "ZY2025-0001",
        "0001",
        "zy20250001",
    ],
)
def test_s01_s02_stands_in_it__ok(county: Vault, settle: Callable[[Vault], None], text: str) -> None:
    record = add_dispute(county, summary="工地：欠薪、三个月。")
    settle(county)
    assert found(county, text) == [record]
    assert listed(county, text) == {record}


@pytest.mark.parametrize("text", ["欠三", "月欠", "欠薪 工伤", "qxx", "0002", "，", ""])
def test_s01_s02_does_not_stand_in_it__ok(county: Vault, settle: Callable[[Vault], None], text: str) -> None:
    add_dispute(county, summary="工地：欠薪、三个月。")
    settle(county)
    assert found(county, text) == []
    if text.strip():
        assert listed(county, text) == set()


@pytest.mark.parametrize("text", ["zqyh", "cqyh", "zqyx", "cqyx"])
def test_s02_each_reading__ok(county: Vault, settle: Callable[[Vault], None], text: str) -> None:
    record = add_dispute(county, summary="重庆银行")
    settle(county)
    assert found(county, text) == [record]


# --- S03 ------------------------------------------------------------------------------------------


def test_s03_every_write__ok(county: Vault, settle: Callable[[Vault], None]) -> None:
    record = add_dispute(county, summary="欠薪三个月")
    settle(county)
    edit_record(county, record, {"summary": "拖欠工资"})
    assert (found(county, "欠薪"), found(county, "拖欠")) == ([], [record])
    settle(county)
    assert (found(county, "欠薪"), found(county, "拖欠")) == ([], [record])
    delete_record(county, record)
    assert found(county, "拖欠") == []
    restore_record(county, record)
    settle(county)
    assert found(county, "拖欠") == [record]


def test_s03_merged__ok(house: House, settle: Callable[[Vault], None]) -> None:
    record = add_dispute(house.county, summary="欠薪三个月")
    house.carry(house.county, house.city)
    settle(house.city)
    edit_record(house.county, record, {"summary": "拖欠工资"})
    house.carry(house.county, house.city)
    assert (found(house.city, "欠薪"), found(house.city, "tqgz")) == ([], [record])


# --- S04, S05 -------------------------------------------------------------------------------------

USCC, PHONE = "91620400MA71B8KW3T", "13911112222"
_WITH_PHONE = {
    **FILES,
    "ledgers/employer.toml": FILES["ledgers/employer.toml"].replace(
        'columns = ["name"]', 'columns = ["name"]\nsearch = ["name", "phone"]'
    ),
}


def test_s04_s05_private_only_where_named_and_masked__ok(county: Vault, settle: Callable[[Vault], None]) -> None:
    employer = add(county, "employer", name="某某建筑公司", uscc=USCC, phone=PHONE)
    settle(county)
    assert found(county, "MA71B8") == [employer]
    assert found(county, PHONE) == []
    county.adopt(with_version(_WITH_PHONE, 2), "package")
    settle(county)
    (one,) = search(county, PHONE[3:9])
    assert (one.record_id, one.snippet, one.title) == (employer, "电话：1***", "某某建筑公司")


def test_s05_made_again__ok(county: Vault) -> None:
    record = add_dispute(county, summary="欠薪三个月")
    index_all(county)
    with county.write() as connection:
        connection.exec_driver_sql("DROP TABLE search_index")
    county.ready_search()
    assert found(county, "欠薪") == [record]
    index_all(county)
    assert found(county, "qxsgy") == [record]


# --- S06, S07 -------------------------------------------------------------------------------------

_TEXTS = st.text("重庆长行工会a1－。 ", max_size=8)


@given(st.lists(_TEXTS, min_size=1, max_size=6), _TEXTS, st.integers(0, 6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_s06_as_looking_at_each__ok(county: Vault, texts: list[str], wanted: str, n_indexed: int) -> None:
    rows = [Given({**DISPUTE, "summary": f"〇{text}"}) for text in texts]
    ids = add_records(county, "dispute", rows).record_ids
    with county.write() as connection:
        catch_up(connection, county.rows, n_indexed)
    asked, numbers = words(wanted), [str(record_of(county, one).values["case_no"]) for one in ids]
    cells = zip(ids, texts, numbers, strict=True)
    by_row = {one for one, text, number in cells if asked and stand_in(asked, [f"〇{text}", number])}
    assert set(found(county, wanted)) & set(ids) == by_row
    if wanted.strip():
        assert listed(county, wanted) & set(ids) == by_row


def test_s07_newest_first__ok(county: Vault, settle: Callable[[Vault], None]) -> None:
    ids = [add_dispute(county, summary=f"欠薪 {i}") for i in range(5)]
    employer = add(county, "employer", name="欠薪公司")
    settle(county)
    assert found(county, "欠薪") == [employer, *reversed(ids)]
    assert found(county, "欠薪", "争议") == ids[::-1]
    assert [one.record_id for one in search(county, "欠薪", limit=2)] == [employer, ids[-1]]
    with pytest.raises(ActionRefused) as refused:
        search(county, "欠薪", ledgers=["没有"])
    assert refused.value.code == "record.unknown_ledger"
