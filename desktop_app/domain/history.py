"""
The state of a record as a pure function of the set of its revisions (design section 5).

No clock and no order of arrival decides. The value of a field is that of the maximal revisions that set
it: those with no descendant that set it too. Several maximal revisions with different values are a
conflict; the provisional value is the owning office's, then that of the larger revision id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec

from desktop_app.domain.revision import Revision
from desktop_app.schema.model import DELETED

_spelt = msgspec.json.Encoder(order="sorted").encode


class Authored(msgspec.Struct, frozen=True, gc=False):
    """A revision and the office that made it."""

    revision: Revision
    office: str


class Conflict(msgspec.Struct, frozen=True, gc=False):
    """Values of one field that a person has to choose between: revision id → value, the shown one first."""

    field: str
    values: tuple[tuple[str, object], ...]


class RecordState(msgspec.Struct, frozen=True, gc=False):
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


def resolve(
    revisions: Iterable[Authored], owner: str, keys: Collection[str] | None = None, *, base: str = ""
) -> RecordState:
    """
    The state that a set of revisions of one record makes.

    Args:
        owner: The office the record belongs to.
        keys: Only these fields, and whether the record is deleted, are wanted; all when None.
        base: A revision that the given ones build on, and that need not be given, nor what precedes it: fields
            that none of the given ones sets are missing in the outcome, all else is as with the whole history.
    """
    known: dict[str, Authored] = {}
    for one in revisions:
        if one.revision.id not in known or one.office == owner:  # by two ways, as after a repair elsewhere
            known[one.revision.id] = one
    wanted = None if keys is None else (*keys, DELETED)
    if base and len(known) == 2 and (found := _both(known.values(), owner, wanted, base)):
        return found
    tree = _Tree(known, base)
    setters: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(tree.ready):
        fields = one.revision.fields
        for key in fields if wanted is None else [key for key in wanted if key in fields]:
            setters[key].append(at)
    values: dict[str, object] = {}
    conflicts = []
    ranked_of: dict[tuple[int, ...], list[Authored]] = {}  # most fields were set together
    for key, places in setters.items():
        together = tuple(places)
        ranked = ranked_of.get(together)
        if ranked is None:
            ranked = ranked_of[together] = tree.ranked(places, owner)
        values[key] = ranked[0].revision.fields[key]
        if len(ranked) > 1 and len(different := _different(ranked, key)) > 1:
            conflicts.append(Conflict(key, different))
    against = _edits_against_deletion(tree, setters.get(DELETED, []), values)
    conflicts = [_shown_first(one) if one.field == DELETED and against else one for one in conflicts]
    conflicts.sort(key=attrgetter("field"))
    conflicts += [one for one in against if not any(other.field == one.field for other in conflicts)]
    return RecordState(
        values=values,
        heads=tuple(sorted(tree.ready[at].revision.id for at in tree.maximal(range(len(tree.ready))))),
        conflicts=tuple(conflicts),
        held=tuple(sorted(tree.waiting)),
    )


class _Tree:
    """
    The revisions whose whole ancestry is here, parents first.

    Attributes:
        ready: In that order; a revision is spoken of by its place in it.
        ancestors: Of each, as a number with the bit of each ancestor's place set.
        waiting: Ids of the others.
    """

    def __init__(self, known: Mapping[str, Authored], base: str) -> None:
        self.ready: list[Authored] = []
        self.ancestors: list[int] = []
        self._known, self._base, self._place = known, base, dict[str, int]()
        late = [rid for rid in sorted(known) if not self._put(rid)]  # numbers mostly grow from parent to child
        self.waiting = self._put_late(late) if late else []

    def _put(self, rid: str) -> bool:
        """Whether all parents had a place, so that it has one now."""
        one, place, mask = self._known[rid], self._place, 0
        for parent in one.revision.parents:
            at = place.get(parent)
            if at is None:
                if parent == self._base:
                    continue
                return False
            mask |= self.ancestors[at] | 1 << at
        place[rid] = len(place)
        self.ready.append(one)
        self.ancestors.append(mask)
        return True

    def _put_late(self, late: Sequence[str]) -> list[str]:
        """Puts those that came before a parent, in time that grows with the parents; the rest is returned."""
        children: dict[str, list[str]] = {}
        n_missing: dict[str, int] = {}
        for rid in late:
            parents = self._known[rid].revision.parents
            missing = [parent for parent in parents if parent not in self._place and parent != self._base]
            n_missing[rid] = len(missing)
            for parent in missing:
                children.setdefault(parent, []).append(rid)
        queue = [rid for rid in late if not n_missing[rid]]
        for rid in queue:  # it grows on the way
            self._put(rid)
            for child in children.get(rid, ()):
                n_missing[child] -= 1
                if not n_missing[child]:
                    queue.append(child)
        return [rid for rid in late if rid not in self._place]

    def maximal(self, places: Sequence[int]) -> Sequence[int]:
        """Those of the places that are no ancestor of another of them."""
        if len(places) < 2:
            return places
        below = 0
        for at in places:
            below |= self.ancestors[at]
        return [at for at in places if not below >> at & 1]

    def ranked(self, places: Sequence[int], owner: str) -> list[Authored]:
        """The maximal ones of the places, the one whose values are shown first."""
        maximal = [self.ready[at] for at in self.maximal(places)]
        if len(maximal) > 1:
            maximal.sort(key=lambda one: _rank(one, owner), reverse=True)
        return maximal

    def are_related(self, one: int, other: int) -> bool:
        """Whether one of the two is an ancestor of the other."""
        return bool(self.ancestors[one] >> other & 1 or self.ancestors[other] >> one & 1)


def _both(two: Iterable[Authored], owner: str, wanted: Collection[str] | None, base: str) -> RecordState | None:
    """What two revisions of the same parent make, the plainest divergence; None when it is not that plain."""
    one, other = two
    this, that = (one, other) if _rank(one, owner) > _rank(other, owner) else (other, one)
    shown, beside = this.revision, that.revision
    if not shown.parents == beside.parents == (base,) or DELETED in shown.fields or DELETED in beside.fields:
        return None
    values = {**beside.fields, **shown.fields}
    if wanted is not None:
        values = {key: values[key] for key in wanted if key in values}
    both = sorted(key for key in beside.fields if key in shown.fields and key in values)
    compared = ((key, _different((this, that), key)) for key in both)
    conflicts = tuple(Conflict(key, different) for key, different in compared if len(different) > 1)
    heads = (shown.id, beside.id) if shown.id < beside.id else (beside.id, shown.id)
    return RecordState(values, heads, conflicts, ())


def _rank(one: Authored, owner: str) -> tuple[bool, str]:
    """The greater, the sooner its values are shown."""
    return one.office == owner, one.revision.id


def _different(ranked: Sequence[Authored], key: str) -> tuple[tuple[str, object], ...]:
    """One revision for each different value, in the order of rank."""
    found: dict[object, tuple[str, object]] = {}
    for one in ranked:
        value = one.revision.fields[key]
        found.setdefault(value if type(value) is str else _spelt(value), (one.revision.id, value))
    return tuple(found.values())


def _shown_first(conflict: Conflict) -> Conflict:
    """An edit beside a deletion and its restoring decides for showing the record, whatever ranks first."""
    return Conflict(conflict.field, tuple(sorted(conflict.values, key=lambda pair: pair[1] is not False)))


def _edits_against_deletion(tree: _Tree, setters: Sequence[int], values: dict[str, object]) -> list[Conflict]:
    """
    A deletion beside an edit that did not know of it: a listed conflict, and the record stays visible.

    Args:
        setters: Those that delete or restore. values: `deleted` is set to False when there is a conflict.
    """
    if not values.get(DELETED):
        return []
    live = [at for at in tree.maximal(setters) if tree.ready[at].revision.fields[DELETED] is True]
    edits = [at for at, one in enumerate(tree.ready) if DELETED not in one.revision.fields]
    beside = [at for at in edits if any(not tree.are_related(at, other) for other in live)]
    if not beside:
        return []
    values[DELETED] = False
    edit, deletion = (max(tree.ready[at].revision.id for at in places) for places in (beside, live))
    return [Conflict(DELETED, ((edit, False), (deletion, True)))]
