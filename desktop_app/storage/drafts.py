"""Text being typed that is no record yet: kept in the vault for its user, never in revisions or packages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from desktop_app.storage.tables import draft


@dataclass(frozen=True, slots=True)
class Draft:
    """
    What stands in a form.

    Attributes:
        record: The record being changed; empty for a new one.
        title: What the person knows it by.
        at: When it was last kept, UTC milliseconds.
        content: What a form puts in and takes out again; JSON can hold it.
    """

    id: str
    user: str
    ledger: str
    record: str
    title: str
    at: int
    content: Mapping[str, object]


def put_draft(connection: Connection, one: Draft) -> None:
    """Keeps a draft in place of the one with its id."""
    row = {
        "id": one.id,
        "user": one.user,
        "ledger": one.ledger,
        "record": one.record,
        "title": one.title,
        "at": one.at,
        "content": json.dumps(one.content, ensure_ascii=False),
    }
    connection.execute(insert(draft).prefix_with("OR REPLACE"), row)


def drop_draft(connection: Connection, draft_id: str, user: str) -> bool:
    """Forgets a draft of a user; False when there is none."""
    return bool(connection.execute(delete(draft).where(draft.c.id == draft_id, draft.c.user == user)).rowcount)


def drafts_of(connection: Connection, user: str) -> list[Draft]:
    """The drafts of a user, the newest first."""
    query = select(draft).where(draft.c.user == user).order_by(draft.c.at.desc(), draft.c.id.desc())
    return [
        Draft(row.id, row.user, row.ledger, row.record, row.title, row.at, json.loads(row.content))
        for row in connection.execute(query)
    ]
