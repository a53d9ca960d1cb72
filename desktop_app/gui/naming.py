"""Names of widgets: one for tests and support, one for people who have the screen read to them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QComboBox, QWidget

Widget = TypeVar("Widget", bound=QWidget)


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
    if isinstance(widget, QComboBox):
        named(widget.view(), f"{object_name}.options", f"{accessible_name}：选项")
    return widget
