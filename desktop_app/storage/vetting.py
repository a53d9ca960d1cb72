"""The numbers of received revisions: each is one, and belongs to one revision of its record only."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import partial
from operator import lt
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from desktop_app.base.errors import PackageError
from desktop_app.base.ids import ID_CHARS
from desktop_app.domain.revision import Revision
from desktop_app.storage import tables
from desktop_app.storage.rows import CHUNK, marks
from desktop_app.storage.streams import Stream, digest_at, in_scope

_NUMBERS = re.compile(rf"[0-9a-f]{{{ID_CHARS}}}(?:\n[0-9a-f]{{{ID_CHARS}}})*")

NUMBERS = "numbers/"
"""Key of what is remembered of a stream, with its number after it."""
_FIND_KEPT = select(tables.meta.c.value).where(tables.meta.c.key == bindparam("key"))
_PUT_KEPT = insert(tables.meta).prefix_with("OR REPLACE")
_RISING, _MIXED = "rising", "mixed"
_ID_AT = "SELECT id FROM revision WHERE rev = ?"
_IDS = "SELECT id FROM revision WHERE rev BETWEEN ? AND ? ORDER BY rev"


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


class _Numbers(NamedTuple):
    """Those of a stream: the greatest, and whether each is greater than the one before it, as one vault makes them."""

    greatest: str = ""
    are_rising: bool = True

    def and_then(self, ids: Sequence[str]) -> _Numbers:
        """With more after them."""
        return _Numbers(max(self.greatest, *ids), self.are_rising and _rise((self.greatest, *ids)))


class Taken:
    """
    The numbers that revisions of one office's records have here.

    Where a stream's numbers rise, those between the first and the last of what comes are found by halving, and
    there are few or none: so much is asked for as was written here meanwhile, not as much as comes. That they rise,
    and up to which, is kept for each stream with the digest of its chain at that place: whatever becomes of the
    stream, by undo, repair or another version of the program, a digest that is not there any more counts for nothing.
    """

    def __init__(self, connection: Connection, scope: str) -> None:
        self._connection = connection
        self._streams = {one.id: one for one in in_scope(connection, scope)}
        self._numbers = {one.id: _numbers_of(connection, one) for one in self._streams.values()}

    def check(self, received: Sequence[tuple[Revision, bytes]], name: str) -> None:
        """
        One revision may come by two ways, as after a repair; two under one number would hide each other.

        Raises:
            PackageError: mismatch.
        """
        ids = [one.id for one, _ in received]
        near = self._between(ids[0], ids[-1], len(ids)) if _rise(ids) else None
        suspects = received if near is None else [one for one in received if one[0].id in near]
        _check_not_taken(self._connection, suspects, name)

    def _between(self, first: str, last: str, most: int) -> set[str] | None:
        """The numbers here from `first` to `last`; None where that is not quickly told or they are more than `most`."""
        found: set[str] = set()
        for id_, numbers in self._numbers.items():
            if numbers.greatest < first:
                continue
            if not numbers.are_rising:
                return None
            stream = self._streams[id_]
            seqs = range(stream.base + 1, stream.seq + 1)
            at = partial(self._at, stream)
            start, end = bisect_left(seqs, first, key=at), bisect_right(seqs, last, key=at)
            if end - start > most - len(found):
                return None
            span = stream.rev(seqs.start + start), stream.rev(seqs.start + end - 1)
            found.update(self._connection.exec_driver_sql(_IDS, span).scalars())
        return found

    def _at(self, stream: Stream, seq: int) -> str:
        return str(self._connection.exec_driver_sql(_ID_AT, (stream.rev(seq),)).scalar_one())

    def add(self, stream: Stream, received: Sequence[tuple[Revision, bytes]]) -> None:
        """These are in the stream now, up to its end."""
        numbers = self._numbers.get(stream.id, _Numbers()).and_then([one.id for one, _ in received])
        self._streams[stream.id], self._numbers[stream.id] = stream, numbers
        _keep(self._connection, stream, numbers)


def _rise(ids: Sequence[str]) -> bool:
    return all(map(lt, ids, ids[1:]))


def _numbers_of(connection: Connection, stream: Stream) -> _Numbers:
    """Only what was added since they were kept is gone through."""
    kept = connection.execute(_FIND_KEPT, {"key": f"{NUMBERS}{stream.id}"}).scalar()
    after, numbers = stream.base, _Numbers()
    if kept:
        seq, digest, greatest, order = str(kept).split()
        if stream.base < int(seq) <= stream.seq and _hex(digest_at(connection, stream, int(seq))) == digest:
            after, numbers = int(seq), _Numbers(greatest, order == _RISING)
    if after == stream.seq:
        return numbers
    new = connection.exec_driver_sql(_IDS, (stream.rev(after + 1), stream.rev(stream.seq))).scalars()
    for ids in new.partitions(CHUNK):
        numbers = numbers.and_then(ids)
    _keep(connection, stream, numbers)
    return numbers


def _keep(connection: Connection, stream: Stream, numbers: _Numbers) -> None:
    order = _RISING if numbers.are_rising else _MIXED
    value = f"{stream.seq} {stream.digest.hex()} {numbers.greatest} {order}"
    connection.execute(_PUT_KEPT, {"key": f"{NUMBERS}{stream.id}", "value": value})


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
