"""
X01 the whole way by clicks: entry, submission, preview, import, receipt, and the county sees 已接收
X02 what cannot be written or read is said in words, and nothing is lost
X03 the submission step by step: check, reasons typed in place, period, stick, signing sheet
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.reading import check_records, show_record
from desktop_app.actions.records import Given, add_records
from desktop_app.base.clock import SystemClock, today
from desktop_app.domain.period import parse_period
from desktop_app.gui.page import Page
from desktop_app.gui.receipt_page import ReceiptPage
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.submit_page import EXPLAIN, PERIOD, WRITE, SubmitPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.conftest import open_copy
from tests.gui.test_window import PACK, answer, opened, sample


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that stands for a stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def county(vault: Vault, pair: Path, tmp_path: Path) -> Vault:
    """A county paired with the city's `vault`."""
    del vault  # paired, as this fixture is asked for
    return open_copy(pair / "county", tmp_path / "county")


@pytest.fixture
def other(window: Window, county: Vault) -> Iterator[Window]:
    """The county's window, beside the city's."""
    made = Window(window.theme)
    made.show()
    made.enter(county)
    yield made
    if made.frame is not None:
        for page in made.frame.pages():
            made.frame.drop(page)
    made.close()
    made.deleteLater()


def submit_page(window: Window) -> SubmitPage:
    page = opened(window, "send")
    assert isinstance(page, SubmitPage)
    return page


def receipt_page(window: Window) -> ReceiptPage:
    page = opened(window, "send")
    assert isinstance(page, ReceiptPage)
    return page


def click(qtbot: QtBot, one: QWidget) -> None:
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)


def receive_page(window: Window) -> ReceivePage:
    page = opened(window, "receive")
    assert isinstance(page, ReceivePage)
    return page


def petition() -> Given:
    entered = PACK.ledgers["petition"].entered
    return Given({one.key: sample(one, "") for one in entered if one.required and not one.ledger})


def test_x01_whole_way__ok(
    entered: Window, other: Window, vault: Vault, county: Vault, stick: Path, qtbot: QtBot
) -> None:
    record = add_records(county, "petition", [petition()]).record_ids[0]

    sending = submit_page(other)
    sending.folder.setText(str(stick))
    for _ in range(3):
        click(qtbot, sending.next)
    assert not sending.next.isVisible()
    assert other.focusWidget() is sending.folder
    click(qtbot, sending.go)
    qtbot.waitUntil(lambda: "可以拔出" in sending.result.text(), timeout=20_000)

    receiving = receive_page(entered)
    receiving.add([stick])
    assert len(receiving.paths()) == 1
    qtbot.mouseClick(receiving.preview, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "预览" in receiving.state.text(), timeout=20_000)
    assert "信访事项：新增 1" in receiving.report.toPlainText()
    with vault.read() as connection:
        assert vault.rows["petition"].load(connection, [record]) == {}  # a preview writes nothing

    qtbot.mouseClick(receiving.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已处理 1 个" in receiving.state.text(), timeout=20_000)
    with vault.read() as connection:
        assert record in vault.rows["petition"].load(connection, [record])

    for one in stick.iterdir():
        one.unlink()
    answering = receipt_page(entered)
    answering.folder.setText(str(stick))
    qtbot.mouseClick(answering.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "可以拔出" in answering.result.text(), timeout=20_000)

    taking = receive_page(other)
    taking.add([stick])
    qtbot.mouseClick(taking.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已处理 1 个" in taking.state.text(), timeout=20_000)
    page = opened(other, f"record/{record}")
    assert isinstance(page, RecordPage)
    assert page.shown is not None
    assert page.shown.sending == "received"


def test_x01_import_can_be_undone__ok(
    entered: Window, other: Window, vault: Vault, county: Vault, stick: Path, qtbot: QtBot
) -> None:
    record = add_records(county, "petition", [petition()]).record_ids[0]
    sending = submit_page(other)
    sending.folder.setText(str(stick))
    sending.send()
    qtbot.waitUntil(lambda: "可以拔出" in sending.result.text(), timeout=20_000)
    receiving = receive_page(entered)
    receiving.add([stick])
    receiving.take_in()
    qtbot.waitUntil(lambda: "已处理 1 个" in receiving.state.text(), timeout=20_000)
    answer(qtbot, "confirm.yes")
    receiving.take_back()
    assert "已撤销" in receiving.state.text()
    with vault.read() as connection:
        assert vault.rows["petition"].load(connection, [record]) == {}


# --- X03 ------------------------------------------------------------------------------------------


def last_year() -> str:
    return str(today(SystemClock()).year - 1)


def asked(county: Vault) -> str:
    """A record of last year with a check that wants a reason; its id."""
    year = last_year()
    entered = PACK.ledgers["outreach"].entered
    values = {one.key: sample(one, "") for one in entered if one.required and not one.ledger}
    given = Given({**values, "is_open_to_all": True, "n_sessions": 0, "held_on": f"{year}-03-05"})
    record = add_records(county, "outreach", [given]).record_ids[0]
    assert {each.level for one in check_records(county, parse_period(year)) for each in one.problems} == {"explain"}
    return record


def test_x03_explained_declared_written__ok(other: Window, county: Vault, stick: Path, qtbot: QtBot) -> None:
    """Check, the reason typed in place, the period, the stick, the signing sheet."""
    record = asked(county)
    page = submit_page(other)
    page.period.setCurrentIndex(page.period.findData(last_year()))
    click(qtbot, page.check)
    qtbot.waitUntil(lambda: "情况说明" in page.checked.text(), timeout=20_000)
    click(qtbot, page.next)
    assert page.stack.currentIndex() == EXPLAIN
    assert page.explanations.rowCount() == 1
    cell = page.explanations.item(0, 2)
    assert cell is not None
    cell.setText("当事人撤回，已口头答复")
    click(qtbot, page.explain)
    qtbot.waitUntil(lambda: "没有要处理" in page.checked.text(), timeout=20_000)
    assert show_record(county, record).record.values["explanation"] == "当事人撤回，已口头答复"
    click(qtbot, page.steps.buttons[PERIOD])
    page.filler.setText("张三")
    page.leader.setText("李四")
    click(qtbot, page.steps.buttons[WRITE])
    page.folder.setText(str(stick))
    click(qtbot, page.go)
    qtbot.waitUntil(page.go.isEnabled, timeout=20_000)
    assert "可以拔出" in page.result.text()
    assert page.sheet.isVisible()
    assert len(list(stick.glob("*.pdf"))) == 1
    assert page.sent.rowCount() == 1


def test_x03_not_explained__error(other: Window, county: Vault, stick: Path, qtbot: QtBot) -> None:
    asked(county)
    page = submit_page(other)
    page.period.setCurrentIndex(page.period.findData(last_year()))
    page.filler.setText("张三")
    page.leader.setText("李四")
    page.folder.setText(str(stick))
    page.send()
    qtbot.waitUntil(page.go.isEnabled, timeout=20_000)
    assert "说明" in page.result.text()
    assert list(stick.iterdir()) == []


def test_x03_names_are_wanted__error(other: Window, stick: Path) -> None:
    page = submit_page(other)
    page.period.setCurrentIndex(1)
    page.folder.setText(str(stick))
    page.send()
    assert "审核领导" in page.result.text()


# --- X02 ------------------------------------------------------------------------------------------


def test_x02_no_stick__error(other: Window, tmp_path: Path) -> None:
    page = submit_page(other)
    page.folder.setText(str(tmp_path / "gone"))
    page.send()
    assert "U盘" in page.result.text()
    assert page.go.isEnabled()


def test_x02_period_not_over__error(other: Window, stick: Path, qtbot: QtBot) -> None:
    page = submit_page(other)
    page.period.setCurrentIndex(1)
    page.filler.setText("张三")
    page.leader.setText("李四")
    page.folder.setText(str(stick))
    page.send()
    qtbot.waitUntil(page.go.isEnabled, timeout=20_000)
    assert "可以拔出" not in page.result.text()
    assert list(stick.iterdir()) == []


def test_x02_check_lists_what_opens__ok(other: Window, county: Vault, qtbot: QtBot) -> None:
    given = dict(petition().values)
    add_records(county, "petition", [Given(given)])
    page = submit_page(other)
    click(qtbot, page.check)
    qtbot.waitUntil(lambda: "没有要处理" in page.checked.text(), timeout=20_000)


def test_x02_strangers_file_is_refused__error(entered: Window, stick: Path, qtbot: QtBot) -> None:
    (stick / "坏&lt;b&gt;.ghpkg").write_bytes(b"not a package")
    page = receive_page(entered)
    page.add([stick])
    page.take_in()
    qtbot.waitUntil(lambda: "未接收" in page.state.text(), timeout=20_000)
    assert "坏&lt;b&gt;.ghpkg" in page.report.toPlainText()  # as it is; Windows knows no < in a name


def test_x02_empty_stick_says_so__ok(entered: Window, stick: Path) -> None:
    page = receive_page(entered)
    page.add([stick])
    assert "没有数据包" in page.state.text()
    assert not page.go.isEnabled()
    assert isinstance(page, Page)
