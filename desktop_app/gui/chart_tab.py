"""All charts of a period on one page of the window, two beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from desktop_app.domain.charts import ChartData
from desktop_app.gui.chart_view import ChartView
from desktop_app.gui.naming import named
from desktop_app.gui.theme import Theme

_COLUMNS = 2


class ChartTab(QScrollArea):
    """Signal `opened(Opens)` when the records of a column are asked for."""

    opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        named(self, "report.charts", "图表")
        self._theme = theme
        self.views: dict[str, ChartView] = {}
        self.setWidgetResizable(True)

    def show_charts(self, charts: Sequence[ChartData]) -> None:
        """Draws these in place of those before."""
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setSpacing(10)
        self.views = {}
        for n, chart in enumerate(charts):
            view = ChartView(self._theme, f"report.chart.{chart.key}", chart)
            view.opened.connect(self.opened)
            grid.addWidget(view, n // _COLUMNS, n % _COLUMNS)
            self.views[chart.key] = view
        self.setWidget(inside)
