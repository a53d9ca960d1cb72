"""
Who may put a backup back, and what stays as it is now when it is done (storage/restore.py, carrying.py).

Z09 users, roles, passphrases and audit stay those of now, and only an administrator of now puts a backup back
"""

import os

from desktop_app.actions.backups import back_up, look_into_backup, restore_backup, set_second_place
from desktop_app.actions.desk import open_desk
from desktop_app.actions.recovery import new_recovery_code
from desktop_app.actions.users import add_user, change_passphrase, disable_user, list_users, set_role
from desktop_app.storage import tables
from desktop_app.storage.audit import broken_line, cut_line, read_audit
from desktop_app.storage.engine import open_engine, write_version
from desktop_app.storage.vault import DATABASE
from tests.exchange.test_restore import put_back, refused
from tests.exchange.world import PASSPHRASE, A, World

OTHER = "other-passphrase"


def audit_of(world: World, name: str) -> list[tuple[str, str]]:
    with world[name].read() as connection:
        assert broken_line(connection) == 0
        return [(one.actor, one.what) for one in reversed(read_audit(connection))]


def test_z09_what_was_noted_and_who_may_come_in(world: World) -> None:
    add_user(world[A], "小王", "approver", OTHER)
    add_user(world[A], "老李", "administrator", OTHER)
    world.add(A)
    backup = back_up(world[A]).folder
    set_role(world[A], "小王", "reader")
    disable_user(world[A], "老李")
    was, who = audit_of(world, A), list_users(world[A])
    assert len(who) == 3
    put_back(world, A, backup)
    assert list_users(world[A]) == who
    lines = audit_of(world, A)
    assert lines[: len(was)] == was
    assert (world[A].actor, "restored") in lines[len(was) :]


def test_z09_only_an_administrator_of_now(world: World) -> None:
    add_user(world[A], "小王", "administrator", OTHER)
    backup = back_up(world[A]).folder
    set_role(world[A], "小王", "approver")
    world.close(A)
    before = (world.folder / A / DATABASE).read_bytes()
    assert refused(lambda: restore_backup(world.folder / A, backup, OTHER)) == "role.not_allowed"
    assert (world.folder / A / DATABASE).read_bytes() == before
    assert look_into_backup(backup, OTHER, world.folder / A).office == A
    restore_backup(world.folder / "new pc", backup, OTHER, clock=world.clock)


def test_z09_passphrase_of_now(world: World) -> None:
    """Who changed the passphrase need not remember the old one, and the old one puts nothing back."""
    backup = back_up(world[A]).folder
    change_passphrase(world[A], PASSPHRASE, OTHER)
    world.close(A)
    assert refused(lambda: restore_backup(world.folder / A, backup, PASSPHRASE)) == "vault.wrong_passphrase"
    assert restore_backup(world.folder / A, backup, OTHER, clock=world.clock).lost == ""


def test_z09_spent_code(world: World) -> None:
    """It opens the backup of its time somewhere else, and neither the vault nor its place."""
    spent = new_recovery_code(world[A])
    backup = back_up(world[A]).folder
    new_recovery_code(world[A])
    world.close(A)
    assert refused(lambda: open_desk(world.folder / A, spent)) == "vault.wrong_passphrase"
    assert refused(lambda: restore_backup(world.folder / A, backup, spent)) == "vault.wrong_passphrase"
    restore_backup(world.folder / "new pc", backup, spent, clock=world.clock)
    open_desk(world.folder / "new pc", spent).close()


def test_z09_vault_that_cannot_be_read(world: World) -> None:
    """Anyone who can open the backup may put it back then, and is told what did not come along."""
    add_user(world[A], "小王", "entry", OTHER)
    backup = back_up(world[A]).folder
    world.close(A)
    (world.folder / A / DATABASE).write_bytes(os.urandom(5000))
    found = restore_backup(world.folder / A, backup, OTHER, clock=world.clock)
    assert "核对用户" in found.lost
    with world[A].read() as connection:
        (line,) = read_audit(connection, what=["restored"])
    assert (line.actor, line.detail) == ("小王", {"backup": backup.name, "why": found.lost})


def test_z09_backup_of_the_first_format(world: World) -> None:
    """It knew no users; those of now come in, and nobody becomes an administrator by it."""
    add_user(world[A], "小王", "reader", OTHER)
    backup = back_up(world[A]).folder
    key = world[A].unlocked.key
    who = list_users(world[A])
    world.close(A)
    engine = open_engine(backup / DATABASE, key)
    with engine.begin() as connection:
        for one in (tables.user, tables.audit):
            one.drop(connection)
        write_version(connection, 1000)
    engine.dispose()
    restore_backup(world.folder / A, backup, PASSPHRASE, clock=world.clock)
    assert list_users(world[A]) == who
    assert "restored" in [what for _, what in audit_of(world, A)]


def test_z09_two_audits_that_went_apart(world: World) -> None:
    first = back_up(world[A]).folder
    set_second_place(world[A], None)
    second = back_up(world[A]).folder
    world.close(A)
    (world.folder / A / DATABASE).write_bytes(os.urandom(5000))
    restore_backup(world.folder / A, first, PASSPHRASE, clock=world.clock)
    set_second_place(world[A], None)
    was = audit_of(world, A)
    world.close(A)
    found = restore_backup(world.folder / A, second, PASSPHRASE, clock=world.clock)
    assert "aside" in found.lost
    assert len(audit_of(world, A)) < len(was) + 2


def test_z09_cut_audit_stays_known(world: World) -> None:
    """What was missed of the audit before is missed after; a restore does not cover it."""
    backup = back_up(world[A]).folder
    set_second_place(world[A], None)
    set_second_place(world[A], None)
    with world[A].write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.exec_driver_sql("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
        cut = cut_line(connection)
    assert cut
    put_back(world, A, backup)
    with world[A].read() as connection:
        assert (cut_line(connection), broken_line(connection)) == (cut, cut)
