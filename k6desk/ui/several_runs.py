"""What the actions on all selected runs do in the window. Bound to ids and names from the first click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from k6desk.api.models import Run
from k6desk.api.operations import Operation
from k6desk.core.deeds import Removed
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session
from k6desk.data.bundle import MOST_RUNS
from k6desk.ui.actions import Actions
from k6desk.ui.batch_effects import BatchEffects
from k6desk.ui.dialogs.batch_model import Item, Verb
from k6desk.ui.effects import SIGN_IN
from k6desk.ui.runs.columns import is_baseline
from k6desk.ui.workspace import Workspace

NAMES = ("star", "save", "export_bundle", "baseline", "clear_baseline", "delete_runs")
MOST = 1000
TOO_MANY = f"Choose at most {MOST:,} runs at once."

GOING: tuple[Operation, ...] = ("save", "baseline")
"""What Grafana has announced to remove; the actions have the same names."""

STAR = Verb("Star", "Starring", "starred", is_seen=True)
UNSTAR = Verb("Unstar", "Unstarring", "unstarred", is_seen=True)
SAVE = Verb("Save", "Saving", "saved")
UNSAVE = Verb("Let expire", "Letting expire", "left to expire")
DELETE = Verb("Delete", "Deleting", "deleted", removes=True)
SET_BASELINE = Verb("Set as baseline", "Setting as baseline", "set as baseline", is_seen=True)
CLEAR_BASELINE = Verb("Clear baseline", "Clearing baseline", "cleared as baseline", is_seen=True)


class SeveralRuns(BatchEffects):
    """The effects of starring, saving and deleting runs, and of what one of them is among others."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {
                "star": lambda: self._star(self._runs()),
                "save": lambda: self._save(self._runs()),
                "export_bundle": lambda: self._export_bundle(self._runs()),
                "baseline": self._switch_baseline,
                "clear_baseline": self._clear_baseline,
                "delete_runs": self._confirm_delete,
            }
        )

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
        super().use(session, workspace)
        if workspace:
            workspace.runs.star_clicked.connect(self._star_clicked)

    # -- what is possible ----------------------------------------------------------------------------------------------

    def allow(self) -> None:
        session, workspace = self._session, self._workspace
        if session is None or workspace is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
                self._actions[name].setVisible(name != "clear_baseline")
            return
        many = len(workspace.run_ids) > MOST
        runs = self._runs()
        refuse = session.commands.refusal
        self._allow_all("star", "star", runs, many=many)
        self._allow_all("save", "save", runs, many=many)
        self._allow_all("delete_runs", "delete_run", runs, many=many)
        one, test, several = workspace.run, workspace.test, self._several
        self._actions.allow("baseline", several or refuse("baseline", one))
        self._actions.allow("clear_baseline", session.commands.refusal_of_test("baseline", test))
        self._actions.allow("export_bundle", self._starting or self._why_no_bundle(runs))
        there = self._there(runs)
        starred = bool(there) and all(run.is_starred for run in there)
        saved = bool(there) and all(map(_is_saved, there))
        self._actions.show_next("star", "Unstar" if starred else "Star", "star" if starred else "star-filled")
        self._actions.show_next("save", "Let results expire" if saved else "Save results in Grafana", "archive")
        clears = one is not None and is_baseline(one, session.store)
        self._actions.show_next("baseline", "Clear baseline" if clears else "Set as baseline", "baseline")
        for operation in GOING:
            self._actions[operation].setVisible(not session.commands.is_removed(operation))
        has_baseline = test is not None and test.baseline_run_id is not None
        self._actions["clear_baseline"].setVisible(has_baseline and self._actions["baseline"].isVisible())

    def _allow_all(self, name: str, operation: Operation, runs: Sequence[Run], *, many: bool) -> None:
        """Possible when it is possible with one of the runs; the others are left out then."""
        assert self._session
        refusal = self._session.commands.refusal
        reasons = [refusal(operation, run) for run in runs] or [refusal(operation, None)]
        self._actions.allow(name, TOO_MANY if many else None if None in reasons else reasons[0])

    def _there(self, runs: Sequence[Run]) -> list[Run]:
        """Those of them to which something can be done: Grafana may have deleted some that are kept."""
        assert self._session
        why_gone = self._session.commands.why_gone
        return [run for run in runs if why_gone(run.id) is None]

    def _runs(self) -> list[Run]:
        """The selected runs as they are now, in the order of the table; none when they are too many."""
        assert self._session
        assert self._workspace
        ids = self._workspace.run_ids
        if len(ids) > MOST:
            return []
        found = self._session.store.runs(ids)
        return [found[run_id] for run_id in ids if run_id in found]

    # -- star and save -------------------------------------------------------------------------------------------------

    def _star_clicked(self, run_id: int) -> None:
        assert self._session
        run = self._session.store.run(run_id)
        refusal = self._session.commands.refusal("star", run)
        if refusal:
            self._post(Notice("star", refusal, "info", passing=True))
        elif run:
            self._star([run])

    def _star(self, runs: Sequence[Run]) -> None:
        """Star all, if any is without; otherwise take all their stars away."""
        assert self._session
        runs = self._there(runs)
        starred = not all(run.is_starred for run in runs)
        act = partial(self._session.commands.runs.star, starred=starred)
        self._do(STAR if starred else UNSTAR, [run for run in runs if run.is_starred != starred], act)

    def _save(self, runs: Sequence[Run]) -> None:
        assert self._session
        runs = self._there(runs)
        saved = not all(map(_is_saved, runs))
        act = partial(self._session.commands.runs.save, saved=saved)
        self._do(SAVE if saved else UNSAVE, [run for run in runs if _is_saved(run) != saved], act)

    # -- delete --------------------------------------------------------------------------------------------------------

    def _confirm_delete(self) -> None:
        from k6desk.ui.dialogs.delete_runs import DeleteRunsDialog

        session, runs = self._session, self._runs()
        assert session
        ended = [run for run in self._there(runs) if run.is_finished]
        if not ended:
            return
        unfinished = sum(not run.is_finished for run in runs)
        dialog = DeleteRunsDialog(ended, unfinished, session.store, self._window)
        ids = {run.id for run in ended}

        async def act(run_id: int) -> None:
            await session.commands.runs.delete(run_id)
            if self._session is session and self._workspace:
                self._workspace.runs.go_on(run_id, ids)

        dialog.accepted.connect(lambda: self._do(DELETE, ended, act) if self._session is session else None)
        dialog.open()

    # -- baseline and bundle -------------------------------------------------------------------------------------------

    def _switch_baseline(self) -> None:
        session, run = self._run_here()
        item = Item(run.id, session.store.name_of(run))
        self._set_baseline(session, item, run.test_id, None if is_baseline(run, session.store) else run.id)

    def _clear_baseline(self) -> None:
        session, test = self._test_here()
        if test.baseline_run_id is not None:
            self._set_baseline(session, Item(test.baseline_run_id, test.name), test.id, None)

    def _set_baseline(self, session: Session, item: Item, test_id: int, run_id: int | None) -> None:
        async def act(_: int) -> None:
            await session.commands.tests.set_baseline(test_id, run_id)

        self._do_to(CLEAR_BASELINE if run_id is None else SET_BASELINE, [item], act)

    def _why_no_bundle(self, runs: Sequence[Run]) -> str | None:
        """Why these runs cannot be exported; None when those that have ended can. Of the others little is known yet."""
        assert self._workspace
        if len(self._workspace.run_ids) > MOST_RUNS:
            return f"Choose at most {MOST_RUNS} runs for one bundle."
        if not runs:
            return "Choose a run first."
        return None if any(run.is_finished for run in runs) else "This run has not ended yet."

    def _export_bundle(self, runs: Sequence[Run]) -> None:
        from k6desk.ui.bundle_export import BundleExport

        ended = [run for run in runs if run.is_finished]
        if self._tasks and self._session and ended:
            unfinished = len(runs) - len(ended)
            BundleExport(self._session, ended, unfinished, self._notices, self._tasks, self._window).ask()

    # -- what serves instead of a removed operation --------------------------------------------------------------------

    def _offer_instead(self, session: Session, error: Removed, items: Sequence[Item]) -> None:
        """Say that Grafana has removed an operation, and offer a star, or a file to keep them in."""

        def star() -> None:
            found = session.store.runs([item.id for item in items])
            if self._session is session:
                act = partial(session.commands.runs.star, starred=True)
                self._do(STAR, [run for run in found.values() if not run.is_starred], act)

        def export() -> None:
            if self._session is session:
                self._export_bundle(list(session.store.runs([item.id for item in items]).values()))

        second = "Export as bundle…" if len(items) <= MOST_RUNS else ""
        self._post(
            Notice(f"removed:{error}", str(error), "warning", "Star instead", star, second=second, on_second=export)
        )
        self.allow()


def _is_saved(run: Run) -> bool:
    """Whether Grafana keeps the results of an ended run for good."""
    return run.is_finished and run.retention_expires_at is None
