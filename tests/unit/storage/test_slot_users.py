"""
Who the log-in lists for a vault.

U01 everybody with a passphrase, by name; whoever has a code besides is there once
U02 of a file that is not there or that nobody can read, nobody
"""

from pathlib import Path

import pytest

from desktop_app.storage.slot_users import SLOTS, users_of
from desktop_app.storage.slots import LIGHT, make_slot, slot_file, write_slots


def test_u01_by_name__ok(tmp_path: Path) -> None:
    made = [("passphrase", "王经办"), ("recovery", "王经办"), ("escrow", "市总"), ("passphrase", "李主任")]
    slots = [make_slot(bytes(32), "口令口令", kind=kind, user=user, vault="v", cost=LIGHT) for kind, user in made]
    write_slots(tmp_path / SLOTS, slot_file("v", slots, "x"))
    assert users_of(tmp_path) == ["李主任", "王经办"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[1]", b"{}", b'{"slots": 1}', b'{"slots": [1]}', b"null", b"[" * 100_000],
    ids=["empty", "no_text", "list", "nothing_in_it", "no_list", "no_slot", "null", "lists_in_lists"],
)
def test_u02_damaged__error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SLOTS).write_bytes(content)
    assert users_of(tmp_path) == []


def test_u02_not_there__error(tmp_path: Path) -> None:
    assert users_of(tmp_path / "none") == []
