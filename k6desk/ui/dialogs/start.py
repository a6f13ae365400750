"""Start a test: what it would do and cost, one decision, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest, Run
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.start_plan import StartPlan
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Words, was_refused
from k6desk.ui.dialogs.deed import DeedDialog
from k6desk.ui.dialogs.start_figures import StartFigures
from k6desk.ui.dialogs.subject import line_about

WIDTH = 560
KEY_LIVES_MS = 9 * 60_000
"""The server remembers a key for 10 minutes; later the same key would start a second run."""
OVER_LIMIT = "This takes the project over its monthly limit, so the server may refuse it."
NO_KEY = (
    "The old API cannot tell two requests to start apart. Should the answer be lost, k6desk looks for the run instead "
    "of asking again."
)
CLOCKS = timedelta(minutes=10)
"""So far apart may the server's clock and ours be, where no run of the test was known before."""
LOOKED_AT = 20
"""So many of a test's newest runs are compared with those that were known at the decision."""


class StartDialog(DeedDialog):
    """Open it with `open()`. It is about one test from the beginning, and stays until it is known what came of it.

    `tell` is that of the notices, which may carry an action; `show_run` is given the id of the run to be shown.
    """

    def __init__(
        self,
        session: Session,
        test: LoadTest,
        show_run: Callable[[int], object],
        tasks: Tasks,
        tell: Callable[..., object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Start test", "Start test", tasks, tell, parent, width=WIDTH)
        self.title.setText(text.one_line(test.name, 120))
        self._session = session
        self._commands = session.commands.tests
        self._test = test
        self._show_run = show_run
        self._notify = tell
        self._plan: StartPlan | None = None
        self._key = ""
        self._before: list[Run] = []  # the newest runs that were known at the decision
        self._decided_at = datetime.now(UTC)
        self._is_unknown = False
        self._next: Callable[[], object] = self._begin
        self._key_end = QTimer(self, singleShot=True, interval=KEY_LIVES_MS)
        self._key_end.timeout.connect(self._forget_key)
        session.store.changed.connect(self._look_for_run)
        self.figures = StartFigures(session.store.zone_name)
        self.body.addWidget(line_about(session, test))
        self.body.addSpacing(theme.GAP)
        self.body.addWidget(self.figures)
        self._load()
        self.cancel.setFocus()

    def decide(self) -> None:
        if not self.asking.is_waiting:
            self._next()

    # -- before the decision -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        self.figures.show()
        self.asking.complain("")
        self.allow(False)
        words, failed = "Asking what a run would do and cost…", "What a run would do and cost is not known"
        plan = self._commands.plan(self._test.id)
        self.asking.ask(plan, words, failed, self._show_plan, otherwise=lambda _: self._offer_again())

    def _offer_again(self) -> None:
        self.figures.hide()
        self._offer("Ask again", self._load)

    def _show_plan(self, plan: StartPlan) -> None:
        self._plan = plan
        self.figures.show_plan(plan)
        is_over = plan.left_vuh is not None and plan.left_vuh < 0
        self.asking.complain(plan.refusal or (OVER_LIMIT if is_over else ""))
        self.first.setToolTip(text.tooltip(plan.refusal or ""))
        words = "" if plan.has_key or plan.refusal else NO_KEY
        self._offer("Start test", self._begin, words=words, is_possible=not plan.refusal)

    # -- the decision --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._key = self._commands.new_key()
        self._before = self._newest()
        self._decided_at = datetime.now(UTC)
        self._key_end.start()
        self._send()

    def _send(self) -> None:
        self._is_unknown = False
        name = text.one_line(self._test.name, 80)
        words = Words(
            "Start test",
            "Starting…",
            "",  # `_start` says which run it is
            f"“{name}” was not started",
            f"Whether “{name}” was started is not known",
        )
        self.have_done(self._start(name), words, lambda run: self._show_run(run.id))

    async def _start(self, name: str) -> Run:
        run = await self._commands.start(self._test.id, self._key)
        words = f"Run {run.id} of “{name}” was started."
        if self.asking.is_open:
            self._notify(words, "success")
        else:
            self._notify(words, "success", "Show run", partial(self._show_run, run.id))
        return run

    def refuse(self, error: BaseException) -> None:
        if was_refused(error):
            self._offer("Try again", self._send if self._has_key else self._begin)
            return
        if self._has_key:
            self._offer("Try again", self._send, words="Trying again cannot start a second run.")
        else:
            self._offer("", self._send, words="The run appears among the runs of this test if it was started.")
        self._is_unknown = True
        self._look_for_run()

    def _look_for_run(self, _delta: Delta | None = None) -> None:
        """A run that was not there before the decision has appeared, or k6desk has given up looking for one."""
        if not self._is_unknown:
            return
        if found := [run for run in self._newest() if self._is_new(run)]:
            run = min(found, key=lambda run: run.created_at)
            when = text.when(run.created_at, datetime.now(UTC))
            self.asking.complain("")
            words = f"Run {run.id} of this test was started {when}; most likely it is this one."
            self._offer("Show run", lambda: self._show(run.id), words=words)
        elif self._session.store.intent(self._test.id, "test") is None:
            self.asking.complain("The answer was lost, and no new run of this test has appeared so far.")

    def _newest(self) -> list[Run]:
        return self._session.store.latest_of_test(self._test.id, LOOKED_AT)

    def _is_new(self, run: Run) -> bool:
        """Whether it may be of this decision: an older one may just have been read for the first time."""
        since = self._before[0].created_at if self._before else self._decided_at - CLOCKS
        return run.created_at >= since and all(run.id != before.id for before in self._before)

    def _show(self, run_id: int) -> None:
        self._show_run(run_id)
        self.accept()

    def _forget_key(self) -> None:
        if self._is_unknown and self._next == self._send:
            words = "The decision is too old to be sent again. See whether a run has appeared, and begin anew if not."
            self._offer("", self._send, words=words)

    @property
    def _has_key(self) -> bool:
        return bool(self._plan and self._plan.has_key and self._key_end.isActive())

    def _offer(self, verb: str, effect: Callable[[], object], *, words: str = "", is_possible: bool = True) -> None:
        """Let the user do this next; without a verb there is nothing to do but to close."""
        self._next = effect
        self.asking.remark(words)
        self.first.setText(verb or self.first.text())
        self.first.setVisible(bool(verb))
        self.first.setDefault(is_possible)
        self.allow(is_possible)
        (self.first if verb and is_possible else self.cancel).setFocus()
