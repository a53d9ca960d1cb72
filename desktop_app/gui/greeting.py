"""What is seen first: the program's name, while the window is still being loaded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel

TITLE = "工会法律保障工作台"
_SIZE = 460, 140


class Greeting(QLabel):
    """
    A frame with the program's name in the middle of the screen.

    It is drawn before the modules of the window are read from the disk, which takes an old PC seconds; so it
    knows neither theme nor vault.
    """

    def __init__(self) -> None:
        super().__init__(f"{TITLE}\n\n正在启动……")
        self.setObjectName("greeting")
        self.setAccessibleName(f"{TITLE}正在启动")
        self.setWindowFlags(Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
        self.setFrameShape(QFrame.Shape.Box)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self.font()
        font.setPointSize(font.pointSize() + 3)
        self.setFont(font)
        self.resize(*_SIZE)
        middle = self.screen().availableGeometry().center()
        self.move(middle.x() - _SIZE[0] // 2, middle.y() - _SIZE[1] // 2)
