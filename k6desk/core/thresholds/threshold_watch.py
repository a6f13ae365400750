"""Says of the run that is looked at which threshold it is about to fail, while it still goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from k6desk.api.models import Run, RunDetail
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import WAITING, Numbers
from k6desk.core.thresholds.threshold_words import phrase, worst
from k6desk.core.thresholds.thresholds import Threshold, asks, thresholds_of, verdicts

MOST = 10
"""Of a run with more thresholds the others are asked for where they are looked at."""


class ThresholdWatch(QObject):
    """Follows one run at a time, and asks for nothing when it has ended or has no thresholds."""

    changed = Signal()  # `warning` gives something else now

    def __init__(self, numbers: Numbers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._run: Run | None = None
        self._detail: RunDetail | None = None
        self._thresholds: tuple[Threshold, ...] = ()
        self._options: object = None
        self._watched: tuple[int | None, tuple[Asked, ...]] = None, ()
        self.warning = ""
        """The threshold that fails most, or is near to failing, as one phrase; empty when all is well."""
        numbers.changed.connect(self._take_in)
        numbers.metrics_changed.connect(self._take_in)

    def follow(self, run: Run | None, detail: RunDetail | None) -> None:
        """This run is looked at, as it is now, or none."""
        is_live = run is not None and not run.is_finished and run.status not in WAITING
        self._run, self._detail = (run, detail) if is_live else (None, None)
        options = self._detail.options if self._detail else None
        if options != self._options:
            self._options = options
            self._thresholds = thresholds_of(options)[:MOST]
        self._look()

    def _take_in(self, run_id: int, _news: object = None) -> None:
        if self._run and run_id == self._run.id:
            self._look()

    def _look(self) -> None:
        run = self._run if self._thresholds else None
        metrics = self._numbers.metrics(run.id) if run else None
        self._watch(run.id if run else None, asks(self._thresholds, metrics or ()))
        if run is None or metrics is None:
            self._say("")
            return
        found = verdicts(self._thresholds, metrics, self._numbers.known_of(run.id), (), self._detail)
        most_urgent = worst(found, is_live=True)
        self._say(phrase(most_urgent) if most_urgent else "")

    def _watch(self, run_id: int | None, wanted: tuple[Asked, ...]) -> None:
        if (run_id, wanted) != self._watched:
            self._watched = run_id, wanted
            self._numbers.watch(self, run_id, wanted)

    def _say(self, words: str) -> None:
        if words != self.warning:
            self.warning = words
            self.changed.emit()
