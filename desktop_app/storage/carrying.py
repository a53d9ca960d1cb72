"""What a backup that is put back must not take back: who may come in, and what was noted since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, inspect, select

from desktop_app.storage import tables
from desktop_app.storage.audit import CUT, END
from desktop_app.storage.engine import read_version, write_version
from desktop_app.storage.vault import create_fixed


def carry_over(present: Connection, restored: Connection) -> bool:
    """
    Brings the users and the audit of a backup up to those of the vault whose place it takes.

    Returns:
        Whether it could: not where the two audits went apart, as after a restore for which the vault of then could
        not be read; both stay, the one in the vault and the other in the one that is set aside.
    """
    if not inspect(present).has_table(tables.audit.name):
        return True  # a vault of the first format, which knew neither
    if read_version(restored) < tables.FORMAT:
        create_fixed(restored)  # as at its first opening, which would make everybody an administrator
        write_version(restored, tables.FORMAT)
    restored.execute(delete(tables.user))
    _copy(restored, tables.user, present.execute(select(tables.user)).all())
    a = tables.audit
    last = restored.execute(select(func.coalesce(func.max(a.c.id), 0))).scalar_one()
    digest = select(a.c.digest).where(a.c.id == last)
    if restored.execute(digest).scalar() != present.execute(digest).scalar():
        return False
    _copy(restored, a, present.execute(select(a).where(a.c.id > last).order_by(a.c.id)).all())
    m = tables.meta
    marks = present.execute(select(m).where(m.c.key.in_((END, CUT)))).all()
    restored.execute(delete(m).where(m.c.key.in_([row.key for row in marks])))
    _copy(restored, m, marks)  # else a line that was cut off would be missed no more
    return True


def _copy(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    if rows:
        connection.execute(insert(table), [dict(row._mapping) for row in rows])
