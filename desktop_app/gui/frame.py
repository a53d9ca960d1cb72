"""The frame around the pages: navigation, tabs, the message strip, the status line with work under way."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.changes import Changes
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import MessageStrip
from desktop_app.gui.naming import named
from desktop_app.gui.navigation import Navigation
from desktop_app.gui.page import Page, button, tool_button
from desktop_app.gui.pages import last_entries, make_page
from desktop_app.gui.tasks import Task

_PATIENCE_MS = 300
"""Work that is done sooner is not shown; pages would jump for it."""
MOST_TABS = 12
"""More tabs than this cannot be told apart at 1366 pixels; the oldest list gives way."""


class Frame(QWidget):
    """What is seen while a vault is open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "frame", "工作台")
        self.desk = desk
        self.navigation = Navigation()
        self.navigation.chosen.connect(desk.open)
        self.strip = MessageStrip()
        self.tabs = named(QTabWidget(documentMode=True, tabsClosable=True, movable=True), "frame.tabs", "打开的页面")
        self.tabs.tabCloseRequested.connect(self._close_at)
        self.tabs.currentChanged.connect(self._to_front)
        self._arrange()
        desk.wanted.connect(self.open)
        desk.changed.connect(self._heard)
        desk.messages.said.connect(self.strip.show_text)
        desk.runner.started.connect(self._work_started)
        desk.runner.moved.connect(self._work_moved)
        desk.runner.ended.connect(self._work_ended)
        self._shortcuts()
        self.draw_navigation()

    def _arrange(self) -> None:
        owner = self.desk.vault.owner
        bar = QFrame()
        bar.setProperty("kind", "bar")
        top = QHBoxLayout(bar)
        top.setContentsMargins(12, 6, 12, 6)
        name = named(QLabel(owner.name), "frame.office")
        name.setProperty("kind", "heading")
        self.lock = button("锁定", "frame.lock", tip="锁定工作台（Ctrl+L）")
        self.lock.clicked.connect(self.desk.locked)
        self.user = named(QLabel(self.desk.vault.actor), "frame.user", "当前用户")
        self.search = button("查找　Ctrl+K", "frame.search", tip="查找所有台账：名称、文号、信用代码、拼音首字母")
        self.search.clicked.connect(self.show_search)
        for one in (name, self.search, self.user, self.lock):
            top.addWidget(one)
        top.insertStretch(1, 1)

        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 6, 8, 0)
        column.setSpacing(6)
        column.addWidget(self.strip)
        # At the largest text some pages need more than a small screen has; else they would push the window past it.
        room = named(QScrollArea(), "frame.room", "页面")
        room.setWidgetResizable(True)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self.tabs)
        column.addWidget(room, 1)
        column.addLayout(self._status_line())
        split = named(QSplitter(Qt.Orientation.Horizontal), "frame.splitter", "导航与页面")
        split.addWidget(self.navigation)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setCollapsible(1, False)
        split.setSizes([self.fontMetrics().horizontalAdvance("劳动争议调解案件") + 100, 1156])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addWidget(split, 1)

    def _status_line(self) -> QHBoxLayout:
        self._task: Task | None = None
        self._work = named(QLabel(), "frame.work")
        self._bar = named(QProgressBar(), "frame.progress", "进度")
        self._bar.setMaximumWidth(260)
        self._stop = tool_button("停止", "frame.stop", "停止正在进行的工作")
        self._stop.clicked.connect(self._cancel)
        self._soon = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._soon.timeout.connect(self._show_work)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 6)
        for one in (self._work, self._bar, self._stop):
            one.hide()
            line.addWidget(one)
        line.addStretch(1)
        return line

    def _shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+L", self.desk.locked.emit),
            ("Ctrl+W", self.close_current),
            ("Ctrl+Tab", self._next_tab),
            ("Ctrl+PgDown", self._next_tab),
            ("Ctrl+PgUp", self._previous_tab),
            ("Ctrl+K", self.show_search),
            ("F1", self.show_help),
            ("F6", self.navigation.setFocus),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    # Pages

    def show_search(self) -> None:
        """Ctrl+K: the search over every ledger."""
        self.desk.open("search")

    def show_help(self) -> None:
        """F1: the manual, at the page that speaks of the one in front."""
        page = self.current()
        self.desk.open("help", page=page.manual_page() if page else "start")

    def draw_navigation(self) -> None:
        """Draws the tree anew, after a parameter pack has changed it."""
        self.navigation.show_pack(self.desk.vault.pack, last_entries(self.desk))

    def pages(self) -> list[Page]:
        """The open pages, in the order of their tabs."""
        found = [self.tabs.widget(at) for at in range(self.tabs.count())]
        return [one for one in found if isinstance(one, Page)]

    def open(self, address: Address) -> Page:
        """Brings the page of this address to the front, made if it is not open yet."""
        for at, page in enumerate(self.pages()):
            if page.address == address:
                page.reopen(address)
                if page is self.current():
                    self._to_front(at)
                self.tabs.setCurrentIndex(at)
                return page
        page = make_page(self.desk, address)
        page.titled.connect(self._retitle)
        page.finished.connect(self._finished)
        self._make_room()
        at = self.tabs.addTab(page, page.title)
        if address.kind == "home":
            cross = self.tabs.tabBar().tabButton(at, QTabBar.ButtonPosition.RightSide)
            cross.hide()
        self.tabs.setTabToolTip(at, page.title)
        self.tabs.setCurrentIndex(at)
        page.take_focus()
        return page

    def current(self) -> Page | None:
        """The page in front."""
        found = self.tabs.currentWidget()
        return found if isinstance(found, Page) else None

    def close_current(self) -> None:
        """Closes the tab in front."""
        if (page := self.current()) is not None:
            self.close_page(page)

    def close_page(self, page: Page) -> None:
        """Closes a tab, unless the person would rather save first; the first page stays."""
        if page.address.kind != "home" and page.may_leave():
            self.drop(page)

    def drop(self, page: Page) -> None:
        """Closes a tab without a question."""
        self.tabs.removeTab(self.tabs.indexOf(page))
        page.deleteLater()

    def may_leave(self) -> bool:
        """Whether every page may go; asks about text that is not saved."""
        return all(page.may_leave() for page in self.pages())

    def _make_room(self) -> None:
        if self.tabs.count() >= MOST_TABS:
            plain = [one for one in self.pages() if one.address.kind == "list" and one is not self.current()]
            if plain:
                self.drop(plain[0])

    def _close_at(self, at: int) -> None:
        page = self.tabs.widget(at)
        if isinstance(page, Page):
            self.close_page(page)

    def _finished(self) -> None:
        page = self.sender()
        if isinstance(page, Page):
            self.drop(page)

    def _retitle(self, title: str) -> None:
        page = self.sender()
        if isinstance(page, Page):
            at = self.tabs.indexOf(page)
            self.tabs.setTabText(at, title if len(title) <= 14 else title[:13] + "…")
            self.tabs.setTabToolTip(at, title)

    def _to_front(self, at: int) -> None:
        page = self.tabs.widget(at)
        if isinstance(page, Page):
            self.navigation.point_at(str(page.address))
            page.show_now()
            self._focus_in(page)

    def _focus_in(self, page: Page) -> None:
        """Keys go to the page in front, unless the person is walking along the tabs."""
        has_it = self.window().focusWidget()
        if has_it is not self.tabs.tabBar() and not page.isAncestorOf(has_it):
            page.take_focus()

    def _heard(self, changes: Changes, initiator: QObject | None) -> None:
        self.strip.hide()
        for page in self.pages():
            page.heard(changes, initiator)

    def _next_tab(self) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + 1) % max(1, self.tabs.count()))

    def _previous_tab(self) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() - 1) % max(1, self.tabs.count()))

    # Work under way

    def _work_started(self, task: Task) -> None:
        self._task = task
        self._work.setText(task.title)
        self._bar.setRange(0, 0)
        if not self._work.isVisible():
            self._soon.start()
        else:
            self._show_work()

    def _show_work(self) -> None:
        if self._task is not None:
            for one in (self._work, self._bar):
                one.show()
            self._stop.setVisible(self._task.can_stop)

    def _work_moved(self, task: Task, done: int, total: int) -> None:
        if task is self._task and total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(1000 * done // total)

    def _work_ended(self, task: Task) -> None:
        if task is self._task:
            self._task = None
            self._soon.stop()
            for one in (self._work, self._bar, self._stop):
                one.hide()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._work.setText(f"{self._task.title}：正在停止……")
