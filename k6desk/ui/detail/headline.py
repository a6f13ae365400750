"""The lines above the panes: which run, what happened and why, and the few figures that people ask first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.models import Run, RunDetail
from k6desk.core.progress import progress
from k6desk.ui import text, theme
from k6desk.ui.detail import story
from k6desk.ui.parts import ElidedLabel, columns, say, wrapping

LONGEST_SENTENCE = 240  # the timeline has the whole, and so has the tooltip


class StateShape(QWidget):
    """A run's outcome as a shape."""

    def __init__(self, side: int = 20) -> None:
        super().__init__()
        self._outcome = ""
        self._fraction: float | None = None
        self.setFixedSize(side, side)

    def show_state(self, outcome: str, fraction: float | None = None) -> None:
        """Paint this outcome; `fraction` (0..1) fills the ring of a running run."""
        if (outcome, fraction) != (self._outcome, self._fraction):
            self._outcome = outcome
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme.paint_state(QPainter(self), QRectF(self.rect()), self._outcome, self._fraction, self.palette())


class Headline(QWidget):
    """Test name and state, one sentence on why, and a muted line of facts."""

    def __init__(self) -> None:
        super().__init__()
        self._run: Run | None = None
        self._shape = StateShape()
        self._name = ElidedLabel("headline")
        self._name.setAccessibleName("Load test")
        self._sentence = wrapping()
        self._sentence.setAccessibleName("What happened")
        self._facts = wrapping("caption", muted=True)
        self._facts.setAccessibleName("Facts")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.GAP)
        rows.setSpacing(theme.UNIT)
        rows.addLayout(columns(self._shape, self._name, stretch=1))
        rows.addWidget(self._sentence)
        rows.addWidget(self._facts)
        copy = QAction("Copy run ID", self)
        copy.triggered.connect(self._copy_id)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_run(self, run: Run, detail: RunDetail | None, test_name: str, intent: str | None, now: datetime) -> None:
        """Show a run; `intent` is what is being done to it right now."""
        self._run = run
        self._shape.show_state(run.outcome, progress(run, now).fraction)
        say(self._name, text.one_line(test_name), test_name)
        what = story.sentence(run, detail, now)
        whole = f"{intent} ({what[:1].lower()}{what[1:]})" if intent else what
        say(self._sentence, text.one_line(whole, LONGEST_SENTENCE), whole)
        times = [f"Created {text.exact(run.created_at)}"]
        if run.ended_at:
            times.append(f"Ended {text.exact(run.ended_at)}")
        # Lines break between facts, not within one.
        facts = (fact.replace(" ", "\u00a0") for fact in (*story.facts(run, now), f"run {run.id}"))
        say(self._facts, " · ".join(facts), "\n".join(times))

    def _copy_id(self) -> None:
        if self._run:
            QGuiApplication.clipboard().setText(str(self._run.id))
