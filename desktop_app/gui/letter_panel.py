"""文书 beside the form: the live preview, its template, and printing with all that goes with a letter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QMenu, QScrollArea, QToolButton, QWidget

from desktop_app.actions.files import replace_file, safe_name
from desktop_app.actions.letters import beginning, untidy
from desktop_app.actions.printing import (
    Printed,
    form_labels,
    letter_docx,
    preview_letter,
    print_each,
    print_letter,
)
from desktop_app.base.errors import KnownError
from desktop_app.documents.preview import Picture, pictures
from desktop_app.domain.validate import read_values
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, column_of, faint, row_of, tool_button

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

PAUSE_MS = 400
ZOOMS = (60, 80, 100, 130, 170, 220)
"""Percent; at 100 a page is as wide as on paper at 72 dots per inch."""
PRINT_DPI = 300


class LetterPanel(QWidget):
    """
    The preview follows what is typed; a signed letter shows the bytes that were signed.

    Printing goes to any printer of the system; a PDF can be kept or opened in the system's viewer.
    """

    def __init__(self, desk: Desk, page: RecordPage) -> None:
        super().__init__()
        self._desk = desk
        self._page = page
        self._printed: Printed | None = None
        self._pages: list[QPixmap] = []
        self._at = 0
        self._n_asked = 0
        self._timer = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        column = column_of(self, margin=6, spacing=4)
        column.addLayout(row_of(*self._template_row()))
        column.addLayout(row_of(*self._print_row()))
        self.tidy = button("改为全角标点", "letter.tidy", kind="link", why=self._desk.why_not("record"))
        self.tidy.clicked.connect(self._tidy)
        self.tidy.hide()
        column.addWidget(self.tidy)
        self.sheet = named(QLabel(), "letter.preview", "文书预览")
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        scroll = named(QScrollArea(), "letter.preview.scroll", "文书预览")
        scroll.setWidget(self.sheet)
        scroll.setWidgetResizable(True)
        column.addWidget(scroll, 1)
        column.addLayout(row_of(*self._turn_row()))
        self.fonts = faint("")
        named(self.fonts, "letter.fonts", "所用字体")
        column.addWidget(self.fonts)

    # Controls

    def _template_row(self) -> list[QWidget | int]:
        self.template = named(QComboBox(), "letter.template", "文书模板")
        self.template.setMinimumContentsLength(10)
        apply = button(
            "套用模板", "letter.apply", tip="按类型和主题写入标题事由、正文和法律依据", why=self._desk.why_not("record")
        )
        apply.clicked.connect(self.apply_template)
        return [self.template, apply, 1]

    def _print_row(self) -> list[QWidget | int]:
        self.print = button("打印……", "letter.print")
        self.print.clicked.connect(self.print_now)
        save = button("另存 PDF……", "letter.save")
        save.clicked.connect(self._save_pdf)
        more = tool_button("更多", "letter.more", "打开、DOCX 和配套文书")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = named(QMenu(more), "letter.menu", "打开、DOCX 和配套文书")
        self.menu.addAction("用系统阅读器打开", lambda: self._open_outside(""))
        self.menu.addAction("另存 DOCX……", self._save_docx)
        self.menu.addAction("逐家另存为单个 PDF……", self._save_singly)
        self.menu.addSeparator()
        for key, label in form_labels(self._desk.vault).items():
            self.menu.addAction(label, lambda key=key: self._open_outside(key))
        more.setMenu(self.menu)
        self.preprinted = named(QCheckBox("套打"), "letter.preprinted", "套打：纸上已有红头")
        self.each = named(QCheckBox("逐家"), "letter.each", "每个受送单位一份")
        return [self.print, save, more, self.preprinted, self.each, 1]

    def _turn_row(self) -> list[QWidget | int]:
        self.back = tool_button("‹", "letter.back", "上一页")
        self.forward = tool_button("›", "letter.forward", "下一页")
        self.place = named(QLabel(""), "letter.place", "页次")
        self.zoom = named(QComboBox(), "letter.zoom", "缩放")
        for percent in ZOOMS:
            self.zoom.addItem(f"{percent}%", percent)
        self.zoom.setCurrentIndex(ZOOMS.index(80))
        self.back.clicked.connect(lambda: self._turn(-1))
        self.forward.clicked.connect(lambda: self._turn(1))
        self.zoom.currentIndexChanged.connect(self._draw)
        return [self.back, self.place, self.forward, 1, self.zoom]

    # The preview

    def soon(self) -> None:
        """Something was typed: the preview follows after a pause."""
        self._timer.start()

    def values(self) -> dict[str, object]:
        """The letter as it stands in the form."""
        kept = dict(self._page.shown.record.values) if self._page.shown else {}
        raw = self._page.form.changed() if self._page.record_id else self._page.form.raw()
        typed, _ = read_values(self._page.ledger, raw)
        return {**kept, **typed}

    def refresh(self) -> None:
        """Lays the letter out beside the window."""
        values, vault, record_id = self.values(), self._desk.vault, self._page.record_id
        self._show_templates(values)
        n_untidy = len(untidy(values))
        self.tidy.setText(f"有 {n_untidy} 处文字夹有半角标点，点此改为全角")
        self.tidy.setVisible(bool(n_untidy) and not self._is_frozen(values))
        if not values.get("kind"):
            self.sheet.setText("先选择文书类型，再看预览。")
            return
        self._n_asked += 1
        asked, frozen = self._n_asked, self._is_frozen(values)

        def work(_: object) -> tuple[int, Printed, list[Picture]]:
            printed = print_letter(vault, record_id, is_counted=False) if frozen else preview_letter(vault, values)
            return asked, printed, list(pictures(printed.content, 72 * ZOOMS[-1] / 100))

        self._desk.run("正在排版", work, self._arrived, failed=self._refused)

    @staticmethod
    def _is_frozen(values: Mapping[str, object]) -> bool:
        return bool(values.get("signed_pdf"))

    def _arrived(self, result: tuple[int, Printed, list[Picture]]) -> None:
        asked, printed, found = result
        if asked != self._n_asked:
            return  # more was typed meanwhile
        self._printed = printed
        self._pages = [QPixmap.fromImage(_image(one)) for one in found]
        self._at = min(self._at, len(self._pages) - 1)
        words = "已签发的正文，每次打印都相同。" if printed.is_frozen else "字体　" + "　".join(printed.fonts)
        self.fonts.setText(words)
        self._draw()

    def _refused(self, error: KnownError) -> None:
        self._printed = None
        self.sheet.setText(str(error))
        self.place.setText("")

    def _draw(self) -> None:
        if not self._pages:
            return
        page, percent = self._pages[self._at], int(self.zoom.currentData())
        width = int(page.width() * percent / ZOOMS[-1])
        self.sheet.setPixmap(page.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))
        self.place.setText(f"第 {self._at + 1} 页，共 {len(self._pages)} 页")
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at + 1 < len(self._pages))

    def _turn(self, by: int) -> None:
        self._at = max(0, min(self._at + by, len(self._pages) - 1))
        self._draw()

    # Words

    def _show_templates(self, values: Mapping[str, object]) -> None:
        forms = self._desk.vault.pack.letters
        found = forms.for_kind(str(values.get("kind") or ""), str(values.get("theme") or ""))
        if [self.template.itemData(n) for n in range(self.template.count())] != [one.key for one in found]:
            self.template.clear()
            for one in found:
                self.template.addItem(one.label, one.key)

    def apply_template(self) -> None:
        """Types the words of the template into the form; asks before text that stands there is replaced."""
        values = self.values()
        if not values.get("kind") or not values.get("theme"):
            self._desk.messages.say("先选择文书类型和主题，再套用模板。", "hint")
            return
        if self._page.why_locked() or self._is_frozen(values):
            self._desk.messages.say("这份文书不能再改。", "hint")
            return
        name = str(self.template.currentData() or "")
        words = self._desk.act(lambda: beginning(self._desk.vault, values, template=name))
        if words is None:
            return
        if (values.get("facts") or values.get("demands")) and not confirm(
            self, "正文里已有文字，用模板替换吗？", yes="替换"
        ):
            return
        self._page.put(words)
        self.refresh()

    def _tidy(self) -> None:
        self._page.put(untidy(self.values()))
        self.refresh()

    # Printing

    def _is_saved(self) -> bool:
        if self._page.record_id and not self._page.form.changed():
            return True
        self._desk.messages.say("有没有保存的改动，先保存（Ctrl+S）再打印。", "hint")
        return False

    def _final(self, form: str = "") -> Printed | None:
        """What is printed; a letter has to be saved before."""
        if not self._is_saved():
            return None
        vault, record_id = self._desk.vault, self._page.record_id
        each, preprinted = self.each.isChecked(), self.preprinted.isChecked()
        return self._desk.act(
            lambda: print_letter(vault, record_id, form=form, is_preprinted=preprinted, each=each), by=self._page
        )

    def print_now(self) -> None:
        """Asks for the printer and prints."""
        if not QPrinterInfo.availablePrinterNames():
            self._desk.messages.say("这台电脑没有安装打印机；可以另存 PDF，拿到别的电脑上打印。", "error")
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = named(QPrintDialog(printer, self), "letter.printer", "选择打印机")
        if dialog.exec() != QPrintDialog.DialogCode.Accepted:
            return
        printed = self._final()
        if printed is not None:
            self.paint(printed, printer)

    def paint(self, printed: Printed, printer: QPrinter) -> None:
        """Sends the pages to a printer, each as large as on paper."""
        printer.setFullPage(True)
        painter = QPainter()
        if not painter.begin(printer):
            self._desk.messages.say("打印机没有准备好，什么也没有打印；请检查打印机，或另存 PDF。", "error")
            return
        for n, one in enumerate(pictures(printed.content, PRINT_DPI)):
            if n:
                printer.newPage()
            area = printer.paperRect(QPrinter.Unit.DevicePixel)
            painter.drawImage(QRectF(0, 0, area.width(), area.height()), _image(one))
        painter.end()
        self._desk.messages.say(f"已送往打印机：{printed.name}")

    def _save_pdf(self) -> None:
        printed = self._final()
        if printed is None:
            return
        place = QFileDialog.getSaveFileName(self, "另存 PDF", _documents(printed.name), "PDF (*.pdf)")[0]
        if place:
            self._write(Path(place), printed.content)

    def _save_docx(self) -> None:
        if self._final() is None:
            return
        content = self._desk.act(lambda: letter_docx(self._desk.vault, self._page.record_id))
        place = QFileDialog.getSaveFileName(self, "另存 DOCX", _documents("文书.docx"), "DOCX (*.docx)")[0]
        if place and content is not None:
            self._write(Path(place), content)

    def _save_singly(self) -> None:
        if not self._is_saved():
            return
        found = self._desk.act(lambda: print_each(self._desk.vault, self._page.record_id))
        folder = QFileDialog.getExistingDirectory(self, "存到哪个文件夹") if found else ""
        if found and folder:
            for one in found:
                self._write(Path(folder) / safe_name(one.name), one.content)
            self._desk.messages.say(f"已保存 {len(found)} 个文件：{folder}")

    def _write(self, path: Path, content: bytes) -> None:
        if self._desk.act(lambda: replace_file(path, content)) is not None:
            self._desk.messages.say(f"已保存：{path}")

    def _open_outside(self, form: str) -> None:
        """Keeps the PDF where the person says and opens it: a file in a temporary folder would be plain text left."""
        printed = self._final(form)
        if printed is None:
            return
        place = QFileDialog.getSaveFileName(self, "存到哪里", _documents(printed.name), "PDF (*.pdf)")[0]
        if place:
            self._write(Path(place), printed.content)
            QDesktopServices.openUrl(QUrl.fromLocalFile(place))


def _documents(name: str) -> str:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return str(Path(folder) / safe_name(name))


def _image(picture: Picture) -> QImage:
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGBX8888)
    return image.copy()  # the bytes are not kept by Qt
