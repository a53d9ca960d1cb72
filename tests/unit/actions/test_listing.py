"""
How long a list is.

G01 counted anew after every write, whatever the list is narrowed to
G02 counted once while nothing is written, in whatever order
G03 a list without conditions is counted anew only when a record came, went, was deleted or restored
"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from desktop_app.actions.importing import undo_last_import
from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import delete_record, edit_record, restore_record
from desktop_app.storage.listing import Listing
from desktop_app.storage.vault import Vault
from tests.helpers.desks import House, add_dispute


def counts(vault: Vault) -> tuple[int, int, int]:
    """Of all, of those with one topic, of the deleted ones."""
    lists = (
        RecordList(vault, "dispute"),
        RecordList(vault, "dispute", where={"topic": "wages"}),
        RecordList(vault, "dispute", is_deleted=True),
    )
    whole, narrow, gone = (one.count() for one in lists)
    return whole, narrow, gone


def test_g01_after_every_write__ok(county: Vault) -> None:
    assert counts(county) == (0, 0, 0)
    first = add_dispute(county)
    add_dispute(county, topic="工伤")
    assert counts(county) == (2, 1, 0)
    delete_record(county, first)
    assert counts(county) == (1, 0, 1)
    restore_record(county, first)
    assert counts(county) == (2, 1, 0)
    edit_record(county, first, {"topic": "工伤"})
    assert counts(county) == (2, 0, 0)


def test_g01_after_packages_and_their_undoing__ok(house: House) -> None:
    """A record that comes, one deleted elsewhere, and both taken back."""
    first = add_dispute(house.county)
    house.carry(house.county, house.city)
    assert counts(house.city) == (1, 1, 0)
    undo_last_import(house.city)
    assert counts(house.city) == (0, 0, 0)
    house.carry(house.county, house.city)
    add_dispute(house.county, topic="工伤")
    delete_record(house.county, first)
    house.carry(house.county, house.city)
    assert counts(house.city) == (1, 0, 1)
    undo_last_import(house.city)
    assert counts(house.city) == (1, 1, 0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Listing]:
    """The lists that were really counted."""
    found: list[Listing] = []
    usual = Listing.count

    def count(one: Listing, connection: Connection) -> int:
        found.append(one)
        return usual(one, connection)

    monkeypatch.setattr(Listing, "count", count)
    return found


def test_g02_once_until_then__ok(county: Vault, asked: list[Listing]) -> None:
    add_dispute(county)
    assert [RecordList(county, "dispute", sort=key).count() for key in ("", "heard_on", "-heard_on")] == [1, 1, 1]
    assert len(asked) == 1


def test_g03_an_edit_changes_no_size__ok(county: Vault, asked: list[Listing]) -> None:
    first = add_dispute(county)
    for n in range(3):
        edit_record(county, first, {"n_people": n + 2})
        assert counts(county) == (1, 1, 0)
    assert len(asked) == 3 + 2, "with a condition each time, the two others once"
