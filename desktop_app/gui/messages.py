"""What the window says to the person: one bridge, so that tests can read it and no test meets a modal box."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QLabel, QMessageBox, QToolButton, QWidget

from desktop_app.gui.naming import named

Tone = Literal["error", "hint", "good"]


class Messages(QObject):
    """Signal `said(tone, text)`: a line for the strip of the frame. Thread: the window's."""

    said = Signal(str, str)

    def say(self, text: str, tone: Tone = "good") -> None:
        """Shows one line, until the next or until it is closed."""
        self.said.emit(tone, text)


class MessageStrip(QFrame):
    """The line above a page; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "frame.message")
        self.text = named(QLabel(wordWrap=True), "frame.message.text")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = named(QToolButton(), "frame.message.close", "关闭提示")
        close.setText("×")
        close.setProperty("kind", "flat")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self.text, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_text(self, tone: str, text: str) -> None:
        """Shows a text in its tone."""
        self.setProperty("kind", f"message-{tone}")
        restyle(self)
        self.text.setText(text)
        self.setVisible(bool(text))


def restyle(widget: QWidget) -> None:
    """Draws a widget anew after a property that the style sheet looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def confirm(parent: QWidget, question: str, *, yes: str, no: str = "取消", detail: str = "") -> bool:
    """
    Asks before what cannot be taken back; for everything else a line in the strip is enough.

    Args:
        yes, no: Words of the buttons; what happens stands on the button.
    """
    box = named(QMessageBox(parent), "confirm", question)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("请确认")
    box.setText(question)
    box.setInformativeText(detail)
    go = named(box.addButton(yes, QMessageBox.ButtonRole.AcceptRole), "confirm.yes")
    stay = named(box.addButton(no, QMessageBox.ButtonRole.RejectRole), "confirm.no")
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is go


def ask_reason(parent: QWidget, sentence: str) -> str:
    """The reason for a change that needs one; empty when the person gives none."""
    dialog = named(QInputDialog(parent), "reason", "理由")
    dialog.setWindowTitle("请写明理由")
    dialog.setLabelText(sentence)
    dialog.setOkButtonText("按此理由保存")
    dialog.setCancelButtonText("不保存")
    return dialog.textValue().strip() if dialog.exec() else ""
