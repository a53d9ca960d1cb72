"""Colours, fonts and sizes of the window: light, dark and high contrast, text from 100 to 200 per cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.base.paths import icons_dir

ThemeName = Literal["light", "dark", "contrast"]
THEME_LABELS: dict[ThemeName, str] = {"light": "浅色", "dark": "深色", "contrast": "高对比度"}
TEXT_SIZES = (100, 110, 125, 150, 175, 200)
"""Per cent of the base size; 200 is what people with weak sight asked for elsewhere."""

_BASE_POINTS = 10.5  # 五号, what Chinese office software shows
_FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "SimSun")


@dataclass(frozen=True, slots=True)
class Colours:
    """
    One theme; every colour a page may use.

    Attributes:
        marks: Style word of a list's mark → background of the row.
    """

    window: str
    panel: str
    field: str
    text: str
    faint: str
    line: str
    accent: str
    on_accent: str
    selection: str
    selected: str
    error: str
    warning: str
    good: str
    marks: dict[str, str]


COLOURS: dict[ThemeName, Colours] = {
    "light": Colours(
        window="#f4f5f7",
        panel="#ffffff",
        field="#ffffff",
        text="#1f2328",
        faint="#5d6570",
        line="#d5d9df",
        accent="#b3261e",
        on_accent="#ffffff",
        selection="#fbe3e1",
        selected="#1f2328",
        error="#b3261e",
        warning="#8a5a00",
        good="#1a6b34",
        marks={"overdue": "#fddede", "due_soon": "#fff0cf", "warning": "#ffe6d5", "done": "#e9f3ec"},
    ),
    "dark": Colours(
        window="#1d2024",
        panel="#26292e",
        field="#2e3238",
        text="#e8eaed",
        faint="#a7aeb8",
        line="#434951",
        accent="#e0645b",
        on_accent="#1b1414",
        selection="#5a2f2c",
        selected="#ffffff",
        error="#ff8a80",
        warning="#f2c063",
        good="#7fd69a",
        marks={"overdue": "#552c2b", "due_soon": "#4d4022", "warning": "#523723", "done": "#24392b"},
    ),
    "contrast": Colours(
        window="#000000",
        panel="#000000",
        field="#000000",
        text="#ffffff",
        faint="#ffffff",
        line="#ffffff",
        accent="#ffff00",
        on_accent="#000000",
        selection="#1aebff",
        selected="#000000",
        error="#ffb3ff",
        warning="#ffff00",
        good="#3ff23f",
        marks={"overdue": "#800000", "due_soon": "#5a4a00", "warning": "#6b3000", "done": "#003b00"},
    ),
}


class Theme:
    """The theme in force. Thread: the window's."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._family = next((one for one in _FAMILIES if one in QFontDatabase.families()), app.font().family())
        self.name: ThemeName = "light"
        self.percent = 100
        self._window: QWidget | None = None
        self.apply(self.name, self.percent)

    def dress(self, window: QWidget) -> None:
        """
        Draws a window in this theme, and all that is opened from it.

        The style sheet is the window's and not the application's: else each step of putting a page together, one
        widget into another, styles all of it anew, which took two thirds of the time in which a record opens.
        """
        self._window = window
        window.setStyleSheet(self._sheet())

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return COLOURS[self.name]

    def apply(self, name: ThemeName, percent: int) -> None:
        """
        Draws the window anew in these colours and this size.

        Args:
            percent: Size of text, one of `TEXT_SIZES`.
        """
        self.name, self.percent = name, percent
        font = QFont(self._family)
        font.setPointSizeF(self._points)
        # Before the style sheet too: widgets that are there already keep the size they had when it draws them.
        self._app.setFont(font)
        self._app.setPalette(_palette(self.colours))
        if self._window is not None:
            self._window.setStyleSheet(self._sheet())
        # Last: a style sheet may give lists, menus and tips the fonts that Windows has for them; this takes them.
        self._app.setFont(font)

    @property
    def _points(self) -> float:
        return _BASE_POINTS * self.percent / 100

    def _sheet(self) -> str:
        return _style(self.colours, self._points, _icon(f"down-{self.name}"), _icon(f"tick-{self.name}"))


def _icon(name: str) -> str:
    return (icons_dir() / f"{name}.svg").as_posix()


def _palette(colours: Colours) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.field,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.faint,
        QPalette.ColorRole.Button: colours.panel,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.Highlight: colours.selection,
        QPalette.ColorRole.HighlightedText: colours.selected,
        QPalette.ColorRole.ToolTipBase: colours.panel,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return palette


def _style(c: Colours, points: float, arrow: str, tick: str) -> str:
    """The style sheet; `kind` is a property that widgets carry: primary, flat, faint, error, title, panel."""
    return f"""
    QWidget {{ color: {c.text}; }}
    QMainWindow, QDialog {{ background: {c.window}; }}
    QToolTip {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
    QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QListWidget, QTreeView, QTableView, QTextBrowser {{
        background: {c.field}; border: 1px solid {c.line}; border-radius: 3px;
        selection-background-color: {c.selection}; selection-color: {c.selected};
    }}
    QLineEdit, QComboBox, QSpinBox {{ padding: 2px 6px; min-height: 1.35em; }}
    QComboBox::drop-down {{ border: none; width: 1.6em; }}
    QComboBox::down-arrow {{ image: url("{arrow}"); width: 10px; height: 6px; }}
    QComboBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
    QListWidget::item {{ padding: 2px; }}
    QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QListWidget:focus,
    QTreeView:focus, QTableView:focus, QPushButton:focus, QToolButton:focus {{ border: 1px solid {c.accent}; }}
    QLineEdit[state="error"], QPlainTextEdit[state="error"], QComboBox[state="error"] {{ border: 1px solid {c.error}; }}
    QLineEdit:read-only, QPlainTextEdit:read-only {{ background: {c.window}; }}
    QPushButton, QToolButton {{
        background: {c.panel}; border: 1px solid {c.line}; border-radius: 3px; padding: 4px 12px; min-height: 1.4em;
    }}
    QToolButton {{ padding: 4px 8px; }}
    QLineEdit > QToolButton {{ border: none; background: transparent; padding: 0; min-height: 0; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {c.accent}; }}
    QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{
        background: {c.selection}; color: {c.selected};
    }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.faint}; background: {c.window}; }}
    QPushButton[kind="primary"] {{
        background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: bold;
    }}
    QPushButton[kind="primary"]:focus {{ border: 2px solid {c.text}; }}
    QPushButton[kind="primary"]:disabled {{ background: {c.window}; color: {c.faint}; border-color: {c.line}; }}
    QPushButton[kind="flat"], QToolButton[kind="flat"] {{ background: transparent; border: 1px solid transparent; }}
    QPushButton[kind="step"] {{
        background: {c.window}; border: none; border-bottom: 3px solid {c.line}; border-radius: 0; padding: 6px 18px;
    }}
    QPushButton[kind="step"]:checked {{
        background: {c.window}; color: {c.accent}; border-bottom: 3px solid {c.accent}; font-weight: bold;
    }}
    QPushButton[kind="link"] {{
        background: transparent; border: none; color: {c.accent}; padding: 2px 0; text-align: left;
    }}
    QPushButton[figure="large"] {{ font-size: {points * 1.4:.1f}pt; font-weight: bold; }}
    QPushButton:checked {{ background: {c.selection}; color: {c.selected}; border-color: {c.accent}; }}
    QPushButton[kind="link"]:focus {{ text-decoration: underline; }}
    QLabel[kind="title"] {{ font-size: {points * 1.5:.1f}pt; font-weight: bold; }}
    QLabel[kind="heading"] {{ font-size: {points * 1.15:.1f}pt; font-weight: bold; }}
    QLabel[kind="faint"] {{ color: {c.faint}; }}
    QLabel[kind="error"] {{ color: {c.error}; }}
    QLabel[kind="warning"] {{ color: {c.warning}; }}
    QLabel[kind="good"] {{ color: {c.good}; }}
    QFrame[kind="panel"] {{ background: {c.panel}; border: 1px solid {c.line}; border-radius: 5px; }}
    QFrame[kind="message-error"] {{ background: {c.marks["overdue"]}; border-left: 4px solid {c.error}; }}
    QFrame[kind="message-hint"] {{ background: {c.marks["due_soon"]}; border-left: 4px solid {c.warning}; }}
    QFrame[kind="message-good"] {{ background: {c.marks["done"]}; border-left: 4px solid {c.good}; }}
    QFrame[kind="bar"] {{ background: {c.panel}; border-bottom: 1px solid {c.line}; }}
    QTabWidget::pane {{ border: 1px solid {c.line}; background: {c.panel}; top: -1px; }}
    QTabBar::tab {{
        background: {c.window}; border: 1px solid {c.line}; padding: 5px 9px; margin-right: 2px;
        border-top-left-radius: 4px; border-top-right-radius: 4px;
    }}
    QTabBar::tab:selected {{ background: {c.panel}; border-bottom-color: {c.panel}; border-top: 2px solid {c.accent}; }}
    QHeaderView::section {{
        background: {c.window}; border: none; border-right: 1px solid {c.line}; border-bottom: 1px solid {c.line};
        padding: 5px 8px;
    }}
    QTableView {{ gridline-color: {c.line}; alternate-background-color: {c.window}; }}
    QTreeView#frame\\.navigation {{ background: {c.panel}; border: none; border-right: 1px solid {c.line}; }}
    QTreeView#frame\\.navigation::item {{ padding: 4px 2px; }}
    QTreeView::item:selected, QListWidget::item:selected, QTableView::item:selected {{
        background: {c.selection}; color: {c.selected};
    }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::scroller {{ width: 3em; }}
    QTabBar QToolButton {{ padding: 0; min-height: 0; }}
    QScrollBar {{ background: {c.window}; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {c.line}; border: 1px solid {c.faint}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:hover {{ background: {c.faint}; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QProgressBar {{ border: 1px solid {c.line}; border-radius: 3px; text-align: center; background: {c.field}; }}
    QProgressBar::chunk {{ background: {c.selection}; }}
    QStatusBar {{ background: {c.panel}; border-top: 1px solid {c.line}; }}
    QListWidget::indicator, QTreeView::indicator {{ border: 1px solid {c.faint}; background: {c.field}; }}
    QCheckBox::indicator {{
        width: 1em; height: 1em; border: 1px solid {c.faint}; border-radius: 2px; background: {c.field};
    }}
    QCheckBox::indicator:checked, QListWidget::indicator:checked, QTreeView::indicator:checked {{
        background: {c.accent}; image: url("{tick}");
    }}
    QGroupBox {{ border: 1px solid {c.line}; border-radius: 4px; margin-top: 0.8em; padding-top: 0.6em; }}
    QGroupBox::title {{ subcontrol-origin: margin; left: 10px; padding: 0 4px; }}
    """
