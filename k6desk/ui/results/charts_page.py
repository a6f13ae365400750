"""The curves of a run: the usual ones, any other metric, whole or split by a label, all on one axis of time."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from math import isfinite
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.metrics import Answer, Matcher, Metric
from k6desk.core.asked import Asked
from k6desk.core.chart_choice import ChartChoice, labels_offered
from k6desk.core.chart_limits import limits_of
from k6desk.core.load_span import Origin, load_s, origin_of
from k6desk.core.metric_names import title_of
from k6desk.core.notices import Notices
from k6desk.core.numbers import CURVES_S, Numbers
from k6desk.core.phases import phases_of
from k6desk.core.picks import MOST, Picks, sizes_of
from k6desk.core.standard_charts import STATISTICS, ChartSpec
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds import Threshold, asks, thresholds_of, verdicts
from k6desk.ui import text, theme
from k6desk.ui.charts.lines import Band, Limit
from k6desk.ui.parts import Line, columns, say, wrapping
from k6desk.ui.results.chart_files import ChartFiles
from k6desk.ui.results.chart_tools import ChartTools, values_of, words_of
from k6desk.ui.results.chips import Chip, Chips
from k6desk.ui.results.page import Page
from k6desk.ui.results.run_charts import RunCharts
from k6desk.ui.results.series_choice import NAMELESS, Measure, SeriesChoice

FILTER = "filter"
METRIC = "metric "
MOST_MEASURES = 3
LAG = (
    "k6 adds up samples over 3 s and waits 8 s for the last of them, so a curve ends about 10 s before now.\n"
    "The charts are asked for anew every 5 s while the run goes on."
)


class ChartsPage(Page):
    """What is chosen stays from run to run; only the filter goes with its run."""

    name = "charts"
    title = "Charts"

    def __init__(self, numbers: Numbers, tasks: Tasks, notices: Notices) -> None:
        super().__init__(numbers)
        self._tasks = tasks
        self._choice = ChartChoice()
        self._picks = Picks()
        self._labels: dict[str, Sequence[str]] = {}  # of the metrics of this run, as far as the server was asked
        self._specs: tuple[ChartSpec, ...] = ()
        self._metrics: tuple[Metric, ...] | None = None
        self._thresholds: tuple[Threshold, ...] = ()
        self._span: tuple[float, float] | None = None
        self._spanned: tuple[Answer | None, ...] = ()  # what the span is of
        self._sized: tuple[Answer | None, ...] = ()  # what the names and their sizes are of
        self._names: list[str] = []
        self._planned: tuple[Any, ...] = ()
        self._tools = ChartTools()
        self._chips = Chips()
        self._some_row = QWidget()
        self._some = wrapping("caption", muted=True)
        self._choose = QPushButton("Choose…")
        self._remark = wrapping("caption", muted=True)
        self._as_of = wrapping("caption", muted=True)
        self._charts = RunCharts()
        self._files = ChartFiles(self._charts.stack, notices, tasks, self)
        self._lay_out()
        self._connect()

    def filter(self, matchers: tuple[Matcher, ...]) -> None:
        """Show only the samples that match; none: all of them."""
        self._choose_charts(replace(self._choice, matchers=tuple(matchers)))

    # -- as every page -------------------------------------------------------------------------------------------------

    def refresh(self, *, is_other: bool) -> None:
        if self.run is None:
            return
        if is_other:
            self._span, self._spanned, self._sized, self._labels = None, (), (), {}
            self._picks.reset()
            self._choice = replace(self._choice, matchers=())
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

    def has_content(self) -> bool:
        if self._choice.matchers and self._metrics:
            return True
        return any(answer and answer.series for answer in self._answers(self._specs))

    # -- what is chosen ------------------------------------------------------------------------------------------------

    def _choose_charts(self, choice: ChartChoice) -> None:
        if choice.label != self._choice.label:
            self._picks.reset()
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
        self._specs, self._sized = specs, ()
        self._charts.show_charts(specs)
        return True

    def _chips_shown(self) -> Iterator[Chip]:
        if self._choice.matchers:
            words = ", ".join(
                f"{words_of(m.label)} {m.operator} {text.one_line(m.value)}" for m in self._choice.matchers
            )
            yield Chip(FILTER, f"Only {words}", "filter", "Show all samples again")
        for name in self._choice.added:
            if any(metric.name == name for metric in self._metrics or ()):
                yield Chip(METRIC + name, title_of(name), "close", "Remove the chart")

    def _take_away(self, key: str) -> None:
        if key == FILTER:
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
        origin = self._origin()
        known = self.numbers.known_of(self.run.id)
        self._charts.set_origin(origin.at_s)
        self._draw_phases(self.detail.options if self.detail else None, load_s(self.run, self.detail))
        found = verdicts(self._thresholds, self._metrics, known, (), self.detail)
        types = {metric.name: metric.type for metric in self._metrics or ()}
        for spec in self._specs:
            self._charts.draw(spec, known, self._picks.places, origin.at_s)
            self._charts.say_why_empty(spec, partial(self._why_empty, spec))
            limits = [
                Limit(
                    verdict.threshold.limit,
                    text.one_line(_limit_words(verdict.threshold), 60),
                    verdict.state == "failed",
                )
                for verdict in limits_of(spec, found, types, self._choice.matchers)
                if verdict.threshold.limit is not None
            ]
            self._charts.set_limits(spec, limits)
        self._say_remarks(origin)

    def _draw_phases(self, *plan: Any) -> None:
        if plan != self._planned:  # there may be thousands of stages
            self._planned = plan
            phases = phases_of(*plan)
            self._charts.set_bands([Band(p.start_s, p.end_s, text.one_line(p.name, 60), p.kind) for p in phases])

    def _origin(self) -> Origin:
        assert self.run
        answers = self._answers(self._specs)
        new = [answer for answer in answers if not any(answer is seen for seen in self._spanned)]
        self._spanned = answers
        if ends := [end for answer in new for end in _ends(answer)]:
            span = self._span or (ends[0], ends[0])
            self._span = min(span[0], *ends), max(span[1], *ends)
        return origin_of(self.run, self.detail, self._span, datetime.now(UTC))

    def _split_specs(self) -> list[ChartSpec]:
        return [spec for spec in self._specs if spec.label]

    def _pick(self) -> None:
        """The first chart that is split tells which names are the largest; others may add names of their own."""
        specs = self._split_specs()
        answers = self._answers(specs)
        if len(answers) == len(self._sized) and all(a is b for a, b in zip(answers, self._sized, strict=True)):
            return
        self._sized = answers
        sizes: dict[str, float] = {}
        for spec, answer in zip(specs, answers, strict=True):
            if not sizes:
                sizes = sizes_of(answer, spec.label, is_sum=spec.per_s)
            elif answer:
                for series in answer.series:
                    sizes.setdefault(series.labels.get(spec.label, ""), float("nan"))
        self._picks.follow(sizes)
        self._names = list(sizes)

    def _open_choice(self) -> None:
        specs = self._split_specs()[:MOST_MEASURES]
        measures = []
        for spec in specs:
            sizes = sizes_of(self._answers([spec])[0], spec.label, is_sum=False)
            measures.append(Measure(spec.title, spec.unit, spec.per_s, sizes))
        title = words_of(self._choice.label).capitalize()
        choice = SeriesChoice(title, self._names, self._picks.places, measures, self)
        choice.chosen.connect(self._choose_series)
        choice.largest_wanted.connect(self._choose_largest)
        choice.open_at(self._choose)

    def _choose_series(self, values: list[str]) -> None:
        self._picks.choose(values)
        self._draw()

    def _choose_largest(self) -> None:
        self._picks.reset()
        self._sized = ()
        self._draw()

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
            return "Nothing is chosen to be drawn"
        if self._choice.matchers and spec.lines[0].query.matchers:
            return "No samples match the filter"
        return "No samples" if self.run.is_finished else "No samples yet"

    def _say_remarks(self, origin: Origin) -> None:
        assert self.run
        specs = self._split_specs()
        say(self._some, self._some_words(specs))
        self._some_row.setVisible(bool(specs) and len(self._names) > 1)
        say(self._remark, _skew_words(origin))
        self._remark.setVisible(bool(origin.skew_s))
        told = [self.numbers.told(self.run.id, asked) for spec in self._specs for asked in spec.asks()]
        newest = max((each.asked_at for each in told if each), default=None)
        is_live = any(each and not each.is_final for each in told)
        words = ""
        if newest and is_live:
            problems = (self.numbers.problem(self.run.id, asked) for spec in self._specs for asked in spec.asks())
            after = next(filter(None, problems), "") or f"every {CURVES_S:.0f} s"
            words = f"As of {text.local(newest):%H:%M:%S} · {after}"
        say(self._as_of, words, LAG)
        self._as_of.setVisible(bool(words))

    def _some_words(self, specs: Sequence[ChartSpec]) -> str:
        if not specs:
            return ""
        drawn, total = len(self._picks.places), values_of(self._choice.label, len(self._names))
        left_out = max((answer.left_out for answer in self._answers(specs) if answer), default=0)
        unread = f" The server has {text.count(left_out)} more, too many to be read." if left_out else ""
        if self._picks.is_chosen:
            return f"{drawn} of {total}, as you chose.{unread}"
        if len(self._names) <= MOST:
            return f"{total}.{unread}"
        lead = specs[0].title.lower()
        return f"The {drawn} largest of {total} by {lead}; {len(self._names) - drawn} more with less.{unread}"

    def _lay_out(self) -> None:
        self._choose.setFlat(True)
        self._choose.setFont(theme.font("caption"))
        self._choose.setAccessibleName("Choose what is drawn")
        self._some_row.setLayout(columns(self._some, self._choose, stretch=0))
        head = QVBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        head.setSpacing(theme.UNIT)
        for part in (self._tools, self._chips, self._some_row, self._remark):
            head.addWidget(part)
        self._as_of.setContentsMargins(theme.WIDE, theme.UNIT, theme.WIDE, theme.UNIT)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self._charts, 1)
        rows.addWidget(Line())
        rows.addWidget(self._as_of)

    def _connect(self) -> None:
        tools, time = self._tools, self._charts.stack.time
        tools.search.metric_chosen.connect(
            lambda name: self._choose_charts(replace(self._choice, added=(*self._choice.added, name)))
        )
        tools.split_chosen.connect(lambda label: self._choose_charts(replace(self._choice, label=label)))
        tools.statistic_chosen.connect(lambda name: self._choose_charts(replace(self._choice, statistic=name)))
        tools.labels_wanted.connect(self._ask_labels)
        tools.offer(*self._files.actions)
        self._chips.removed.connect(self._take_away)
        self._choose.clicked.connect(self._open_choice)
        time.changed.connect(lambda: self._files.whole_time.setEnabled(not time.shows_all))


def _ends(answer: Answer | None) -> Iterator[float]:
    for series in answer.series if answer else ():
        if len(series.times) >= 8:
            for (at,) in (struct.unpack_from("d", series.times), struct.unpack("d", series.times[-8:])):
                if isfinite(at):
                    yield at


def _matcher_words(matcher: Matcher) -> str:
    value = text.one_line(matcher.value, 80) or NAMELESS
    return value if matcher.operator == "=" else f"{words_of(matcher.label)} {matcher.operator} {value}"


def _limit_words(threshold: Threshold) -> str:
    tags = ", ".join(matcher.value for matcher in threshold.matchers)
    return f"{threshold.source} ({tags})" if tags else threshold.source


def _skew_words(origin: Origin) -> str:
    if not origin.skew_s:
        return ""
    side = "after" if origin.skew_s > 0 else "before"
    return (
        f"The samples are dated {text.about(abs(origin.skew_s))} {side} the run, so one of the clocks is wrong: "
        "the time counts from the first sample."
    )
