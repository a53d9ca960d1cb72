"""
Key slots: the vault's data key wrapped once for each passphrase or code that may open it.

Argon2id (RFC 9106) makes the wrapping key, AES-256-GCM wraps; the slot's own parameters and the vault's
id are authenticated, so that a slot with changed parameters or from another vault does not open.
Changing a passphrase rewrites a slot and no data.
"""

from __future__ import annotations

import base64
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop_app.base.errors import VaultError
from desktop_app.domain.recovery_code import N_GROUPS, plain_code, printed_code, wrong_groups
from desktop_app.storage.slot_users import PASSPHRASE

SLOTS_FORMAT = 2
"""2026-11: 1, the first; 2: with an escrow. A file without one is written as 1."""
RECOVERY, ESCROW = "recovery", "escrow"
KEY_BYTES = 32
MIN_PASSPHRASE_CHARS = 8
_RECOVERY_BYTES = 20
_FLOOR_KIB, _CEILING_KIB, _MAX_ROUNDS, _MAX_LANES = 8 * 1024, 1024 * 1024, 64, 64


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id cost: memory in KiB, passes, lanes."""

    memory_kib: int
    rounds: int
    lanes: int = 4


LIGHT = Cost(_FLOOR_KIB, 1, 1)
"""For codes of 160 random bits, which need no stretching."""


def calibrated_cost(seconds: float = 1.0) -> Cost:
    """The cost that takes about `seconds` on this PC; memory stays at 128 MiB, so that a PC with 4 GB copes."""
    memory = 128 * 1024
    start = time.perf_counter()
    hash_secret_raw(b"calibrate", bytes(16), 1, memory, 4, KEY_BYTES, Type.ID)
    once = time.perf_counter() - start
    return Cost(memory, max(2, min(16, round(seconds / once))))


class Slot(msgspec.Struct, frozen=True):
    """One slot; every field but `wrapped` is authenticated. Bytes are hexadecimal."""

    kind: str
    user: str
    memory_kib: int
    rounds: int
    lanes: int
    salt: str
    nonce: str
    wrapped: str = ""


class SlotFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file beside the database; `escrow` is the code of the escrow slot, encrypted to the city, in base 64."""

    format: int
    vault: str
    slots: list[Slot]
    escrow: str = ""


def slot_file(vault: str, found: list[Slot], escrow: str = "") -> SlotFile:
    """The file in the oldest format that can hold this."""
    return SlotFile(2 if escrow else 1, vault, found, escrow)


def make_slot(data_key: bytes, secret: str, *, kind: str, user: str, vault: str, cost: Cost) -> Slot:
    """A slot that opens with `secret`."""
    bare = Slot(kind, user, cost.memory_kib, cost.rounds, cost.lanes, os.urandom(16).hex(), os.urandom(12).hex())
    wrapped = AESGCM(_wrapping_key(bare, secret)).encrypt(bytes.fromhex(bare.nonce), data_key, _bound(bare, vault))
    return msgspec.structs.replace(bare, wrapped=wrapped.hex())


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The data key, the slot that gave it, and how long its passphrase took to derive here."""

    key: bytes
    slot: Slot
    seconds: float


def open_slot(file: SlotFile, secret: str, path: Path, *, user: str = "") -> Unlocked:
    """
    Finds the slot that a passphrase or a recovery code opens.

    Args:
        user: Only this user's passphrase and the codes are tried; empty: everybody's.

    Raises:
        VaultError: wrong_passphrase, code_typo, or slots_weak for parameters below the floor.
    """
    code = plain_code(secret)
    for slot in file.slots:
        if not _is_bearable(slot):
            raise VaultError("vault.slots_weak", path=path)
        is_tried = user in ("", slot.user) if slot.kind == PASSPHRASE else code != ""
        if not is_tried:
            continue
        given = secret if slot.kind == PASSPHRASE else code
        start = time.perf_counter()
        try:
            bare = msgspec.structs.replace(slot, wrapped="")
            key = AESGCM(_wrapping_key(slot, given)).decrypt(
                bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), _bound(bare, file.vault)
            )
        except InvalidTag:
            continue
        except (ValueError, HashingError) as error:
            raise VaultError("vault.slots_damaged", path=path, detail=error) from None
        return Unlocked(key, slot, time.perf_counter() - start)
    if 0 < len(wrong := wrong_groups(secret)) <= N_GROUPS // 2:
        raise VaultError("vault.code_typo", groups="、".join(map(str, wrong)))
    raise VaultError("vault.wrong_passphrase")


def is_stronger(cost: Cost, slot: Slot) -> bool:
    """Whether a cost asks for at least half as much work again as a slot has."""
    return 2 * cost.memory_kib * cost.rounds >= 3 * slot.memory_kib * slot.rounds


def _is_bearable(slot: Slot) -> bool:
    """Neither weaker than we ever make a slot, nor so heavy that opening it would stop the PC."""
    is_memory = _FLOOR_KIB <= slot.memory_kib <= _CEILING_KIB
    return is_memory and 1 <= slot.rounds <= _MAX_ROUNDS and 1 <= slot.lanes <= _MAX_LANES


def new_recovery_code() -> str:
    """160 random bits, made to be printed and typed: letters and 2–7 only."""
    return printed_code(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode())


def read_slots(path: Path) -> SlotFile:
    """
    Raises:
        VaultError: not_found, slots_damaged, or too_new.
    """
    try:
        file = msgspec.json.decode(path.read_bytes(), type=SlotFile)
    except FileNotFoundError:
        raise VaultError("vault.not_found", path=path.parent) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise VaultError("vault.slots_damaged", path=path, detail=error) from None
    except OSError as error:
        raise VaultError("vault.io", path=path, detail=error) from None
    if file.format > SLOTS_FORMAT:
        raise VaultError("vault.too_new", path=path, found=file.format, known=SLOTS_FORMAT)
    return file


def write_slots(path: Path, file: SlotFile) -> None:
    """
    Replaces the file in one step: the old slots or the new, never half of them.

    Raises:
        VaultError: io; the old slots are as they were.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(file)))
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise VaultError("vault.io", path=path, detail=error.strerror or error) from error


def _wrapping_key(slot: Slot, secret: str) -> bytes:
    salt = bytes.fromhex(slot.salt)
    return hash_secret_raw(secret.encode(), salt, slot.rounds, slot.memory_kib, slot.lanes, KEY_BYTES, Type.ID)


def _bound(bare: Slot, vault: str) -> bytes:
    """What the wrapping vouches for beside the key."""
    return f"union-desk/slot/1\0{vault}\0".encode() + msgspec.json.encode(bare)
