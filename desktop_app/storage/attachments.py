"""Contents of attachments, in pieces, named by the SHA-256 of the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from desktop_app.base.errors import PackageError
from desktop_app.storage import tables
from desktop_app.storage.streams import Stream

PART_BYTES = 256 * 1024
_SQL = "INSERT OR IGNORE INTO attachment (digest, part, rev, content) VALUES (?, ?, ?, ?)"


def put_part(connection: Connection, digest: str, part: int, rev: int, content: bytes) -> None:
    """Stores one piece; a piece that is there already is left as it is."""
    connection.exec_driver_sql(_SQL, (digest, part, rev, content))


def put_attachment(connection: Connection, rev: int, pieces: Iterable[bytes]) -> tuple[str, int]:
    """
    Stores a content that comes in pieces of `PART_BYTES`; `rev` is the revision it travels with.

    Returns:
        Its digest and size in bytes.
    """
    whole, n_bytes, kept = hashlib.sha256(), 0, []
    for part, piece in enumerate(pieces):
        whole.update(piece)
        n_bytes += len(piece)
        kept.append((part, rev, piece))
    digest = whole.hexdigest()
    for part, at, piece in kept:
        put_part(connection, digest, part, at, piece)
    return digest, n_bytes


def read_attachment(connection: Connection, digest: str) -> Iterator[bytes]:
    """The pieces of a content, in order."""
    a = tables.attachment.c
    yield from connection.execute(select(a.content).where(a.digest == digest).order_by(a.part)).scalars()


def parts_after(connection: Connection, stream: Stream, after: int) -> Iterator[tuple[str, int, bytes]]:
    """Digest, part and content of what travels with the stream's revisions after `after`."""
    a = tables.attachment.c
    query = (
        select(a.digest, a.part, a.content)
        .where(a.rev > stream.rev(after), a.rev <= stream.rev(stream.seq))
        .order_by(a.rev, a.digest, a.part)
        .execution_options(yield_per=1)
    )
    for row in connection.execute(query):
        yield row.digest, row.part, row.content


def check_attachment(connection: Connection, digest: str, name: str) -> None:
    """
    Raises:
        PackageError: payload: the pieces that came do not make up the content they are named after.
    """
    whole = hashlib.sha256()
    for piece in read_attachment(connection, digest):
        whole.update(piece)
    if whole.hexdigest() != digest:
        raise PackageError("package.tampered", name=name, detail="附件内容与摘要不符")
