"""The manual in the window: F1 opens the page of where one is; contents at the left, search in the page above."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from desktop_app.base.paths import help_dir
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, button, column_of, heading, row_of

ORDER = (
    "start", "daily", "letters", "exchange", "city", "reports", "excel", "vault", "install", "forms", "changelog",
)  # fmt: skip
"""Pages in the order in which somebody new would read them; a page that is not there is not listed."""
_NAME_ROLE = Qt.ItemDataRole.UserRole
_MOST_PIXELS = 720


def contents() -> dict[str, str]:
    """Name → title of the pages of the manual."""
    found = {}
    for name in ORDER:
        path = help_dir() / f"{name}.md"
        if path.exists():
            found[name] = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    return found


class HelpView(QWidget):
    """The manual itself, for a tab and for a dialog at the log-in."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "help", "手册")
        self.list = named(QListWidget(), "help.contents", "手册目录")
        for name, title in contents().items():
            item = QListWidgetItem(title)
            item.setData(_NAME_ROLE, name)
            self.list.addItem(item)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(self.fontMetrics().horizontalAdvance("文书：提示函、意见书、建议书") + 40)
        self.list.currentItemChanged.connect(self._chosen)
        self.text = named(QLineEdit(), "help.search", "在本页中查找")
        self.text.setPlaceholderText("在本页中查找（回车找下一处）")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.text.placeholderText()) + 60)
        self.text.returnPressed.connect(self.find_next)
        self.result = named(QLabel(), "help.result")
        go = button("下一处", "help.next")
        go.clicked.connect(self.find_next)
        self.browser = named(_Browser(), "help.text", "手册正文")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        column = column_of(self, margin=10, spacing=6)
        column.addLayout(row_of(heading("手册"), 1, self.result, self.text, go))
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addWidget(self.browser, 1)
        column.addLayout(row, 1)
        QShortcut(
            QKeySequence("Ctrl+F"), self, self.text.setFocus, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    def show_page(self, name: str) -> None:
        """Shows a page of the manual, the first when there is none of this name."""
        items = [self.list.item(at) for at in range(self.list.count())]
        wanted = next((one for one in items if one.data(_NAME_ROLE) == name), items[0])
        self.list.setCurrentItem(wanted)

    def page_name(self) -> str:
        """The page in front."""
        return str(self.list.currentItem().data(_NAME_ROLE)) if self.list.currentRow() >= 0 else ""

    def _chosen(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None:
            path = help_dir() / f"{item.data(_NAME_ROLE)}.md"
            self.browser.setMarkdown(path.read_text(encoding="utf-8"))
            self.result.setText("")

    def _follow(self, url: QUrl) -> None:
        self.show_page(url.path().removesuffix(".md"))

    def find_next(self) -> None:
        """Goes to the next place of the words, from the top again after the last."""
        words = self.text.text().strip()
        if not words:
            return
        if not self.browser.find(words, QTextDocument.FindFlag(0)):
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            is_there = self.browser.find(words, QTextDocument.FindFlag(0))
            self.result.setText("" if is_there else f"本页没有“{words}”")
        else:
            self.result.setText("")


class _Browser(QTextBrowser):
    """Pictures come from the manual's folder and are no wider than the text."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802 Qt's name
        """An image of the manual; anything else as usual."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            path = name.path() if isinstance(name, QUrl) else name
            image = QImage(str(help_dir() / path))
            wide = min(_MOST_PIXELS, image.width())
            return image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation) if wide else image
        return super().loadResource(kind, name)


class HelpPage(Page):
    """The manual as a tab."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "手册")
        self.view = HelpView()
        column_of(self, margin=0).addWidget(self.view)

    def refresh(self) -> None:
        """Shows the page that was asked for."""
        self.view.show_page(str(self.address.options.get("page") or ""))

    def reopen(self, address: Address) -> None:
        """Asked for again, from another place."""
        super().reopen(address)
        self.is_stale = True


def help_dialog(parent: QWidget, page: str) -> QDialog:
    """The manual where no tab can be opened yet."""
    dialog = named(QDialog(parent), "help.dialog", "手册")
    dialog.setWindowTitle("手册")
    dialog.resize(980, 640)
    view = HelpView()
    view.show_page(page)
    column_of(dialog, margin=0).addWidget(view)
    return dialog
