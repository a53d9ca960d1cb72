"""Which page stands for which address: the one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.gui.audit_page import AuditPage
from desktop_app.gui.backup_page import BackupPage
from desktop_app.gui.behind_page import BehindPage
from desktop_app.gui.board_page import BoardPage
from desktop_app.gui.conflict_page import ConflictPage
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.excel_page import ExcelPage
from desktop_app.gui.give_back_page import GiveBackPage
from desktop_app.gui.help_page import HelpPage
from desktop_app.gui.home_page import HomePage
from desktop_app.gui.journal_page import JournalPage
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.offices_page import OfficesPage
from desktop_app.gui.page import Page
from desktop_app.gui.params_page import ParamsPage
from desktop_app.gui.passphrase_page import PassphrasePage
from desktop_app.gui.period_page import PeriodPage
from desktop_app.gui.person_page import PersonPage
from desktop_app.gui.receipt_page import ReceiptPage
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.report_page import ReportPage
from desktop_app.gui.returns_page import ReturnsPage
from desktop_app.gui.search_page import SearchPage
from desktop_app.gui.settings_page import SettingsPage
from desktop_app.gui.submit_page import SubmitPage
from desktop_app.gui.update_page import UpdatePage
from desktop_app.gui.users_page import UsersPage


def send_page(desk: Desk, address: Address) -> Page:
    """What leaves this office: a county's submission, the city's receipts."""
    return ReceiptPage(desk, address) if desk.is_city else SubmitPage(desk, address)


PAGES: Mapping[str, Callable[[Desk, Address], Page]] = {
    "home": HomePage,
    "list": ListPage,
    "excel": ExcelPage,
    "record": RecordPage,
    "new": RecordPage,
    "send": send_page,
    "receive": ReceivePage,
    "conflicts": ConflictPage,
    "board": BoardPage,
    "period": PeriodPage,
    "returns": ReturnsPage,
    "giveback": GiveBackPage,
    "offices": OfficesPage,
    "params": ParamsPage,
    "journal": JournalPage,
    "report": ReportPage,
    "behind": BehindPage,
    "backup": BackupPage,
    "update": UpdatePage,
    "users": UsersPage,
    "audit": AuditPage,
    "passphrase": PassphrasePage,
    "person": PersonPage,
    "settings": SettingsPage,
    "search": SearchPage,
    "help": HelpPage,
}


def last_entries(desk: Desk) -> list[tuple[str, str]]:
    """Address and label of what stands below the ledgers: the exchange of packages, the report, the settings."""
    if desk.is_city:
        sync = [("receive", "接收"), ("send", "回执"), ("board", "催报一览"), ("conflicts", "冲突裁决")]
        sync += [("returns", "退回修改"), ("offices", "县区"), ("params", "参数包")]
    else:
        sync = [("send", "上报"), ("receive", "接收回执"), ("returns", "退回修改"), ("conflicts", "冲突裁决")]
    people = [("users", "用户"), ("passphrase", "修改口令"), ("person", "个人资料")]
    if desk.vault.role == "administrator":
        people.insert(1, ("audit", "审计"))
    return [
        *sync,
        ("journal", "收发记录"),
        ("report", "年度数据"),
        ("backup", "备份"),
        *people,
        ("settings", "设置"),
        ("help", "手册"),
    ]
