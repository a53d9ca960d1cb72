"""设置: how the window looks for this user, and what runs here."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFormLayout, QScrollArea, QWidget

from desktop_app.actions.settings import read_setting, write_setting
from desktop_app.gui.about_box import AboutBox
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.letterhead_box import LetterheadBox
from desktop_app.gui.locking import DEFAULT_MINUTES, MINUTES
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, faint, heading, row_of
from desktop_app.gui.theme import TEXT_SIZES, THEME_LABELS, Theme, ThemeName
from desktop_app.storage.vault import Vault

LOOKS, LOCK = "looks", "lock_minutes"
LIGHT: ThemeName = "light"


class SettingsPage(Page):
    """Takes effect at once and is kept for this user."""

    manual = "vault"

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "设置")
        inner = QWidget()
        scroll = named(QScrollArea(), "settings.scroll", "设置")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        column_of(self, margin=0).addWidget(scroll)
        column = column_of(inner)
        column.addWidget(heading("设置"))
        column.addWidget(faint("立即生效，只对当前用户，存放在本机密库里。"))
        form = QFormLayout()
        self.theme = named(QComboBox(), "settings.theme", "界面颜色")
        for name, label in THEME_LABELS.items():
            self.theme.addItem(label, name)
        self.theme.setCurrentIndex(self.theme.findData(desk.theme.name))
        self.text_size = named(QComboBox(), "settings.size", "文字大小")
        for percent in TEXT_SIZES:
            self.text_size.addItem(f"{percent}%", percent)
        self.text_size.setCurrentIndex(self.text_size.findData(desk.theme.percent))
        self.theme.currentIndexChanged.connect(self._apply)
        self.text_size.currentIndexChanged.connect(self._apply)
        form.addRow("界面颜色", self.theme)
        form.addRow("文字大小", self.text_size)
        self.minutes = named(QComboBox(), "settings.lock", "自动锁定")
        for minutes in MINUTES:
            self.minutes.addItem(f"{minutes} 分钟没有操作就锁定", minutes)
        self.minutes.setCurrentIndex(self.minutes.findData(lock_minutes(desk.vault)))
        self.minutes.currentIndexChanged.connect(self._set_minutes)
        form.addRow("自动锁定", self.minutes)
        column.addLayout(form)
        if desk.vault.pack.letters.kinds:
            column.addWidget(heading("单位设置"))
            self.letterhead = LetterheadBox(desk)
            column.addWidget(self.letterhead)
        column.addWidget(heading("关于"))
        update = button("程序更新……", "settings.update", kind="link")
        update.clicked.connect(lambda: desk.open("update"))
        self.about = AboutBox(desk)
        column.addLayout(row_of(update, 1))
        column.addWidget(self.about)
        column.addStretch(1)

    def _set_minutes(self) -> None:
        minutes = int(self.minutes.currentData())
        self.desk.act(lambda: write_setting(self.desk.vault, LOCK, minutes))
        self.desk.minutes_changed.emit(minutes)

    def _apply(self) -> None:
        name, percent = self.theme.currentData(), self.text_size.currentData()
        self.desk.theme.apply(name, percent)
        self.desk.act(lambda: write_setting(self.desk.vault, LOOKS, {"theme": name, "percent": percent}))


def lock_minutes(vault: Vault) -> int:
    """After how many minutes without a key the vault locks for this user."""
    kept = read_setting(vault, LOCK)
    return kept if isinstance(kept, int) and kept in MINUTES else DEFAULT_MINUTES


def apply_looks(vault: Vault, theme: Theme) -> None:
    """Shows the window as this user likes it; anything unknown is as it was at first."""
    kept = read_setting(vault, LOOKS)
    looks = kept if isinstance(kept, dict) else {}
    name = next((one for one in THEME_LABELS if one == looks.get("theme")), LIGHT)
    percent = next((one for one in TEXT_SIZES if one == looks.get("percent")), 100)
    if (name, percent) != (theme.name, theme.percent):
        theme.apply(name, percent)
