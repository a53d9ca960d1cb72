"""首页: what is due today, what came back, what waits; this year's figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.backups import notices
from desktop_app.actions.changes import Changes
from desktop_app.actions.home import CONTRACT_DAYS, DAYS_AHEAD, Due, KeyFigure, Today, key_figures, todays_work
from desktop_app.base.clock import local_text, today
from desktop_app.gui.bars import Bars
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.messages import restyle
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable

_HEADS = ["日期", "还有", "台账", "记录", "状态"]
_WEEKDAYS = "一二三四五六日"
_GROUPS = {
    "due": ("到期", f"没有到期的事项：{DAYS_AHEAD} 天内没有期限届满。从左边选一个台账，按“新增”开始登记。"),
    "waiting": ("待回复文书", "没有等待回复的文书。"),
    "expiring": ("将到期合同", f"{CONTRACT_DAYS} 天内没有到期的集体合同。"),
    "returned": ("退回修改", "没有退回修改的记录。"),
    "drafts": ("草稿", "没有未保存的草稿。"),
}
"""Group → its button, and what is said when it is empty."""
_TILE_COLUMNS = 3
_CARD_COLUMNS = 2


class HomePage(Page):
    """The first page each morning; it cannot be closed."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "首页")
        self._group = "due"
        self._rows: dict[str, list[list[tuple[str, object]]]] = {key: [] for key in _GROUPS}
        self._has_figures = False
        day = today(desk.vault.clock)
        words = f"{day.year}年{day.month}月{day.day}日　星期{_WEEKDAYS[day.weekday()]}"
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        left = QWidget()
        column = column_of(left, margin=0, spacing=8)
        column.addWidget(heading(f"{desk.vault.actor}，今天要办的事"))
        column.addLayout(row_of(faint(words)))
        self.notices = named(QLabel(wordWrap=True), "home.notices")
        self.notices.setProperty("kind", "warning")
        column.addWidget(self.notices)
        column.addLayout(self._tiles())
        self.reporting = button("上报情况", "home.reporting", kind="link")
        self.reporting.clicked.connect(lambda: desk.open("board" if desk.is_city else "send"))
        self.conflicts = button("冲突裁决", "home.conflicts", kind="link")
        self.conflicts.clicked.connect(lambda: desk.open("conflicts"))
        column.addLayout(row_of(self.reporting, self.conflicts, 1))
        self.calendar = named(QLabel(wordWrap=True), "home.calendar")
        self.calendar.setProperty("kind", "warning")
        column.addWidget(self.calendar)
        self.empty = named(QLabel(wordWrap=True), "home.empty")
        self.empty.setProperty("kind", "good")
        column.addWidget(self.empty)
        self.table = PlainTable("home.due", "要办的事项")
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemActivated.connect(self._open)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        whole.addWidget(left, 3)
        whole.addWidget(self._figures_panel(), 2)

    def _tiles(self) -> QGridLayout:
        grid = QGridLayout()
        self.tiles = {key: button(label, f"home.group.{key}") for key, (label, _) in _GROUPS.items()}
        for at, (key, tile) in enumerate(self.tiles.items()):
            tile.setCheckable(True)
            tile.clicked.connect(partial(self.show_group, key))
            grid.addWidget(tile, at // _TILE_COLUMNS, at % _TILE_COLUMNS)
        return grid

    def _figures_panel(self) -> QScrollArea:
        inner = QFrame()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        year = today(self.desk.vault.clock).year
        scope = "全市" if self.desk.is_city else "本单位"
        title = QLabel(f"{year} 年{scope}主要数据")
        title.setProperty("kind", "heading")
        column.addWidget(title)
        self.figures_note = named(faint("正在计算……"), "home.figures.note")
        column.addWidget(self.figures_note)
        self._cards = QGridLayout()
        self._cards.setSpacing(8)
        column.addLayout(self._cards)
        column.addStretch(1)
        area = named(QScrollArea(), "home.figures", "本年主要数据")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        return area

    def refresh(self) -> None:
        """Reads anew."""
        words = notices(self.desk.vault)
        self.notices.setText("\n".join(words))
        self.notices.setVisible(bool(words))
        found = self.desk.act(lambda: todays_work(self.desk.vault))
        if found is None:
            return
        self._rows = _rows(found, {key: one.label for key, one in self.desk.vault.pack.ledgers.items()})
        for key, tile in self.tiles.items():
            tile.setText(f"{_GROUPS[key][0]}　{len(self._rows[key])}")
        n_late = sum(one.n_days < 0 for one in found.due)
        if n_late:
            self.tiles["due"].setText(f"到期　{len(found.due)}（逾期 {n_late}）")
        if not self._rows[self._group]:
            self._group = next((key for key, rows in self._rows.items() if rows), "due")
        self.show_group(self._group)
        self.reporting.setText(found.reporting)
        self.conflicts.setText(f"有 {found.n_conflicts} 处冲突待裁决")
        for one in (self.reporting, self.conflicts):
            one.setAccessibleName(one.text())
        self.conflicts.setVisible(found.n_conflicts > 0)
        years = "、".join(map(str, found.unknown_years))
        self.calendar.setText(f"未导入 {years} 年节假日表，这些期限按周末推算，可能有偏差。" if years else "")
        self.calendar.setVisible(bool(years))
        if not self._has_figures:
            self._has_figures = True
            vault = self.desk.vault
            self.desk.run(
                "正在计算本年数据", lambda task: key_figures(vault, task.report), self._show_figures, can_stop=True
            )

    def show_group(self, key: str, _: bool = False) -> None:
        """Shows what one of the buttons counts."""
        self._group = key
        for name, tile in self.tiles.items():
            tile.setChecked(name == key)
        rows = self._rows[key]
        self.table.show_rows(_HEADS, rows, n_words=len(_HEADS))
        self.table.setVisible(bool(rows))
        self.empty.setText("" if rows else _GROUPS[key][1])
        self.empty.setVisible(not rows)

    def _show_figures(self, found: list[KeyFigure]) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.figures_note.setText("" if found else "参数包里没有这些指标。")
        self.figures_note.setVisible(not found)
        for at, one in enumerate(found):
            self._cards.addWidget(self._card(one), at // _CARD_COLUMNS, at % _CARD_COLUMNS)

    def _card(self, one: KeyFigure) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "panel")
        column = QVBoxLayout(card)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addWidget(faint(one.label))
        year = today(self.desk.vault.clock).year
        number = button(f"{one.text} {one.unit}", f"home.figure.{one.key}", kind="link", tip="打开这个数字背后的记录")
        number.setAccessibleName(f"{one.label} {one.text} {one.unit}")
        number.setProperty("figure", "large")
        restyle(number)
        office = "" if self.desk.is_city else self.desk.vault.owner.office
        number.clicked.connect(lambda: self.desk.open(f"behind/{one.key}/{year}/{office}"))
        column.addWidget(number)
        bars = Bars(self.desk.theme, f"home.bars.{one.key}", one.label)
        bars.show_values(one.by_month, one.unit)
        column.addWidget(bars)
        return card

    def show_now(self) -> None:
        """What is due changes with the day, and drafts come and go without a word."""
        self.is_stale = True
        super().show_now()
        self.tiles[self._group].setFocus()

    def take_focus(self) -> None:
        """The button whose rows are shown."""
        self.tiles[self._group].setFocus()

    def heard(self, changes: Changes, initiator: QObject | None) -> None:
        """A change may move the figures; they are reckoned again when the page is next in front."""
        self._has_figures = False
        super().heard(changes, initiator)

    def _open(self, item: QTableWidgetItem) -> None:
        address, options = item.data(DATA_ROLE)
        self.desk.open(address, **options)


def _rows(found: Today, labels: dict[str, str]) -> dict[str, list[list[tuple[str, object]]]]:
    def cells(texts: Sequence[str], address: str, **options: str) -> list[tuple[str, object]]:
        return [(text, (address, options)) for text in texts]

    def dated(several: Sequence[Due]) -> list[list[tuple[str, object]]]:
        return [
            cells([one.due_on, _left(one.n_days), labels[one.ledger], one.title, one.state], f"record/{one.record_id}")
            for one in several
        ]

    drafts = []
    for one in found.drafts:
        address = f"record/{one.record}" if one.record else f"new/{one.ledger}"
        drafts.append(cells([local_text(one.at), "", labels[one.ledger], one.title, "未保存"], address, draft=one.id))
    returned = [
        cells(["", "", "", title, "市里退回修改"], f"record/{record}") for record, title in found.returned.items()
    ]
    return {
        "due": dated(found.due),
        "waiting": dated(found.waiting),
        "expiring": dated(found.expiring),
        "returned": returned,
        "drafts": drafts,
    }


def _left(n_days: int) -> str:
    return f"{n_days} 天" if n_days > 0 else "今天" if n_days == 0 else f"逾期 {-n_days} 天"
