"""What a trend is of: a metric, a figure of it, and how many runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from k6desk.api.metrics import Metric
from k6desk.core.compare.trend import SIZES, STANDARD, Aggregate, aggregates_of
from k6desk.core.metrics.metric_names import title_of
from k6desk.ui import text, theme

USUAL = SIZES.index(30)
FIRST = (
    STANDARD[0].name,
    "browser_web_vital_lcp",
    "browser_http_req_duration",
    "grpc_req_duration",
    "ws_session_duration",
    "iteration_duration",
)
"""What is looked at while nobody chose: the first of these that a test has."""


class TrendChoice(QWidget):
    """Three lists beside each other; the second follows the first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.which, self.way, self.last = QComboBox(), QComboBox(), QComboBox()
        self._offered: tuple[Metric, ...] = ()
        self._is_chosen = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for box, name in (
            (self.which, "Metric"),
            (self.way, "Which figure of the metric"),
            (self.last, "How many runs"),
        ):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            row.addWidget(box)
        self.which.setMaximumWidth(240)
        for size in SIZES:
            self.last.addItem(f"Last {size} runs", size)
        self.last.setCurrentIndex(USUAL)
        self.offer(STANDARD)
        self.which.currentIndexChanged.connect(self._on_chosen)
        self.way.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.last.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def aggregate(self) -> Aggregate:
        """The figure that is looked at."""
        chosen = self.way.currentData()
        assert isinstance(chosen, Aggregate), "every metric that is offered has figures"
        return chosen

    @property
    def runs(self) -> int:
        """How many runs are looked at."""
        chosen: int = self.last.currentData()
        return chosen

    def offer(self, metrics: Sequence[Metric]) -> None:
        """Offer the usual metrics, and after them all others by name; what is chosen stays so, even if it is gone."""
        before: Metric | None = self.which.currentData()
        chosen = self._first_of(metrics) or before or STANDARD[0]
        known = {one.name: one for one in (chosen, *metrics) if aggregates_of(one)}
        usual = {one.name for one in STANDARD}
        others = sorted((one for name, one in known.items() if name not in usual), key=lambda one: title_of(one.name))
        offered = (*STANDARD, *others)
        shown = next(one for one in offered if one.name == chosen.name)
        is_another = before is None or (shown.name, shown.type) != (before.name, before.type)
        if offered == self._offered and not is_another:
            return
        self._offered = offered
        self.which.blockSignals(True)
        self.which.clear()
        for metric in offered:
            self.which.addItem(text.one_line(title_of(metric.name), 60), metric)
        if others:
            self.which.insertSeparator(len(STANDARD))
        names = [metric.name if (metric := self.which.itemData(at)) else "" for at in range(self.which.count())]
        self.which.setCurrentIndex(names.index(chosen.name))
        self.which.blockSignals(False)
        if is_another:
            self._offer_ways()
            self.changed.emit()

    def _first_of(self, metrics: Sequence[Metric]) -> Metric | None:
        """What to look at of these metrics while nobody chose another."""
        known = {} if self._is_chosen else {metric.name: metric for metric in metrics}
        return next((known[name] for name in FIRST if name in known), None)

    def _on_chosen(self) -> None:
        self._is_chosen = True
        self._offer_ways()
        self.changed.emit()

    def _offer_ways(self) -> None:
        metric = self.which.currentData()
        self.way.blockSignals(True)
        self.way.clear()
        for aggregate in aggregates_of(metric):
            self.way.addItem(aggregate.title, aggregate)
        self.way.setVisible(self.way.count() > 1)
        self.way.blockSignals(False)
