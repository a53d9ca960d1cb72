"""
A vault grows with its parameter pack and loses nothing.

F01 a field more: old rows keep their values and gain a column
F02 a value under an unknown field, or of an unknown ledger, waits in its revision and appears
F03 derived values follow the new pack for every row
F04 which pack stays in force: the newer; under one number what the city published, then what came first
F05 a pack with faults changes nothing
"""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from desktop_app.actions.records import edit_record
from desktop_app.base.errors import FormsInvalid
from desktop_app.schema.clauses import Frame
from desktop_app.schema.load import pack_digest
from desktop_app.storage import tables
from desktop_app.storage.lists import list_records
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.vault import DATABASE, Vault, open_vault
from tests.helpers.desks import (
    DISPUTE_TOML,
    FILES,
    PASSPHRASE,
    PROGRESS_TOML,
    House,
    add,
    add_dispute,
    record_of,
    with_version,
)

GROWN = DISPUTE_TOML.replace(
    'facts = { type = "long_text", label = "事实" }',
    'facts = { type = "long_text", label = "事实" }\nlawyers = { type = "count", label = "律师数" }\n'
    'cities = { type = "choices", label = "涉及部门", choices = "partner" }',
).replace('"summary", "facts"', '"summary", "facts", "lawyers", "cities"')
GROWN_FILES = with_version(FILES, 2, ledgers__dispute=GROWN)
VISIT_TOML = PROGRESS_TOML.replace("progress", "visit").replace('child_of = "dispute"', "")
WITH_VISIT = with_version(FILES, 2, ledgers__visit=VISIT_TOML)


def in_force(vault: Vault) -> tuple[int, str]:
    with vault.read() as connection:
        f = tables.forms.c
        row = connection.execute(select(f.version, f.digest).order_by(f.version.desc()).limit(1)).one()
    assert (vault.pack.version, vault.pack.digest) == tuple(row)
    return row.version, row.digest


def write_unknown(vault: Vault, record: str, fields: Mapping[str, object]) -> None:
    """A change as a newer program would have sent it."""
    with vault.write() as connection:
        Writing(vault, connection).change(find_record(vault, connection, record), fields)


# --- F01, F02, F03 --------------------------------------------------------------------------------


def test_f01_new_field__ok(county: Vault) -> None:
    record = add_dispute(county, n_people=7, facts="事实", partners=["court"])
    before = record_of(county, record)
    county.adopt(GROWN_FILES, "package")
    assert record_of(county, record) == before
    edit_record(county, record, {"lawyers": 2, "cities": "法院、人社"})
    assert record_of(county, record).values["cities"] == ["court", "bureau"]
    assert record_of(county, add_dispute(county, lawyers=4)).values["lawyers"] == 4


def test_f01_survives_closing__ok(house: House) -> None:
    record = add_dispute(house.county)
    house.county.adopt(GROWN_FILES, "package")
    edit_record(house.county, record, {"lawyers": 2})
    house.close()
    assert house.county.pack.version == 2  # the program's own pack is older and stays out
    assert record_of(house.county, record).values["lawyers"] == 2


def test_f01_a_record_remembers_its_pack__ok(county: Vault) -> None:
    old = add_dispute(county)
    county.adopt(GROWN_FILES, "package")
    assert (record_of(county, old).pack, record_of(county, add_dispute(county)).pack) == (1, 2)


def test_f01_adopted_again__ok(county: Vault) -> None:
    """Columns that are there already are no fault."""
    county.adopt(GROWN_FILES, "package")
    county.adopt(with_version(FILES, 3), "package")
    county.adopt(with_version(FILES, 4, ledgers__dispute=GROWN), "package")
    assert record_of(county, add_dispute(county, lawyers=1)).values["lawyers"] == 1


def test_f02_unknown_field_waits__ok(county: Vault) -> None:
    record, other = add_dispute(county), add_dispute(county)
    write_unknown(county, record, {"lawyers": 3, "cities": ["court"], "summary": "新摘要"})
    write_unknown(county, record, {"facts": "此后"})
    values = record_of(county, record).values
    assert ("lawyers" in values, values["summary"]) == (False, "新摘要")
    county.adopt(GROWN_FILES, "package")
    values = record_of(county, record).values
    assert (values["lawyers"], values["cities"], values["facts"]) == (3, ["court"], "此后")
    assert "lawyers" not in record_of(county, other).values
    assert values["case_no"] == "ZY2025-0001"


def test_f02_unknown_field_in_a_package__ok(house: House) -> None:
    house.county.adopt(GROWN_FILES, "package")
    record = add_dispute(house.county, lawyers=5)
    house.carry(house.county, house.city)
    assert "lawyers" not in record_of(house.city, record).values
    house.city.adopt(GROWN_FILES, "package")
    assert record_of(house.city, record).values == record_of(house.county, record).values
    assert record_of(house.city, record).values["lawyers"] == 5


def test_f02_unknown_ledger_in_a_package__ok(house: House) -> None:
    house.county.adopt(WITH_VISIT, "package")
    record = add(house.county, "visit", done_on="2025-03-01", note="走访")
    edit_record(house.county, record, {"note": "走访两次"})
    done = house.carry(house.county, house.city)
    assert done.ledgers == {"visit": {"held": 1}}
    house.city.adopt(WITH_VISIT, "package")
    assert record_of(house.city, record) == record_of(house.county, record)
    with house.city.read() as connection:
        assert len(list_records(house.city, connection, "visit", frame=Frame(today=""))) == 1
        assert connection.execute(select(tables.held)).all() == []


def test_f02_still_unknown_keeps_waiting__ok(house: House) -> None:
    house.county.adopt(WITH_VISIT, "package")
    record = add(house.county, "visit", done_on="2025-03-01", note="走访")
    house.carry(house.county, house.city)
    house.city.adopt(GROWN_FILES, "package")
    house.city.adopt(with_version(WITH_VISIT, 2) | {"pack.toml": with_version(FILES, 3)["pack.toml"]}, "package")
    assert record_of(house.city, record).values["note"] == "走访"


def test_f03_derived_again__ok(county: Vault) -> None:
    records = [add_dispute(county, n_people=n) for n in (2, 4, 6)]
    changed = DISPUTE_TOML.replace('field = "n_people", min = 5', 'field = "n_people", min = 3')
    assert [record_of(county, one).values["is_group"] for one in records] == [False, False, True]
    county.adopt(with_version(FILES, 2, ledgers__dispute=changed), "package")
    assert [record_of(county, one).values["is_group"] for one in records] == [False, True, True]


# --- F04, F05 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "comes", "is_taken"),
    [
        ((2, "package"), (3, "program"), True),
        ((2, "package"), (3, "package"), True),
        ((2, "program"), (1, "program"), False),
        ((2, "program"), (1, "package"), False),
        ((2, "program"), (2, "program"), True),
        ((2, "program"), (2, "package"), False),
        ((2, "package"), (2, "program"), False),
        ((2, "package"), (2, "package"), False),
    ],
)
def test_f04_precedence(county: Vault, here: tuple[int, str], comes: tuple[int, str], is_taken: bool) -> None:
    first = with_version(FILES, here[0])
    second = with_version(FILES, comes[0], ledgers__dispute=GROWN)
    county.adopt(first, here[1])
    assert in_force(county) == (here[0], pack_digest(first))
    county.adopt(second, comes[1])
    assert in_force(county) == ((comes[0], pack_digest(second)) if is_taken else (here[0], pack_digest(first)))


def test_f04_program_brings_a_newer_pack__ok(house: House) -> None:
    add_dispute(house.county)
    folder = house.county.folder
    house.close()
    vault = open_vault(folder, PASSPHRASE, GROWN_FILES, house.clock)
    assert in_force(vault)[0] == 2
    assert record_of(vault, add_dispute(vault, lawyers=1)).values["case_no"] == "ZY2025-0002"
    vault.close()


def test_f04_what_the_city_sent_with_the_enrolment_stays__ok(house: House) -> None:
    """The county's first pack came from the city, so the program's own of the same number does not replace it."""
    folder = house.county.folder
    house.close()
    vault = open_vault(folder, PASSPHRASE, {**FILES, "ledgers/dispute.toml": GROWN}, house.clock)
    digest = vault.pack.digest
    vault.close()
    assert digest == pack_digest(FILES)


def test_f05_faulty_pack__error(county: Vault) -> None:
    before = in_force(county)
    with pytest.raises(FormsInvalid) as caught:
        county.adopt(with_version(FILES, 2, ledgers__dispute=DISPUTE_TOML.replace('"topic"', '"topics"')), "package")
    assert caught.value.code == "form.invalid"
    assert "ledgers/dispute.toml" in str(caught.value)
    assert in_force(county) == before
    add_dispute(county)


@pytest.mark.parametrize("text", ['schema = 1\nversion = 1\n[groups]\ndaily = "日常"\nroster = "名册"', ""])
def test_f05_faulty_pack_of_the_program__error(house: House, text: str) -> None:
    folder = house.county.folder
    house.close()
    with pytest.raises(FormsInvalid):
        open_vault(folder, PASSPHRASE, {**FILES, "pack.toml": text}, house.clock)
    assert (folder / DATABASE).exists()
    assert house.county.pack.version == 1
