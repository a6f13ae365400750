"""The curves of a run: the usual ones, any other metric, whole or split by a label, all on one axis of time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from k6desk.api.errors import CloudError
from k6desk.api.metrics import Answer, Matcher, Metric
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.chart_choice import ChartChoice, labels_offered
from k6desk.core.metrics.load_span import Origin, SampleSpan, origin_of, planned_s
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.numbers import CURVES_S, Numbers
from k6desk.core.metrics.phases import phases_of
from k6desk.core.metrics.standard_charts import STATISTICS, ChartSpec
from k6desk.core.notices import Notices
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds.chart_limits import limits_of
from k6desk.core.thresholds.served_thresholds import ServedThresholds
from k6desk.core.thresholds.thresholds import Threshold, asks, thresholds_of
from k6desk.ui import text, theme
from k6desk.ui.charts.lines import Band, Limit
from k6desk.ui.parts import Line, say, wrapping
from k6desk.ui.results import chart_words
from k6desk.ui.results.chart_files import ChartFiles
from k6desk.ui.results.chart_tools import ChartTools
from k6desk.ui.results.chips import Chip, Chips
from k6desk.ui.results.page import VerdictsPage
from k6desk.ui.results.run_charts import RunCharts
from k6desk.ui.results.series_row import SeriesRow

BACK = "back"
FILTER = "filter"
METRIC = "metric "


class ChartsPage(VerdictsPage):
    """What is chosen stays from run to run; only the filter goes with its run.

    `why_not_asked` says why the server is not asked now; "" if it is.
    """

    name = "charts"
    title = "Charts"

    left = Signal()  # back to the page that the filter came from

    def __init__(
        self,
        numbers: Numbers,
        served: ServedThresholds,
        tasks: Tasks,
        notices: Notices,
        why_not_asked: Callable[[], str],
    ) -> None:
        super().__init__(numbers, served)
        self._tasks = tasks
        self._why_not_asked = why_not_asked
        self._came_from = ""  # what the page is called that the filter came from
        self._choice = ChartChoice()
        self._labels: dict[str, Sequence[str]] = {}  # of the metrics of this run, as far as the server was asked
        self._specs: tuple[ChartSpec, ...] = ()
        self._metrics: tuple[Metric, ...] | None = None
        self._thresholds: tuple[Threshold, ...] = ()
        self._span = SampleSpan()
        self._planned: tuple[Any, ...] = ()
        self._tools = ChartTools()
        self._chips = Chips()
        self._series = SeriesRow()
        self._remark = wrapping("caption", muted=True)
        self._line = Line()
        self._as_of = wrapping("caption", muted=True)
        self._charts = RunCharts()
        self._files = ChartFiles(self._charts.stack, notices, tasks, self)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._charts)

    def filter(self, matchers: Sequence[Matcher], came_from: str = "") -> None:
        """Show only the samples that match; none: all of them. `came_from` is what the page is called to go back to."""
        self._came_from = came_from if matchers else ""
        self._choose_charts(replace(self._choice, matchers=tuple(matchers)))

    # -- as every page -------------------------------------------------------------------------------------------------

    def refresh(self, *, is_other: bool) -> None:
        if self.run is None:
            return
        if is_other:
            self._span, self._labels = SampleSpan(), {}
            self._series.reset()
            self._choice, self._came_from = replace(self._choice, matchers=()), ""
            self._charts.stack.time.show_all()
        known = self.numbers.metrics(self.run.id)
        self._metrics = known or (known if self.run.is_finished else None)
        self._thresholds = thresholds_of(self.detail.options if self.detail else None)
        self._files.name = f"Run {self.run.id} charts"
        if self._find_charts():
            self.wanted_changed.emit()
        self._draw()

    def wanted(self) -> Collection[Asked]:
        curves = [asked for spec in self._specs for asked in spec.asks()]
        return list(dict.fromkeys((*curves, *asks(self._thresholds, self._metrics or ()))))

    def unseen(self) -> Collection[Asked]:
        seen = {asked for spec in self._seen() for asked in spec.asks()}
        return {asked for spec in self._specs for asked in spec.asks()} - seen

    def has_content(self) -> bool:
        if self._choice.matchers and self._metrics:
            return True
        return any(answer and answer.series for answer in self._answers(self._specs))

    # -- what is chosen ------------------------------------------------------------------------------------------------

    def _choose_charts(self, choice: ChartChoice) -> None:
        if choice.label != self._choice.label:
            self._series.reset()
        self._choice = choice
        if self._find_charts():
            self.wanted_changed.emit()
        self._draw()
        self.content_changed.emit()

    def _find_charts(self) -> bool:
        """Have the charts that are chosen; whether these are others than before."""
        choice, labels = self._choice, self._labels
        specs = choice.charts(self._metrics, labels)
        whole = replace(choice, label="").charts(self._metrics, labels)
        has_trends = any(spec.lines[0].query.method in STATISTICS.values() for spec in specs if spec.label)
        self._tools.search.offer([m for m in self._metrics or () if m.name not in choice.added])
        self._tools.show_split(choice.label, labels_offered(whole, labels), choice.statistic, has_trends=has_trends)
        self._chips.show_chips(list(self._chips_shown()))
        if specs == self._specs:
            return False
        self._specs = specs
        self._charts.show_charts(specs)
        return True

    def _chips_shown(self) -> Iterator[Chip]:
        if self._came_from:
            yield Chip(BACK, self._came_from, "back", "Go back (Esc)")
        if self._choice.matchers:
            words = ", ".join(map(chart_words.of_matcher, self._choice.matchers))
            yield Chip(FILTER, f"Only {words}", "filter", "Show all samples again")
        for name in self._choice.added:
            if any(metric.name == name for metric in self._metrics or ()):
                yield Chip(METRIC + name, title_of(name), "close", "Remove the chart")

    def _add(self, name: str) -> None:
        self._choose_charts(replace(self._choice, added=(*self._choice.added, name)))
        self._charts.go_to_last()

    def _take_away(self, key: str) -> None:
        if key == BACK:
            self.go_back()
        elif key == FILTER:
            self.filter(())
        else:
            left = (name for name in self._choice.added if METRIC + name != key)
            self._choose_charts(replace(self._choice, added=tuple(left)))

    def _ask_labels(self) -> None:
        if self.run:
            key = f"labels:{self.run.id}:{self._choice.added}"
            self._tasks.spawn(self._read_labels(self.run.id), name="read labels", key=key, owner=self)

    async def _read_labels(self, run_id: int) -> None:
        """Of one built-in metric and of each that was added: others have the same."""
        charted = [spec.metrics[0] for spec in self._specs if spec.metrics[0] != "vus"]
        for metric in dict.fromkeys((*charted[:1], *self._choice.added)):
            if metric in self._labels:
                continue
            try:
                found = await self.numbers.labels(run_id, metric)
            except CloudError:
                return  # the usual labels are there
            if self.run is None or self.run.id != run_id:
                return
            if found:
                self._labels[metric] = found
                self.refresh(is_other=False)

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def _answers(self, specs: Sequence[ChartSpec]) -> tuple[Answer | None, ...]:
        return tuple(self.known(asked) for spec in specs for asked in spec.asks())

    def _draw(self) -> None:
        if self.run is None:
            return
        self._pick()
        self._span.take_in(self._answers(self._specs))
        origin = origin_of(self.run, self.detail, self._span.ends, datetime.now(UTC))
        known = self.numbers.known_of(self.run.id)
        self._charts.set_origin(origin.at_s)
        self._charts.set_live(not self.run.is_finished)
        self._draw_phases(self.detail.options if self.detail else None, planned_s(self.run, self.detail))
        found = self.verdicts(self._thresholds)
        types = {metric.name: metric.type for metric in self._metrics or ()}
        for spec in self._specs:
            self._charts.draw(spec, known, self._series.places, origin.at_s)
            self._charts.say_why_empty(spec, partial(self._why_empty, spec))
            limits = [
                Limit(
                    verdict.threshold.limit,
                    chart_words.of_threshold(verdict.threshold, spec),
                    verdict.state == "failed",
                )
                for verdict in limits_of(spec, found, types, self._choice.matchers)
                if verdict.threshold.limit is not None
            ]
            self._charts.set_limits(spec, limits)
        self._say_remarks(origin)
        self._charts.look()

    def _seen(self) -> list[ChartSpec]:
        return [spec for spec in self._specs if self._charts.is_in_sight(spec)]

    def _draw_phases(self, *plan: Any) -> None:
        if plan != self._planned:  # there may be thousands of stages
            self._planned = plan
            phases = phases_of(*plan)
            self._charts.set_bands([Band(p.start_s, p.end_s, text.one_line(p.name, 60), p.kind) for p in phases])

    def _pick(self) -> None:
        """Which series are drawn depends on the first chart that is split, so it is waited for."""
        assert self.run
        specs = [spec for spec in self._specs if spec.label]
        answers = self._answers(specs)
        if not answers or answers[0] is not None or not self.numbers.is_waiting(self.run.id):
            self._series.take_in(specs, answers)

    # -- what is said --------------------------------------------------------------------------------------------------

    def _why_empty(self, spec: ChartSpec) -> str:
        assert self.run
        answers = self._answers([spec])
        if any(answer is None for answer in answers):
            problems = (self.numbers.problem(self.run.id, asked) for asked in spec.asks())
            if problem := next(filter(None, problems), ""):
                return problem
            return "Loading…" if self.numbers.is_waiting(self.run.id) else "Never loaded on this computer"
        if any(answer and answer.series for answer in answers):
            return "Nothing is chosen to be drawn" if self._series.has_names else "Loading…"
        if self._choice.matchers and spec.lines[0].query.matchers:
            return "No samples match the filter"
        return "No samples" if self.run.is_finished else "No samples yet"

    def _say_remarks(self, origin: Origin) -> None:
        assert self.run
        say(self._remark, chart_words.of_skew(origin))
        self._remark.setVisible(bool(origin.skew_s))
        seen = self._seen()
        told = [self.numbers.told(self.run.id, asked) for spec in seen for asked in spec.asks()]
        oldest = min((each.asked_at for each in told if each and not each.is_final), default=None)
        words = ""
        if oldest:
            problems = (self.numbers.problem(self.run.id, asked) for spec in seen for asked in spec.asks())
            why_not = self._why_not_asked() or next(filter(None, problems), "")
            after = f"not updated: {why_not}" if why_not else f"every {CURVES_S:.0f} s"
            words = chart_words.of_age(oldest, datetime.now(UTC), after)
        say(self._as_of, words, chart_words.LAG)
        for part in (self._line, self._as_of):
            part.setVisible(bool(words))

    def go_back(self) -> None:
        """To the page that the filter came from, and without it."""
        self.filter(())
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._came_from:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        head.setSpacing(theme.UNIT)
        for part in (self._tools, self._chips, self._series, self._remark):
            head.addWidget(part)
        self._as_of.setContentsMargins(theme.WIDE, theme.UNIT, theme.WIDE, theme.UNIT)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self._charts, 1)
        rows.addWidget(self._line)
        rows.addWidget(self._as_of)

    def _connect(self) -> None:
        tools, time = self._tools, self._charts.stack.time
        tools.search.metric_chosen.connect(self._add)
        tools.split_chosen.connect(lambda label: self._choose_charts(replace(self._choice, label=label)))
        tools.statistic_chosen.connect(lambda name: self._choose_charts(replace(self._choice, statistic=name)))
        tools.labels_wanted.connect(self._ask_labels)
        tools.offer(*self._files.actions)
        self._chips.removed.connect(self._take_away)
        self._series.changed.connect(self._draw)
        self._charts.sight_changed.connect(self.wanted_changed)
        time.changed.connect(lambda: self._files.whole_time.setEnabled(not time.shows_all))
