"""
The audit is only added to, and whoever changes it behind the program's back is found out.

W01 a line is there with its act or not at all, newest first, found by kind and words
W02 no line can be changed or removed through the database
W03 a changed, removed or inserted line is named, one cut off at the end too, which is said at the log-in as well
W05 each kind of line that is written, and each thing told in it, has its word
W06 an administrator's word on what was cut off ends the notice, until more is cut off or that word itself
W04 a vault of the first format gains users, roles and audit, after a copy; whoever opened it stays in charge
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from desktop_app.actions.auditing import look_into_cut, missing_line
from desktop_app.actions.backups import notices
from desktop_app.actions.excel.exporting import EXPORTED
from desktop_app.base.errors import ActionRefused, VaultError
from desktop_app.base.paths import program_dir
from desktop_app.domain.audit import DETAILS, KINDS
from desktop_app.storage import tables
from desktop_app.storage.audit import broken_line, cut_line, note, read_audit
from desktop_app.storage.door import FAILED
from desktop_app.storage.engine import read_version, write_version
from desktop_app.storage.users import User, put_user, users
from desktop_app.storage.vault import Vault, open_vault
from tests.helpers.desks import FILES, PASSPHRASE, House


def write_three(vault: Vault) -> None:
    with vault.write() as connection:
        note(vault, connection, "export", file="620402-000001-submission.ghpkg")
        note(vault, connection, "unmask", record="0198", fields="姓名")
        note(vault, connection, "export", file="620402-000002-submission.ghpkg", n="3")


def without_triggers(connection: Connection) -> None:
    for change in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_no_{change}")


def test_w01_newest_first_by_kind_and_words__ok(county: Vault) -> None:
    write_three(county)
    with county.read() as connection:
        assert [one.what for one in read_audit(connection)][:3] == ["export", "unmask", "export"]
        assert [one.detail.get("n") for one in read_audit(connection, what=["export"])] == ["3", None]
        assert [one.what for one in read_audit(connection, words="姓名")] == ["unmask"]
        assert [one.actor for one in read_audit(connection, limit=1)] == ["经办人"]
        assert broken_line(connection) == 0


def test_w01_gone_with_its_act__ok(county: Vault) -> None:
    def fail() -> None:
        with county.write() as connection:
            note(county, connection, "export", file="x")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with county.read() as connection:
        assert read_audit(connection, words="x") == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = '别人'", "DELETE FROM audit"])
def test_w02_refused_by_the_database__error(county: Vault, statement: str) -> None:
    write_three(county)
    with pytest.raises(IntegrityError), county.write() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit SET actor = '别人' WHERE id = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE id = 1", 1),
        ("""UPDATE audit SET detail = '{"n": "4"}' WHERE id = 3""", 3),
        ("DELETE FROM audit WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id > 1", 2),
        ("DELETE FROM audit", 1),
        ("INSERT INTO audit SELECT 4, at, actor, what, detail, digest FROM audit WHERE id = 1", 4),
    ],
)
def test_w03_named__error(county: Vault, statement: str, line: int) -> None:
    write_three(county)
    with county.write() as connection:
        without_triggers(connection)
        connection.exec_driver_sql(statement)
        assert broken_line(connection) == line
        is_at_end = statement.startswith("DELETE") and not statement.endswith(("id = 1", "id = 2"))
        assert cut_line(connection) == (line if is_at_end else 0)
    assert bool([one for one in notices(county) if "审计" in one]) is is_at_end
    with county.write() as connection:
        note(county, connection, "login")  # comes soon, and does not cover it up
        assert broken_line(connection) == line
        assert cut_line(connection) == (line if is_at_end else 0)


def cut(vault: Vault, after: int) -> None:
    with vault.write() as connection:
        without_triggers(connection)
        connection.exec_driver_sql("DELETE FROM audit WHERE id > ?", (after,))


def is_told(vault: Vault) -> bool:
    return any("审计" in one for one in notices(vault))


def test_w06_looked_into__ok(county: Vault) -> None:
    write_three(county)
    cut(county, 2)
    assert is_told(county)
    look_into_cut(county, "老电脑断电")
    assert not is_told(county)
    with county.write() as connection:
        note(county, connection, "login")
        assert (cut_line(connection), broken_line(connection)) == (0, 3)
        (line,) = read_audit(connection, what=["audit_cut"])
    assert line.detail == {"line": "3", "why": "老电脑断电"}
    cut(county, line.id)
    assert is_told(county)
    with county.write() as connection:
        note(county, connection, "login")
    assert missing_line(county) == line.id + 1
    look_into_cut(county, "又一次")
    assert not is_told(county)


def test_w06_explanation_cut_off_too__error(county: Vault) -> None:
    write_three(county)
    cut(county, 2)
    with county.write() as connection:
        note(county, connection, "login")
    look_into_cut(county, "老电脑断电")
    cut(county, 2)
    assert missing_line(county) == 3


@pytest.mark.parametrize(("is_cut", "why", "code"), [(False, "x", "audit.not_cut"), (True, " ", "audit.no_reason")])
def test_w06_refused__error(county: Vault, is_cut: bool, why: str, code: str) -> None:
    write_three(county)
    if is_cut:
        cut(county, 2)
    with pytest.raises(ActionRefused) as caught:
        look_into_cut(county, why)
    assert caught.value.code == code


def calls() -> Iterator[ast.Call]:
    for path in (program_dir() / "desktop_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def test_w05_every_kind_has_its_word__ok() -> None:
    noted = [one for one in calls() if getattr(one.func, "attr", getattr(one.func, "id", "")) == "note"]
    kinds = {word.value for call in noted for word in call.args if isinstance(word, ast.Constant)}
    assert kinds | {EXPORTED, FAILED} <= set(KINDS)
    details = {word.arg for call in noted for word in call.keywords} - {"at", "actor"}
    assert {*details, "backup", "why"} <= set(DETAILS)


def as_first_format(folder: Path, house: House) -> None:
    """The vault as the first release made it."""
    vault = open_vault(folder, PASSPHRASE, FILES, house.clock)
    with vault.write() as connection:
        for one in (tables.user, tables.audit):
            one.drop(connection)
        write_version(connection, 1000)
    vault.close()


def test_w04_gains_users_after_a_copy__ok(house: House) -> None:
    folder = house.county.folder
    house.close()
    as_first_format(folder, house)
    seen: list[int] = []

    def copy(vault: Vault) -> None:
        with vault.read() as connection:
            seen.append(read_version(connection))

    vault = open_vault(folder, PASSPHRASE, FILES, house.clock, before_upgrade=copy)
    with vault.read() as connection:
        assert users(connection) == [User("经办人", "administrator", is_active=True)]
        assert read_version(connection) == tables.FORMAT
        assert connection.execute(select(tables.audit)).all() == []
    assert (vault.role, seen) == ("administrator", [1000])
    vault.close()
    open_vault(folder, PASSPHRASE, FILES, house.clock, before_upgrade=copy).close()
    assert seen == [1000]


def test_w04_failed_copy_stops_the_upgrade__error(house: House) -> None:
    folder = house.county.folder
    house.close()
    as_first_format(folder, house)

    def fail(_: Vault) -> None:
        raise VaultError("vault.disk_full", path=folder)

    with pytest.raises(VaultError) as caught:
        open_vault(folder, PASSPHRASE, FILES, house.clock, before_upgrade=fail)
    assert caught.value.code == "vault.disk_full"
    seen: list[Callable[[], object]] = []
    open_vault(folder, PASSPHRASE, FILES, house.clock, before_upgrade=lambda _: seen.append(list)).close()
    assert len(seen) == 1, "it is still of the first format"


def test_w04_a_slot_without_its_user_opens_nothing__error(house: House) -> None:
    vault = house.county
    with vault.write() as connection:
        put_user(connection, User("经办人", "administrator", is_active=False))
    house.close()
    with pytest.raises(VaultError) as caught:
        open_vault(vault.folder, PASSPHRASE, FILES, house.clock)
    assert caught.value.code == "vault.user_disabled"
