"""What was done with the vault beside its records: append-only, each line chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from desktop_app.base.clock import millis
from desktop_app.storage import tables
from desktop_app.storage.vault import Vault

END = "audit/end"
"""Where the vault keeps the number of its last line, by which a line cut off at the end is missed."""
CUT = "audit/cut"
"""The first line that was missed so, once others came after it."""
LOOKED_INTO = "audit_cut"
"""Kind of the line by which an administrator says why lines are missing; its detail `line` is the first of them."""
_START = hashlib.sha256(b"union-desk/audit/1").digest()


@dataclass(frozen=True, slots=True)
class Noted:
    """One line; `detail` is what it concerned, without any private value."""

    id: int
    at: int
    actor: str
    what: str
    detail: dict[str, str]


def note(
    vault: Vault, connection: Connection, what: str, *, at: int | None = None, actor: str = "", **detail: str
) -> None:
    """
    Adds a line in the caller's transaction, so that what was done and its line are there together or not at all.

    Args:
        at, actor: Now and the user, unless it happened while the vault was closed.
    """
    when, who = millis(vault.clock.now()) if at is None else at, actor or vault.actor
    append_line(connection, when, who, what, detail)


def append_line(connection: Connection, at: int, actor: str, what: str, detail: Mapping[str, str]) -> None:
    """A line at the end of the chain, also of a vault that nobody has opened yet; `at` in milliseconds."""
    a = tables.audit
    last = connection.execute(select(a.c.id, a.c.digest).order_by(a.c.id.desc()).limit(1)).first()
    n_here, before = (last.id, last.digest) if last else (0, _START)
    end = _number(connection, END)
    if n_here < end and not _open_cut(connection):
        _keep(connection, CUT, n_here + 1)
    number = max(n_here, end) + 1  # never the place of a line that was cut off, which would hide it
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    row = {"id": number, "at": at, "actor": actor, "what": what, "detail": text}
    connection.execute(insert(a), {**row, "digest": _digest(before, at, actor, what, text)})
    _keep(connection, END, number)


def _number(connection: Connection, key: str) -> int:
    return int(connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar() or 0)


def _keep(connection: Connection, key: str, number: int) -> None:
    connection.execute(insert(tables.meta).prefix_with("OR REPLACE"), {"key": key, "value": str(number)})


def _digest(before: bytes, *fields: object) -> bytes:
    return hashlib.sha256(before + json.dumps(fields, ensure_ascii=False).encode()).digest()


def read_audit(
    connection: Connection, *, what: Sequence[str] = (), words: str = "", limit: int | None = None
) -> list[Noted]:
    """The lines, newest first; of some kinds, with some words in actor or detail."""
    a = tables.audit
    query = select(a).order_by(a.c.id.desc())
    if what:
        query = query.where(a.c.what.in_(what))
    if words:
        query = query.where(a.c.detail.contains(words, autoescape=True) | a.c.actor.contains(words, autoescape=True))
    rows = connection.execute(query if limit is None else query.limit(limit))
    return [Noted(row.id, row.at, row.actor, row.what, json.loads(row.detail)) for row in rows]


def broken_line(connection: Connection) -> int:
    """
    Number of the first line that was changed or is missing; 0 when all are as they were written.

    Whoever has the key and knows how can write a whole chain anew: the chain tells of what was changed by accident
    or by hand.
    """
    a, before, expected = tables.audit, _START, 1
    for row in connection.execute(select(a).order_by(a.c.id).execution_options(yield_per=2000)):
        digest = _digest(before, row.at, row.actor, row.what, row.detail)
        if row.id != expected or digest != row.digest:
            return expected
        before, expected = row.digest, expected + 1
    return expected if expected <= _number(connection, END) else 0


def cut_line(connection: Connection) -> int:
    """
    As `broken_line`, of what was cut off at the end, now or before later lines came; read at once.

    What an administrator has looked into is not told again, unless the line that says so is cut off too.
    """
    if found := _open_cut(connection):
        return found
    last = connection.execute(select(func.max(tables.audit.c.id))).scalar() or 0
    return last + 1 if last < _number(connection, END) else 0


def _open_cut(connection: Connection) -> int:
    """The cut that was met when a line was added, until somebody has looked into it."""
    found = _number(connection, CUT)
    seen = read_audit(connection, what=[LOOKED_INTO]) if found else []
    return 0 if any(one.detail.get("line") == str(found) for one in seen) else found
