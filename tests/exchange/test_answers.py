"""
Q01 each receipt says of every submission whether it came, and the county shows it
"""

from desktop_app.actions.status import own_sent
from tests.exchange.world import CITY, A, World


def answers(world: World) -> dict[int, str]:
    return {one.number: one.answer for one in own_sent(world[A])}


def test_q01_lost_package_is_named__ok(world: World) -> None:
    world.up(A)
    first = max(answers(world))
    world.add(A)
    world.send(A)
    world.up(A)
    assert set(answers(world).values()) == {""}
    world.down(A)
    assert answers(world) == {first: "accepted", first + 1: "missing", first + 2: "accepted"}


def test_q01_late_package_is_answered_anew__ok(world: World) -> None:
    """The lost stick is found: the next receipt says that it came."""
    world.up(A)
    world.add(A)
    late = world.package(A, CITY)
    world.up(A)
    world.down(A)
    assert list(answers(world).values()).count("missing") == 1
    world.take(CITY, late)
    world.down(A)
    assert set(answers(world).values()) == {"accepted"}
