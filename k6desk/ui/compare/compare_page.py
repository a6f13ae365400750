"""The page on which runs stand beside each other: figures, curves, requests and what was set differently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from k6desk.api.models import Run
from k6desk.core.compare.baseline import MOST_RUNS
from k6desk.core.compare.compared_runs import ComparedRuns, Part
from k6desk.core.compare.run_comparison import requests_of
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.compare import tables
from k6desk.ui.compare.cells import CellsTable
from k6desk.ui.compare.chips import Chips
from k6desk.ui.compare.compare_bar import CURVES, DIFFERENCES, FIGURES, REQUESTS, CompareBar
from k6desk.ui.compare.words import remarks
from k6desk.ui.parts import Line, say, sign, wrapping
from k6desk.ui.placeholder import Placeholder

if TYPE_CHECKING:
    from k6desk.ui.compare.curves import Curves

WIDEST_NAME, WIDEST_PATH, WIDEST_FIGURE = 280, 420, 160
PARTS_OF: dict[int, frozenset[Part]] = {
    FIGURES: frozenset({"figures", "curves", "detail"}),  # from when to when there are curves, the load lasted
    CURVES: frozenset({"curves", "detail"}),
    REQUESTS: frozenset({"requests"}),
    DIFFERENCES: frozenset({"detail", "script"}),
}
_LOOKED_AT: dict[int, Part] = {FIGURES: "figures", CURVES: "curves", REQUESTS: "requests"}


class ComparePage(QWidget):
    """What is not on the screen is brought up to date when it is shown."""

    run_wanted = Signal(object)  # run id
    scripts_wanted = Signal(object, object)  # ids of two runs

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._store = session.store
        self._tasks = tasks
        self._stale = set(PARTS_OF)
        self._was_away = False
        self.runs = ComparedRuns(session, tasks, self)
        self.chips = Chips(session.store)
        self.bar = CompareBar()
        self.figures = CellsTable("Figures of the runs", WIDEST_NAME)
        self.requests = CellsTable("Requests of two runs", widest=WIDEST_FIGURE)
        self.differences = CellsTable("What the runs were told to do differently", WIDEST_PATH)
        self._curves: Curves | None = None
        self._no_requests = Placeholder()
        self._curves_room, self._requests_room, self._rooms = QStackedWidget(), QStackedWidget(), QStackedWidget()
        self._progress = QProgressBar()
        self._remarks = wrapping()
        self._remark_row = sign("info", "muted", self._remarks)
        self._lay_out()
        self._connect(session)
        self.show_view(FIGURES)

    def compare(self, run_ids: Sequence[int]) -> None:
        """Compare these runs, of which there are two to five, with the first of them."""
        self.chips.forget()
        if self._curves:
            self._curves.stack.time.show_all()
        self._choose(run_ids)

    def show_view(self, view: int) -> None:
        """Bring one of the four views to the front."""
        self._rooms.setCurrentIndex(view)
        self.setFocusProxy((self.figures, self._curves_room, self.requests, self.differences)[view])
        self._allow()
        self._look()
        self._refresh()

    def read_again(self) -> None:
        """Ask for all that may be another by now."""
        if self.runs.run_ids:
            self.runs.read(self.runs.run_ids)

    def stop(self) -> None:
        """Read no more."""
        self.runs.stop()

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return self.runs.is_settled

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def _pair(self) -> tuple[int, int]:
        """The run that the others are compared with, and the other one that is looked at closely."""
        ids = self.runs.run_ids
        return ids[0], self.bar.other.currentData() or ids[-1]

    def _choose(self, run_ids: Sequence[int]) -> None:
        ids = list(dict.fromkeys(run_ids))[:MOST_RUNS]
        self.chips.show_runs(ids)
        self.bar.offer_runs(ids[1:])
        self.runs.read(ids)
        self._allow()
        self._refresh(*PARTS_OF)

    def _take_in(self, parts: frozenset[Part]) -> None:
        self._progress.setMaximum(max(1, self.runs.total))
        self._progress.setValue(self.runs.done)
        is_whole = self.runs.done == self.runs.total
        self._progress.setVisible(not is_whole)
        self._remark()
        if "detail" in parts:
            self.chips.refresh()
        self._refresh(*(view for view, wanted in PARTS_OF.items() if is_whole or wanted & parts))

    def _remark(self) -> None:
        is_whole = self.runs.done == self.runs.total
        said = "\n".join(remarks(self.runs, datetime.now(UTC))) if is_whole else ""
        say(self._remarks, said)
        self._remark_row.setVisible(bool(said))

    def _look(self) -> None:
        """What is on the screen is kept up to date."""
        view = _LOOKED_AT.get(self._rooms.currentIndex())
        self.runs.look_at({view} if view and self.isVisible() else ())

    def _refresh(self, *views: int) -> None:
        """These views are stale; the one that is shown is brought up to date."""
        self._stale.update(views)
        view = self._rooms.currentIndex()
        if view not in self._stale or len(self.runs.run_ids) < 2:
            return
        self._stale.discard(view)
        if view == FIGURES:
            self.figures.show_cells(*tables.figures(self.runs, self.chips.role, self.bar.tolerance))
        elif view == CURVES:
            self._show_curves()
        elif view == REQUESTS:
            self._show_requests()
        else:
            self.differences.show_cells(*tables.differences(self.runs, self.chips.role))
            self._allow()

    def _show_curves(self) -> None:
        if self._curves is None:
            from k6desk.ui.compare.curves import Curves

            self._curves = Curves()
            self._curves_room.addWidget(self._curves)
        self._curves.show_runs(self.runs, self.chips.role)

    def _show_requests(self) -> None:
        titles, rows = tables.requests(self.runs, *self._pair, self.bar.tolerance)
        self.requests.show_cells(titles, rows)
        self._requests_room.setCurrentIndex(0 if rows else 1)
        show = self._no_requests.show_words
        if self.runs.done < self.runs.total:
            show("Loading…", "The server is asked for the requests of the runs.", icon="clock")
        elif missing := [run_id for run_id in self._pair if requests_of(self.runs.known(run_id)) is None]:
            title = "These requests were never loaded on this computer"
            show(title, next((why for run_id in missing for why in self.runs.problems(run_id)), ""), icon="offline")
        else:
            show("No requests to compare", "These runs made none.")

    def _allow(self) -> None:
        """Offer what belongs to the view and to the runs."""
        ids = self.runs.run_ids
        self.bar.show_view(self._rooms.currentIndex(), with_other=len(ids) > 2)
        change = self.runs.script_change(*self._pair) if len(ids) > 1 else None
        self.bar.allow_scripts(change)

    # -- what changes --------------------------------------------------------------------------------------------------

    def _on_changed(self, delta: Delta) -> None:
        if (delta.changed | delta.details | delta.removed) & set(self.runs.run_ids) or delta.catalogue:
            self.chips.refresh()
            self._refresh(FIGURES)

    def _on_ended(self, run: Run) -> None:
        if run.id in self.runs.run_ids and self.isVisible():
            self.read_again()

    def _on_connection(self) -> None:
        """What was missing without a server can be had when there is one again."""
        is_back = self._was_away and self.runs.can_ask()
        self._was_away = not self.runs.can_ask()
        self._remark()
        if is_back and self.isVisible() and any(map(self.runs.problems, self.runs.run_ids)):
            self.read_again()

    def _switch_baseline(self, run_id: int) -> None:
        if run := self._store.run(run_id):
            is_baseline = self._store.local_baseline(run.test_id) == run_id
            work = self._store.set_local_baseline(run.test_id, None if is_baseline else run_id)
            self._tasks.spawn(work, name="choose a baseline")

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def save_state(self, settings: QSettings) -> None:
        """Remember the tolerance."""
        settings.setValue("compare/tolerance", self.bar.percent.value())

    def restore_state(self, settings: QSettings) -> None:
        """Take up the tolerance of last time."""
        percent = str(settings.value("compare/tolerance"))
        if percent.isdecimal():
            self.bar.percent.setValue(int(percent))

    # -- building ------------------------------------------------------------------------------------------------------

    def _connect(self, session: Session) -> None:
        self._was_away = not self.runs.can_ask()
        self.chips.chosen.connect(self._choose)
        self.chips.run_wanted.connect(self.run_wanted)
        self.chips.baseline_wanted.connect(self._switch_baseline)
        self.runs.changed.connect(self._take_in)
        self.bar.view_chosen.connect(self.show_view)
        self.bar.other.currentIndexChanged.connect(lambda _: self._refresh(*PARTS_OF))
        self.bar.percent.valueChanged.connect(lambda _: self._refresh(FIGURES, REQUESTS))
        self.bar.scripts.clicked.connect(lambda: self.scripts_wanted.emit(*self._pair))
        session.store.changed.connect(self._on_changed)
        session.store.run_ended.connect(self._on_ended)
        session.connection.changed.connect(self._on_connection)

    def _lay_out(self) -> None:
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Reading the runs")
        keeps = self._progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(keeps)
        self._requests_room.addWidget(self.requests)
        self._requests_room.addWidget(self._no_requests)
        for room in (self.figures, self._curves_room, self._requests_room, self.differences):
            self._rooms.addWidget(room)
        remarks_room = QVBoxLayout()
        remarks_room.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.GAP)
        remarks_room.addWidget(self._remark_row)
        self._remark_row.hide()
        self._remark_row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._remarks.setAccessibleName("Remarks about these runs")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chips)
        column.addLayout(remarks_room)
        for part in (self.bar, self._progress, Line()):
            column.addWidget(part)
        column.addWidget(self._rooms, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runs.look_at(())
