"""The pane of what a run measured: five pages behind a row of buttons, made when they are first shown."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QWidget

from k6desk.api.metrics import Matcher
from k6desk.api.models import Run, RunDetail
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import WAITING
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.detail.pane import Pane
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.results.page import Page

PAGES = (
    ("charts", "Charts", "Curves of the run over time"),
    ("requests", "Requests", "Every request by name, method and status"),
    ("thresholds", "Thresholds", "What the run had to reach, and whether it did"),
    ("checks", "Checks", "What the script checked, and how often it was so"),
    ("summary", "Summary", "The figures of the whole run, as k6 prints them at the end"),
)
NO_WORDS: dict[str, tuple[str, str]] = {
    "charts": ("No metrics", "The server has no samples of this run."),
    "requests": ("No requests", "The run made no HTTP requests."),
    "thresholds": ("No thresholds", "The script sets none: nothing decides whether the run passes."),
    "checks": ("No checks", "The script checks nothing, or did not come to it."),
    "summary": ("No metrics", "The server has no samples of this run."),
}
_LATE = "They appear about 10 s after the load has begun."
NOT_YET = {
    "charts": ("No metrics yet", _LATE),
    "requests": ("No requests yet", "The run has made no HTTP requests so far."),
    "checks": ("No checks yet", "The script has checked nothing so far."),
    "summary": ("No metrics yet", _LATE),
}


class ResultsPane(Pane):
    """The page that is shown stays the same from run to run."""

    name = "results"
    title = "Results"
    moves = True
    scrolls = False

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__(session.store, session.commands, tasks)
        self._numbers = session.numbers
        self._served = session.served_thresholds
        self._notices = session.notices
        self._pages: dict[str, Page] = {}
        self._chosen = self._left = PAGES[0][0]
        self._is_prepared = "numpy" in sys.modules
        self._buttons = QButtonGroup(self)
        self._room = QStackedWidget()
        self._words = Placeholder()
        self._room.addWidget(self._words)
        self._telling = QTimer(self, singleShot=True, interval=0)  # several things may be new at once
        self._telling.timeout.connect(self._show)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.rows.addWidget(self._bar())
        self.rows.addWidget(self._room, 1)
        self._numbers.changed.connect(self._take_in)
        self._numbers.metrics_changed.connect(self._on_metrics)
        self._connection = session.connection
        self._connection.changed.connect(self._on_connection)

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._chosen

    def show_page(self, name: str) -> None:
        """Bring a page to the front by its name: charts, requests, thresholds, checks or summary."""
        for button in self._buttons.buttons():
            if button.objectName() == name:
                button.setChecked(True)
        self._choose(name)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        if not self._is_prepared:
            self._words.show_words("Loading…", icon="clock")
            self.tasks.spawn(self._prepare(), name="prepare the charts", key=f"prepare:{id(self)}", owner=self)
            return
        self._page.show_run(run, detail)
        self._watch()
        self._show()

    def leave(self) -> None:
        self._numbers.watch(self, None, ())

    def is_settled(self) -> bool:
        return self.run is None or (self._is_prepared and not self._numbers.is_waiting(self.run.id))

    async def _prepare(self) -> None:
        """Import numpy, which takes up to half a second, in another thread."""
        await asyncio.to_thread(import_module, "numpy")
        self._is_prepared = True
        if self.run:
            self.refresh(self.run, self._detail())

    # -- pages ---------------------------------------------------------------------------------------------------------

    @property
    def _page(self) -> Page:
        if self._chosen not in self._pages:
            page = self._make(self._chosen)
            page.wanted_changed.connect(self._watch)
            page.content_changed.connect(self._telling.start)
            self._room.addWidget(page)
            self._pages[self._chosen] = page
        return self._pages[self._chosen]

    def _make(self, name: str) -> Page:
        if name == "charts":
            from k6desk.ui.results.charts_page import ChartsPage

            charts = ChartsPage(self._numbers, self._served, self.tasks, self._notices, self._why_not_asked)
            charts.left.connect(self._go_back)
            return charts
        if name == "requests":
            from k6desk.ui.results.requests_page import RequestsPage

            requests = RequestsPage(self._numbers)
            requests.request_chosen.connect(self._filter_charts)
            return requests
        if name == "thresholds":
            from k6desk.ui.results.thresholds_page import ThresholdsPage

            return ThresholdsPage(self._numbers, self._served)
        if name == "checks":
            from k6desk.ui.results.checks_page import ChecksPage

            checks = ChecksPage(self._numbers)
            checks.check_chosen.connect(lambda check: self._filter_charts((Matcher("check", check),)))
            return checks
        from k6desk.ui.results.summary_page import SummaryPage

        return SummaryPage(self._numbers, self._served)

    def _bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        row.setSpacing(0)
        self._buttons.setExclusive(True)
        for name, title, hint in PAGES:
            button = QToolButton()
            button.setObjectName(name)
            button.setText(title)
            button.setToolTip(hint)
            button.setCheckable(True)
            button.setChecked(name == self._chosen)
            button.clicked.connect(partial(self._choose, name))
            button.setProperty("segment", True)
            self._buttons.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        return bar

    def _choose(self, name: str, *_: object) -> None:
        self._chosen = name
        for button in self._buttons.buttons():  # the tab key comes to the one that is pressed, and arrows go on
            is_chosen = button.objectName() == name
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_chosen else Qt.FocusPolicy.NoFocus)
        if self.run:
            self.refresh(self.run, self._detail())

    def _detail(self) -> RunDetail | None:
        stored = self.store.detail(self.run.id) if self.run else None
        return stored.value if stored else None

    def _filter_charts(self, matchers: tuple[Matcher, ...]) -> None:
        self._left, title = self._chosen, self._page.title
        self.show_page("charts")
        self._page.filter(matchers, title)
        self._show()
        self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_back(self) -> None:
        self.show_page(self._left)
        self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what is new ---------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self.run and self.isVisible() and self._is_prepared:
            self._numbers.watch(self, self.run.id, self._page.wanted(), self._page.unseen())

    def _shows(self, run_id: int) -> bool:
        return self.run is not None and run_id == self.run.id and self.isVisible() and self._is_prepared

    def _take_in(self, run_id: int, news: frozenset[Asked]) -> None:
        if self._shows(run_id):
            self._page.take_in(news)
            self._telling.start()

    def _on_metrics(self, run_id: int) -> None:
        if self._shows(run_id):
            self._page.refresh(is_other=False)
            self._watch()
            self._telling.start()

    def _on_connection(self) -> None:
        if self.run and self._shows(self.run.id):
            self._page.refresh(is_other=False)
            self._telling.start()

    def _show(self) -> None:
        """The page if it has anything to show; else why not."""
        if self._page.has_content():
            self._room.setCurrentWidget(self._page)
            return
        self._room.setCurrentWidget(self._words)
        title, sentence, icon, again = self._why_not()
        if again:
            self._words.show_words(title, sentence, icon=icon, action="Try again", on_action=again)
        else:
            self._words.show_words(title, sentence, icon=icon)

    def _why_not(self) -> tuple[str, str, str, Callable[[], object] | None]:
        run = self.run
        assert run
        wanted = list(self._page.wanted())
        problem = next(filter(None, (self._numbers.problem(run.id, one) for one in wanted)), "")
        if run.status in WAITING:
            return "The run has not begun", "Its metrics appear about 10 s after its load begins.", "clock", None
        if self._page.detail is None and self._chosen == "thresholds":
            return "Details have not been loaded yet", "Thresholds appear when they arrive.", "clock", None
        if self._numbers.is_waiting(run.id):
            return "Loading…", "The server is asked for the metrics of this run.", "clock", None
        if why := self.commands.why_not_connected():
            return "These metrics were never loaded on this computer", why, "offline", None
        if problem:
            return "The server gave no metrics", problem, "warning", self._again
        if run.is_finished and not run.execution_duration_s:
            return "No metrics", "The run ended before its load began.", "empty", None
        if not run.is_finished and self._chosen in NOT_YET:
            return (*NOT_YET[self._chosen], "clock", None)
        return (*NO_WORDS[self._chosen], "empty", None)

    def _why_not_asked(self) -> str:
        return self._connection.reason if self._connection.wait_s else ""

    def _again(self) -> None:
        self._numbers.forget_problems()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave()
