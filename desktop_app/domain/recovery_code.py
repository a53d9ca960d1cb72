"""
A recovery code as it is printed and typed: 160 random bits, eight groups of four characters and a check character.

The check is a polynomial over the field of 32 elements: any one wrong character, and any two neighbours that
changed places within the four, show in their own group. The place of the group counts too.
"""

from __future__ import annotations

N_GROUPS, _PART = 8, 4
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def printed_code(plain: str) -> str:
    """The 32 characters of a code with their check characters, in groups."""
    groups = [plain[at : at + _PART] for at in range(0, len(plain), _PART)]
    return "-".join(group + _check(group, n) for n, group in enumerate(groups, 1))


def plain_code(typed: str) -> str:
    """
    The 32 characters of a typed code, without looking at its checks; empty for what cannot be a code.

    Spaces, hyphens and case do not count. A code without checks is one of the first format.
    """
    text = _tidy(typed)
    if any(one not in _ALPHABET for one in text):
        return ""
    if len(text) == N_GROUPS * (_PART + 1):
        return "".join(group[:_PART] for group in _groups(text))
    return text if len(text) == N_GROUPS * _PART else ""


def wrong_groups(typed: str) -> list[int]:
    """Numbers, from 1, of the groups with a wrong character; none for a text that is no code with checks."""
    text = _tidy(typed)
    if len(text) != N_GROUPS * (_PART + 1) or not plain_code(typed):
        return []
    return [n for n, group in enumerate(_groups(text), 1) if _check(group[:_PART], n) != group[_PART]]


def _tidy(typed: str) -> str:
    return "".join(typed.upper().replace("-", " ").split())


def _groups(text: str) -> list[str]:
    return [text[at : at + _PART + 1] for at in range(0, len(text), _PART + 1)]


def _check(part: str, place: int) -> str:
    total = place
    for one in part:
        total = _times_x(total) ^ _ALPHABET.index(one)
    return _ALPHABET[_times_x(total)]


def _times_x(value: int) -> int:
    """Times x modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value
