"""One run from every side: the headline above, the panes as tabs below."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from k6desk.api.models import Run, RunDetail
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds.threshold_watch import ThresholdWatch
from k6desk.data.stored import Stored
from k6desk.ui import text, theme
from k6desk.ui.detail.cost import CostPane
from k6desk.ui.detail.headline import Headline
from k6desk.ui.detail.log import LogPane
from k6desk.ui.detail.note import NotePane
from k6desk.ui.detail.options import OptionsPane
from k6desk.ui.detail.overview import OverviewPane
from k6desk.ui.detail.pane import Pane
from k6desk.ui.detail.script import ScriptPane
from k6desk.ui.detail.timeline import TimelinePane
from k6desk.ui.detail.zones import ZonesPane
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.results.pane import PAGES, ResultsPane

SECOND_MS = 1000
PANES: tuple[type[Pane], ...] = (
    OverviewPane,
    TimelinePane,
    CostPane,
    ZonesPane,
    OptionsPane,
    ScriptPane,
    NotePane,
)


class DetailView(QStackedWidget):
    """Shows the run with one id, and keeps showing it: values change in place, the tab and the scrolling stay."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        store, commands = session.store, session.commands
        self._store = store
        self._commands = commands
        self._run_id: int | None = None
        self._run: Run | None = None
        self._detail: Stored[RunDetail] | None = None
        self._headline = Headline()
        self._tabs = QTabWidget()
        self._tabs.setUsesScrollButtons(False)  # all the titles fit, and a title that hides is not found
        self._tabs.setAccessibleName("Views of the run")
        self._thresholds = ThresholdWatch(session.numbers, self)
        self._thresholds.changed.connect(self._tick)
        self._results = ResultsPane(session, tasks)
        self._panes: list[Pane] = [kind(store, commands, tasks) for kind in PANES]
        self._panes[2:2] = [self._results, LogPane(store, commands, tasks, session.log_tail, session.notices)]
        for pane in self._panes:
            self._tabs.addTab(pane, pane.title)
        self._tabs.currentChanged.connect(self._pane_chosen)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._headline)
        rows.addWidget(self._tabs, 1)
        self._placeholder = Placeholder()
        self.addWidget(self._placeholder)
        self.addWidget(content)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._clock = QTimer(self, interval=SECOND_MS)
        self._clock.timeout.connect(self._tick)
        store.changed.connect(self._take_in)
        self.setFocusProxy(self._tabs)
        self.show_run(None)

    @property
    def run_id(self) -> int | None:
        """The run that is shown."""
        return self._run_id

    @property
    def pane_names(self) -> list[str]:
        """The names of all panes, in their order."""
        return [pane.name for pane in self._panes]

    @property
    def pane(self) -> str:
        """The name of the pane that is shown."""
        return self._panes[self._tabs.currentIndex()].name

    def show_run(self, run_id: int | None) -> None:
        """Show a run, or that none is chosen."""
        self._run_id = run_id
        self.refresh()

    def refresh(self) -> None:
        """Read the run anew and show it; wanted from outside when what may be asked of the server has changed."""
        self._run = self._store.run(self._run_id) if self._run_id is not None else None
        if self._run is None:
            self._show_nothing()
        else:
            self._detail = self._store.detail(self._run.id)
            self._thresholds.follow(self._run, self._detail.value if self._detail else None)
            self._show_headline(self._run)
            self._panes[self._tabs.currentIndex()].present(self._run, self._detail)
            self.setCurrentIndex(1)
        self._run_clock()

    @property
    def script_pane(self) -> ScriptPane:
        """The pane of the script, which offers actions of the window."""
        return next(pane for pane in self._panes if isinstance(pane, ScriptPane))

    @property
    def note_pane(self) -> NotePane:
        """The pane of the note, which can show what a colleague has written meanwhile."""
        return next(pane for pane in self._panes if isinstance(pane, NotePane))

    def show_pane(self, name: str) -> None:
        """Bring a pane, or a page of the results, to the front by its name."""
        if name in {page for page, *_ in PAGES}:
            self._results.show_page(name)
            name = self._results.name
        index = next((at for at, pane in enumerate(self._panes) if pane.name == name), None)
        if index is not None:
            self._tabs.setCurrentIndex(index)

    def step_pane(self, step: int) -> None:
        """Go to the next pane or to the one before, round and round."""
        self._tabs.setCurrentIndex((self._tabs.currentIndex() + step) % self._tabs.count())

    def is_settled(self) -> bool:
        """Whether all that the visible pane will show is there, or it is known why not."""
        if self._run is None:
            return True
        asking = self._detail is None and self._commands.why_not_connected() is None
        return not asking and self._panes[self._tabs.currentIndex()].is_settled()

    def _take_in(self, delta: Delta) -> None:
        run_id = self._run_id
        if run_id is not None and (
            delta.catalogue or any(run_id in ids for ids in (delta.changed, delta.details, delta.added, delta.removed))
        ):
            self.refresh()

    def _pane_chosen(self) -> None:
        self.setFocusProxy(self._panes[self._tabs.currentIndex()].focusProxy() or self._tabs)
        self.refresh()

    def _show_headline(self, run: Run) -> None:
        detail = self._detail.value if self._detail else None
        name, intent = self._commands.name_of(run), self._store.intent(run.id)
        kept, expires = self._store.kept(run.id), self._commands.lack("save") is None
        is_old = self._commands.why_not_connected() or self._commands.why_gone(run.id)
        seen_at = self._detail.fetched_at if self._detail and is_old else None
        self._headline.show_run(
            run,
            detail,
            name,
            intent,
            datetime.now(UTC),
            kept,
            expires=expires,
            seen_at=seen_at,
            remark=self._remark(run),
        )

    def _remark(self, run: Run) -> str:
        """What the result of a run does not tell: that checks failed or, while it goes on, that it is about to fail."""
        fails = self._store.failed_checks(run.id) if run.is_finished else None
        return f"{text.count(fails, 'check')} failed" if fails else self._thresholds.warning

    def _show_nothing(self) -> None:
        self._thresholds.follow(None, None)
        if self._run_id is None:
            self._placeholder.show_words("No run chosen", "Choose a run to see how it went, why, and what it cost.")
        else:
            self._placeholder.show_words("This run is not here", "It was deleted, or it has not been loaded yet.")
        self.setCurrentIndex(0)

    def _tick(self) -> None:
        if self._run:
            self._show_headline(self._run)
            pane = self._panes[self._tabs.currentIndex()]
            if pane.moves:
                pane.present(self._run, self._detail)

    def _run_clock(self) -> None:
        """Let time move what is seen of a run that is not finished."""
        if self.isVisible() and self._run and not self._run.is_finished:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tabs.setMinimumWidth(self._tabs.tabBar().sizeHint().width() + theme.WIDE)
        self._run_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
