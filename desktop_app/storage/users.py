"""The users of a vault: a role in the database, and a key slot for each passphrase beside it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select

from desktop_app.base.errors import VaultError
from desktop_app.domain.roles import Role
from desktop_app.storage import tables


@dataclass(frozen=True, slots=True)
class User:
    """One user; a disabled one has no slot any more and stays as the author of what was written."""

    name: str
    role: Role
    is_active: bool


def users(connection: Connection) -> list[User]:
    """All users, by name."""
    rows = connection.execute(select(tables.user).order_by(tables.user.c.name))
    return [User(row.name, row.role, row.is_active == 1) for row in rows]


def role_of(connection: Connection, name: str) -> Role:
    """
    The role of a user; an administrator in a vault of the first format, which knew no roles.

    Raises:
        VaultError: user_disabled: the slot is of somebody who may not open the vault any more.
    """
    if not inspect(connection).has_table(tables.user.name):
        return "administrator"
    found = find_user(connection, name)
    if found is None or not found.is_active:
        raise VaultError("vault.user_disabled", user=name)
    return found.role


def find_user(connection: Connection, name: str) -> User | None:
    """The user of this name."""
    return next((one for one in users(connection) if one.name == name), None)


def put_user(connection: Connection, user: User) -> None:
    """Adds a user or replaces what is known of one."""
    row = {"name": user.name, "role": user.role, "is_active": int(user.is_active)}
    connection.execute(insert(tables.user).prefix_with("OR REPLACE"), row)
