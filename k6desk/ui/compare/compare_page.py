"""The page on which runs stand beside each other: figures, curves, requests and what was set differently."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from k6desk.api.models import Run
from k6desk.core.baseline import MOST_RUNS
from k6desk.core.compared_runs import ComparedRuns, Part
from k6desk.core.delta import Delta
from k6desk.core.run_comparison import USUAL, Tolerance
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.compare import tables
from k6desk.ui.compare.cells import CellsTable
from k6desk.ui.compare.chips import Chips
from k6desk.ui.compare.words import remarks
from k6desk.ui.parts import Line, columns, say, sign, wrapping
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.text import PlainLabel

if TYPE_CHECKING:
    from k6desk.ui.compare.curves import Curves

FIGURES, CURVES, REQUESTS, DIFFERENCES = range(4)
VIEWS = (
    ("Figures", "What the runs measured, in figures"),
    ("Curves", "What the runs measured, from the start of their load"),
    ("Requests", "What became of each request, the greatest damage first"),
    ("Differences", "What the runs were told to do differently: script, options, cost"),
)
MOST_PERCENT = 50
WIDEST_NAME = 280
PARTS_OF: dict[int, frozenset[Part]] = {
    FIGURES: frozenset({"figures", "detail"}),
    CURVES: frozenset({"curves", "detail"}),
    REQUESTS: frozenset({"requests"}),
    DIFFERENCES: frozenset({"detail", "script"}),
}


class ComparePage(QWidget):
    """What is not on the screen is brought up to date when it is shown."""

    run_wanted = Signal(object)  # run id
    scripts_wanted = Signal(object, object)  # ids of two runs

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._store = session.store
        self._tasks = tasks
        self._stale = set(PARTS_OF)
        self.runs = ComparedRuns(session, tasks, self)
        self.chips = Chips(session.store)
        self.figures = CellsTable("Figures of the runs", WIDEST_NAME)
        self.requests = CellsTable("Requests of two runs")
        self._no_requests = Placeholder()
        self._requests_room = QStackedWidget()
        self.differences = CellsTable("What the runs were told to do differently")
        self._curves: Curves | None = None
        self._curves_room = QStackedWidget()
        self._rooms = QStackedWidget()
        self._views = QButtonGroup(self)
        self.other = QComboBox()
        self.tolerance = QSpinBox(maximum=MOST_PERCENT, value=round(USUAL.share * 100), suffix=" %")
        self._compare_scripts = QToolButton()
        self._progress = QProgressBar()
        self._remarks = wrapping()
        self._remark_row = sign("info", "muted", self._remarks)
        self._lay_out()
        self.chips.chosen.connect(self._choose)
        self.chips.run_wanted.connect(self.run_wanted)
        self.chips.baseline_wanted.connect(self._switch_baseline)
        self.runs.changed.connect(self._take_in)
        self.other.currentIndexChanged.connect(lambda _: self._refresh(*PARTS_OF))
        self.tolerance.valueChanged.connect(lambda _: self._refresh(FIGURES, REQUESTS))
        session.store.changed.connect(self._on_changed)
        session.store.run_ended.connect(self._on_ended)
        session.connection.changed.connect(self._on_connection)

    def compare(self, run_ids: Sequence[int]) -> None:
        """Compare these runs, of which there are two to five, with the first of them."""
        self.chips.forget()
        self._choose(run_ids)

    def _choose(self, run_ids: Sequence[int]) -> None:
        ids = list(dict.fromkeys(run_ids))[:MOST_RUNS]
        before = self.other.currentData()
        self.chips.show_runs(ids)
        self.other.blockSignals(True)
        self.other.clear()
        for run_id in ids[1:]:
            self.other.addItem(f"Run {run_id}", run_id)
        self.other.setCurrentIndex(max(0, self.other.findData(before)))
        self.other.blockSignals(False)
        self.runs.read(ids)
        self._allow()
        self._refresh(*PARTS_OF)

    def show_view(self, view: int) -> None:
        """Bring one of the four views to the front."""
        self._views.button(view).setChecked(True)
        self._rooms.setCurrentIndex(view)
        self._allow()
        self._refresh()

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return self.runs.is_settled

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def _pair(self) -> tuple[int, int]:
        """The run that the others are compared with, and the other one that is looked at closely."""
        ids = self.runs.run_ids
        return ids[0], self.other.currentData() or ids[-1]

    def _take_in(self, parts: frozenset[Part]) -> None:
        self._progress.setMaximum(max(1, self.runs.total))
        self._progress.setValue(self.runs.done)
        self._progress.setVisible(self.runs.done < self.runs.total)
        said = "\n".join(remarks(self.runs)) if self.runs.done == self.runs.total else ""
        say(self._remarks, said)
        self._remark_row.setVisible(bool(said))
        if "detail" in parts:
            self.chips.refresh()
        self._refresh(*(view for view, wanted in PARTS_OF.items() if wanted & parts))

    def _refresh(self, *views: int) -> None:
        """These views are stale; the one that is shown is brought up to date."""
        self._stale.update(views)
        view = self._rooms.currentIndex()
        if view not in self._stale or len(self.runs.run_ids) < 2:
            return
        self._stale.discard(view)
        tolerance = Tolerance(self.tolerance.value() / 100)
        if view == FIGURES:
            self.figures.show_cells(*tables.figures(self.runs, self.chips.role, tolerance))
        elif view == REQUESTS:
            self._show_requests(tolerance)
        elif view == DIFFERENCES:
            self.differences.show_cells(*tables.differences(self.runs, self.chips.role))
            self._allow()
        else:
            self._show_curves()

    def _show_requests(self, tolerance: Tolerance) -> None:
        titles, rows = tables.requests(self.runs, *self._pair, tolerance)
        self.requests.show_cells(titles, rows)
        self._requests_room.setCurrentIndex(0 if rows else 1)
        if self.runs.done < self.runs.total:
            self._no_requests.show_words("Loading…", "The server is asked for the requests of the runs.", icon="clock")
        else:
            self._no_requests.show_words("No requests to compare", "As far as k6desk knows, these runs made none.")

    def _show_curves(self) -> None:
        if self._curves is None:
            from k6desk.ui.compare.curves import Curves

            self._curves = Curves()
            self._curves_room.addWidget(self._curves)
        self._curves.show_runs(self.runs, self.chips.role)

    def _allow(self) -> None:
        """Show what belongs to the view and to the number of runs."""
        view = self._rooms.currentIndex()
        is_many = len(self.runs.run_ids) > 2
        self.other.setVisible(is_many and view in {REQUESTS, DIFFERENCES})
        self._tolerance_words.setVisible(view in {FIGURES, REQUESTS})
        self.tolerance.setVisible(view in {FIGURES, REQUESTS})
        self._compare_scripts.setVisible(view == DIFFERENCES)
        if len(self.runs.run_ids) > 1:
            change = self.runs.script_change(*self._pair)
            self._compare_scripts.setEnabled(change is not None and not change.is_same and not change.problem)

    def _on_changed(self, delta: Delta) -> None:
        if (delta.changed | delta.details | delta.removed) & set(self.runs.run_ids) or delta.catalogue:
            self.chips.refresh()

    def _on_ended(self, run: Run) -> None:
        if run.id in self.runs.run_ids and self.isVisible():
            self.runs.read(self.runs.run_ids)

    def _on_connection(self) -> None:
        """What was missing without a server can be had by now."""
        ids = self.runs.run_ids
        if self.runs.done == self.runs.total and any(map(self.runs.problems, ids)) and self.runs.can_ask():
            self.runs.read(ids)

    def _switch_baseline(self, run_id: int) -> None:
        if run := self._store.run(run_id):
            is_baseline = self._store.local_baseline(run.test_id) == run_id
            work = self._store.set_local_baseline(run.test_id, None if is_baseline else run_id)
            self._tasks.spawn(work, name="choose a baseline")

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Read no more."""
        self.runs.stop()

    def save_state(self, settings: QSettings) -> None:
        """Remember the tolerance."""
        settings.setValue("compare/tolerance", self.tolerance.value())

    def restore_state(self, settings: QSettings) -> None:
        """Take up the tolerance of last time."""
        if str(percent := settings.value("compare/tolerance")).isdecimal():
            self.tolerance.setValue(int(str(percent)))

    # -- building ------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._views.setExclusive(True)
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.GAP)
        bar.setSpacing(0)
        for view, (title, hint) in enumerate(VIEWS):
            button = QToolButton()
            button.setText(title)
            button.setToolTip(hint)
            button.setCheckable(True)
            button.setChecked(view == FIGURES)
            button.setProperty("segment", True)
            button.clicked.connect(partial(self._on_view, view))
            self._views.addButton(button, view)
            bar.addWidget(button)
        bar.addStretch(1)
        self._tolerance_words = PlainLabel("Tolerance")
        self._tolerance_words.setBuddy(self.tolerance)
        self.tolerance.setAccessibleName("Tolerance in percent")
        self.tolerance.setToolTip(
            "Smaller differences are taken for noise, and so are 5 ms and half a percentage point; "
            "with 0 % every difference counts"
        )
        self.other.setAccessibleName("The run to compare with the reference")
        self._compare_scripts.setText("Compare the scripts")
        self._compare_scripts.setIcon(theme.icon("compare"))
        self._compare_scripts.setToolButtonStyle(self.chips.add.toolButtonStyle())
        self._compare_scripts.clicked.connect(lambda: self.scripts_wanted.emit(*self._pair))
        tools = columns(self.other, self._tolerance_words, self.tolerance, self._compare_scripts)
        bar.addLayout(tools)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Reading the runs")
        keeps = self._progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(keeps)
        self._requests_room.addWidget(self.requests)
        self._requests_room.addWidget(self._no_requests)
        self.tolerance.setAlignment(Qt.AlignmentFlag.AlignHCenter)
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
        column.addLayout(bar)
        column.addWidget(self._progress)
        column.addWidget(Line())
        column.addWidget(self._rooms, 1)
        self.setFocusProxy(self.figures)
        self._allow()

    def _on_view(self, view: int, *_: object) -> None:
        self.show_view(view)
