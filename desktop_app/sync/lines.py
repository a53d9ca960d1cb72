"""
The lines of a payload: what may stand in a package, after the grammar of JSON lines.

The first line repeats from inside the encryption who sends what to whom, so that a stranger cannot put
his own header before a stolen payload.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from desktop_app.domain.revision import Revision
from desktop_app.sync.header import Header
from desktop_app.sync.identity import Identity, is_signed_by


class Preamble(msgspec.Struct, tag="preamble", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """The first line: the header's words, said again inside."""

    kind: str
    package: str
    sender: str
    recipient: str
    instance: str
    number: int
    first: int
    last: int


class Known(msgspec.Struct, tag="known", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """
    How far the sender has a stream, its own among them: all that need not be sent to it again.

    `digest` is that of the chain after `seq`; it tells the streams of a copied vault apart. These lines
    come last, since they speak of what the package itself brings too.
    """

    office: str
    instance: str
    scope: str
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**40)]
    digest: str


class Seal(msgspec.Struct, tag="seal", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """
    The author's word that his stream was this up to `seq`, Ed25519 over the chain digest, hexadecimal.

    It travels on with the stream: who gets his own revisions back from another office, as after a restore,
    knows by it that they are his own.
    """

    office: str
    instance: str
    scope: str
    seq: Annotated[int, msgspec.Meta(ge=1, lt=2**40)]
    digest: str
    signature: str


Outcome = Literal["accepted", "returned", "refused", "missing"]


class Answer(
    msgspec.Struct, tag="answer", tag_field="type", frozen=True, forbid_unknown_fields=True, omit_defaults=True
):
    """
    The city's answer to one submission by its number, as things stand now.

    `accepted` was taken in; `returned` was taken in, and something in it is to be mended; `refused` could not be
    read or its period is not accepted; `missing` never came. `reason` is for people.
    """

    number: Annotated[int, msgspec.Meta(ge=1, lt=2**40)]
    outcome: Outcome
    reason: Annotated[str, msgspec.Meta(max_length=10_000)] = ""


class StreamStart(msgspec.Struct, tag="stream", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """The revisions that follow, from sequence `first`; `previous` is the chain digest before them."""

    office: str
    instance: str
    scope: str
    first: Annotated[int, msgspec.Meta(ge=1, lt=2**40)]
    previous: str


class AttachmentPart(msgspec.Struct, tag="attachment", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """One piece of an attachment, numbered from 0; `digest` is SHA-256 of the whole."""

    digest: str
    part: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    content: bytes


class Enrolment(msgspec.Struct, tag="enrolment", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """
    City to a new county: who the city is, and the token that the registration has to bring back.

    `number` is the last package the city had from this office: a replaced PC counts on from there.
    """

    office: str
    name: str
    city_name: str
    recipient: str
    verify_key: str
    token: str
    number: Annotated[int, msgspec.Meta(ge=0, lt=10**6)]


class Registration(msgspec.Struct, tag="registration", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """County to city: its keys, and the token that proves it had the enrolment file."""

    token: str
    recipient: str
    verify_key: str


class FormsFile(msgspec.Struct, tag="form", tag_field="type", frozen=True, forbid_unknown_fields=True):
    """One file of a parameter pack."""

    path: str
    text: str


AnyLine = (
    Preamble | Known | Seal | Answer | StreamStart | AttachmentPart | Enrolment | Registration | FormsFile | Revision
)
decode_line = msgspec.json.Decoder(AnyLine).decode
encode_line = msgspec.json.Encoder().encode


def preamble(header: Header) -> Preamble:
    """The line that must come first under this header."""
    h = header
    return Preamble(h.kind, h.package, h.sender, h.recipient, h.instance, h.number, h.first, h.last)


def _sealed_words(office: str, instance: str, scope: str, seq: int, digest: str) -> bytes:
    return "\0".join(["union-desk/seal/1", office, instance, scope, str(seq), digest]).encode()


def new_seal(identity: Identity, *, office: str, instance: str, scope: str, seq: int, digest: str) -> Seal:
    """The seal of a stream of our own."""
    signature = identity.signature(_sealed_words(office, instance, scope, seq, digest))
    return Seal(office, instance, scope, seq, digest, signature.hex())


def is_sealed_by(seal: Seal, verify_key: str) -> bool:
    """Whether this key made the seal."""
    words = _sealed_words(seal.office, seal.instance, seal.scope, seal.seq, seal.digest)
    try:
        signature = bytes.fromhex(seal.signature)
    except ValueError:
        return False
    return is_signed_by(verify_key, signature, words)


def encoded(lines: Iterable[AnyLine]) -> Iterator[bytes]:
    """Lines as they are written."""
    return (encode_line(one) for one in lines)
