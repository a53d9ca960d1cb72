"""
The whole circle: forms, vaults, revisions, packages, the city's record, the figures.

C01 the sample year gives every figure of the summary
C02 another year gives its own figures, in the table and in the text
C03 figures come from the records: change one in a county, send it, and the total moves
C04 every figure opens as many records as it counts
"""

import shutil
from pathlib import Path

import pytest

from desktop_app.actions.demo import PASSPHRASE, STICK, Circle, run_circle
from desktop_app.actions.desk import open_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.narrating import write_year
from desktop_app.actions.reading import show_records
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.actions.reporting import make_report, records_behind
from desktop_app.base.paths import sample_dir
from desktop_app.domain.period import year_period
from desktop_app.storage.slots import LIGHT
from tests.helpers.small_year import SMALL


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Circle]:
    folder = tmp_path_factory.mktemp("small")
    scenario = folder / "2031.toml"
    scenario.write_text(SMALL, encoding="utf-8")
    shutil.copyfile(sample_dir() / "words.toml", folder / "words.toml")
    return folder / "circle", run_circle(folder / "circle", scenario, say=lambda _: None, cost=LIGHT)


def test_c01_sample_year_gives_the_summary(tmp_path: Path) -> None:
    circle = run_circle(tmp_path / "circle", say=lambda _: None, cost=LIGHT)
    assert len(circle.expected) >= 40
    assert circle.differences() == []
    for words in (
        "法治体检11场次、惠及职工6600余人",
        "141.59万元",
        "提示函》26份",
        "分别达79%、92%、82.6%",
        "动态稳定在90%以上",
    ):
        assert words in circle.narrative


def test_c02_another_year_gives_its_own(small: tuple[Path, Circle]) -> None:
    report = small[1].report
    assert report is not None
    assert report.row("yaoyue_cc_enterprises").value == 7
    assert report.row("yaoyue_wage_cc").value == 3
    petitions = report.row("petition_total")
    assert petitions.value == 9 == sum(value or 0 for value in petitions.by_office.values())
    assert (petitions.by_office["620502"] or 0) > (petitions.by_office["620503"] or 0)
    assert "7家企业签订集体合同" in small[1].narrative
    assert "法治体检" not in small[1].narrative.split("依托")[1].split("，普法")[0].split("全年")[1]


def test_c03_a_changed_record_moves_the_total(small: tuple[Path, Circle], tmp_path: Path) -> None:
    folder = tmp_path / "circle"
    shutil.copytree(small[0], folder)
    county, city = open_desk(folder / "620502", PASSPHRASE), open_desk(folder / "620500", PASSPHRASE)
    wage = show_records(county, "contract", ["type=wage"])
    other = show_records(county, "contract", ["type=comprehensive"])
    edit_record(county, other[0].record.id, {"type": "wage"})
    edit_record(county, wage[0].record.id, {"n_workers": wage[0].record.values["n_workers"] + 1000})  # type: ignore[operator]
    delete_record(county, show_records(county, "petition")[0].record.id)
    import_packages(city, [one.file for one in export(county, folder / STICK)])
    before, after = small[1].report, make_report(city, year_period(2031))
    assert before is not None
    assert after.row("yaoyue_wage_cc").value == 4
    assert after.row("yaoyue_workers").value == before.row("yaoyue_workers").value + 1000  # type: ignore[operator]
    assert after.row("petition_total").value == 8
    assert "工资专项合同4份" in write_year(city, year_period(2031))
    county.close()
    city.close()


def test_c04_every_count_opens_its_records(small: tuple[Path, Circle]) -> None:
    city = open_desk(small[0] / "620500", PASSPHRASE)
    report = make_report(city, year_period(2031))
    counts = [row for row in report.rows if row.indicator.measure == "count"]
    assert any(row.value for row in counts)
    for row in counts:
        assert len(records_behind(city, year_period(2031), row.indicator.key)) == row.value
    city.close()
