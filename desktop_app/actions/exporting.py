"""Writing what the other side does not have yet: a county's submission, the city's receipts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from desktop_app.actions.answering import answers
from desktop_app.actions.desk import identity_of
from desktop_app.actions.packing import Outgoing, send
from desktop_app.actions.permits import PERMITS
from desktop_app.base.errors import ActionRefused
from desktop_app.storage.attachments import parts_after
from desktop_app.storage.audit import note
from desktop_app.storage.engine import Connection
from desktop_app.storage.packages import Office, last_logged, offices
from desktop_app.storage.streams import Stream, bodies, digest_at, in_scope, last_seal, mark_sent
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import Kind
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.lines import AttachmentPart, Known, Seal, StreamStart, encode_line, new_seal


@dataclass(frozen=True, slots=True)
class Exported:
    """A package that was written; `n_revisions` counts what is new in it for the recipient."""

    file: Path
    kind: Kind
    recipient: str
    n_revisions: int


def export(vault: Vault, folder: Path, *, everyone: bool = False) -> list[Exported]:
    """
    Writes everything since the last receipt: a county one submission, the city a receipt for each county
    from which something came or for which something changed since its last one.

    Args:
        everyone: The city writes a receipt for each paired county. A city restored from a backup has to say
            what it still has before a county knows what to send again.

    Raises:
        ActionRefused: office.not_paired. PackageError: exists, no_space, write, read_back; the file that
            failed is not there, and the next try takes its number.
    """
    identity = identity_of(vault)
    with vault.read() as connection:
        known = offices(connection)
    if vault.owner.role == "county":
        city = next((one for one in known if one.role == "city"), None)
        if city is None:
            raise ActionRefused("office.not_paired", name="市级单位")
        return [_export_to(vault, identity, city, "submission", folder)]
    chosen = [one for one, waits in waiting_offices(vault) if everyone or waits]
    return [_export_to(vault, identity, one, "receipt", folder) for one in chosen]


def waiting_offices(vault: Vault) -> list[tuple[Office, bool]]:
    """The paired counties, and whether something came from each or changed for it since its last receipt."""
    with vault.read() as connection:
        paired = [one for one in offices(connection) if one.role == "county" and one.is_paired]
    return [(one, _is_waiting(vault, one)) for one in paired]


def _is_waiting(vault: Vault, office: Office) -> bool:
    with vault.read() as connection:
        answered = last_logged(connection, "receipt", vault.owner.office, office.code)
        unsent = any(one.seq > one.acked for one in _between(vault, connection, office.code))
        return unsent or last_logged(connection, "submission", office.code, vault.owner.office) > answered


def _between(vault: Vault, connection: Connection, other: str) -> list[Stream]:
    """The streams about the records that lie between this office and the other."""
    return in_scope(connection, vault.owner.office if vault.owner.role == "county" else other)


def _export_to(vault: Vault, identity: Identity, office: Office, kind: Kind, folder: Path) -> Exported:
    with vault.write(PERMITS["send"]) as connection:
        known = _between(vault, connection, office.code)
        unsent = [one for one in known if one.seq > one.acked]
        latest = next((one for one in unsent if one.instance == vault.owner.instance and not one.fork), None)
        package = Outgoing(
            kind=kind,
            recipient=office.code,
            lines=chain(
                *(_stream_lines(connection, one) for one in unsent),
                map(encode_line, _seals(vault, connection, identity, unsent)),
                map(encode_line, answers(vault, connection, office.code) if kind == "receipt" else ()),
                map(_known_line, known),
            ),
            readers=(PublicKeys(office.recipient, office.verify_key), identity.public),
            first=latest.acked + 1 if latest else 1,
            last=latest.seq if latest else 0,
        )
        path = send(vault, connection, identity, package, folder)
        note(vault, connection, "export", file=path.name)
        for one in unsent:
            mark_sent(connection, one)
    return Exported(path, kind, office.code, sum(one.seq - one.acked for one in unsent))


def _seals(vault: Vault, connection: Connection, identity: Identity, unsent: list[Stream]) -> Iterator[Seal]:
    """Our own streams sealed by us, the others' as their authors sealed them."""
    for one in unsent:
        family = {"office": one.office, "instance": one.instance, "scope": one.scope}
        if (one.office, one.instance, one.fork) == (vault.owner.office, vault.owner.instance, ""):
            yield new_seal(identity, **family, seq=one.seq, digest=one.digest.hex())
        elif found := last_seal(connection, one):
            seq, signature = found
            digest = digest_at(connection, one, seq)
            assert digest is not None, "a seal goes when its stream is cut"
            yield Seal(**family, seq=seq, digest=digest.hex(), signature=signature)


def _known_line(stream: Stream) -> bytes:
    return encode_line(Known(stream.office, stream.instance, stream.scope, stream.seq, stream.digest.hex()))


def _stream_lines(connection: Connection, stream: Stream) -> Iterator[bytes]:
    """A stream's unacknowledged part: where it begins, its revisions, and the attachments they brought."""
    previous = digest_at(connection, stream, stream.acked)
    assert previous is not None, "an acknowledged revision is never removed"
    yield encode_line(StreamStart(stream.office, stream.instance, stream.scope, stream.acked + 1, previous.hex()))
    yield from bodies(connection, stream, stream.acked)
    for digest, part, content in parts_after(connection, stream, stream.acked):
        yield encode_line(AttachmentPart(digest, part, content))
