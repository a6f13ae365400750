"""The charts of one run: what they are drawn from, and nothing drawn twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import isnan

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from k6desk.api.metrics import Answer, Series
from k6desk.core.metrics.asked import Known
from k6desk.core.metrics.standard_charts import VUS, ChartSpec
from k6desk.core.metrics.units import Unit
from k6desk.ui import text, theme
from k6desk.ui.charts.line_colours import COUNT, FAILED
from k6desk.ui.charts.lines import Band, Limit, Line, Style, line_of
from k6desk.ui.charts.stack import ChartStack
from k6desk.ui.charts.time_chart import TimeChart
from k6desk.ui.results.series_choice import NAMELESS

NOT_NUMBERS = "There are samples, but none of them is a number"
LONGEST_NAME = 120
LEAST_LIVE_S = 30.0
"""So much time is shown of a run that goes on, from its first second on."""
PLACED_MS = 500
"""A new chart has its place in the layout by then."""
_QUIET = COUNT - 1
_OF_FAILURE = frozenset({"http_req_failed", "browser_http_req_failed", "dropped_iterations"})
_Key = tuple[str, Unit, bool]


class RunCharts(QScrollArea):
    """A stack of charts that scrolls. A chart stays when what is asked for has one of its title, and so does zoom."""

    sight_changed = Signal()  # `is_in_sight` says something else now of a chart

    def __init__(self) -> None:
        super().__init__()
        self.stack = ChartStack()
        self._charts: dict[_Key, TimeChart] = {}
        self._in_sight: frozenset[_Key] = frozenset()
        self._drawn: dict[_Key, tuple[float, tuple[Answer | None, ...], Mapping[str, int]]] = {}
        room = QWidget()
        rows = QVBoxLayout(room)
        rows.setContentsMargins(theme.WIDE, theme.UNIT, theme.WIDE, theme.WIDE)
        rows.addWidget(self.stack)
        rows.addStretch(1)
        self.setAccessibleName("Charts")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(room)
        self._going = QTimer(self, singleShot=True, interval=PLACED_MS)
        self.verticalScrollBar().rangeChanged.connect(self._go)
        for moved in (self.verticalScrollBar().rangeChanged, self.verticalScrollBar().valueChanged):
            moved.connect(self.look)

    def show_charts(self, specs: Sequence[ChartSpec]) -> None:
        """Have these charts, in this order."""
        keys = [_key(spec) for spec in specs]
        for key in [key for key in self._charts if key not in keys]:
            self.stack.remove(self._charts.pop(key))
        self._drawn.clear()
        for at, key in enumerate(keys):
            if key not in self._charts:
                self._charts[key] = TimeChart(*key)
                self.stack.add(self._charts[key], at)

    def look(self) -> None:
        """Note which charts are in sight."""
        seen = frozenset(key for key, chart in self._charts.items() if not chart.visibleRegion().isEmpty())
        if seen != self._in_sight:
            self._in_sight = seen
            self.sight_changed.emit()

    def is_in_sight(self, spec: ChartSpec) -> bool:
        """Whether a part of a chart can be seen; when none can, nothing is known, and all are as if they could."""
        return not self._in_sight or _key(spec) in self._in_sight

    def go_to_last(self) -> None:
        """Scroll to the last chart, as soon as it has its place."""
        self._going.start()
        self._go()

    def _go(self) -> None:
        if self._going.isActive():
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def draw(self, spec: ChartSpec, known: Known, places: Mapping[str, int], origin_s: float) -> None:
        """Show what is known; `places` are those of the values of the label that the chart is split by."""
        key, answers = _key(spec), tuple(known(asked) for asked in spec.asks())
        was = self._drawn.get(key)
        shown = places if spec.label else {}
        if was and was[0] == origin_s and was[2] == shown and all(a is b for a, b in zip(was[1], answers, strict=True)):
            return
        self._drawn[key] = origin_s, answers, dict(shown)
        self._charts[key].set_lines(list(_lines(spec, answers, shown, origin_s)))

    def say_why_empty(self, spec: ChartSpec, why: Callable[[], str]) -> None:
        """What stands where a chart has no values."""
        chart = self._charts[_key(spec)]
        if all(isnan(line.latest) for line in chart.lines):
            chart.set_empty(NOT_NUMBERS if any(len(line.times) for line in chart.lines) else why())

    def set_limits(self, spec: ChartSpec, limits: Sequence[Limit]) -> None:
        """Show these across a chart."""
        self._charts[_key(spec)].set_limits(limits)

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Show these behind all charts."""
        self.stack.set_bands(bands)

    def set_live(self, live: bool) -> None:
        """Whether samples are still to come."""
        self.stack.set_least_span(LEAST_LIVE_S if live else 0.0)

    def set_origin(self, origin_s: float) -> None:
        """The moment at which the axis of time is 0."""
        self.stack.set_origin(datetime.fromtimestamp(origin_s, UTC))


def _key(spec: ChartSpec) -> _Key:
    return spec.title, spec.unit, spec.per_s


def _lines(
    spec: ChartSpec, answers: Sequence[Answer | None], places: Mapping[str, int], origin_s: float
) -> Iterator[Line]:
    if spec.label:
        yield from _split_lines(spec, answers, places, origin_s)
        return
    for at, (line, answer) in enumerate(zip(spec.lines, answers, strict=True)):
        if answer and answer.series:
            metric = line.query.metric
            role = FAILED if metric in _OF_FAILURE else _QUIET if line.is_quiet else at
            style: Style = "dotted" if line.is_quiet else "solid"
            series, is_users = answer.series[0], metric.startswith(VUS)
            is_count = spec.per_s and bool(line.query.matchers)  # of some samples: those of others may go on
            yield line_of(line.name, series, origin_s, role, style=style, as_steps=is_users, is_count=is_count)


def _split_lines(
    spec: ChartSpec, answers: Sequence[Answer | None], places: Mapping[str, int], origin_s: float
) -> Iterator[Line]:
    of_value: dict[str, Series] = {}
    for answer in answers:
        for series in answer.series if answer else ():
            of_value.setdefault(series.labels.get(spec.label, ""), series)
    for value, place in sorted(places.items(), key=lambda each: each[1]):
        if value in of_value:
            name = text.one_line(value, LONGEST_NAME) or NAMELESS
            style: Style = "solid" if place < COUNT else "dashed"
            series, is_users = of_value[value], spec.metrics[0] == VUS
            yield line_of(name, series, origin_s, place % COUNT, style=style, as_steps=is_users, is_count=spec.per_s)
