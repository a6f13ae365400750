"""What the actions on kept scripts do: look into them, search them all, compare two, in the window "Scripts"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.models import Run, Script
from k6desk.core.notices import Notices
from k6desk.core.scripts.script_source import script_of
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui import text
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.script_actions import RUNS_ONLY
from k6desk.ui.script_file import remark_on
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.core.scripts.script_changes import Side
    from k6desk.ui.library.window import ScriptsWindow

NAMES = ("browse_script", "browse_test_script", "search_scripts", "compare_passed", "compare_today", "compare_scripts")
OF_THE_PANE = ("compare_passed", "compare_today")
MOVED_ON = "The test has moved on: its script was changed after this run used it."


class LibraryActions(Effects):
    """The effects of the actions on kept scripts; there is one window "Scripts" at most, of one account."""

    def __init__(self, actions: Actions, settings: Settings, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        self._scripts: ScriptsWindow | None = None
        actions.connect_all(
            {
                "browse_script": lambda: self._open_window().browse_run(self._run_here()[1]),
                "browse_test_script": lambda: self._open_window().browse_test(self._test_here()[1]),
                "search_scripts": lambda: self._open_window().show_search(),
                "compare_passed": self._compare_passed,
                "compare_today": self._compare_today,
                "compare_scripts": self._compare_two,
            }
        )

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on; the window of another one closes."""
        if session is not self._session:
            self.close()
        super().use(session, workspace)

    def show_script(self, script: Script, title: str) -> None:
        """Look into a script that is in no account, also while there is none."""
        if self._tasks:
            self._open_window().browse_script(script, title)

    def compare(self, old: Run, new: Run) -> None:
        """Show what is different between the scripts of two runs."""
        if self._session and self._tasks:
            self._compare_runs(self._session, old, new)

    def close(self) -> None:
        """Close the window "Scripts"."""
        if self._scripts:
            self._scripts.close()

    def offer(self, workspace: Workspace) -> None:
        """Offer the actions on a run's script where it is shown."""
        if workspace.details:
            compare = [self._actions[name] for name in OF_THE_PANE]
            pane = workspace.details.script_pane
            pane.offer(self._actions["browse_script"], self._actions["browse_test_script"], compare)

    def allow(self) -> None:
        session, workspace = self._session, self._workspace
        if session is None or workspace is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        run, test = workspace.run, workspace.test
        starting = self._starting
        of_run = starting or session.commands.refusal("script", run)
        self._actions.allow("browse_script", of_run)
        self._actions.allow("compare_passed", of_run)
        self._actions.allow("compare_today", of_run or (self._refusal_of_test(session, run.test_id) if run else None))
        choose = None if test else "Choose a test first."
        of_test = choose or (self._refusal_of_test(session, test.id) if test else None)
        self._actions.allow("browse_test_script", starting or of_test)
        self._actions.allow("search_scripts", starting)
        self._actions.allow("compare_scripts", starting or self._refusal_of_two(session, workspace.run_ids))

    def _refusal_of_test(self, session: Session, test_id: int) -> str | None:
        """Why the script that a test would run now cannot be seen; None when it can, or an older copy of it."""
        if session.store.has_script("test", test_id):
            return None
        return RUNS_ONLY if session.commands.lack("upload") else session.commands.why_not_connected()

    def _refusal_of_two(self, session: Session, ids: list[int]) -> str | None:
        if len(ids) != 2:
            return "Select two runs to compare their scripts."
        refusals = (session.commands.refusal("script", session.store.run(run_id)) for run_id in ids)
        return next(filter(None, refusals), None)

    # -- comparing -----------------------------------------------------------------------------------------------------

    def _compare_passed(self) -> None:
        session, run = self._run_here()
        passed = session.store.last_passed_before(run)
        if passed is None:
            words = "As far as k6desk knows, no run of this test passed before this one."
            self._say("compare", words, "info")
        else:
            self._compare_runs(session, passed, run)

    def _compare_today(self) -> None:
        session, run = self._run_here()

        async def sides() -> tuple[Side, Side]:
            from k6desk.core.scripts.script_changes import Side

            ran = await _side(session, run)
            found = await script_of(session.store, session.commands, "test", run.test_id)
            moved_on = MOVED_ON if found.script != ran.script else ""
            remark = " ".join(filter(None, [moved_on, remark_on("test", found)]))
            return ran, Side("Test’s script today", found.script, remark)

        self._open_window().compare(sides)

    def _compare_two(self) -> None:
        assert self._session
        assert self._workspace
        session = self._session
        runs = session.store.runs(self._workspace.run_ids)
        old, new = sorted(runs.values(), key=lambda run: (run.created_at, run.id))
        self._compare_runs(session, old, new)

    def _compare_runs(self, session: Session, old: Run, new: Run) -> None:
        async def sides() -> tuple[Side, Side]:
            is_named = old.test_id != new.test_id
            return await _side(session, old, is_named=is_named), await _side(session, new, is_named=is_named)

        self._open_window().compare(sides)

    # -- the window ----------------------------------------------------------------------------------------------------

    def _open_window(self) -> ScriptsWindow:
        assert self._tasks
        if self._scripts is None:
            from k6desk.ui.library.window import ScriptsWindow

            # It has no parent: it may be behind the main window, and has its own place in the taskbar.
            self._scripts = ScriptsWindow(self._session, self._tasks, self._notices)
            self._scripts.remember(self._settings.open_window_state())
            self._scripts.closed.connect(self._on_closed)
        return self._scripts

    def _on_closed(self) -> None:
        if self._scripts:
            self._scripts.deleteLater()
            self._scripts = None


async def _side(session: Session, run: Run, *, is_named: bool = False) -> Side:
    """The script that a run used, to be compared, perhaps with the name of its test. Raises `CloudError`."""
    from k6desk.core.scripts.script_changes import Side
    from k6desk.ui.library.words import run_words

    found = await script_of(session.store, session.commands, "run", run.id)
    words = run_words(run.id, run, datetime.now(UTC))
    return Side(f"{text.one_line(session.store.name_of(run), 60)}: {words}" if is_named else words, found.script)
