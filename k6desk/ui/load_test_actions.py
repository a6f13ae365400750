"""What the actions on a load test do in the window, but for its script. Bound to an id from the first click."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest
from k6desk.api.operations import Operation
from k6desk.api.stack import web_link
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.query import Query
from k6desk.ui import text, timing_words
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects, why_no_link
from k6desk.ui.workspace import Workspace

OPERATIONS: dict[str, Operation] = {
    "rename_test": "rename_test",
    "move": "move",
    "delete_test": "delete_test",
}
"""Action on a test → what it asks the server for."""
NAMES = (*OPERATIONS, "copy_test_link")


class LoadTestActions(Effects):
    """The effects of the actions on the chosen load test, and of a test that is dropped on a project."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {
                "rename_test": self._open_rename,
                "move": self._open_move,
                "copy_test_link": self._copy_link,
                "delete_test": self._open_delete,
            }
        )

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
        super().use(session, workspace)
        if workspace:
            workspace.explorer.test_dropped.connect(self._take_test)

    # -- what is possible ----------------------------------------------------------------------------------------------

    def allow(self) -> None:
        session = self._session
        if session is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        commands = session.commands
        test = self._workspace.test if self._workspace else None
        for name, operation in OPERATIONS.items():
            self._actions.allow(name, self._starting or commands.refusal_of_test(operation, test))
        choose = None if test else "Choose a test first."
        self._actions.allow("copy_test_link", choose or why_no_link(session.account))

    # -- name, place, end ----------------------------------------------------------------------------------------------

    def _open_rename(self) -> None:
        from k6desk.core.scripts.script_choice import LONGEST_NAME
        from k6desk.ui.dialogs.name import NameDialog, renaming
        from k6desk.ui.dialogs.subject import line_about

        session, test = self._test_here()
        assert self._tasks
        tell = partial(self._say, f"rename:{test.id}")
        dialog = NameDialog(
            "Rename test",
            "Rename",
            test.name,
            self._tasks,
            tell,
            self._window,
            about=line_about(session, test),
            longest=LONGEST_NAME,
        )
        dialog.ask(partial(session.commands.tests.rename, test.id), partial(renaming, test.name))
        dialog.open()

    def _open_move(self) -> None:
        from k6desk.ui.dialogs.move import MoveDialog

        session, test = self._test_here()
        assert self._tasks
        MoveDialog(session, test, self._tasks, partial(self._say, f"move:{test.id}"), self._window).open()

    def _open_delete(self) -> None:
        from k6desk.ui.dialogs.delete import DeleteDialog
        from k6desk.ui.dialogs.subject import line_about

        session, test = self._test_here()
        assert self._tasks
        goes, obstacles = what_goes(session, test)
        delete = partial(session.commands.tests.delete, test.id)
        tell = partial(self._say, f"delete:{test.id}")
        DeleteDialog(
            "test",
            test.name,
            goes,
            delete,
            self._tasks,
            tell,
            self._window,
            about=line_about(session, test),
            obstacles=obstacles,
        ).open()

    def _copy_link(self) -> None:
        session, test = self._test_here()
        self._copy(web_link(session.account.stack_url, "tests", test.id), "The test’s link")

    # -- what is dropped -----------------------------------------------------------------------------------------------

    def _take_test(self, test_id: int, project_id: int) -> None:
        from k6desk.ui.dialogs.move import MoveThereDialog

        session = self._session
        if session is None:
            return
        test, project = session.store.test(test_id), session.store.project(project_id)
        if test and project and not self._refuse_drop(session.commands.refusal_of_test("move", test)):
            assert self._tasks
            tell = partial(self._say, f"move:{test.id}")
            MoveThereDialog(session, test, project, self._tasks, tell, self._window).open()


def what_goes(session: Session, test: LoadTest) -> tuple[list[str], list[str]]:
    """Sentences on what goes with a deleted test, and on what may stand in the way."""
    store = session.store
    runs = len(store.select(Query(place="test", place_id=test.id)))
    unfinished = [run for run in store.unfinished() if run.test_id == test.id]
    known = f"{text.count(runs, 'run')} that k6desk knows of, with all results, metrics and logs,"
    goes = [f"{known} {'goes' if runs == 1 else 'go'} with it." if runs else "k6desk knows of no runs of it."]
    if schedule := store.schedule(test.id):
        now = datetime.now(UTC)
        goes.append(f"Its schedule goes, too: {timing_words.rule(schedule.timing, now, schedule.next_run_at)}.")
    goes.append("This cannot be undone.")
    obstacles = []
    if unfinished:
        running = "A run of it has" if len(unfinished) == 1 else f"{text.count(len(unfinished), 'run')} of it have"
        obstacles.append(f"{running} not ended yet; Grafana deletes a test only when all its runs have ended.")
    return goes, obstacles
