"""
The benchmark itself, with hardly any data.

B01 every line has both sides, a ratio that is ours by the yardstick, and a verdict that follows from it
B02 sides take turns, the warm-up is not counted
B03 every target of the design stands in the table, and none is loosened
B04 the table shows each line with both sides; a line without a target has no verdict
B05 a yardstick that counts something else stops the benchmark
B06 what was measured before a run was cut short is told and written
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import figures
from tests.bench.desks import Bench
from tests.bench.measuring import WARM_UPS, Line, Taken, Words, compared, interleaved, table

TARGETS = {
    "starting.greeting": 1.5,
    "starting.window": 1.5,
    "starting.memory": 2.5,
    "lists.first_page": 2,
    "lists.last_page": 2,
    "lists.sorted_page": 2,
    "lists.search_two_characters": 0.05,
    "lists.search_three": 0.05,
    "lists.search_six": 0.05,
    "lists.search_pinyin_initials": 0.05,
    "records.add_batch": 2.5,
    "records.enter_batch": 2.5,
    "records.enter_one": 1.2,
    "records.change_one": 1.2,
    "packages.export": 2,
    "packages.export_few": 1.5,
    "packages.merge": 1.5,
    "packages.import": 3,
    "packages.import_concurrent": 2,
    "packages.import_batch": 1.5,
    "figures.report": 2,
    "letters.one_bare": 1.3,
    "letters.batch_bare": 1.3,
    "window.first": 1.5,
    "window.list": 1.5,
    "window.search": 1.5,
    "window.record": 1.5,
    "sheets.export": 2,
    "sheets.import": 2,
    "sheets.preview": 2,
    "sheets.again": 2,
}


QUICK = ("lists", "records", "figures")
"""Families that need neither packages nor other programs: two minutes less."""


@pytest.fixture(scope="session")
def lines(sweep: Callable[[int, int], int]) -> list[Line]:
    """Every line that has a target, of sizes divided by 2000; those of the quick families in CI."""
    names = [one for one in bench.FAMILIES if one not in {"growth", "province"}]
    return bench.run(names if sweep(0, 1) else QUICK, divide=2000, runs=1, tell=lambda _: None)


def a_line(ours: Sequence[float], yardstick: Sequence[float], target: float | None = 2) -> Line:
    return compared("family", Words("name", "what", "against", target, n_rows=100), Taken([*ours]), Taken([*yardstick]))


def test_every_line_has_two_sides_a_ratio_and_a_verdict(lines: list[Line]) -> None:
    """B01"""
    for one in lines:
        assert one.ours > 0, one.name
        assert one.yardstick > 0, one.name
        assert one.ratio == one.ours / one.yardstick
        assert one.holds is (None if one.target is None else one.ours / one.yardstick <= one.target)
        assert one.runs >= 1
        assert one.spread[0] <= one.ours <= one.spread[1], one.name
        assert one.spread[2] <= one.yardstick <= one.spread[3], one.name


def test_every_target_of_the_design_is_in_the_table(lines: list[Line]) -> None:
    """B03"""
    ran = {one.family for one in lines}
    expected = {name: target for name, target in TARGETS.items() if name.split(".")[0] in ran}
    assert {f"{one.family}.{one.name}": one.target for one in lines if one.target is not None} == expected


def test_the_table_shows_every_line_with_both_sides(lines: list[Line]) -> None:
    """B04"""
    shown = table(lines).splitlines()
    assert shown[0].split() == ["what", "ours", "yardstick", "ratio", "target", "holds?", "by", "cpu"]
    for one, row in zip(lines, shown[2:], strict=False):
        assert row.startswith(f"{one.what} / {one.against}"), one.name
        assert f" {one.ratio:.2f} " in row
        verdict = row.split()[-1 if one.cpu_ratio is None else -2]
        assert verdict == {True: "yes", False: "NO", None: "-"}[one.holds]


def test_the_json_says_what_the_table_says(lines: list[Line]) -> None:
    """B01, B04"""
    found = json.loads(json.dumps([one.as_json() for one in lines]))
    assert [(one["name"], one["ratio"], one["holds"]) for one in found] == [(o.name, o.ratio, o.holds) for o in lines]
    assert all(one["ours_per_s"] == one["n_rows"] / one["ours"] for one in found if one["n_rows"])


def test_a_verdict_follows_from_medians() -> None:
    """B01"""
    assert a_line([1, 9, 2], [1, 1, 1]).ratio == 2
    assert a_line([1, 9, 2], [1, 1, 1]).holds is True
    assert a_line([1, 9, 2.1], [1, 1, 1]).holds is False
    assert a_line([2], [1], None).holds is None
    assert table([a_line([4], [1])]).splitlines()[2].split()[-3:] == ["4.00", "2", "NO"]


def test_sides_take_turns_and_the_warm_up_is_not_counted() -> None:
    """B02"""
    seen: list[str] = []

    def side(name: str) -> None:
        seen.append(name)

    taken = interleaved({"a": lambda _: side("a"), "b": lambda _: side("b")}, 3)
    assert seen == ["a", "b"] * (3 + WARM_UPS)
    assert {name: len(one.values) for name, one in taken.items()} == {"a": 3, "b": 3}


def test_a_yardstick_that_counts_something_else_stops_the_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B05"""
    wrong = {**figures.STATEMENTS, "petition_total": figures.STATEMENTS["petition_people"]}
    monkeypatch.setattr(figures, "STATEMENTS", wrong)
    with pytest.raises(AssertionError, match="petition_total"):
        figures.measure(Bench(tmp_path, 10_000, 1))


def test_the_command_writes_its_table_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """B04"""
    line = replace(a_line([4], [1]), note="说明")
    asked: list[object] = []

    def run(
        names: list[str], *, divide: int, runs: int, is_cold: bool, keep: Callable[[list[Line]], None]
    ) -> list[Line]:
        assert not is_cold
        asked.extend([names, divide, runs])
        keep([line])
        return [line]

    monkeypatch.setattr(bench, "run", run)
    path = tmp_path / "table.json"
    assert bench.main(["records", "--quick", "--runs", "7", "--json", str(path)]) == 0
    assert asked == [["records"], bench.QUICK, 7]
    assert "family.name: 说明" in capsys.readouterr().out
    assert json.loads(path.read_text(encoding="utf-8"))["lines"] == [json.loads(json.dumps(line.as_json()))]


def test_a_run_cut_short_has_not_measured_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """B06"""

    def is_cut(_: Bench) -> list[Line]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "FAMILIES", {"first": lambda _: [a_line([4], [1])], "second": is_cut})
    path = tmp_path / "table.json"
    with pytest.raises(KeyboardInterrupt):
        bench.main(["first", "second", "--json", str(path)])
    assert [one["ratio"] for one in json.loads(path.read_text(encoding="utf-8"))["lines"]] == [4]
    assert "what / against" in capsys.readouterr().out


def test_an_unknown_family_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """B04"""
    with pytest.raises(SystemExit) as stopped:
        bench.main(["recrods"])
    assert stopped.value.code == 2
    assert "recrods" in capsys.readouterr().err
