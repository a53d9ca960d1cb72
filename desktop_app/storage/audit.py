"""What was done with the vault beside its records: append-only, each line chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from desktop_app.base.clock import millis
from desktop_app.storage import tables
from desktop_app.storage.vault import Vault

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
    a = tables.audit
    before = connection.execute(select(a.c.digest).order_by(a.c.id.desc()).limit(1)).scalar() or _START
    when, who = millis(vault.clock.now()) if at is None else at, actor or vault.actor
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    row = {"at": when, "actor": who, "what": what, "detail": text}
    connection.execute(insert(a), {**row, "digest": _digest(before, when, who, what, text)})


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
    """Number of the first line that was changed or is missing; 0 when all are as they were written."""
    a, before, expected = tables.audit, _START, 1
    for row in connection.execute(select(a).order_by(a.c.id).execution_options(yield_per=2000)):
        digest = _digest(before, row.at, row.actor, row.what, row.detail)
        if row.id != expected or digest != row.digest:
            return expected
        before, expected = row.digest, expected + 1
    return 0
