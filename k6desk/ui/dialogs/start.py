"""Start a test: what it would do and cost, one decision, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.start_plan import StartPlan
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail.parts import say, wrapping
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.dialogs.start_figures import StartFigures
from k6desk.ui.dialogs.subject import about
from k6desk.ui.text import PlainLabel

WIDTH = 560
KEY_LIVES_MS = 9 * 60_000
"""The server remembers a key for 10 minutes; later the same key would start a second run."""
OVER = "This takes the project over its monthly limit, so the server may refuse it."
NO_KEY = (
    "The old API cannot tell two requests to start apart. Should the answer be lost, k6desk looks for the run instead "
    "of asking again."
)


class StartDialog(QDialog):
    """Open it with `open()`. It is about one test from the beginning, and stays until it is known what came of it.

    `start_wanted` carries the key of the one decision that was made here; whoever starts the test then calls
    `show_refusal` or `show_unknown`, or accepts the dialog.
    """

    start_wanted = Signal(str)
    run_wanted = Signal(object)  # run id

    def __init__(self, session: Session, tasks: Tasks, test: LoadTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Start test")
        self._session = session
        self._tasks = tasks
        self._test = test
        self._plan: StartPlan | None = None
        self._key = ""
        self._newest: datetime | None = None  # when the newest run before the decision was created
        self._is_unknown = False
        session.store.changed.connect(self._on_changed)
        self._next: Callable[[], object] = self._decide
        self._key_end = QTimer(self, singleShot=True, interval=KEY_LIVES_MS)
        self._key_end.timeout.connect(self._forget_key)

        title = PlainLabel(text.one_line(test.name, 120), kind="title", wrap=True)
        self._figures = StartFigures(session.store.zone_name)
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._words = wrapping(muted=True)
        self._problem = Problem()
        self._cancel = Button("Cancel")
        self._cancel.clicked.connect(self.reject)
        self._first = QPushButton("Start test")
        self._first.clicked.connect(lambda: self._next())
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._first)

        column = QVBoxLayout(self)
        margin = theme.WIDE + theme.GAP
        column.setContentsMargins(margin, margin - theme.UNIT, margin, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(title)
        column.addWidget(about(session, test))
        column.addSpacing(theme.GAP)
        for part in (self._figures, self._problem, self._words, self._bar):
            column.addWidget(part)
        column.addSpacing(theme.GAP)
        column.addLayout(buttons)
        self._load()
        self._fit()

    # -- before the decision -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        self._figures.show()
        self._problem.say("")
        self._wait("Asking what a run would do and cost…")
        self._tasks.spawn(self._read_plan(), name="plan a start", key=f"plan:{id(self)}", owner=self)

    async def _read_plan(self) -> None:
        try:
            plan = await self._session.commands.tests.plan(self._test.id)
        except CloudError as error:
            self._figures.hide()
            self._problem.say(f"What a run would do and cost is not known: {error}")
            self._offer("Ask again", self._load)
            return
        self._plan = plan
        self._figures.show_plan(plan)
        if plan.refusal:
            self._problem.say(plan.refusal)
            self._offer("Start test", self._decide, is_possible=False)
            self._first.setToolTip(text.tooltip(plan.refusal))
            return
        if plan.left_vuh is not None and plan.left_vuh < 0:
            self._problem.say(OVER)
        self._offer("Start test", self._decide, words="" if plan.has_key else NO_KEY)

    # -- the decision --------------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        self._key = self._session.commands.tests.new_key()
        newest = self._session.store.latest_of_test(self._test.id, 1)
        self._newest = newest[0].created_at if newest else None
        self._key_end.start()
        self._send()

    def _send(self) -> None:
        self._is_unknown = False
        self._problem.say("")
        self._wait("Starting…")
        self._cancel.setText("Close")
        self.start_wanted.emit(self._key)

    def show_refusal(self, sentence: str) -> None:
        """The server said no."""
        self._problem.say(f"No run was started: {sentence}")
        self._offer("Try again", self._send if self._has_key else self._decide)

    def show_unknown(self, sentence: str) -> None:
        """The answer was lost."""
        self._problem.say(f"It is not known whether a run was started. {sentence}")
        if self._has_key:
            self._offer("Try again", self._send, words="Trying again cannot start a second run.")
        else:
            self._offer("", self._send, words="The run appears among the runs of this test if it was started.")
        self._is_unknown = True
        self._look_for_run()

    def _on_changed(self, _delta: Delta) -> None:
        self._look_for_run()

    def _look_for_run(self) -> None:
        """A run that was not there before the decision has appeared, or the server shows that there is none."""
        if not self._is_unknown:
            return
        store = self._session.store
        latest = store.latest_of_test(self._test.id, 5)
        found = [run for run in latest if self._newest is None or run.created_at > self._newest]
        if found:
            run = min(found, key=lambda run: run.created_at)
            when = text.when(run.created_at, datetime.now(UTC))
            self._problem.say("")
            words = f"Run {run.id} of this test was started {when}; most likely it is this one."
            self._offer("Show run", lambda: self._show(run.id), words=words)
        elif store.intent(self._test.id, "test") is None:
            self._problem.say("The answer was lost, and the server shows no new run of this test.")

    def _show(self, run_id: int) -> None:
        self.run_wanted.emit(run_id)
        self.accept()

    def _forget_key(self) -> None:
        if self._is_unknown and self._next == self._send:
            words = "The decision is too old to be sent again. See whether a run has appeared, and begin anew if not."
            self._offer("", self._send, words=words)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def _has_key(self) -> bool:
        return bool(self._plan and self._plan.has_key and self._key_end.isActive())

    def _wait(self, words: str) -> None:
        say(self._words, words)
        self._words.show()
        self._bar.show()
        self._first.setEnabled(False)
        self._cancel.setFocus()

    def _offer(self, verb: str, effect: Callable[[], object], *, words: str = "", is_possible: bool = True) -> None:
        """Let the user do this next; without a verb there is nothing to do but to close."""
        self._next = effect
        say(self._words, words)
        self._words.setVisible(bool(words))
        self._bar.hide()
        self._first.setText(verb or self._first.text())
        self._first.setVisible(bool(verb))
        self._first.setEnabled(is_possible)
        self._first.setDefault(is_possible)
        (self._first if verb and is_possible else self._cancel).setFocus()

    def event(self, event: QEvent) -> bool:
        """The dialog is as high as what it says."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        if layout := self.layout():
            self.setFixedSize(WIDTH, layout.totalHeightForWidth(WIDTH))
