"""
Fields that stay in the office (`stays = true`).

Y01 their values are in no package and no revision, whatever is done with the records
Y02 in the office they are read, changed, emptied, searched for like any other, and outlive a divergence and a backup
Y03 a change of nothing else is no revision, so there is nothing to send
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop_app.actions.conflicts import decide_conflict, list_conflicts
from desktop_app.actions.desk import identity_of
from desktop_app.actions.exporting import export
from desktop_app.actions.reading import show_history
from desktop_app.actions.records import delete_record, edit_record, restore_record
from desktop_app.actions.steps import take_step
from desktop_app.storage import tables
from desktop_app.storage.backup import make_backup
from desktop_app.storage.recompute import recompute
from desktop_app.storage.restore import restore
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import read_header
from desktop_app.sync.payload import read_payload
from tests.helpers.desks import FILES, PASSPHRASE, House, add_dispute, record_of

MARKED = 'label = "事实"'
STAYING = {
    **FILES,
    "pack.toml": FILES["pack.toml"].replace("version = 1", "version = 2", 1),
    **{
        path: text.replace(MARKED, f"{MARKED}, private = true, stays = true")
        for path, text in FILES.items()
        if MARKED in text
    },
}


@pytest.fixture
def house(house: House) -> House:
    """All vaults have a form in which 事实 stays in the office."""
    for vault in (house.city, house.county, house.other):
        vault.adopt(STAYING, "program")
        assert vault.rows["dispute"].staying == {"facts"}
    return house


def sent(vault: Vault, path: Path) -> bytes:
    """What the recipient's key makes of a package."""
    bodies: list[bytes] = []
    read_payload(path, read_header(path), identity_of(vault), lambda _, body: bodies.append(body))
    return b"\n".join(bodies)


def facts(vault: Vault, record: str) -> object:
    return record_of(vault, record).values.get("facts")


def test_y01_in_no_package_and_no_revision__ok(house: House, sweep: Callable[[int, int], int]) -> None:
    for seed in range(sweep(2, 40)):
        chance, county = random.Random(seed), house.county
        records = [add_dispute(county, facts=f"秘密{seed}-新{n}", summary=f"摘要{n}") for n in range(3)]
        for n in range(12):
            record, secret = chance.choice(records), f"秘密{seed}-{n}"
            match chance.randrange(5):
                case 0:
                    edit_record(county, record, {"facts": secret})
                case 1:
                    edit_record(county, record, {"facts": secret, "n_people": n + 2})
                case 2:
                    edit_record(county, record, {"facts": ""})
                case 3:
                    delete_record(county, record)
                    restore_record(county, record)
                case _:
                    if record_of(county, record).values["state"] == "registered":
                        take_step(county, record, "accept", {"facts": secret})
        written = sent(house.city, export(county, house.stick)[0].file).decode()
        assert "摘要1" in written
        assert "秘密" not in written
        with county.read() as connection:
            bodies = connection.execute(select(tables.revision.c.body)).scalars().all()
        assert not any("秘密".encode() in body for body in bodies)


def test_y01_the_city_sees_none__ok(house: House) -> None:
    record = add_dispute(house.county, facts="只留本单位")
    house.carry(house.county, house.city)
    assert facts(house.city, record) is None
    edit_record(house.city, record, {"facts": "市里自己记的", "n_people": 7})
    house.carry(house.city, house.county)
    assert (facts(house.county, record), record_of(house.county, record).values["n_people"]) == ("只留本单位", 7)
    assert facts(house.city, record) == "市里自己记的"


def test_y02_changed_and_emptied__ok(house: House) -> None:
    county = house.county
    record = add_dispute(county, facts="一")
    edit_record(county, record, {"facts": "二"})
    assert facts(county, record) == "二"
    edit_record(county, record, {"facts": ""})
    assert facts(county, record) is None
    with county.write() as connection:
        recompute(connection, county.rows["dispute"], record)
    assert facts(county, record) is None
    assert "事实" not in str(show_history(county, record))


def test_y02_outlives_a_conflict__ok(house: House) -> None:
    record = add_dispute(house.county, facts="只留本单位", n_people=1)
    house.carry(house.county, house.city)
    edit_record(house.county, record, {"n_people": 2})
    edit_record(house.city, record, {"n_people": 3})
    house.carry(house.city, house.county)
    assert record_of(house.county, record).n_conflicts == 1
    assert facts(house.county, record) == "只留本单位"
    chosen = list_conflicts(house.county)[0].choices[0].revision
    decide_conflict(house.county, record, "n_people", chosen)
    assert (record_of(house.county, record).n_conflicts, facts(house.county, record)) == (0, "只留本单位")


def test_y02_in_a_backup__ok(house: House) -> None:
    county = house.county
    record = add_dispute(county, facts="只留本单位")
    backup = make_backup(county, "on-demand")
    edit_record(county, record, {"facts": "后来"})
    house.close()
    restore(county.folder, backup, PASSPHRASE, house.clock, "administer")
    vault = open_vault(county.folder, PASSPHRASE, STAYING, house.clock)
    assert facts(vault, record) == "只留本单位"
    vault.close()


def test_y03_no_revision__ok(house: House) -> None:
    record = add_dispute(house.county)
    n = len(show_history(house.county, record))
    changes = edit_record(house.county, record, {"facts": "只留本单位"})
    assert changes.record_ids == (record,)
    assert len(show_history(house.county, record)) == n
    edit_record(house.county, record, {"facts": "只留本单位", "n_people": 4})
    assert len(show_history(house.county, record)) == n + 1
