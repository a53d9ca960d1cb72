"""What the city holds for a county: a code that opens the county's vault, readable with the city's key only."""

from __future__ import annotations

import msgspec
import pyrage
import pyrage.x25519

from desktop_app.base.errors import PackageError
from desktop_app.sync.identity import Identity, PublicKeys

SUFFIX = ".escrow"
FORMAT = 1


class Escrow(msgspec.Struct, frozen=True):
    """The county, its vault, when it was made, and the code."""

    format: int
    office: str
    name: str
    vault: str
    made_at: int
    code: str


def seal_escrow(escrow: Escrow, city: PublicKeys) -> bytes:
    """The escrow as an age file for the city; the county itself cannot read it any more."""
    recipient = pyrage.x25519.Recipient.from_str(city.recipient)
    return bytes(pyrage.encrypt(msgspec.json.encode(escrow), [recipient]))


def open_escrow(content: bytes, identity: Identity, name: str) -> Escrow:
    """
    Raises:
        PackageError: escrow.unreadable: damaged, or for another city's key; escrow.too_new.
    """
    try:
        plain = pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(identity.age)])
        found = msgspec.json.decode(plain, type=Escrow)
    except (pyrage.DecryptError, msgspec.MsgspecError, OSError) as error:
        raise PackageError("escrow.unreadable", name=name) from error
    if found.format > FORMAT:
        raise PackageError("escrow.too_new", name=name)
    return found
