"""How a package is called, in a file name, in a history and in a refusal."""

from __future__ import annotations


def package_name(kind: str, sender: str, recipient: str, number: int) -> str:
    """`620402-000017-submission`; from the city the recipient stands in it too, since it counts for each."""
    to = "" if kind in ("submission", "registration") else f"-{recipient}"
    return f"{sender}{to}-{number:06}-{kind}"
