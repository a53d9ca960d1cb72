"""
Packages that a county's own key has signed and that the program would never write.

F01 numbers of revisions and records that are none, or that another revision has: refused, the vault unchanged
F02 history told anew: a revision that is here comes with other words; refused
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app.actions.importing import import_package, preview_package
from desktop_app.base.clock import MOST_AT
from desktop_app.base.errors import PackageError
from desktop_app.domain.revision import Revision, chain_start, encode_revision
from desktop_app.storage import tables
from desktop_app.storage.streams import find_stream
from desktop_app.sync.lines import StreamStart, encode_line
from tests.exchange.world import CITY, DISPUTE, A, World, dump, edit
from tests.helpers.desks import Forger

ONE, TWO, THREE, RECORD, OTHER = ("1" * 32, "2" * 32, "3" * 32, "b" * 32, "c" * 32)


def start(world: World, first: int = 0) -> bytes:
    """The start of county A's stream, after what the city has of it or at the place given."""
    county = world[A].owner
    with world.city.read() as connection:
        here = find_stream(connection, county.office, county.instance, A) if first != 1 else None
    before = here.digest if here else chain_start(county.office, county.instance, A)
    return encode_line(StreamStart(county.office, county.instance, A, here.seq + 1 if here else 1, before.hex()))


def revision(
    id_: str, fields: dict[str, object], *parents: str, record: str = RECORD, ledger: str = "dispute", **more: Any
) -> bytes:
    """One line as a county might write it."""
    words = {"actor": "甲", "at": 0, "pack": 1, **more}
    return encode_revision(Revision(id_, record, ledger, fields, parents=parents, **words))


def new(id_: str = ONE, record: str = RECORD, **more: Any) -> bytes:
    """A dispute that begins."""
    return revision(id_, dict(DISPUTE), record=record, **more)


def forged(world: World, *lines: bytes, **header: Any) -> Path:
    """A package of these lines, signed by county A for the city."""
    return Forger(world[A], CITY, world.stick, header=header).write(*lines)


def refusal(world: World, file: Path) -> PackageError:
    """How the city refuses it, previewed and imported; nothing of it stays."""
    before = dump(world.city)
    for call in (preview_package, import_package):
        with pytest.raises(PackageError) as caught:
            call(world.city, file)
        assert dump(world.city) == before
    assert file.name in str(caught.value)
    return caught.value


# --- F01 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        new(id_="x y"),
        new(id_=""),
        new(id_="A" * 32),
        new(id_=f"{ONE}\n{TWO}"),
        new(id_="１" * 32),
        new(record="../../x"),
        new(record=""),
        revision(ONE, dict(DISPUTE), f"{TWO} {THREE}"),
        revision(ONE, dict(DISPUTE), ""),
    ],
)
def test_f01_no_number__error(world: World, line: bytes) -> None:
    error = refusal(world, forged(world, start(world), line))
    assert error.code == "package.payload"
    assert "编号" in str(error)


@pytest.mark.parametrize("at", [MOST_AT + 1, 2**53 - 1])
def test_f01_instant_that_no_calendar_has__error(world: World, at: int) -> None:
    assert refusal(world, forged(world, start(world), new(at=at))).code == "package.payload"


@pytest.mark.parametrize(
    "lines",
    [
        [new(), revision(TWO, {"n_people": 1}, ONE), revision(ONE, {"n_people": 7}, TWO)],
        [new(), revision(ONE, {"n_people": 7}, ONE)],
        [revision(ONE, {"n_people": 7}, TWO), revision(ONE, {"n_people": 8}, TWO)],
    ],
    ids=["follows", "itself", "waiting"],
)
def test_f01_number_given_twice__error(world: World, lines: list[bytes]) -> None:
    assert refusal(world, forged(world, start(world), *lines)).code == "package.mismatch"


def test_f01_number_of_another_record__ok(world: World) -> None:
    """No state hangs on it: histories are told by record."""
    assert import_package(world.city, forged(world, start(world), new(), new(record=OTHER))).n_revisions == 2


@pytest.mark.parametrize("parents", [lambda city, _: (city,), lambda _, first: (first,), lambda *_: (TWO,)])
def test_f01_number_of_the_citys_correction__error(
    world: World, parents: Callable[[str, str], tuple[str, ...]]
) -> None:
    """The correction would be gone from the record without a conflict, in one vault or in all."""
    shared = world.shared(n_people=3)
    edit(world, CITY, shared, n_people=5)
    r = tables.revision.c
    with world.city.read() as connection:
        query = tables.revision.select().where(r.record == shared).order_by(r.package.is_(None))
        first, correction = (row.id for row in connection.execute(query))
    line = revision(correction, {"n_people": 9}, *parents(correction, first), record=shared)
    assert refusal(world, forged(world, start(world), line)).code == "package.mismatch"


# --- F02 ------------------------------------------------------------------------------------------


def test_f02_told_anew__error(world: World) -> None:
    """What follows would be chained to words that this vault does not have."""
    import_package(world.city, forged(world, start(world), new()))
    told = revision(ONE, {**DISPUTE, "n_people": 99})
    for more in ([], [new(TWO, record=OTHER)]):
        assert refusal(world, forged(world, start(world, 1), told, *more)).code == "package.chain"
