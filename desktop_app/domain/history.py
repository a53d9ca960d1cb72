"""
The state of a record as a pure function of the set of its revisions (design section 5).

No clock and no order of arrival decides. The value of a field is that of the maximal revisions that set
it: those with no descendant that set it too. Several maximal revisions with different values are a
conflict; the provisional value is the owning office's, then that of the larger revision id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from desktop_app.domain.revision import Revision
from desktop_app.schema.model import DELETED


@dataclass(frozen=True, slots=True)
class Authored:
    """A revision and the office that made it."""

    revision: Revision
    office: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values of one field that a person has to choose between: revision id → value, the shown one first."""

    field: str
    values: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class RecordState:
    """
    Attributes:
        values: Field → value shown; `deleted` among them.
        heads: Revisions nobody has built on, sorted.
        conflicts: Open conflicts, by field key.
        held: Ids of revisions whose parents have not arrived.
    """

    values: Mapping[str, object]
    heads: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    held: tuple[str, ...]


def resolve(revisions: Iterable[Authored], owner: str) -> RecordState:
    """The state that a set of revisions of one record makes; `owner` is the office the record belongs to."""
    known = {one.revision.id: one for one in revisions}
    ready, ancestors = _arrived(known)
    values: dict[str, object] = {}
    conflicts = []
    for key in sorted({key for rid in ready for key in known[rid].revision.fields}):
        setters = [rid for rid in ready if key in known[rid].revision.fields]
        maximal = [rid for rid in setters if not any(rid in ancestors[other] for other in setters)]
        ranked = sorted(maximal, key=lambda rid: (known[rid].office == owner, rid), reverse=True)
        values[key] = known[ranked[0]].revision.fields[key]
        different = _different(known, ranked, key)
        if len(different) > 1:
            conflicts.append(Conflict(key, different))
    against = _edits_against_deletion(known, ready, ancestors, values)
    conflicts = [_shown_first(one, values) for one in conflicts]
    conflicts += [one for one in against if not any(other.field == one.field for other in conflicts)]
    built_on = {parent for rid in ready for parent in known[rid].revision.parents}
    return RecordState(
        values=values,
        heads=tuple(sorted(rid for rid in ready if rid not in built_on)),
        conflicts=tuple(conflicts),
        held=tuple(sorted(known.keys() - set(ready))),
    )


def _arrived(known: Mapping[str, Authored]) -> tuple[list[str], dict[str, frozenset[str]]]:
    """Revisions whose whole ancestry is here, parents first, and the ancestors of each."""
    ancestors: dict[str, frozenset[str]] = {}
    waiting = sorted(known)
    while True:
        ready = [rid for rid in waiting if all(p in ancestors for p in known[rid].revision.parents)]
        if not ready:
            return list(ancestors), ancestors
        for rid in ready:
            parents = known[rid].revision.parents
            ancestors[rid] = frozenset(parents).union(*(ancestors[p] for p in parents))
        waiting = [rid for rid in waiting if rid not in ancestors]


def _different(known: Mapping[str, Authored], ranked: list[str], key: str) -> tuple[tuple[str, object], ...]:
    """One revision for each different value, in the order of rank."""
    found: list[tuple[str, object]] = []
    for rid in ranked:
        value = known[rid].revision.fields[key]
        if all(value != seen for _, seen in found):
            found.append((rid, value))
    return tuple(found)


def _shown_first(conflict: Conflict, values: Mapping[str, object]) -> Conflict:
    """An edit beside a deletion and its restoring decides for showing the record, whatever ranks first."""
    return replace(conflict, values=tuple(sorted(conflict.values, key=lambda pair: pair[1] != values[conflict.field])))


def _edits_against_deletion(
    known: Mapping[str, Authored],
    ready: list[str],
    ancestors: Mapping[str, frozenset[str]],
    values: dict[str, object],
) -> list[Conflict]:
    """
    A deletion beside an edit that did not know of it: a listed conflict, and the record stays visible.

    `values[DELETED]` is set to False when there is one.
    """
    if not values.get(DELETED):
        return []
    deletions = [rid for rid in ready if known[rid].revision.fields.get(DELETED) is True]
    live = [d for d in deletions if not any(d in ancestors[o] and DELETED in known[o].revision.fields for o in ready)]
    beside = [
        rid
        for rid in ready
        if DELETED not in known[rid].revision.fields
        and any(rid not in ancestors[d] and d not in ancestors[rid] for d in live)
    ]
    if not beside:
        return []
    values[DELETED] = False
    return [Conflict(DELETED, ((max(beside), False), (max(live), True)))]
