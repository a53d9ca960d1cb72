"""
What a role does not allow is refused by the action itself, so that no face can forget it.

R01 every action that writes asks for the permission it is listed with here
R02 each of them refuses every role without it, and nothing else of it happens
R03 a step of a workflow asks for what its form says
R04 a role that may only look can read everything and keep its own settings
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

import desktop_app.actions
from desktop_app.actions import auditing, backups, conflicts, importing, pairing, recovery, users
from desktop_app.actions import records as acts
from desktop_app.actions.answering import note_refused
from desktop_app.actions.attaching import attach_file
from desktop_app.actions.declaring import declare_period
from desktop_app.actions.desk import write_age_identity
from desktop_app.actions.exporting import export
from desktop_app.actions.letterhead import read_letterhead, write_letterhead
from desktop_app.actions.listing import RecordList
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.publishing import publish_forms
from desktop_app.actions.returns import ReturnGiven, add_return
from desktop_app.actions.settings import read_setting, write_setting
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import KnownError, PackageError
from desktop_app.domain.roles import ALLOWED, LABELS, WHAT, Permission, Role
from desktop_app.storage.vault import Vault
from tests.helpers.desks import COUNTY, FILES, House, add_dispute, dump

NEWER = {**FILES, "pack.toml": FILES["pack.toml"].replace("version = 1", "version = 2", 1)}

WRITES: dict[str, Permission] = {
    "answering.note_refused": "exchange",
    "attaching.attach_file": "enter",
    "auditing.look_into_cut": "administer",
    "backups.back_up": "",
    "backups.set_second_place": "administer",
    "conflicts.decide_conflict": "approve",
    "conflicts.decide_conflicts": "approve",
    "declaring.declare_period": "exchange",
    "desk._let_in": "",
    "desk.write_age_identity": "administer",
    "drafts.discard_draft": "",
    "drafts.keep_draft": "",
    "excel.importing.import_workbook": "enter",
    "excel.importing.undo_last_sheet": "enter",
    "exporting._export_to": "exchange",
    "importing.import_package": "exchange",
    "importing.preview_package": "exchange",
    "importing.undo_last_import": "exchange",
    "letterhead.write_letterhead": "administer",
    "pairing._register": "direct",
    "pairing.accept_registration": "direct",
    "pairing.add_office": "direct",
    "pairing.enrol_again": "direct",
    "pairing.revoke_office": "direct",
    "printing._count": "",
    "publishing.publish_forms": "direct",
    "publishing.take_forms": "exchange",
    "records._change": "enter",
    "records._set_deleted": "enter",
    "records.add_records": "enter",
    "recovery.end_escrow": "administer",
    "recovery.new_recovery_code": "administer",
    "recovery.put_into_escrow": "administer",
    "recovery.read_escrow": "administer",
    "returns.add_returns": "direct",
    "search.index_some": "",
    "search.keep_up": "",
    "settings.write_setting": "",
    "users.add_user": "administer",
    "users.disable_user": "administer",
    "users.reset_passphrase": "administer",
    "users.set_role": "administer",
}


@dataclass(frozen=True)
class Try:
    """What the calls are given: two vaults, a county's record that both have, a folder."""

    city: Vault
    county: Vault
    record: str
    out: Path


Call = Callable[[Try], object]
CITY_CALLS: dict[str, tuple[Permission, Call]] = {
    "add_office": ("direct", lambda t: pairing.add_office(t.city, code="620499", name="某县总工会", out=t.out)),
    "enrol_again": ("direct", lambda t: pairing.enrol_again(t.city, code=COUNTY, out=t.out)),
    "revoke_office": ("direct", lambda t: pairing.revoke_office(t.city, code=COUNTY)),
    "publish_forms": ("direct", lambda t: publish_forms(t.city, NEWER, t.out)),
    "add_return": ("direct", lambda t: add_return(t.city, ReturnGiven("none", "请补充"))),
    "import": ("exchange", lambda t: importing.import_packages(t.city, [t.out / "none.ghpkg"])),
    "preview": ("exchange", lambda t: importing.preview_package(t.city, t.out / "none.ghpkg")),
    "undo": ("exchange", lambda t: importing.undo_last_import(t.city)),
    "export": ("exchange", lambda t: export(t.city, t.out, everyone=True)),
    "decide": ("approve", lambda t: conflicts.decide_conflict(t.city, t.record, "summary", "1")),
    "decide_all": ("approve", lambda t: conflicts.decide_conflicts(t.city, "shown")),
    "read_escrow": ("administer", lambda t: recovery.read_escrow(t.city, t.out / "none.escrow")),
}
COUNTY_CALLS: dict[str, tuple[Permission, Call]] = {
    "add": ("enter", lambda t: add_dispute(t.county)),
    "edit": ("enter", lambda t: acts.edit_record(t.county, t.record, {"summary": "改"})),
    "step": ("enter", lambda t: take_step(t.county, t.record, "accept", {})),
    "delete": ("enter", lambda t: acts.delete_record(t.county, t.record)),
    "restore": ("enter", lambda t: acts.restore_record(t.county, t.record)),
    "attach": ("enter", lambda t: attach_file(t.county, t.record, t.out / "none.pdf", field="files")),
    "declare": ("exchange", lambda t: declare_period(t.county, "2024", filler="甲", leader="乙")),
    "export": ("exchange", lambda t: export(t.county, t.out)),
    "letterhead": ("administer", lambda t: write_letterhead(t.county, read_letterhead(t.county))),
    "second_place": ("administer", lambda t: backups.set_second_place(t.county, t.out)),
    "keys": ("administer", lambda t: write_age_identity(t.county, t.out / "key.txt")),
    "add_user": ("administer", lambda t: users.add_user(t.county, "新人", "entry", "long-enough-1")),
    "set_role": ("administer", lambda t: users.set_role(t.county, "经办人", "administrator")),
    "disable": ("administer", lambda t: users.disable_user(t.county, "没有人")),
    "reset": ("administer", lambda t: users.reset_passphrase(t.county, "没有人", "long-enough-1")),
    "recovery": ("administer", lambda t: recovery.new_recovery_code(t.county)),
    "escrow": ("administer", lambda t: recovery.put_into_escrow(t.county)),
    "end_escrow": ("administer", lambda t: recovery.end_escrow(t.county)),
    "audit": ("administer", lambda t: auditing.audit_lines(t.county)),
}


# --- R01 ------------------------------------------------------------------------------------------


def _writes() -> Iterator[tuple[str, str]]:
    """Function and permission of each `vault.write(…)` in the actions."""
    folder = Path(desktop_app.actions.__path__[0])
    for path in sorted(folder.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "write":
                    of = call.func.value
                    if isinstance(of, ast.Name) and of.id == "vault":
                        place = ".".join(path.relative_to(folder).with_suffix("").parts)
                        yield f"{place}.{function.name}", _permission(call, place)


def _permission(call: ast.Call, place: str) -> str:
    """Of a row of the one table, or the empty one, which everybody has."""
    (given,) = call.args
    if isinstance(given, ast.Constant):
        assert given.value == "", f"{place}: not by the table"
        return ""
    assert isinstance(given, ast.Subscript), place
    assert ast.unparse(given.value) == "PERMITS", place
    assert isinstance(given.slice, ast.Constant), place
    return {str(deed): permission for deed, permission in PERMITS.items()}[str(given.slice.value)]


def test_r01_each_write_asks_for_what_is_listed() -> None:
    found: dict[str, str] = {}
    for name, permission in _writes():
        assert found.setdefault(name, permission) == permission, f"{name} asks for two"
    assert {name: one for name, one in found.items() if name in WRITES} == {
        name: one for name, one in WRITES.items() if name in found
    }
    assert set(found.values()) <= set(WHAT)


# --- R02 ------------------------------------------------------------------------------------------


def code_of(call: Callable[[], object]) -> str:
    try:
        call()
    except KnownError as error:
        return error.code
    return ""


def walk(given: Try, vault: Vault, calls: dict[str, tuple[Permission, Call]], role: Role) -> None:
    """Those that the role does not allow are tried; the others would do their work, which other tests see."""
    vault.role = role
    before, keys = dump(vault), (vault.folder / "vault.keys").read_bytes()
    for name, (permission, call) in calls.items():
        if permission not in ALLOWED[role]:
            assert code_of(partial(call, given)) == "role.not_allowed", name
    assert (dump(vault), (vault.folder / "vault.keys").read_bytes()) == (before, keys)
    assert not list(given.out.iterdir())


@pytest.fixture
def given(house: House, tmp_path: Path) -> Try:
    """A dispute of the county that the city has taken in."""
    record = add_dispute(house.county)
    house.carry(house.county, house.city)
    (tmp_path / "out").mkdir()
    return Try(house.city, house.county, record, tmp_path / "out")


@pytest.mark.parametrize("role", LABELS)
def test_r02_refused__error(given: Try, role: Role) -> None:
    walk(given, given.county, COUNTY_CALLS, role)
    walk(given, given.city, CITY_CALLS, role)


@pytest.mark.parametrize("calls", [CITY_CALLS, COUNTY_CALLS], ids=["city", "county"])
def test_r02_administrator_is_not_stopped_by_a_role__ok(given: Try, calls: dict[str, tuple[Permission, Call]]) -> None:
    for name, (_, call) in calls.items():
        assert code_of(partial(call, given)) != "role.not_allowed", name


def test_r02_note_of_a_refused_package__error(house: House) -> None:
    add_dispute(house.county)
    path = export(house.county, house.stick)[0].file
    house.city.role = "reader"
    error = PackageError("package.token", name=path.name)
    assert code_of(lambda: note_refused(house.city, path, error)) == "role.not_allowed"


# --- R03 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "is_allowed"), [("entry", False), ("approver", True), ("administrator", True)])
def test_r03_step_asks_for_what_its_form_says(house: House, role: Role, is_allowed: bool) -> None:
    vault = house.county
    record = add_dispute(vault)
    files = dict(FILES)
    name = next(one for one, text in files.items() if 'label = "受理"' in text)
    files[name] = files[name].replace('label = "受理",', 'label = "受理", permit = "approve",', 1)
    files["pack.toml"] = NEWER["pack.toml"]
    vault.adopt(files, "program")
    vault.role = role
    assert (code_of(lambda: take_step(vault, record, "受理", {})) == "role.not_allowed") is not is_allowed
    assert bool(vault.why_not("approve")) is not is_allowed


# --- R04 ------------------------------------------------------------------------------------------


def test_r04_reader_looks_and_keeps_settings__ok(house: House) -> None:
    add_dispute(house.county)
    house.county.role = "reader"
    write_setting(house.county, "looks", {"theme": "dark"})
    assert read_setting(house.county, "looks") == {"theme": "dark"}
    assert RecordList(house.county, "dispute").count() == 1
    assert backups.back_up(house.county).folder.is_dir()
