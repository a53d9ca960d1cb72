"""Invented codes and numbers that pass the checks real ones pass (domain.md section 4.1)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_FIRST_BIRTH = date(1985, 5, 1)
"""Baiyin has its code since 1985; the checker of `schema.types` refuses earlier births under 6204xx."""
_BIRTH_DAYS = 7000


def invent_uscc(rng: Random, region: str) -> str:
    """A 统一社会信用代码 of an enterprise (91) registered in this region, with its GB 32100 check character."""
    body = f"91{region}" + "".join(rng.choice(_USCC_ALPHABET) for _ in range(9))
    total = sum(_USCC_ALPHABET.index(sign) * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return body + _USCC_ALPHABET[-total % 31]


def invent_resident_id(rng: Random, region: str, *, is_woman: bool) -> str:
    """A 身份证号 with this region, a birth date of working age and the GB 11643 check character."""
    born = _FIRST_BIRTH + timedelta(rng.randrange(_BIRTH_DAYS))
    order = rng.randrange(1, 490) * 2 + (0 if is_woman else 1)
    body = f"{region}{born:%Y%m%d}{order:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def invent_phone(rng: Random) -> str:
    """A mobile number, all of them beginning with 139 so that nobody takes them for real ones."""
    return f"139{rng.randrange(10**8):08}"
