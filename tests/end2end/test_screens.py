"""
S01 every page at 1366×768, at 100 % and 150 %, light and dark: drawn, nothing cut, and kept as pictures
S02 an empty page says in a sentence what to do
S03 what only a day's work brings about: conflicts side by side
S04 on the way to a page nothing flashes up as a window of its own

The pictures go to the folder named by UNION_DESK_SCREENS, where a person looks at each of them.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QTabBar,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.actions.demo import PASSPHRASE, play_offices
from desktop_app.actions.desk import NewDesk, init_city, open_desk
from desktop_app.actions.drafts import keep_draft, new_draft_id
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.listing import RecordList
from desktop_app.actions.practice import last_day
from desktop_app.actions.records import edit_record
from desktop_app.base.clock import SystemClock
from desktop_app.gui.desk import Address
from desktop_app.gui.pages import last_entries
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.search_page import SearchPage
from desktop_app.gui.theme import Theme, ThemeName
from desktop_app.gui.window import Window
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

SIZE = (1366, 768)
LOOKS: list[tuple[ThemeName, int]] = [("light", 100), ("dark", 150), ("light", 150), ("dark", 100)]
COUNTY = "620421"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample year's city and one county, on the last day of the year."""
    folder = tmp_path_factory.mktemp("screens") / "desks"
    play_offices(folder, say=lambda _: None, cost=LIGHT, only=COUNTY, clock=last_day(SystemClock()))
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("UNION_DESK_SCREENS") or tmp_path / "screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr("desktop_app.gui.remembered.user_config_path", lambda *_, **__: tmp_path / "config")
    made = Window(Theme(qapp))
    made.resize(*SIZE)
    made.show()
    yield made
    made.theme.apply("light", 100)
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def first_of(vault: Vault, ledger: str) -> str:
    records = RecordList(vault, ledger)
    return records.rows(0, 1, records.count())[0].record_id


def addresses(vault: Vault, window: Window) -> list[str]:
    assert window.desk is not None
    named = [address for address, _ in last_entries(window.desk)]
    records = [f"record/{first_of(vault, one)}" for one in ("petition", "letter", "employer", "contract")]
    year = vault.clock.now().year
    lists = ["list/petition", "list/letter", "list/employer"]
    return ["home", *lists, *records, "new/petition", "new/letter", f"behind/petition_total/{year}/", "search", *named]


def cut(root: QWidget) -> list[str]:
    """Labels and buttons that are seen and are smaller than their text."""
    found = []
    every: Iterable[QWidget] = root.findChildren(QWidget)
    for one in every:
        if not one.isVisible() or one.visibleRegion().isEmpty() or isinstance(one.parentWidget(), QTabBar):
            continue
        if isinstance(one, QAbstractButton) or (isinstance(one, QLabel) and not one.wordWrap()):
            least = one.minimumSizeHint().width()
            if one.text() and one.width() < least - 2:
                found.append(f"{one.objectName()} {one.text()[:20]!r} {one.width()}<{least}")
    return found


class Strays(QObject):
    """What is shown before it has a parent: it flashes up on a PC, and making its window takes the page's time."""

    def __init__(self, qapp: QApplication) -> None:
        super().__init__()
        self.found: set[str] = set()
        qapp.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.found.add(f"{type(watched).__name__} {watched.objectName()}")
        return False


def n_colours(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)})


def settle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.runner.is_busy, timeout=60_000)
    for _ in range(3):  # what is put into a layout is shown by a later event
        QCoreApplication.processEvents()


@pytest.mark.parametrize("role", ["county", "city"])
def test_s01_every_page_is_drawn_and_nothing_is_cut__ok(
    desks: Path,
    pictures: Path,
    qapp: QApplication,
    window: Window,
    qtbot: QtBot,
    sweep: Callable[[int, int], int],
    role: str,
) -> None:
    folder = desks / (COUNTY if role == "county" else "620400")
    vault = open_desk(folder, PASSPHRASE, clock=last_day(SystemClock()))
    for n in range(2):
        content = {"fields": {"summary": f"第 {n + 1} 份没有写完的信访"}}
        keep_draft(vault, new_draft_id(vault), ledger="petition", title="新增信访：没有写完", content=content)
    bad: list[str] = []
    strays = Strays(qapp)
    window.enter(vault)
    assert window.frame is not None
    first = 0 if role == "county" else 1
    for theme, percent in LOOKS[first : first + 1] if sweep(1, 4) == 1 else LOOKS:
        window.theme.apply(theme, percent)
        assert (window.width(), window.height()) == SIZE
        for address in addresses(vault, window):
            page = window.frame.open(Address.parse(address))
            if isinstance(page, SearchPage):
                page.text.setText("工资")
                page.search_now()
            settle(window, qtbot)
            name = f"{role}-{theme}-{percent}-{told(address, page)}"
            if (window.width(), window.height()) != SIZE:
                bad.append(f"{name}: the window grew to {window.width()}×{window.height()}")
                window.resize(*SIZE)
            bad += [f"{name}: {one}" for one in cut(window)]
            keep(window, pictures / f"{name}.png", bad)
            if isinstance(page, RecordPage) and address.startswith("record/"):
                for at in range(page.tabs.count()):
                    if page.tabs.tabText(at) in ("办理", "历史"):
                        page.tabs.setCurrentIndex(at)
                        settle(window, qtbot)
                        bad += [f"{name} {page.tabs.tabText(at)}: {one}" for one in cut(window)]
                        keep(window, pictures / f"{name}-tab{at}.png", bad)
                page.tabs.setCurrentIndex(0)
            if page.address.kind != "home":
                window.frame.drop(page)
    qapp.removeEventFilter(strays)
    bad += [f"a window of its own: {one}" for one in sorted(strays.found)]
    assert not bad, "\n".join(bad)


def told(address: str, page: QWidget) -> str:
    if isinstance(page, RecordPage):
        return f"{address.partition('/')[0]}-{page.ledger.key}"
    return address.replace("/", "-").strip("-")


def keep(window: Window, path: Path, bad: list[str]) -> None:
    image = window.grab().toImage()
    if n_colours(image) < 10:
        bad.append(f"{path.name}: blank")
    image.save(str(path))


def test_s03_conflicts_side_by_side__ok(
    desks: Path, pictures: Path, window: Window, tmp_path: Path, qtbot: QtBot
) -> None:
    clock, stick = last_day(SystemClock()), tmp_path / "stick"
    stick.mkdir()
    for code in (COUNTY, "620400"):
        shutil.copytree(desks / code, tmp_path / code)
    county = open_desk(tmp_path / COUNTY, PASSPHRASE, clock=clock)
    city = open_desk(tmp_path / "620400", PASSPHRASE, clock=clock)
    records = RecordList(county, "petition", office=COUNTY)
    first, second = (one.record_id for one in records.rows(0, 2, records.count()))
    for vault, n, words in ((county, 12, "反映拖欠工资三个月零五天"), (city, 10, "反映拖欠工资四个月")):
        edit_record(vault, first, {"n_people": n, "summary": words})
        edit_record(vault, second, {"summary": f"{words}，没有签劳动合同"})
    export(county, stick)
    county.close()
    import_packages(city, [stick])
    window.enter(city)
    assert window.frame is not None
    page = window.frame.open(Address.parse("conflicts"))
    settle(window, qtbot)
    labels: Iterable[QLabel] = page.findChildren(QLabel)
    assert any("3 处" in one.text() for one in labels)
    bad = cut(window)
    keep(window, pictures / "city-conflicts.png", bad)
    assert not bad, "\n".join(bad)


def empty_boxes(page: QWidget) -> list[str]:
    """Lists and texts that are seen, hold nothing and say nothing."""
    views: Iterable[QAbstractItemView] = page.findChildren(QAbstractItemView)
    texts: Iterable[QTextBrowser] = page.findChildren(QTextBrowser)
    dumb: list[QWidget] = [
        one for one in texts if one.isVisible() and not one.toPlainText() and not one.placeholderText()
    ]
    for one in views:
        if one.isVisible() and not isinstance(one, QHeaderView) and one.model().rowCount() == 0:
            labels: Iterable[QLabel] = one.findChildren(QLabel)
            if not any(label.isVisible() and label.text() for label in labels):
                dumb.append(one)
    return [one.objectName() for one in dumb]


def test_s02_empty_pages_say_what_to_do__ok(window: Window, tmp_path: Path, pictures: Path, qtbot: QtBot) -> None:
    vault, _ = init_city(NewDesk(tmp_path / "new", "pass-phrase-1", cost=LIGHT), office="620400", name="白银市总工会")
    settle(window, qtbot)
    keep(window, pictures / "login.png", [])
    window.set_up()
    keep(window, pictures / "setup.png", [])
    window.enter(vault)
    assert window.frame is not None
    assert window.desk is not None
    silent = []
    for address in ["home", "list/petition", "list/contract", *(one for one, _ in last_entries(window.desk))]:
        page = window.frame.open(Address.parse(address))
        settle(window, qtbot)
        keep(window, pictures / f"empty-{address.replace('/', '-')}.png", [])
        labels: Iterable[QLabel] = page.findChildren(QLabel)
        sentences = [one.text() for one in labels if one.isVisible() and "。" in one.text()]
        if not sentences:
            silent.append(address)
        silent += [f"{address}: {name}" for name in empty_boxes(page)]
    assert silent == ["help"]  # it is nothing but sentences, in a browser
