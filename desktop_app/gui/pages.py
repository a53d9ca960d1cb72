"""Which page stands for which address: the one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.gui.backup_page import BackupPage
from desktop_app.gui.behind_page import BehindPage
from desktop_app.gui.board_page import BoardPage
from desktop_app.gui.conflict_page import ConflictPage
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.home_page import HomePage
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.page import Page
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.report_page import ReportPage
from desktop_app.gui.send_page import SendPage
from desktop_app.gui.settings_page import SettingsPage

PAGES: Mapping[str, Callable[[Desk, Address], Page]] = {
    "home": HomePage,
    "list": ListPage,
    "record": RecordPage,
    "new": RecordPage,
    "send": SendPage,
    "receive": ReceivePage,
    "conflicts": ConflictPage,
    "board": BoardPage,
    "report": ReportPage,
    "behind": BehindPage,
    "backup": BackupPage,
    "settings": SettingsPage,
}


def last_entries(desk: Desk) -> list[tuple[str, str]]:
    """Address and label of what stands below the ledgers: the exchange of packages, the report, the settings."""
    if desk.is_city:
        sync = [("receive", "接收"), ("send", "回执"), ("board", "催报一览"), ("conflicts", "冲突裁决")]
    else:
        sync = [("send", "上报"), ("receive", "接收回执"), ("conflicts", "冲突裁决")]
    return [*sync, ("report", "年度数据"), ("backup", "备份"), ("settings", "设置")]
