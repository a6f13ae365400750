"""What the actions on a load test do in the window, but for its script. Bound to an id from the first click."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest
from k6desk.api.operations import Operation
from k6desk.api.stack import web_link
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.query import Query
from k6desk.ui import text, timing_words
from k6desk.ui.actions import Actions
from k6desk.ui.effects import NO_LINK, SIGN_IN
from k6desk.ui.load_test_effects import STARTING, LoadTestEffects
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.ui.dialogs.deed import Words

OPERATIONS: dict[str, Operation] = {
    "rename_test": "rename_test",
    "move": "move",
    "delete_test": "delete_test",
    "clear_baseline": "baseline",
}
"""Action on a test → what it asks the server for."""
NAMES = (*OPERATIONS, "copy_test_link")


class LoadTestActions(LoadTestEffects):
    """The effects of the actions on the chosen load test, and of a test that is dropped on a project."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {
                "rename_test": self._open_rename,
                "move": self._open_move,
                "clear_baseline": self._clear_baseline,
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
            self._actions["clear_baseline"].setVisible(False)
            return
        commands = session.commands
        test = self._workspace.test if self._workspace else None
        starting = None if self._tasks else STARTING
        for name, operation in OPERATIONS.items():
            self._actions.allow(name, starting or commands.refusal_of_test(operation, test))
        choose = None if test else "Choose a test first."
        self._actions.allow("copy_test_link", choose or (None if session.account.stack_url else NO_LINK))
        has_baseline = test is not None and test.baseline_run_id is not None
        self._actions["clear_baseline"].setVisible(has_baseline and not commands.is_removed("baseline"))

    # -- name, place, end ----------------------------------------------------------------------------------------------

    def _open_rename(self) -> None:
        from k6desk.core.script_choice import LONGEST_NAME
        from k6desk.ui.dialogs.name import NameDialog
        from k6desk.ui.dialogs.subject import about

        session, test = self._here()
        assert self._tasks
        tell = self._teller(f"rename:{test.id}")
        dialog = NameDialog(
            "Rename test",
            "Rename",
            test.name,
            self._tasks,
            tell,
            self._window,
            about=about(session, test),
            longest=LONGEST_NAME,
        )
        dialog.ask(partial(session.commands.tests.rename, test.id), partial(_rename_words, test.name))
        dialog.open()

    def _open_move(self) -> None:
        from k6desk.ui.dialogs.move import MoveDialog

        session, test = self._here()
        assert self._tasks
        MoveDialog(session, test, self._tasks, self._teller(f"move:{test.id}"), self._window).open()

    def _open_delete(self) -> None:
        from k6desk.ui.dialogs.delete import DeleteDialog
        from k6desk.ui.dialogs.subject import about

        session, test = self._here()
        assert self._tasks
        goes, obstacles = what_goes(session, test)
        delete = partial(session.commands.tests.delete, test.id)
        tell = self._teller(f"delete:{test.id}")
        DeleteDialog(
            "test",
            test.name,
            goes,
            delete,
            self._tasks,
            tell,
            self._window,
            about=about(session, test),
            obstacles=obstacles,
        ).open()

    def _clear_baseline(self) -> None:
        session, test = self._here()
        self._spawn(self._clear(session, test), "clear a baseline", f"baseline:{test.id}")

    async def _clear(self, session: Session, test: LoadTest) -> None:
        name = text.one_line(test.name, 80)
        work = session.commands.tests.set_baseline(test.id, None)
        failed = f"The baseline of “{name}” was not cleared"
        await self._tell(f"baseline:{test.id}", failed, work, f"“{name}” has no baseline any more.")
        self.allow()

    def _copy_link(self) -> None:
        session, test = self._here()
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
            tell = self._teller(f"move:{test.id}")
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


def _rename_words(old: str, new: str) -> Words:
    from k6desk.ui.dialogs.deed import Words

    before = text.one_line(old, 80)
    return Words(
        "Rename",
        "Renaming…",
        f"“{before}” is now “{text.one_line(new, 80)}”.",
        f"“{before}” was not renamed",
        f"Whether “{before}” was renamed is not known",
    )
