"""The schedule of a test: what it is, what it could be, and when that would start the test."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from k6desk.api.models import LoadTest
from k6desk.api.plans import Schedule, Timing
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.core.timing import coming
from k6desk.ui import text, theme, timing_words
from k6desk.ui.dialogs.asking import Asking, Tell
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.dialogs.schedule_now import ScheduleNow
from k6desk.ui.dialogs.schedule_words import SHOWN, foretold, schedule_words, switched
from k6desk.ui.dialogs.subject import line_about
from k6desk.ui.dialogs.timing_form import TimingForm
from k6desk.ui.parts import Line, columns, say, wrapping
from k6desk.ui.text import PlainLabel

WIDTH = 560
TYPING_MS = 150
MOVES = (
    "A repeating schedule keeps its time in UTC: when the clocks here change, it moves by as much. Cron keeps the hour "
    "of its time zone."
)
NOT_SHOWN = "The form below cannot show this schedule; what you set there would replace it."


class ScheduleDialog(Frame):
    """Open it with `open()`. It is about one test; `tell` is told of success, and what fails when it is closed.

    Not a `DeedDialog`: it has three deeds, two of which leave it open.
    """

    def __init__(
        self, session: Session, test: LoadTest, tasks: Tasks, tell: Tell, parent: QWidget | None = None
    ) -> None:
        super().__init__("Schedule", parent, width=WIDTH)
        self._session = session
        self._commands = session.commands.tests
        self._test = test
        self._name = text.one_line(test.name, 80)
        self._tell = tell
        self._is_typed = False
        self._is_shown = True
        self._is_changing = False
        self._had_focus: QWidget | None = None
        self._schedule = session.store.schedule(test.id)
        self._timing: Timing | None = None

        self._now = ScheduleNow()
        self.form = TimingForm()
        self._not_shown = wrapping(muted=True)
        self._not_shown.setText(NOT_SHOWN)
        self._preview = wrapping()
        self._moves = wrapping("caption", muted=True)
        self._moves.setText(MOVES)
        self.asking = Asking(tasks, tell)
        self.finished.connect(self.asking.close_for_good)
        self._close = Button("Close")
        self._set = QPushButton("Set schedule", default=True)
        self._soon = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._soon.timeout.connect(self._foresee)

        self.column.addWidget(PlainLabel(text.one_line(test.name, 120), kind="title", wrap=True))
        self.column.addWidget(line_about(session, test))
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(self._now)
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(Line())
        self.column.addSpacing(theme.GAP)
        for part in (self._not_shown, self.form, self._preview, self._moves, self.asking):
            self.column.addWidget(part)
        self.column.addSpacing(theme.GAP)
        buttons = columns(self._close, self._set)
        buttons.insertStretch(0)
        self.column.addLayout(buttons)
        self._connect()
        self._show_present()
        self._show_timing(self._schedule)
        self._foresee()
        self.form.setFocus()
        failed = "Whether this schedule is still so is not known"
        read = self._commands.read_schedule(test.id)
        self.asking.ask(read, "", failed, self._take, otherwise=lambda _: self._show_present())

    # -- the server ----------------------------------------------------------------------------------------------------

    def _take(self, schedule: Schedule | None) -> None:
        if not self._is_typed:
            self._show_timing(schedule)
        self._show_present()

    def _replace(self) -> None:
        assert self._timing
        self._do(self._put(self._timing), "set", close=True)

    async def _put(self, timing: Timing) -> None:
        schedule = await self._commands.set_schedule(self._test.id, timing)
        words = timing_words.rule(schedule.timing, datetime.now(UTC), schedule.next_run_at)
        self._tell(f"“{self._name}” has a schedule now: {words}.", "success")

    def _switch(self) -> None:
        assert self._schedule
        active = not self._schedule.is_active
        self._do(self._commands.activate_schedule(self._schedule, active=active), switched(active))

    def _remove(self) -> None:
        assert self._schedule
        self._do(self._commands.delete_schedule(self._schedule), "deleted")

    def _do(self, work: Coroutine[Any, Any, object], done: str, *, close: bool = False) -> None:
        self._is_changing = True
        self._had_focus = self.focusWidget()
        self.form.setEnabled(False)
        self._allow()
        words = schedule_words(self._name, done)
        if close:
            words = words._replace(done="")  # which `_put` says
        self.asking.see_through(
            work, words, lambda _: self.accept() if close else self._go_on(), otherwise=lambda _: self._go_on()
        )

    def _go_on(self) -> None:
        self._is_changing = False
        self._show_present()
        if self._had_focus and self._had_focus.isVisible():
            self._had_focus.setFocus()  # it lost it when it was disabled

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_timing(self, schedule: Schedule | None) -> None:
        self._is_shown = schedule is None or self.form.show_timing(schedule.timing)
        self._not_shown.setVisible(not self._is_shown)
        self._is_typed = False

    def _show_present(self) -> None:
        """How it is, as far as the store knows."""
        schedule = self._schedule = self._session.store.schedule(self._test.id)
        self._now.show_schedule(schedule)
        self._set.setText("Replace schedule" if schedule else "Set schedule")
        self.form.setEnabled(not self._is_changing)
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
        is_set = self._timing is not None and (self._is_shown or self._is_typed)
        self._set.setEnabled(refusal is None and is_set)
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
        else:
            self._timing = timing if starts else None
            say(self._preview, foretold(starts, now), "\n\n".join(map(text.exact, starts[:SHOWN])))
        self._moves.setVisible(self._timing is not None and timing_words.moves_with_clocks(self._timing, now))
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
