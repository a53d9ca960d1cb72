"""
Which page stands for which address: the one table.

A page's module comes with the first page of its kind, so that the first list after the log-in does not wait for
those of reports and packages; `load_pages` brings them along beside the log-in. The one of workbooks comes when it is
asked for: their library is a fifteenth of the memory of the open program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.page import Page

PAGES: Mapping[str, str] = {
    "home": "home_page.HomePage",
    "list": "list_page.ListPage",
    "excel": "excel_page.ExcelPage",
    "record": "record_page.RecordPage",
    "new": "record_page.RecordPage",
    "receive": "receive_page.ReceivePage",
    "conflicts": "conflict_page.ConflictPage",
    "board": "board_page.BoardPage",
    "period": "period_page.PeriodPage",
    "returns": "returns_page.ReturnsPage",
    "giveback": "give_back_page.GiveBackPage",
    "offices": "offices_page.OfficesPage",
    "params": "params_page.ParamsPage",
    "journal": "journal_page.JournalPage",
    "report": "report_page.ReportPage",
    "behind": "behind_page.BehindPage",
    "backup": "backup_page.BackupPage",
    "update": "update_page.UpdatePage",
    "users": "users_page.UsersPage",
    "audit": "audit_page.AuditPage",
    "passphrase": "passphrase_page.PassphrasePage",
    "person": "person_page.PersonPage",
    "settings": "settings_page.SettingsPage",
    "search": "search_page.SearchPage",
    "help": "help_page.HelpPage",
    "send": "submit_page.SubmitPage",
}
"""By the part of the address before the slash: module and class."""
_CITYS = {"send": "receipt_page.ReceiptPage"}
_WHEN_ASKED = {"excel"}


def make_page(desk: Desk, address: Address) -> Page:
    """The page of an address; what leaves a county is a submission, what leaves the city its receipts."""
    place = _CITYS.get(address.kind) if desk.is_city else None
    return _load(place or PAGES[address.kind])(desk, address)


def load_pages() -> None:
    """Loads every page that is used on most days. Thread: any."""
    for place in (*(place for kind, place in PAGES.items() if kind not in _WHEN_ASKED), *_CITYS.values()):
        _load(place)


def _load(place: str) -> Callable[[Desk, Address], Page]:
    module, _, name = place.partition(".")
    return cast("Callable[[Desk, Address], Page]", getattr(import_module(f"desktop_app.gui.{module}"), name))


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
