"""How a package is called, in a file name, in a history and in a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.schema.suggest import some


def package_name(kind: str, sender: str, recipient: str, number: int) -> str:
    """`620402-000017-submission`; from the city the recipient stands in it too, since it counts for each."""
    to = "" if kind in ("submission", "registration") else f"-{recipient}"
    return f"{sender}{to}-{number:06}-{kind}"


def numbers_text(numbers: Sequence[int]) -> str:
    """Rising package numbers for a sentence: `000003、000007—000009`; the first twelve places of many."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], n]
        else:
            runs.append([n])
    return some(
        f"{run[0]:06}—{run[-1]:06}" if run[-1] - run[0] > 1 else "、".join(f"{n:06}" for n in run) for run in runs
    )
