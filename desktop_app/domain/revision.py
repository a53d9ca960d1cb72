"""A revision: one committed change of one record, in the one form in which it is stored, chained and sent."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import msgspec

from desktop_app.base.clock import MOST_AT

DIGEST_BYTES = 32


class Revision(msgspec.Struct, tag="revision", tag_field="type", frozen=True, omit_defaults=True, gc=False):
    """
    Attributes:
        id: UUIDv7.
        record, ledger: Which record of which ledger.
        parents: The heads it was based on; empty for the creation of a record.
        fields: Changed values only, canonical; `state`, `deleted` and `parent` travel here too.
        actor: Who made it. at: UTC milliseconds; shown, never used to decide anything.
        pack: Version of the parameter pack it was written under.
        step: Workflow step it belongs to. note: Reason a person gave.
        sealed: Label of the accepted period that the record lies in; such a change is shown as 封账后修改.
    """

    id: str
    record: str
    ledger: str
    fields: dict[str, Any]
    actor: str
    at: Annotated[int, msgspec.Meta(ge=0, le=MOST_AT)]
    pack: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    parents: tuple[str, ...] = ()
    step: str = ""
    note: str = ""
    sealed: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Revision).decode


def encode_revision(revision: Revision) -> bytes:
    """The one line of JSON that is stored, digested and sent; no line break in it."""
    return _encode(revision)


def decode_revision(body: bytes) -> Revision:
    """
    The revision of a stored or received line.

    Raises:
        msgspec.MsgspecError: It is not one.
    """
    return _decode(body)


def chain_start(office: str, instance: str, scope: str) -> bytes:
    """The digest before the first revision of a stream: it binds the chain to its author and its readers."""
    return hashlib.sha256(f"union-desk/stream/1\0{office}\0{instance}\0{scope}".encode()).digest()


def chain(previous: bytes, body: bytes) -> bytes:
    """The digest of a revision: SHA-256 over the digest of the one before it and its own line."""
    return hashlib.sha256(previous + body).digest()
