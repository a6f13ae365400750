"""What the actions on when tests start do in the window: now, by a schedule, and all schedules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks


class StartActions(Effects):
    """The effects of `start`, `schedule` and `schedules`, and the bar that offers them above the runs of a place."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {"start": self._open_start, "schedule": self._schedule_chosen, "schedules": self._open_schedules}
        )

    def allow(self) -> None:
        if self._session is None:
            for name in ("start", "schedule", "schedules"):
                self._actions.allow(name, SIGN_IN)
            self._actions["start"].setVisible(True)
            return
        commands = self._session.commands
        self._actions["start"].setVisible(not commands.is_removed("start"))
        test = self._workspace.test if self._workspace else None
        self._actions.allow("start", self._starting or commands.refusal_of_test("start", test))
        lack = commands.lack("schedule") or self._starting
        self._actions.allow("schedule", lack or (None if test else "Choose a test first."))
        self._actions.allow("schedules", lack)

    def complete(self, tasks: Tasks) -> None:
        super().complete(tasks)
        if self._session and self._workspace:
            from k6desk.ui.runs.place_bar import PlaceBar

            runs = self._workspace.runs
            bar = PlaceBar(self._session, self._actions, lambda: (runs.query.place, runs.query.place_id))
            bar.run_wanted.connect(self._workspace.show_run)
            self._workspace.place_changed.connect(bar.refresh)
            runs.add_place_bar(bar)
        self.allow()

    # -- starting ------------------------------------------------------------------------------------------------------

    def _open_start(self) -> None:
        from k6desk.ui.dialogs.start import StartDialog

        session, test = self._test_here()
        assert self._tasks, "nothing can be clicked before there are tasks"
        show = partial(self._show_run, session)
        StartDialog(session, test, show, self._tasks, partial(self._say, f"start:{test.id}"), self._window).open()

    def _show_run(self, session: Session, run_id: int) -> None:
        if self._workspace and self._session is session:
            self._workspace.show_run(run_id)

    # -- schedules -----------------------------------------------------------------------------------------------------

    def _schedule_chosen(self) -> None:
        self._open_schedule(*self._test_here())

    def _open_schedule(self, session: Session, test: LoadTest, parent: QWidget | None = None) -> None:
        from k6desk.ui.dialogs.schedule import ScheduleDialog

        assert self._tasks, "nothing can be clicked before there are tasks"

        tell = partial(self._say, f"schedule:{test.id}")
        ScheduleDialog(session, test, self._tasks, tell, parent or self._window).open()

    def _open_schedules(self) -> None:
        from k6desk.ui.dialogs.schedules import SchedulesDialog

        session = self._session
        assert session
        assert self._tasks
        dialog = SchedulesDialog(session, self._tasks, partial(self._say, "schedules"), self._window)
        dialog.test_wanted.connect(partial(self._show_test, session))
        dialog.edit_wanted.connect(lambda test: self._open_schedule(session, test, dialog))
        dialog.open()

    def _show_test(self, session: Session, test_id: int) -> None:
        if self._workspace and self._session is session:
            self._workspace.show_place(Place("test", test_id))
