"""What a trend is of: a metric, a figure of it, and how many runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from k6desk.api.metrics import Metric
from k6desk.core.metric_names import title_of
from k6desk.core.trend import SIZES, STANDARD, Aggregate, aggregates_of
from k6desk.ui import text, theme

USUAL = SIZES.index(30)


class TrendChoice(QWidget):
    """Three lists beside each other; the second follows the first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.which, self.way, self.last = QComboBox(), QComboBox(), QComboBox()
        self._offered: tuple[Metric, ...] = ()
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
        self.which.currentIndexChanged.connect(lambda _: self._on_metric())
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
        chosen = self.which.currentData()
        known = {one.name: one for one in (*([chosen] if chosen else ()), *metrics) if aggregates_of(one)}
        usual = {one.name for one in STANDARD}
        others = sorted((one for name, one in known.items() if name not in usual), key=lambda one: title_of(one.name))
        offered = (*STANDARD, *others)
        if offered == self._offered:
            return
        self._offered = offered
        self.which.blockSignals(True)
        self.which.clear()
        for metric in offered:
            self.which.addItem(text.one_line(title_of(metric.name), 60), metric)
        if others:
            self.which.insertSeparator(len(STANDARD))
        places = (at for at in range(self.which.count()) if self.which.itemData(at) == chosen)
        self.which.setCurrentIndex(next(places, 0))
        self.which.blockSignals(False)
        if chosen is None:
            self._offer_ways()

    def _on_metric(self) -> None:
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
