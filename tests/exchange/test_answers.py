"""
What the city says of each submission, and what the county sees of it.

Q01 each receipt says of every submission whether it came
Q02 a return and a period that was not accepted stand beside the submission that brought them, with the reason
Q03 a submission that cannot be read is answered with the reason, if it is the county's own
Q04 each record is 待报, 已报, 已接收 or 退回, and what came back is on the to-do list until it is mended
"""

from pathlib import Path

import pytest

from desktop_app.actions.declaring import declare_period, find_report
from desktop_app.actions.home import todays_work
from desktop_app.actions.importing import import_package, import_packages
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import edit_record
from desktop_app.actions.returns import ReturnGiven, add_return
from desktop_app.actions.status import BoardRow, SentPackage, board, own_sent, own_status
from desktop_app.actions.steps import take_step
from desktop_app.base.errors import PackageError
from tests.exchange.world import CITY, A, B, World, dump, make_world, open_world


def answers(world: World) -> dict[int, str]:
    return {one.number: one.answer for one in own_sent(world[A])}


def last_answer(world: World) -> SentPackage:
    world.down(A)
    return own_sent(world[A])[0]


def row(world: World) -> BoardRow:
    return next(one for one in board(world.city, ["2025"]) if one.office == A)


# --- Q01 ------------------------------------------------------------------------------------------


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


# --- Q02 ------------------------------------------------------------------------------------------


def test_q02_returned_record__ok(world: World) -> None:
    record, other = world.add(A), world.add(A, summary="二")
    number = world.up(A).number
    edit_record(world[A], other, {"n_people": 3})
    world.up(A)
    add_return(world.city, ReturnGiven(record, "请补充经过", "summary"))
    world.down(A)
    found = {one.number: one for one in own_sent(world[A])}
    assert found[number].answer == "returned"
    assert "请补充经过" in found[number].reason
    assert found[number + 1].answer == "accepted"
    edit_record(world[A], record, {"summary": "经过如下"})
    world.up(A)
    world.down(A)
    assert set(answers(world).values()) == {"accepted"}


def test_q02_many_returns_are_told_shortly__ok(world: World) -> None:
    records = [world.add(A, summary=f"第{n}件") for n in range(5)]
    world.up(A)
    for one in records:
        add_return(world.city, ReturnGiven(one, "请核对"))
    assert "等 5 处" in last_answer(world).reason


@pytest.mark.parametrize(
    ("step", "fields", "told"),
    [
        ("refuse", {"opinion": "不是本单位的数据"}, "不是本单位的数据"),
        ("return", {"opinion": "缺会议记录", "reply_by": "2026-02-10"}, "2026-02-10"),
    ],
)
def test_q02_period_sent_back__ok(world: World, step: str, fields: dict[str, object], told: str) -> None:
    world.add(A)
    declare_period(world[A], "2025", filler="甲", leader="乙")
    world.up(A)
    with world.city.read() as connection:
        report = find_report(world.city, connection, "2025", A)
    assert report is not None
    take_step(world.city, report.id, step, fields)
    found = last_answer(world)
    assert found.answer == {"refuse": "refused", "return": "returned"}[step]
    assert told in found.reason
    assert told in found.told
    declare_period(world[A], "2025", filler="甲", leader="乙")
    world.up(A)
    assert last_answer(world).answer == "accepted"
    assert row(world).state == "submitted"


# --- Q03 ------------------------------------------------------------------------------------------


def cut_short(file: Path) -> Path:
    file.write_bytes(file.read_bytes()[:-100])
    return file


def test_q03_cut_short_on_the_stick__ok(world: World) -> None:
    world.add(A)
    world.up(A)
    file = cut_short(world.package(A, CITY))
    with pytest.raises(PackageError):
        import_packages(world.city, [file])
    world.down(A)
    found = own_sent(world[A])[0]
    assert (found.answer, own_sent(world[A])[1].answer) == ("refused", "accepted")
    assert file.name in found.reason


def test_q03_copied_again_and_whole__ok(world: World) -> None:
    """The same package comes whole the second time: it is no repetition, and its refusal is forgotten."""
    world.add(A)
    file = world.package(A, CITY)
    whole = file.read_bytes()
    done, skipped = import_packages(world.city, [cut_short(file), cut_short(world.package(B, CITY))])
    assert (len(done), {one.code for one in skipped}) == (0, {"package.truncated"})
    file.write_bytes(whole)
    assert world.take(CITY, file).outcome == "imported"
    assert last_answer(world).answer == "accepted"


def test_q03_nobody_else_is_noted__ok(world: World, tmp_path: Path) -> None:
    """A stranger's file, and one for another office, leave no line; a single import never does."""
    stranger = tmp_path / "某.ghpkg"
    stranger.write_bytes(b"x" * 5000)
    cut = cut_short(world.package(A, CITY))
    before = dump(world.city)
    with pytest.raises(PackageError):
        import_packages(world.city, [stranger])
    with pytest.raises(PackageError):
        import_package(world.city, cut)
    assert dump(world.city, "meta") == {key: rows for key, rows in before.items() if key != "meta"}


def test_q03_signed_by_another_key__ok(world: World, tmp_path: Path) -> None:
    """A county of the same code that belongs to another city: its refusal is not told to ours."""
    template = tmp_path / "elsewhere"
    make_world(template, [A])
    elsewhere = open_world(template, tmp_path / "there")
    elsewhere.add(A)
    file = elsewhere.package(A, CITY)
    elsewhere.close()
    before = dump(world.city)
    with pytest.raises(PackageError) as caught:
        import_packages(world.city, [file])
    assert caught.value.code == "package.wrong_signer"
    assert dump(world.city, "meta") == {key: rows for key, rows in before.items() if key != "meta"}


# --- Q04 ------------------------------------------------------------------------------------------


def test_q04_each_record_tells_how_far_it_got__ok(world: World) -> None:
    record = world.add(A)

    def told() -> str:
        return show_record(world[A], record).sending

    assert told() == "unsent"
    file = world.package(A, CITY)
    assert told() == "sent"
    world.take(CITY, file)
    world.down(A)
    assert told() == "received"
    add_return(world.city, ReturnGiven(record, "请补充"))
    world.down(A)
    assert told() == "returned"
    assert list(todays_work(world[A]).returned) == [record]
    assert own_status(world[A]).records["returned"] == 1
    edit_record(world[A], record, {"n_people": 2})
    assert told() == "unsent"
    assert todays_work(world[A]).returned == {}
