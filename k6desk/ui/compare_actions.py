"""What the actions that compare runs do: figures and curves side by side, and the trend of a test, in one window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from k6desk.api.models import Run
from k6desk.core.compare.baseline import MOST_RUNS, baseline_of
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.ui.compare.window import CompareWindow

NAMES = ("compare_runs", "compare_baseline", "local_baseline", "trend")
NO_BASELINE = "This test has no baseline: choose one of its runs with “Set as local baseline”."
IS_BASELINE = "This run is the baseline of its test."
NOT_HERE = "The baseline of this test is not known on this computer."


class CompareActions(Effects):
    """The effects of the actions that compare; there is one window "Compare runs" at most, of one account."""

    run_wanted = Signal(object)  # run id
    scripts_wanted = Signal(object, object)  # two runs: show what is different between their scripts

    def __init__(self, actions: Actions, settings: Settings, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        self._comparison: CompareWindow | None = None
        actions.connect_all(
            {
                "compare_runs": self._compare_runs,
                "compare_baseline": lambda: self._open_window().compare_with_baseline(self._run_here()[1].id),
                "local_baseline": self._switch_baseline,
                "trend": lambda: self._open_window().show_trend(self._test_here()[1].id),
            }
        )

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on; the window of another one closes."""
        if session is not self._session:
            self.close()
        super().use(session, workspace)

    def close(self) -> None:
        """Close the window "Compare runs"."""
        if self._comparison:
            self._comparison.close()

    def allow(self) -> None:
        session, workspace = self._session, self._workspace
        if session is None or workspace is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        run, test = workspace.run, workspace.test
        allow = self._actions.allow
        allow("compare_runs", self._starting or _refusal_of_several(workspace.run_ids))
        allow("compare_baseline", self._starting or self._several or _refusal_of_baseline(session, run))
        allow("local_baseline", self._several or (None if run else "Choose a run first."))
        allow("trend", self._starting or (None if test else "Choose a test first."))
        is_baseline = run is not None and session.store.local_baseline(run.test_id) == run.id
        self._actions.show_next(
            "local_baseline", "Clear local baseline" if is_baseline else "Set as local baseline", "baseline"
        )

    # -- effects -------------------------------------------------------------------------------------------------------

    def _compare_runs(self) -> None:
        assert self._session
        assert self._workspace
        runs = self._session.store.runs(self._workspace.run_ids).values()
        self._open_window().compare([run.id for run in sorted(runs, key=lambda run: (run.created_at, run.id))])

    def _switch_baseline(self) -> None:
        session, run = self._run_here()
        is_baseline = session.store.local_baseline(run.test_id) == run.id

        async def switch() -> None:
            await session.store.set_local_baseline(run.test_id, None if is_baseline else run.id)
            done = "is no longer" if is_baseline else "is"
            said = f"Run {run.id} {done} the local baseline of its test."
            test = session.store.test(run.test_id)
            of_server = test.baseline_run_id if test else None
            if not is_baseline and of_server not in {None, run.id}:
                said += f" As long as Grafana has run {of_server} as the baseline, that is what runs are compared with."
            self._say("local baseline", said, "success")

        self._spawn(switch(), "choose a baseline")

    # -- the window ----------------------------------------------------------------------------------------------------

    def _open_window(self) -> CompareWindow:
        assert self._tasks
        assert self._session
        if self._comparison is None:
            from k6desk.ui.compare.window import CompareWindow

            # It has no parent: it may be behind the main window, and has its own place in the taskbar.
            self._comparison = CompareWindow(self._session, self._tasks, self._notices)
            self._comparison.remember(self._settings.open_window_state())
            self._comparison.run_wanted.connect(self.run_wanted)
            self._comparison.scripts_wanted.connect(self._show_scripts)
            self._comparison.closed.connect(self._on_closed)
        return self._comparison

    def _show_scripts(self, old_id: int, new_id: int) -> None:
        old, new = (self._session.store.run(run_id) if self._session else None for run_id in (old_id, new_id))
        if old and new:
            self.scripts_wanted.emit(old, new)

    def _on_closed(self) -> None:
        if self._comparison:
            self._comparison.deleteLater()
            self._comparison = None


def _refusal_of_several(ids: list[int]) -> str | None:
    return None if 2 <= len(ids) <= MOST_RUNS else f"Select 2 to {MOST_RUNS} runs to compare them."


def _refusal_of_baseline(session: Session, run: Run | None) -> str | None:
    """Why a run cannot be compared with a baseline; None when it can."""
    if run is None:
        return "Choose a run first."
    baseline = baseline_of(session.store, run)
    if baseline is None:
        test = session.store.test(run.test_id)
        own = {test.baseline_run_id if test else None, session.store.local_baseline(run.test_id)}
        return IS_BASELINE if run.id in own else NO_BASELINE
    return None if session.store.run(baseline) else NOT_HERE
