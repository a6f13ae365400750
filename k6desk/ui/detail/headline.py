"""The lines above the panes: which run, what happened and why, and the few figures that people ask first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.models import Run, RunDetail
from k6desk.core.progress import progress
from k6desk.data.kept import KeptRun
from k6desk.ui import keeping_words, text, theme
from k6desk.ui.detail import story
from k6desk.ui.parts import ElidedLabel, WarningLine, columns, say, wrapping
from k6desk.ui.placeholder import Picture

SMALL = 14

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


class Keeping(QWidget):
    """Whether a run is kept on this computer, and how long Grafana has its results; no room where there is no word."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Picture("keep", "accent", SMALL)
        self._words = wrapping("caption", muted=True)
        self._words.setAccessibleName("Keeping")
        self._words.setMinimumHeight(SMALL)  # nothing moves when the mark comes
        row = columns(self._mark, self._words, stretch=1)
        row.setSpacing(theme.UNIT)
        row.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(row)

    def show_run(self, run: Run, kept: KeptRun | None, now: datetime, *, expires: bool) -> None:
        """Say it of a run."""
        is_at_grafana = expires and not (kept and (kept.gone_at or kept.why == "file"))
        lines = [
            (keeping_words.kept(kept, now), keeping_words.kept_exactly(kept)) if kept else ("", ""),
            (keeping_words.expires(run, now), keeping_words.expires_exactly(run)) if is_at_grafana else ("", ""),
        ]
        said = " · ".join(words.replace(" ", "\u00a0") for words, _ in lines if words)
        say(self._words, said, "\n".join(exactly for _, exactly in lines if exactly))
        goes_soon = is_at_grafana and not kept and keeping_words.expires_soon(run, now)
        self._mark.setVisible(kept is not None or goes_soon)
        if kept or goes_soon:
            self._mark.show_icon("keep" if kept else "clock", "accent" if kept else "warning")
        self.setVisible(bool(said))


class Remark(QWidget):
    """What one should know beside the result; no room where there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Picture("warning", "warning", SMALL)
        self._words = WarningLine("caption")
        self._words.setAccessibleName("Remark")
        row = columns(self._mark, self._words, stretch=1)
        row.setSpacing(theme.UNIT)
        self.setLayout(row)

    def show_words(self, words: str, *, keeps_room: bool) -> None:
        """Say it, or nothing; with `keeps_room` nothing moves when there is nothing more to say."""
        say(self._words, words, words)
        self._mark.setVisible(bool(words))
        self.setVisible(bool(words) or (keeps_room and not self.isHidden()))


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
        self._remark = Remark()
        self._remark.hide()
        self._facts = wrapping("caption", muted=True)
        self._facts.setAccessibleName("Facts")
        self._keeping = Keeping()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.GAP)
        rows.setSpacing(theme.UNIT)
        rows.addLayout(columns(self._shape, self._name, stretch=1))
        rows.addWidget(self._sentence)
        rows.addWidget(self._remark)
        rows.addWidget(self._facts)
        rows.addWidget(self._keeping)
        copy = QAction("Copy run ID", self)
        copy.triggered.connect(self._copy_id)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_run(
        self,
        run: Run,
        detail: RunDetail | None,
        test_name: str,
        intent: str | None,
        now: datetime,
        kept: KeptRun | None = None,
        *,
        expires: bool = True,
        seen_at: datetime | None = None,
        remark: str = "",
    ) -> None:
        """Show a run; `intent` is what is being done to it now, `expires` whether the server tells when it goes.

        `seen_at` is when the server said what is shown, if it cannot be asked now. `remark` is what its result does not
        tell: that checks failed, or that it is about to fail.
        """
        keeps_room = self._run is not None and self._run.id == run.id and not run.is_finished
        self._run = run
        until = seen_at or now
        self._shape.show_state(run.outcome, progress(run, until).fraction)
        say(self._name, text.one_line(test_name), test_name)
        what = story.sentence(run, detail, until)
        whole = f"{intent} ({what[:1].lower()}{what[1:]})" if intent else what
        say(self._sentence, text.one_line(whole, LONGEST_SENTENCE), whole)
        self._remark.show_words(text.one_line(remark, LONGEST_SENTENCE), keeps_room=keeps_room)
        times = [f"Created {text.exact(run.created_at)}"]
        if run.ended_at:
            times.append(f"Ended {text.exact(run.ended_at)}")
        if seen_at:
            times.append(f"Seen {text.exact(seen_at)}")
        # Lines break between facts, not within one.
        seen = [f"seen {text.age((now - seen_at).total_seconds())}"] if seen_at else []
        facts = (fact.replace(" ", "\u00a0") for fact in (*story.facts(run, now, until), f"run {run.id}", *seen))
        say(self._facts, " · ".join(facts), "\n".join(times))
        self._keeping.show_run(run, kept, now, expires=expires)

    def _copy_id(self) -> None:
        if self._run:
            QGuiApplication.clipboard().setText(str(self._run.id))
