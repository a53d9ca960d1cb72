"""Charts: their numbers, and where each line, column and word stands, for whoever draws them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from desktop_app.domain.indicators import NO_DATA

TICKS = 4
_NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Opens:
    """The records a column stands for: a figure over a period, of one office, of those with one choice."""

    indicator: str
    period: str
    office: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: its value in printed units, None for no data, and the value as printed."""

    value: int | float | None
    text: str
    opens: Opens | None = None


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """Bars of one colour, one for each category."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """A chart with its numbers; `is_lying` when its columns lie down beside long names."""

    key: str
    title: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    is_lying: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; `colour` counts the series. Bars say which series and category they are."""

    x: float
    y: float
    width: float
    height: float
    colour: int
    bar: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line."""

    x: float
    y: float
    to_x: float
    to_y: float
    is_axis: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text, its upper edge at `y`; `align` 0 begins at x, 1 ends there. `scale` of the base size."""

    x: float
    y: float
    text: str
    align: float = 0.0
    scale: float = 1.0
    role: Literal["title", "plain", "faint"] = "plain"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart laid out; y grows downwards."""

    boxes: tuple[Box, ...]
    rules: tuple[Rule, ...]
    words: tuple[Words, ...]


Measure = Callable[[str, float], float]
"""Width of a text at a scale of the base size."""


def nice_top(largest: float) -> float:
    """The upper end of an axis whose parts are round numbers."""
    if largest <= 0:
        return float(TICKS)
    step, power = largest / TICKS, 1.0
    while step > 10 * power:
        power *= 10
    while step <= power and power > 1:
        power /= 10
    part = next(one for one in _NICE if step <= one * power) * power
    return TICKS * (part if part % 1 == 0 else -(-part // 1))


def lay_out(chart: ChartData, width: float, height: float, size: float, measure: Measure) -> Drawing:
    """
    A chart in a rectangle.

    Args:
        size: Height of a line of text at scale 1.
    """
    layout = _Lying if chart.is_lying else _Standing
    return layout(chart, width, height, size, measure).drawing()


class _Layout(ABC):
    """The head of a chart, and what its columns share."""

    def __init__(self, chart: ChartData, width: float, height: float, size: float, measure: Measure) -> None:
        self._chart = chart
        self._width = width
        self._height = height
        self._size = size
        self._measure = measure
        values = [bar.value or 0 for one in chart.series for bar in one.bars]
        self._top_value = nice_top(max(values, default=0))
        self._upper = (1.9 if len(chart.series) == 1 else 3.3) * size
        self._boxes: list[Box] = []
        self._rules: list[Rule] = []
        self._words: list[Words] = []

    def drawing(self) -> Drawing:
        self._head()
        self._body()
        return Drawing(tuple(self._boxes), tuple(self._rules), tuple(self._words))

    def _head(self) -> None:
        chart, size = self._chart, self._size
        self._words.append(Words(0, 0, chart.title, scale=1.15, role="title"))
        self._words.append(Words(self._width, 0.2 * size, f"单位：{chart.unit}", 1, 0.8, "faint"))
        if len(chart.series) == 1:
            return
        x = 0.0
        for n, one in enumerate(chart.series):
            self._boxes.append(Box(x, 1.95 * size, 0.8 * size, 0.8 * size, n))
            self._words.append(Words(x + size, 1.85 * size, one.label, scale=0.85))
            x += 2.2 * size + self._measure(one.label, 0.85)

    @abstractmethod
    def _body(self) -> None:
        """The bars, their labels and their rules."""

    def _fitting(self, text: str, room: float) -> str:
        """As much of a text as there is room for."""
        while len(text) > 1 and self._measure(text, 0.8) > room:
            text = text[:-1]
        return text


class _Standing(_Layout):
    """Columns from the axis upwards, a band for each category."""

    def _body(self) -> None:
        size, chart = self._size, self._chart
        self._left = max(self._measure(_number(self._top_value), 0.8), size) + 0.6 * size
        self._lower = self._height - 1.6 * size
        self._upper += 1.1 * size  # the highest column has its value above it
        self._band = (self._width - self._left) / max(1, len(chart.categories))
        self._axis()
        for n, category in enumerate(chart.categories):
            self._category(n, category)

    def _axis(self) -> None:
        for n in range(TICKS + 1):
            y = self._y(self._top_value * n / TICKS)
            self._rules.append(Rule(self._left, y, self._width, y, is_axis=n == 0))
            text = _number(self._top_value * n / TICKS)
            self._words.append(Words(self._left - 0.4 * self._size, y - 0.5 * self._size, text, 1, 0.8, "faint"))

    def _y(self, value: float) -> float:
        return self._lower - (self._lower - self._upper) * value / self._top_value

    def _category(self, n: int, category: str) -> None:
        size, series = self._size, self._chart.series
        left = self._left + n * self._band
        gap = 0.14 * self._band
        wide = (self._band - 2 * gap) / len(series)
        for at, one in enumerate(series):
            bar = one.bars[n]
            x = left + gap + at * wide
            y = self._y(bar.value or 0)
            if bar.value:
                self._boxes.append(Box(x, y, 0.92 * wide, self._lower - y, at, (at, n)))
            is_roomy = self._measure(bar.text, 0.75) <= wide * (1.25 if len(series) > 1 else 1.4)
            if is_roomy or (bar.value is None and len(series) == 1):
                self._words.append(Words(x + 0.46 * wide, y - 0.95 * size, bar.text or NO_DATA, 0.5, 0.75))
        text = self._fitting(category, 0.98 * self._band)
        self._words.append(Words(left + self._band / 2, self._lower + 0.35 * size, text, 0.5, 0.8))


class _Lying(_Layout):
    """Columns from the left to the right, a row for each category, its name before it and its value behind."""

    def _body(self) -> None:
        size, chart = self._size, self._chart
        self._upper += 0.3 * size
        widest = max((self._measure(one, 0.8) for one in chart.categories), default=0)
        left = min(widest, 0.45 * self._width) + 0.5 * size
        room = self._width - left - 3.5 * size
        pitch = (self._height - self._upper) / max(1, len(chart.categories))
        self._rules.append(Rule(left, self._upper, left, self._height, is_axis=True))
        for n, category in enumerate(chart.categories):
            middle = self._upper + (n + 0.5) * pitch
            name = self._fitting(category, left - 0.5 * size)
            self._words.append(Words(left - 0.4 * size, middle - 0.45 * size, name, 1, 0.8))
            thick = 0.7 * pitch / len(chart.series)
            for at, one in enumerate(chart.series):
                bar, y = one.bars[n], middle - 0.35 * pitch + at * thick
                long = room * (bar.value or 0) / self._top_value
                if bar.value:
                    self._boxes.append(Box(left, y, long, 0.92 * thick, at, (at, n)))
                place = left + long + 0.3 * size
                self._words.append(Words(place, y + 0.46 * thick - 0.42 * size, bar.text or NO_DATA, 0, 0.75))


def _number(value: float) -> str:
    return f"{value:.0f}"


def merged(categories: Sequence[str], rows: Sequence[Sequence[Bar]], most: int) -> tuple[list[str], list[list[Bar]]]:
    """
    At most so many categories: the last one takes in what is left, where there are more.

    Args:
        rows: The bars of each series.
    """
    if len(categories) <= most:
        return list(categories), [list(one) for one in rows]
    kept = most - 1
    rest = []
    for bars in rows:
        values = [bar.value for bar in bars[kept:] if bar.value is not None]
        total = sum(values) if values else None
        rest.append(Bar(total, NO_DATA if total is None else f"{total:g}"))
    names = [*categories[:kept], f"其余{len(categories) - kept}个"]
    return names, [[*bars[:kept], last] for bars, last in zip(rows, rest, strict=True)]
