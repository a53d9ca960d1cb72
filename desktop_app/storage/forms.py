"""
The parameter pack kept in the vault, and the additive migration of the ledger tables to it.

A vault carries its own pack, since a county works with what the city sent, whatever its program came
with. Tables and columns are added, never dropped or changed in type.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.schema import CreateColumn

from desktop_app.domain.limits import WorkCalendar
from desktop_app.schema.load import load_pack, pack_digest
from desktop_app.schema.model import Pack
from desktop_app.storage import tables
from desktop_app.storage.recompute import recompute
from desktop_app.storage.rows import LedgerRows


def stored_forms(connection: Connection) -> Pack:
    """The pack in force: the one with the highest version."""
    query = select(tables.forms.c.files).order_by(tables.forms.c.version.desc()).limit(1)
    return load_pack(msgspec.json.decode(connection.execute(query).scalar_one(), type=dict[str, str]))


def adopt_forms(connection: Connection, files: Mapping[str, str], origin: str) -> Pack | None:
    """
    Stores a pack and migrates the tables to it; None when the vault's own stays in force.

    A pack that came with the program replaces the same version only if that came with the program too:
    what the city published under a number stays what it was.
    """
    pack = newer_pack(connection, files, origin)
    if pack is None:
        return None
    f = tables.forms.c
    is_new = not connection.execute(select(func.count()).select_from(tables.forms)).scalar_one()
    connection.execute(tables.forms.delete().where(f.version == pack.version))
    row = {"version": pack.version, "digest": pack.digest, "origin": origin}
    connection.execute(insert(tables.forms), row | {"files": msgspec.json.encode(dict(files)).decode()})
    _migrate(connection, pack, is_new=is_new)
    return pack


def newer_pack(connection: Connection, files: Mapping[str, str], origin: str) -> Pack | None:
    """The pack that `adopt_forms` would put in force; None when the vault's own stays."""
    f = tables.forms.c
    current = connection.execute(select(f.version, f.digest, f.origin).order_by(f.version.desc()).limit(1)).first()
    if current is not None and current.digest == pack_digest(files):
        return None
    pack = load_pack(files)
    if current is not None:
        is_same_source = current.origin == origin == "program"
        if pack.version < current.version or (pack.version == current.version and not is_same_source):
            return None
    return pack


def _migrate(connection: Connection, pack: Pack, *, is_new: bool) -> None:
    built = tables.ledger_tables(pack)
    known = set(inspect(connection).get_table_names())
    for table in built.ledgers.values():
        if table.name not in known:
            table.create(connection)
        else:
            add_columns(connection, table)
    if is_new:
        return
    calendar = WorkCalendar(pack.holidays)
    rows = {key: LedgerRows(pack.ledgers[key], table, calendar) for key, table in built.ledgers.items()}
    _fill_known(connection, rows)
    for one in rows.values():
        one.derive_all(connection)


def add_columns(connection: Connection, table: Table) -> None:
    """Columns and indexes of a ledger's table that are not there yet."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            text = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {text}')
    for index in table.indexes:
        index.create(connection, checkfirst=True)


def _fill_known(connection: Connection, rows: Mapping[str, LedgerRows]) -> None:
    """Values that waited in the revisions for their field or ledger to be known."""
    held = tables.held.c
    for key, one in rows.items():
        waiting = select(held.record).where(held.why == "ledger", held.ledger == key)
        unknown = select(one.table.c.id).where(one.table.c.unknown == 1)
        records = {*connection.execute(waiting).scalars(), *connection.execute(unknown).scalars()}
        recompute(connection, one, records)
