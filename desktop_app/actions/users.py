"""The users of a vault: who there is, adding, roles, passphrases."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_app.actions.permits import PERMITS
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.roles import LABELS, Role
from desktop_app.schema.suggest import some
from desktop_app.storage.audit import note
from desktop_app.storage.door import CHANGED, Door
from desktop_app.storage.engine import Connection
from desktop_app.storage.slot_users import PASSPHRASE, SLOTS, users_of
from desktop_app.storage.slots import ESCROW, open_slot
from desktop_app.storage.users import User, find_user, put_user, users
from desktop_app.storage.vault import CODE_ACTORS, Vault, check_passphrase

MAX_NAME = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A user; one without a passphrase cannot open the vault until an administrator gives one."""

    user: User
    has_passphrase: bool


def list_users(vault: Vault) -> list[Listed]:
    """All users, by name."""
    names = users_of(vault.folder)
    with vault.read() as connection:
        return [Listed(one, one.name in names) for one in users(connection)]


def roles_for(vault: Vault) -> list[Role]:
    """The roles that make sense in this vault: a county has no counties to direct."""
    return [role for role in LABELS if role != "city" or vault.owner.role == "city"]


def find_role(vault: Vault, name: str) -> Role:
    """
    The role of this code or label.

    Raises:
        ActionRefused: user.bad_role.
    """
    known = roles_for(vault)
    found = next((one for one in known if name in (one, LABELS[one])), None)
    if found is None:
        raise ActionRefused("user.bad_role", name=name, known=some(f"{LABELS[one]}（{one}）" for one in known))
    return found


def add_user(vault: Vault, name: str, role: str, passphrase: str) -> None:
    """
    A new user with a first passphrase.

    Raises:
        ActionRefused: role.not_allowed, user.bad_name, user.exists, user.bad_role. VaultError: short_passphrase, io.
    """
    name = name.strip()
    wanted = find_role(vault, role)
    check_passphrase(passphrase)
    with vault.write(PERMITS["users"]) as connection:
        if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name in CODE_ACTORS.values():
            raise ActionRefused("user.bad_name", n=MAX_NAME)
        if find_user(connection, name) is not None:
            raise ActionRefused("user.exists", name=name)
        put_user(connection, User(name, wanted, is_active=True))
        note(vault, connection, "user_added", user=name, role=LABELS[wanted])
        vault.put_slot(name, passphrase)


def set_role(vault: Vault, name: str, role: str) -> None:
    """
    What a user may do from the next log-in on.

    Raises:
        ActionRefused: role.not_allowed, user.unknown, user.bad_role, user.last_administrator.
    """
    wanted = find_role(vault, role)
    with vault.write(PERMITS["users"]) as connection:
        user = _known(connection, name)
        if wanted != "administrator":
            _refuse_last(connection, user)
        put_user(connection, replace(user, role=wanted))
        note(vault, connection, "user_role", user=name, role=LABELS[wanted])


def disable_user(vault: Vault, name: str) -> None:
    """
    The user's passphrase opens this vault no more; what was written under the name stays.

    Raises:
        ActionRefused: role.not_allowed, user.unknown, user.last_administrator. VaultError: io.
    """
    with vault.write(PERMITS["users"]) as connection:
        user = _known(connection, name)
        _refuse_last(connection, user)
        put_user(connection, replace(user, is_active=False))
        note(vault, connection, "user_disabled", user=name)
        vault.drop_slot(PASSPHRASE, name)


def reset_passphrase(vault: Vault, name: str, passphrase: str) -> None:
    """
    Gives a user a new passphrase; one who was disabled may come in again.

    Raises:
        ActionRefused: role.not_allowed, user.unknown. VaultError: short_passphrase, io.
    """
    check_passphrase(passphrase)
    with vault.write(PERMITS["users"]) as connection:
        put_user(connection, replace(_known(connection, name), is_active=True))
        note(vault, connection, "user_reset", user=name)
        vault.put_slot(name, passphrase)
        if vault.unlocked.slot.kind == ESCROW:
            vault.drop_slot(ESCROW)  # the code that the city has told is spent
    Door(vault.folder, vault.clock).forgive(name)


def change_passphrase(vault: Vault, old: str, new: str) -> None:
    """
    Changes the present user's own passphrase: one slot is written anew, the database is not touched.

    Raises:
        ActionRefused: user.by_code: opened by a code, whose holder is not known. VaultError: wrong_passphrase,
            short_passphrase, io.
    """
    if vault.is_by_code:
        raise ActionRefused("user.by_code")
    check_passphrase(new)
    open_slot(vault.slots(), old, vault.folder / SLOTS, user=vault.actor)
    vault.put_slot(vault.actor, new)
    Door(vault.folder, vault.clock).add(CHANGED, vault.actor)


def _known(connection: Connection, name: str) -> User:
    found = find_user(connection, name)
    if found is None:
        raise ActionRefused("user.unknown", name=name)
    return found


def _refuse_last(connection: Connection, user: User) -> None:
    others = [one for one in users(connection) if one.name != user.name]
    is_needed = user.role == "administrator" and user.is_active
    if is_needed and not any(one.role == "administrator" and one.is_active for one in others):
        raise ActionRefused("user.last_administrator", name=user.name)
