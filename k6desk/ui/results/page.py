"""What the pages of the results have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from k6desk.api.metrics import Answer, Matcher
from k6desk.api.models import Run, RunDetail
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.thresholds.served_thresholds import ServedThresholds, verdicts_now
from k6desk.core.thresholds.thresholds import Threshold, Verdict


class Page(QWidget):
    """One view of what a run measured.

    Only the visible page is given a run: with every change of it. What it wants of the metrics is watched while it is
    visible, and `take_in` tells which answers are new. It keeps what it shows and changes only what is different.
    """

    name = ""
    title = ""

    wanted_changed = Signal()  # `wanted` or `unseen` gives something else now
    content_changed = Signal()  # `has_content` gives something else now

    def __init__(self, numbers: Numbers) -> None:
        super().__init__()
        self.numbers = numbers
        self.run: Run | None = None
        self.detail: RunDetail | None = None

    def show_run(self, run: Run, detail: RunDetail | None) -> None:
        """Show a run as it is now, which may be another one than before."""
        is_other = self.run is None or self.run.id != run.id
        self.run, self.detail = run, detail
        self.refresh(is_other=is_other)

    def refresh(self, *, is_other: bool) -> None:
        """Bring what is shown up to date with `run`, `detail` and all that is known of the metrics."""
        raise NotImplementedError

    def wanted(self) -> Collection[Asked]:
        """What this page shows of the metrics of its run."""
        raise NotImplementedError

    def unseen(self) -> Collection[Asked]:
        """What of it is not in sight now."""
        return ()

    def take_in(self, news: frozenset[Asked]) -> None:
        """These answers are new."""
        self.refresh(is_other=False)

    def filter(self, matchers: tuple[Matcher, ...], came_from: str = "") -> None:
        """Show only the samples that match; of no use to pages that show all of them.

        `came_from` is what the page is called to which the way back leads.
        """

    def has_content(self) -> bool:
        """Whether there is anything to show; else the pane says why not, in the place of this page."""
        raise NotImplementedError

    def known(self, asked: Asked) -> Answer | None:
        """What is known of the metrics of this run."""
        told = self.numbers.told(self.run.id, asked) if self.run else None
        return told.answer if told else None


class VerdictsPage(Page):
    """A page that shows verdicts on thresholds: the server is asked for them while it is visible."""

    def __init__(self, numbers: Numbers, served: ServedThresholds) -> None:
        super().__init__(numbers)
        self._served = served
        self._judged: int | None = None  # the run, if it has thresholds
        served.changed.connect(self._on_served)

    def verdicts(self, thresholds: Sequence[Threshold]) -> tuple[Verdict, ...]:
        """The verdicts on the thresholds of its run as far as they are known now."""
        if self.run is None:
            return ()
        self._judged = self.run.id if thresholds else None
        if self.isVisible():
            self._served.look_at(self._judged)
        return verdicts_now(self.run.id, thresholds, self.detail, self.numbers, self._served)

    def _on_served(self, run_id: int) -> None:
        if self.run and run_id == self.run.id and self.isVisible():
            self.refresh(is_other=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._served.look_at(self._judged)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._served.look_at(None)
