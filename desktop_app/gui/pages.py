"""Which page stands for which address: the one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.list_page import ListPage
from desktop_app.gui.page import Page
from desktop_app.gui.record_page import RecordPage

PAGES: Mapping[str, Callable[[Desk, Address], Page]] = {
    "list": ListPage,
    "record": RecordPage,
    "new": RecordPage,
}
