"""Identifiers of records, revisions, instances and packages: UUIDv7 (RFC 9562) as 32 hexadecimal digits."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from desktop_app.base.clock import Clock, millis

ID_CHARS = 32
_TAIL_BYTES, _TAILS = 8, 64
"""Random bytes of one identifier, and for how many the system is asked at a time: a batch asks a lot."""


class IdSource:
    """
    Makes identifiers that sort by time of making, also within one millisecond.

    Thread: one source belongs to one thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._count = 0
        self._tails: Iterator[tuple[int, ...]] = iter(())

    def new(self) -> str:
        """One identifier; later calls sort after it while the clock does not go back."""
        return self.some(1)[0]

    def some(self, n: int) -> list[str]:
        """
        So many, in order, at one reading of the clock.

        The 12 bits of `rand_a` count within the millisecond; when they run out the time field is
        moved on by one, which RFC 9562 section 6.2 allows.
        """
        now = millis(self._clock.now())
        if now > self._last:
            self._last, self._count = now, -1
        found = []
        for _ in range(n):
            self._count += 1
            if self._count > 0xFFF:
                self._last, self._count = self._last + 1, 0
            tail = self._tail() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
            found.append(f"{self._last:012x}7{self._count:03x}{tail:016x}")
        return found

    def _tail(self) -> int:
        """The next random number of 64 bits."""
        for (tail,) in self._tails:
            return tail
        self._tails = struct.iter_unpack(">Q", os.urandom(_TAIL_BYTES * _TAILS))
        return self._tail()


def is_id(text: object) -> bool:
    """Whether this is an identifier in the one spelling that is used."""
    return isinstance(text, str) and len(text) == ID_CHARS and all(c in "0123456789abcdef" for c in text)
