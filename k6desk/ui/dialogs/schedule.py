"""The schedule of a test: what it is, what it could be, and when that would start the test."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest
from k6desk.api.plans import Timing
from k6desk.core.deeds import Unknown
from k6desk.core.delta import Delta
from k6desk.core.notices import Level
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.core.timing import coming
from k6desk.ui import text, theme, timing_words
from k6desk.ui.detail.parts import Line, columns, say, wrapping
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.dialogs.schedule_now import ScheduleNow
from k6desk.ui.dialogs.subject import about
from k6desk.ui.dialogs.timing_form import TimingForm
from k6desk.ui.text import PlainLabel

WIDTH = 560
SHOWN = 3
TYPING_MS = 150
MOVES = (
    "A repeating schedule keeps its time in UTC: when the clocks here change, it moves by as much. Cron keeps the hour "
    "of its time zone."
)


class ScheduleDialog(QDialog):
    """Open it with `open()`. It is about one test; `tell` is told of success, and what fails when it is closed."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        test: LoadTest,
        tell: Callable[[str, Level], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Schedule")
        self._session = session
        self._tasks = tasks
        self._test = test
        self._tell = tell
        self._is_open = True
        self._is_typed = False
        self._is_changing = False
        self._had_focus: QWidget | None = None
        self._schedule = session.store.schedule(test.id)
        self._timing: Timing | None = None

        self._now = ScheduleNow()
        self.form = TimingForm()
        self._preview = wrapping()
        self._moves = wrapping("caption", muted=True)
        self._moves.setText(MOVES)
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._problem = Problem()
        self._close = Button("Close")
        self._set = QPushButton("Set schedule", default=True)
        self._soon = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._soon.timeout.connect(self._foresee)

        column = QVBoxLayout(self)
        margin = theme.WIDE + theme.GAP
        column.setContentsMargins(margin, margin - theme.UNIT, margin, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(PlainLabel(text.one_line(test.name, 120), kind="title", wrap=True))
        column.addWidget(about(session, test))
        column.addSpacing(theme.GAP)
        column.addWidget(self._now)
        column.addSpacing(theme.GAP)
        column.addWidget(Line())
        column.addSpacing(theme.GAP)
        for part in (self.form, self._preview, self._moves, self._bar, self._problem):
            column.addWidget(part)
        column.addSpacing(theme.GAP)
        buttons = columns(self._close, self._set)
        buttons.insertStretch(0)
        column.addLayout(buttons)
        self._connect()
        self._show_present()
        if self._schedule:
            self.form.show_timing(self._schedule.timing)
        self._foresee()
        self.form.setFocus()
        self._is_typed = False
        self._bar.show()
        self._fit()
        tasks.spawn(self._read(), name="read a schedule", owner=self)

    # -- the server ----------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            schedule = await self._session.commands.tests.read_schedule(self._test.id)
        except CloudError as error:
            self._problem.say(f"Whether this schedule is still so is not known: {error}")
        else:
            if schedule and not self._is_typed:
                self.form.show_timing(schedule.timing)
                self._is_typed = False
        if not self._is_changing:
            self._show_present()

    def _replace(self) -> None:
        assert self._timing
        timing = self._timing
        self._do(self._put(timing), "set")

    async def _put(self, timing: Timing) -> None:
        schedule = await self._session.commands.tests.set_schedule(self._test.id, timing)
        now = datetime.now(UTC)
        words = timing_words.rule(schedule.timing, now, schedule.next_run_at)
        self._tell(f"“{text.one_line(self._test.name, 80)}” has a schedule now: {words}.", "success")
        if self._is_open:
            self.accept()

    def _switch(self) -> None:
        assert self._schedule
        tests = self._session.commands.tests
        active = not self._schedule.is_active
        work = tests.activate_schedule(self._schedule, active=active)
        self._do(work, "activated" if active else "paused")

    def _remove(self) -> None:
        assert self._schedule
        self._do(self._session.commands.tests.delete_schedule(self._schedule), "deleted")

    def _do(self, work: Coroutine[Any, Any, object], done: str) -> None:
        self._problem.say("")
        self._is_changing = True
        self._had_focus = self.focusWidget()
        self._bar.show()
        self.form.setEnabled(False)
        self._allow()
        self._tasks.spawn(self._see_through(work, done), name="change a schedule")

    async def _see_through(self, work: Coroutine[Any, Any, object], done: str) -> None:
        """Not owned by the dialog: what was sent is seen through when it is closed."""
        sentence = ""
        try:
            await work
        except Unknown as error:
            sentence = f"It is not known whether the schedule was {done}: {error}"
        except CloudError as error:
            sentence = f"The schedule was not {done}: {error}"
        self._is_changing = False
        if self._is_open:
            self._problem.say(sentence)
            self._show_present()
            if self._had_focus and self._had_focus.isVisible():
                self._had_focus.setFocus()  # it lost it when it was disabled
        elif sentence:
            self._tell(f"“{text.one_line(self._test.name, 80)}”: {sentence}", "error")

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_present(self) -> None:
        """How it is, as far as the store knows; nothing is asked any more."""
        self._bar.hide()
        schedule = self._schedule = self._session.store.schedule(self._test.id)
        self._now.show_schedule(schedule)
        self._set.setText("Replace schedule" if schedule else "Set schedule")
        self.form.setEnabled(True)
        self._allow()

    def _on_changed(self, delta: Delta) -> None:
        if delta.catalogue and not self._is_changing:
            if self._session.store.schedule(self._test.id) != self._schedule:
                self._show_present()
            self._allow()

    def _allow(self) -> None:
        """What can be done: nothing while the server is asked, and only what it would take."""
        refusal = self._session.commands.refusal_of_test("schedule", self._test)
        if self._is_changing:
            refusal = "The server has not answered yet."
        self._now.allow(refusal)
        self._set.setEnabled(refusal is None and self._timing is not None)
        self._set.setToolTip(text.tooltip(refusal or ""))

    def _foresee(self) -> None:
        """Say when what is set would start the test."""
        self._timing = None
        now = datetime.now(UTC)
        try:
            timing = self.form.read()
            starts = list(islice(coming(timing, now), SHOWN + 1))
        except ValueError as error:
            say(self._preview, str(error), "")
            starts = []
        else:
            self._timing = timing if starts else None
            say(self._preview, _foretold(starts, now), "\n\n".join(map(text.exact, starts[:SHOWN])))
        moves = self._timing is not None and timing_words.moves_with_clocks(self._timing, now)
        self._moves.setVisible(moves)
        self._allow()

    # -- wiring --------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.form.changed.connect(self._on_typed)
        self._now.switch_wanted.connect(self._switch)
        self._now.delete_wanted.connect(self._remove)
        self._session.store.changed.connect(self._on_changed)
        self._session.connection.changed.connect(self._allow)
        self._close.clicked.connect(self.reject)
        self._set.clicked.connect(self._replace)

    def _on_typed(self) -> None:
        self._is_typed = True
        self._set.setEnabled(False)  # until it is known what it means
        self._soon.start()

    def done(self, result: int) -> None:
        self._is_open = False
        super().done(result)

    def event(self, event: QEvent) -> bool:
        """The dialog is as high as what it says."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        if layout := self.layout():
            self.setFixedSize(WIDTH, layout.totalHeightForWidth(WIDTH))


def _foretold(starts: list[datetime], now: datetime) -> str:
    if not starts:
        return "This would not start the test any more: its times have passed."
    named = [timing_words.ahead(at, now) for at in starts[:SHOWN]]
    if len(starts) == 1:
        return f"The only run: {named[0]}, {timing_words.until(starts[0], now)}."
    return f"Next runs: {', '.join(named)}{' …' if len(starts) > SHOWN else '.'}"
