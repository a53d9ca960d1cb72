"""The row of numbered steps above a page that is worked through from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from desktop_app.gui.naming import named


class StepBar(QWidget):
    """Signal `chosen(int)`: a step was clicked; each may be gone back to at any time."""

    chosen = Signal(int)

    def __init__(self, object_name: str, labels: Sequence[str]) -> None:
        super().__init__()
        named(self, object_name, "步骤")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons: list[QPushButton] = []
        for at, label in enumerate(labels):
            one = named(QPushButton(f"{at + 1}　{label}"), f"{object_name}.{at}", label)
            one.setCheckable(True)
            one.setProperty("kind", "step")
            self._group.addButton(one, at)
            self.buttons.append(one)
            row.addWidget(one)
        row.addStretch(1)
        self._group.idClicked.connect(self.chosen)
        self.show_step(0)

    def show_step(self, at: int) -> None:
        """Marks the step that is in front."""
        self.buttons[at].setChecked(True)
