"""The middle of the window for one account: explorer, runs of the chosen place, details of the chosen run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from k6desk.api.models import LoadTest, Project, Run
from k6desk.core.connection import State
from k6desk.core.delta import Delta
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.ui.explorer.view import Explorer
from k6desk.ui.runs.runs_view import RunsView

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks
    from k6desk.ui.detail.detail_view import DetailView

START_PLACE = Place("recent")
EXPLORER, DETAILS = 220, 396
"""Their widths in a window of the usual size."""


class Subject(NamedTuple):
    """What actions are about, by id."""

    run_id: int | None
    run_ids: list[int]
    test_id: int | None
    project_id: int | None


class Workspace(QWidget):
    """Explorer and runs are there at once; `complete` adds the details when the first picture is on the screen."""

    run_chosen = Signal(object)  # run id or None
    run_changed = Signal()  # the chosen run is different from what it was
    selection_changed = Signal()  # other runs are selected
    place_changed = Signal()  # another list, project or test is shown, or what is known of it has changed
    menu_requested = Signal(QPoint)
    sign_in_wanted = Signal()

    def __init__(self, session: Session, *, detail_below: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id: int | None = None
        self._sought_id: int | None = None  # a run to go to as soon as its row is there
        self._place = START_PLACE
        self._held: Subject | None = None
        self._sizes = QByteArray(), QByteArray()
        self.details: DetailView | None = None
        self.explorer = Explorer(session.store, self)
        self.runs = RunsView(session.store, self)
        self._detail_room = QWidget(self)
        self._inner = QSplitter(Qt.Orientation.Vertical if detail_below else Qt.Orientation.Horizontal)
        self._outer = QSplitter(Qt.Orientation.Horizontal)
        self._arrange()
        self.explorer.place_chosen.connect(self._choose_place)
        self.explorer.run_chosen.connect(self._choose_run_of_tree)
        self.runs.run_selected.connect(self._choose_run)
        self.runs.selection_changed.connect(self.selection_changed)
        self.runs.run_activated.connect(lambda _: self.focus_details())
        self.runs.menu_requested.connect(lambda _ids, at: self.menu_requested.emit(at))
        session.store.changed.connect(self._on_changed)
        session.store.indexed.connect(self._on_indexed)
        session.connection.changed.connect(self._say_why_empty)
        session.went_live.connect(self._tell_monitor)
        self.setFocusProxy(self.runs)
        self.show_place(START_PLACE)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def run(self) -> Run | None:
        """The run in the details as it is now, also when the table does not show it any more."""
        run_id = self._held.run_id if self._held else self._run_id
        return self._session.store.run(run_id) if run_id is not None else None

    @property
    def run_ids(self) -> list[int]:
        """The selected runs, in the order of the table; when there are none, the chosen one if it is in sight."""
        if self._held:
            return self._held.run_ids
        chosen = self._run_in_sight()
        return self.runs.selected_ids() or ([chosen] if chosen is not None else [])

    @property
    def test(self) -> LoadTest | None:
        """The load test of the place, or else of the chosen run, if that is in sight."""
        store = self._session.store
        if self._held:
            return store.test(self._held.test_id) if self._held.test_id is not None else None
        if self._place.kind == "test":
            return store.test(self._place.id)
        chosen = self._run_in_sight()
        run = store.run(chosen) if chosen is not None else None
        return store.test(run.test_id) if run else None

    @property
    def project(self) -> Project | None:
        """The project of the place, or else of `test`."""
        store = self._session.store
        if self._held:
            return store.project(self._held.project_id) if self._held.project_id is not None else None
        if self._place.kind == "project":
            return store.project(self._place.id)
        return store.project(test.project_id) if (test := self.test) else None

    def hold(self) -> None:
        """Until `release`, actions are about what they are about now, whatever is chosen: a menu is open for it."""
        self._held = None
        test, project = self.test, self.project
        self._held = Subject(self._run_id, self.run_ids, test.id if test else None, project.id if project else None)

    def release(self) -> None:
        """Actions are about what is chosen again."""
        self._held = None

    def _run_in_sight(self) -> int | None:
        """The chosen run, if the table shows it, or if it was opened by its id and is in no table yet."""
        run_id = self._run_id
        return run_id if run_id is None or run_id == self._sought_id or self.runs.contains(run_id) else None

    def complete(self, tasks: Tasks) -> None:
        """Add the details, whose imports would delay the first picture."""
        from k6desk.ui.detail.detail_view import DetailView

        self.details = DetailView(self._session, tasks, self)
        self._inner.replaceWidget(1, self.details)
        self._detail_room.deleteLater()
        self.details.show_run(self._run_id)
        self._session.connection.changed.connect(self.details.refresh)

    def show_place(self, place: Place) -> None:
        """Open a place in explorer, table and, for a run, details."""
        if place.kind == "run":
            self.show_run(place.id, place.pane)
            return
        self.explorer.show_place(place)
        self._choose_place(place)

    def show_run(self, run_id: int, pane: str = "") -> None:
        """Open a run among the runs of its test, or alone when the table does not hold it."""
        run = self._session.store.run(run_id)
        if run and not self.runs.select_run(run_id):
            self.show_place(Place("test", run.test_id))
        self._sought_id = None if run and self.runs.select_run(run_id) else run_id
        if self._sought_id is not None:
            self.runs.select_none()  # the details are of another run
        self._choose_run(run_id)
        if pane and self.details:
            self.details.show_pane(pane)

    def edit_note(self, run_id: int) -> None:
        """Open the note of a run and put the cursor into it."""
        if self.details:
            if run_id != self._run_id:
                self.show_run(run_id)
            self.details.show_pane("note")
            self.details.setFocus()

    def step_pane(self, step: int) -> None:
        """Go to the next pane of the details or to the one before."""
        if self.details:
            self.details.step_pane(step)

    def _tell_monitor(self) -> None:
        """Tell a monitor that has just begun what the user is looking at."""
        self._session.look_at_run(self._run_id)
        if self._place.kind == "test":
            self._session.look_at_test(self._place.id)

    def is_settled(self) -> bool:
        """Whether everything that is shown is there, or why it is not is known."""
        state = self._session.connection.state
        asking = state is State.STARTING or (self._session.monitor is not None and not self._session.monitor.caught_up)
        waiting = asking and state not in {State.OFFLINE, State.SIGNED_OUT, State.STALE}
        is_read = self._session.store.is_indexed and not waiting
        lists_are = self.explorer.model.is_settled() and self.runs.is_settled()
        return is_read and lists_are and self.details is not None and self.details.is_settled()

    def show_detail_below(self, below: bool) -> None:
        """Put the details below the runs or beside them."""
        self._inner.setOrientation(Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal)

    @property
    def shows_details_alone(self) -> bool:
        """Whether the details have the whole window."""
        return self.runs.isHidden()

    def show_details_alone(self, alone: bool) -> None:
        """Give the details the whole window, or let explorer and runs come back at their sizes."""
        if alone:
            self._sizes = self._outer.saveState(), self._inner.saveState()
        self.explorer.setHidden(alone)
        self.runs.setHidden(alone)
        if alone:
            self.focus_details()
        else:
            self._outer.restoreState(self._sizes[0])
            self._inner.restoreState(self._sizes[1])

    def read(self, pane: str) -> None:
        """Go to a pane of the details, or to a page of the results."""
        if self.details:
            self.details.show_pane(pane)
            self.details.setFocus()

    def focus_details(self) -> None:
        """Move the keyboard to the details."""
        if self.details:
            self.details.setFocus()

    def save_state(self, settings: QSettings) -> None:
        """Remember sizes and columns."""
        if self.shows_details_alone:
            self.show_details_alone(False)
        settings.setValue("explorer", self._outer.saveState())
        settings.setValue(f"details/{self._inner.orientation().name}", self._inner.saveState())
        settings.setValue("columns", QByteArray(self.runs.save_state()))

    def restore_state(self, settings: QSettings) -> None:
        """Take up the sizes and columns of last time."""
        for splitter, key in ((self._outer, "explorer"), (self._inner, f"details/{self._inner.orientation().name}")):
            if isinstance(state := settings.value(key), QByteArray):
                orientation = splitter.orientation()
                splitter.restoreState(state)
                splitter.setOrientation(orientation)
        if isinstance(columns := settings.value("columns"), QByteArray):
            self.runs.restore_state(bytes(columns.data()))

    def _arrange(self) -> None:
        self._inner.addWidget(self.runs)
        self._inner.addWidget(self._detail_room)
        self._inner.setChildrenCollapsible(False)
        self._inner.setStretchFactor(0, 3)
        self._inner.setStretchFactor(1, 2)
        self._outer.addWidget(self.explorer)
        self._outer.addWidget(self._inner)
        self._outer.setStretchFactor(1, 1)
        self._outer.setSizes([EXPLORER, 1280 - EXPLORER])
        self._inner.setSizes([1280 - EXPLORER - DETAILS, DETAILS])
        self._detail_room.setMinimumSize(DETAILS, 200)
        self.runs.setMinimumSize(240, 160)
        for splitter in (self._outer, self._inner):
            splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._outer)

    # -- what the user chooses -----------------------------------------------------------------------------------------

    def _choose_place(self, place: Place) -> None:
        assert place.kind != "run"
        self._place = place
        self._sought_id = None
        self.runs.show_place(place.kind, place.id)
        self._say_why_empty()
        if place.kind == "test":
            self._session.look_at_test(place.id)
        self.place_changed.emit()

    def _choose_run_of_tree(self, run_id: int) -> None:
        self.show_run(run_id)

    def _choose_run(self, run_id: int | None) -> None:
        if run_id is None or run_id == self._run_id:
            return  # a filter that hides the chosen run does not close what is being read
        self._run_id = run_id
        if self.details:
            self.details.show_run(run_id)
        self._session.look_at_run(run_id)
        self.run_chosen.emit(run_id)

    def _on_indexed(self) -> None:
        self._say_why_empty()
        self._seek()

    def _seek(self) -> None:
        if self._sought_id is not None:
            self.show_run(self._sought_id)

    def _on_changed(self, delta: Delta) -> None:
        if self._sought_id in delta.added:
            self._seek()
        if self._run_id in delta.changed or self._run_id in delta.details or self._run_id in delta.removed:
            self.run_changed.emit()
        if delta.catalogue:
            self.place_changed.emit()

    # -- nothing to show -----------------------------------------------------------------------------------------------

    def _say_why_empty(self) -> None:
        state = self._session.connection.state
        if state is State.SIGNED_OUT:
            words = "Sign in to see the runs of this stack."
            self.runs.set_empty("sign-in", "Signed out", words, "Sign in…", self.sign_in_wanted.emit)
            self.explorer.set_empty("Sign in to see them")
        elif state is State.FILES:
            self.runs.set_empty("archive", "No imported runs here", "Runs appear here when a file with them is opened.")
            self.explorer.set_empty("None were imported yet")
        elif state is State.OFFLINE and not (self._place.kind in KNOWN_HERE and self._session.store.is_indexed):
            self.runs.set_empty(
                "offline", "Nothing is stored for this place yet", "Runs appear when the server answers."
            )
            self.explorer.set_empty("None are stored yet")
        elif state is State.STARTING or not self._session.store.is_indexed:
            self.runs.set_empty("clock", "Reading runs…", "They appear here as soon as they are read.")
            self.explorer.set_empty("Reading projects…")
        else:
            self.runs.set_empty(*EMPTY[self._place.kind])
            monitor = self._session.monitor
            self.explorer.set_empty("No projects yet" if monitor and monitor.caught_up else "Not read yet")


KNOWN_HERE = {"kept", "expiring"}
"""Lists to which the server has nothing to add: what it makes now expires late."""

EMPTY = {
    "running": ("running", "Nothing is running", "A run appears here the moment it is created."),
    "failed": ("check", "Nothing failed in the last 7 days", "Runs that failed, ended with an error or were aborted."),
    "recent": ("recent", "No runs in the last 7 days", "Choose a project or a test to see its older runs."),
    "starred": ("star", "No starred runs", "Runs that somebody has starred appear here."),
    "kept": (
        "keep",
        "No kept runs",
        "Choose runs and press Ctrl+Shift+K: what you keep stays, whatever Grafana deletes.",
    ),
    "expiring": (
        "clock",
        "Nothing expires soon",
        "Runs appear here 7 days before Grafana deletes their results, so that you can keep them.",
    ),
    "all": ("empty", "No runs yet", "Runs of this stack appear here as soon as somebody starts one."),
    "project": ("project", "No runs in this project", "They appear here as soon as one of its tests runs."),
    "test": ("test", "No runs of this test", "They appear here as soon as it runs."),
}
