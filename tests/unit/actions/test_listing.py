"""
How long a list is.

G01 counted anew after every write, whatever the list is narrowed to
G02 counted once while nothing is written, in whatever order
"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from desktop_app.actions.listing import RecordList
from desktop_app.actions.records import delete_record
from desktop_app.storage.listing import Listing
from desktop_app.storage.vault import Vault
from tests.helpers.desks import add_dispute


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


def test_g02_once_until_then__ok(county: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    add_dispute(county)
    asked = list[Listing]()
    usual = Listing.count

    def count(one: Listing, connection: Connection) -> int:
        asked.append(one)
        return usual(one, connection)

    monkeypatch.setattr(Listing, "count", count)
    assert [RecordList(county, "dispute", sort=key).count() for key in ("", "heard_on", "-heard_on")] == [1, 1, 1]
    assert len(asked) == 1
