"""The page on which one figure of a test is followed over its last runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.compare.trend import Aggregate, Trend, trend_of
from k6desk.core.compare.watched_runs import WatchedRuns
from k6desk.core.delta import Delta
from k6desk.core.metrics.asked import Asked, single
from k6desk.core.metrics.numbers import WAITING
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds.thresholds import Threshold, thresholds_of
from k6desk.ui import text, theme
from k6desk.ui.compare.cells import CellsTable
from k6desk.ui.compare.trend_chart import TrendChart
from k6desk.ui.compare.trend_choice import TrendChoice
from k6desk.ui.compare.trend_words import TITLES, point_words, row_cells, unknown_words, usual_words
from k6desk.ui.parts import ElidedLabel, Line, columns, say, sign, wrapping
from k6desk.ui.placeholder import Placeholder

SOON_MS = 1000
"""Runs that begin, go on or end change the picture at most so often."""
UNREAD = "k6desk could not read these figures, which is a fault of k6desk; F5 tries again."


class TrendPage(QWidget):
    """What was chosen last is what is shown; without a server, what is known."""

    run_wanted = Signal(object)  # run id

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session = session
        self._tasks = tasks
        self._test_id: int | None = None
        self._turn = 0
        self._is_reading = False
        self._was_away = session.commands.why_not_connected() is not None
        self._problem = ""
        self._trend: Trend | None = None
        self._watched = WatchedRuns(session.store, session.numbers, self)
        self.choice = TrendChoice()
        self._title = ElidedLabel("title")
        self._current = ElidedLabel()
        self._usual = wrapping(muted=True)
        self._remark = wrapping()
        self._remark_row = sign("info", "muted", self._remark)
        self.chart = TrendChart()
        self.table = CellsTable("Runs of the trend")
        self._placeholder = Placeholder()
        self._rooms = QStackedWidget()
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._lay_out()
        self._connect()

    def show_trend(self, test_id: int) -> None:
        """Follow a test over its last runs."""
        if test_id != self._test_id:
            self._test_id, self._trend = test_id, None
        test = self._session.store.test(test_id)
        say(self._title, text.one_line(test.name) if test else f"Test {test_id}", test.name if test else "")
        self.read_again()

    def stop(self) -> None:
        """Read no more."""
        self._turn += 1
        self._soon.stop()
        if self._is_reading:
            self._is_reading = False
            self._tasks.cancel(self)
        self._look_away()

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return not self._is_reading

    # -- reading -------------------------------------------------------------------------------------------------------

    def _runs(self) -> list[Run]:
        return self._session.store.latest_of_test(self._test_id, self.choice.runs) if self._test_id else []

    def read_again(self) -> None:
        """Ask for what may be another by now."""
        if self._test_id is None:
            return
        self._turn += 1
        self._tasks.cancel(self)
        self._is_reading, self._problem = True, ""
        runs, aggregate = self._runs(), self.choice.aggregate
        self._show(aggregate, runs)
        self._tasks.spawn(self._load(self._turn, self._test_id, aggregate, runs), name="read a trend", owner=self)
        self._watch()

    async def _load(self, turn: int, test_id: int, aggregate: Aggregate, runs: Sequence[Run]) -> None:
        problem = UNREAD
        try:
            await self._ask_for_thresholds(runs)
            await self._session.numbers.over_runs(test_id, aggregate.query, [run.id for run in runs])
            problem = ""
        except CloudError as error:
            problem = str(error)
        finally:
            if turn == self._turn:
                self._is_reading, self._problem = False, problem
                self._show(aggregate, runs)
                self._watch()

    def _watch(self) -> None:
        """The values of runs that go on may grow, and the newest one's metrics are what one can choose from."""
        if not self.isVisible():
            return
        numbers, begun = self._session.numbers, [run for run in self._runs() if run.status not in WAITING]
        asked = [Asked(self.choice.aggregate.query)]
        self._watched.watch({} if self._is_reading else {run.id: asked for run in begun})
        newest = next((run.id for run in begun if not run.is_finished or numbers.metrics(run.id) != ()), None)
        numbers.watch(self, newest, ())
        if newest is not None:
            self._on_metrics(newest)

    def _look_away(self) -> None:
        self._watched.watch({})
        self._session.numbers.watch(self, None, ())

    def _on_metrics(self, run_id: int) -> None:
        run, metrics = self._session.store.run(run_id), self._session.numbers.metrics(run_id)
        if run is None or run.test_id != self._test_id or metrics is None:
            return
        if metrics:
            self.choice.offer(metrics)
        elif run.is_finished:
            self._watch()

    def _on_numbers(self, run_id: int, news: frozenset[Asked]) -> None:
        is_new = run_id in self._shown and Asked(self.choice.aggregate.query) in news
        if is_new and self.isVisible():
            self._catch_up_soon()

    def _on_changed(self, delta: Delta) -> None:
        if self._test_id is None or not self.isVisible() or not (delta.added or delta.changed or delta.removed):
            return
        ids = {run.id for run in self._runs()}
        if ids != self._shown or ids & delta.changed:
            self._catch_up_soon()

    def _catch_up_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _catch_up(self) -> None:
        """Ask about other runs than those that are shown; of the same ones the answers come by themselves."""
        runs = self._runs()
        if self._trend is None or {run.id for run in runs} != self._shown:
            self.read_again()
        elif self._is_reading:
            self._catch_up_soon()
        else:
            self._show(self._trend.aggregate, runs)
            self._watch()

    def _on_connection(self) -> None:
        is_away = self._session.commands.why_not_connected() is not None
        is_back, self._was_away = self._was_away and not is_away, is_away
        if is_back and self.isVisible() and not self._is_reading:
            self.read_again()

    async def _ask_for_thresholds(self, runs: Sequence[Run]) -> None:
        """They are among the details of the newest run, which may never have been looked at."""
        commands, store = self._session.commands, self._session.store
        if runs and not any(store.document(run.id) for run in runs) and commands.why_not_connected() is None:
            await commands.read_detail(runs[0].id)

    def _thresholds(self, runs: Sequence[Run]) -> tuple[Threshold, ...]:
        """Those of the newest run whose options are known."""
        for run in runs:
            stored = self._session.store.detail(run.id)
            if stored and stored.value.options is not None:
                return thresholds_of(stored.value.options)
        return ()

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> set[int]:
        return {point.run.id for point in self._trend.points} if self._trend else set()

    def _show(self, aggregate: Aggregate, runs: Sequence[Run]) -> None:
        asked = Asked(aggregate.query)
        answers = {run.id: self._session.numbers.known_of(run.id)(asked) for run in runs}
        values = {run_id: value for run_id, answer in answers.items() if (value := single(answer)) is not None}
        unknown = {run.id for run in runs if run.status not in WAITING and answers[run.id] is None}
        trend = self._trend = trend_of(aggregate, runs, values, self._thresholds(runs), unknown)
        has_values = any(point.value is not None for point in trend.points)
        remark = self._problem or ("" if self._is_reading else unknown_words(trend))
        say(self._remark, remark)
        self._remark_row.setVisible(bool(remark))
        self._show_room(has_values)
        if not has_values:
            self._say_why_not(runs)
            return
        say(self._usual, usual_words(trend))
        self.table.show_cells(TITLES, [row_cells(trend, at) for at in reversed(range(len(trend.points)))])
        self.chart.show_trend(trend)
        self._on_current(self.chart.current)

    def _show_room(self, has_values: bool) -> None:
        """The figures, or the words that stand in for them; the keys go to what is there."""
        has_keys = self.window().focusWidget() in {self.chart, self.table, self._placeholder}
        if self._rooms.currentIndex() != (room := 0 if has_values else 1):
            self._rooms.setCurrentIndex(room)
            if has_keys:
                (self.chart if has_values else self._placeholder).setFocus()

    def _say_why_not(self, runs: Sequence[Run]) -> None:
        show = self._placeholder.show_words
        if not runs:
            show("No runs", "As far as k6desk knows, this test was never run.")
        elif self._is_reading:
            show("Loading…", "The server is asked for the figures of these runs.", icon="clock")
        elif why := self._session.commands.why_not_connected():
            show("These figures were never loaded on this computer", why, icon="offline")
        elif self._problem:
            show(
                "The server gave no figures",
                self._problem,
                icon="warning",
                action="Try again",
                on_action=self.read_again,
            )
        else:
            show("No data", "None of these runs has samples of this metric; others can be chosen above.")

    def _on_current(self, at: int) -> None:
        points = self._trend.points if self._trend else ()
        if self._trend is None or not 0 <= at < len(points):
            return
        say(self._current, point_words(self._trend, points[at], datetime.now(UTC)))
        row = len(points) - 1 - at
        if row < self.table.cells.rowCount() and self.table.currentIndex().row() != row:
            self.table.selectRow(row)

    def _on_row(self, row: int) -> None:
        if self._trend and row >= 0:
            self.chart.choose(len(self._trend.points) - 1 - row)

    def _open_row(self, row: int) -> None:
        if self._trend:
            self.run_wanted.emit(self._trend.points[len(self._trend.points) - 1 - row].run.id)

    # -- building ------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        session = self._session
        self.choice.changed.connect(self.read_again)
        self._soon.timeout.connect(self._catch_up)
        self.chart.current_changed.connect(self._on_current)
        self.chart.run_wanted.connect(self.run_wanted)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._on_row(index.row()))
        self.table.activated.connect(lambda index: self._open_row(index.row()))
        session.numbers.changed.connect(self._on_numbers)
        session.numbers.metrics_changed.connect(self._on_metrics)
        session.store.changed.connect(self._on_changed)
        session.connection.changed.connect(self._on_connection)

    def _lay_out(self) -> None:
        self._current.setAccessibleName("The current run")
        bar = columns(self._title, self.choice, stretch=0)
        bar.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        upper = QWidget()
        upper.setBackgroundRole(QPalette.ColorRole.Base)
        upper.setAutoFillBackground(True)
        rows = QVBoxLayout(upper)
        rows.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.UNIT)
        rows.setSpacing(theme.UNIT)
        for widget in (self._usual, self._remark_row, self._current):
            rows.addWidget(widget)
        rows.addWidget(self.chart, 1)
        self._remark_row.hide()
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(upper)
        parts.addWidget(self.table)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        self._rooms.addWidget(parts)
        self._rooms.addWidget(self._placeholder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line())
        column.addWidget(self._rooms, 1)
        self.setFocusProxy(self.chart)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look_away()
