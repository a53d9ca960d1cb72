"""
X01 the whole way by clicks: entry, submission, preview, import, receipt, and the county sees 已接收
X02 what cannot be written or read is said in words, and nothing is lost
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.actions.desk import NewDesk
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records
from desktop_app.gui.page import Page
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.send_page import SendPage
from desktop_app.gui.window import Window
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_window import PACK, answer, frame_of, opened, sample


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that stands for a stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def county(vault: Vault, tmp_path: Path, stick: Path) -> Vault:
    """A county paired with the city's `vault`."""
    enrolment = add_office(vault, code="620421", name="靖远县总工会", out=stick)
    made, paired = init_county(NewDesk(tmp_path / "county", PASSPHRASE, cost=LIGHT), enrolment=enrolment, out=stick)
    assert paired.file is not None
    import_package(vault, paired.file)
    for one in stick.iterdir():
        one.unlink()
    return made


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


def send_page(window: Window) -> SendPage:
    page = opened(window, "send")
    assert isinstance(page, SendPage)
    return page


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

    sending = send_page(other)
    sending.folder.setText(str(stick))
    qtbot.mouseClick(sending.go, Qt.MouseButton.LeftButton)
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
    answering = send_page(entered)
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
    sending = send_page(other)
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


def test_x02_no_stick__error(other: Window, tmp_path: Path) -> None:
    page = send_page(other)
    page.folder.setText(str(tmp_path / "gone"))
    page.send()
    assert "U盘" in frame_of(other).strip.text.text()
    assert page.go.isEnabled()


def test_x02_period_not_over__error(other: Window, stick: Path, qtbot: QtBot) -> None:
    page = send_page(other)
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
    page = send_page(other)
    page.check_now()
    qtbot.waitUntil(lambda: bool(page.result.text()), timeout=20_000)


def test_x02_strangers_file_is_refused__error(entered: Window, stick: Path, qtbot: QtBot) -> None:
    (stick / "坏<b>.ghpkg").write_bytes(b"not a package")
    page = receive_page(entered)
    page.add([stick])
    page.take_in()
    qtbot.waitUntil(lambda: "未接收" in page.state.text(), timeout=20_000)
    assert page.report.toPlainText()


def test_x02_empty_stick_says_so__ok(entered: Window, stick: Path) -> None:
    page = receive_page(entered)
    page.add([stick])
    assert "没有数据包" in page.state.text()
    assert not page.go.isEnabled()
    assert isinstance(page, Page)
