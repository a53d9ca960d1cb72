"""
What a preview warns of before a package is taken in; the import says the same.

A01 many records deleted: ten, or a fifth of a ledger
A02 one field changed in more than a fifth of the records, also where both sides had changed them
A03 numbers that went back, a copied vault
"""

import pytest

from desktop_app.actions.importing import preview_package
from desktop_app.actions.records import delete_record
from tests.exchange.world import CITY, A, World, codes, edit


def seen(world: World) -> set[str]:
    """Codes of what the preview of the county's next package says, and its import after it."""
    file = world.package(A, CITY)
    found = codes(preview_package(world.city, file).imported)
    assert codes(world.take(CITY, file)) == found
    return found


def many(world: World, n: int) -> list[str]:
    records = [world.add(A, summary=f"第{at}件") for at in range(n)]
    world.meet(A)
    return records


# --- A01 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "n_deleted", "is_told"), [(8, 2, True), (8, 1, False), (60, 10, True), (60, 9, False)])
def test_a01_deletions__ok(world: World, n: int, n_deleted: int, is_told: bool) -> None:
    for one in many(world, n)[:n_deleted]:
        delete_record(world[A], one)
    assert ("package.many_deletions" in seen(world)) == is_told


# --- A02 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "n_changed", "is_told"), [(20, 5, True), (20, 4, False), (30, 6, False), (30, 7, True)])
def test_a02_column__ok(world: World, n: int, n_changed: int, is_told: bool) -> None:
    for one in many(world, n)[:n_changed]:
        edit(world, A, one, topic="injury")
    assert ("package.column_changed" in seen(world)) == is_told


def test_a02_changed_on_both_sides__ok(world: World) -> None:
    """Records that the city has changed too are merged one by one, and count all the same."""
    for one in many(world, 10)[:6]:
        edit(world, A, one, topic="injury")
        edit(world, CITY, one, n_people=3)
    assert "package.column_changed" in seen(world)


def test_a02_new_records__ok(world: World) -> None:
    """A ledger that grows has not been overwritten."""
    many(world, 3)
    for at in range(10):
        world.add(A, summary=f"新{at}")
    assert seen(world) == set()


# --- A03 ------------------------------------------------------------------------------------------


def test_a03_number_and_vault__ok(world: World) -> None:
    record = world.shared()
    world.copy(A, "copy")
    edit(world, A, record, summary="一")
    world.up(A)
    edit(world, "copy", record, summary="二")
    file = world.package("copy", CITY)
    assert codes(preview_package(world.city, file).imported) >= {"package.went_back", "package.copied_vault"}
