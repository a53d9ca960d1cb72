"""
Who may open a vault and what for.

X01 a user is added, given another role, disabled, let in again; only by an administrator, who cannot be the last to go
X02 one's own passphrase: one slot is written anew and no byte of the database
X03 wrong passphrases slow down their own user, remembered across restarts, and never for long
X04 failed log-ins, log-ins and changes of users are in the audit
X05 a slot that costs this PC too little is made harder at the log-in
X06 a code opens as administrator, and whose passphrase it was is not pretended
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.actions import desk as desk_actions
from desktop_app.actions.desk import make_desk, open_desk
from desktop_app.actions.users import (
    add_user,
    change_passphrase,
    disable_user,
    list_users,
    reset_passphrase,
    roles_for,
    set_role,
)
from desktop_app.base.clock import SetClock
from desktop_app.base.errors import KnownError
from desktop_app.storage import slots
from desktop_app.storage.audit import read_audit
from desktop_app.storage.door import DOOR, FIRST, FREE, LONGEST
from desktop_app.storage.packages import Office
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import LIGHT, Cost, read_slots
from desktop_app.storage.users import User
from desktop_app.storage.vault import DATABASE, Vault
from tests.helpers.desks import CITY, FILES, NAMES, PASSPHRASE, House, new_desk

OTHER, NEW = "other-passphrase", "new-passphrase-1"


class Desk:
    """A city's vault that is opened and closed like a program does it."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.folder = folder
        self.clock = clock
        vault, self.code = make_desk(new_desk(folder, clock), Office(CITY, NAMES[CITY], "city"), FILES)
        vault.close()
        self.vault: Vault | None = None

    def open(self, secret: str = PASSPHRASE, user: str = "") -> Vault:
        self.close()
        self.vault = open_desk(self.folder, secret, user=user, clock=self.clock)
        return self.vault

    def close(self) -> None:
        if self.vault is not None:
            self.vault.close()
            self.vault = None

    def refusal(self, secret: str, user: str = "") -> str:
        with pytest.raises(KnownError) as caught:
            self.open(secret, user)
        return caught.value.code

    def lines(self) -> list[tuple[str, str, dict[str, str]]]:
        assert self.vault is not None
        with self.vault.read() as connection:
            return [(one.what, one.actor, one.detail) for one in reversed(read_audit(connection))]


@pytest.fixture
def desk(tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A closed vault with one administrator, and a program that comes with the small pack."""
    monkeypatch.setattr(desk_actions, "read_files", lambda _: FILES)
    made = Desk(tmp_path / "vault", clock)
    yield made
    made.close()


def code_of(call: object) -> str:
    with pytest.raises(KnownError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


# --- X01 ------------------------------------------------------------------------------------------


def test_x01_added_user_enters_with_a_role__ok(desk: Desk) -> None:
    add_user(desk.open(), " 王小红 ", "录入", OTHER)
    vault = desk.open(OTHER)
    assert (vault.actor, vault.role) == ("王小红", "entry")
    assert [(one.user.name, one.user.role, one.has_passphrase) for one in list_users(vault)] == [
        ("王小红", "entry", True),
        ("经办人", "administrator", True),
    ]
    assert code_of(lambda: add_user(vault, "李四", "entry", OTHER)) == "role.not_allowed"
    assert code_of(lambda: set_role(vault, "王小红", "administrator")) == "role.not_allowed"
    assert code_of(lambda: reset_passphrase(vault, "经办人", OTHER)) == "role.not_allowed"
    assert code_of(lambda: disable_user(vault, "经办人")) == "role.not_allowed"


def test_x01_role_holds_from_the_next_log_in__ok(desk: Desk) -> None:
    vault = desk.open()
    add_user(vault, "王小红", "entry", OTHER)
    set_role(vault, "王小红", "只读")
    assert desk.open(OTHER, "王小红").role == "reader"


@pytest.mark.parametrize(
    ("name", "role", "passphrase", "code"),
    [
        ("经办人", "entry", OTHER, "user.exists"),
        ("  ", "entry", OTHER, "user.bad_name"),
        ("长" * 21, "entry", OTHER, "user.bad_name"),
        ("恢复码", "entry", OTHER, "user.bad_name"),
        ("王\n红", "entry", OTHER, "user.bad_name"),
        ("王小红", "boss", OTHER, "user.bad_role"),
        ("王小红", "entry", "short", "vault.short_passphrase"),
    ],
)
def test_x01_refused_and_nothing_written__error(desk: Desk, name: str, role: str, passphrase: str, code: str) -> None:
    vault = desk.open()
    before = (desk.folder / SLOTS).read_bytes()
    assert code_of(lambda: add_user(vault, name, role, passphrase)) == code
    assert ((desk.folder / SLOTS).read_bytes(), len(list_users(vault))) == (before, 1)


def test_x01_county_has_no_city_role__error(house: House) -> None:
    assert "city" not in roles_for(house.county)
    assert "city" in roles_for(house.city)
    assert code_of(lambda: add_user(house.county, "王小红", "city", OTHER)) == "user.bad_role"


def test_x01_disabled_user_stays_out_and_may_return__ok(desk: Desk) -> None:
    vault = desk.open()
    add_user(vault, "王小红", "entry", OTHER)
    disable_user(vault, "王小红")
    assert desk.refusal(OTHER) == "vault.wrong_passphrase"
    assert desk.refusal(OTHER, "王小红") == "user.unknown"
    vault = desk.open()
    assert next(one for one in list_users(vault) if not one.has_passphrase).user == User(
        "王小红", "entry", is_active=False
    )
    reset_passphrase(vault, "王小红", NEW)
    assert desk.open(NEW, "王小红").role == "entry"


def test_x01_last_administrator_stays__error(desk: Desk) -> None:
    vault = desk.open()
    add_user(vault, "王小红", "approver", OTHER)
    assert code_of(lambda: disable_user(vault, "经办人")) == "user.last_administrator"
    assert code_of(lambda: set_role(vault, "经办人", "reader")) == "user.last_administrator"
    assert code_of(lambda: disable_user(vault, "没有人")) == "user.unknown"
    set_role(vault, "王小红", "administrator")
    disable_user(vault, "经办人")
    assert desk.refusal(PASSPHRASE, "经办人") == "user.unknown"
    assert code_of(lambda: disable_user(desk.open(OTHER), "王小红")) == "user.last_administrator"


# --- X02 ------------------------------------------------------------------------------------------


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name.startswith(DATABASE)}


def test_x02_one_slot_and_no_byte_of_the_database__ok(desk: Desk) -> None:
    add_user(desk.open(), "王小红", "entry", OTHER)
    vault = desk.open(OTHER)
    before, slots_before = files_of(desk.folder), read_slots(desk.folder / SLOTS).slots
    change_passphrase(vault, OTHER, NEW)
    assert files_of(desk.folder) == before
    kept = [one for one in read_slots(desk.folder / SLOTS).slots if one in slots_before]
    assert sorted((one.kind, one.user) for one in kept) == [("passphrase", "经办人"), ("recovery", "经办人")]
    assert desk.refusal(OTHER) == "vault.wrong_passphrase"
    assert desk.open(NEW).actor == "王小红"
    assert ("passphrase_changed", "王小红", {}) in desk.lines()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("wrong-passphrase", NEW, "vault.wrong_passphrase"), (PASSPHRASE, "short", "vault.short_passphrase")],
)
def test_x02_refused_and_nothing_written__error(desk: Desk, old: str, new: str, code: str) -> None:
    vault = desk.open()
    before = (desk.folder / SLOTS).read_bytes()
    assert code_of(lambda: change_passphrase(vault, old, new)) == code
    assert (desk.folder / SLOTS).read_bytes() == before


# --- X03 ------------------------------------------------------------------------------------------


def test_x03_pauses_double_and_end__ok(desk: Desk, clock: SetClock) -> None:
    add_user(desk.open(), "王小红", "entry", OTHER)
    for _ in range(FREE):
        assert desk.refusal("wrong-passphrase", "王小红") == "vault.wrong_passphrase"
    pause = FIRST
    for _ in range(12):
        assert desk.refusal(OTHER, "王小红") == "vault.too_soon"
        clock.at += timedelta(seconds=pause - 1)
        assert desk.refusal(OTHER, "王小红") == "vault.too_soon"
        clock.at += timedelta(seconds=1)
        assert desk.refusal("wrong-passphrase", "王小红") == "vault.wrong_passphrase"
        pause = min(2 * pause, LONGEST)
    assert pause == LONGEST
    assert desk.open(PASSPHRASE, "经办人").actor == "经办人", "a colleague is not kept out"
    clock.at += timedelta(seconds=LONGEST)
    assert desk.open(OTHER, "王小红").actor == "王小红"
    assert desk.refusal("wrong-passphrase", "王小红") == "vault.wrong_passphrase", "it begins anew"
    assert desk.open(OTHER, "王小红").actor == "王小红"


def test_x03_reset_by_an_administrator_ends_the_pause__ok(desk: Desk) -> None:
    add_user(desk.open(), "王小红", "entry", OTHER)
    for _ in range(FREE):
        desk.refusal("wrong-passphrase", "王小红")
    reset_passphrase(desk.open(), "王小红", NEW)
    assert desk.open(NEW, "王小红").actor == "王小红"


@pytest.mark.parametrize("content", [b"", b"{", b'[{"what": 1}]', b"\xff\xfe"])
def test_x03_spoilt_notes_keep_nobody_out__ok(desk: Desk, content: bytes) -> None:
    (desk.folder / DOOR).write_bytes(content)
    assert desk.open().actor == "经办人"


def test_x03_clock_set_back_keeps_nobody_out__ok(desk: Desk, clock: SetClock) -> None:
    for _ in range(FREE + 3):
        desk.refusal("wrong-passphrase", "经办人")
        clock.at += timedelta(seconds=LONGEST)
    clock.at -= timedelta(days=400)
    assert desk.open(PASSPHRASE, "经办人").actor == "经办人"


# --- X04 ------------------------------------------------------------------------------------------


def test_x04_log_ins_and_changes_of_users__ok(desk: Desk) -> None:
    vault = desk.open()
    add_user(vault, "王小红", "entry", OTHER)
    desk.refusal("wrong-passphrase", "王小红")
    desk.close()
    desk.refusal("wrong-passphrase")
    desk.open()
    assert desk.lines() == [
        ("login", "经办人", {"how": ""}),
        ("user_added", "经办人", {"user": "王小红", "role": "录入"}),
        ("login_failed", "王小红", {}),
        ("login_failed", "（未选用户）", {}),
        ("login", "经办人", {"how": ""}),
    ]
    desk.open()
    assert [one[0] for one in desk.lines()].count("login_failed") == 2, "each is noted once"


# --- X05 ------------------------------------------------------------------------------------------


def test_x05_weak_slot_is_made_harder__ok(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    harder = Cost(LIGHT.memory_kib * 2, 2, 1)
    monkeypatch.setattr(slots, "calibrated_cost", lambda: harder)
    desk.open()
    by = {one.kind: one for one in read_slots(desk.folder / SLOTS).slots}
    assert (by["passphrase"].memory_kib, by["passphrase"].rounds) == (harder.memory_kib, 2)
    assert by["recovery"].rounds == LIGHT.rounds
    before = (desk.folder / SLOTS).read_bytes()
    assert desk.open().actor == "经办人"
    assert (desk.folder / SLOTS).read_bytes() == before, "it is strong enough now"


def test_x05_slot_of_another_pc_is_not_weakened__ok(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = desk.open()
    vault.put_slot("经办人", PASSPHRASE, Cost(LIGHT.memory_kib, 4, 1))
    before = (desk.folder / SLOTS).read_bytes()
    desk.open()
    assert (desk.folder / SLOTS).read_bytes() == before


# --- X06 ------------------------------------------------------------------------------------------


def test_x06_recovery_code_leads_to_a_new_passphrase__ok(desk: Desk) -> None:
    vault = desk.open(desk.code)
    assert (vault.actor, vault.role, vault.is_by_code) == ("恢复码", "administrator", True)
    assert code_of(lambda: change_passphrase(vault, desk.code, NEW)) == "user.by_code"
    reset_passphrase(vault, "经办人", NEW)
    vault = desk.open(NEW, "经办人")
    assert (vault.actor, vault.is_by_code) == ("经办人", False)
    assert desk.lines()[0] == ("login", "恢复码", {"how": "恢复码"})
    assert desk.lines()[1] == ("user_reset", "恢复码", {"user": "经办人"})
    assert desk.refusal(PASSPHRASE, "经办人") == "vault.wrong_passphrase"


def test_x06_miscopied_code_says_where__error(desk: Desk) -> None:
    wrong = ("B" if desk.code[0] != "B" else "C") + desk.code[1:]
    with pytest.raises(KnownError) as caught:
        desk.open(wrong)
    assert caught.value.code == "vault.code_typo"
    assert "第 1 组" in str(caught.value)


def test_x06_new_code_ends_the_old__ok(desk: Desk) -> None:
    code = desk.open().put_code("recovery")
    assert desk.refusal(desk.code) == "vault.wrong_passphrase"
    assert desk.open(code).is_by_code
