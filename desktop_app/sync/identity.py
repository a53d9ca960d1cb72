"""An office's keys: age X25519 to read what is sent to it, Ed25519 to sign what it sends."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import pyrage
import pyrage.x25519
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What others know of an office: `age1…`, and the signing key as 64 hexadecimal digits."""

    recipient: str
    verify_key: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The secret keys as texts, kept inside the vault only; `age` opens our payloads with the first."""

    age: str
    sign: str

    @property
    def public(self) -> PublicKeys:
        """The public halves."""
        signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.sign))
        recipient = str(pyrage.x25519.Identity.from_str(self.age).to_public())
        return PublicKeys(recipient, signing.public_key().public_bytes_raw().hex())

    def signature(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 over the message."""
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.sign)).sign(message)


def new_identity() -> Identity:
    """Fresh keys."""
    return Identity(str(pyrage.x25519.Identity.generate()), Ed25519PrivateKey.generate().private_bytes_raw().hex())


def is_signed_by(verify_key: str, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's; a text that is no key has signed nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(verify_key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_recipient(text: str) -> bool:
    """Whether packages can be encrypted to this key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def short_code(city: PublicKeys, county: PublicKeys, token: str) -> str:
    """
    Ten characters that both screens show and two people compare by telephone.

    They hang on the keys of both sides and on the enrolment's token, so that neither file can have been
    replaced on the way: 50 bits, of which a stranger would have to hit all at one try.
    """
    parts = [city.recipient, city.verify_key, county.recipient, county.verify_key, token]
    text = base64.b32encode(hashlib.sha256("\0".join(["union-desk/pairing/1", *parts]).encode()).digest()).decode()
    return f"{text[:5]}-{text[5:10]}"
