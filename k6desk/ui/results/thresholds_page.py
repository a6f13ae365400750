"""The thresholds of a run: what it had to reach, where it stands, and whether that is enough."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QListView, QVBoxLayout

from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.thresholds import threshold_words as words
from k6desk.core.thresholds.served_thresholds import ServedThresholds
from k6desk.core.thresholds.thresholds import Threshold, Verdict, asks, thresholds_of
from k6desk.ui import theme
from k6desk.ui.parts import Line, columns, say, wrapping
from k6desk.ui.results.page import VerdictsPage
from k6desk.ui.results.thresholds_delegate import ThresholdsDelegate
from k6desk.ui.results.thresholds_model import ThresholdsModel

COMPUTED = "Computed by k6desk from the metrics: Grafana Cloud k6 has not said whether they hold."
COMPUTED_LIVE = "Computed by k6desk from the metrics; Grafana Cloud k6 decides at the end."


class ThresholdsView(QListView):
    """Nothing happens to a threshold that is chosen, but it can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Thresholds")
        self.setUniformItemSizes(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.currentIndex().data())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # rows are higher where there is little room


class ThresholdsPage(VerdictsPage):
    """One row for each threshold, and what they come to above."""

    name = "thresholds"
    title = "Thresholds"

    def __init__(self, numbers: Numbers, served: ServedThresholds) -> None:
        super().__init__(numbers, served)
        self._options: object = None
        self._thresholds: tuple[Threshold, ...] = ()
        self.model = ThresholdsModel(self)
        self.view = ThresholdsView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(ThresholdsDelegate(self.model, self.view))
        self._summary = wrapping("title")
        self._summary.setAccessibleName("How many held")
        self._origin = wrapping("caption", muted=True)
        self._origin.setAccessibleName("Who says so")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, theme.UNIT, 0, 0)
        rows.setSpacing(theme.UNIT)
        for label in (self._summary, self._origin):
            row = columns(label, stretch=0)
            row.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
            rows.addLayout(row)
        rows.addSpacing(theme.UNIT)
        rows.addWidget(Line())
        rows.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def refresh(self, *, is_other: bool) -> None:
        options = self.detail.options if self.detail else None
        if options != self._options:
            self._options = options
            self._thresholds = thresholds_of(options)
        if self.run is None:
            return
        is_live = not self.run.is_finished
        found = self.verdicts(self._thresholds)
        self.model.show_verdicts(found, is_live=is_live)
        if is_other:
            self.view.scrollToTop()
        self._say(found, is_live=is_live)

    def wanted(self) -> Collection[Asked]:
        return asks(self._thresholds, (self.numbers.metrics(self.run.id) if self.run else None) or ())

    def has_content(self) -> bool:
        return bool(self._thresholds)

    def _say(self, found: tuple[Verdict, ...], *, is_live: bool) -> None:
        so_far = " so far" if is_live else ""
        say(self._summary, words.summary(found, is_live=is_live) + so_far)
        computed = COMPUTED_LIVE if is_live else COMPUTED
        say(self._origin, computed if words.who(found) == "k6desk" else "")
        self._origin.setVisible(bool(self._origin.text()))
