"""What the pages of the results have in common."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from k6desk.api.metrics import Answer, Matcher
from k6desk.api.models import Run, RunDetail
from k6desk.core.asked import Asked
from k6desk.core.numbers import Numbers


class Page(QWidget):
    """One view of what a run measured.

    Only the visible page is given a run: with every change of it. What it wants of the metrics is watched while it is
    visible, and `take_in` tells which answers are new. It keeps what it shows and changes only what is different.
    """

    name = ""
    title = ""

    wanted_changed = Signal()  # `wanted` gives something else now
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

    def take_in(self, news: frozenset[Asked]) -> None:
        """These answers are new."""
        self.refresh(is_other=False)

    def filter(self, matchers: tuple[Matcher, ...]) -> None:
        """Show only the samples that match; of no use to pages that show all of them."""

    def has_content(self) -> bool:
        """Whether there is anything to show; else the pane says why not, in the place of this page."""
        raise NotImplementedError

    def known(self, asked: Asked) -> Answer | None:
        """What is known of the metrics of this run."""
        told = self.numbers.told(self.run.id, asked) if self.run else None
        return told.answer if told else None
