"""Names of widgets, one for tests and support, one for people who have the screen read to them; and what all share."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QComboBox, QDateEdit, QDoubleSpinBox, QSpinBox, QWidget

Widget = TypeVar("Widget", bound=QWidget)
_TURNED = (QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit)


class _WheelPasses(QObject):
    """The wheel scrolls the page; a value is not changed by passing over it."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel:
            event.ignore()
        return is_wheel


def named(widget: Widget, object_name: str, accessible_name: str = "") -> Widget:
    """
    The widget, named.

    Args:
        object_name: Stable, in English, with dots: `list.petition.table`. Never changes, never shown.
        accessible_name: In Chinese; may be left out where the widget shows its own text.
    """
    widget.setObjectName(object_name)
    if accessible_name:
        widget.setAccessibleName(accessible_name)
    if type(widget) in _TURNED:  # those of our own say it themselves
        widget.installEventFilter(_WheelPasses(widget))
    if isinstance(widget, QComboBox):
        named(widget.view(), f"{object_name}.options", f"{accessible_name}：选项")
    return widget
