"""Files added to a record, and taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktop_app.actions.changes import Changes
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.records import changeable
from desktop_app.base.errors import ActionRefused, KnownError
from desktop_app.schema.model import Ledger
from desktop_app.storage.attachments import PART_BYTES, check_here, put_attachment, read_attachment
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.vault import Vault

MAX_BYTES = 100 * 1024 * 1024
"""A scanned file of a case has some megabytes; a film does not belong in a vault that goes on a stick."""


def attach_file(vault: Vault, record_id: str, path: Path, *, field: str) -> Changes:
    """
    Adds a file to an attachments field; the content travels with this very revision.

    Raises:
        ActionRefused: not_found, deleted, not_owner, not_attachments, attachment_too_large.
        KnownError: cli.file: the file cannot be read.
    """
    with vault.write(PERMITS["record"]) as connection:
        reading, writing = Reading(vault, connection), Writing(vault, connection)
        record = changeable(vault, reading, find_record(vault, connection, record_id))
        _check_field(vault.pack.ledgers[record.ledger], field)
        try:
            _check_size(path)
            digest, n_bytes = put_attachment(connection, writing.next_rev(record.office), _pieces(path))
        except OSError as error:
            raise KnownError("cli.file", path=path, detail=error.strerror or error) from error
        before = record.values.get(field) or []
        assert isinstance(before, list)
        added = {"digest": digest, "name": path.name, "n_bytes": n_bytes}
        if added in before:
            return Changes(frozenset({record.ledger}))
        writing.change(record, {field: [*before, added]})
    return Changes(frozenset({record.ledger}), (record.id,))


def _check_field(ledger: Ledger, key: str) -> None:
    found = ledger.fields.get(key)
    if found is None or found.type.name != "attachments":
        raise ActionRefused("record.not_attachments", ledger=ledger.label, name=key)


def _check_size(path: Path) -> None:
    found = path.stat().st_size
    if found > MAX_BYTES:
        raise ActionRefused("record.attachment_too_large", name=path.name, found=found, limit=MAX_BYTES)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PART_BYTES):
            yield piece


def save_attachment(vault: Vault, record_id: str, name: str, folder: Path) -> Path:
    """
    Writes an attachment to a folder under its own name.

    Raises:
        ActionRefused: not_found, no_attachment, attachment_missing, file_exists. KnownError: cli.file.
    """
    with vault.read() as connection:
        record = find_record(vault, connection, record_id)
        lists = [value for value in record.values.values() if isinstance(value, list)]
        files = [one for value in lists for one in value if isinstance(one, dict) and one.get("name") == name]
        if not files:
            raise ActionRefused("record.no_attachment", name=name)
        check_here(connection, files[0]["digest"], name)
        target = folder / Path(name).name
        try:
            with target.open("xb") as out:
                for piece in read_attachment(connection, files[0]["digest"]):
                    out.write(piece)
        except FileExistsError as error:
            raise ActionRefused("record.file_exists", path=target) from error
        except OSError as error:
            raise KnownError("cli.file", path=target, detail=error.strerror or error) from error
    return target
