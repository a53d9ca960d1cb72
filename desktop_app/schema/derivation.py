"""What derived values follow from, and the order in which they can be computed."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.schema.clauses import fields_in
from desktop_app.schema.model import AddDays, Derive, Difference, Field


def sources(rule: Derive) -> frozenset[str]:
    """Keys of the fields that a derivation or a limit reads."""
    if isinstance(rule, AddDays):
        return frozenset(one for one in (rule.start, rule.plus, rule.kind, rule.days) if isinstance(one, str) and one)
    if isinstance(rule, Difference):
        return frozenset((rule.minuend, *rule.subtrahends))
    return frozenset(fields_in(rule.where))


def in_order(fields: Mapping[str, Field]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The derived fields, each after those it reads; and those that read each other in a circle."""
    waiting = {key: sources(field.derive) & fields.keys() for key, field in fields.items() if field.derive}
    done: list[Field] = []
    while ready := [key for key, needs in waiting.items() if not needs & waiting.keys()]:
        done += [fields[key] for key in ready]
        for key in ready:
            del waiting[key]
    return tuple(done), tuple(fields[key] for key in waiting)
