"""
The SQLCipher database as a SQLAlchemy engine, and its errors as sentences; all that only SQLite knows.

`temp_store=MEMORY` is a matter of secrecy: with temporary files SQLCipher writes plaintext to disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from desktop_app.base.errors import VaultError
from desktop_app.storage import fts

__all__ = [
    "Connection",
    "column_names",
    "errors_of",
    "only_added_to",
    "open_engine",
    "read_once",
    "read_version",
    "write_version",
]

CACHE_KIB, _PASSING_KIB = 32_768, 2_048
_PRAGMAS = (
    "temp_store=MEMORY",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"cache_size=-{CACHE_KIB}",
)


def open_engine(path: Path, key: bytes) -> Engine:
    """
    An engine on an encrypted database; the file is made at the first connection.

    Args:
        key: 32 bytes, used as it is: no key derivation per connection.

    Connections begin `IMMEDIATE` under the execution option `rw`, so that two writers meet at the start
    of their work and not at its end; under `plain` they begin no transaction at all.
    """

    def connect() -> Any:
        connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
        try:
            connection.execute("PRAGMA cipher_log_level=NONE")  # else a wrong key prints to stderr
            connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            fts.register(connection)
        except BaseException:
            connection.close()  # on Windows nobody can move or remove a damaged file that is still open
            raise
        return connection

    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=connect, poolclass=QueuePool, pool_size=4, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("plain"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("rw") else "BEGIN")

    return engine


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """
    Turns the database's errors into sentences about the file at `path`.

    Raises:
        VaultError: disk_full, locked, damaged or io.
    """
    try:
        yield
    except DBAPIError as error:
        raise _translated(error.orig, path) or error from error
    except sqlcipher.Error as error:
        raise _translated(error, path) or error from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # the cipher hands a broken overflow page on as zeros
        raise VaultError("vault.damaged", path=path) from error


def _translated(error: object, path: Path) -> VaultError | None:
    name = str(getattr(error, "sqlite_errorname", ""))
    if "Could not decode" in str(error):
        return VaultError("vault.damaged", path=path)
    if name == "SQLITE_FULL":
        return VaultError("vault.disk_full", path=path)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return VaultError("vault.locked", path=path)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return VaultError("vault.damaged", path=path)
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")):
        return VaultError("vault.io", path=path, detail=error)
    return None


def only_added_to(connection: Connection, table: str) -> None:
    """Makes the database itself refuse to change or remove rows of a table."""
    for change in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
        )


@contextmanager
def read_once(connection: Connection) -> Iterator[None]:
    """For a pass over the whole file: pages read in it are not kept, else a PC with 4 GB holds 32 MB for nothing."""
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_PASSING_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")


def read_version(connection: Connection) -> int:
    """The format number of the database; 0 for a new file."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def write_version(connection: Connection, version: int) -> None:
    """Sets the format number; part of the transaction."""
    connection.exec_driver_sql(f"PRAGMA user_version={version}")


def column_names(statement: str) -> list[str]:
    """The columns, in their order in a row, of the table that this CREATE TABLE statement makes; none if it is none."""
    if not statement.startswith("CREATE TABLE"):
        return []
    scratch = sqlcipher.connect(":memory:")
    try:
        scratch.execute(statement)
        (name,) = scratch.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        return [row[0] for row in scratch.execute("SELECT name FROM pragma_table_info(?)", (name,))]
    except (sqlcipher.Error, TypeError):
        return []
    finally:
        scratch.close()
