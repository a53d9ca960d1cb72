"""What an action changed, so that each page knows whether it has to draw itself again."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.base.errors import Problem


@dataclass(frozen=True, slots=True)
class Changes:
    """
    Attributes:
        ledgers: Keys of ledgers with records changed.
        record_ids: In the order in which they were given.
        settings: Something other than records changed.
        notes: Problems of levels `explain` and `hint`, which did not stop it.
    """

    ledgers: frozenset[str] = frozenset()
    record_ids: tuple[str, ...] = ()
    settings: bool = False
    notes: tuple[Problem, ...] = ()
