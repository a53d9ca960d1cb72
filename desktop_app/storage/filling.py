"""The first half of a salvage: rows of the fixed tables, from the damaged file first and then from a backup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select

from desktop_app.base.clock import Clock, millis
from desktop_app.base.errors import FormsInvalid, VaultError
from desktop_app.base.ids import IdSource
from desktop_app.domain.revision import decode_revision
from desktop_app.storage import tables
from desktop_app.storage.audit import END
from desktop_app.storage.carving import Row
from desktop_app.storage.forms import adopt_forms
from desktop_app.storage.remains import Remains
from desktop_app.storage.restore import RESTORED_AT
from desktop_app.storage.users import User, put_user, users

_LARGE = (tables.revision, tables.attachment, tables.attachment_use)
_MADE_ANEW = (tables.held, tables.conflict)
_BATCH = 2000
_NEEDED = ("office", "name", "role")


@dataclass(frozen=True, slots=True)
class Filled:
    """How many revisions were taken from the backup."""

    n_from_backup: int


def fill(
    connection: Connection,
    sources: tuple[Remains, Remains | None],
    files: Mapping[str, str],
    clock: Clock,
    tell: Callable[[], None],
) -> Filled:
    """
    Pours what can be read into the empty tables of a new vault, under a new instance.

    Raises:
        VaultError: beyond_repair: neither file says whose vault it is.
    """
    damaged, backup = sources
    walked = {table.name: list(damaged.fixed(table.name)) for table in tables.fixed.sorted_tables if _is_small(table)}
    orphans = _Orphans(connection)
    n_from_backup = 0
    for source in _in_order(damaged, backup):
        n_before = _n_revisions(connection)
        for table in _LARGE:
            _pour(connection, table, source.fixed(table.name), tell)
        if source is backup:
            n_from_backup = _n_revisions(connection) - n_before
        elif source.pages.unreadable or not source.has_catalogue:
            orphans.take(source.orphans(), tell)
    for table in tables.fixed.sorted_tables:
        if not _is_small(table):
            continue
        rows = walked[table.name]
        if table.name not in damaged.whole:
            rows += [*(backup.fixed(table.name) if backup else ()), *orphans.small.get(table.name, ())]
        if table is tables.forms:
            _adopt(connection, rows, files)
        else:
            _insert(connection, table, rows)
    if tables.stream.name in damaged.whole:
        _drop_undone(connection)
    _own(connection, clock)
    return Filled(n_from_backup)


def _in_order(damaged: Remains, backup: Remains | None) -> list[Remains]:
    """What is newer first, unless nobody vouches for it."""
    if backup is None:
        return [damaged]
    return [backup, damaged] if damaged.pages.is_unchecked else [damaged, backup]


def _is_small(table: Table) -> bool:
    return table not in (*_LARGE, *_MADE_ANEW)


def _pour(connection: Connection, table: Table, rows: Iterable[Row], tell: Callable[[], None]) -> None:
    """Rows of a large table, in pieces; those whose place is taken are left out, and those that are no revision."""
    taken = iter(rows) if table is not tables.revision else (row for row in rows if _is_revision(row))
    while batch := list(islice(taken, _BATCH)):
        _insert(connection, table, batch)
        tell()


def _is_revision(row: Row) -> bool:
    _, id_, record, body, digest, _ = row
    if not isinstance(body, bytes) or not isinstance(digest, bytes):
        return False
    try:
        found = decode_revision(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return (found.id, found.record) == (id_, record)


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    names = [column.name for column in table.columns]
    values = [dict(zip(names, row, strict=True)) for row in rows if not _has_hole(table, row)]
    if values:
        connection.execute(insert(table).prefix_with("OR IGNORE"), values)


def _has_hole(table: Table, row: Row) -> bool:
    return any(cell is None and not column.nullable for column, cell in zip(table.columns, row, strict=True))


class _Orphans:
    """Rows that no tree led to: large tables at once, small ones kept until better sources were asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.small: dict[str, list[Row]] = {}

    def take(self, rows: Iterator[tuple[str, Row]], tell: Callable[[], None]) -> None:
        """Sorts them in; of two versions of a small row the later page counts."""
        large = {table.name: table for table in _LARGE}
        for n, (name, row) in enumerate(rows):
            if n % _BATCH == 0:
                tell()
            if name not in large:
                self.small.setdefault(name, []).insert(0, row)
            elif name != tables.revision.name or _is_revision(row):
                _insert(self._connection, large[name], [row])


def _adopt(connection: Connection, rows: list[Row], files: Mapping[str, str]) -> None:
    """The newest parameter pack that can be read makes the tables; the older ones are kept beside it."""
    readable = {int(str(version)): (digest, origin, text) for version, digest, origin, text in reversed(rows)}
    for version in sorted(readable, reverse=True):
        _, origin, text = readable[version]
        try:
            adopt_forms(connection, msgspec.json.decode(str(text), type=dict[str, str]), str(origin))
        except (msgspec.MsgspecError, FormsInvalid):
            continue
        _insert(connection, tables.forms, [row for row in rows if int(str(row[0])) < version])
        return
    adopt_forms(connection, files, "program")


def _drop_undone(connection: Connection) -> None:
    """What lies behind the end of its stream was taken back before the damage, and an old page or backup had it."""
    r, s = tables.revision.c, tables.stream.c
    end = select(s.seq).where(s.id == r.rev.op(">>")(tables.SEQ_BITS)).scalar_subquery()
    behind = r.rev.op("&")((1 << tables.SEQ_BITS) - 1) > end
    connection.execute(delete(tables.revision).where(behind))


def _own(connection: Connection, clock: Clock) -> None:
    m = tables.meta
    there = set(connection.execute(select(m.c.key).where(m.c.key.in_(_NEEDED))).scalars())
    if there != set(_NEEDED):
        raise VaultError("vault.beyond_repair")
    connection.execute(delete(m).where(m.c.key == END))  # the lines that could be read are all there is now
    facts = {"instance": IdSource(clock).new(), RESTORED_AT: str(millis(clock.now()))}
    for key, value in facts.items():
        connection.execute(delete(m).where(m.c.key == key))
        connection.execute(insert(m), {"key": key, "value": value})


def put_users(connection: Connection, names: Iterable[str], *, has_had: bool) -> None:
    """
    Users for a vault of which none can be read.

    Args:
        names: Who has a key slot.
        has_had: The vault knew roles. Then everybody may only look until an administrator, or whoever has the
            recovery code, says otherwise: a damaged page must not make an administrator of anybody.
    """
    if not users(connection):
        for name in names:
            put_user(connection, User(name, "reader" if has_had else "administrator", is_active=True))


def _n_revisions(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(tables.revision)).scalar_one())
