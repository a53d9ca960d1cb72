"""Contents of attachments, in pieces, named by the SHA-256 of the whole and kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, delete, select

from desktop_app.base.errors import ActionRefused, PackageError
from desktop_app.storage import tables
from desktop_app.storage.streams import Stream

PART_BYTES = 256 * 1024
_PART = "INSERT OR IGNORE INTO attachment (digest, part, content) VALUES (?, ?, ?)"
_USE = "INSERT OR IGNORE INTO attachment_use (rev, digest) VALUES (?, ?)"


def put_part(connection: Connection, digest: str, part: int, rev: int, content: bytes) -> None:
    """Stores one piece and that it travels with a revision; a piece that is there already is left as it is."""
    connection.exec_driver_sql(_PART, (digest, part, content))
    connection.exec_driver_sql(_USE, (rev, digest))


def put_attachment(connection: Connection, rev: int, pieces: Iterable[bytes]) -> tuple[str, int]:
    """
    Stores a content that comes in pieces of `PART_BYTES`; `rev` is the revision it travels with.

    Returns:
        Its digest and size in bytes.
    """
    whole, kept = hashlib.sha256(), []
    for piece in pieces:
        whole.update(piece)
        kept.append(piece)
    digest = whole.hexdigest()
    for part, piece in enumerate(kept):
        put_part(connection, digest, part, rev, piece)
    return digest, sum(map(len, kept))


def read_attachment(connection: Connection, digest: str) -> Iterator[bytes]:
    """The pieces of a content, in order; none when it has not arrived."""
    a = tables.attachment.c
    yield from connection.execute(select(a.content).where(a.digest == digest).order_by(a.part)).scalars()


def parts_after(connection: Connection, stream: Stream, after: int) -> Iterator[tuple[str, int, bytes]]:
    """Digest, part and content of what travels with the stream's revisions after `after`, each content once."""
    u, a = tables.attachment_use.c, tables.attachment.c
    used = select(u.digest).where(u.rev > stream.rev(after), u.rev <= stream.rev(stream.seq)).distinct()
    for digest in connection.execute(used.order_by(u.digest)).scalars().all():
        parts = select(a.part, a.content).where(a.digest == digest).order_by(a.part)
        for row in connection.execute(parts.execution_options(yield_per=1)):
            yield digest, row.part, row.content


def is_whole(connection: Connection, digest: str) -> bool:
    """Whether the pieces that are here make up the content they are named after."""
    whole = hashlib.sha256()
    for piece in read_attachment(connection, digest):
        whole.update(piece)
    return whole.hexdigest() == digest


def check_arrived(connection: Connection, digest: str, name: str) -> None:
    """
    Raises:
        PackageError: tampered: what a package brought is not the content it is named after.
    """
    if not is_whole(connection, digest):
        raise PackageError("package.tampered", name=name, detail="附件内容与摘要不符")


def check_here(connection: Connection, digest: str, name: str) -> None:
    """
    Raises:
        ActionRefused: record.attachment_missing.
    """
    if not is_whole(connection, digest):
        raise ActionRefused("record.attachment_missing", name=name)


def forget_after(connection: Connection, stream: Stream, after: int) -> None:
    """Removes what travelled only with the stream's revisions after `after`."""
    u, a = tables.attachment_use, tables.attachment
    connection.execute(delete(u).where(u.c.rev > stream.rev(after), u.c.rev <= stream.rev((1 << tables.SEQ_BITS) - 1)))
    connection.execute(delete(a).where(a.c.digest.not_in(select(u.c.digest))))
