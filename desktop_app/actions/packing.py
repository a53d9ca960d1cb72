"""What every package that leaves a vault has in common: its header and its line in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from desktop_app import __version__
from desktop_app.base.clock import millis
from desktop_app.storage.engine import Connection
from desktop_app.storage.packages import Logged, log_package, next_package
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import FORMAT, Header, Kind
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.package import write_package


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A package about to be written; `first` and `last` are the sender's own revisions inside."""

    kind: Kind
    recipient: str
    lines: Iterable[bytes]
    readers: tuple[PublicKeys, ...]
    first: int = 1
    last: int = 0


def send(vault: Vault, connection: Connection, identity: Identity, outgoing: Outgoing, folder: Path) -> Path:
    """
    Writes a package and logs it; number and log belong to the caller's transaction.

    Raises:
        PackageError: exists, no_space, write, read_back; the transaction is to be dropped then, so that
            the number is not lost.
    """
    sender = vault.owner.office
    number, previous = next_package(connection, sender, outgoing.recipient)
    now = millis(vault.clock.now())
    draft = Header(
        format=FORMAT,
        kind=outgoing.kind,
        package=vault.ids.new(),
        sender=sender,
        recipient=outgoing.recipient,
        instance=vault.owner.instance,
        number=number,
        previous=previous,
        first=outgoing.first,
        last=outgoing.last,
        pack=vault.pack.version,
        program=__version__,
        made_at=now,
        signer=identity.public.verify_key,
        payload_bytes=0,
        payload_sha256="",
    )
    while (folder / draft.file_name).exists():  # left by an export that was cut off before it was logged
        draft = msgspec.structs.replace(draft, number=draft.number + 1)
    path, digest = write_package(
        folder, draft, outgoing.lines, identity=identity, readers=outgoing.readers, workplace=vault.folder
    )
    log_package(
        connection,
        _logged(draft, "out", digest, now),
    )
    return path


def incoming(vault: Vault, header: Header, digest: str) -> Logged:
    """The log line of a package that is taken in now; `digest` is that of the file."""
    return _logged(header, "in", digest, millis(vault.clock.now()))


def _logged(header: Header, direction: str, digest: str, at: int) -> Logged:
    return Logged(
        id=0,
        package=header.package,
        direction=direction,
        kind=header.kind,
        sender=header.sender,
        recipient=header.recipient,
        instance=header.instance,
        number=header.number,
        digest=digest,
        at=at,
        report="{}",
    )
