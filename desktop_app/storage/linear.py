"""
Linear history: revisions that build on the record as it stands.

Most of what a county sends continues what its city has. So a batch is tried first and asked about after: each record
is changed on the condition that its head is the one that the revision names, and only those that did not change are
read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from desktop_app.domain.revision import Revision
from desktop_app.storage.rows import Change, LedgerRows


class Entry(NamedTuple):
    """What the linear revisions of one record come to: the last of them, its pack, and all fields they set."""

    head: str
    pack: int
    fields: Mapping[str, object]


class SortedOut:
    """
    The revisions of one batch and ledger, folded by record.

    Args:
        heads: Record → its joined heads, for those that are here; empty for one with open conflicts.

    Attributes:
        new, changed: Records that come linearly.
        diverged: The others, with all their revisions.
    """

    def __init__(self, heads: Mapping[str, str], revisions: Sequence[Revision]) -> None:
        self.new: dict[str, Entry] = {}
        self.changed: dict[str, Entry] = {}
        self.diverged: dict[str, list[Revision]] = {}
        new, changed, diverged = self.new, self.changed, self.diverged
        for one in revisions:
            record, parents = one.record, one.parents
            there = heads.get(record)
            group = new if there is None else changed
            known = group.get(record)
            head = known.head if known else there
            if record in diverged or len(parents) > 1 or (parents[0] if parents else None) != head:
                diverged[record] = []
            else:
                group[record] = Entry(one.id, one.pack, {**known.fields, **one.fields} if known else one.fields)
        for one in revisions if diverged else ():
            if one.record in diverged:
                diverged[one.record].append(one)


def follow(
    connection: Connection, rows: LedgerRows, revisions: Sequence[Revision], scope: str, waiting: Collection[str]
) -> tuple[dict[str, Entry], int]:
    """
    Changes the records of which all revisions are linear, and leaves the others as they are.

    Args:
        scope: The office that must own a record.
        waiting: Records that are left as they are, because revisions of them wait.

    Returns:
        Record → what it was changed to; and how many were tried in vain.
    """
    bases: dict[str, str] = {}
    for one in revisions:
        if one.record not in bases:
            bases[one.record] = one.parents[0] if len(one.parents) == 1 else ""
    likely = {record: head for record, head in bases.items() if head and record not in waiting}
    if not likely:
        return {}, 0
    some = revisions if len(likely) == len(bases) else [one for one in revisions if one.record in likely]
    sorted_out = SortedOut(likely, some)
    entries = {record: entry for record, entry in sorted_out.changed.items() if record not in sorted_out.diverged}
    changes = [Change(record, head, pack, fields) for record, (head, pack, fields) in entries.items()]
    missed = rows.follow(connection, changes, likely, scope)
    followed = {record: entry for record, entry in entries.items() if record not in missed} if missed else entries
    return followed, len(likely) - len(followed)
