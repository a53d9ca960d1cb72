"""The numbers of received revisions: each is one, and belongs to one revision of its record only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from desktop_app.base.errors import PackageError
from desktop_app.base.ids import ID_CHARS
from desktop_app.domain.revision import Revision
from desktop_app.storage.rows import CHUNK, marks

_NUMBERS = re.compile(rf"[0-9a-f]{{{ID_CHARS}}}(?:\n[0-9a-f]{{{ID_CHARS}}})*")


def check_numbers(revisions: Sequence[Revision], name: str) -> None:
    """
    Heads are stored joined by spaces, and a record is found by the beginning of its number.

    Raises:
        PackageError: payload: the number of a revision, a record or a parent is none.
    """
    numbers: list[str] = []
    for one in revisions:
        numbers += (one.id, one.record, *one.parents)
    whole = "\n".join(numbers)
    if len(whole) != len(numbers) * (ID_CHARS + 1) - 1 or not _NUMBERS.fullmatch(whole):
        raise PackageError("package.payload", name=name, line="—", detail="编号不合格式")


def check_not_taken(connection: Connection, received: Iterable[tuple[Revision, bytes]], name: str) -> None:
    """
    One revision may come by two ways, as after a repair; two under one number would hide each other.

    Raises:
        PackageError: mismatch.
    """
    bodies: dict[tuple[str, str], bytes] = {}
    for one, body in received:
        if bodies.setdefault((one.id, one.record), body) != body:
            raise PackageError("package.mismatch", name=name, what="修订编号")
    keys = list(bodies)
    for at in range(0, len(keys), CHUNK):
        some = keys[at : at + CHUNK]
        ids, records = zip(*some, strict=True)
        places = marks(len(some))
        query = f"SELECT id, record, body FROM revision WHERE record IN {places} AND id IN {places}"  # noqa: S608
        for id_, record, body in connection.exec_driver_sql(query, (*records, *ids)).all():
            if bodies.get((id_, record), body) != body:
                raise PackageError("package.mismatch", name=name, what="修订编号")
