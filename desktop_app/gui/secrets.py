"""Lines in which a secret is typed, and what a passphrase is worth."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QProgressBar

from desktop_app.gui.naming import named

_STRENGTHS = ("太弱", "偏弱", "可以", "很好")
TOO_WEAK = "口令太弱：至少 8 个字符，不要用简单重复的字符；几个不相干的词连起来最好记。"
NOT_THE_SAME = "两次输入的口令不一样，请重新输入。"


def strength(passphrase: str) -> int:
    """
    0 太弱 to 3 很好: how a guess through all words and numbers would fare, by length and kinds of characters.

    Length counts more than signs: four words are better than one with a number in it.
    """
    kinds = sum(
        any(test(one) for one in passphrase)
        for test in (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum(), lambda one: ord(one) > 127)
    )
    n_different = len(set(passphrase))
    if len(passphrase) < 8 or n_different < 5:
        return 0
    return min(3, (len(passphrase) + 3 * (kinds - 1)) // 6)


def secret_line(name: str, label: str) -> QLineEdit:
    """A line whose text is never shown."""
    line = named(QLineEdit(), name, label)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


class Meter(QProgressBar):
    """How strong the passphrase in a line is."""

    def __init__(self, name: str, line: QLineEdit) -> None:
        super().__init__()
        named(self, name, "口令强度")
        self.setRange(0, 3)
        self.setFormat("")
        line.textChanged.connect(self._weigh)

    def _weigh(self, text: str) -> None:
        found = strength(text)
        self.setValue(found)
        self.setFormat(_STRENGTHS[found] if text else "")


def fault_of(first: QLineEdit, again: QLineEdit) -> str:
    """What is wrong with a new passphrase that was typed twice, in words; empty for nothing."""
    if first.text() != again.text():
        return NOT_THE_SAME
    return TOO_WEAK if strength(first.text()) == 0 else ""
