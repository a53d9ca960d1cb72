"""
X01 A program that is not ours reads the database: SQLite3 Multiple Ciphers in SQLCipher 4 mode, with the raw key.
"""

from pathlib import Path

import apsw
import pytest

from desktop_app.storage import slots
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.vault import DATABASE
from tests.helpers.desks import COUNTY, PASSPHRASE, House, add, add_dispute, dump


def opened(folder: Path, key: bytes) -> apsw.Connection:
    connection = apsw.Connection(str(folder / DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", f"x'{key.hex()}'")
    return connection


def columns_of(connection: apsw.Connection, table: str) -> list[str]:
    """The columns of a table, without the number in the search index: that is no content."""
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [f'"{row[0]}"' for row in found if row[0] != "search_doc"]


def test_x01_same_rows__ok(house: House) -> None:
    record = add_dispute(house.county, summary="独立读取", facts="事实" * 3000)
    add(house.county, "progress", parent=record, done_on="2025-03-06", note="第一次")
    rows = dump(house.county)
    house.close()
    folder = house.folder / COUNTY
    key = slots.open_slot(slots.read_slots(folder / SLOTS), PASSPHRASE, folder / SLOTS).key
    there = opened(folder, key)
    names = {str(row[0]) for row in there.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"revision", "meta", "ledger_dispute"} <= rows.keys() <= names, "beside them the search index"
    for name in rows:
        columns = columns_of(there, name)
        found = there.execute(f'SELECT {", ".join(columns)} FROM "{name}"')  # noqa: S608
        assert sorted((tuple(row) for row in found), key=repr) == rows[name], name
    assert there.pragma("integrity_check") == "ok"
    there.close()
    wrong = opened(folder, bytes(32))
    with pytest.raises(apsw.NotADBError):
        wrong.execute("SELECT count(*) FROM revision")
    wrong.close()
