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
from desktop_app.actions.narrating import write_text
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


SENTENCES = (
    "全市5个县区总工会全部完成综治中心入驻，推动维权关口前移",
    "全年劳动领域保持平稳向好，未发生各类突发事件。",
    "4月份，获评2024年度全市平安建设暨主动创稳工作“优秀”等次。",
    "制定印发《2025年全市工会系统普法依法治理工作要点》及年度普法清单，组建专业法律服务团队",
    "全年开展法治体检11场次、惠及职工6600余人，普法宣讲37场次、覆盖职工6290余人；",
    "提供法律咨询服务588人次，办理援助案件56件，帮助职工挽回经济损失141.59万元；",
    "印制发放《民法典》《工会法》等宣传册9000余本、彩色折页32000余份，切实推动",
    "8月份，组织基层工会参加省总工会“百年工运史 法治伴我行”职工法律知识竞赛，荣获“优秀组织奖”。",
    "全市建立工会劳动法律监督组织263个，配备监督员1091人，完成线上业务培训685人。",
    "精准发出《工会劳动法律监督提示函》26份，出具《意见书》《建议书》3份，建立问题整改台账",
    "联合市人社局举办劳动人事争议仲裁员调解员专题培训班，培训业务骨干126人。",
    "全年协助调解成功劳动争议案件29件，有效化解劳资矛盾",
    "以“共商共建构和谐 共创共享促发展”为主题，启动2025年集体协商“要约季”活动，活动在3—5月份实现了全域覆盖。",
    "活动期间，204家企业签订集体合同，其中工资专项合同95份、新就业形态劳动者专项合同16份，覆盖职工22908人、新就业形态劳动者574人，",
    "新就业形态劳动者574人，集体合同签订率动态稳定在90%以上。",
    "截至年底，全市324家企业签订集体合同，283份上传全国及省总工会平台，覆盖职工29566人；",
    "建会国有企业职代会、厂务公开、职工董事制度覆盖率分别达79%、92%、82.6%。",
    "8月份，参加全省集体协商竞赛荣获“优秀组织奖”。",
    "全年信访事项办结率、回复率均达100%，把信访工作打造成",
    "积极参与白银市（区）2025年全民禁毒宣传月启动仪式、市禁毒教育基地开馆仪式、深入市禁毒馆参观学习、“6·26”健康彩虹跑等特色活动",
    "3月份，荣获2024年全市禁毒工作成绩“突出”通报，跻身全市5个受表扬单位行列。",
)
"""Each figure of the 2025 summary where the summary has it; every one stands in one paragraph only."""


def test_c01_sample_year_gives_the_summary(tmp_path: Path) -> None:
    circle = run_circle(tmp_path / "circle", say=lambda _: None, cost=LIGHT)
    assert len(circle.expected) >= 40
    assert circle.differences() == []
    parts = circle.narrative.split("\n")
    for words in SENTENCES:
        assert sum(words in one for one in parts) == 1, words
    headings = [one.strip() for one in parts if one.strip()[1:2] == "、"]
    assert [one[0] for one in headings] == list("一二三四五六七")


def test_c02_another_year_gives_its_own(small: tuple[Path, Circle]) -> None:
    report = small[1].report
    assert report is not None
    assert report.row("yaoyue_cc_enterprises").value == 7
    assert report.row("yaoyue_wage_cc").value == 3
    petitions = report.row("petition_total")
    assert petitions.value == 9 == sum(value or 0 for value in petitions.by_office.values())
    assert (petitions.by_office["620502"] or 0) > (petitions.by_office["620503"] or 0)
    assert (
        "活动期间，7家企业签订集体合同，其中工资专项合同3份，覆盖职工591人，集体合同签订率达100%。"
        "截至年底，全市7家企业签订集体合同，覆盖职工591人。\n"
    ) in small[1].narrative
    for gone in ("全市紧盯", "全年切实", "提示函》", "要约季”活动", "禁毒工作成绩"):
        assert gone not in small[1].narrative
    assert "开展法治体检" not in small[1].narrative


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
    assert "工资专项合同4份" in write_text(city, year_period(2031)).plain()
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
