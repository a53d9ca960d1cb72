"""The numbers of received revisions: each is one, and belongs to one revision of its record only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import lt

from sqlalchemy import Connection, bindparam, func, insert, select

from desktop_app.base.errors import PackageError
from desktop_app.base.ids import ID_CHARS
from desktop_app.domain.revision import Revision
from desktop_app.storage import tables
from desktop_app.storage.rows import CHUNK, marks
from desktop_app.storage.streams import Stream, digest_at, in_scope

_NUMBERS = re.compile(rf"[0-9a-f]{{{ID_CHARS}}}(?:\n[0-9a-f]{{{ID_CHARS}}})*")

GREATEST = "greatest/"
"""Key of what is remembered of a stream, with its number after it."""
_FIND_KEPT = select(tables.meta.c.value).where(tables.meta.c.key == bindparam("key"))
_PUT_KEPT = insert(tables.meta).prefix_with("OR REPLACE")


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


class Taken:
    """
    The numbers that revisions of one office's records have here.

    New revisions mostly have greater numbers than all of them, and then none needs to be looked for. How far that
    is known is kept for each stream with the digest of its chain at that place: whatever becomes of the stream,
    by undo, repair or another version of the program, a digest that is not there any more counts for nothing.
    """

    def __init__(self, connection: Connection, scope: str) -> None:
        self._connection = connection
        self._greatest = {one.id: _greatest(connection, one) for one in in_scope(connection, scope)}

    def check(self, received: Sequence[tuple[Revision, bytes]], name: str) -> None:
        """
        One revision may come by two ways, as after a repair; two under one number would hide each other.

        Raises:
            PackageError: mismatch.
        """
        ids = [one.id for one, _ in received]
        if not all(map(lt, (max(self._greatest.values(), default=""), *ids), ids)):
            _check_not_taken(self._connection, received, name)

    def add(self, stream: Stream, received: Sequence[tuple[Revision, bytes]]) -> None:
        """These are in the stream now, up to its end."""
        greatest = max(self._greatest.get(stream.id, ""), *(one.id for one, _ in received))
        self._greatest[stream.id] = greatest
        _keep(self._connection, stream, greatest)


def _greatest(connection: Connection, stream: Stream) -> str:
    """The greatest number in a stream, empty when nothing is in it; only what was added since is gone through."""
    key = {"key": f"{GREATEST}{stream.id}"}
    kept = connection.execute(_FIND_KEPT, key).scalar()
    after, greatest = stream.base, ""
    if kept:
        seq, digest, id_ = str(kept).split()
        if stream.base < int(seq) <= stream.seq and _hex(digest_at(connection, stream, int(seq))) == digest:
            after, greatest = int(seq), id_
    if after == stream.seq:
        return greatest
    r = tables.revision.c
    query = select(func.max(r.id)).where(r.rev > stream.rev(after), r.rev <= stream.rev(stream.seq))
    greatest = max(greatest, connection.execute(query).scalar() or "")
    _keep(connection, stream, greatest)
    return greatest


def _keep(connection: Connection, stream: Stream, greatest: str) -> None:
    value = f"{stream.seq} {stream.digest.hex()} {greatest}"
    connection.execute(_PUT_KEPT, {"key": f"{GREATEST}{stream.id}", "value": value})


def _hex(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def _check_not_taken(connection: Connection, received: Iterable[tuple[Revision, bytes]], name: str) -> None:
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
