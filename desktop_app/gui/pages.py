"""Which page stands for which address: the one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.page import Page
from desktop_app.gui.receive_page import ReceivePage
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.send_page import SendPage

PAGES: Mapping[str, Callable[[Desk, Address], Page]] = {
    "list": ListPage,
    "record": RecordPage,
    "new": RecordPage,
    "send": SendPage,
    "receive": ReceivePage,
}


def exchange_entries(desk: Desk) -> list[tuple[str, str]]:
    """Address and label of what stands below the ledgers."""
    return [("receive", "接收"), ("send", "回执")] if desk.is_city else [("send", "上报"), ("receive", "接收回执")]
