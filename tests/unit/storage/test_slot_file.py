"""
The file of key slots in the hands of others.

T01 any byte changed, any end cut off: the right passphrase gives the true key or a refusal, nothing else
T02 slots of another vault open nothing here, whole or one by one
T03 parameters made cheaper or unbearable are refused, and nothing is computed with them
T04 whatever JSON stands there
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.base.errors import VaultError
from desktop_app.storage import slots
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT, Slot, SlotFile
from desktop_app.storage.vault import DATABASE, open_vault
from tests.helpers.desks import CITY, COUNTY, FILES, PASSPHRASE, House

REFUSALS = {"vault.wrong_passphrase", "vault.slots_damaged", "vault.slots_weak", "vault.too_new"}
KEY = bytes(range(32))


def made(vault: str = "a" * 32) -> SlotFile:
    by_word = slots.make_slot(KEY, PASSPHRASE, kind="passphrase", user="经办人", vault=vault, cost=LIGHT)
    by_code = slots.make_slot(KEY, "CODE", kind="recovery", user="经办人", vault=vault, cost=LIGHT)
    return SlotFile(slots.SLOTS_FORMAT, vault, [by_word, by_code])


def outcome(path: Path) -> bytes | str:
    """The key, or the code of the refusal."""
    try:
        return slots.open_slot(slots.read_slots(path), PASSPHRASE, path).key
    except VaultError as error:
        return error.code


def test_t01_any_byte_changed__error(tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    path = tmp_path / SLOTS
    slots.write_slots(path, made())
    whole = path.read_bytes()
    chance = random.Random(5)
    places = sorted(chance.sample(range(len(whole)), min(len(whole), sweep(80, 10_000))))
    refused = 0
    for at in places:
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        found = outcome(path)
        assert found == KEY or found in REFUSALS, (at, found)
        refused += found != KEY
    assert refused > len(places) // 3, "the first slot is a third of the file; the rest is the code's, and spaces"


def test_t01_any_end_cut_off__error(tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    path = tmp_path / SLOTS
    slots.write_slots(path, made())
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, max(1, len(whole) // sweep(60, 10_000))):
        path.write_bytes(whole[:at])
        assert outcome(path) == "vault.slots_damaged", at


def test_t02_file_of_another_vault__error(house: House) -> None:
    """It opens with its own passphrase, and its key fits no page here."""
    house.close()
    (house.folder / COUNTY / SLOTS).write_bytes((house.folder / CITY / SLOTS).read_bytes())
    before = (house.folder / COUNTY / DATABASE).read_bytes()
    with pytest.raises(VaultError) as caught:
        open_vault(house.folder / COUNTY, PASSPHRASE, FILES, house.clock)
    assert caught.value.code == "vault.damaged"
    assert (house.folder / COUNTY / DATABASE).read_bytes() == before


def test_t02_slot_of_another_vault__error(tmp_path: Path) -> None:
    """The attacker has a vault of his own and puts his slot first."""
    mine, theirs = made("a" * 32), made("b" * 32)
    path = tmp_path / SLOTS
    slots.write_slots(path, SlotFile(1, mine.vault, [theirs.slots[0]]))
    assert outcome(path) == "vault.wrong_passphrase"
    slots.write_slots(path, SlotFile(1, theirs.vault, mine.slots))
    assert outcome(path) == "vault.wrong_passphrase"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"memory_kib": 8 * 1024 + 8}, "vault.wrong_passphrase"),
        ({"rounds": 2}, "vault.wrong_passphrase"),
        ({"lanes": 2}, "vault.wrong_passphrase"),
        ({"user": "别人"}, "vault.wrong_passphrase"),
        ({"memory_kib": 8}, "vault.slots_weak"),
        ({"memory_kib": -1}, "vault.slots_weak"),
        ({"rounds": 0}, "vault.slots_weak"),
        ({"memory_kib": 2**40}, "vault.slots_weak"),
        ({"rounds": 10**9}, "vault.slots_weak"),
        ({"lanes": 10**6}, "vault.slots_weak"),
        ({"salt": ""}, "vault.slots_damaged"),
        ({"nonce": "zz"}, "vault.slots_damaged"),
        ({"wrapped": "00"}, "vault.wrong_passphrase"),
    ],
)
def test_t03_parameters__error(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    file = made()
    path = tmp_path / SLOTS
    slots.write_slots(path, SlotFile(1, file.vault, [msgspec.structs.replace(file.slots[0], **change)]))
    assert outcome(path) == code


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_SLOT = st.fixed_dictionaries(dict.fromkeys(Slot.__struct_fields__, _JSON))
_FILE = st.fixed_dictionaries(
    {"format": st.just(1) | _JSON, "vault": _JSON, "slots": st.lists(_SLOT, max_size=2) | _JSON}
)


@settings(max_examples=40)
@given(file=_FILE | _JSON)
def test_t04_any_json__error(tmp_path_factory: pytest.TempPathFactory, file: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any.keys"
    path.write_bytes(msgspec.json.encode(file))
    assert outcome(path) in REFUSALS
