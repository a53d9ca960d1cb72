"""
P01 an administrator adds, changes, resets, disables users by clicks; anybody else reads why not
P02 one's own passphrase is changed on its page
P03 a code opens and leads to a new passphrase; a new code is made; the escrow is set up, written, opened
P04 the audit is looked through; what was cut off of it is explained
P05 what a role may not do is disabled and says why
P06 a private value is shown on request, which is noted; a person's data are found and printed
"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.actions import recovery
from desktop_app.actions.desk import NewDesk, init_city, open_desk
from desktop_app.actions.records import Given, add_records
from desktop_app.actions.users import add_user, list_users
from desktop_app.base.errors import KnownError
from desktop_app.gui import users_page
from desktop_app.gui.audit_page import AuditPage
from desktop_app.gui.passphrase_page import PassphrasePage
from desktop_app.gui.person_page import PersonPage
from desktop_app.gui.plain_table import PlainTable
from desktop_app.gui.users_page import UsersPage
from desktop_app.gui.window import Window
from desktop_app.storage.audit import read_audit
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_exchange import county, stick  # noqa: F401 fixtures
from tests.gui.test_locking import unlock
from tests.gui.test_window import form_page, frame_of, opened

PETITION = {
    "来源渠道": "来访",
    "来件人": "李四",
    "电话": "13993301234",
    "事项类别": "申诉求决",
    "事项主题": "工资",
    "摘要": "欠薪三个月",
}
OTHER, NEW = "other-passphrase", "new-passphrase-1"


def users_of(window: Window) -> UsersPage:
    page = opened(window, "users")
    assert isinstance(page, UsersPage)
    return page


def cell(table: PlainTable, row: int, column: int) -> str:
    found = table.item(row, column)
    assert found is not None
    return found.text()


def wait(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.runner.is_busy, timeout=20_000)


def type_passphrase(page: UsersPage, secret: str) -> None:
    page.passphrase.setText(secret)
    page.again.setText(secret)


# P01


def test_p01_by_clicks__ok(entered: Window, vault: Vault, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = users_of(entered)
    page.name.setText("王小红")
    page.role.setCurrentIndex(page.role.findData("entry"))
    type_passphrase(page, "aaaaaaaaaa")
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    assert "太弱" in frame_of(entered).strip.text.text()
    type_passphrase(page, OTHER)
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    wait(entered, qtbot)
    assert page.table.rowCount() == 2
    assert page.passphrase.text() == ""
    qtbot.mouseClick(page.role_button, Qt.MouseButton.LeftButton)
    assert "先在表中" in frame_of(entered).strip.text.text()
    row = next(at for at in range(2) if cell(page.table, at, 0) == "王小红")
    page.table.selectRow(row)
    assert page.role.currentData() == "entry"
    page.role.setCurrentIndex(page.role.findData("reader"))
    qtbot.mouseClick(page.role_button, Qt.MouseButton.LeftButton)
    assert cell(page.table, row, 1) == "只读"
    page.table.selectRow(row)
    monkeypatch.setattr(users_page, "confirm", lambda *_, **__: True)
    qtbot.mouseClick(page.disable, Qt.MouseButton.LeftButton)
    assert cell(page.table, row, 2) == "已停用"
    page.table.selectRow(row)
    type_passphrase(page, NEW)
    qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    wait(entered, qtbot)
    assert cell(page.table, row, 2) == "可以登录"
    page.table.selectRow(1 - row)
    qtbot.mouseClick(page.disable, Qt.MouseButton.LeftButton)
    assert "最后一名管理员" in frame_of(entered).strip.text.text()
    assert [(one.user.name, one.user.role) for one in list_users(vault)] == [
        ("王小红", "reader"),
        ("经办人", "administrator"),
    ]


# P02


def test_p02_own_passphrase__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    page = opened(entered, "passphrase")
    assert isinstance(page, PassphrasePage)
    page.old.setText("not this one")
    page.new.setText(NEW)
    page.again.setText(NEW + "x")
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert "不一样" in frame_of(entered).strip.text.text()
    page.again.setText(NEW)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    wait(entered, qtbot)
    assert "口令" in frame_of(entered).strip.text.text()
    assert page.new.text() == NEW, "nothing has to be typed twice"
    page.old.setText(PASSPHRASE)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    wait(entered, qtbot)
    assert (page.old.text(), page.new.text(), page.again.text()) == ("", "", "")
    folder = vault.folder
    entered.lock()
    open_desk(folder, NEW).close()


# P03


def test_p03_code_leads_to_a_new_passphrase__ok(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    made, code = init_city(NewDesk(tmp_path / "v", PASSPHRASE, cost=LIGHT), office="620400", name="白银市总工会")
    made.close()
    unlock(window, qtbot, tmp_path / "v", code)
    page = frame_of(window).current()
    assert isinstance(page, UsersPage)
    assert "恢复码" in page.why.text()
    page.table.selectRow(0)
    type_passphrase(page, NEW)
    qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    wait(window, qtbot)
    window.lock()
    unlock(window, qtbot, tmp_path / "v", NEW)
    assert frame_of(window).user.text() == "经办人"


def test_p03_new_code__ok(entered: Window, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = users_of(entered)
    monkeypatch.setattr(users_page, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "码.pdf"), ""))
    page.new_code()
    code = page.code.text().removeprefix("新恢复码：")
    recovery.check_recovery_code(vault, code)
    assert (tmp_path / "码.pdf").read_bytes().startswith(b"%PDF")


def test_p03_escrow__ok(
    window: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    stick: Path,  # noqa: F811
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = county.folder
    window.enter(county)
    page = users_of(window)
    assert "没有设立" in page.escrow.text()
    page.put_into_escrow()
    assert "已设立" in page.escrow.text()
    window.lock()
    window.login.show_vaults(folder)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(stick))
    qtbot.mouseClick(window.login.forgot, Qt.MouseButton.LeftButton)
    (path,) = stick.glob("*.escrow")
    assert "带到市里" in window.login.hint.text()
    window.enter(vault)
    page = users_of(window)
    page.open_escrow(path)
    assert "靖远县总工会" in page.code.text()
    code = page.code.text().split("：")[1].split("。")[0]
    again = open_desk(folder, code)
    assert again.is_by_code
    again.close()


# P04


def test_p04_looked_through__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    add_user(vault, "王小红", "entry", OTHER)
    page = opened(entered, "audit")
    assert isinstance(page, AuditPage)
    assert cell(page.table, 0, 2) == "添加用户"
    assert "没有改动" in page.state.text()
    page.kind.setCurrentIndex(page.kind.findData("undo"))
    assert page.table.rowCount() == 0
    page.kind.setCurrentIndex(0)
    page.words.setText("王小红")
    qtbot.keyClick(page.words, Qt.Key.Key_Return)
    assert page.table.rowCount() == 1
    page.print_to(tmp_path / "审计.pdf")
    wait(entered, qtbot)
    assert (tmp_path / "审计.pdf").read_bytes().startswith(b"%PDF")


def test_p04_cut_off_and_explained__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    add_user(vault, "王小红", "entry", OTHER)
    page = opened(entered, "audit")
    assert isinstance(page, AuditPage)
    assert page.explain.isHidden()
    with vault.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.exec_driver_sql("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    page.refresh()
    assert not page.explain.isHidden()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue("老电脑断电")
        dialog.accept()

    QTimer.singleShot(0, answer)
    qtbot.mouseClick(page.explain, Qt.MouseButton.LeftButton)
    assert page.explain.isHidden()
    assert "老电脑断电" in cell(page.table, 0, 3)


# P05


def test_p05_reader_reads_why__ok(window: Window, vault: Vault, qtbot: QtBot) -> None:
    add_user(vault, "王小红", "reader", OTHER)
    folder = vault.folder
    vault.close()
    window.enter(open_desk(folder, OTHER, user="王小红"))
    page = users_of(window)
    assert not any(one.isEnabled() for one in (page.add, page.reset, page.disable, page.role_button))
    assert "只读" in page.why.text()
    assert "只读" in page.add.toolTip()
    audit = opened(window, "audit")
    assert isinstance(audit, AuditPage)
    assert "只读" in audit.state.text()
    with pytest.raises(KnownError) as caught:
        add_records(frame_of(window).desk.vault, "employer", [Given({"name": "x"})])
    assert caught.value.code == "role.not_allowed"


# P06


def test_p06_looking_is_noted__ok(entered: Window, vault: Vault, qtbot: QtBot) -> None:
    (record,) = add_records(vault, "petition", [Given(PETITION)]).record_ids
    page = form_page(entered, f"record/{record}")
    covered = [box for box in page.form.boxes.values() if box.is_covered]
    assert covered
    button = page.findChild(QPushButton, f"record.petition.{covered[0].field.key}.uncover")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not covered[0].is_covered
    with vault.read() as connection:
        (line,) = read_audit(connection, what=["unmask"])
    assert line.detail == {"record": record, "fields": covered[0].field.label}
    vault.role = "reader"
    other = page.findChild(QPushButton, f"record.petition.{covered[1].field.key}.uncover")
    assert other is not None
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    assert covered[1].is_covered
    assert "只读" in frame_of(entered).strip.text.text()


def test_p06_person_is_found__ok(entered: Window, vault: Vault, tmp_path: Path, qtbot: QtBot) -> None:
    values = {**PETITION, "来件人": "张三丰"}
    (record,) = add_records(vault, "petition", [Given(values)]).record_ids
    page = opened(entered, "person")
    assert isinstance(page, PersonPage)
    page.words.setText("张三丰")
    qtbot.keyClick(page.words, Qt.Key.Key_Return)
    wait(entered, qtbot)
    assert page.table.rowCount() == 1
    assert "张三丰" not in cell(page.table, 0, 1)
    page.print_to(tmp_path / "本人.pdf")
    wait(entered, qtbot)
    assert (tmp_path / "本人.pdf").read_bytes().startswith(b"%PDF")
    qtbot.mouseClick(page.expired, Qt.MouseButton.LeftButton)
    assert page.table.rowCount() == 0
    assert record
