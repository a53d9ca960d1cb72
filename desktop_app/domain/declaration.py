"""What a county declares of a period, and the short code both offices read from their screens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

Figures = Mapping[str, tuple[int, int | None]]
"""Indicator → amount in stored units, and the denominator of a ratio."""


def encode_figures(figures: Figures) -> str:
    """Figures as JSON with one spelling, indicators in order of key."""
    return msgspec.json.encode({key: figures[key] for key in sorted(figures)}).decode()


def decode_figures(text: str) -> dict[str, tuple[int, int | None]]:
    """
    Figures as declared; empty for a text that is none, since a declaration is shown even if it is broken.
    """
    try:
        return msgspec.json.decode(text, type=dict[str, tuple[int, int | None]])
    except msgspec.MsgspecError:
        return {}


def check_code(office: str, period: str, figures: Figures) -> str:
    """Eight characters over office, period and every figure: equal codes mean equal figures."""
    whole = "\0".join(["union-desk/declaration/1", office, period, encode_figures(figures)])
    text = base64.b32encode(hashlib.sha256(whole.encode()).digest()).decode()
    return f"{text[:4]}-{text[4:8]}"


def differing(declared: Figures, found: Figures) -> dict[str, tuple[Any, Any]]:
    """Indicators whose declared figure is not the one found here: declared, found."""
    keys = sorted(declared.keys() & found.keys())
    return {key: (declared[key], found[key]) for key in keys if tuple(declared[key]) != tuple(found[key])}
